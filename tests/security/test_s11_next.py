"""Where one is led after signing in is here (Flarum CVE-2024-21641)."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cast import BO, PASSWORD, email
from tests.conftest import Town
from web.forms import inside

HOME = "https://akar.example"

ELSEWHERE = [
    "",
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\x00",
    "/a\\b",
    "/\r\nlocation: https://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "http:evil.example",
    "http:///evil.example",
    "//[",
    "//[::1",
    "http://[",
    "/\u2028",
    "@evil.example",
]
HERE = {
    "/": "/",
    "/topics/5": "/topics/5",
    "/topics?region=32.05&cluster=food": "/topics?region=32.05&cluster=food",
    "/topics/5#post-9": "/topics/5#post-9",
    "/topics?next=//evil.example": "/topics?next=//evil.example",
}


@pytest.mark.parametrize("address", ELSEWHERE)
def test_next_param_table(address: str) -> None:
    assert inside(address) == "/"


@pytest.mark.parametrize("address", HERE)
def test_an_address_of_ours_is_kept(address: str) -> None:
    assert inside(address) == HERE[address]


@given(st.text(alphabet=st.sampled_from("/\\:@.?#[]%\t\n\r ahtps\u2028\uff0f"), max_size=12))
@example("/.//evil.example")
def test_whatever_it_is_a_browser_stays_here(address: str) -> None:
    led = inside(address)
    assert urlsplit(urljoin(f"{HOME}/sign-in", led)).netloc == "akar.example"
    assert led.startswith("/") and led[1:2] not in {"/", "\\"} and led.isprintable()


@pytest.mark.parametrize("setup", ["embedded"])
async def test_signing_in_leads_nowhere_else(town: Town) -> None:
    for address in ("//evil.example", "//[", "/\\evil.example"):
        assert (await town.visitor.get(f"/sign-in?next={address}")).status_code == 200
        given = {"email": email(BO), "password": PASSWORD, "next": address}
        answer = await town.visitor.post("/sign-in", **given)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("setup", ["embedded"])
async def test_no_host_header_decides_where_one_is_led_back_to(town: Town) -> None:
    led = await town.visitor.get("/channels/7?a=b", host="evil.example")
    assert led.status_code == 400
    led = await town.visitor.get("/channels/7?before=9")
    assert led.headers["location"] == "/sign-in?next=%2Fchannels%2F7%3Fbefore%3D9"
