"""What was begun and not sent, in a browser that has no scripts."""

from tests.conftest import Town
from tests.forum.pages import answer_in, fields_of, start_topic

TOPIC = "/topics/5"


async def test_a_draft_is_there_again_until_it_is_sent(town: Town) -> None:
    form = fields_of(await town.bo.open(TOPIC)) | {"body": "half a sentence"}
    assert (await town.bo.post("/drafts", **form)).headers["location"] == f"{TOPIC}#reply"
    assert fields_of(await town.bo.open(TOPIC))["body"] == "half a sentence"
    await answer_in(town.bo, TOPIC, "a whole sentence")
    assert fields_of(await town.bo.open(TOPIC))["body"] == ""


async def test_what_another_device_kept_meanwhile_stays_when_a_text_is_sent(town: Town) -> None:
    desk = fields_of(await town.bo.open(TOPIC)) | {"body": "from the desk"}
    await town.bo.post("/drafts", **desk)
    desk = fields_of(await town.bo.open(TOPIC))
    await town.bo.post("/drafts", **desk | {"body": "from the desk, and the phone"})
    assert (await town.bo.post(f"{TOPIC}/posts", **desk)).status_code == 303
    left = fields_of(await town.bo.open(TOPIC))
    assert left["body"] == "from the desk, and the phone"
    assert (await town.bo.post(f"{TOPIC}/posts", **left)).status_code == 303
    assert fields_of(await town.bo.open(TOPIC))["body"] == ""


async def test_what_was_chosen_for_a_text_is_kept_with_it(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "ten metres")
    edit = fields_of(await town.bo.open(f"/posts/{post}/edit")) | {"body": "ten metres"}
    await town.bo.post("/drafts", **edit, reason="measured again")
    assert 'value="measured again"' in await town.bo.open(f"/posts/{post}/edit")
    new = fields_of(await town.bo.open("/topics/new")) | {"title": "Mooring", "body": "of ropes"}
    chosen = {"category": "1", "aim": "question", "tag": ["rope", "quay"], "cluster": "crafts"}
    await town.bo.post("/drafts", **new | chosen)
    page = await town.bo.open("/topics/new")
    assert fields_of(page)["title"] == "Mooring" and '<option value="1" selected' in page
    assert 'value="question" checked' in page and '<option value="crafts" selected' in page
    assert 'value="rope"' in page and 'value="quay"' in page
    await start_topic(town.cy, "Mooring at night", "in the dark")
    for path in ("/preview", "/topics"):  # a topic like it is shown without scripts, too
        shown = await town.bo.post(path, **new, category="" if path == "/topics" else "1")
        assert "may be about the same" in shown.text and "Mooring at night" in shown.text


async def test_a_draft_changed_on_another_device_is_shown_beside_ones_own(town: Town) -> None:
    form = fields_of(await town.bo.open(TOPIC))
    await town.bo.post("/drafts", **form | {"body": "from the phone"})
    both = await town.bo.post("/drafts", **form | {"body": "from the desk"})
    assert both.status_code == 409 and "from the phone</blockquote>" in both.text
    assert "changed in another window or device" in both.text
    mine = fields_of(both.text)
    assert mine["body"] == "from the desk"
    assert fields_of(await town.bo.open(TOPIC))["body"] == "from the phone"
    assert (await town.bo.post("/drafts", **mine)).status_code == 303
    assert fields_of(await town.bo.open(TOPIC))["body"] == "from the desk"
    again = {**form, "body": "from the train", "join": "yes"}
    assert (await town.bo.post("/drafts", **again)).status_code == 303
    joined = "from the desk\n\nfrom the train"
    assert fields_of(await town.bo.open(TOPIC))["body"] == joined
