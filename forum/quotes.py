"""What a post said, in what somebody else writes."""

from community.quotes import quoted
from forum.topics.models import Post


def quote_of(post: Post) -> str:
    """As Markdown. Nothing of what is gone."""
    if post.gone:
        return ""
    return quoted(post.author.name, f"#{post.seq}", f"/posts/{post.id}", post.body)
