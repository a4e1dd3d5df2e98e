"""E-mail addresses: there is one way to write each, so that one is one member."""

import re

from community.errors import Invalid
from community.words import _

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
ADDRESS = re.compile(
    rf"(?=.{{1,254}}$)[a-z0-9_+'-]+(?:\.[a-z0-9_+'-]+)*@(?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])"
)


def canonical(email: str) -> str:
    """One @, no quotes, no encoded words, a domain with a dot (Discourse CVE-2024-45051)."""
    email = email.strip().lower()
    if not ADDRESS.fullmatch(email):
        raise Invalid(_("This is not an e-mail address."))
    return email
