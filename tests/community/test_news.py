"""Notices by mail: gathered into one letter, looked at again when it is carried, and refused by one
click. Through a real mail server."""

from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

from channels.models import Membership
from community import clock
from community.blocks import Extent, keep_away
from community.database import Transaction
from community.members.models import Member
from community.notices.actions import (
    GATHERED,
    MOST_IN_ONE,
    MOST_LETTERS,
    notify,
    read_all_notices,
    want,
    write_letters,
)
from community.notices.models import ALWAYS, BY_MAIL, Choice, Notice, NoticeKind, Way
from community.outbox import Mail
from forum.categories import Category
from forum.topics import actions as topics
from forum.topics.models import Post
from tests.cast import ADA, BO, CABIN, CY, FAY, GUS, MARKET, MOORING, email
from tests.conftest import Posted, Town
from tests.forum.announcing import announced
from tests.letterbox import text_of
from tests.moderation.reporting import as_, judge, report, reported, rows, say, write

EVERYTHING = {kind: Way.MAIL for kind in NoticeKind if kind not in ALWAYS}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def wanting(posted: Posted) -> Posted:
    """Bo and Cy want all by mail."""
    for member in (BO, CY):
        await as_(posted.town.db, member, want, EVERYTHING)
    return posted


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr(clock, "ahead", clock.ahead + GATHERED)


async def carried(posted: Posted) -> EmailMessage:
    """What is due by now goes into letters; the next of them."""
    await posted.town.db.act(write_letters)
    return await posted.box.next()


async def test_a_reply_arrives_by_mail(wanting: Posted, later: Callable[[], None]) -> None:
    post = await write(wanting.town.db, BO, "Where is rope?")
    answer = await as_(
        wanting.town.db, CY, topics.reply, MOORING, "At Ada's.", key="k1", parent_id=post
    )
    await wanting.town.db.act(write_letters)
    assert not await _letters(wanting.town), "it waits for what else may come"
    later()
    letter = await carried(wanting)
    assert letter["to"] == email(BO)
    assert letter["subject"] == "Cy replied to you in “Where to moor”."
    assert f"{wanting.town.origin}/posts/{answer.id}" in text_of(letter)
    html = letter.get_body(("html",))
    assert html and f'href="{wanting.town.origin}/posts/{answer.id}"' in html.get_content()


async def test_what_comes_soon_after_each_other_is_one_letter(
    wanting: Posted, later: Callable[[], None]
) -> None:
    for number in range(MOST_IN_ONE + 5):
        await say(wanting.town.db, CY, f"@Bo, rope {number}")
    await write(wanting.town.db, CY, "@Bo, and here?")
    later()
    letter = await carried(wanting)
    lines = text_of(letter)
    assert letter["subject"] == "News for you"
    assert lines.count("mentioned you") == MOST_IN_ONE and "Where to moor" in lines
    await wanting.town.db.act(write_letters)
    assert len(await _letters(wanting.town)) == 1


async def test_decisions_and_announcements_come_by_mail_unless_one_chose_otherwise(
    posted: Posted, later: Callable[[], None]
) -> None:
    town = posted.town
    _post, case = await reported(town.db, by=CY, author=BO)
    await judge(town.db, FAY, case)
    await town.db.act(announced)
    later()
    await town.db.act(write_letters)
    told = {letter["to"]: text_of(letter) for letter in [await posted.box.next() for _ in "ab"]}
    assert set(told) == {email(BO), email(7)}
    assert "A moderator decided" in told[email(BO)] and "Storm on Friday" in told[email(BO)]
    assert "decided" not in told[email(7)]


async def _hide(town: Town, post: int) -> None:
    await town.db.act(lambda tx: topics.hide_post(tx, tx.get_one(Post, post)))


async def _withdraw(town: Town, post: int) -> None:
    await as_(town.db, BO, topics.withdraw, post)


async def _restrict(town: Town, _post: int) -> None:
    def restrict(tx: Transaction) -> None:
        tx.get_one(Category, MARKET).restricted = True

    await town.db.act(restrict)


