"""Signing in in two steps in a real browser: passkeys with its virtual authenticator, an app and
paper without scripts."""

from datetime import timedelta
from typing import NamedTuple

import pyotp
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import CDPSession, Page, Route, expect

from community import clock, passkeys, totp
from community.members.queries import FRESH
from tests.browser.looking import Judged, focus, headed, width
from tests.browsing import Browser
from tests.cast import BO, PASSWORD, email
from tests.chromium import PHONE, window
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


TELL = """
  const get = CredentialsContainer.prototype.get
  CredentialsContainer.prototype.get = function (what) {
    document.documentElement.dataset.asked = what.mediation ?? "at once"
    return get.call(this, what)
  }
"""


async def test_bo_lives_with_a_passkey(
    town: Town, chrome: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made, used alone, used after the password, and used to prove who they are."""
    async with window(chrome, Browser(town.origin), width=PHONE) as page:
        telephone = await _have_an_authenticator(page)
        await _give_password(page)
        await page.goto("/settings/account/steps")
        await page.get_by_role("button", name="Add a passkey").click()
        await page.get_by_label("What do you call it?").fill("My telephone")
        await page.get_by_role("button", name="Make the passkey").click()
        await expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        await expect(page.locator(".recovery-codes li")).to_have_count(10)

        await _sign_out(page)
        await page.goto("/sign-in?next=/topics")  # chosen where the browser fills in the address
        await page.wait_for_url(f"{town.origin}/topics")
        await _is_in(page)

        await _sign_out(page)
        await telephone.rests()
        await _is_offered_a_passkey(page)
        await telephone.is_touched()
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await _is_in(page)

        await _sign_out(page)
        await telephone.rests()
        await _is_offered_a_passkey(page)
        await _give_password(page)
        await telephone.is_touched()
        await page.get_by_role("button", name="Use a passkey").click()
        await _is_in(page)

        monkeypatch.setattr(clock, "ahead", FRESH + timedelta(seconds=1))
        await page.goto("/settings/account/steps")
        await page.get_by_role("button", name="Make ten new ones").click()
        await expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
        await page.get_by_role("button", name="Use a passkey").click()
        await page.get_by_role("button", name="Go on").click()
        await expect(page.locator(".recovery-codes li")).to_have_count(10)


NOBODY = """
  PublicKeyCredential.isConditionalMediationAvailable = async () => true
  const tell = (what) => (document.documentElement.dataset.asked += ` ${what}`)
  const fetch = globalThis.fetch
  globalThis.fetch = (...what) => fetch(...what).catch((no) => Promise.reject(no, tell(no.name)))
  CredentialsContainer.prototype.get = function ({ signal, mediation }) {
    tell(mediation ?? "at once")
    return new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)))
  }
"""


async def test_passkeys_are_offered_until_somebody_asks_for_one(
    town: Town, chrome: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anew before the server forgets what it asked; on a slow line, too, the button comes first."""
    async with window(chrome, Browser(town.origin), width=PHONE) as page:
        await page.add_init_script(NOBODY)
        with monkeypatch.context() as soon:
            soon.setattr(passkeys, "WITHIN", 50)
            await page.goto("/sign-in")
            often = "undefined conditional conditional conditional conditional"
            await expect(page.locator(f"html[data-asked^='{often}']")).to_be_attached()

        await page.goto("/about")  # the page before asks for nothing any more
        held: list[Route] = []
        await page.route("**/passkeys/challenges", lambda route: held.append(route), times=1)
        async with page.expect_request("**/passkeys/challenges"):
            await page.goto("/sign-in")
        await page.locator("passkey-use button").click()
        told = "undefined AbortError at once"
        await expect(page.locator(f"html[data-asked='{told}']")).to_be_attached()


async def test_who_says_no_is_told_what_else_there_is(town: Town, chrome: Chromium) -> None:
    async with window(chrome, Browser(town.origin), width=PHONE) as page:
        await _have_an_authenticator(page, recognises=False)
        await _give_password(page)
        await page.goto("/settings/account/steps")
        await page.get_by_role("button", name="Add a passkey").click()
        await page.get_by_label("What do you call it?").fill("My telephone")
        await page.get_by_role("button", name="Make the passkey").click()
        await expect(page.get_by_text("No passkey was made.")).to_be_visible()


