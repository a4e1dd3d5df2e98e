"""Many are invited from a list: it is looked through as a whole, and sent once."""

from dataclasses import replace

import pytest
from httpx2 import Response
from hypothesis import given as any_of
from hypothesis import strategies as st

from community.database import Database
from community.errors import Invalid
from community.invitation_lists import check_list, read_list
from community.invitations.actions import invite, take_back
from community.invitations.models import Invitation, Wanted
from community.letters import MailKind
from community.lists import MOST_LINES, decoded
from community.organisations.granting import withdraw_mandate
from community.outbox import Mail
from community.settings import Settings
from moderation.decisions.closing import close_by_order
from tests.browsing import Browser
from tests.cast import BO, CY, DODOL, FAY, email
from tests.community.organising import OWNER, SPEAKER, given
from tests.conftest import Town, running
from tests.moderation.reporting import as_, rows

GOOD = "email,name,region,organisation,role\ngita@w.example,Gita,32.05,dodol,owner\nhana@w.example"
BAD = f"""email,name,region,organisation,role
gita@w.example,Gita,32.05,dodol,speaker
no address,Hana
{email(BO)},Bo
twice@w.example
Twice@W.example

x@w.example,=1+1
y@w.example,Y,99.99
z@w.example,Z,,nowhere
a@w.example,A,,,owner
b@w.example,B,,dodol,king
c@w.example,C,,dodol,speaker,more
"""
FAULTS = {
    3: "This is not an e-mail address.",
    4: "This address is a member's already.",
    5: "This address stands in the list more than once.",
    6: "This address stands in the list more than once.",
    8: "looks like a formula",
    9: "There is no such region.",
    10: "There is no organisation called “nowhere”.",
    11: "A role needs an organisation.",
    12: "A role is one of: owner, speaker.",
    13: "There are more cells than columns.",
}


async def test_every_bad_line_is_named_with_its_number_and_reason(town: Town) -> None:
    answer = await _post(town, "/invitations/list", BAD)
    assert answer.status_code == 200 and "10 lines to correct" in answer.text
    for number, reason in FAULTS.items():
        assert f'<td class="num">{number}</td><td>' in answer.text, number
        assert reason.replace("'", "&#39;") in answer.text, reason
    assert "=1+1" in answer.text, "what they wrote is there to be corrected"
    assert (await _post(town, "/invitations/list/sending", BAD)).status_code == 422
    assert not await rows(town.db, Invitation) and not await _mails(town)


async def test_a_list_is_sent_once_whoever_asks_again(town: Town) -> None:
    assert "2 people would be invited" in (await _post(town, "/invitations/list", GOOD)).text
    assert not await _mails(town), "looked through, not sent"
    for _ in range(2):
        answer = await _post(town, "/invitations/list/sending", GOOD)
        assert answer.status_code == 200 and "2 invitations are on their way" in answer.text
    assert sorted(mail.address for mail in await _mails(town)) == [
        "gita@w.example",
        "hana@w.example",
    ]
    other = await _post(town, "/invitations/list/sending", GOOD.replace("hana", "ina"))
    assert other.status_code == 409 and len(await _mails(town)) == 2


async def test_whoever_is_invited_is_not_invited_again_by_the_same_list(town: Town) -> None:
    """Whatever its key; but where the first invitation is over."""
    sent = await town.fay.post("/invitations/list/sending", lines=GOOD, key="k1")
    assert "2 invitations are on their way" in sent.text
    again = await _post(town, "/invitations/list", GOOD)
    assert "2 lines to correct" in again.text and "invited already" in again.text
    sent = await town.fay.post("/invitations/list/sending", lines=GOOD, key="k2")
    assert sent.status_code == 422 and len(await _mails(town)) == 2
    await town.fay.post("/invitations/2/ending")
    assert "One line to correct" in (await _post(town, "/invitations/list", GOOD)).text


async def test_who_was_invited_by_somebody_who_may_not_any_more_is_invited_anew(
    db: Database,
) -> None:
    """As long as there is something to invite to."""
    lines = read_list("email,organisation\ngita@w.example,dodol")
    mandate = await given(db, CY, OWNER)
    await as_(db, CY, invite, Wanted(DODOL, SPEAKER, email="gita@w.example"), a_day=9)
    assert (await as_(db, FAY, check_list, lines)).faults
    await as_(db, BO, withdraw_mandate, mandate)
    assert not (await as_(db, FAY, check_list, lines)).faults
    await as_(db, FAY, close_by_order, DODOL, "Forged.")
    (fault,) = (await as_(db, FAY, check_list, lines)).faults
    assert "no organisation" in fault.sentence


