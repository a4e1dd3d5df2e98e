"""Draws the picture on the card of a link (ogp.me): a title and where it belongs, in our colours.

Its typeface is Aileron, which comes with Pillow and is in the public domain (CC0).
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import accumulate
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630  # what those that show cards ask for
EDGE = 80
PAPER, INK, SOFT, DAUN, KUNYIT = "#fbfaf6", "#14231d", "#4f5b55", "#0f6b4f", "#8a5a00"
LARGEST, SMALLEST, STEP = 76, 48, 4  # of the title, which is made to fit
LINES = 4
LAST = "\u20cf"  # the typeface has no signs beyond: no emoji, no other scripts


class Card(NamedTuple):
    """Two of the same words look the same."""

    title: str
    place: str  # the category
    by: str  # the organisation it speaks for, or the region
    site: str


def png(card: Card) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 28, HEIGHT), fill=DAUN)
    place = _cut(draw, _legible(card.place), 36, WIDTH - 2 * EDGE)
    draw.text((EDGE, 66), place, font=_font(36), fill=DAUN)
    size, lines = _fitted(draw, _legible(card.title))
    for line, top in zip(lines, accumulate([size * 1.25] * LINES, initial=140.0), strict=False):
        draw.text((EDGE, top), line, font=_font(size), fill=INK)
    draw.line((EDGE, HEIGHT - 130, WIDTH - EDGE, HEIGHT - 130), fill="#dedbd0", width=3)
    site = _legible(card.site)
    left = WIDTH - EDGE - draw.textlength(site, font=_font(36))
    draw.text((left, HEIGHT - 100), site, font=_font(36), fill=SOFT)
    by = _cut(draw, _legible(card.by), 36, left - EDGE - 40)
    draw.text((EDGE, HEIGHT - 100), by, font=_font(36), fill=KUNYIT)
    made = BytesIO()
    image.quantize(64).save(made, "PNG", optimize=True)
    return made.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # scalable wherever there is FreeType
    return font


def _legible(words: str) -> str:
    return " ".join("".join(sign for sign in words if " " <= sign <= LAST).split())


def _fitted(draw: ImageDraw.ImageDraw, title: str) -> tuple[int, list[str]]:
    for size in range(LARGEST, SMALLEST - 1, -STEP):
        lines = list(_lines(draw, title, size))
        if len(lines) <= LINES and size * 1.25 * len(lines) <= HEIGHT - 290:
            break
    kept = [_cut(draw, line, size, WIDTH - 2 * EDGE) for line in lines[:LINES]]
    if len(lines) > LINES:
        kept[-1] += " …"
    return size, kept


def _lines(draw: ImageDraw.ImageDraw, words: str, size: int) -> Iterator[str]:
    line = ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if line and draw.textlength(longer, font=_font(size)) > WIDTH - 2 * EDGE:
            yield line
            longer = word
        line = longer
    yield line


def _cut(draw: ImageDraw.ImageDraw, line: str, size: int, most: float) -> str:
    if draw.textlength(line, font=_font(size)) <= most:
        return line
    while line and draw.textlength(f"{line}…", font=_font(size)) > most:
        line = line[:-1]
    return f"{line.rstrip()}…"
