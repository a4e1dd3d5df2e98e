"""A topic is started, or what it would begin with waits for a moderator."""

from community.attachments import forget_files, must_wait
from community.database import Transaction
from community.errors import Refusal
from community.holding import Waiting, is_looked_at
from community.members.models import Member
from community.policies import require
from community.streams import earlier
from community.text import written
from community.together import mandates_among, must_hold
from forum.categories import Category, category_for
from forum.holding import HeldPost, hold, takes
from forum.mentions import Scene, called, must_reach_few
from forum.topics.actions import sent_with, start
from forum.topics.models import Post, Wanted
from forum.topics.policies import may_start


def start_or_hold(tx: Transaction, member: Member, wanted: Wanted, why: str) -> Post | HeldPost:
    """As topics/actions.py starts it. `why` a moderator looks at it first, whoever writes it."""
    if why or is_looked_at(member):
        if held := _held(tx, member, wanted, why):
            return held
    category_id, title, body, place, key, mandate_id, filed = wanted
    return start(
        tx, member, category_id, title, body, place, key=key, mandate_id=mandate_id, filed=filed
    )


def _held(tx: Transaction, member: Member, wanted: Wanted, why: str) -> HeldPost | None:
    """What was held with this key, or is from now on; None where it is a topic, or may be one."""
    sent = sent_with(tx, member, wanted)
    if earlier(tx, Post, member, wanted.key, sent):
        return None
    waiting = Waiting(tx, HeldPost, [member])
    known = waiting.known((member.id, wanted.key), sent)
    if isinstance(known, Refusal):
        raise known
    if known:
        forget_files(tx, member, wanted.filed.along)
        return tx.get_one(HeldPost, known.id)
    category = category_for(tx, member, wanted.category_id)
    if not takes(waiting, member, category, why):
        return None
    require(may_start(member, category))
    held = _made(tx, member, category, wanted, sent)
    hold(tx, waiting, held, wanted.filed.along, "new")
    return held


def _made(
    tx: Transaction, member: Member, category: Category, wanted: Wanted, sent: str
) -> HeldPost:
    """Whatever may refuse it does so before anybody looks at it."""
    mandate, filed, scene = wanted.mandate_id, wanted.filed, Scene.begun(category, wanted.place)
    must_hold(member, mandate, mandates_among(tx, {mandate} if mandate else ()))
    made = written(wanted.body)
    names, ways = called(tx, scene, made.mentioned)
    must_reach_few(tx, scene, names)
    must_wait(tx, member, filed.along)
    return HeldPost(
        author=member, author_id=member.id, mandate_id=mandate, category=category,
        title=wanted.title, body=wanted.body, aim=filed.aim, tags=list(filed.tags),
        html=written(wanted.body, ways).html if ways else made.html, key=wanted.key, sent=sent,
        **scene.lens._asdict(),
    )  # fmt: skip
