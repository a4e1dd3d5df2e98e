"""The page of one picture that hangs at what was written: whole, with who showed it and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.models import Message
from channels.queries import message_for
from community.attachments import Attached
from community.errors import NotFound
from community.files import File, FileKind, file_for
from community.members.models import Member
from forum.announcements.models import Announcement
from forum.announcements.queries import announcement_for
from forum.topics.models import Post
from forum.topics.queries import post_for
from moderation.hiding.showing import looked_into
from moderation.models import Case
from moderation.viewing import view
from web import messages, writing
from web.doors import acting, visiting
from web.files import whoever_reads
from web.pages import page


class ShownFile(NamedTuple):
    file: File
    words: str
    author: str
    at: datetime
    place: str  # where it hangs; empty where that is nowhere yet
    case: Case | None = None  # about what is private, for whose sake a moderator sees it


async def show(request: Request) -> Response:
    seen = await visiting(request, _shown, request.path_params["file"])
    if seen.found.case:
        await acting(request, view, seen.found.case.id)
    return page(request, "community/shown_file.html", seen)


def _shown(session: Session, reader: Member | None, id: str) -> ShownFile:
    """Of a picture that the reader sees by what it hangs at; other files have no page."""
    file = file_for(session, id)
    if file.kind != FileKind.ATTACHMENT:
        raise NotFound
    kind, _colon, number = file.belongs_to.partition(":")
    if kind == "post":
        post = post_for(session, reader, int(number))
        return _hanging(file, post, writing.place_of(post))
    if kind == "message" and reader:
        message = message_for(session, reader, int(number))
        return _hanging(file, message, messages.place_of(message))
    if kind == "announcement":
        return _announced(file, announcement_for(session, reader, int(number)).announcement)
    if not whoever_reads(session, reader, file):
        raise NotFound
    owner = session.get_one(Member, file.owner_id)
    case = looked_into(session, reader, file) if reader else None
    return ShownFile(file, file.words, owner.name, file.made_at, "", case)


def _announced(file: File, announcement: Announcement) -> ShownFile:
    office, place = announcement.organisation.name, f"/announcements/{announcement.id}"
    words = words_of(file, announcement.attachments)
    return ShownFile(file, words, office, announcement.published_at, place)


def _hanging(file: File, entry: Post | Message, place: str) -> ShownFile:
    """As long as it says something."""
    if entry.gone:
        raise NotFound
    words = words_of(file, entry.attachments)
    return ShownFile(file, words, entry.author.name, entry.written_at, place)


def words_of(file: File, attached: Sequence[Attached]) -> str:
    """What was said of it where it hangs."""
    return next((one.get("words", "") for one in attached if one["file"] == file.id), "")


routes = [Route("/files/{file}/shown", show, name="shown_file")]
