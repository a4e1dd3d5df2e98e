"""Who acts is read from the session, and only from there (NodeBB CVE-2020-15149)."""

from typing import Any

import pytest
from msgspec import DecodeError

from channels.models import Message
from tests.cast import ADA, BO, DEE_FOR_OFFICE
from tests.conftest import Town
from tests.doors import FORM, everything, unsafe_doors
from tests.raw import raw
from tests.wire import least_of
from web import commands
from web.commands import COMMANDS, Command

CLAIMS: dict[str, Any] = {
    "author_id": ADA,
    "author": ADA,
    "uid": ADA,
    "user_id": ADA,
    "member": ADA,
    "member_id": ADA,
    "role": "administrator",
    "official": True,
    "is_admin": True,
    "muted_until": None,
    "seq": 1,
    "html": "<script>alert(1)</script>",
    "__proto__": {"role": "administrator"},
}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_no_command_has_room_for_a_claim(command: type[Command]) -> None:
    for name, value in CLAIMS.items():
        if name not in command.__struct_fields__:
            with pytest.raises(DecodeError):
                commands.decode(least_of(command, **{name: value}))


async def test_actor_only_from_session(town: Town) -> None:
    async with town.bo.tab() as bo:
        for name, value in CLAIMS.items():
            refused = await bo.say("ahoy", f"k-{name}", **{name: value})
            assert (refused["verb"], refused["final"]) == ("refused", True), name
        assert (await bo.say("ahoy", "k1"))["verb"] == "ack"
    message = await town.db.look(lambda session: session.get_one(Message, 1))
    assert message.author_id == BO and message.mandate_id is None


async def test_nobody_speaks_for_an_organisation_of_others(town: Town) -> None:
    async with town.bo.tab() as bo:
        refused = await bo.say("officially", "k1", mandate=DEE_FOR_OFFICE)
        assert (refused["verb"], refused["final"]) == ("refused", True)
    said = await town.bo.post(
        "/channels/7/messages", body="officially", key="k2", mandate=DEE_FOR_OFFICE
    )
    assert said.status_code in {403, 404}
    reply = {"place": "topic:5", "body": "officially", "key": "k3"}
    replied = await town.bo.post("/topics/5/posts", **reply, mandate=DEE_FOR_OFFICE)
    assert replied.status_code in {403, 404}


async def test_no_form_has_room_for_a_claim(generous: Town) -> None:
    before = await everything(generous)
    headers = [("origin", generous.origin), ("cookie", generous.fay.headers["cookie"]), FORM]
    async with raw(generous.origin) as line:
        for door in unsafe_doors():
            known = {field for form in door.forms for field in form.__struct_fields__}
            for name in set(CLAIMS) - known if door.forms else ():
                body = door.filled() + f"&{name}=1".encode()
                answer = await line.ask(
                    "POST", door.address({"channel": 7, "topic": 5}), headers, body
                )
                assert answer.status in {403, 404, 410, 422}, (str(door), name)
    assert await everything(generous) == before
