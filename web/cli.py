"""The command line: `akar serve`, `akar migrate`, …"""

import asyncio
import logging
import sys
from typing import Annotated, NoReturn

import typer

from community.bus import open_bus
from community.migrating import on_connection
from community.opening import open_database
from community.settings import Impossible, Settings
from community.sqlite import AlreadyOpen
from web.migrations import migrate as bring_up_to_date

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def main() -> None:
    try:
        app()
    except (Impossible, AlreadyOpen) as error:
        stop(str(error))


def stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


@app.callback()
def _akar() -> None:
    """The community platform AKAR. Settings come from the environment: AKAR_…"""


@app.command()
def migrate() -> None:
    """Bring the tables of the database up to date."""
    asyncio.run(on_connection(Settings.from_env().database_url, bring_up_to_date))


@app.command()
def serve(
    demonstration: Annotated[bool, typer.Option(help="Migrate; fill if empty.")] = False,
) -> None:
    """Serve the community on AKAR_HOST:AKAR_PORT."""
    from web.app import create_app
    from web.drain import drain
    from web.wire import listening, server

    settings = Settings.from_env()
    logging.basicConfig(level=settings.log_level.upper())
    if demonstration:
        asyncio.run(on_connection(settings.database_url, bring_up_to_date))
    db = open_database(settings.database_url, open_bus(settings.bus_url))
    akar = create_app(db, settings)
    serving = server(
        akar, lambda: drain(akar, settings.drain_seconds), trusted_proxies=settings.trusted_proxies
    )
    print(settings.public_url)
    serving.run(sockets=[listening(settings.host, settings.port)])


if __name__ == "__main__":
    main()
