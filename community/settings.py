"""What an operator can choose, read once from the environment. Nothing below web/ looks there."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

PREFIX = "AKAR_"
# As a browser writes it in an Origin header: no path, no capitals, no user.
ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]*[a-z0-9]|\[[0-9a-f:]+\])(?::[1-9][0-9]*)?")
LOOKED_AT_AGAIN = 180  # days in which people can ask for another look at a decision
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def make_private(folder: Path) -> None:
    """Rows, secrets and letters are for nobody else on this machine."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


class Impossible(ValueError):
    """The settings contradict each other; the sentence says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every field is an environment variable: `database_url` is AKAR_DATABASE_URL."""

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""  # what people type; http://localhost:PORT where nothing is said
    data_dir: str = ".akar"  # the SQLite file, the secret of this machine, the lock
    database_url: str = field(default="", repr=False)  # sqlite:///DATA_DIR/akar.db where not said
    bus_url: str = field(default="memory://", repr=False)  # both may hold passwords
    secret_key: str = field(
        default="", repr=False
    )  # made and kept in DATA_DIR on a loopback address
    audit_keys: str = field(
        default="", repr=False
    )  # the first seals the audit, the others, after commas, did; empty: the secret key
    audit_anchors: str = ""  # the file where its end is kept, best on another disk; in DATA_DIR
    audit_mail: str = ""  # where its end is sent each day; the administrators where not said
    smtp_url: str = field(
        default="", repr=False
    )  # smtp:// or smtps://, with user:password@ where needed; empty: letters land in DATA_DIR/mail
    mail_from: str = ""  # "AKAR <akar@example.id>"; no-reply at the public name where not said
    contact: str = ""  # the mail address that those write to who cannot sign in; may be empty
    trusted_proxies: str = ""  # addresses whose X-Forwarded-* we believe, separated by commas

    sockets_per_member: int = 10
    watches_per_socket: int = 200
    frames_per_second: int = 20
    frames_burst: int = 40
    sends_per_second: int = 5
    sends_burst: int = 10
    sends_per_minute: int = 60  # of one member in one channel
    invitation_letters_per_day: int = 1000  # that one member has sent; links they hand out anyway
    # Accounts elsewhere that are good here, too (OpenID Connect); off where no issuer is said.
    oidc_issuer: str = ""  # as the provider writes it: https://accounts.example.id
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = ""  # what people call the provider; its host where not said
    session_days: int = 30  # a sign-in nobody used for so long ends
    factor_grace_days: int = 14  # in which whoever is given powers adds a second step to sign in
    evidence_days: int = 210  # that what was shown for a verification is kept once that has ended
    drain_seconds: int = 20  # over which tabs are asked to leave before a restart
    log_level: str = "info"
    failpoint: str = ""  # only tests: where this process kills itself

    def __post_init__(self) -> None:
        given = object.__setattr__  # frozen, but still being born
        given(self, "public_url", (self.public_url or f"http://localhost:{self.port}").rstrip("/"))
        given(self, "database_url", self.database_url or f"sqlite:///{self.data_dir}/akar.db")
        sender = f"AKAR <no-reply@{urlsplit(self.public_url).hostname}>"
        given(self, "mail_from", self.mail_from or sender)
        given(self, "audit_anchors", self.audit_anchors or f"{self.data_dir}/audit-anchors")
        given(self, "oidc_name", self.oidc_name or urlsplit(self.oidc_issuer).hostname or "")
        self._hold_together()

    @property
    def embedded(self) -> bool:
        """One process with its database in a file, as opposed to many beside PostgreSQL."""
        return self.database_url.startswith("sqlite")

    @property
    def on_loopback(self) -> bool:
        return urlsplit(self.public_url).hostname in LOOPBACK

    @property
    def under_tls(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def folder(self) -> Path:
        return Path(self.data_dir)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises Impossible for a variable that is misspelt, ill-typed or contradicts another."""
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        if unknown := {name for name in env if name.startswith(PREFIX)} - set(known):
            raise Impossible(f"{', '.join(sorted(unknown))}: no such setting.")
        given: dict[str, Any] = {
            each.name: _read(each.type, name, env[name])
            for name, each in known.items()
            if env.get(name)
        }
        return cls(**given)

    def secret(self) -> bytes:
        """What signs and seals. On a loopback address it is made and kept in a 0600 file."""
        if self.secret_key:
            return self.secret_key.encode()
        kept = self.folder / "secret"
        if not kept.exists():
            make_private(self.folder)
            kept.touch(0o600)
            kept.write_text(secrets.token_hex(32))
        return kept.read_bytes()

    def audit_secrets(self) -> list[bytes]:
        """The one that seals from now on, then those that may have sealed before."""
        return [*(key.encode() for key in self.audit_keys.split(",") if key), self.secret()]

    def _hold_together(self) -> None:
        if not self.embedded and not self.database_url.startswith("postgresql+asyncpg://"):
            raise Impossible("AKAR_DATABASE_URL begins with sqlite:/// or postgresql+asyncpg://.")
        if not self.bus_url.startswith(("memory://", "redis://", "rediss://", "unix://")):
            raise Impossible("AKAR_BUS_URL is memory:// or begins with redis://.")
        if not self.embedded and self.bus_url.startswith("memory"):
            raise Impossible("AKAR_BUS_URL=memory:// reaches one process only; set it to redis://…")
        if self.smtp_url and not self.smtp_url.startswith(("smtp://", "smtps://")):
            raise Impossible("AKAR_SMTP_URL begins with smtp:// or smtps://.")
        if self.oidc_issuer:
            self._hold_together_elsewhere()
        if self.evidence_days < LOOKED_AT_AGAIN:
            raise Impossible(
                f"AKAR_EVIDENCE_DAYS is at least {LOOKED_AT_AGAIN}: for so long people can ask for "
                "another look at what was decided."
            )
        if not ORIGIN.fullmatch(self.public_url):
            raise Impossible("AKAR_PUBLIC_URL is an address such as https://akar.example.")
        if not self.on_loopback and not self.under_tls:
            raise Impossible("AKAR_PUBLIC_URL must begin with https:// off this machine.")
        self._hold_keys()

    def _hold_keys(self) -> None:
        if not self.on_loopback and len(self.secret_key) < 32:
            raise Impossible("AKAR_SECRET_KEY must be set, 32 characters or longer.")
        if any(len(key) < 32 for key in self.audit_keys.split(",") if key):
            raise Impossible("AKAR_AUDIT_KEYS are 32 characters or longer, each of them.")

    def _hold_together_elsewhere(self) -> None:
        if not self.oidc_client_id:
            raise Impossible("AKAR_OIDC_ISSUER needs AKAR_OIDC_CLIENT_ID, too.")
        if not self.oidc_issuer.startswith("https://") and not self.on_loopback:
            raise Impossible("AKAR_OIDC_ISSUER must begin with https:// off this machine.")


def _read(kind: Any, name: str, text: str) -> str | int:
    if kind is not int:
        return text
    try:
        return int(text)
    except ValueError:
        raise Impossible(f"{name} is a whole number, not {text!r}.") from None
