"""What `akar serve` does around the app: a socket, a database, words for whoever started it."""

import gc
import resource
import socket
from contextlib import suppress

from community.database import Database
from community.opening import open_bus, open_database
from community.settings import Impossible, Settings
from community.site import found, site_of
from web import demonstration, logs, orders
from web.app import create_app
from web.drain import drain
from web.wire import listening, server

SELDOM = (1_000, 20, 50)  # a million objects more than were let go, from one to the next


def listener(settings: Settings) -> socket.socket:
    """Asked for first: without it there is nothing to prepare. Raises Impossible."""
    try:
        return listening(settings.host, settings.port)
    except OSError as error:
        raise Impossible(
            f"Cannot serve on {settings.host}:{settings.port} ({error.strerror or error})."
            " Set AKAR_HOST or AKAR_PORT to another."
        ) from error


async def serve(settings: Settings, listener: socket.socket, *, to_try: bool) -> None:
    """Until asked to stop. The tables are up to date; `to_try`: with a community to try it with."""
    logs.begin(settings.log_level)
    take_all_files_we_may()
    db = open_database(settings.database_url, open_bus(settings.bus_url))
    akar = create_app(db, settings)
    serving = server(
        akar,
        lambda: drain(akar, settings.drain_seconds),
        when_started=lambda: _say_where(settings),
        trusted_proxies=settings.trusted_proxies,
    )
    if to_try:
        await _furnish(db, settings)
    collect_seldom()
    async with orders.taken(db, settings):
        await serving.serve(sockets=[listener])
    if not serving.started:
        raise SystemExit(3)


def _say_where(settings: Settings) -> None:
    print(f"AKAR is served on {settings.public_url} (Ctrl+C ends it).", flush=True)


async def _furnish(db: Database, settings: Settings) -> None:
    """A community to try: only where nobody but this machine can come, only into an empty one."""
    if not settings.on_loopback:
        print("No demonstration data: AKAR_PUBLIC_URL is not on this machine.")
        return
    db.bus.tune(await db.act(found))
    password = demonstration.kept_password(settings.folder)
    await demonstration.seed_with(db, password)
    if (await db.look(site_of)).demonstration:
        print(demonstration.how_to_sign_in(settings.folder, password))


def collect_seldom() -> None:
    """A full collection stops every line, with 1,000 open pages for a quarter of a second. What is
    there before the first request stays; of what comes later, almost nothing waits for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def take_all_files_we_may() -> None:
    """Every open page is a file; many systems start a process with 1,024 of them."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems promise more than they give
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
