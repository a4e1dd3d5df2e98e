"""The list of what one has begun to write: channels, threads, topics, replies, edits."""

import re

from sqlalchemy.orm import Session

from channels.actions import say
from channels.direct import begin, found_group
from channels.drafts import keep_draft as keep_talk
from channels.joining import invite, remove
from channels.threads import begin as begin_thread
from community.database import Database, Transaction
from community.drafts import Text, draft_of, drafts_of, throw_away
from community.members.models import Member
from forum.drafts import keep_draft
from forum.moving.actions import merge
from tests.cast import ADA, BO, CABIN, CY, LEDGER, MOORING, QUAY
from tests.conftest import Town
from tests.forum.pages import start_topic
from tests.moderation.reporting import as_
from tests.painting import painted
from web.begun import begun_by

GIVEN = re.compile(
    r'name="(place|version|title|body|category)"(?: value="([^"]*)"| hidden>\n([^<]*))'
)


def _begins(tx: Transaction) -> None:
    bo = tx.get_one(Member, BO)
    say(tx, bo, QUAY, "who has rope?", key="k1")
    keep_talk(tx, bo, QUAY, "hemp or sisal?")
    keep_talk(tx, bo, CABIN, "the captain's secret")
    keep_talk(tx, bo, begin(tx, bo, CY).id, "ahoy Cy")
    tx.forget_turns()
    keep_talk(tx, bo, begin_thread(tx, bo, 1).id, "I found some")
    keep_draft(
        tx, bo, "new", Text("Rope", "Which is best?", {"category": 1, "tag": ["rope", "sail"]})
    )
    keep_draft(tx, bo, f"topic:{MOORING}", Text("", "at the west pier"))


async def test_everything_begun_stands_in_one_list_with_its_place(db: Database) -> None:
    await db.act(_begins)

    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        listed = {one.draft.place: one for one in begun_by(tx, bo)}
        assert {(one.kind, one.name) for one in listed.values()} == {
            ("channel", "quay"), ("channel", "cabin"), ("channel", "Cy"), ("thread", "quay"),
            ("new", "Rope"), ("topic", "Where to moor"),
        }  # fmt: skip
        assert listed[f"channel:{QUAY}"].href == f"/channels/{QUAY}#say"
        assert [one.kept_at for one in drafts_of(tx, bo)] == sorted(
            (one.kept_at for one in drafts_of(tx, bo)), reverse=True
        )
        assert begun_by(tx, tx.get_one(Member, CY)) == []

    await db.act(story)


async def test_what_was_begun_among_few_is_called_as_its_author_calls_that_talk(
    db: Database,
) -> None:
    def story(tx: Transaction) -> None:
        bo, cy = tx.get_one(Member, BO), tx.get_one(Member, CY)
        group = found_group(tx, bo).id
        invite(tx, bo, group, CY)
        room = begin(tx, cy, BO).id
        for id, place in enumerate((group, room), 1):
            tx.forget_turns()
            say(tx, cy, place, "ahoy", key=f"k{place}")
            tx.forget_turns()
            keep_talk(tx, bo, begin_thread(tx, bo, id).id, "ahoy beside")
        keep_talk(tx, bo, group, "ahoy all")
        begun = sorted((one.kind, one.name) for one in begun_by(tx, bo))
        assert begun == [("channel", "Cy"), ("thread", "Cy"), ("thread", "Cy")]

    await db.act(story)


async def test_what_was_begun_where_one_was_removed_is_not_lost(db: Database) -> None:
    await db.act(_begins)
    await db.act(lambda tx: remove(tx, tx.get_one(Member, ADA), CABIN, BO))

    def story(tx: Transaction) -> None:
        listed = {one.draft.place: one for one in begun_by(tx, tx.get_one(Member, BO))}
        cabin = listed[f"channel:{CABIN}"]
        assert (cabin.name, cabin.href, cabin.words) == ("", "", "the captain's secret")

    await db.act(story)


async def test_only_the_version_one_has_seen_is_thrown_away(db: Database) -> None:
    await db.act(_begins)

    def story(tx: Transaction) -> None:
        bo, place = tx.get_one(Member, BO), f"channel:{QUAY}"
        draft = draft_of(tx, bo, place)
        assert draft
        version = draft.version
        keep_talk(tx, bo, QUAY, "hemp, then", version)
        assert throw_away(tx, bo, place, version) is None
        assert throw_away(tx, tx.get_one(Member, CY), place, draft.version) is None
        assert throw_away(tx, bo, place, draft.version) is draft
        tx.flush()
        assert draft_of(tx, bo, place) is None

    await db.act(story)


