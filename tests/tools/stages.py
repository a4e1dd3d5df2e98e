"""The stages of `make check` and `make test`, up to the first that fails: what only looks at the
files runs side by side, tests one stage after another."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests import chromium, servers

BIN = Path(sys.executable).parent
# Two for each core, since half of them wait: for a browser, a database, the bus.
SPREAD = ("-n", str(min(2 * (os.cpu_count() or 1), 8)), "--dist", "worksteal")
FAST = "not browser and not fault and not slow and not scaled_out"

MEMORY = Path("/dev/shm")
ROOMY = 4 * 1024**3  # bytes: the databases of all tests fit, several times


class Stage(NamedTuple):
    name: str
    tool: str
    options: tuple[str, ...] = ()


# The longest first, so that the others fit beside it.
LOOKING = (
    Stage("types", "mypy"),
    Stage("style", "ruff", ("check", "--quiet", ".")),
    Stage("format", "ruff", ("format", "--check", "--quiet", ".")),
    Stage("imports", "lint-imports", ("--no-logo",)),
    Stage("templates", "djlint", ("--lint", "--quiet", "web/templates")),
    Stage("scripts", "oxlint", ("--config", "tests/tools/oxlint.json", "web/static/js")),
    Stage("dependencies", "deptry", (".",)),
)
CHECK = Stage("fast tests", "pytest", ("-m", FAST, *SPREAD))
TEST = Stage("tests", "pytest", SPREAD)  # all in one session: its servers start once
WITHOUT_BROWSER = Stage("tests", "pytest", ("-m", "not browser", *SPREAD))


def main(verb: str) -> None:
    began = time.monotonic()
    look()
    missing = run_all() if verb == "test" else run(CHECK)
    print(f"{verb}: {'NOT ALL RUN' if missing else 'all good'} in {time.monotonic() - began:.0f} s")
    if missing:
        print(missing)
        sys.exit(os.environ.get("CI") == "true")


def look() -> None:
    """At the files, all at once. Ends the process when a stage fails, with what each has to say."""
    with ThreadPoolExecutor(os.cpu_count()) as beside:
        failed = [words for words in beside.map(_seen_by, LOOKING) if words]
    if failed:
        sys.exit("\n".join(failed))


def _seen_by(stage: Stage) -> str:
    """What it does not like; empty when it likes all."""
    began = time.monotonic()
    done = subprocess.run(
        [BIN / stage.tool, *stage.options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    took = time.monotonic() - began
    if done.returncode:
        return f"{done.stdout}{stage.name}: FAILED after {took:.1f} s"
    print(f"{stage.name}: {took:.1f} s", flush=True)
    return ""


def run_all() -> str:
    """What did not run, in one line; empty when all did."""
    if chromium.provided(partial(print, flush=True)):
        return run(TEST)
    run(WITHOUT_BROWSER)
    return f"!!! NOT RUN: every test marked `browser` ({_files_of('browser')}). {chromium.MISSING}"


def run(stage: Stage) -> str:
    """Ends the process when the stage fails; nothing is missing else. It speaks while it runs."""
    began = time.monotonic()
    print(f"{stage.name} …", flush=True)
    done = subprocess.run(
        [BIN / stage.tool, *stage.options], check=False, env=os.environ | _temporary_in_memory()
    )
    took = time.monotonic() - began
    if done.returncode:
        sys.exit(f"{stage.name}: FAILED after {took:.1f} s")
    print(f"{stage.name}: {took:.1f} s", flush=True)
    return ""


def _temporary_in_memory() -> dict[str, str]:
    """A thousand tests make a database each, and a disk may need as long for that as they do."""
    if os.environ.get(servers.ROOT) or not MEMORY.is_mount():
        return {}
    return {servers.ROOT: str(MEMORY)} if shutil.disk_usage(MEMORY).free > ROOMY else {}


def _files_of(mark: str) -> str:
    collected = subprocess.run(
        [BIN / "pytest", "--collect-only", "-m", mark],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout
    tests = [line for line in collected.splitlines() if "::" in line]
    return f"{len(tests)} tests in {', '.join(sorted({test.split('::')[0] for test in tests}))}"


if __name__ == "__main__":
    main(sys.argv[1])
