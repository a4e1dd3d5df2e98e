"""Doors that take pictures read them with sent() and developed(); the doors below show them.

Only for those a body may be as long as a picture and have parts. Everywhere else web/forms.py
refuses files, and BODY of web/app.py holds.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Struct
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from channels.attachments import reads_message
from community.errors import Invalid, NotFound
from community.files import BEGINNING, SHAPES, File, FileKind, file_for
from community.members.models import Member
from community.pictures import MOST, Darkroom, Picture, Print
from community.words import _
from forum.announcements.attachments import reads_announcement
from forum.attachments import reads_post
from forum.manuscripts.attachments import reads_manuscript
from moderation.decisions.holding import sees_held
from moderation.hiding.showing import looked_into, sees_evidence, sees_kept
from moderation.models import SubjectKind
from moderation.viewing import view, view_file
from web.doors import acting, cookie_name, database_of, glancing, known
from web.forms import MOST_FIELDS, read
from web.guards import LONGEST

F = TypeVar("F", bound=Struct)
T = TypeVar("T")
Prints = list[Print]  # of one picture, the large one first

KIND = "multipart/form-data"
FIELDS = 64 * 1024  # bytes of what stands around the pictures
# What a browser may do with one that somebody opens by itself: look at it.
ALONE = "sandbox; default-src 'none'"
FOR_A_DAY = "private, max-age=86400"  # then one that was taken away is gone here, too


class Sent(NamedTuple, Generic[F]):
    whose: int
    fields: F
    files: Sequence[UploadFile]  # good until the form is left

    @property
    def pictures(self) -> list[Picture]:
        return [file.read for file in self.files]


def everybody(session: Session, reader: Member | None, file: File) -> bool:
    """As long as somebody shows it."""
    if file.belongs_to.startswith("member:"):
        return True
    return its_owner(session, reader, file) or bool(reader and sees_kept(session, reader, file))


def its_owner(_session: Session, reader: Member | None, file: File) -> bool:
    return bool(reader and reader.id == file.owner_id)


def whoever_judges(session: Session, reader: Member | None, file: File) -> bool:
    """And its owner."""
    if reader is None or its_owner(session, reader, file):
        return reader is not None
    return sees_evidence(session, reader, file)


def whoever_reads(session: Session, reader: Member | None, file: File) -> bool:
    """What it hangs at, or may see a case about that. What hangs nowhere yet, its owner sees."""
    if reader and file.kept_for and sees_kept(session, reader, file):
        return True
    kind, _colon, number = file.belongs_to.partition(":")
    match kind:
        case "":
            return its_owner(session, reader, file)
        case "post":
            return reads_post(session, reader, int(number))
        case "message":
            return reads_message(session, reader, int(number))
        case "announcement":
            return reads_announcement(session, reader, int(number))
        case "manuscript":
            return reads_manuscript(session, reader, int(number))
        case SubjectKind.HELD | SubjectKind.HELD_POST:
            return reader is not None and sees_held(session, reader, SubjectKind(kind), int(number))
        case _:
            return False


async def without_documents(form: Sent[F]) -> tuple[Sent[F], list[bytes]]:
    """The form with its pictures alone, and what is a PDF by how it begins."""
    pictures, documents = [], []
    for file in form.files:
        is_document = await file.read(len(BEGINNING)) == BEGINNING
        await file.seek(0)
        if not is_document:
            pictures.append(file)
        elif file.size and file.size <= MOST:
            documents.append(await file.read())
        else:
            raise Invalid(_("A document has at most 8 MB. Please choose a smaller one."))
    return form._replace(files=pictures), documents


# Who sees a file is asked each time, of the rows as they are now.
SEEN_BY: dict[FileKind, Callable[[Session, Member | None, File], bool]] = {
    FileKind.PICTURE: everybody,
    FileKind.EVIDENCE: whoever_judges,
    FileKind.ATTACHMENT: whoever_reads,
    FileKind.DOCUMENT: whoever_reads,
}


@asynccontextmanager
async def sent(
    request: Request, form: type[F], *, most: int = 1, counted: int = 0
) -> AsyncIterator[Sent[F]]:
    """The form of a member, and the pictures that came with it. Raises as filled_in() does. Beyond
    `most` files the form is lost, unless whoever asks for up to `counted` counts them."""
    whose = await glancing(request, lambda _s, member: member.id)  # strangers send us no pictures
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != KIND:
        raise Invalid(_("This was not sent as our forms are."))
    request.scope[LONGEST] = FIELDS + most * MOST
    async with request.form(
        max_files=counted or most, max_fields=MOST_FIELDS, max_part_size=FIELDS
    ) as given:
        items = given.multi_items()
        fields = read([item for item in items if isinstance(item[1], str)], form)
        files = [each for _name, each in items if isinstance(each, UploadFile)]
        yield Sent(whose, fields, [each for each in files if each.size])


async def developed(request: Request, form: Sent[Any], kind: FileKind) -> list[Prints]:
    """The pictures of the form, made anew. Raises as Darkroom.develop() does."""
    if not form.pictures:
        return []
    darkroom: Darkroom = request.state.darkroom
    shape = SHAPES[kind]
    work = darkroom.develop(form.whose, form.pictures, shape.cut, (shape.large, shape.small))
    return await _unless_gone(request, work)


async def _unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Ends the work once nobody waits for what comes of it. Raises ClientDisconnect then."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _gone(request: Request) -> None:
    """After the whole form came; nothing else is said on this line until we answer."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def large(request: Request) -> Response:
    file = await _found(request, lambda file: file.large)
    if file.case_id:
        await acting(request, view_file, file.case_id, file.sha256)
    return as_file(request.path_params["file"], file.kind, file.body)


async def small(request: Request) -> Response:
    """As the page of a case shows it: whoever looks at that has looked at this."""
    file = await _found(request, lambda file: file.small)
    if not file.body:
        raise NotFound  # a document has none
    if file.case_id:
        await acting(request, view, file.case_id)
    return as_file(request.path_params["file"], file.kind, file.body)


class Found(NamedTuple):
    kind: FileKind
    sha256: str
    body: bytes
    case_id: int  # about what is private, where a moderator sees it for that: 0 where not


async def _found(request: Request, print_of: Callable[[File], bytes]) -> Found:
    id, token = request.path_params["file"], request.cookies.get(cookie_name(request))

    def look(session: Session) -> Found:
        file, sign_in = file_for(session, id), known(session, token)
        reader = sign_in.member if sign_in else None
        if not SEEN_BY[FileKind(file.kind)](session, reader, file):
            raise NotFound
        case = looked_into(session, reader, file) if reader else None
        return Found(FileKind(file.kind), file.sha256, print_of(file), case.id if case else 0)

    return await database_of(request).look(look)


def as_file(id: str, kind: FileKind, body: bytes) -> Response:
    """For those who were found to see it."""
    media = "application/pdf" if kind is FileKind.DOCUMENT else "image/webp"
    return Response(body, media_type=media, headers=_headers(id, kind))


def _headers(id: str, kind: FileKind) -> dict[str, Any]:
    return {
        "cache-control": FOR_A_DAY if kind is FileKind.PICTURE else "private, no-store",
        "content-disposition": (
            f'attachment; filename="{id}.pdf"'  # a program of its own opens it, not our site
            if kind is FileKind.DOCUMENT
            else f'inline; filename="{id}.webp"'
        ),
        "content-security-policy": ALONE,
    }


routes = [
    Route("/files/{file}", large, name="file"),
    Route("/files/{file}/small", small, name="small_file"),
]
