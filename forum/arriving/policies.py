from collections.abc import Sequence

from community.policies import YES, Verdict, no
from community.words import _
from forum.topics.models import Post, Topic


def may_see_theirs(missing: int) -> Verdict:
    """`missing`: how many of the authors do not see where it goes."""
    if missing:
        return no(_("Not everybody who said this may read there. Choose another category."))
    return YES


def may_go_back(topic: Topic, posts: Sequence[Post], others: int) -> Verdict:
    """`others`: how many posts of the topic stand there besides these."""
    if any(_changed(post) for post in posts):
        return no(_("Some of these posts were changed since, so this cannot be undone any more."))
    if others and posts[0].seq == 1:
        return no(_("Somebody has written in the new topic since, so it stays."))
    return YES


def _changed(post: Post) -> bool:
    edited = post.edited_at and post.came_at and post.edited_at > post.came_at
    return bool(edited or post.gone or post.poll)
