"""One post edited in two windows or on two devices: nothing that was written is overwritten unseen,
as with messages (tests/channels/test_editing.py)."""

import pytest

from community.database import Database, Transaction
from community.histories import EditedElsewhere
from community.places import Lens
from community.reactions import Word
from community.streams import versions_of
from forum.moving.actions import bring
from forum.reactions import react
from forum.topics.actions import edit
from forum.topics.models import Post
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, MOORING
from tests.conftest import Town
from tests.forum.pages import answer_in, fields_of
from tests.forum.test_attachments import attached
from tests.moderation.reporting import as_, start, the, write
from tests.painting import painted

TOPIC = "/topics/5"


async def test_who_began_before_another_edit_is_told_what_it_says_now(db: Database) -> None:
    post = await write(db, BO, "ahoi")
    began = (await the(db, Post, post)).rev
    phone = await as_(db, BO, edit, post, "from the phone", began=began)
    with pytest.raises(EditedElsewhere) as refused:
        await as_(db, BO, edit, post, "from the desk", began=began)
    assert refused.value.values == {"body": "from the phone", "rev": phone.rev}
    assert (await the(db, Post, post)).body == "from the phone"
    await as_(db, BO, edit, post, "from the desk", began=phone.rev)
    assert (await as_(db, BO, edit, post, "whatever it says")).body == "whatever it says"


async def test_a_reaction_in_between_is_no_other_text(db: Database) -> None:
    post = await write(db, BO, "ahoi")
    ahoy = await as_(db, BO, edit, post, "ahoy")
    assert (await as_(db, CY, react, post, Word.AGREE)).rev > ahoy.rev
    assert (await as_(db, BO, edit, post, "ahoy there", began=ahoy.rev)).body == "ahoy there"


async def test_the_same_edit_sent_twice_is_done_once_whatever_was_said_since(db: Database) -> None:
    post = await write(db, BO, "ahoi")
    began = (await the(db, Post, post)).rev
    phone = await as_(db, BO, edit, post, "from the phone", began=began)
    assert (await as_(db, BO, edit, post, "from the phone", began=began)).rev == phone.rev
    await as_(db, BO, edit, post, "from the desk", began=phone.rev)
    again = await as_(db, BO, edit, post, "from the phone", began=began)
    assert again.body == "from the desk"

    def said(tx: Transaction) -> list[str]:
        return [one.body for one in versions_of(tx, "topic", post)]

    assert await db.act(said) == ["ahoi", "from the phone"]


async def test_a_post_that_went_to_another_topic_meanwhile_is_compared_as_before(
    db: Database,
) -> None:
    for n in range(9):
        await write(db, CY, f"{n} metres")
    post = await write(db, BO, "ahoi")
    before = (await as_(db, BO, edit, post, "ahoy")).rev
    target = (await the(db, Post, await start(db, CY, Lens()))).stream_id
    await as_(db, ADA, bring, MOORING, [post], target, reason="Another matter")
    there = (await as_(db, BO, edit, post, "ahoy there", began=before)).rev
    with pytest.raises(EditedElsewhere):
        await as_(db, BO, edit, post, "ahoy here", began=before)
    assert (await as_(db, BO, edit, post, "ahoy here", began=there)).body == "ahoy here"


async def test_a_picture_that_was_hung_up_in_between_is_no_other_text(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "the leather")
    form = await _begun(town.bo, post)
    assert await attached(town, town.bo, post, painted())
    assert (await _sent(town.bo, post, form, "the brown leather"))[0] == 303
    assert (await the(town.db, Post, post)).body == "the brown leather"


async def test_without_a_script_both_texts_stand_there_and_the_author_chooses(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "ahoi")
    form = await _begun(town.bo, post)
    assert (await _sent(town.bo, post, form, "from the phone"))[0] == 303
    status, page = await _sent(town.bo, post, form, "from the desk", reason="a slip")
    assert status == 409 and "changed in another window" in page
    assert "data-other>from the phone<" in page and 'value="a slip"' in page
    assert (await the(town.db, Post, post)).body == "from the phone"

    now = fields_of(page)
    assert now["body"] == "from the desk" and int(now["rev"]) > int(form["rev"])
    status, page = await _sent(town.bo, post, now, "from the desk", join="yes")
    joined = fields_of(page)
    assert status == 200 and joined["body"] == "from the phone\n\nfrom the desk"
    assert (await the(town.db, Post, post)).body == "from the phone"
    assert (await _sent(town.bo, post, joined, joined["body"]))[0] == 303
    assert (await the(town.db, Post, post)).body == joined["body"]


async def test_a_preview_and_a_draft_go_on_from_what_the_post_said_when_they_were_begun(
    town: Town,
) -> None:
    post = await answer_in(town.bo, TOPIC, "ahoi")
    form = await _begun(town.bo, post)
    begun = form | {"body": "from the desk"}
    assert (await town.bo.post("/drafts", **begun)).status_code == 303
    assert (await _sent(town.bo, post, form, "from the phone"))[0] == 303
    seen = fields_of((await town.bo.post("/preview", **begun)).text)
    kept = await _begun(town.bo, post)
    assert kept["body"] == seen["body"] == "from the desk"
    assert kept["rev"] == seen["rev"] == form["rev"]
    assert (await _sent(town.bo, post, kept, "from the desk"))[0] == 409
    emptied = kept | {"body": ""}
    assert (await town.bo.post("/drafts", **emptied)).status_code == 303
    assert (await _begun(town.bo, post))["body"] == "from the phone"


async def test_who_sends_an_older_form_saves_as_before(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "ahoi")
    form = await _begun(town.bo, post)
    assert (await _sent(town.bo, post, form, "from the phone"))[0] == 303
    form.pop("rev")
    assert (await _sent(town.bo, post, form, "from the desk"))[0] == 303
    assert (await the(town.db, Post, post)).body == "from the desk"


async def _begun(browser: Browser, post: int) -> dict[str, str]:
    return fields_of(await browser.open(f"/posts/{post}/edit"))


async def _sent(
    browser: Browser, post: int, form: dict[str, str], body: str, **more: str
) -> tuple[int, str]:
    answer = await browser.post(f"/posts/{post}/edit", **form | {"body": body} | more)
    return answer.status_code, answer.text
