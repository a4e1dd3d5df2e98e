"""The command line: `akar serve`, `akar member add`, …

Each verb imports what it needs when it is called, so that a wrong word is answered at once.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from community.settings import Impossible, Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from web.orders import Order

T = TypeVar("T")

SHORTEST = 12  # letters of a password chosen here

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
members = typer.Typer(no_args_is_help=True, help="Add members and give them roles.")
app.add_typer(members, name="member")
audits = typer.Typer(no_args_is_help=True, help="Prove that nobody rewrote what was done.")
app.add_typer(audits, name="audit")


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that is told how many are done, of how many."""
    with typer.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def told(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield told


def main() -> None:
    """Whatever an operator can do something about is one sentence, never a traceback."""
    try:
        app()
    except Impossible as error:
        stop(str(error))


def stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


@app.callback()
def _akar() -> None:
    """The community platform AKAR. Settings come from the environment: AKAR_…"""


@app.command()
def serve(
    demonstration: Annotated[
        bool, typer.Option(help="Migrate, and fill an empty database with a community to try.")
    ] = False,
) -> None:
    """Serve the community on AKAR_HOST:AKAR_PORT."""
    from web import serving

    settings = Settings.from_env()
    with serving.listener(settings) as listener:
        if demonstration:
            reached(settings, _migrated)
        else:
            require_up_to_date(settings)
        run(serving.serve(settings, listener, to_try=demonstration))


@app.command()
def worker() -> None:
    """Do what time brings. Scaled out only; of several, one works."""
    from web.worker import work_alone

    settings = Settings.from_env()
    if settings.embedded:
        stop("On SQLite the worker runs inside `akar serve`; there is nothing to start.")
    require_up_to_date(settings)
    run(work_alone(settings))


@app.command()
def migrate() -> None:
    """Bring the tables of the database up to date."""
    reached(Settings.from_env(), _migrated)
    print("The tables are up to date.")


@app.command()
def reindex() -> None:
    """Make the index of the search anew; meanwhile nobody can write. SQLite must not be served."""
    from web.reindexing import reindexed

    settings = Settings.from_env()
    require_up_to_date(settings)
    with progress("Indexing") as told:
        count = reached(settings, lambda connection: reindexed(connection, told))
    print(f"{count} things can be found.")


@app.command()
def seed() -> None:
    """Fill an empty database with the demonstration community; only on a loopback address."""
    from community.passwords import hash_password
    from web.demonstration import kept_password
    from web.orders import Seed

    settings = Settings.from_env()
    if not settings.on_loopback:
        stop("Demonstration data is for this machine: AKAR_PUBLIC_URL is not a loopback address.")
    order(settings, Seed(password_hash=hash_password(kept_password(settings.folder))))


@members.command("add")
def add_member(
    email: Annotated[str, typer.Argument(help="Asked for when it is not given.")] = "",
    name: Annotated[str, typer.Option(help="Asked for when it is not given.")] = "",
    administrator: Annotated[bool, typer.Option("--administrator")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Else one is made and printed.")
    ] = False,
) -> None:
    """Add a member, such as the first administrator."""
    from community.members.models import Role
    from community.passwords import LONGEST, hash_password
    from web.orders import AddMember

    settings = Settings.from_env()
    email = email or typer.prompt("E-mail address")
    name = name or typer.prompt("Name")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else token_urlsafe(12)
    if "@" not in email.strip("@") or not name.strip() or not (email + name).isprintable():
        stop("A member has an e-mail address and a name.")
    if not SHORTEST <= len(password) <= LONGEST:
        stop(f"A password has {SHORTEST} to {LONGEST} letters.")
    role = Role.ADMINISTRATOR if administrator else Role.MEMBER
    adding = AddMember(
        name=name.strip(), email=email, password_hash=hash_password(password), role=role
    )
    order(settings, adding)
    if not password_stdin:
        print(f"Password: {password}")


@members.command("role")
def give_role(
    email: str,
    role: Annotated[str, typer.Argument(help="member, moderator, senior_moderator, administrator")],
) -> None:
    """Give a member a role, or take it back with `member`. It holds at once, everywhere."""
    from community.members.models import Role
    from web.orders import GiveRole

    if role not in {*Role}:
        stop(f"A role is one of: {', '.join(Role)}.")
    order(Settings.from_env(), GiveRole(email=email, role=Role(role)))


@members.command("reset-second-step")
def reset_second_step(email: str) -> None:
    """Remove all they sign in with besides the password, when it is lost. They are told by mail."""
    from web.orders import ResetSecondStep

    order(Settings.from_env(), ResetSecondStep(email=email))


@members.command("erase")
def erase_member(
    number: Annotated[int, typer.Argument(help="Of the member, as in the address of their page.")],
    because: Annotated[str, typer.Option(help="Who asked for it; asked for when not given.")] = "",
) -> None:
    """Erase who a member was and what they wrote, for good, because they asked for it."""
    from web.orders import EraseMember

    because = because or typer.prompt("Who asked for it, and how do you know that it was them")
    order(Settings.from_env(), EraseMember(number=number, because=because))


@app.command()
def epoch() -> None:
    """After a backup was restored, and before it is served: open pages must start over."""
    from web.orders import BeginEpoch

    order(Settings.from_env(), BeginEpoch())


@app.command()
def check() -> None:
    """Say in words whether everything is there and can be reached."""
    from web.checking import findings

    found = run(findings(Settings.from_env()))
    for finding in found:
        print(f"{'ok ' if finding.good else 'NO '} {finding.what}: {finding.sentence}")
    raise SystemExit(0 if all(finding.good for finding in found) else 1)


@audits.command("verify")
def verify_audit(
    anchor: Annotated[
        str, typer.Option(help="A file of anchors; AKAR_AUDIT_ANCHORS where there is one.")
    ] = "",
) -> None:
    """Look through the whole audit for what was edited, removed, moved or cut off. Ends with 1
    where there is any of that, with 2 where it could not be looked at."""
    from web.auditing import verified

    settings = Settings.from_env()
    whole = beside(settings, lambda connection: verified(connection, settings, anchor, print))
    raise SystemExit(0 if whole else 1)


@audits.command("anchor")
def anchor_audit() -> None:
    """Print where the audit ends now, as a line to be kept where nobody can change it."""
    from web.auditing import anchored

    print(beside(Settings.from_env(), anchored))


def order(settings: Settings, wanted: "Order") -> None:
    """Carries it out, wherever that is possible, and says what came of it."""
    from web.orders import give

    answer = run(give(settings, wanted))
    if not answer.done:
        stop(answer.sentence)
    print(answer.sentence)


def require_up_to_date(settings: Settings) -> None:
    from web.migrations import NOT_MIGRATED, up_to_date

    if not reached(settings, up_to_date):
        stop(NOT_MIGRATED)


def reached(settings: Settings, work: "Callable[[Connection], T]") -> T:
    from community.migrating import on_connection

    return run(on_connection(settings.database_url, work))


def beside(settings: Settings, look: "Callable[[Connection], T]") -> T:
    """Also while it is served."""
    from community import migrating

    return run(migrating.beside(settings.database_url, look))


def run(work: Coroutine[Any, Any, T]) -> T:
    """What cannot be reached or is taken is said in one sentence."""
    from sqlalchemy.exc import DBAPIError

    from community.errors import Busy
    from community.sqlite import AlreadyOpen

    try:
        with asyncio.Runner(loop_factory=_loop) as runner:
            return runner.run(work)
    except AlreadyOpen as error:
        stop(str(error))
    except (DBAPIError, OSError, Busy) as error:
        stop(f"The database cannot be used: {error}")
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


def _migrated(connection: "Connection") -> None:
    from web.migrations import migrate, up_to_date

    if not up_to_date(connection):
        migrate(connection)


if __name__ == "__main__":
    main()
