"""QR codes, as pictures inside the page."""

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """A QR code (ISO/IEC 18004) that also reads when a seventh of it is dirty; dark on light in
    every theme, as cameras want it."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, omitsize=True, svgclass="code", lineclass=None,
                                  dark="#000", light="#fff"))  # fmt: skip