async def test_an_app_works_without_scripts_and_passkeys_say_so(
    town: Town, chrome: Chromium
) -> None:
    async with window(chrome, Browser(town.origin), width=PHONE, javascript=False) as page:
        await _give_password(page)
        await page.goto("/settings/account/steps")
        await page.get_by_role("button", name="Add a passkey").click()
        await expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
        await expect(page.get_by_role("button", name="Make the passkey")).to_be_hidden()
        await page.get_by_role("link", name="Back").click()

        await page.get_by_role("button", name="Set up an app").click()
        await page.get_by_text("Nothing opens").click()
        seed = await page.locator(".seed").inner_text()
        link = await page.get_by_role("link", name="Open the app").get_attribute("href")
        app = pyotp.parse_uri(link or "")
        assert (app.secret, app.name, app.issuer) == (seed, email(BO), "AKAR")
        await page.get_by_label("The six digits").fill(await _code(town, seed))
        await page.get_by_role("button", name="Done", exact=True).click()
        paper = await page.locator(".recovery-codes li").first.inner_text()

        await _sign_out(page)
        await _give_password(page)
        await expect(page.get_by_role("button", name="passkey")).to_be_hidden()
        await page.get_by_label("Code").fill(await _code(town, seed, later=1))
        await page.get_by_role("button", name="Sign in").click()
        await _is_in(page)

        await _sign_out(page)
        await _give_password(page)
        await page.get_by_label("Code").fill(paper)
        await page.get_by_role("button", name="Sign in").click()
        await _is_in(page)


class Telephone(NamedTuple):
    """Built in, and knows the finger of its owner."""

    devtools: CDPSession
    id: str

    async def rests(self) -> None:
        await self._notices_fingers(False)

    async def is_touched(self) -> None:
        """Whenever it asks for it from now on."""
        await self._notices_fingers(True)

    async def _notices_fingers(self, enabled: bool) -> None:
        whose = {"authenticatorId": self.id, "enabled": enabled}
        await self.devtools.send("WebAuthn.setAutomaticPresenceSimulation", whose)


async def _have_an_authenticator(page: Page, *, recognises: bool = True) -> Telephone:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": recognises,
        "automaticPresenceSimulation": True,
    }
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Telephone(devtools, made["authenticatorId"])


async def _is_offered_a_passkey(page: Page) -> None:
    """By the field of the address, before anybody asks for one; it waits for a finger."""
    await page.add_init_script(TELL)
    await page.goto("/sign-in")
    await expect(page.locator("html[data-asked=conditional]")).to_be_attached()


async def _give_password(page: Page) -> None:
    await page.goto("/sign-in")
    await page.locator("#email").fill(email(BO))
    await page.locator("#password").fill(PASSWORD)
    await page.locator("form:has(#password) button").click()
    await page.wait_for_url(lambda address: not address.endswith("/sign-in"))


async def _sign_out(page: Page) -> None:
    await page.goto("/settings/sign-ins")
    await page.get_by_role("button", name="Sign out here").click()
    await page.wait_for_url("**/")


async def _is_in(page: Page) -> None:
    await expect(page.locator("body[data-member]")).to_be_visible()


async def _code(town: Town, seed: str, later: int = 0) -> str:
    at = (await town.db.look(clock.now)).timestamp()
    return pyotp.TOTP(seed).generate_otp(int(at) // totp.STEP + later)


async def test_nothing_is_wrong_with_the_pages_of_two_steps(
    town: Town, chrome: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most follow a form, so whoever looks at every page does not come by (test_every_page.py)."""
    findings: list[str] = []
    judged = Judged()
    async with window(chrome, Browser(town.origin)) as page:

        async def judge(name: str) -> None:
            for looked in (headed(page), width(page), judged.by_axe(page), focus(page)):
                findings.extend([f"{name}: {finding}" async for finding in looked])

        telephone = await _have_an_authenticator(page)
        await _give_password(page)
        await page.goto("/settings/account/steps")
        await judge("none yet")
        await page.get_by_role("button", name="Set up an app").click()
        await page.locator("summary").click()
        await judge("app")
        seed = await page.locator(".seed").inner_text()
        await page.get_by_label("The six digits").fill(await _code(town, seed))
        await page.get_by_role("button", name="Done", exact=True).click()
        await judge("codes")
        await page.goto("/settings/account/steps")
        await page.get_by_role("button", name="Add a passkey").click()
        await judge("passkey")
        await page.get_by_label("What do you call it?").fill("My telephone")
        await page.get_by_role("button", name="Make the passkey").click()
        await expect(page.get_by_role("heading", name="My telephone")).to_be_visible()
        await judge("both")
        monkeypatch.setattr(clock, "ahead", FRESH + timedelta(seconds=1))
        await page.get_by_role("button", name="Make ten new ones").click()
        await judge("proof")
        await page.get_by_role("button", name="Use a passkey").click()
        await expect(page.get_by_role("button", name="Go on")).to_be_visible()
        await judge("proven")
        await _sign_out(page)
        await telephone.rests()
        await page.goto("/sign-in")
        await judge("sign in")
        await _give_password(page)
        await judge("second step")
    assert not findings, "\n".join(findings)
