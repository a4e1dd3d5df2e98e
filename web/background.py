"""What runs as long as the app does. One that ends before it turns the readiness red and ends the
process, so that whoever watches over it starts another."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Background:
    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self.missing: list[str] = []

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.create_task(work(), name=work.__qualname__)
        task.add_done_callback(self._miss)
        self._tasks.append(task)

    async def stop(self) -> None:
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _miss(self, task: asyncio.Task[None]) -> None:
        if self._stopping:
            return
        self.missing.append(task.get_name())
        error = None if task.cancelled() else task.exception()
        log.critical("%s has ended; this process leaves", task.get_name(), exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)
