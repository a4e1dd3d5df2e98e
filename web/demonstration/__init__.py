"""A community to try AKAR with. What its people say stands in the .toml files beside this one."""

import os
from pathlib import Path
from secrets import token_urlsafe

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from community.database import Database, Transaction
from community.members.models import Member
from community.passwords import hash_password
from community.settings import make_private
from web.demonstration.content import DOMAIN, Content, read
from web.demonstration.furnishing import furnish

ACCOUNTS = {
    "member": "demo-anggota",
    "local brand": "demo-merek",
    "industry region": "demo-sentra",
    "official": "demo-pejabat",
    "moderator": "demo-moderator",
    "senior moderator": "demo-senior",
    "administrator": "demo-admin",
}
KEPT = "demonstration-password"  # its name in AKAR_DATA_DIR


async def seed(db: Database, password_hash: str) -> str:
    """Fills an empty database; any other is left as it is. All of it or nothing."""
    if await db.look(_inhabited):
        return "The database is not empty; nothing was changed."
    return await db.act(_seeded, read(), password_hash)


async def seed_with(db: Database, password: str) -> str:
    """As seed does, but makes no hash for nothing."""
    if await db.look(_inhabited):
        return ""
    return await seed(db, hash_password(password))


def kept_password(folder: Path) -> str:
    """Of all demonstration accounts on this machine: made once, for its owner's eyes."""
    path = folder / KEPT
    if not path.exists():
        make_private(folder)
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(made, f"{token_urlsafe(9)}\n".encode())
        os.close(made)
    return path.read_text().strip()


def how_to_sign_in(folder: Path, password: str) -> str:
    """One account a role."""
    accounts = [f"  {role:<17} {handle}@{DOMAIN}" for role, handle in ACCOUNTS.items()]
    heading = f"Sign in with the password {password} (kept in {folder / KEPT}) as"
    return "\n".join([heading, *accounts])


def _seeded(tx: Transaction, content: Content, password_hash: str) -> str:
    if _inhabited(tx):
        return "The database is not empty; nothing was changed."
    furnish(tx, content, password_hash)
    return (
        f"{len(content.members)} members, {len(content.topics)} topics and"
        f" {len(content.channels)} channels have moved in."
    )


def _inhabited(session: Session) -> bool:
    return bool(session.scalar(select(exists().where(Member.id.is_not(None)))))
