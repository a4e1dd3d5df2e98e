"""Posts as a tree: two levels of replies below a post, what is deeper behind "continue". Or flat:
one after the other, as they were written."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from community.attachments import Left, left_at
from community.blocks import avoided_by
from community.members.models import Appointment, Member, Role
from community.members.queries import live_appointment_of
from forum.discussions import answers_in
from forum.holding import HeldPost, held_in
from forum.public import first_words_of
from forum.readings import read_before
from forum.timeline import LineWritten, lines_between
from forum.topics.events import PostChanged, TopicChanged
from forum.topics.models import Post
from forum.topics.queries import PAGE, Thread, posts_of, thread_for
from web.looks import View
from web.pages import drawing, fragment, trees

DEEPEST = 2


class Shown(NamedTuple):
    """A page of a topic as it was found: its posts, unless they are drawn already."""

    thread: Thread
    view: View
    heading: TopicChanged
    key: Hashable  # of how the posts look; None where they look so to one reader alone
    drawn: Markup | None
    posts: Sequence[PostChanged]
    lines: Sequence[LineWritten]
    avoided: Collection[int]  # whose posts are no news to the reader
    before: Sequence[range]  # seqs of posts they had read before those came here
    left: Left  # where they would reply
    appointment: Appointment | None  # of a moderator
    first_words: str  # for the card of a link; who signed in shows none
    held: Sequence[HeldPost] = ()  # what the reader wrote, and moderators see first
    answers: Sequence[Post] = ()  # of the office, on the first page under its announcement


def shown(
    session: Session, reader: Member | None, topic_id: int, at: int, view: View, locale: str
) -> Shown:
    """`locale` is a visitor's."""
    thread = thread_for(session, reader, topic_id, at)
    key = _key(thread, view, reader.locale if reader else locale)
    drawn = trees.get(key) if key else None
    posts, lines = _on_page(session, thread) if drawn is None else ((), ())
    avoided, before = _no_news(session, reader, thread) if reader else ((), ())
    left = left_at(session, reader, thread.topic.address) if reader else Left()
    appointment = live_appointment_of(session, reader) if reader and reader.moderates else None
    words = "" if reader else first_words_of(session, thread.topic)
    heading = TopicChanged.of(thread.topic)
    held = held_in(session, reader, thread.topic) if reader else ()
    answers = answers_in(session, thread.topic) if thread.first == 1 else ()
    return Shown(
        thread, view, heading, key, drawn, posts, lines, avoided, before, left, appointment, words,
        held, answers,
    )  # fmt: skip


def _on_page(
    session: Session, thread: Thread
) -> tuple[Sequence[PostChanged], Sequence[LineWritten]]:
    end = thread.first + PAGE
    return posts_of(session, thread), lines_between(session, thread.topic, thread.first, end)


def _no_news(
    session: Session, reader: Member, thread: Thread
) -> tuple[Collection[int], Sequence[range]]:
    if not thread.unread.uncounted:
        return (), ()
    avoided = set(session.scalars(avoided_by(reader))) if reader.keeps_away_from else ()
    return avoided, read_before(session, reader, thread.topic)


def _key(thread: Thread, view: View, locale: str) -> Hashable:
    """Those who have read as far see the same, but for posts among the unread that are no news."""
    if not thread.stamp or thread.unread.uncounted:
        return None
    read = max(thread.read_seq, thread.first - 1) if thread.unread.posts else None
    return locale, view, thread.stamp, read, thread.unread.posts


def replies(locale: str, reader: Member | None, shown: Shown) -> Markup:
    """The posts of the page as a tree or flat, with what was done with the topic between them."""
    if shown.drawn is not None:
        return shown.drawn
    thread = shown.thread
    fresh = _fresh(reader, shown) if reader else []
    roots = flat(shown.posts, fresh) if shown.view == "flat" else tree(shown.posts, fresh)
    drawn = Markup(
        fragment(
            locale,
            "forum/replies.html",
            items=in_time(roots, shown.lines),
            draw=drawing(locale),
            unread=thread.unread.posts,
        )
    )
    return trees.put(shown.key, drawn) if shown.key else drawn


@dataclass(slots=True)
class Node:
    entry: PostChanged
    level: int
    fresh: bool = False  # not read yet
    divided: bool = False  # the line that says how many are unread stands above it
    replies: list["Node"] = field(default_factory=list)
    folded: list[PostChanged] = field(default_factory=list)  # on the page of this post


def tree(posts: Iterable[PostChanged], fresh: Iterable[int] = ()) -> list[Node]:
    """The roots, in order: what answers nothing, or something that is not among the posts.

    `fresh` are the ids of those the reader has not read; every post is in the tree or folded."""
    new, roots, nodes = set(fresh), list[Node](), dict[int | None, Node]()
    for entry in posts:
        parent = nodes.get(entry.parent_id)
        if parent and parent.level == DEEPEST:
            parent.folded.append(entry)
            nodes[entry.id] = parent
            continue
        node = nodes[entry.id] = Node(entry, parent.level + 1 if parent else 0, entry.id in new)
        (parent.replies if parent else roots).append(node)
    _divide(roots, new)
    return roots


def flat(posts: Iterable[PostChanged], fresh: Iterable[int] = ()) -> list[Node]:
    """Roots alone, in order."""
    new = set(fresh)
    roots = [Node(entry, 0, entry.id in new) for entry in posts]
    _divide(roots, new)
    return roots


def in_time(roots: Iterable[Node], lines: Iterable[LineWritten]) -> list[Node | LineWritten]:
    """A line stands before the first root that was written after it."""
    placed: list[tuple[float, Node | LineWritten]] = [(node.entry.seq, node) for node in roots]
    placed += [(line.after_seq + 0.5, line) for line in lines]
    return [item for _place, item in sorted(placed, key=itemgetter(0))]


def _fresh(reader: Member, shown: Shown) -> list[int]:
    """As forum/readings.py counts them."""
    left = [post for post in shown.posts if post.seq > shown.thread.read_seq and not post.gone]
    new = [post for post in left if not any(post.seq in span for span in shown.before)]
    return [post.id for post in new if post.author_id != reader.id and not _folded(shown, post)]


def _folded(shown: Shown, post: PostChanged) -> bool:
    staff = post.author_role != Role.MEMBER and not post.organisation_id
    return post.author_id in shown.avoided and not staff


def _divide(roots: list[Node], new: set[int]) -> None:
    for node in _downwards(roots):
        if node.fresh or any(entry.id in new for entry in node.folded):
            node.divided = True
            return


def _downwards(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _downwards(node.replies)
