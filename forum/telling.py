"""Telling whoever wrote a post what somebody did with it, or answered to it."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from community.blocks import away_among, away_from
from community.database import Transaction
from community.members.models import Member
from community.notices.actions import News, notify, notify_each
from community.notices.models import NoticeKind
from community.notices.queries import waiting_for
from forum.following.queries import muted_among, muted_by
from forum.topics.models import Post
from forum.topics.queries import still_reading


def tell_author(tx: Transaction, kind: NoticeKind, actor: Member, post: Post) -> None:
    """Unless it was they; who keeps away from the actor, muted the topic or may not read it any
    more, hears nothing."""
    author, topic = post.author_id, post.topic
    deaf = {actor.id} | away_from(tx, actor, {author}) | muted_by(tx, topic, {author})
    if author not in deaf and still_reading(tx, {(author, topic.id)}):
        notify(tx, {author}, kind, actor=actor, title=topic.title, link=f"/posts/{post.id}",
               stream=topic.address, seq=post.seq)  # fmt: skip


class Told(NamedTuple):
    """A new post, and whom it answers: the author of its parent, or who started the topic."""

    post: Post
    names: Collection[str]  # that it mentions

    @property
    def answered(self) -> int:
        post = self.post
        return post.parent.author_id if post.parent else post.topic.starter_id

    @property
    def where(self) -> tuple[int, int]:
        return self.answered, self.post.stream_id

    @property
    def waits(self) -> tuple[int, str]:
        return self.answered, self.post.topic.address

    @property
    def wrote(self) -> tuple[int, str]:
        return self.post.author_id, self.post.topic.address


def tell_answered(tx: Transaction, posts: Sequence[Told]) -> Mapping[int, int]:
    """The author of a parent is told of each answer; who started a topic once, and not of each
    until they have looked; who muted it only where they are named. Answers by post whom nobody
    need tell of it any more.

    The posts come in the order they were written: whoever wrote one has seen those before it."""
    others = [one for one in posts if one.answered != one.post.author_id]
    waiting = waiting_for(tx, NoticeKind.REPLY, {one.waits for one in others})
    still = waiting - {one.wrote for one in posts}
    asked = {one.post.id: one for one in others if _may_be_news(one, still)}
    muted = muted_among(tx, {one.where for one in asked.values()})
    hearing = still_reading(tx, {one.where for one in asked.values()}) - muted
    away = away_among(tx, [(one.answered, one.post.author) for one in asked.values()])

    news: list[tuple[int, News]] = []
    for one in posts:
        waiting.discard(one.wrote)
        heard = one.post.id in asked and one.where in hearing
        if heard and (one.answered, one.post.author_id) not in away:
            if one.post.parent or one.waits not in waiting:
                news.append((one.answered, _reply(one.post)))
            waiting.add(one.waits)
    notify_each(tx, NoticeKind.REPLY, news)
    deaf = {id: one.post.author_id for id, one in asked.items() if one.where in muted}
    return {one.post.id: deaf.get(one.post.id, one.answered) for one in posts}


def _may_be_news(told: Told, waiting: Collection[tuple[int, str]]) -> bool:
    return bool(told.post.parent or told.names or told.waits not in waiting)


def _reply(post: Post) -> News:
    topic = post.topic
    return News(topic.title, f"/posts/{post.id}", post.author, topic.address, post.seq)
