"""What an operator types, and what is answered: sentences, never a traceback."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import httpx2
import pytest

from community.settings import Settings
from tests import servers
from tests.cast import BO, CY, FAY, email
from web.cli import main

pytestmark = pytest.mark.slow

PATIENCE = 60  # seconds a process has to start and to stop, on a busy machine
OURS = ("AKAR_",)

Env = dict[str, str]


class Answer(str):
    """All it said; `code` is how it left."""

    code: int


Akar = Callable[..., Answer]


@pytest.fixture
def akar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Akar:
    """One verb, here. Only what serves is a process of its own."""

    def run(env: Env, *words: str, stdin: str = "") -> Answer:
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith(OURS)]:
                patch.delenv(name)
            for name, value in env.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["akar", *words])
            patch.setattr(sys, "stdin", StringIO(stdin))
            capsys.readouterr()
            with pytest.raises(SystemExit) as left:
                main()
        said = capsys.readouterr()
        answer = Answer(said.out + said.err)
        answer.code = int(left.value.code or 0)
        return answer

    return run


@pytest.fixture
def env(tmp_path: Path) -> Env:
    """Of a folder with nothing in it."""
    return {"AKAR_PORT": str(servers.free_port()), "AKAR_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def town_env(settings: Settings) -> Env:
    """Of the town, in either set-up."""
    return {
        "AKAR_PORT": str(settings.port),
        "AKAR_DATA_DIR": settings.data_dir,
        "AKAR_DATABASE_URL": settings.database_url,
        "AKAR_BUS_URL": settings.bus_url,
    }


def test_a_newcomer_gets_a_community_an_address_and_an_account_per_role(
    env: Env, akar: Akar
) -> None:
    kept = Path(env["AKAR_DATA_DIR"]) / "demonstration-password"
    with serving(env, "--demonstration") as said:
        password = kept.read_text().strip()
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.stat().st_mode & 0o777 == 0o700, "the rows lie there, too"
        assert len([line for line in said if "@akar.example" in line]) == 7
        assert password in said[0] and f"http://localhost:{env['AKAR_PORT']} " in said[-1]
        assert signs_in(env, "demo-admin@akar.example", password)
        added = akar(env, "member", "add", "new@akar.example", "--name", "New")
        assert added.code == 0 and "New <new@akar.example> is number 41: member." in added

    with serving(env, "--demonstration") as said:
        assert password in said[0]
        assert signs_in(env, "new@akar.example", added.split("Password: ")[1].strip())


def test_what_others_would_do_to_a_served_file_goes_to_it_or_is_refused(
    env: Env, akar: Akar
) -> None:
    akar(env, "migrate")
    with serving(env):
        orders = Path(env["AKAR_DATA_DIR"]) / "orders"
        assert orders.stat().st_mode & 0o777 == 0o600
        first = akar(
            env, "member", "add", "a@b.test", "--name", "A", "--administrator",
            "--password-stdin", stdin="a long enough one\n",
        )  # fmt: skip
        assert first.code == 0 and "Password" not in first
        assert signs_in(env, "a@b.test", "a long enough one")
        last = akar(env, "member", "role", "a@b.test", "member")
        assert last.code == 2 and "This is the last administrator." in last

        for verb in ("migrate", "reindex", "serve"):
            refused = akar(env | {"AKAR_PORT": str(servers.free_port())}, verb)
            assert refused.code == 2 and "is in use by another process" in refused
        assert akar(env, "epoch").code == 2
        checked = akar(env, "check")
        assert checked.code == 0 and "the tables are up to date" in checked
    assert not orders.exists()


def test_a_port_that_is_taken_and_tables_that_are_missing_are_said(env: Env, akar: Akar) -> None:
    unmigrated = akar(env, "serve")
    assert unmigrated.code == 2 and "Run `akar migrate` first." in unmigrated
    with socket.create_server(("127.0.0.1", int(env["AKAR_PORT"]))):
        taken = akar(env, "serve")
    assert taken.code == 2 and "Set AKAR_HOST or AKAR_PORT to another." in taken
    assert len(taken.splitlines()) == len(unmigrated.splitlines()) == 1


def test_check_says_what_is_missing(env: Env, akar: Akar) -> None:
    nothing = akar(env, "check")
    assert nothing.code == 1 and "there is none yet" in nothing
    far = env | {
        "AKAR_DATABASE_URL": f"postgresql+asyncpg://app@127.0.0.1:{servers.free_port()}/akar",
        "AKAR_BUS_URL": f"redis://127.0.0.1:{servers.free_port()}",
    }
    unreachable = akar(far, "check")
    assert unreachable.code == 1 and unreachable.count("does not answer") == 2
    for verb in ("serve", "migrate", "worker"):
        refused = akar(far, verb)
        assert refused.code == 2 and "The database cannot be used" in refused


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"AKAR_PORT": "many"}, "AKAR_PORT is a whole number"),
        ({"AKAR_PROT": "1"}, "AKAR_PROT: no such setting."),
        ({"AKAR_BUS_URL": "carrier-pigeon://"}, "AKAR_BUS_URL is memory://"),
    ],
)
def test_settings_that_cannot_be_are_one_sentence(
    env: Env, akar: Akar, setting: Env, sentence: str
) -> None:
    refused = akar(env | setting, "check")
    assert refused.code == 2 and sentence in refused


def test_demonstration_data_stays_on_this_machine(env: Env, akar: Akar) -> None:
    away = env | {"AKAR_PUBLIC_URL": "https://akar.example", "AKAR_SECRET_KEY": "s" * 32}
    akar(away, "migrate")
    refused = akar(away, "seed")
    assert refused.code == 2 and "not a loopback address" in refused
    with serving(away, "--demonstration") as said:
        assert said[0].startswith("No demonstration data")


def test_members_are_added_and_given_roles(town_env: Env, akar: Akar) -> None:
    assert akar(town_env, "member", "role", email(BO), "moderator").code == 0
    assert akar(town_env, "member", "role", email(BO), "pirate").code == 2
    twice = akar(town_env, "member", "add", email(BO), "--name", "Bo")
    assert twice.code == 2 and "There is a member with this address already." in twice
    short = akar(town_env, "member", "add", "a@b.test", "--name", "A", "--password-stdin")
    assert short.code == 2 and "A password has" in short
    last = akar(town_env, "member", "role", email(FAY), "member")
    assert last.code == 2 and "This is the last administrator." in last
    none = akar(town_env, "member", "reset-second-step", email(FAY))
    assert none.code == 2 and "nothing to reset" in none
    why = ("--because", "By letter, with a copy of the card.")
    assert "Member 3 is erased." in akar(town_env, "member", "erase", str(CY), *why)
    spoken_for = akar(town_env, "member", "erase", str(BO), *why)
    assert spoken_for.code == 2 and "Take their role back first." in spoken_for
    assert akar(town_env, "member", "erase", "999", *why).code == 2
    assert "nothing was changed" in akar(town_env, "seed")
    assert akar(town_env, "epoch").code == 0


def test_the_audit_is_anchored_and_looked_through_while_it_is_served(
    env: Env, akar: Akar, tmp_path: Path
) -> None:
    akar(env, "migrate")
    assert akar(env, "audit", "anchor").code == 2
    akar(env, "member", "add", "a@b.test", "--name", "A")
    with serving(env):
        until_sealed(env, akar)
        anchor = akar(env, "audit", "anchor")
        assert anchor.code == 0 and '"count":1' in anchor
        whole = akar(env, "audit", "verify")
        assert whole.code == 0 and "1 seals, " in whole and "the audit is whole." in whole
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(anchor.replace('"count":1', '"count":2'))
    cut_off = akar(env, "audit", "verify", "--anchor", str(elsewhere))
    assert cut_off.code == 1 and "The chain ends at 1; at 2" in cut_off
    assert akar(env, "audit", "verify", "--anchor", str(tmp_path / "none")).code == 2
    other = akar(env | {"AKAR_SECRET_KEY": "o" * 32}, "audit", "verify")
    assert other.code == 1 and "which is none of ours" in other


def test_the_index_of_the_search_is_made_anew(town_env: Env, akar: Akar) -> None:
    made = akar(town_env, "reindex")
    assert made.code == 0 and re.search(r"^[1-9][0-9]* things can be found\.$", made, re.MULTILINE)


def test_the_worker_is_for_many_processes(town_env: Env, akar: Akar, setup: str) -> None:
    if setup == "embedded":
        refused = akar(town_env, "worker")
        assert refused.code == 2 and "runs inside `akar serve`" in refused
        return
    process = _started(town_env, "worker")
    assert process.stdout and '"working"' in process.stdout.readline()
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


@contextmanager
def serving(env: Env, *words: str) -> Iterator[list[str]]:
    """What it has said until it says where it is served; it is stopped in the end."""
    process = _started(env, "serve", *words)
    assert process.stdout
    lines: list[str] = []
    try:
        while not lines or not lines[-1].startswith("AKAR is served on"):
            line = process.stdout.readline()
            assert line, "\n".join(lines)
            lines.append(line.rstrip())
        yield lines
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def until_sealed(env: Env, akar: Akar) -> None:
    with_patience = time.monotonic() + PATIENCE
    while akar(env, "audit", "anchor").code:
        assert time.monotonic() < with_patience


def signs_in(env: Env, address: str, password: str) -> bool:
    origin = f"http://localhost:{env['AKAR_PORT']}"
    with httpx2.Client(base_url=origin, trust_env=False, verify=False, timeout=PATIENCE) as browser:
        form = {"email": address, "password": password, "next": "/"}
        return browser.post("/sign-in", data=form, headers={"origin": origin}).status_code == 303


def _started(env: Env, *words: str) -> "subprocess.Popen[str]":
    others = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", *words],
        env={**others, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
