import hmac
from datetime import timedelta
from secrets import choice, token_urlsafe
from typing import NamedTuple

from sqlalchemy import delete, select

from community import totp
from community.clock import now
from community.database import Transaction
from community.errors import Denied, Invalid
from community.factors.models import Authenticator, Challenge, Passkey, RecoveryCode
from community.factors.policies import may_lose_one
from community.factors.queries import (
    Factors,
    factors_of,
    open_resets_of,
    passkey_for,
    passkey_with,
)
from community.letters import MailKind
from community.members.actions import sign_in, still_proven
from community.members.models import Member
from community.outbox import post_to
from community.passkeys import USELESS, NewKey
from community.policies import require
from community.powers import has_powers, restore
from community.proofs import marked
from community.seals import seal, unsealed
from community.words import _

CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
LENGTH = 16  # of a code: 79 bits
CHALLENGE_LASTS = timedelta(minutes=10)
MOST_PASSKEYS = 20
WRONG = _("This code is not right, or was used already. The app has a new one in half a minute.")
WRONG_ON_PAPER = _("This code is not right, or was used already. Take another one from the paper.")


class Taken(NamedTuple):
    """A challenge that somebody answers; without a member it was for whoever comes."""

    id: str
    member_id: int | None


def add_authenticator(
    tx: Transaction, member: Member, key: bytes, sealed: str, code: str
) -> list[str]:
    """In place of the one before. `sealed` is the seed their app was shown; `code` says that it
    has it. Answers recovery codes where there are none yet. Raises Denied for a wrong code."""
    tx.lock(member)
    seed = unsealed(key, _whose(member), sealed)
    step = totp.step_of(seed, _plain(code), now(tx)) if seed else None
    if step is None:
        raise Denied(_("This code is not right. Look at the app once more: it may show a new one."))
    if before := tx.get(Authenticator, member.id):
        tx.delete(before)
        tx.flush()
    tx.add(Authenticator(member_id=member.id, sealed=sealed, last_step=step, added_at=now(tx)))
    return _gained(tx, member, key)


def remove_authenticator(tx: Transaction, member: Member) -> None:
    tx.lock(member)
    if app := tx.get(Authenticator, member.id):
        _require_another(tx, member)
        tx.delete(app)
        _lost(tx, member)


def add_passkey(tx: Transaction, member: Member, key: bytes, new: NewKey, name: str) -> list[str]:
    """Answers as add_authenticator() does."""
    tx.lock(member)
    if passkey_with(tx, new.credential):
        raise Invalid(_("This passkey is here already."))
    if len(factors_of(tx, member).passkeys) >= MOST_PASSKEYS:
        raise Invalid(_("These are a lot of passkeys. Remove one that you do not use."))
    tx.add(Passkey(member_id=member.id, **new._asdict(), name=name, added_at=now(tx)))
    return _gained(tx, member, key)


def rename_passkey(tx: Transaction, member: Member, passkey_id: int, name: str) -> None:
    tx.hold(passkey_for, member, passkey_id).name = name


def remove_passkey(tx: Transaction, member: Member, passkey_id: int) -> None:
    tx.lock(member)
    passkey = passkey_for(tx, member, passkey_id)
    _require_another(tx, member)
    tx.delete(passkey)
    _lost(tx, member)


def renew_codes(tx: Transaction, member: Member, key: bytes) -> list[str]:
    """Ten new ones; those before open nothing any more."""
    tx.lock(member)
    if not member.protected:
        raise Denied(_("First add an app or a passkey; the codes are for when you lose it."))
    post_to(tx, member, MailKind.FACTORS_CHANGED)
    return _new_codes(tx, member, key)


def use_code(tx: Transaction, member: Member, key: bytes, code: str) -> None:
    """Of their app or from their paper. Each once: of two at the same time one is refused."""
    tx.lock(member)
    code = _plain(code)
    if not (_use_step(tx, member, key, code) or _use_paper(tx, member, key, code)):
        raise Denied(WRONG if tx.get(Authenticator, member.id) else WRONG_ON_PAPER)
    end_resets_of(tx, member)  # what was lost has been found: nobody need remove it


def use_passkey(tx: Transaction, passkey: Passkey, sign_count: int) -> None:
    """It has just signed something of ours. Raises Denied where another use of it came first."""
    member = tx.get_one(Member, passkey.member_id)
    tx.lock(member, passkey)
    if sign_count <= passkey.sign_count and (sign_count or passkey.sign_count):
        raise Denied(USELESS)
    passkey.sign_count, passkey.used_at = sign_count, now(tx)
    end_resets_of(tx, member)


def sign_in_by_code(
    tx: Transaction, member_id: int, proven: str, key: bytes, code: str, **browser: str
) -> str:
    """The second step: `proven` is what the password was compared with at the first."""
    member = still_proven(tx, member_id, proven)
    use_code(tx, member, key, code)
    return sign_in(tx, member_id, **browser)


