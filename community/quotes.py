"""What somebody said, in what somebody else writes: with their name and the way there."""

import re

LONGEST = 1_000  # characters
MARKS = re.compile(r"[\\*_`\[\]<>]")


def quoted(name: str, place: str, link: str, body: str) -> str:
    """As Markdown, without what it quotes itself. `place` names where the link leads."""
    own = "\n".join(line for line in body.split("\n") if not line.lstrip().startswith(">"))
    lines = [f"> {line}".rstrip() for line in _shortened(own.strip()).split("\n")]
    return "\n".join([f"> **{plainly(name)}** [{plainly(place)}]({link}):", ">", *lines]) + "\n\n"


def plainly(name: str) -> str:
    """Without what would be Markdown."""
    return MARKS.sub(r"\\\g<0>", name)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
