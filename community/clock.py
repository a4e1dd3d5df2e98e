"""The only place that knows what time it is: the database's clock, one answer a transaction."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

ahead = timedelta()  # only tests move it


def now(session: Session) -> datetime:
    """UTC. SQLite lives in our process, so there its clock is ours."""
    if "now" not in session.info:
        session.info["now"] = _now_in(session) + ahead
    moment: datetime = session.info["now"]
    return moment


def glance(session: Session) -> datetime:
    """The time as it is asked before a deed begins. Its own moment stays open until it holds what
    it changes: nothing that commits before it may seem to come after."""
    moment: datetime = session.info.get("now") or _now_in(session) + ahead
    return moment


def _now_in(session: Session) -> datetime:
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment
