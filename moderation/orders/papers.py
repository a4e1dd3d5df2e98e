"""What an authority has sent, as it came: for those who may see its order, and each look at it is
written down.

Sections in house order: queries, actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from community import audit
from community.database import Transaction
from community.errors import Invalid, NotFound
from community.files import File, FileKind, files_of, keep, keep_document
from community.members.models import Member
from community.pictures import Print
from community.policies import require
from community.words import _
from moderation.orders.models import Order
from moderation.orders.policies import may_take_in
from moderation.orders.queries import order_for

MOST = 5  # of one order

# Queries


class Paper(NamedTuple):
    kind: FileKind
    body: bytes


def paper_for(session: Session, member: Member, order_id: int, file_id: str) -> Paper:
    """For whoever has written down that they look at it."""
    file = _found(session, member, order_id, file_id)
    return Paper(FileKind(file.kind), file.large)


def _found(session: Session, member: Member, order_id: int, file_id: str) -> File:
    order, file = order_for(session, member, order_id), session.get(File, file_id)
    if file is None or file.belongs_to != order.address:
        raise NotFound
    return file


# Actions


def hand_in(
    tx: Transaction, administrator: Member, order_id: int,
    pictures: Sequence[Sequence[Print]], documents: Sequence[bytes],
) -> Order:  # fmt: skip
    """Pictures as the darkroom made them anew, documents as they came. The same twice is once. They
    are no room that the administrator has used up for themself."""
    order = tx.hold(order_for, administrator, order_id)
    require(may_take_in(administrator))
    if not pictures and not documents:
        raise Invalid(_("Choose a picture or a PDF first."))
    known = {one.sha256 for one in files_of(tx, order.address)}
    come = [keep(tx, administrator, FileKind.ATTACHMENT, one, "") for one in pictures]
    come += [keep_document(tx, administrator, one, "") for one in documents]
    for file in come:
        if file.sha256 in known:
            continue  # it belongs to nothing, and goes in time
        known.add(file.sha256)
        file.belongs_to = file.kept_for = order.address
        audit.record(tx, administrator, "order.paper_kept", order.address, evidence=file.sha256)
    if len(known) > MOST:
        raise Invalid(_("With an order at most %(most)s papers are kept."), most=MOST)
    return order


def look_at(tx: Transaction, member: Member, order_id: int, file_id: str) -> None:
    file = _found(tx, member, order_id, file_id)
    audit.record(tx, member, "order.paper_seen", file.belongs_to, evidence=file.sha256)