def sign_in_by_passkey(tx: Transaction, passkey_id: int, sign_count: int, **browser: str) -> str:
    """Both steps at once: they have it, and unlocked it."""
    holder = tx.scalar(select(Passkey.member_id).where(Passkey.id == passkey_id))
    if holder:
        tx.lock(tx.get_one(Member, holder))  # who removes it meanwhile was first
    passkey = tx.get(Passkey, passkey_id)
    if passkey is None:
        raise Denied(USELESS)
    use_passkey(tx, passkey, sign_count)
    return sign_in(tx, passkey.member_id, **browser)


def challenge(tx: Transaction, member_id: int | None = None) -> str:
    """For a passkey of this member's, or of whoever comes."""
    made = Challenge(id=token_urlsafe(32), member_id=member_id, ends_at=now(tx) + CHALLENGE_LASTS)
    tx.add(made)
    return made.id


def take_challenge(tx: Transaction, id: str) -> Taken | None:
    """It is gone from here on, whatever comes of it (Discourse CVE-2025-53102), so this raises
    nothing. None where there is none, or was."""
    taken = delete(Challenge).where(Challenge.id == id)
    found = tx.execute(taken.returning(Challenge.member_id, Challenge.ends_at)).one_or_none()
    return Taken(id, found.member_id) if found and found.ends_at > now(tx) else None


def forget_challenges(tx: Transaction) -> None:
    """The worker's: those that nobody answered."""
    tx.execute(delete(Challenge).where(Challenge.ends_at < now(tx)))


def end_resets_of(tx: Transaction, member: Member) -> None:
    """All that are open: none stands up again against what they have by then."""
    for reset in tx.scalars(open_resets_of(member)).all():
        reset.ended_at = now(tx)


def forget_factors(tx: Transaction, member: Member) -> None:
    """All of them, when they are lost."""
    for kind in (Authenticator, Passkey, RecoveryCode):
        tx.execute(delete(kind).where(kind.member_id == member.id))
    member.protected = False
    member.factors_rev += 1


def is_on_paper(code: str) -> bool:
    """Whether this is a code of the paper or none at all; those of apps are shorter."""
    return len(_plain(code)) == LENGTH


def sealed_for(key: bytes, member: Member, seed: str) -> str:
    return seal(key, _whose(member), seed)


def seed_in(key: bytes, member: Member, sealed: str) -> str:
    """Raises Denied for what was not sealed for this member."""
    seed = unsealed(key, _whose(member), sealed)
    if seed is None:
        raise Denied(_("This took too long. Please try again."))
    return seed


def _use_step(tx: Transaction, member: Member, key: bytes, code: str) -> bool:
    app = tx.get(Authenticator, member.id)
    seed = unsealed(key, _whose(member), app.sealed) if app else None
    step = totp.step_of(seed, code, now(tx)) if seed else None
    if app is None or step is None or step <= app.last_step:
        return False
    app.last_step, app.used_at = step, now(tx)
    return True


def _use_paper(tx: Transaction, member: Member, key: bytes, code: str) -> bool:
    mark = _mark(key, member, code)
    left = select(RecoveryCode).where(
        RecoveryCode.member_id == member.id, RecoveryCode.used_at.is_(None)
    )
    codes = tx.scalars(left).all()
    found = next((one for one in codes if hmac.compare_digest(one.code_hash, mark)), None)
    if found is None:
        return False
    found.used_at = now(tx)
    post_to(tx, member, MailKind.CODE_USED, left=len(codes) - 1)
    return True


def _gained(tx: Transaction, member: Member, key: bytes) -> list[str]:
    member.protected = True
    member.factors_rev += 1
    restore(tx, member)
    post_to(tx, member, MailKind.FACTORS_CHANGED)
    tx.flush()
    return [] if factors_of(tx, member).codes else _new_codes(tx, member, key)


def _require_another(tx: Transaction, member: Member) -> None:
    left = factors_of(tx, member).ways - 1
    require(may_lose_one(needed=has_powers(tx, member), left=left))


def _lost(tx: Transaction, member: Member) -> None:
    member.factors_rev += 1
    tx.flush()
    left: Factors = factors_of(tx, member)
    if not left.ways:
        forget_factors(tx, member)  # codes on paper alone are no second step
    post_to(tx, member, MailKind.FACTORS_CHANGED)


def _new_codes(tx: Transaction, member: Member, key: bytes) -> list[str]:
    tx.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member.id))
    codes = ["".join(choice(LETTERS) for _ in range(LENGTH)) for _ in range(CODES)]
    marks = [_mark(key, member, code) for code in codes]
    tx.add_all(RecoveryCode(member_id=member.id, code_hash=mark) for mark in marks)
    return ["-".join(code[at : at + 4] for at in range(0, LENGTH, 4)) for code in codes]


def _mark(key: bytes, member: Member, code: str) -> str:
    return marked(key, f"recovery:{member.id}", code)


def _whose(member: Member) -> str:
    return f"totp:{member.id}"


def _plain(code: str) -> str:
    """As people copy it: with spaces, dashes and capitals."""
    return "".join(letter for letter in code.lower() if letter.isalnum())
