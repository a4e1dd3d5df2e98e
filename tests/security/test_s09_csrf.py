"""What changes something is taken from our own pages only; what only shows, changes nothing."""

import pytest

from tests.conftest import Town
from tests.doors import FORM, doors, everything, unsafe_doors
from tests.raw import raw
from web.guards import UNSUBSCRIBE

ELSEWHERE = [
    {},
    {"origin": "null"},
    {"origin": "https://evil.example"},
    {"origin": "https://localhost:{port}"},
    {"origin": "http://localhost:1"},
    {"origin": "http://localhost.evil.example:{port}"},
    {"origin": "http://localhost:{port}, https://evil.example"},
    {"origin": "http://localhost:{port}", "sec-fetch-site": "cross-site"},
    {"origin": "http://localhost:{port}", "sec-fetch-site": "same-site"},
    {"origin": "http://localhost:{port}", "sec-fetch-site": "none"},
    {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "same-site"},  # a sister domain
    {"sec-fetch-site": "cross-site"},
    {"referer": "http://localhost:{port}/"},
]
KINDS = [
    FORM[1],
    "text/plain",
    "application/json",
    "multipart/form-data; boundary=b",
    "",
]


@pytest.mark.parametrize("door", unsafe_doors(), ids=str)
def test_every_unsafe_door_takes_forms_by_post(door: object) -> None:
    """Browsers send nothing else without JavaScript, and our guards know one kind of request."""
    assert str(door).startswith("POST ")


async def test_no_other_site_can_make_a_member_do_anything(town: Town) -> None:
    before = await everything(town)
    async with raw(town.origin) as line:
        for door in (door for door in unsafe_doors() if UNSUBSCRIBE not in door.path):
            for number, headers in enumerate(ELSEWHERE):
                sent = [(k, v.format(port=town.settings.port)) for k, v in headers.items()]
                sent.append(("cookie", town.fay.headers["cookie"]))
                sent.append(("content-type", KINDS[number % len(KINDS)]))
                answer = await line.ask("POST", door.address({}), sent, door.filled())
                assert answer.status == 403, (str(door), headers)
                assert "set-cookie" not in answer.headers
    assert await everything(town) == before


async def test_a_mail_program_unsubscribes_by_what_the_address_proves(town: Town) -> None:
    """From anywhere (RFC 8058), so whoever is signed in counts for nothing there."""
    before = await everything(town)
    async with raw(town.origin) as line:
        for headers in ELSEWHERE:
            sent = [*headers.items(), ("cookie", town.fay.headers["cookie"]), FORM]
            answer = await line.ask("POST", "/unsubscribe/7:reply", sent, b"")
            assert answer.status == 404
    assert await everything(town) == before


@pytest.mark.parametrize(
    "ours", [{"origin": "http://localhost:{port}"}, {"sec-fetch-site": "same-origin"}]
)
async def test_our_own_forms_are_taken(town: Town, ours: dict[str, str]) -> None:
    sent = [(k, v.format(port=town.settings.port)) for k, v in ours.items()]
    async with raw(town.origin) as line:
        body = b"body=ahoy&key=k1"
        sent += [("cookie", town.bo.headers["cookie"]), FORM]
        assert (await line.ask("POST", "/channels/7/messages", sent, body)).status == 303


THERE = [("sec-fetch-site", "cross-site")]
HERE = [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "document")]  # a link of a member's


async def test_get_never_changes_anything(town: Town) -> None:
    """Also not signing out (Flarum #4448), and whoever asks."""
    before = await everything(town)
    for browser in (town.bo, town.fay, town.visitor):
        async with raw(town.origin) as line:
            for door in doors():
                target = f"{door.address({'channel': 7, 'topic': 5})}?{door.filled().decode()}"
                for clicked in (THERE, HERE):
                    headers = [*browser.headers.items(), *clicked]
                    assert (await line.ask("GET", target, headers)).status < 500
    assert await everything(town) == before
    assert (await town.bo.get("/channels")).status_code == 200, "still signed in"
