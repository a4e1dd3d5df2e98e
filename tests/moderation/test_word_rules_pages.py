"""The pages of word rules: made, tried before they hold, changed, and many at once by a list."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from channels.actions import say
from channels.models import Message
from community.clock import now
from community.database import Transaction
from forum.topics.actions import reply
from moderation.rules.models import WordRule
from tests.cast import BO, CABIN, MOORING, QUAY
from tests.conftest import Town
from tests.moderation.reporting import as_, rows

WORDS = "/moderation/words"
RULE = {"pattern": "judi", "action": "block", "reason": "gambling_porn", "in_use": "yes"}
LIST = """pattern,action,reason,scope,why,in_use
judi,block,gambling_porn,,Bukan di sini.,yes
slot*,flag,gambling_porn,channels,,no
x,flag,spam,,,yes
rope,throw,spam,,,yes
sails,flag,nothing,,,yes
'=sum of all,flag,spam,,,yes
"""


async def test_a_rule_is_made_changed_and_switched_off_on_its_page(town: Town) -> None:
    made = await town.eva.post(WORDS, **RULE)
    assert made.headers["location"] == f"{WORDS}/1?saved=yes"
    assert 'value="judi"' in await town.eva.open(f"{WORDS}/1")
    refused = await town.bo.post(f"/channels/{QUAY}/messages", body="judi", key="k1")
    assert refused.status_code == 422 and "Gambling or pornography" in refused.text
    await town.eva.post(f"{WORDS}/1", **RULE | {"in_use": ""})
    assert "Switched off" in await town.eva.open(WORDS)
    said = await town.bo.post(f"/channels/{QUAY}/messages", body="judi", key="k1")
    assert said.status_code == 303


async def test_a_tab_is_told_why_its_message_is_refused(town: Town) -> None:
    await town.eva.post(WORDS, **RULE)
    async with town.bo.tab() as tab:
        refused = await tab.say("Main judi", "k1")
    assert refused["final"] and "Gambling or pornography" in refused["reason"]
    assert "ask" not in refused


@pytest.mark.parametrize("who", ["ada", "bo", "dee"])
async def test_nobody_else_sees_the_rules(town: Town, who: str) -> None:
    await town.eva.post(WORDS, **RULE)
    other = getattr(town, who)
    for path in (WORDS, f"{WORDS}/1", f"{WORDS}/new", f"{WORDS}/list.csv"):
        assert (await other.get(path)).status_code == 403
    assert (await other.post(f"{WORDS}/trial", **RULE)).status_code == 403
    assert (await other.post(f"{WORDS}/list", lines=LIST)).status_code == 403
    assert len(await rows(town.db, WordRule)) == 1


async def test_before_it_holds_it_is_tried_on_what_was_written_lately(town: Town) -> None:
    for n, body in enumerate(("judi lama", "Main JUDI di sini", "tali")):
        await as_(town.db, BO, say, QUAY, body, key=f"k{n}")
    await as_(town.db, BO, say, CABIN, "judi rahasia", key="k9")
    await as_(town.db, BO, reply, MOORING, "perjudian dilarang", key="p1")
    await town.db.act(_long_ago)
    page = (await town.eva.post(f"{WORDS}/trial", **RULE)).text
    assert "Found 2 times" in page and "Nothing was changed." in page
    assert "Main JUDI di sini" in page and "perjudian dilarang" in page
    assert "lama" not in page and "rahasia" not in page  # too old, and not for Eva
    assert not await rows(town.db, WordRule)
    only = (await town.eva.post(f"{WORDS}/trial", **RULE | {"scope": "topics"})).text
    assert "Found once" in only and "Main JUDI" not in only
    assert (
        "Found nowhere"
        in (await town.eva.post(f"{WORDS}/trial", **RULE | {"pattern": "teh*"})).text
    )


async def test_a_list_has_a_result_for_each_line_and_goes_out_as_it_came_in(town: Town) -> None:
    page = (await town.fay.post(f"{WORDS}/list", lines=LIST)).text
    assert page.count("Added") == 3
    for wrong in ("needs 3 letters", "block, hold, label, flag", "There is no such reason."):
        assert wrong in page
    out = (await town.fay.get(f"{WORDS}/list.csv")).text
    assert out.splitlines()[1:] == [
        "'=sum of all,flag,spam,,,yes",
        "judi,block,gambling_porn,,Bukan di sini.,yes",
        "slot*,flag,gambling_porn,channels,,no",
    ]
    again = (await town.fay.attach(f"{WORDS}/list", "rules.csv", out.encode())).text
    assert again.count("As it was") == 3
    changed = out.replace("Bukan di sini.", "Tidak.").encode()
    assert (await town.fay.attach(f"{WORDS}/list", "rules.csv", changed)).text.count("Changed") == 1


async def test_what_is_no_list_is_refused_as_a_whole(town: Town) -> None:
    answer = await town.fay.post(f"{WORDS}/list", lines="a,b\n1,2")
    assert answer.status_code == 422 and "Only pattern has to be there" in answer.text


def _long_ago(tx: Transaction) -> None:
    first = update(Message).where(Message.body == "judi lama")
    tx.execute(first.values(written_at=now(tx) - timedelta(days=31)))
