"""Administrators set what the community is; nobody else even sees the pages."""

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.models import Channel
from community.audit import AuditEntry
from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied
from community.letters import MailKind
from community.members.actions import appoint, appoint_at_first, end_appointments
from community.members.models import Member, Role, Scope
from community.members.queries import member_with_email
from community.outbox import Mail
from community.places import Lens
from forum.categories import Category, admissions
from forum.topics.actions import lock
from forum.topics.models import Post
from tests.browsing import sign_in_as
from tests.cast import BO, CABIN, CY, FAY, GUS, MARKET, OFFICE, QUAY, email
from tests.conftest import Town
from tests.moderation.reporting import as_, start, the

PAGES = (
    "/administration",
    "/administration/site",
    "/administration/categories",
    f"/administration/categories/{OFFICE}",
    "/administration/channels",
    f"/administration/channels/{CABIN}",
    "/administration/reasons",
    "/administration/reasons/spam",
    "/administration/members",
    f"/administration/members/{BO}",
)


async def test_fay_sees_every_page(town: Town) -> None:
    for path in PAGES:
        assert (await town.fay.get(path)).status_code == 200, path


async def test_nobody_else_does_and_is_told_why(town: Town) -> None:
    for path in PAGES:
        refused = await town.eva.get(path)
        assert refused.status_code == 403, path
        assert "Only administrators do this." in refused.text
        assert (await town.visitor.get(path)).status_code == 303, path


async def test_nobody_else_changes_anything(town: Town) -> None:
    before = await _log(town)
    for path, form in (
        ("site", {"name": "Ours", "read_only": "yes"}),
        ("categories", {"name": "New", "slug": "new"}),
        (f"categories/{MARKET}/admissions", {"holders": "role:moderator"}),
        ("channels", {"name": "New"}),
        (f"channels/{QUAY}/archive", {"archived": "yes"}),
        (f"members/{BO}/appointment", {"role": "administrator"}),
        ("reasons/spam", {"priority": "0", "hours": "1", "position": "1"}),
    ):
        refused = await town.eva.post(f"/administration/{path}", **form)
        assert refused.status_code == 403, path
    assert await _log(town) == before


async def test_a_category_is_opened_described_restricted_moved_and_archived(town: Town) -> None:
    here = "/administration/categories"
    opened = await town.fay.post(here, name="Harbour", slug="harbour", theme="logistics")
    one = opened.headers["location"].partition("?")[0]
    await town.fay.post(one, name="Harbour and quay", about="Ships", cluster="food")
    await town.fay.post(f"{one}/admissions", holders=["role:moderator", "kind:brand"])
    await town.fay.post(f"{one}/position", places="-1")
    await town.fay.post(f"{one}/archive", archived="yes")

    harbour = await town.db.look(_category, "harbour")
    assert (harbour.name, harbour.cluster, harbour.restricted) == ("Harbour and quay", "food", True)
    assert harbour.archived_at
    holders = await town.db.look(admissions)
    assert holders[harbour.id] == {"role:moderator", "kind:brand"}
    page = await town.fay.open(here)
    assert page.index(">Market<") < page.index(">Harbour and quay<") < page.index(">Office<")
    assert [verb.partition(".")[2] for verb in await _log(town) if "category" in verb] == [
        "opened", "changed", "restricted", "moved", "archived",
    ]  # fmt: skip

    await town.fay.post(f"{one}/archive", archived="no")
    assert (await town.db.look(_category, "harbour")).archived_at is None


async def test_an_address_that_is_taken_is_said_and_what_was_written_is_kept(town: Town) -> None:
    refused = await town.fay.post("/administration/categories", name="Second market", slug="market")
    assert refused.status_code == 409
    assert "There is a category with this address already." in refused.text
    assert "Second market" in refused.text


async def test_a_holder_nobody_knows_does_not_open_a_restricted_category(town: Town) -> None:
    path = f"/administration/categories/{OFFICE}/admissions"
    assert (await town.fay.post(path, holders="role:pirate")).status_code == 422
    assert (await town.cy.get("/topics/6")).status_code == 404


async def test_a_private_channel_takes_in_and_lets_go(town: Town) -> None:
    here = f"/administration/channels/{CABIN}"
    assert (await town.cy.get(f"/channels/{CABIN}")).status_code == 404
    assert (await town.fay.post(f"{here}/members", email=email(CY))).status_code == 303
    await town.cy.open(f"/channels/{CABIN}")
    async with town.cy.tab() as cy:
        await cy.watch(f"channel:{CABIN}")
        await town.fay.post(f"{here}/members/{CY}/removal")
        assert (await cy.until("revoked"))["stream"] == f"channel:{CABIN}"
    assert (await town.cy.get(f"/channels/{CABIN}")).status_code == 404


async def test_managing_a_private_channel_is_not_reading_in_it(town: Town) -> None:
    assert "cabin" in await town.fay.open("/administration/channels")
    assert (await town.fay.get(f"/channels/{CABIN}")).status_code == 404


async def test_an_address_without_a_member_is_said(town: Town) -> None:
    refused = await town.fay.post(
        f"/administration/channels/{CABIN}/members", email="nobody@harbour.test"
    )
    assert refused.status_code == 422
    assert "There is no member with this address." in refused.text


