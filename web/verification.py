"""The doors to having an organisation verified: showing what there is, and an office's letter."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import Busy, Conflict, Denied, Invalid, Refusal
from community.files import File, FileKind, files_of
from community.members.models import Member
from community.organisations.models import Organisation
from community.organisations.queries import organisation_owned
from community.tickets import id_in
from community.verification import Shown, Verification, office_asked, open_verification_of
from moderation.decisions.applications import ask_for_verification, prove_office
from moderation.models import Case, SubjectKind
from moderation.queries import open_case_about, questions_of
from moderation.questions import Question
from web.doors import acting_alone, asking, looking, settings_of, visiting
from web.errors import refused
from web.files import developed, sent
from web.forms import Form, back, saved
from web.ids import Words
from web.joining import over
from web.pages import page, why

PICTURES = 4  # of papers and places, in one form
REFUSED = (Denied, Invalid, Conflict, Busy)  # what the form is shown again for


class Evident(Form, frozen=True, kw_only=True):
    words: Words
    nib: Annotated[str, Meta(max_length=30)] = ""
    office_mail: Annotated[str, Meta(max_length=320)] = ""

    @property
    def shown(self) -> Shown:
        return Shown(self.words, self.nib.replace(" ", ""), self.office_mail.strip())


class Desk(NamedTuple):
    """What an owner has shown, and what they were asked."""

    organisation: Organisation
    open: Verification | None
    files: Sequence[File]
    case: Case | None
    questions: Sequence[Question]

    @property
    def asked(self) -> bool:
        """Whether somebody waits for an answer."""
        return any(question.answered_at is None for question in self.questions)


async def show(request: Request) -> Response:
    return await _form(request)


async def ask(request: Request) -> Response:
    id = request.path_params["organisation"]
    async with sent(request, Evident, most=PICTURES) as form:
        try:
            pictures = await developed(request, form, FileKind.EVIDENCE)
            await acting_alone(request, ask_for_verification, id, form.fields.shown, pictures)
        except REFUSED as refusal:
            return await _form(request, form.fields, refusal)
    return back(request, "verification", organisation=id)


async def office(request: Request) -> Response:
    """The link of the letter to an office. Whoever uses it need not be a member."""
    ticket = id_in(settings_of(request).secret(), request.path_params["ticket"])
    try:
        seen = await visiting(request, lambda session, _reader: office_asked(session, ticket))
        if request.method == "POST" and ticket:
            await asking(request, prove_office, ticket)
    except Conflict as refusal:
        return await over(request, refusal, "organisations")
    return page(request, "community/office.html", seen, done=request.method == "POST")


def desk_for(session: Session, member: Member, id: int) -> Desk:
    organisation = organisation_owned(session, member, id)
    open = open_verification_of(session, organisation)
    case = open_case_about(session, SubjectKind.VERIFICATION, id)
    return Desk(
        organisation,
        open,
        files_of(session, open.address) if open else [],
        case,
        questions_of(session, case) if case else [],
    )


async def _form(
    request: Request, given: Evident | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, desk_for, request.path_params["organisation"])
    shown = page(
        request,
        "community/verification.html",
        seen,
        given=given or seen.found.open,
        error=why(request, seen, refusal),
        saved=saved(request),
        most=PICTURES,
        days=settings_of(request).evidence_days,
    )
    return refused(shown, refusal)


routes = [
    Route("/organisations/{organisation:id}/verification", show, methods=["GET"],
          name="verification"),
    Route("/organisations/{organisation:id}/verification", ask, methods=["POST"]),
    Route("/office/{ticket}", office, methods=["GET", "POST"], name="office"),
]  # fmt: skip
