"""Authors are asked before they say what they may not mean to: numbers that belong to a person,
claims nobody can look up. They change it, or say it knowingly, and are not asked about the same
again.

Sections in house order: models, queries, actions.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.clock import now
from community.database import Base, Moment, Transaction
from community.errors import Invalid
from community.words import _
from moderation.detectors.findings import Finding, Shown, around

ASK = _("Please look at this before others read it.")
Prints = frozenset[str]  # of what somebody says knowingly
NONE: Prints = frozenset()

# Models


class SaidKnowingly(Base):
    """What its author was asked about and said all the same; by its print, which says no more."""

    __tablename__ = "said_knowingly"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    print: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    said_at: Mapped[datetime]


class AskFirst(Invalid):
    """What was found in a text, and the prints by which it is said knowingly."""

    def __init__(self, body: str, findings: Sequence[Finding], knowing: Prints) -> None:
        super().__init__(ASK)
        self.shown: Sequence[Shown] = around(body, findings)
        self.knowing = ".".join(sorted(knowing | {one.print for one in findings}))


def prints_in(knowing: str) -> Prints:
    """As forms and commands send them back."""
    return frozenset(knowing.split(".")) if knowing else NONE


# Queries


def said_before(session: Session, findings: Iterable[tuple[int, Finding]]) -> set[tuple[int, str]]:
    """Of these, each by the member who writes it: what they said knowingly before, as (member,
    print)."""
    asked = {(member, one.print) for member, one in findings}
    said = select(SaidKnowingly.member_id, SaidKnowingly.print).where(
        SaidKnowingly.member_id.in_({member for member, _print in asked}),
        SaidKnowingly.print.in_({print for _member, print in asked}),
    )
    return {(member, print) for member, print in session.execute(said)} if asked else set()


# Actions

REMEMBERED = text(
    "INSERT INTO said_knowingly (member_id, print, kind, said_at)"
    " VALUES (:member, :print, :kind, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=Moment))


def remember(tx: Transaction, findings: Iterable[tuple[int, Finding]]) -> None:
    """That these members said it knowingly; once, however often they do."""
    rows = {(member, one.print): one.kind for member, one in findings}
    if rows:
        at = now(tx)
        tx.execute(REMEMBERED, [
            {"member": member, "print": print, "kind": kind, "at": at}
            for (member, print), kind in sorted(rows.items())
        ])  # fmt: skip
