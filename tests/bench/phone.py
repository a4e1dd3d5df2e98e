"""A long talk on a slow phone: the longest task of its page as some arrive and older ones load."""

import asyncio
import os
import time
from collections.abc import Iterator

from playwright.async_api import Page

from tests.bench.community import Community, served
from tests.bench.crowds import greetings
from tests.bench.reporting import Result
from tests.bench.sockets import Socket, connect, signed_in
from tests.bench.talking import Sender
from tests.bench.usage import usage_of
from tests.browsing import Browser
from tests.chromium import PHONE, chromium, window

SLOWER = 6  # times, as Chromium throttles
BEFORE, ARRIVING = 600, 500  # messages
RATE = 50  # messages a second that arrive
SCROLLS = 12  # ways up to where older ones begin
REST = 0.5  # seconds between them
LISTEN = """() => {
    window.tasks = []
    const note = (list) => window.tasks.push(...list.getEntries().map((task) => task.duration))
    new PerformanceObserver(note).observe({ type: "longtask" })
}"""
LONGEST = "() => Math.max(0, ...window.tasks.splice(0))"  # below 50 ms it is no long task: 0
UP = (
    "() => { const log = document.querySelector('[role=log]'); log.scrollTo(0, -log.scrollHeight) }"
)
DOWN = "() => document.querySelector('[role=log]').scrollTo(0, 0)"
THERE = "seq => document.querySelector(`.message[data-seq='${seq}']`) !== null"


def phone() -> Iterator[Result]:
    with served(2) as community:
        arriving, reading, others = asyncio.run(_watched(community))
    setup = f"Chromium, {PHONE} px wide, CPU {SLOWER} times slower, {BEFORE} messages before"
    beside = {"others": others}
    come, load = f"{ARRIVING} arrive at {RATE}/s", f"older ones load, {SCROLLS} times"
    yield Result("longest_task_arriving", arriving, "ms", f"{setup}; {come}", beside)
    yield Result("longest_task_older", reading, "ms", f"{setup}; {load}", beside)


async def _watched(community: Community) -> tuple[float, float, float]:
    reader, writer = community.tokens
    headers = signed_in(community.origin, [writer])
    [socket] = await connect(community.port, headers, greetings(community), b"caught_up")
    await _say(socket, community, BEFORE, 1_000)
    async with (
        chromium() as chrome,
        window(chrome, Browser(community.origin, reader), width=PHONE) as page,
    ):
        await page.goto(f"/channels/{community.channel}")
        await page.wait_for_selector("live-stream[aria-busy=false]")
        await page.evaluate(DOWN)
        devices = await page.context.new_cdp_session(page)
        await devices.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        await page.evaluate(LISTEN)
        began, before = time.monotonic(), usage_of([os.getpid()])
        await _say(socket, community, ARRIVING, RATE)
        await page.wait_for_function(THERE, arg=BEFORE + ARRIVING, timeout=60_000)
        await asyncio.sleep(REST)
        arriving: float = await page.evaluate(LONGEST)
        reading = await _reading_up(page)
        spent = usage_of([os.getpid()]) - before  # the browser is a child of ours
        return arriving, reading, (spent.all - spent.ours) / (time.monotonic() - began)


async def _reading_up(page: Page) -> float:
    for _ in range(SCROLLS):
        await page.evaluate(UP)
        await asyncio.sleep(REST)
    longest: float = await page.evaluate(LONGEST)
    return longest


async def _say(socket: Socket, community: Community, messages: int, rate: int) -> None:
    sender = Sender(socket, community.channel)
    began = time.monotonic()
    for n in range(messages):
        await asyncio.sleep(max(0, began + n / rate - time.monotonic()))
        sender.send()
    await sender.all_acked()
