"""What members have in their pockets: an app that shows codes, and passkeys."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from community import totp
from community.clock import now
from community.database import Transaction
from community.factors.actions import add_authenticator, sealed_for
from community.members.models import Member
from tests.browsing import Browser
from tests.cast import PASSWORD, email
from tests.conftest import Town

PRESENT, UNLOCKED, NEW = 0x01, 0x04, 0x40  # flags of what a passkey says (WebAuthn, 6.1)


@dataclass
class App:
    seed: str
    step: int
    codes: list[str]  # the recovery codes that came with it

    def code(self, later: int = 1) -> str:
        """That it shows so many steps after it was set up; the next one is taken already then."""
        return pyotp.TOTP(self.seed).generate_otp(self.step + later)


async def with_app(town: Town, member_id: int) -> App:
    """From now on that member signs in in two steps."""
    key = town.settings.secret()

    def set_up(tx: Transaction) -> App:
        member, seed = tx.get_one(Member, member_id), totp.new_seed()
        step = int(now(tx).timestamp()) // totp.STEP
        code = pyotp.TOTP(seed).generate_otp(step)
        return App(
            seed, step, add_authenticator(tx, member, key, sealed_for(key, member, seed), code)
        )

    return await town.db.act(set_up)


@asynccontextmanager
async def at_the_door(town: Town, member_id: int) -> AsyncIterator[Browser]:
    """Another browser of theirs, which has given the right password. It keeps its cookies."""
    browser = Browser(town.origin)
    try:
        await browser.post("/sign-in", email=email(member_id), password=PASSWORD)
        yield browser
    finally:
        await browser.close()


@dataclass
class Key:
    """A passkey made of software, which signs whatever it is told to."""

    host: str
    origin: str
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: token_bytes(16))
    holder: str | None = None
    uses: int = 0

    @property
    def shown(self) -> str:
        return _text(self.id)

    def made(self, options: dict[str, Any], flags: int = PRESENT | UNLOCKED) -> str:
        self.holder = options["user"]["id"]
        data = self._about(flags | NEW) + bytes(16) + len(self.id).to_bytes(2) + self.id
        attestation = {"fmt": "none", "attStmt": {}, "authData": data + cbor2.dumps(self._cose())}
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=cbor2.dumps(attestation))

    def used(self, options: dict[str, Any], flags: int = PRESENT | UNLOCKED) -> str:
        self.uses += 1
        client = self._client("webauthn.get", options["challenge"])
        data = self._about(flags)
        signature = self.secret.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=client, authenticatorData=data, signature=signature,
            userHandle=urlsafe_b64decode(f"{self.holder}==="),
        )  # fmt: skip

    def _about(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _cose(self) -> dict[int, Any]:
        public = self.secret.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)}

    def _answer(self, **response: bytes) -> str:
        said = {name: _text(value) for name, value in response.items()}
        id = _text(self.id)
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": said})


def _text(some: bytes) -> str:
    return urlsafe_b64encode(some).decode().rstrip("=")
