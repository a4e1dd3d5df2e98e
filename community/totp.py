"""Codes of an authenticator app (TOTP, RFC 6238): six digits, another one every thirty seconds."""

import hmac
from datetime import datetime

import pyotp

STEP = 30  # seconds
AROUND = 1  # step before and after: clocks of telephones go wrong (RFC 6238, 5.2)


def new_seed() -> str:
    """160 bits in base32 (RFC 4226, 4: the length of the hash)."""
    return pyotp.random_base32()


def address(seed: str, account: str, issuer: str) -> str:
    """What stands in the QR code, and opens the app; apps show the account under the issuer."""
    return pyotp.TOTP(seed).provisioning_uri(name=account, issuer_name=issuer)


def step_of(seed: str, code: str, at: datetime) -> int | None:
    """Which step this is the code of, where it is one of now."""
    here, known = int(at.timestamp()) // STEP, pyotp.TOTP(seed)
    near = range(here - AROUND, here + AROUND + 1)
    return next((step for step in near if _same(known.generate_otp(step), code)), None)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