async def test_the_page_throws_away_and_puts_back(town: Town) -> None:
    await town.db.act(_begins)
    shown = await town.bo.open("/drafts")
    for words in ("Message in quay", "Message in Cy", "Reply in a thread of quay", "New topic",
                  "Reply in “Where to moor”", "hemp or sisal?", "at the west pier"):  # fmt: skip
        assert words in shown
    assert "No drafts" in await town.cy.open("/drafts")
    for place in (f"channel:{QUAY}", "new"):
        version = await town.db.look(_version, place)
        answer = await town.bo.post("/drafts/removal", place=place, version=version)
        assert answer.status_code == 200 and "was thrown away" in answer.text
        assert await town.db.look(_version, place) == 0
        again = answer.text[answer.text.index('<form class="notice') :]
        at = re.findall(r'action="([^"]*)"', again)[0]
        fields = {
            name: value or text
            for name, value, text in GIVEN.findall(again[: again.index("</form>")])
        }
        assert (await town.bo.post(at, **fields)).status_code == 303
    assert "hemp or sisal?" in await town.bo.open("/drafts")
    assert "Which is best?" in await town.bo.open("/topics/new")
    assert (await town.bo.post("/drafts/removal", place="channel:x", version=1)).status_code == 422
    assert (
        await town.bo.post("/drafts/removal", place=f"topic:{LEDGER}", version=1)
    ).status_code == 303
    assert "/drafts" in await town.bo.open("/more") and "/drafts" in await town.bo.open("/channels")


async def test_what_is_thrown_away_where_one_does_not_read_any_more_can_still_be_copied(
    town: Town,
) -> None:
    """It could not be put back: there is no such place for them."""
    await town.db.act(_begins)
    await town.db.act(_leaves_the_cabin)
    place = f"channel:{CABIN}"
    version = await town.db.look(_version, place)
    answer = await town.bo.post("/drafts/removal", place=place, version=version)
    thrown = answer.text[answer.text.index("was thrown away") :]
    assert "the captain&#39;s secret" in thrown and "Put it back" not in thrown
    assert await town.db.look(_version, place) == 0


async def test_files_are_listed_with_their_draft_and_go_and_come_back_with_it(town: Town) -> None:
    place = f"topic:{MOORING}"
    sent = await town.bo.send("/drafts/files", painted(), place=place)
    (file,) = re.findall(r'name="file" value="([^"]+)"', sent.text)
    fields = {"place": place, "body": "at the west pier", "file": file, "words": "the pier"}
    assert (await town.bo.post("/drafts", **fields)).status_code == 303
    shown = await town.bo.open("/drafts")
    assert f"/files/{file}/small" in shown and "the pier" in shown

    version = await town.db.look(_version, place)
    answer = await town.bo.post("/drafts/removal", place=place, version=version)
    assert f'name="file" value="{file}"' in answer.text
    assert file not in await town.bo.open(f"/topics/{MOORING}")
    assert (await town.bo.post("/drafts", **fields)).status_code == 303
    assert file in await town.bo.open(f"/topics/{MOORING}")


async def test_files_stay_where_their_draft_is(town: Town) -> None:
    """Where it is refused they go nowhere; where its topic was merged, they are in the other."""
    sent = await town.bo.send("/drafts/files", painted(), place=f"topic:{MOORING}")
    (file,) = re.findall(r'name="file" value="([^"]+)"', sent.text)
    fields = {"body": "at the west pier", "file": file, "words": "the pier"}
    assert (await town.bo.post("/drafts", place=f"topic:{LEDGER}", **fields)).status_code == 404
    assert file in await town.bo.open(f"/topics/{MOORING}")

    pages = [await start_topic(town.bo, title, "Ahoy.") for title in ("West pier", "Which pier?")]
    source, target = (int(page.rsplit("/", 1)[1]) for page in pages)
    place = f"topic:{source}"
    assert (await town.bo.post("/drafts", place=place, **fields)).status_code == 303
    await as_(town.db, ADA, merge, source, target, reason="The same.")
    assert file in await town.bo.open(f"/topics/{target}")
    assert (await town.bo.post("/drafts", place=place, **fields)).status_code == 303
    assert file in await town.bo.open(f"/topics/{target}")


def _leaves_the_cabin(tx: Transaction) -> None:
    remove(tx, tx.get_one(Member, ADA), CABIN, BO)


def _version(session: Session, place: str) -> int:
    draft = draft_of(session, session.get_one(Member, BO), place)
    return draft.version if draft else 0


async def test_what_more_leads_to_shows_where_one_is(town: Town) -> None:
    for path in ("/drafts", "/bookmarks", "/settings/sign-ins"):
        assert 'href="/more" aria-current="true"' in await town.bo.open(path), path
    assert 'href="/more">' in await town.bo.open("/notices")
