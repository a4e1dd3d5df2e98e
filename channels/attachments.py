"""Files of messages (community/attachments.py). They are sent before it, with the key it will have:
sent twice they are the same files, and what asks for them twice is the same message.

Sections in house order: queries, actions.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from channels.policies import may_speak
from channels.queries import channel_for, message_for, standing_in
from community import attachments
from community.attachments import KINDS, MISSING, MOST, TOO_MANY, Attached, Chosen, hanging
from community.database import Transaction, batches
from community.errors import Invalid, NotFound, Refusal
from community.files import File
from community.members.models import Member
from community.pictures import Print
from community.policies import require

FILES = File.metadata.tables[File.__tablename__]
# Run with a pass that brings files, so built only once.
HELD = (
    select(File)
    .where(File.id.in_(bindparam("ids", expanding=True)), File.belongs_to == "")
    .order_by(File.id)
    .with_for_update(of=File)
)
HUNG = (
    update(FILES)
    .where(FILES.c.id == bindparam("file"))
    .values(belongs_to=bindparam("message"), place="")
)

# Queries


def reads_message(session: Session, reader: Member | None, message_id: int) -> bool:
    """Whether it says something, and the reader may see it: then they see its files."""
    if reader is None:
        return False
    try:
        message = message_for(session, reader, message_id)
    except NotFound:
        return False
    return not message.gone


class Files:
    """Those of a pass: one look for all, which holds them so that the worker does not take them
    away meanwhile."""

    def __init__(self, tx: Transaction, ids: Collection[str]) -> None:
        self._waiting: dict[str, File] = {}
        for some in batches(ids):
            self._waiting |= {file.id: file for file in tx.scalars(HELD, {"ids": some})}

    def refusal(self, owner: Member, chosen: Sequence[Chosen]) -> Refusal | None:
        if len(chosen) > MOST:
            return Invalid(TOO_MANY, most=MOST)
        files = [self._waiting.get(one.file) for one in chosen]
        if all(file and file.owner_id == owner.id and file.kind in KINDS for file in files):
            return None
        return Invalid(MISSING)

    def take(self, chosen: Sequence[Chosen]) -> list[Attached]:
        """For the one message that has them from now on."""
        words = {one.file: one.words for one in chosen}
        return [hanging(self._waiting.pop(id), said) for id, said in words.items()]


# Actions


def enclose(
    tx: Transaction,
    member: Member,
    channel_id: int,
    key: str,
    pictures: Sequence[Sequence[Print]],
    documents: Sequence[bytes],
) -> list[Attached]:
    """For the message of that key. Raises as attachments.enclose() does, and where they may not
    speak."""
    channel = channel_for(tx, member, channel_id)
    require(may_speak(member, channel, standing_in(tx, member, channel)))
    return attachments.enclose(tx, member, f"say:{key}", pictures, documents, key=key)


def hang_all(tx: Transaction, taken: Mapping[int, Sequence[Attached]]) -> None:
    """At the messages of these ids."""
    hung = [
        {"file": one["file"], "message": f"message:{id}"}
        for id, all in taken.items()
        for one in all
    ]
    if hung:
        tx.execute(HUNG, hung)
