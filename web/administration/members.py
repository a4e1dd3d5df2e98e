"""Everybody: found by name or address, with what was done about them; roles are given here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community import guardians
from community.audit import entries_with
from community.database import Transaction
from community.errors import Denied, Invalid, Refusal
from community.factors.models import FactorReset
from community.factors.policies import may_ask_reset, may_confirm_reset
from community.factors.queries import reset_asked_for
from community.members.actions import appoint, sign_out_everywhere
from community.members.models import Appointment, Member, Role, Scope
from community.members.policies import may_appoint
from community.members.queries import (
    PAGE,
    appointments_of,
    live_appointment_of,
    member_for,
    members_listed,
    sign_ins_ever,
    sign_ins_of,
)
from community.organisations.models import Mandate
from community.organisations.queries import mandates_of
from community.places import Lens
from community.policies import Verdict
from forum.categories import Category, categories_listed, category_for
from moderation import erasing
from moderation.erasing import erasure_of
from moderation.models import Case, Decision
from moderation.records.log import Told, told
from web.administration.categories import choices
from web.administration.seeing import overseeing
from web.administration.wording import ROLE_NAMES
from web.doors import proving
from web.errors import refused
from web.forms import Form, asked, back, filled_in, saved
from web.ids import Id, MaybeDay, MaybeLine, Rev
from web.pages import page
from web.words import end_of


class Search(Form, frozen=True, kw_only=True):
    words: MaybeLine = ""
    after: Rev = 0


class Appointed(Form, frozen=True, kw_only=True):
    role: Role
    region: Annotated[str, Meta(max_length=5)] = ""
    cluster: Annotated[str, Meta(max_length=20)] = ""
    category: Id | None = None
    until: MaybeDay = ""


class Erased(Form, frozen=True, kw_only=True):
    because: MaybeLine = ""


class History(NamedTuple):
    categories: Sequence[Category]
    member: Member
    mandates: Sequence[Mandate]
    appointments: Sequence[Appointment]
    decisions: Sequence[Decision]
    signed_in: int  # now
    sign_ins: int  # ever
    log: Told
    reset: FactorReset | None  # that was asked for
    appointed_at: datetime | None  # who looks
    may_erase: Verdict


async def index(request: Request) -> Response:
    sought = asked(request, Search)
    seen = await overseeing(request, members_listed, sought.words, sought.after)
    found = seen.found
    return page(
        request,
        "administration/members.html",
        seen,
        words=sought.words,
        more=found[-1].id if len(found) == PAGE else None,
        roles=ROLE_NAMES,
    )


async def show(request: Request) -> Response:
    return await _show(request)


async def give_role(request: Request) -> Response:
    given, id = await filled_in(request, Appointed), request.path_params["member"]
    try:
        await proving(request, _give, id, given)
    except (Denied, Invalid) as refusal:
        return await _show(request, refusal)
    return back(request, "manage_member", member=id)


async def release(request: Request) -> Response:
    id = request.path_params["member"]
    await proving(request, guardians.release, id)
    return back(request, "manage_member", "guardian", member=id)


async def erase(request: Request) -> Response:
    id, told = request.path_params["member"], await filled_in(request, Erased)
    try:
        await proving(request, erasing.erase, id, told.because)
    except (Denied, Invalid) as refusal:
        return await _show(request, refusal)
    return back(request, "manage_member", "erased", member=id)


async def sign_out(request: Request) -> Response:
    id = request.path_params["member"]
    await proving(request, sign_out_everywhere, id)
    return back(request, "manage_member", "sign-ins", member=id)


def _give(tx: Transaction, administrator: Member, member_id: int, given: Appointed) -> None:
    place = Lens.read({"region": given.region, "cluster": given.cluster})
    category = category_for(tx, administrator, given.category).id if given.category else None
    scope = Scope(place.region, place.cluster, category)
    ends_at = end_of(given.until, administrator.zone) if given.until else None
    appoint(tx, administrator, member_id, given.role, scope, ends_at=ends_at)


async def _show(request: Request, refusal: Refusal | None = None) -> Response:
    seen = await overseeing(request, history_for, request.path_params["member"])
    assert seen.member
    reset = seen.found.reset
    shown = page(
        request,
        "administration/member.html",
        seen,
        refusal=refusal,
        may_appoint=may_appoint(seen.member, seen.found.member),
        may_ask=may_ask_reset(seen.member, seen.found.member),
        may_confirm=reset and may_confirm_reset(seen.member, reset, seen.found.appointed_at),
        roles=ROLE_NAMES,
        saved=saved(request),
        **choices(),
    )
    return refused(shown, refusal)


def history_for(session: Session, administrator: Member, member_id: int) -> History:
    member = member_for(session, administrator, member_id)
    live = live_appointment_of(session, administrator)
    decided = select(Decision).join(Decision.case).where(Case.author_id == member.id)
    return History(
        categories_listed(session, administrator),
        member,
        session.scalars(mandates_of(member)).all(),
        appointments_of(session, member),
        session.scalars(decided.order_by(Decision.id.desc())).all(),
        len(sign_ins_of(session, member)),
        sign_ins_ever(session, member),
        told(session, entries_with(session, member)),
        reset_asked_for(session, member),
        live.granted_at if live else None,
        erasure_of(session, member),
    )


routes = [
    Route("/administration/members", index, name="manage_members"),
    Route("/administration/members/{member:id}", show, name="manage_member"),
    Route(
        "/administration/members/{member:id}/appointment",
        give_role,
        methods=["POST"],
        name="appoint",
    ),
    Route(
        "/administration/members/{member:id}/release",
        release,
        methods=["POST"],
        name="release_member",
    ),
    Route(
        "/administration/members/{member:id}/erasure",
        erase,
        methods=["POST"],
        name="erase_member",
    ),
    Route(
        "/administration/members/{member:id}/sign-out",
        sign_out,
        methods=["POST"],
        name="sign_out_member",
    ),
]
