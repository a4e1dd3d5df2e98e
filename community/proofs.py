"""Texts that we gave away and know again: signed with AKAR_SECRET_KEY (HMAC-SHA256).

`salt` says what for, so that what proves one thing proves no other.
"""

from hashlib import sha256

from itsdangerous import BadSignature, Signer


def prove(key: bytes, salt: str, text: str) -> str:
    return _signer(key, salt).sign(text).decode()


def proven(key: bytes, salt: str, proof: str) -> str | None:
    """The text, where this is a proof of ours."""
    try:
        return _signer(key, salt).unsign(proof).decode()
    except BadSignature:
        return None


def marked(key: bytes, salt: str, text: str) -> str:
    """The same for the same text each time, and nobody without the key finds the text by it."""
    return _signer(key, salt).get_signature(text).decode()


def _signer(key: bytes, salt: str) -> Signer:
    return Signer(key, salt=salt, key_derivation="hmac", digest_method=sha256)
