import pytest
from babel.messages.catalog import Message

from tests.tools import translations


@pytest.mark.parametrize("package", translations.PACKAGES)
def test_every_text_has_its_indonesian(package: str) -> None:
    found = list(translations.problems(package))
    assert not found, "`make translations`, then fill in what it counts:\n" + "\n".join(found)


ONE = "Until %(day)s"
MANY = ("%(n)s post", "%(n)s posts")


@pytest.mark.parametrize(
    ("stored", "complaint"),
    [
        (None, "missing"),
        (Message(ONE, ""), "missing"),
        (Message(ONE, "Sampai %(day)s", flags=["fuzzy"]), "fuzzy"),
        (Message(ONE, "Sampai %(hari)s"), "other placeholders"),
        (Message(ONE, "Sampai besok"), "other placeholders"),
    ],
)
def test_a_bad_translation_is_named(stored: Message | None, complaint: str) -> None:
    (found,) = translations.problems_of(Message(ONE), stored)
    assert found.startswith(complaint)


def test_good_translations_are_left_alone() -> None:
    assert not list(translations.problems_of(Message(ONE), Message(ONE, "Sampai %(day)s")))
    assert not list(translations.problems_of(Message(MANY), Message(MANY, ("%(n)s pos",))))


def test_templates_belong_to_the_package_they_are_named_after() -> None:
    templates = translations.ROOT / "web/templates"
    assert translations.owner(templates / "forum/topic.html") == "forum"
    assert translations.owner(templates / "parts/icon.html") == "web"
