"""What is unread, counted in plain Python from all rows, beside what the pages show.

A sequence of deeds happens in one transaction that is given up in the end, so the next begins with
the town as it was.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import NamedTuple, TypeAlias

from hypothesis import strategies as st
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from community.blocks import Block, Extent, keep_away
from community.clock import now
from community.database import Database, Transaction
from community.errors import NotFound, Refusal
from community.members.models import Member
from community.places import Lens
from forum.categories import Category, admissions, restrict_category
from forum.following import actions as following
from forum.following.models import CategoryLevel, LensLevel, Level, TopicLevel
from forum.listing import View, Wanted, topics_listed
from forum.moving import actions as moving
from forum.readings import Progress, Reading, Unread, progress_of, unread_in
from forum.topics import actions
from forum.topics.models import Post, Topic
from tests.cast import ADA, BO, CY, DEE, FAY, MARKET, OFFICE
from web.framing import framing

READERS = (ADA, BO, CY, DEE)
KINDS_OF = {BO: "kind:brand", DEE: "kind:government"}
PLACES = [Lens(), Lens("32"), Lens("32.05"), Lens("32.05", "food"), Lens("", "food", "quality")]
HOLDERS = [["role:moderator"], ["kind:brand"], ["kind:brand", "role:moderator"], []]
ALL = 1_000

Deed: TypeAlias = Callable[[Transaction, Random, Member, str], object]


class Undone(Exception):
    """So that nothing stays."""


async def recounted(db: Database, sequence: "Sequence") -> None:
    with suppress(Undone):
        await db.act(_take_and_compare, *sequence)


def _take_and_compare(tx: Transaction, kinds: list[str], seed: int) -> None:
    chance, tx.info["read"] = Random(seed), defaultdict(set)
    for number, kind in enumerate(kinds):
        tx.info["now"] = now(tx) + timedelta(seconds=1)
        tx.forget_turns()
        member = tx.get_one(Member, chance.choice(READERS))
        with suppress(Refusal):  # they may not see it, or not change it
            DEEDS[kind](tx, chance, member, f"{seed}-{number}")
        tx.flush()
    for reader in READERS:
        _compare(tx, tx.get_one(Member, reader))
    raise Undone


# What members do


def _start(tx: Transaction, chance: Random, member: Member, key: str) -> None:
    category = chance.choice([MARKET, MARKET, OFFICE])
    place = chance.choice(PLACES)
    _has_read(tx, member, actions.start(tx, member, category, "Rope", "ahoy", place, key=key))


def _write(tx: Transaction, chance: Random, member: Member, key: str) -> None:
    mandate = {BO: 1, DEE: 2}.get(member.id) if chance.random() < 0.3 else None
    topic = _topic(tx, chance)
    _has_read(tx, member, actions.reply(tx, member, topic, "ahoy", key=key, mandate_id=mandate))


def _edit(tx: Transaction, chance: Random, member: Member, key: str) -> None:
    actions.edit(tx, member, _post(tx, chance), key)


def _withdraw(tx: Transaction, chance: Random, member: Member, _key: str) -> None:
    actions.withdraw(tx, member, _post(tx, chance))


def _hide(tx: Transaction, chance: Random, _member: Member, _key: str) -> None:
    actions.hide_post(tx, tx.get_one(Post, _post(tx, chance)))


def _restore(tx: Transaction, chance: Random, _member: Member, _key: str) -> None:
    actions.restore_post(tx, tx.get_one(Post, _post(tx, chance)))


def _read(tx: Transaction, chance: Random, member: Member, _key: str) -> None:
    topic, seq = _topic(tx, chance), chance.randint(1, 9)
    actions.read(tx, member, topic, seq)
    _read_by(tx, member).update(_posts(tx, topic, Post.seq <= seq))


def _mark_unread(tx: Transaction, chance: Random, member: Member, _key: str) -> None:
    post = actions.mark_unread(tx, member, _post(tx, chance))
    _read_by(tx, member).update(_posts(tx, post.stream_id, Post.seq < post.seq))
    _read_by(tx, member).difference_update(_posts(tx, post.stream_id, Post.seq >= post.seq))


def _split(tx: Transaction, chance: Random, _member: Member, _key: str) -> None:
    topic, posts = _some_posts(tx, chance)
    category = chance.choice([MARKET, OFFICE])
    moving.split(tx, _fay(tx), topic, posts, "Rope too", category, reason="Another matter")


def _bring(tx: Transaction, chance: Random, _member: Member, _key: str) -> None:
    topic, posts = _some_posts(tx, chance)
    moving.bring(tx, _fay(tx), topic, posts, _topic(tx, chance), reason="Belongs there")


def _merge(tx: Transaction, chance: Random, _member: Member, _key: str) -> None:
    moving.merge(tx, _fay(tx), _topic(tx, chance), _topic(tx, chance), reason="The same")


def _choose_topic(tx: Transaction, chance: Random, member: Member, _key: str) -> None:
    following.choose_for_topic(tx, member, _topic(tx, chance), _level(chance))


def _choose_category(tx: Transaction, chance: Random, member: Member, _key: str) -> None:
    following.choose_for_category(tx, member, chance.choice(["market", "office"]), _level(chance))


def _choose_lens(tx: Transaction, chance: Random, member: Member, _key: str) -> None:
    following.choose_for_lens(tx, member, chance.choice(PLACES), _level(chance))


def _block(tx: Transaction, chance: Random, member: Member, _key: str) -> None:
    keep_away(tx, member, chance.choice(READERS), chance.choice(list(Extent)))


def _restrict(tx: Transaction, chance: Random, _member: Member, _key: str) -> None:
    restrict_category(tx, _fay(tx), MARKET, chance.choice(HOLDERS))


DEEDS: dict[str, Deed] = {
    "start": _start, "write": _write, "edit": _edit, "withdraw": _withdraw, "hide": _hide,
    "restore": _restore, "read": _read, "mark unread": _mark_unread, "topic": _choose_topic,
    "category": _choose_category, "lens": _choose_lens, "block": _block, "restrict": _restrict,
    "split": _split, "bring": _bring, "merge": _merge,
}  # fmt: skip
OFTEN = ["start", "write", "write", "write", "read"]
Sequence: TypeAlias = tuple[list[str], int]
SEQUENCES = st.tuples(
    st.lists(st.sampled_from([*OFTEN, *DEEDS]), min_size=5, max_size=50), st.integers(0, 2**32)
)


def _topic(tx: Transaction, chance: Random) -> int:
    return chance.choice(tx.scalars(select(Topic.id).order_by(Topic.id)).all())


def _post(tx: Transaction, chance: Random) -> int:
    """Raises NotFound where there is none yet."""
    standing = select(Post.id).where(Post.moved_to_id.is_(None)).order_by(Post.id)
    if not (posts := tx.scalars(standing).all()):
        raise NotFound
    return chance.choice(posts)


def _some_posts(tx: Transaction, chance: Random) -> tuple[int, list[int]]:
    """Of one topic, replies as a rule."""
    topic = _topic(tx, chance)
    posts = _posts(tx, topic, Post.seq > chance.choice([0, 1, 1, 1]))
    return topic, chance.sample(posts, chance.randint(0, len(posts)))


def _posts(tx: Transaction, topic: int, which: ColumnElement[bool]) -> list[int]:
    standing = (Post.stream_id == topic, Post.moved_to_id.is_(None), which)
    return list(tx.scalars(select(Post.id).where(*standing).order_by(Post.id)))


def _fay(tx: Transaction) -> Member:
    return tx.get_one(Member, FAY)


# What each has before their eyes is kept apart from the rows, by post, wherever it is moved to.


def _read_by(session: Session, member: Member) -> set[int]:
    read: set[int] = session.info["read"][member.id]
    return read


def _has_read(tx: Transaction, member: Member, post: Post) -> None:
    """Whoever writes has read what stands before it."""
    _read_by(tx, member).update(_posts(tx, post.stream_id, Post.seq <= post.seq))


def _level(chance: Random) -> Level | None:
    levels: list[Level | None] = [None, *Level]
    return chance.choice(levels)


# What one finds


class Found(NamedTuple):
    """Of one topic, for one member."""

    read_seq: int | None
    level: Level
    heard: bool  # it counts
    left: list[int]
    uncounted: int

    @property
    def progress(self) -> tuple[int, Unread]:
        left = Unread(len(self.left), min(self.left, default=None), self.uncounted)
        return self.read_seq or 0, left


def _compare(session: Session, member: Member) -> None:
    topics = session.scalars(select(Topic).order_by(Topic.id)).all()
    found = {topic.id: _found(session, member, topic) for topic in topics}
    there = [topic for topic in topics if topic.merged_at is None]
    seen = {topic.id for topic in there if _sees(session, member, topic.category)}
    for topic in topics:
        shown = progress_of(session, member, topic)
        assert _shown(shown) == _expected(found[topic.id], topic)
    counted = {id: len(one.left) for id, one in found.items() if one.heard}
    assert unread_in(session, member, list(found)) == counted
    unread = {id for id in seen if counted.get(id)}
    followed = {id for id in seen if found[id].level == Level.FOLLOWING}
    assert framing(session, member)[1].topics == len(unread)
    assert _listed(session, member, View.UNREAD) == unread
    assert _listed(session, member, View.FOLLOWED) == followed


def _shown(progress: Progress) -> tuple[int, Unread, Level]:
    return progress.read_seq, progress.unread, progress.chosen.level


def _expected(found: Found, topic: Topic) -> tuple[int, Unread, Level]:
    if found.level == Level.MUTED:
        return topic.last_seq, Unread(), found.level
    return *found.progress, found.level


def _listed(session: Session, member: Member, view: View) -> set[int]:
    return {row.topic.id for row in topics_listed(session, member, Wanted(view), most=ALL)}


def _found(session: Session, member: Member, topic: Topic) -> Found:
    reading = session.get(Reading, (member.id, topic.id))
    posts = session.scalars(select(Post).where(Post.stream_id == topic.id)).all()
    after = reading.read_seq if reading else 0
    further = [post for post in posts if post.seq > after and not post.gone]
    unread = [post for post in posts if not post.gone and post.id not in _read_by(session, member)]
    left = [post.seq for post in unread if _is_news(session, member, post)]
    counts = _level_of(session, member, topic, at_once=True)
    heard = counts == Level.FOLLOWING or (reading is not None and counts != Level.MUTED)
    level = _level_of(session, member, topic, at_once=False)
    return Found(after if reading else None, level, heard, left, len(further) - len(left))


def _is_news(session: Session, member: Member, post: Post) -> bool:
    staff = post.author.moderates and post.mandate_id is None
    away = session.get(Block, (member.id, post.author_id)) is not None
    return post.author_id != member.id and (staff or not away)


def _level_of(session: Session, member: Member, topic: Topic, *, at_once: bool) -> Level:
    """`at_once`: whether it counts before it was opened, so what began earlier does not."""
    if own := session.get(TopicLevel, (member.id, topic.id)):
        return Level(own.level)
    category = session.get(CategoryLevel, (member.id, topic.category_id))
    lenses = session.scalars(select(LensLevel).where(LensLevel.member_id == member.id)).all()
    holding = [one for one in lenses if Lens(one.region, one.cluster, one.theme).holds(topic)]
    narrowest = max(holding, key=lambda one: (one.region, one.cluster, one.theme), default=None)
    chosen = category or narrowest
    if chosen is None:
        return Level.NORMAL
    earlier = chosen.level == Level.FOLLOWING and topic.started_at < chosen.since
    return Level.NORMAL if at_once and earlier else Level(chosen.level)


def _sees(session: Session, member: Member, category: Category) -> bool:
    holders = admissions(session).get(category.id, set())
    theirs = {f"role:{member.role}", KINDS_OF.get(member.id, "")}
    return member.administers or not category.restricted or bool(holders & theirs)
