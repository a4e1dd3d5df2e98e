"""The scaled-out set-up, read as text and held against the settings and the CLI it names."""

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any

import asyncpg
import pytest
import typer
import yaml
from sqlalchemy import delete, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from community.audit import record
from community.bus import MemoryBus
from community.chain import Keys, seal_entries
from community.database import Database, Transaction
from community.errors import Conflict
from community.members.models import MemberCluster
from community.migrating import on_connection
from community.opening import open_database
from community.settings import PREFIX, Settings
from community.tampering import anchor_of
from tests import servers
from tests.cast import move_in
from tests.tools.translations import PACKAGES, ROOT
from web.cli import app
from web.migrations import migrate

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "akar"}
WEB = {name: service for name, service in OURS.items() if service["command"] == ["serve"]}
DOCKERFILE = COMPOSE["x-akar"]["build"]["dockerfile_inline"]
ROLES = COMPOSE["configs"]["roles"]["content"]
CADDYFILE = COMPOSE["configs"]["caddyfile"]["content"]
SECRETS = {
    "AKAR_SECRET_KEY": "s" * 32,
    "POSTGRES_PASSWORD": "p4ssw0rd",
    "AKAR_SMTP_URL": "smtp://u:p4ssw0rd@mail.example.id",
}
KEPT = ("audit", "audit_seals")
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def test_docker_compose_finds_nothing_wrong_with_it() -> None:
    composer = _composer()
    if not composer:
        pytest.skip("no docker compose here")
    asked = [*composer, "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"]
    done = subprocess.run(asked, env={**os.environ, **SECRETS}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
async def serving(postgres: servers.Postgres) -> AsyncIterator[Database]:
    """As the services open what `migrate` has made for them."""
    owner = await postgres.create("composed")
    made = await asyncpg.connect(user="app", database="composed", host=owner.rsplit("host=", 1)[1])
    await made.execute(VARIABLE.sub("p4ssw0rd", ROLES))
    await made.close()
    await on_connection(owner, migrate)
    db = open_database(owner.replace("app@", "akar_rows@"), MemoryBus())
    yield db
    await db.close()


@pytest.mark.scaled_out
async def test_who_serves_changes_rows_and_no_table(serving: Database) -> None:
    """S15. Rows of the log are added by whoever serves, and changed by nobody."""
    await serving.act(move_in)
    await serving.act(lambda tx: record(tx, None, "case.opened", "case:1"))
    await serving.act(lambda tx: tx.execute(delete(MemberCluster)) and None)
    for words in (
        "CREATE TABLE more (id int)",
        "DROP TABLE drafts",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "DELETE FROM audit",
        "UPDATE audit SET verb = 'x'",
    ):
        with pytest.raises((ProgrammingError, Conflict)):
            await serving.act(_run, words)
    # S36. It is not only the trigger that is in the way; and the chain goes on.
    assert await serving.look(_allowed) == {
        (t, what) for t in KEPT for what in ("SELECT", "INSERT")
    }
    await serving.act(seal_entries, Keys.of([b"ours"]))
    assert await serving.look(anchor_of)


def _allowed(session: Session) -> set[tuple[str, str]]:
    may = text("SELECT has_table_privilege(:table, :what)")
    return {
        (table, what)
        for table in KEPT
        for what in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
        if session.scalar(may, {"table": table, "what": what})
    }


def _run(tx: Transaction, words: str) -> None:
    tx.execute(text(words))


def test_there_is_everything_and_two_of_web() -> None:
    assert set(SERVICES) == {"proxy", *WEB, "worker", "migrate", "postgres", "redis"}
    assert len(WEB) == 2


@pytest.mark.parametrize("name", OURS)
def test_the_environment_makes_settings_of_the_scaled_out_set_up(name: str) -> None:
    settings = Settings.from_env(_environment(OURS[name]))
    assert not settings.embedded
    assert settings.under_tls
    assert settings.trusted_proxies == SERVICES["proxy"]["networks"]["front"]["ipv4_address"]


def test_what_an_operator_sees_is_what_the_settings_know() -> None:
    known = {PREFIX + field.name.upper() for field in fields(Settings)}
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", (ROOT / "docker-compose.yml").read_text()))
    assert named <= known


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_a_verb_of_the_cli(name: str) -> None:
    verbs = set(typer.main.get_group(app).commands)
    asked = [OURS[name]["command"][0]]
    probe = OURS[name].get("healthcheck", {"test": []})["test"]
    if "web.cli" in probe:
        asked.append(probe[-1])
    assert set(asked) <= verbs


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_is_watched_and_may_finish_its_work(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert service["stop_grace_period"] == "30s"
    assert Settings().drain_seconds < 30


def test_nobody_starts_before_what_it_needs() -> None:
    for service in (*WEB.values(), SERVICES["worker"]):
        waits = {name: how["condition"] for name, how in service["depends_on"].items()}
        assert waits == {
            "migrate": "service_completed_successfully",
            "postgres": "service_healthy",
            "redis": "service_healthy",
        }


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_is_written_down(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search("SECRET|PASSWORD", variable):
            assert VARIABLE.fullmatch(value)
    assert all(how == "?" for key, how, _ in VARIABLE.findall(_text(name)) if key in SECRETS)


@pytest.mark.parametrize("name", SERVICES)
def test_what_it_mounts_and_joins_is_declared(name: str) -> None:
    service = SERVICES[name]
    assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(
        COMPOSE["volumes"]
    )
    assert {each["source"] for each in service.get("configs", [])} <= set(COMPOSE["configs"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_the_proxy_knows_both_webs_by_their_port() -> None:
    assert set(re.findall(r"(\S+):(\d+)\b", CADDYFILE.split("reverse_proxy")[1])) == {
        (name, service["environment"]["AKAR_PORT"]) for name, service in WEB.items()
    }
    assert "health_uri /readyz" in CADDYFILE


def test_the_image_holds_the_packages_and_nothing_that_is_not_here() -> None:
    copied = [word for line in re.findall(r"COPY (.*) \S+", DOCKERFILE) for word in line.split()]
    assert set(PACKAGES) <= set(copied)
    assert all((ROOT / word).exists() for word in copied)
    assert "--require-hashes" in DOCKERFILE


def _composer() -> list[str]:
    """The command, as a part of docker or on its own; empty where there is none."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(command[0])
            and not subprocess.run([*command, "version"], capture_output=True).returncode
        ):
            return command
    return []


def _environment(service: dict[str, Any]) -> dict[str, str]:
    """As the container sees it when only the secrets are given."""
    return {name: VARIABLE.sub(_filled, value) for name, value in service["environment"].items()}


def _filled(variable: re.Match[str]) -> str:
    name, how, text = variable.groups()
    return SECRETS.get(name, "") or (text if how == "-" else "")


def _text(name: str) -> str:
    return str(yaml.safe_dump(SERVICES[name]))
