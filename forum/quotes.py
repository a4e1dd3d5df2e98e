"""What somebody said, in what somebody else writes: with their name and the way there."""

import re

from forum.topics.models import Post

LONGEST = 1_000  # characters
MARKS = re.compile(r"[\\*_`\[\]<>]")


def quote_of(post: Post) -> str:
    """As Markdown, without what the post quotes itself. Nothing of what is gone."""
    if post.gone:
        return ""
    own = "\n".join(line for line in post.body.split("\n") if not line.lstrip().startswith(">"))
    lines = [f"> {line}".rstrip() for line in _shortened(own.strip()).split("\n")]
    name = MARKS.sub(r"\\\g<0>", post.author.name)
    return "\n".join([f"> **{name}** [#{post.seq}](/posts/{post.id}):", ">", *lines]) + "\n\n"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
