"""Pictures as members and others might send them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms


def painted(format: str = "JPEG", size: tuple[int, int] = (300, 200), **more: Any) -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return saved(image, format, **more)


def saved(image: Image.Image, format: str, **more: Any) -> bytes:
    data = BytesIO()
    image.save(data, format, **more)
    return data.getvalue()


def with_a_place() -> bytes:
    """Lying on its side, and with where it was taken (EXIF)."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter to the right
    exif[0x010F] = "Kamera Garut"
    exif.get_ifd(0x8825)[2] = (7.0, 12.0, 34.0)
    return painted(exif=exif)


def in_other_colours() -> bytes:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return painted(icc_profile=lab.tobytes())


def moving(format: str) -> bytes:
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    return saved(frames[0], format, save_all=True, append_images=frames[1:], duration=100)


def flood(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it has so many points."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1_000)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
