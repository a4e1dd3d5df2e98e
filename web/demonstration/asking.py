"""What hangs at announcements, and what members asked under them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from community.attachments import ALONE, Along, Chosen
from community.database import Transaction
from community.files import keep_document
from community.members.models import Member
from forum.announcements.models import Announcement
from forum.discussions import discussion_under
from forum.topics.actions import reply
from web.demonstration import content
from web.demonstration.cast import Cast

Deed = tuple[datetime, Callable[[Transaction], object]]

THINKING = timedelta(minutes=40)  # from the announcement to a question, and to its answer
# One empty page (ISO 32000-2, 7.5).
PDF = b"""%PDF-1.7
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def enclosed(tx: Transaction, official: Member, one: content.Announcement) -> Along:
    if not one.document:
        return ALONE
    file = keep_document(tx, official, PDF, "")
    return Along(files=(Chosen(file.id, one.document),))


def asked(
    cast: Cast, one: content.Announcement, key: str, moment: datetime, published: list[int]
) -> Iterator[Deed]:
    mandate = cast.mandates[one.by, one.organisation]
    for number, question in enumerate(one.questions, 1):
        posts: list[int] = []  # the id of the question, once it is asked
        sent, who = f"{key}-question-{number}", cast.members[question.by]
        moment += THINKING
        yield moment, partial(_ask, who, question.body, sent, published, posts)
        if question.answer:
            moment += THINKING
            official = cast.members[one.by]
            yield moment, partial(_answer, official, question.answer, sent, mandate.id, posts)


def _ask(
    who: Member, body: str, key: str, published: list[int], posts: list[int], tx: Transaction
) -> None:
    under = discussion_under(tx, who, tx.get_one(Announcement, published[0]))
    assert under
    tx.forget_turns()
    posts.append(reply(tx, who, under.topic.id, body, key=key).id)


def _answer(
    official: Member, body: str, key: str, mandate_id: int, posts: list[int], tx: Transaction
) -> None:
    tx.forget_turns()
    reply(tx, official, None, body, key=key, parent_id=posts[0], mandate_id=mandate_id)
