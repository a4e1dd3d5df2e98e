"""Letters: what was decided is posted, carried once, tried again, and given up in the end."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community import accounts, clock, outbox
from community.database import Database, Transaction
from community.letters import MailKind
from community.outbox import WAITS, Mail
from community.settings import Impossible, Settings
from community.tickets import id_in
from tests.cast import BO, email
from tests.letterbox import LetterBox, letterbox, text_of
from web.checking import Finding, findings
from web.letters import EVERY, written_out
from web.post import Postman, ToFolder, ToServer, carrier_for


@pytest.fixture
async def box() -> AsyncIterator[LetterBox]:
    async with letterbox() as box:
        yield box


def posted(tx: Transaction, name: str = "Bo", kind: MailKind = MailKind.MOVED) -> None:
    outbox.post(tx, kind, email(BO), "en", member_id=BO, name=name)


async def test_a_letter_arrives_as_text_and_as_html(
    db: Database, settings: Settings, box: LetterBox
) -> None:
    await db.act(posted)
    await Postman(db, settings, ToServer(box.url), 1).round()
    letter = await box.next()
    assert (letter["to"], letter["subject"]) == (email(BO), "Your address was changed")
    assert letter["auto-submitted"] == "auto-generated"
    assert "Bo, your account now has another" in text_of(letter)
    html = letter.get_body(("html",))
    assert html and '<html lang="en">' in html.get_content()
    mail = await db.look(last)
    assert mail.sent_at and not mail.due_at and mail.about == {}, "what it said is forgotten"
    await Postman(db, settings, ToServer(box.url), 1).round()
    assert box.letters.empty()


async def test_several_postmen_carry_each_letter_once(
    db: Database, settings: Settings, box: LetterBox
) -> None:
    for _ in range(30):
        await db.act(posted)
    men = [Postman(db, settings, ToServer(box.url), 1) for _ in range(4)]
    await asyncio.gather(*(man.round() for man in men))
    assert box.letters.qsize() == 30


async def test_a_mail_server_that_is_away_is_asked_again_later_and_later(
    db: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    nowhere = Postman(db, settings, ToServer("smtp://127.0.0.1:1"), 1)
    await db.act(posted)
    ahead = timedelta()
    for tries, wait in enumerate(WAITS, 1):
        await nowhere.round()
        mail = await db.look(last)
        assert mail.tries == tries and mail.due_at and mail.trouble and mail.about
        await nowhere.round()
        assert (await db.look(last)).tries == tries, "not before it is due"
        ahead += wait + timedelta(seconds=1)
        monkeypatch.setattr(clock, "ahead", ahead)
    await nowhere.round()
    mail = await db.look(last)
    assert mail.due_at is None and mail.sent_at is None and mail.about == {}
    assert "given up" in caplog.text


@pytest.mark.parametrize(("answer", "again"), [("451 later", True), ("554 no", False)])
async def test_what_a_mail_server_refuses_for_good_is_not_tried_again(
    db: Database, settings: Settings, box: LetterBox, answer: str, again: bool
) -> None:
    box.answer = answer
    await db.act(posted)
    await Postman(db, settings, ToServer(box.url), 1).round()
    mail = await db.look(last)
    assert bool(mail.due_at) == again and answer[:3] in mail.trouble


async def test_who_died_with_a_letter_in_hand_is_not_waited_for_longer_than_the_lease(
    db: Database, settings: Settings, box: LetterBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await db.act(posted)
    assert await db.act(outbox.take)
    postman = Postman(db, settings, ToServer(box.url), 1)
    await postman.round()
    assert box.letters.empty()
    monkeypatch.setattr(clock, "ahead", outbox.LEASE)
    await postman.round()
    assert box.letters.qsize() == 1


async def test_who_comes_back_after_the_lease_says_nothing_about_anothers_try(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await db.act(posted)
    late = await db.act(outbox.take)
    monkeypatch.setattr(clock, "ahead", outbox.LEASE)
    other = await db.act(outbox.take)
    assert late and other and (late.id, late.tries, other.tries) == (other.id, 1, 2)
    await db.act(outbox.returned, late, "no", for_good=True)
    assert (await db.look(last)).about, "the other still has it"
    await db.act(outbox.sent, other)
    assert (await db.look(last)).sent_at


async def test_a_letter_nobody_can_write_out_holds_up_no_other(
    db: Database, settings: Settings, box: LetterBox, caplog: pytest.LogCaptureFixture
) -> None:
    await db.act(lambda tx: outbox.post(tx, MailKind.MOVED, email(BO), "en", who="Bo"))
    await db.act(posted)
    await Postman(db, settings, ToServer(box.url), 1).round()
    assert box.letters.qsize() == 1 and "could not be written out" in caplog.text
    first = await db.look(lambda session: session.scalars(select(Mail).order_by(Mail.id)).first())
    assert first and first.due_at and "KeyError" in first.trouble


async def test_a_server_that_never_says_goodbye_has_the_letter(
    db: Database, settings: Settings, box: LetterBox
) -> None:
    box.polite = False
    await db.act(posted)
    await Postman(db, settings, ToServer(box.url), 1).round()
    box.polite = True
    assert box.letters.qsize() == 1 and (await db.look(last)).sent_at


async def test_a_letter_whose_link_is_over_is_not_carried(
    db: Database, settings: Settings, box: LetterBox
) -> None:
    for _ in range(2):
        await db.act(accounts.ask_to_reset, email(BO), "en")
    await Postman(db, settings, ToServer(box.url), 1).round()
    assert box.letters.qsize() == 1, "the newer one ended the older"


async def test_old_letters_are_forgotten(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await db.act(posted)
    monkeypatch.setattr(clock, "ahead", outbox.KEPT + timedelta(days=1))
    await db.act(outbox.forget_old_mail)
    assert (await db.look(last)).due_at, "it was not carried yet"
    letter = await db.act(outbox.take)
    assert letter
    await db.act(outbox.sent, letter)
    await db.act(outbox.forget_old_mail)
    assert await db.look(lambda session: session.scalar(select(Mail))) is None


async def test_without_a_mail_server_letters_are_files_for_our_eyes_only(
    db: Database, settings: Settings
) -> None:
    await db.act(posted)
    carrier = carrier_for(settings)
    assert isinstance(carrier, ToFolder)
    await Postman(db, settings, carrier, 1).round()
    (path,) = (settings.folder / "mail").iterdir()
    assert path.suffix == ".eml" and _mode(path) == 0o600 and _mode(path.parent) == 0o700
    letter = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert letter["to"] == email(BO)


GAP = re.compile(r"%\((\w+)\)")


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("locale", ["id", "en"])
def test_every_letter_can_be_written_out(kind: MailKind, locale: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    gaps = GAP.findall(" ".join([EVERY[kind].subject, *EVERY[kind].lines]))
    about = dict.fromkeys(gaps, "Bö") | {"ticket": "t1"}
    letter = outbox.Letter(1, 1, kind, "bo@harbour.test", locale, about)
    message = written_out(letter, settings)
    assert "%(" not in message.as_string() and (locale == "en") == (
        message["subject"] == EVERY[kind].subject % about
    )
    if "{ticket}" in EVERY[kind].path:
        link = text_of(message).split("/" + EVERY[kind].path.split("/")[1] + "/")[1].split()[0]
        assert link.encode() in message.as_bytes(), "in one piece"
        assert id_in(settings.secret(), link) == "t1" and id_in(b"other", link) is None
        assert id_in(settings.secret(), "t2" + link[2:]) is None


def test_nickname_url_in_mail(tmp_path: Path) -> None:
    """A name makes no link and breaks no header (Flarum CVE-2026-30913; S12)."""
    name = "Win at evil.example/x https://evil.example\r\nBcc: all@harbour.test"
    letter = outbox.Letter(1, 1, MailKind.MOVED, "bo@harbour.test", "en", {"name": name})
    message = written_out(letter, Settings(data_dir=str(tmp_path)))
    assert "evil.example" not in text_of(message) and "https://evil" not in text_of(message)
    assert message["bcc"] is None and "\n" not in text_of(message).split(", your account")[0]


def test_a_mail_server_is_named_by_an_address() -> None:
    with pytest.raises(Impossible):
        Settings(smtp_url="mail.example.id:587")
    settings = Settings(smtp_url="smtp://u:p%40@mail.example.id")
    assert "p%40" not in repr(settings)
    assert replace(settings, mail_from="AKAR <a@b.id>").mail_from == "AKAR <a@b.id>"


def last(session: Session) -> Mail:
    return session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_akar_check_says_whether_the_mail_server_takes_letters(
    settings: Settings, box: LetterBox
) -> None:
    async def mail(url: str) -> Finding:
        every = await findings(replace(settings, smtp_url=url))
        return next(one for one in every if one.what == "mail")

    assert (await mail("")).good and str(settings.folder) in (await mail("")).sentence
    assert (await mail(box.url)).good
    away = await mail("smtp://127.0.0.1:1")
    assert not away.good and "does not take our letters" in away.sentence
    assert box.letters.empty(), "nothing is sent to find out"
