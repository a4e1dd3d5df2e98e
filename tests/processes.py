"""The program itself, started as an operator starts it, and ended by its number."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Self

import httpx2

from community.settings import PREFIX, Settings
from tests.browsing import close_browsers

PATIENCE = 120.0  # seconds until a process that does not come up is a failure


class Process:
    """`akar serve` with these settings. When the block ends it is killed, if it still runs, and
    the browsers that are open there are closed."""

    def __init__(self, settings: Settings, *verb: str, **chosen: str) -> None:
        self.settings = settings
        self.address = settings.public_url
        self._verb = verb or ("serve",)
        self._env = environment(settings) | {
            PREFIX + name.upper(): value for name, value in chosen.items()
        }
        self._log = Path(tempfile.mkstemp(prefix="akar-", suffix=".log")[1])
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "web.cli", *self._verb]
            self._process = subprocess.Popen(command, env=self._env, stdout=log, stderr=log)

    async def ready(self) -> None:
        """Returns when it wants to be sent people."""
        async with (
            asyncio.timeout(PATIENCE),
            httpx2.AsyncClient(trust_env=False, verify=False) as client,
        ):
            while not await self._answers(client):
                assert self._running.poll() is None, self.said()
                await asyncio.sleep(0.05)

    async def _answers(self, client: httpx2.AsyncClient) -> bool:
        try:
            url = f"http://{self.settings.host}:{self.settings.port}/readyz"
            return (await client.get(url)).status_code == 200
        except httpx2.HTTPError:
            return False

    def signal(self, number: signal.Signals) -> None:
        self._running.send_signal(number)

    def terminate(self) -> None:
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """Without a word, as when the power goes."""
        self.signal(signal.SIGKILL)

    async def gone(self) -> int:
        """With which code it ended."""
        async with asyncio.timeout(PATIENCE):
            while self._running.poll() is None:
                await asyncio.sleep(0.02)
        return self._running.returncode

    def said(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process
        return self._process

    async def __aenter__(self) -> Self:
        if self._process is None:
            self.start()
        try:
            await self.ready()
        except BaseException:
            await self.end()
            raise
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.end()

    async def end(self) -> None:
        if self._running.poll() is None:
            self.signal(signal.SIGCONT)
            self.kill()
            await self.gone()
        await close_browsers(self.address)
        self._log.unlink()


def environment(settings: Settings) -> dict[str, str]:
    """As an operator would write it: every setting a variable."""
    ours = {PREFIX + field.name.upper(): str(getattr(settings, field.name))
            for field in fields(settings)}  # fmt: skip
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | ours
