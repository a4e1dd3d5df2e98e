"""The doors through which a topic is carried away, by whoever may read it: to be printed, and as a
file in two formats. A long one leaves in parts, each of which names the next."""

import re
from html import escape
from typing import Annotated, Any

from msgspec import Meta, json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.words import _
from forum.carrying import Load, load_for
from forum.topics.models import Post
from web.doors import Seen, settings_of, visiting
from web.files import ALONE
from web.forms import Form, asked
from web.pages import locale_of, page
from web.topics import FARTHEST
from web.words import moment, said_in

SIGNS = re.compile(r"[^a-z0-9]+")
MARKS = re.compile(r"[\\`*_\[\]#|~!]")
GONE = {
    "hidden": _("This was hidden by a moderator."),
    "asked": _("Its author was asked to change this; until then it is hidden."),
    "checked": _("This is hidden until a moderator has looked at it."),
    "withdrawn": _("This was withdrawn by its author."),
    "moved": _("This was moved to another topic."),
}
BY = _("%(author)s for %(organisation)s")


class From(Form, frozen=True, kw_only=True):
    first: Annotated[int, Meta(ge=1, le=FARTHEST)] = 1  # the seq


async def printed(request: Request) -> Response:
    seen = await _loaded(request)
    home = settings_of(request).public_url
    shown = page(request, "forum/print.html", seen, load=seen.found, topic=seen.found.topic,
                 home=home)  # fmt: skip
    shown.headers["x-robots-tag"] = "noindex"  # the topic itself is found
    return shown


async def markdown(request: Request) -> Response:
    seen = await _loaded(request)
    home, locale = settings_of(request).public_url, locale_of(request, seen)
    load: Load = seen.found
    where = f"{_plain(load.topic.category.name)} · <{_address(home, load)}>"
    parts = [f"# {_plain(load.topic.title)}", where]
    parts += [_section(home, locale, post) for post in load.posts]
    if load.further:
        parts.append(f"<{_address(home, load)}/export.md?first={load.further}>")
    return _file(load, "md", "text/markdown; charset=utf-8", "\n\n".join(parts).encode() + b"\n")


async def as_json(request: Request) -> Response:
    """An object with

    topic  id, address, title, category, region, cluster, theme, started_at, locked, and how many
           posts there are in all (last_number)
    posts  of this part, each with number (its place in the topic), id, address, author,
           organisation they spoke for or null, written_at, edited_at or null, answers (the number
           of the post it replies to) or null, gone ("hidden", "withdrawn", "moved" or ""), and its
           text as markdown and html, both empty where it is gone; attachments (addresses of files);
           poll, or null: question, options, votes (for each option, empty until it has ended),
           voters, multiple, named, of_organisations, ends_at, ended
    next   the address of the part after this, or null

    Moments are ISO 8601 in UTC. Fields may be added; those there are keep their meaning."""
    seen = await _loaded(request)
    load, home = seen.found, settings_of(request).public_url
    address = _address(home, load)
    told = {
        "topic": _topic(load, address),
        "posts": [_post(home, post) for post in load.posts],
        "next": f"{address}/export.json?first={load.further}" if load.further else None,
    }
    return _file(load, "json", "application/json", json.format(json.encode(told), indent=1))


async def _loaded(request: Request) -> Seen[Load]:
    return await visiting(
        request, load_for, request.path_params["topic"], asked(request, From).first
    )


def _section(home: str, locale: str, post: Post) -> str:
    head = f"## #{post.seq} · {_speaker(locale, post)} · {moment(locale, post.written_at)}"
    answered = f"↩ #{post.parent.seq} · " if post.parent else ""
    said = f"*{said_in(locale, GONE[post.gone])}*" if post.gone else post.body
    return f"{head}\n\n{answered}<{home}/posts/{post.id}>\n\n{said}"


def _speaker(locale: str, post: Post) -> str:
    if post.mandate is None:
        return _plain(post.author.name)
    organisation = _plain(post.mandate.organisation.name)
    return said_in(locale, BY, {"author": _plain(post.author.name), "organisation": organisation})


def _plain(name: str) -> str:
    """In Markdown a name is a name: no mark of it is one there, nor of HTML (S29)."""
    return MARKS.sub(r"\\\g<0>", escape(name, quote=False))


def _topic(load: Load, address: str) -> dict[str, Any]:
    topic = load.topic
    return {
        "id": topic.id,
        "address": address,
        "title": topic.title,
        "category": topic.category.name,
        "region": topic.region,
        "cluster": topic.cluster,
        "theme": topic.theme,
        "started_at": topic.started_at,
        "locked": topic.locked_at is not None,
        "last_number": topic.last_seq,
    }


def _post(home: str, post: Post) -> dict[str, Any]:
    return {
        "number": post.seq,
        "id": post.id,
        "address": f"{home}/posts/{post.id}",
        "author": post.author.name,
        "organisation": post.mandate.organisation.name if post.mandate else None,
        "written_at": post.written_at,
        "edited_at": post.edited_at,
        "answers": post.parent.seq if post.parent else None,
        "gone": post.gone,
        "markdown": "" if post.gone else post.body,
        "html": "" if post.gone else post.html,
        "attachments": [
            f"{home}/files/{one['file']}" for one in ([] if post.gone else post.attachments)
        ],
        "poll": None if post.gone else post.poll,
    }


def _address(home: str, load: Load) -> str:
    return f"{home}/topics/{load.topic.id}"


def _file(load: Load, ending: str, kind: str, body: bytes) -> Response:
    """Its name is of letters and digits alone, so it needs no quoting (RFC 6266, S12)."""
    words = SIGNS.sub("-", load.topic.title.lower()).strip("-")[:60].strip("-")
    part = f"-{load.first}" if load.first > 1 else ""
    name = "-".join(filter(None, [words, str(load.topic.id)])) + f"{part}.{ending}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": ALONE,
        "x-robots-tag": "noindex",
    }
    return Response(body, headers=headers, media_type=kind)


routes = [
    Route("/topics/{topic:id}/print", printed, name="print"),
    Route("/topics/{topic:id}/export.md", markdown, name="export_markdown"),
    Route("/topics/{topic:id}/export.json", as_json, name="export_json"),
]
