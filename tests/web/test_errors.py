"""What was refused is a page that says what happened and what to do, in the reader's tongue."""

import pytest

from tests.cast import CY
from tests.conftest import Town
from tests.moderation.reporting import write


@pytest.mark.parametrize(
    ("path", "status", "title", "advice"),
    [
        ("/nowhere", 404, "Not found", "This page is not here, or not for you."),
        ("/administration", 403, "Not allowed", "Only administrators do this."),
        ("/sign-out", 405, "Not possible here", "This page does not take that."),
        ("/channels?before=x", 422, "Something is not right", "what you wrote is still there"),
    ],
)
async def test_each_refusal_has_its_page(
    town: Town, path: str, status: int, title: str, advice: str
) -> None:
    page = await town.cy.get(path)
    assert page.status_code == status
    assert f"<h1>{title}</h1>" in page.text and advice in page.text
    assert 'href="/"' in page.text


async def test_they_speak_indonesian_too(town: Town) -> None:
    page = await town.visitor.get("/nowhere", **{"accept-language": "id"})
    assert '<html lang="id">' in page.text and "Not found" not in page.text


async def test_a_form_too_large_is_said_so(town: Town) -> None:
    page = await town.cy.post("/channels/7/messages", body="a" * 300_000, key="k1")
    assert page.status_code == 413
    assert "Too large" in page.text


@pytest.mark.parametrize("path", ["/topics/5/posts", "/topics/5/nowhere"])
async def test_what_was_refused_leads_back_to_what_it_was_about(town: Town, path: str) -> None:
    page = await town.cy.get(path)
    back = '<a class="button button-main" href="/topics/5">'
    assert (back in page.text) == (page.status_code == 405), (
        "nothing leads to what may not be there"
    )


async def test_only_what_was_asked_for_is_tried_again_by_a_link(town: Town) -> None:
    """A link would ask for what can only be sent."""
    post = await write(town.db, CY)
    await town.fay.post("/administration/site", name="AKAR", read_only="yes")
    refused = await town.cy.post(f"/posts/{post}/withdrawal")
    assert refused.status_code == 503
    assert f'href="/posts/{post}"' in refused.text and "Try again" not in refused.text
