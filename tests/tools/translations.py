"""The catalogues: one per package, collected from its code and its templates.

Files hold no dates and no line numbers, so two people who add texts meet only where they wrote.
"""

import re
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po
from babel.util import pathmatch

ROOT = Path(__file__).parents[2]
PACKAGES = ("community", "forum", "channels", "moderation", "web")
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
KEYWORDS = {**DEFAULT_KEYWORDS, "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
HEADER = r"""msgid ""
msgstr ""
"Language: id\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def collect() -> None:
    """Writes every catalogue anew. What was translated stays, also when it changed its package."""
    kept = {package: catalogue(package) for package in PACKAGES}
    for package in PACKAGES:
        fresh = texts_of(package)
        for message in fresh:
            if message.id:
                _translate(message, [kept[package], *kept.values()])
        write(package, fresh)


def texts_of(package: str) -> Catalog:
    texts = _empty()
    for method, path, options in _sources():
        if owner(path) == package:
            _add_texts(texts, method, path, options)
    return texts


def catalogue(package: str) -> Catalog:
    """As it is stored; empty where there is none yet."""
    path = path_of(package)
    return read_po(BytesIO(path.read_bytes()), locale="id") if path.exists() else _empty()


def path_of(package: str) -> Path:
    return ROOT / f"web/locale/id/LC_MESSAGES/{package}.po"


def owner(path: Path) -> str:
    """A package's templates belong to it; the others, and the code beside them, to `web`."""
    parts = path.relative_to(ROOT).parts
    return parts[2] if parts[:2] == ("web", "templates") and parts[2] in PACKAGES else parts[0]


def write(package: str, texts: Catalog) -> None:
    out = BytesIO()
    write_po(out, texts, width=98, no_location=True, omit_header=True, sort_output=True)
    path_of(package).parent.mkdir(parents=True, exist_ok=True)
    path_of(package).write_text((HEADER + out.getvalue().decode()).rstrip() + "\n")


def problems(package: str) -> Iterator[str]:
    """One sentence for each text that is missing, fuzzy, obsolete or has other placeholders."""
    wanted, kept = texts_of(package), catalogue(package)
    for message in wanted:
        if message.id:
            yield from problems_of(message, kept.get(message.id, message.context))
    for message in [*kept, *kept.obsolete.values()]:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"obsolete: {message.id!r}"


def problems_of(message: Message, stored: Message | None) -> Iterator[str]:
    """Of one text of the code and what the catalogue has for it."""
    forms = _forms(stored.string) if stored else ()
    if not forms or not all(forms):
        yield f"missing: {message.id!r}"
    elif stored and stored.fuzzy:
        yield f"fuzzy: {message.id!r}"
    elif placeholders(forms[-1]) != placeholders(_forms(message.id)[-1]):
        yield f"other placeholders than its source: {message.id!r}"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _forms(text: Any) -> tuple[str, ...]:
    """The one form, or singular and plural."""
    return tuple(text) if isinstance(text, (list, tuple)) else (text,)


def _sources() -> Iterator[tuple[str, Path, dict[str, str]]]:
    """Of pyproject.toml's mappings: how to read a file, the file, the reader's options."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            for mapping in settings:
                if pathmatch(mapping["pattern"], path.as_posix()):
                    options = {k: v for k, v in mapping.items() if k not in ("method", "pattern")}
                    yield mapping["method"], path, options


def _add_texts(texts: Catalog, method: str, path: Path, options: dict[str, str]) -> None:
    for _, message, _, context in extract_from_file(
        method, path, keywords=KEYWORDS, options=options
    ):
        texts.add(message, context=context)


def _translate(message: Message, memories: list[Catalog]) -> None:
    for memory in memories:
        known = memory.get(message.id, message.context)
        if known and known.string and not known.fuzzy:
            message.string = known.string
            return


def _empty() -> Catalog:
    return read_po(BytesIO(HEADER.encode()), locale="id")


if __name__ == "__main__":
    collect()
    for package in PACKAGES:
        missing = [problem for problem in problems(package) if problem.startswith("missing")]
        print(f"{path_of(package).relative_to(ROOT)}: {len(missing)} to translate")
