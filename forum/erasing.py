"""What somebody wrote in the forum goes, when nobody is known by their number any more: the words,
what they said before, polls and what hangs there. Places and numbers stay; so does what a topic is
called, for others write under it."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from community.clock import now
from community.database import Transaction
from community.histories import blank
from community.holding import blank_some
from community.members.models import Member
from community.search.actions import put_anew
from forum.announcements.remarks import Remark
from forum.bookmarks import Bookmark
from forum.holding import HeldPost, HeldPostChanged
from forum.polls.models import Poll
from forum.responses.models import Stage
from forum.timeline import Line
from forum.topics.actions import gone_or_back
from forum.topics.models import Post, Topic


def forget(tx: Transaction, member: Member) -> None:
    """What was kept for them alone, the reasons they gave for what they did, and what they said to
    an office."""
    tx.execute(delete(Bookmark).where(Bookmark.member_id == member.id))
    tx.execute(update(Remark).where(Remark.member_id == member.id).values(body=""))
    for kind in (Line, Stage):
        tx.execute(update(kind).where(kind.actor_id == member.id).values(reason=""))


def wipe_some(tx: Transaction, member: Member, most: int) -> int:
    """How many of them went; the next round takes the rest."""
    left = select(Post).where(Post.author_id == member.id, Post.body != "")
    posts: Sequence[Post] = tx.scalars(left.order_by(Post.stream_id, Post.seq).limit(most)).all()
    for post in posts:
        tx.forget_turns()
        tx.lock(*post.chain)
        _wipe(tx, post)
    held = blank_some(tx, HeldPost, member, most)
    for one in held:
        one.title = ""  # nobody has written under it
        tx.publish(HeldPostChanged.of(one))
    return len(posts) + len(held)


def _wipe(tx: Transaction, post: Post) -> None:
    blank(tx, Topic.kind, post)
    if poll := tx.get(Poll, post.id):
        poll.question, poll.options = "", [""] * len(poll.options)
        poll.closed_at = poll.closed_at or now(tx)
    post.attachments, post.poll, post.asked = [], None, None
    post.withdrawn_at = post.withdrawn_at or now(tx)
    gone_or_back(tx, post)
    put_anew(tx, post.thing)
