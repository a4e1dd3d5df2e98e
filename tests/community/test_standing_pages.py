"""Help, about, privacy, terms, and the rules: for everybody, in both tongues."""

import re

import pytest

from tests.browsing import Browser
from tests.conftest import Town
from web.community import TEXTS


@pytest.mark.parametrize("name", [*TEXTS, "rules"])
async def test_each_text_is_there_in_both_tongues_with_the_same_parts(
    town: Town, name: str
) -> None:
    reader = Browser(town.origin, locale="id")
    texts = [_text(await one.open(f"/{name}")) for one in (town.visitor, reader)]
    await reader.close()
    assert texts[0] != texts[1]
    assert _parts(texts[0]) == _parts(texts[1])


async def test_more_leads_members_and_visitors_everywhere(town: Town) -> None:
    for path in ("/settings", "/notices", "/settings/sign-ins", "/categories", "/rules"):
        assert f'href="{path}"' in _text(await town.bo.open("/more"))
    assert 'href="/settings"' not in await town.visitor.open("/more")


def _text(page: str) -> str:
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def _parts(text: str) -> list[str]:
    return re.findall(r"<(\w+|h2 id=\S+)", text)
