"""What was reported, as it was then: sealed with the report, and never changed.

Its words and their versions, what hangs at it, and what was said around it. What hangs at it stays
for those who may see the case, whatever its author takes away.

Sections in house order: models, queries, actions.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.direct import FEW
from channels.models import Message
from community.clock import now
from community.database import Transaction
from community.files import keep_for
from forum.topics.models import Post
from moderation.models import Case, Evidence
from moderation.queries import evidence_of
from moderation.sheets import Sheet
from moderation.subjects import Entry, all_of, before, link_to, place_of, shown_now

# Models

NEARBY = 3  # entries before it, and after
AMONG_FEW = 2  # before it alone, in a room of two or of a group: what it takes to understand it


class Said(TypedDict):
    """What stood beside it. `where`: answered, before or after."""

    where: str
    author: str
    author_id: int
    at: str
    html: str


# Queries


def hash_of(subject: Entry) -> str:
    """Of its words, and of what hangs at it."""
    hanging = all_of(shown_now(subject)).removeprefix(subject.html)
    return sha256(f"{subject.body}{hanging}".encode()).hexdigest()


def around(session: Session, entry: Entry) -> list[Said]:
    """In the order in which it was said. Of what nobody reads any more, nothing."""
    if isinstance(entry, Sheet):
        return []
    few = isinstance(entry, Message) and entry.channel.home.type in FEW
    earlier = _beside(session, entry, AMONG_FEW if few else NEARBY, after=False)[::-1]
    later = [] if few else _beside(session, entry, NEARBY, after=True)
    answered = entry.parent
    shown = {one.id for one in earlier}
    return [
        *_said("answered", [answered] if answered and answered.id not in shown else []),
        *_said("before", earlier),
        *_said("after", later),
    ]


def _beside(
    session: Session, entry: Post | Message, most: int, *, after: bool
) -> Sequence[Post | Message]:
    """The nearest first."""
    kind: Any = type(entry)
    near = select(kind).where(kind.stream_id == entry.stream_id)
    near = near.where(kind.seq > entry.seq if after else kind.seq < entry.seq)
    near = near.order_by(kind.seq if after else kind.seq.desc())
    found: Sequence[Post | Message] = session.scalars(near.limit(most)).all()
    return found


def _said(where: str, entries: Sequence[Post | Message]) -> list[Said]:
    return [
        Said(
            where=where,
            author=one.author.name,
            author_id=one.author_id,
            at=one.written_at.isoformat(),
            html=one.html,
        )  # fmt: skip
        for one in entries
        if not one.gone
    ]


# Actions


def sealed(tx: Transaction, case: Case, subject: Entry) -> Evidence:
    """What was last taken, or another where it reads differently by now. It is held."""
    taken = evidence_of(tx, case)
    if taken and taken[-1].hash == hash_of(subject):
        return taken[-1]
    organisation = subject.mandate.organisation.name if subject.mandate else ""
    keep_for(tx, case.address, [one["file"] for one in subject.attachments])
    evidence = Evidence(
        case_id=case.id,
        taken_at=now(tx),
        entry_rev=subject.rev,
        hash=hash_of(subject),
        body=subject.body,
        html=all_of(shown_now(subject)),
        versions=[
            {"html": v.html, "until": v.replaced_at.isoformat()} for v in before(tx, subject)
        ],
        author=subject.author.name,
        organisation=organisation,
        place=place_of(subject),
        link=link_to(subject),
        written_at=subject.written_at,
        attachments=list(subject.attachments),
        context=around(tx, subject),
    )
    tx.add(evidence)
    tx.flush()
    return evidence


def blank(evidence: Evidence) -> None:
    """The words go, and their fingerprint stays."""
    evidence.body = evidence.html = evidence.author = ""
    evidence.versions, evidence.attachments, evidence.context = [], [], []