async def test_a_channel_is_opened_described_and_archived(town: Town) -> None:
    opened = await town.fay.post("/administration/channels", name="deck", private="yes")
    one = opened.headers["location"].partition("?")[0]
    await town.fay.post(one, name="upper deck", region="32.05")
    await town.fay.post(f"{one}/archive", archived="yes")
    channel = await town.db.look(
        lambda session: session.scalars(select(Channel).where(Channel.name == "upper deck")).one()
    )
    assert channel.private and channel.state == "archived" and channel.region == "32.05"


async def test_a_reason_is_made_more_urgent(town: Town) -> None:
    await town.fay.post(
        "/administration/reasons/spam", priority="1", hours="2", position="3", in_use="yes",
        label_en="Advertising",
    )  # fmt: skip
    page = await town.fay.open("/administration/reasons")
    assert re.search(r"Advertising.*?Urgent.*?decided within 2 hours", page, re.DOTALL)
    assert "reason.changed" in await _log(town)


async def test_a_moderator_is_appointed_for_a_place_and_dismissed(town: Town) -> None:
    path = f"/administration/members/{BO}/appointment"
    async with town.bo.tab() as bo:
        await town.fay.post(path, role="moderator", region="32.05", cluster="food")
        with pytest.raises(Exception, match="4401"):
            await bo.until("never")
    page = await town.fay.open(f"/administration/members/{BO}")
    assert "Kabupaten Garut" in page and "Food &amp; beverage" in page
    assert await _letters_to(town, BO) == 1
    answer = await town.fay.post(path, role="moderator", category=MARKET, until="2026-01-31")
    assert answer.status_code == 422 and "A role ends on a day to come" in answer.text
    await town.fay.post(path, role="moderator", category=MARKET, until="2099-01-31")
    page = await town.fay.open(f"/administration/members/{BO}")
    assert "Market" in page and "31 Jan 2099, 23:59" in page, "the day is the last one"
    assert "<dt>Category</dt>" in await town.fay.open("/moderation/log?verb=member.appointed")
    await town.fay.post(path, role="member")
    assert await _letters_to(town, BO) == 3 and "another role" in await _notices_of(town, BO)
    dismissed = await town.db.look(member_with_email, email(BO))
    assert dismissed and dismissed.role == Role.MEMBER


async def _letters_to(town: Town, member: int) -> int:
    letters = select(func.count(Mail.id)).where(
        Mail.kind == MailKind.ROLE, Mail.member_id == member
    )
    return await town.db.look(lambda session: session.scalars(letters).one())


async def _notices_of(town: Town, member: int) -> str:
    browser = await sign_in_as(town.db, town.origin, member)
    page = await browser.open("/notices")
    await browser.close()
    return page


async def test_a_moderator_locks_what_they_look_after(town: Town) -> None:
    posts = [await start(town.db, BO, Lens(*of)) for of in (("32.05", "food"), ("32.73", "crafts"))]
    garut, bandung = [(await the(town.db, Post, post)).stream_id for post in posts]
    await as_(town.db, FAY, appoint, CY, Role.MODERATOR, Scope("32.05", "food"))
    with pytest.raises(Denied, match="outside of what you look after"):
        await as_(town.db, CY, lock, bandung)
    assert (await as_(town.db, CY, lock, garut)).locked_at
    cy = await sign_in_as(town.db, town.origin, CY)
    assert "/unlock" in await cy.open(f"/topics/{garut}")
    assert "/lock" not in await cy.open(f"/topics/{bandung}")
    await cy.close()


async def test_roles_that_end_in_one_round_end_whatever_their_order(db: Database) -> None:
    def given(tx: Transaction) -> None:
        for member in (GUS, BO, CY):
            appoint_at_first(tx, tx.get_one(Member, member), Role.MODERATOR, ends_at=now(tx))
            tx.forget_turns()

    await db.act(given)
    await db.act(end_appointments)
    roles = await db.look(lambda s: [s.get_one(Member, one).role for one in (GUS, BO, CY)])
    assert set(roles) == {Role.MEMBER}


async def test_nobody_changes_their_own_role_so_there_is_always_an_administrator(
    town: Town,
) -> None:
    refused = await town.fay.post(f"/administration/members/{FAY}/appointment", role="member")
    assert refused.status_code == 403
    assert "Somebody else has to change your own role." in refused.text


async def test_members_are_found_by_a_part_of_their_name_or_address(town: Town) -> None:
    page = await town.fay.open("/administration/members?words=GUS%40")
    assert "gus@harbour.test" in page and "bo@harbour.test" not in page
    assert "Nobody fits this search" in await town.fay.open("/administration/members?words=%25")


async def test_the_limits_are_shown_and_nothing_secret(town: Town) -> None:
    page = await town.fay.open("/administration/site")
    assert "Open pages of one member" in page
    assert town.settings.secret().decode() not in page


async def _log(town: Town) -> Sequence[str]:
    return await town.db.look(
        lambda session: session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()
    )


def _category(session: Session, slug: str) -> Category:
    return session.scalars(select(Category).where(Category.slug == slug)).one()


async def test_the_log_of_a_member_is_told_in_words(town: Town) -> None:
    await town.fay.post(f"/administration/members/{CY}/appointment", role="moderator")
    shown = await town.fay.open(f"/administration/members/{CY}")
    assert "Fay gave or took back a role" in shown
    assert "member.appointed" not in shown
