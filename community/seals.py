"""Texts that we keep and nobody else reads: encrypted with a key made of AKAR_SECRET_KEY.

`salt` says what for and whose, so that what was sealed for one opens for no other. HKDF (RFC 5869)
makes the key, Fernet (AES and HMAC) the seal.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(key: bytes, salt: str, text: str) -> str:
    return _fernet(key, salt).encrypt(text.encode()).decode()


def unsealed(key: bytes, salt: str, sealed: str) -> str | None:
    """The text, where we sealed it, with this key and for this."""
    try:
        return _fernet(key, salt).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _fernet(key: bytes, salt: str) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"seal:{salt}".encode())
    return Fernet(urlsafe_b64encode(made.derive(key)))