async def _switch_off(town: Town, _post: int) -> None:
    answer = await town.cy.post("/settings/notices", mention="bell")
    assert answer.status_code == 303


async def _look(town: Town, _post: int) -> None:
    await as_(town.db, CY, read_all_notices)


@pytest.mark.parametrize(
    "meanwhile", [_hide, _withdraw, _restrict, _switch_off, _look], ids=lambda it: it.__name__[1:]
)
async def test_mail_rechecks_visibility_at_send(
    wanting: Posted, later: Callable[[], None], meanwhile: Callable[[Town, int], Awaitable[None]]
) -> None:
    """Flarum CVE-2023-22488. A later letter comes alone, so the one before it was given up."""
    town = wanting.town
    post = await write(town.db, BO, "@Cy!")
    later()
    await meanwhile(town, post)
    await town.db.act(write_letters)
    await say(town.db, CY, "@Bo, for comparison")
    later()
    assert (await carried(wanting))["to"] == email(BO)
    assert wanting.box.letters.empty()
    (given_up,) = [mail for mail in await _letters(town) if mail.address == email(CY)]
    assert not given_up.sent_at and not given_up.about


async def test_who_left_a_private_channel_hears_no_more_of_it(
    wanting: Posted, later: Callable[[], None]
) -> None:
    def leave(tx: Transaction) -> None:
        tx.delete(tx.get_one(Membership, (CABIN, BO)))

    await say(wanting.town.db, ADA, "@Bo, below deck", CABIN)
    await wanting.town.db.act(leave)
    later()
    await wanting.town.db.act(write_letters)
    await write(wanting.town.db, BO, "@Cy, for comparison")
    later()
    assert (await carried(wanting))["to"] == email(CY)
    assert wanting.box.letters.empty()


async def test_it_goes_to_the_address_and_in_the_tongue_one_has_by_then(
    wanting: Posted, later: Callable[[], None]
) -> None:
    def move(tx: Transaction) -> None:
        cy = tx.get_one(Member, CY)
        cy.email, cy.locale = "cy@elsewhere.test", "id"

    await write(wanting.town.db, BO, "@Cy!")
    await wanting.town.db.act(move)
    later()
    letter = await carried(wanting)
    assert letter["to"] == "cy@elsewhere.test"
    assert letter["subject"] == "Bo menyebut Anda di “Where to moor”."


