"""What can be read off the code: bound SQL, safe templates, pinned dependencies, kept secrets."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from community.settings import Impossible, Settings

PACKAGES = ("community", "forum", "channels", "moderation", "web")
CODE = [path for package in PACKAGES for path in Path(package).rglob("*.py")]
OURS = [path for path in CODE if "migrations" not in path.parts]
TEMPLATES = sorted(Path("web/templates").rglob("*.html"))
SCRIPTS = sorted(Path("web/static").rglob("*.js"))
LOCKS = (Path("requirements.lock"), Path("requirements-test.lock"))

# Known to be bad below these: CVE-2025-62727, CVE-2024-47874, CVE-2023-30798 (starlette),
# CVE-2026-48710 (starlette, hosts), CVE-2025-27516 (jinja2), CVE-2024-53981 (python-multipart),
# CVE-2025-43859 (h11), CVE-2024-47081 (requests), CVE-2023-5752 (pip), CVE-2025-66418 (urllib3).
# What text.written() answered.
MADE_SAFE = {"html", "preview", "topic.conclusion", "announcement.other_html", "one.other_html"}
FLOORS = {
    "starlette": (1, 0),
    "jinja2": (3, 1, 6),
    "python-multipart": (0, 0, 18),
    "h11": (0, 16),
    "requests": (2, 32, 4),
    "urllib3": (2, 6),
    "uvicorn": (0, 54),
    "websockets": (17,),
    "nh3": (0, 3),
    "markupsafe": (3,),
    "sqlalchemy": (2, 1),
    "redis": (8,),
}


def test_sql_is_never_put_together_from_words() -> None:
    """S15. text() takes a string as it stands in the code. (A picture's is another one.)"""
    for path, call in _calls():
        if "sqlalchemy" not in path.read_text():
            continue
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in {"text", "exec_driver_sql", "literal_column"} and call.args:
            first = call.args[0]
            fixed = isinstance(first, ast.Constant) or path.name == "sqlite.py"
            assert fixed, f"{path}: {ast.unparse(call)}"


def test_what_is_searched_for_is_escaped() -> None:
    for path, call in _calls():
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in {"like", "ilike"}:
            assert any(k.arg == "escape" for k in call.keywords), f"{path}: {ast.unparse(call)}"
        if name in {"contains", "icontains"}:
            assert any(k.arg == "autoescape" for k in call.keywords), f"{path}: {ast.unparse(call)}"


def test_nothing_is_run_or_unpacked_that_came_from_outside() -> None:
    banned = {"eval", "exec", "pickle.loads", "marshal.loads", "yaml.load", "os.system"}
    for path, call in _calls():
        assert ast.unparse(call.func) not in banned, f"{path}: {ast.unparse(call)}"


def test_nothing_of_ours_asks_other_servers() -> None:
    """S31: no previews, no avatars by address, so no SSRF. Only the provider of accounts is asked,
    which the operator chose in the settings."""
    for path in set(OURS) - {Path("web/oidc.py")}:
        asks = re.search(r"^(?:import|from) (?:httpx2?|requests|urllib\.request|aiohttp)\b",
                         path.read_text(), re.MULTILINE)  # fmt: skip
        assert not asks, path


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_escapes_and_holds_nothing_inline(path: Path) -> None:
    page = path.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", page)
    sheets = "" if path.parent.name == "mail" else "<style|"  # a letter links to none
    assert not re.search(rf"{sheets}\sstyle=|\son[a-z]+=[\"']|javascript:", page, re.IGNORECASE)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    for raw in re.findall(r"([\w.]+)\s*\|\s*html\b", page):
        assert raw in MADE_SAFE or raw.endswith(".html"), raw


@pytest.mark.parametrize("path", SCRIPTS, ids=str)
def test_one_script_makes_html_of_strings(path: Path) -> None:
    """S30: the one trusted types policy."""
    makes = (
        r"createPolicy|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|Function\("
    )
    assert path.name == "html.js" or not re.search(makes, path.read_text())


@pytest.mark.parametrize("path", LOCKS, ids=str)
def test_every_dependency_is_pinned_and_hashed(path: Path) -> None:
    """S40. No addresses: whoever installs says from where."""
    lock = path.read_text()
    assert "://" not in "\n".join(line for line in lock.splitlines() if not line.startswith("#"))
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


@pytest.mark.parametrize("path", LOCKS, ids=str)
def test_no_dependency_is_one_known_to_be_bad(path: Path) -> None:
    for name, version in re.findall(r"^([a-z0-9-]+)==([0-9.]+)", path.read_text(), re.MULTILINE):
        floor = FLOORS.get(name, ())
        assert tuple(int(n) for n in version.strip(".").split(".")) >= floor, (name, version)


def test_no_dependency_is_named_without_a_pin() -> None:
    named = tomllib.loads(Path("pyproject.toml").read_text())["project"]["dependencies"]
    pinned = set(re.findall(r"^([a-z0-9-]+)==", LOCKS[0].read_text(), re.MULTILINE))
    assert {re.split(r"[\[<>=; ]", each)[0].lower() for each in named} <= pinned


@pytest.mark.parametrize(
    "public_url",
    [
        "http://akar.example",
        "https://akar.example/community",
        "https://user:word@akar.example",
        "https://AKAR.example",
        "https://akar.example?a",
        "https://akar.example evil.example",
        "akar.example",
        "ftp://akar.example",
    ],
)
def test_it_does_not_start_under_a_name_that_is_no_origin(public_url: str) -> None:
    """S38."""
    with pytest.raises(Impossible):
        Settings(public_url=public_url, secret_key="s" * 32)


@pytest.mark.parametrize("key", ["", "secret", "s" * 31])
def test_it_does_not_start_in_public_without_a_secret(key: str) -> None:
    with pytest.raises(Impossible):
        Settings(public_url="https://akar.example", secret_key=key)


def test_the_secret_of_this_machine_is_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path / "new"))
    secret = settings.secret()
    assert len(secret) >= 32 and secret == settings.secret()
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o077 == 0
    assert Settings(data_dir=str(tmp_path / "other")).secret() != secret


def test_settings_that_are_printed_tell_no_secret() -> None:
    printed = repr(
        Settings(
            secret_key="k3y" * 12,
            database_url="postgresql+asyncpg://akar:passw0rd@db/akar",
            bus_url="redis://:passw0rd@redis",
        )
    )
    assert "passw0rd" not in printed and "k3y" not in printed


def test_nothing_that_looks_like_a_secret_is_in_the_repository() -> None:
    looks = re.compile(r"AKIA[0-9A-Z]{16}|ghp_\w{36}|-----BEGIN [A-Z ]*PRIVATE|xox[bp]-\w{10}")
    for path in (*CODE, *TEMPLATES, *SCRIPTS, Path("docker-compose.yml"), Path("Makefile")):
        assert not looks.search(path.read_text()), path


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in OURS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield path, node