async def test_whoever_got_letters_enough_gets_none_by_a_list(db: Database) -> None:
    """Which says how many are on their way."""
    lines = read_list("email\ngita@w.example")
    for _time in range(3):
        made = await as_(db, FAY, invite, Wanted(email="gita@w.example"), a_day=9)
        await as_(db, FAY, take_back, made.id)
    (fault,) = (await as_(db, FAY, check_list, lines)).faults
    assert "several letters" in fault.sentence


async def test_a_member_has_so_many_letters_sent_a_day(db: Database, settings: Settings) -> None:
    """A line of a list is a letter; what is refused, or was sent before, takes nothing."""
    async with running(db, replace(settings, invitation_letters_per_day=3)) as town:
        assert "3 letters can still be sent" in await town.fay.open("/invitations/list")
        for key in ("k0", "k1", "k1"):
            lines = GOOD if key == "k1" else BAD
            answer = await town.fay.post("/invitations/list/sending", lines=lines, key=key)
        assert "2 invitations are on" in answer.text and "One letter can still" in answer.text
        more = "email\nj@w.example\nk@w.example"
        assert "longer than what can" in (await _post(town, "/invitations/list", more)).text
        late = await town.fay.post("/invitations/list/sending", lines=more, key="k2")
        assert late.status_code == 429 and "more letters than" in late.text and "j@w" in late.text
        answers = [await town.fay.post("/invitations", email=f"{n}@w.example") for n in range(2)]
        assert [answer.status_code for answer in answers] == [303, 429]
        assert "go on tomorrow" in answers[1].text and "1@w.example" in answers[1].text
        assert (await town.fay.post("/invitations")).status_code == 303, "a link to hand out"
        own = await town.bo.post("/invitations", organisation=DODOL, email="0@w.example")
        assert own.status_code == 303, "counted for each member"
        assert len(await rows(db, Mail)) == 4


async def test_a_file_takes_the_place_of_the_text(town: Town) -> None:
    data = GOOD.replace(",", ";").encode("utf-8-sig")
    answer = await _post(town, "/invitations/list", "", data)
    assert "2 people would be invited" in answer.text
    answer = await _post(town, "/invitations/list", "", "email\nå@b".encode("latin-1"))
    assert answer.status_code == 422 and "Line 2 is not UTF-8" in answer.text
    answer = await _post(town, "/invitations/list", "", b"email\n" + b"x" * 300_000)
    assert answer.status_code in {413, 422, 400}


async def test_nobody_but_an_administrator_sends_a_list(town: Town) -> None:
    """It says who is a member already."""
    for browser in (town.bo, town.eva):
        for path in ("/invitations/list", "/invitations/list/sending"):
            answer = await _post_as(browser, path, GOOD)
            assert answer.status_code == 403, path


async def _mails(town: Town) -> list[Mail]:
    """Not the letter of the day, which comes by itself."""
    return [one for one in await rows(town.db, Mail) if one.kind != MailKind.ANCHOR]


async def _post(town: Town, path: str, text: str, file: bytes = b"") -> Response:
    return await _post_as(town.fay, path, text, file)


async def _post_as(browser: Browser, path: str, text: str, file: bytes = b"") -> Response:
    if path.endswith("/sending"):
        return await browser.post(path, lines=text, key="k1")
    return await browser.attach(path, "list.csv" if file else "", file, lines=text)


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "name\nGita", "email,email\na@b.id,c", "email,age\na@b.id,7", "email",
     'email\n"a@b.id', "email\n" + "a@b.id\n" * (MOST_LINES + 1)],
)  # fmt: skip
def test_a_list_that_is_none_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_list(text)
    assert refused.value.sentence % refused.value.values


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_list_is_read_as_spreadsheets_write_it(between: str, end: str) -> None:
    text = GOOD.replace(",", between).replace("\n", end)
    lines = read_list(decoded(text.encode("utf-8-sig")))
    assert [line.number for line in lines] == [2, 3]
    assert [line.row["email"] for line in lines] == ["gita@w.example", "hana@w.example"]
    assert lines[0].row["organisation"] == "dodol"
    with pytest.raises(Invalid) as refused:
        decoded((text + end).encode() + b"\xe5")
    assert refused.value.values == {"line": 4}


@any_of(st.binary(max_size=400))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        lines = read_list(decoded(b"email,name\n" + data))
    except Invalid:
        return
    assert all(line.number > 1 and "email" in line.row for line in lines)