async def test_one_click_ends_these_mails_and_no_others(
    wanting: Posted, later: Callable[[], None]
) -> None:
    """RFC 8058: without signing in, from anywhere, and only by POST."""
    town = wanting.town
    await write(town.db, BO, "@Cy!")
    later()
    letter = await carried(wanting)
    assert letter["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    header = dict(letter.raw_items())["List-Unsubscribe"]
    assert header.startswith(f"<{town.origin}/") and header.endswith(">"), "as programs read it"
    path = urlsplit(header.strip("<>")).path
    assert path in text_of(letter)

    before = await rows(town.db, Choice)
    assert "Mentions of me" in await town.visitor.open(path)
    assert len(await rows(town.db, Choice)) == len(before)
    stranger = {"origin": "https://mail.example", "sec-fetch-site": "cross-site"}
    answer = await town.visitor.post_with(stranger, path, **ONE_CLICK)
    assert answer.status_code == 200 and "Done." in answer.text
    assert await _way(town, CY, NoticeKind.MENTION) == Way.BELL
    assert await _way(town, CY, NoticeKind.REPLY) == Way.MAIL
    assert await _way(town, BO, NoticeKind.MENTION) == Way.MAIL
    assert (await town.visitor.post(path.replace(f"/{CY}:", f"/{BO}:"))).status_code == 404


async def test_what_was_switched_off_stays_off(wanting: Posted, later: Callable[[], None]) -> None:
    await write(wanting.town.db, BO, "@Cy!")
    later()
    path = urlsplit((await carried(wanting))["list-unsubscribe"].strip("<>")).path
    await as_(wanting.town.db, CY, want, {NoticeKind.MENTION: Way.NOT})
    await wanting.town.visitor.post(path)
    assert await _way(wanting.town, CY, NoticeKind.MENTION) == Way.NOT


async def test_a_decision_about_oneself_cannot_be_refused(
    posted: Posted, later: Callable[[], None]
) -> None:
    town = posted.town
    await report(town.db, await write(town.db, BO), CY)
    for form in ({"decision": "not"}, {"role": "bell"}):
        assert (await town.bo.post("/settings/notices", **form)).status_code == 422
    await judge(town.db, FAY, 1)
    later()
    letter = await carried(posted)
    assert letter["to"] == email(BO) and letter["list-unsubscribe"] is None
    assert "No more of these" not in text_of(letter)


async def test_of_whom_one_keeps_away_from_by_now_no_letter_says_a_word(
    wanting: Posted, later: Callable[[], None]
) -> None:
    """Also of what was written out already when they did. It comes to be time while nobody else
    writes: the town has a worker of its own, who would be as quick."""

    def write_and_mute(tx: Transaction) -> None:
        later()
        write_letters(tx)
        keep_away(tx, tx.get_one(Member, BO), CY, Extent.MUTED)

    def block_and_write(tx: Transaction) -> None:
        later()
        keep_away(tx, tx.get_one(Member, BO), CY, Extent.BLOCKED)
        write_letters(tx)

    for parted in (write_and_mute, block_and_write):
        await as_(wanting.town.db, BO, keep_away, CY, Extent.NONE)
        await write(wanting.town.db, CY, "@Bo, cheap rope")
        await say(wanting.town.db, GUS, "@Bo, good morning")
        await wanting.town.db.act(parted)
        letter = text_of(await wanting.box.next())
        assert "Gus mentioned you" in letter and "Cy mentioned" not in letter


async def test_a_name_that_looks_like_an_address_becomes_no_link(
    wanting: Posted, later: Callable[[], None]
) -> None:
    """test_nickname_url_in_mail (Flarum CVE-2026-30913), S12."""

    def tell(tx: Transaction) -> None:
        actor, title = tx.get_one(Member, CY), "<b>https://x.test"
        actor.name = "menang.example/hadiah\r\nBcc: all@x.test"
        notify(tx, [BO], NoticeKind.MENTION, actor=actor, title=title, link="/topics/5")

    await wanting.town.db.act(tell)
    later()
    letter = await carried(wanting)
    assert letter["bcc"] is None and "menang.example" not in letter.as_string()
    html = letter.get_body(("html",))
    assert html and "<b>" not in html.get_content() and "https://x.test" not in text_of(letter)


async def test_only_as_many_letters_are_written_as_are_soon_carried(town: Town) -> None:
    def crowd(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        for number in range(MOST_LETTERS + 5):
            one = Member(
                name="M", email=f"m{number}@x.test", password_hash="", joined_at=bo.joined_at
            )
            tx.add(one)
            tx.flush()
            tx.add(Notice(member_id=one.id, kind=NoticeKind.ANNOUNCEMENT, about={}, link="/",
                          sent_at=bo.joined_at, mail_at=bo.joined_at))  # fmt: skip

    await town.db.act(crowd)
    for _round in "ab":
        await town.db.act(write_letters)
        waiting = [mail for mail in await _letters(town) if not mail.tries]
        assert len(waiting) <= MOST_LETTERS


def test_mail_is_the_usual_way_for_what_matters_most() -> None:
    assert {NoticeKind.DECISION, NoticeKind.ANNOUNCEMENT} <= BY_MAIL


async def _letters(town: Town) -> list[Mail]:
    return [mail for mail in await rows(town.db, Mail) if mail.kind == "notices"]


async def _way(town: Town, member: int, kind: NoticeKind) -> str:
    choices = await rows(town.db, Choice)
    return next(one.way for one in choices if (one.member_id, one.kind) == (member, kind))
