"""`akar audit` and the anchors: what an operator is told, and what is kept for them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from community import clock
from community.audit import record
from community.chain import seal_entries
from community.database import Database, Transaction
from community.letters import MailKind
from community.migrating import beside
from community.outbox import Mail
from community.settings import Impossible, Settings
from tests.cast import FAY, email
from tests.letterbox import text_of
from tests.tampering import keys_of, tamper
from web.anchors import Anchors, mail_anchor
from web.auditing import TOLD, anchored, verified
from web.post import Postman, ToFolder


async def test_the_end_is_kept_once_for_each_length_of_the_chain(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "other disk" / "anchors"
    anchors = Anchors(db, replace(settings, audit_anchors=str(elsewhere)))
    await anchors.round()
    assert not elsewhere.exists()
    for _deed in range(2):
        await sealed_deeds(db, settings)
        await anchors.round()
        await anchors.round()
    lines = elsewhere.read_text().splitlines()
    assert [json.loads(line)["count"] for line in lines] == [1, 2]
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert await beside(settings.database_url, anchored) == lines[-1]


@pytest.mark.parametrize("address", ["", "auditor@elsewhere.example"])
async def test_a_letter_brings_the_end_once_a_day_and_what_it_brings_is_an_anchor(
    db: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    to = [address] if address else [email(FAY)]
    noon = datetime.now(UTC).replace(hour=12) - datetime.now(UTC)

    async def mailed(ahead: timedelta) -> list[Mail]:
        monkeypatch.setattr(clock, "ahead", ahead)
        await db.act(mail_anchor, address)
        sent = select(Mail).where(Mail.kind == MailKind.ANCHOR).order_by(Mail.id)
        return [*await db.look(lambda session: session.scalars(sent).all())]

    assert not await mailed(noon)  # nothing is sealed yet
    await sealed_deeds(db, settings)
    for hours in (0, 0, 11):
        letters = await mailed(noon + timedelta(hours=hours))
        assert [one.address for one in letters] == to
    assert len(await mailed(noon + timedelta(hours=13))) == 2  # also where nothing was done since

    box = ToFolder(tmp_path / "mail")
    await Postman(db, settings, box, 1).round()
    (brought, _again) = sorted((tmp_path / "mail").glob("*.eml"))
    words = text_of(message_from_bytes(brought.read_bytes(), policy=policy.default))
    (line,) = [one for one in words.splitlines() if one.startswith("{")]
    (tmp_path / "kept").write_text(f"{line}\n")
    assert (await told(settings, str(tmp_path / "kept")))[0]
    await tamper(settings, "UPDATE audit_seals SET hash = 'made anew'")
    assert not (await told(settings, str(tmp_path / "kept")))[0]


async def test_what_is_kept_here_is_looked_at_unless_another_is_named(
    db: Database, settings: Settings, tmp_path: Path
) -> None:
    await sealed_deeds(db, settings, 3)
    await Anchors(db, settings).round()
    assert await told(settings) == (True, ["3 seals, 1 anchors: the audit is whole."])
    await tamper(
        settings, "DELETE FROM audit_seals WHERE number = 3", "DELETE FROM audit WHERE id = 3"
    )
    whole, said = await told(settings)
    assert (
        not whole and said[0].startswith("The chain ends at 2;") and said[-1].endswith("one fault.")
    )
    (tmp_path / "empty").touch()
    assert (await told(settings, str(tmp_path / "empty")))[0]


@pytest.mark.parametrize("line", [b"{}", b"\xff", b"[]", b'{"count": "1"}', b""])
async def test_what_is_no_anchor_is_said(
    db: Database, settings: Settings, tmp_path: Path, line: bytes
) -> None:
    (tmp_path / "bad").write_bytes(line + b"\n")
    with pytest.raises(Impossible, match="bad, line 1 is no anchor"):
        await told(settings, str(tmp_path / "bad"))


async def test_of_very_many_faults_the_first_are_told_and_the_others_counted(
    db: Database, settings: Settings
) -> None:
    await sealed_deeds(db, settings, TOLD + 20)
    await tamper(settings, "UPDATE audit SET verb = 'x'")
    whole, said = await told(settings)
    assert not whole and len(said) == TOLD + 2
    assert said[-2:] == ["And 20 more.", f"{TOLD + 20} seals, 0 anchors: {TOLD + 20} faults."]


async def test_what_waits_for_its_seal_is_told_and_is_a_fault_when_it_waits_too_long(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deeds(db, 12)
    whole, said = await told(settings)
    assert whole and "entry 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …" in said[0]
    monkeypatch.setattr(clock, "ahead", timedelta(hours=1))
    whole, said = await told(settings)
    assert not whole and "too old" in said[-1]


async def sealed_deeds(db: Database, settings: Settings, many: int = 1) -> None:
    await deeds(db, many)
    await db.act(seal_entries, keys_of(settings))


async def deeds(db: Database, many: int) -> None:
    def done(tx: Transaction) -> None:
        for _deed in range(many):
            record(tx, None, "topic.locked", "topic:1")

    await db.act(done)


async def told(settings: Settings, anchor: str = "") -> tuple[bool, list[str]]:
    said: list[str] = []
    whole = await beside(
        settings.database_url, lambda one: verified(one, settings, anchor, said.append)
    )
    return whole, said
