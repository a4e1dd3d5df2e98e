"""Telling whoever wrote a post what somebody did with it."""

from community.blocks import away_from
from community.database import Transaction
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from forum.following.queries import muted_by
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
