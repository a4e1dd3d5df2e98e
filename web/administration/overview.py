"""What there is, at a glance, and the way to each page."""

from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.models import Channel, ChannelType, Message
from community.members.models import Member, SignIn
from community.organisations.models import Organisation
from forum.announcements.models import Announcement
from forum.topics.models import Post, Topic
from moderation.models import Case
from web.administration.seeing import overseeing
from web.pages import page


class Numbers(NamedTuple):
    members: int
    signed_in: int  # with a browser that is let in
    organisations: int
    unverified: int
    topics: int
    posts: int
    channels: int
    messages: int
    announcements: int
    cases: int  # that wait


async def overview(request: Request) -> Response:
    return page(request, "administration/overview.html", await overseeing(request, numbers))


def numbers(session: Session, _administrator: Member) -> Numbers:
    def count(kind: type[object]) -> Select[int]:
        return select(func.count()).select_from(kind)

    asked = (
        count(Member),
        select(func.count(SignIn.member_id.distinct())).where(SignIn.ended_at.is_(None)),
        count(Organisation),
        count(Organisation).where(Organisation.level == 0),
        count(Topic),
        count(Post),
        count(Channel).where(Channel.type == ChannelType.CHANNEL),
        count(Message),
        count(Announcement),
        count(Case).where(Case.closed_at.is_(None)),
    )
    return Numbers(*session.execute(select(*(one.scalar_subquery() for one in asked))).one())


routes = [Route("/administration", overview, name="administration")]
