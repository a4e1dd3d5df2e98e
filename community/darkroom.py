"""Makes a picture anew, in a process of its own that knows nothing of us and may use only so much:
what a picture does to the library that reads it happens here (Zulip CVE-2023-22735).

Run with a cut and sizes, it reads a picture and answers WebP, one for each size: a line of JSON
with width, height and bytes of each, then the bytes. What it will not make anew it refuses with
one word, a key of community/pictures.py REFUSALS.
"""

import json
import sys
from contextlib import suppress
from io import BytesIO
from resource import RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE, setrlimit

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")  # by what stands in the file, whatever it is called
PIXELS = 40_000_000
MEMORY = 1024**3  # bytes; 40 million pixels take 160 MB, and a WebP four times that
SECONDS = 10  # of CPU
QUALITY = 80


def main(cut: str, sizes: list[int]) -> None:
    for limit, most in ((RLIMIT_AS, MEMORY), (RLIMIT_CPU, SECONDS), (RLIMIT_FSIZE, 0)):
        with suppress(ValueError, OSError):  # some systems have no such limit
            setrlimit(limit, (most, most))
    large = _developed(sys.stdin.buffer.read(), cut, max(sizes))
    prints = [_printed(large, cut, size) for size in sizes]
    about = [[*size, len(webp)] for size, webp in prints]
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n")
    sys.stdout.buffer.writelines(webp for _size, webp in prints)


def _developed(data: bytes, cut: str, size: int) -> Image.Image:
    """As large as is needed, upright, in sRGB, on white. Made small first: what is done to all
    of forty million pixels takes their memory again."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _look_at(image)
            image.draft(None, (size, size))  # a JPEG is read small
            image.load()
            small = _cut(_with_shades(image), cut, size)
    except UnidentifiedImageError:
        sys.exit("unknown")
    except Image.DecompressionBombError:
        sys.exit("large")
    return _in_srgb(ImageOps.exif_transpose(small))


def _look_at(image: Image.Image) -> None:
    """Before a pixel is read. What phones put behind a JPEG (MPO) is no second frame of it."""
    if image.width * image.height > PIXELS:
        sys.exit("large")
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        sys.exit("moving")


def _with_shades(image: Image.Image) -> Image.Image:
    """Where pixels are numbers of colours, nothing lies between two of them."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _cut(image: Image.Image, cut: str, size: int) -> Image.Image:
    if cut == "square":
        return ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS)
    image.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=None)  # knows all modes
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):  # 16 bits of grey, which convert() would cut off, not scale
        image = image.point(lambda value: value / 257).convert("L")
    plain = image if image.mode in ("RGB", "RGBA", "L", "CMYK") else image.convert("RGBA")
    if profile and plain.mode != "RGBA":
        with suppress(ImageCms.PyCMSError, OSError):  # a profile nobody understands is none
            theirs, ours = (
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
            )
            plain = ImageCms.profileToProfile(plain, theirs, ours, outputMode="RGB") or plain
    paper = Image.new("RGB", plain.size, "white")
    paper.paste(plain, mask=plain.getchannel("A") if plain.mode == "RGBA" else None)
    return paper  # nothing that was written beside the pixels comes along


def _printed(large: Image.Image, cut: str, size: int) -> tuple[tuple[int, int], bytes]:
    image = _cut(large.copy(), cut, size)
    webp = BytesIO()
    image.save(webp, "WEBP", quality=QUALITY)
    return image.size, webp.getvalue()


if __name__ == "__main__":
    main(sys.argv[1], [int(size) for size in sys.argv[2:]])
