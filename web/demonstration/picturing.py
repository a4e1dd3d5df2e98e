"""What was shown with what was written: strips of colour, as of dyes, threads and leather."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from PIL import Image

from channels.models import Message
from community.attachments import hanging
from community.database import Transaction
from community.files import FileKind, keep
from community.pictures import Print
from forum.topics.models import Post
from web.demonstration.cast import Cast
from web.demonstration.content import Said

LARGE, SMALL = (1200, 800), (480, 320)  # points


def hang_pictures(tx: Transaction, cast: Cast, written: Mapping[Said, Post | Message]) -> None:
    for said, entry in written.items():
        if said.picture:
            prints = [_painted(said.colours, size) for size in (LARGE, SMALL)]
            owner = cast.members[said.by]
            file = keep(tx, owner, FileKind.ATTACHMENT, prints, f"{entry.kind}:{entry.id}")
            entry.attachments = [hanging(file, said.picture)]


def _painted(colours: Sequence[str], size: tuple[int, int]) -> Print:
    width, height = size
    image = Image.new("RGB", size)
    for number, colour in enumerate(colours):
        left, right = (width * end // len(colours) for end in (number, number + 1))
        image.paste(colour, (left, 0, right, height))
    webp = BytesIO()
    image.save(webp, "WEBP")
    return Print(width, height, webp.getvalue())
