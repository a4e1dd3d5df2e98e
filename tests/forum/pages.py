"""What browsers without JavaScript send and find."""

import re
from html import unescape
from typing import Any

from tests.browsing import Browser
from tests.cast import MARKET


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the composer, and what stands in its boxes."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    title = re.search(r'<input [^>]*name="title"[^>]* value="([^"]*)"', page)
    body = re.search(r'<textarea [^>]*name="body"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    found = {name: value for name, value in hidden if name != "next"}
    found |= {"title": title[1]} if title else {}
    return found | ({"body": unescape(body[1])} if body else {})


async def start_topic(browser: Browser, title: str, body: str, **fields: Any) -> str:
    """Answers the path of the topic."""
    form = fields_of(await browser.open("/topics/new"))
    form |= {"category": str(MARKET), "title": title, "body": body} | fields
    answer = await browser.post("/topics", **form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def write(browser: Browser, page: str, action: str, body: str, **fields: Any) -> str:
    """Opens the page, fills in its composer and sends it; answers where that leads."""
    form = fields_of(await browser.open(page)) | {"body": body} | fields
    answer = await browser.post(action, **form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def answer_in(browser: Browser, topic: str, body: str, **fields: Any) -> int:
    """Replies in the topic; answers the id of the post."""
    return id_of(await write(browser, topic, f"{topic}/posts", body, **fields))


async def answer_to(browser: Browser, post: int, body: str, **fields: Any) -> int:
    page = f"/posts/{post}/reply"
    return id_of(await write(browser, page, f"/posts/{post}/replies", body, **fields))


def id_of(location: str) -> int:
    return int(location.rsplit("#post-", 1)[1])


def ids_in(page: str) -> list[int]:
    return [int(id) for id in re.findall(r'<article [^>]*id="post-(\d+)"', page)]


def titles_in(page: str) -> list[str]:
    return re.findall(r'class="topic-title">.*?<a [^>]*>(?:<span[^>]*>)?(.*?)<', page, re.DOTALL)
