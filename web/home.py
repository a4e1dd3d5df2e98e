"""Beranda: what waits for a member, and what a visitor may know of the community."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.listing import ListedChannel, unread_of
from community.members.models import Member
from community.members.queries import clusters_of
from community.notices.models import Notice
from community.notices.queries import unread_notices_of
from community.places import Lens
from forum.announcements.models import Announcement
from forum.announcements.queries import ListedAnnouncement, announcements_listed
from forum.announcements.waiting import waiting_for
from forum.listing import ListedTopic, Wanted, topics_listed, unread_topics_of
from forum.nearby import new_in_lens
from forum.topics.models import Topic
from web.doors import visiting
from web.pages import page

MOST = 5  # rows of one part; the rest is one step away


class Waiting(NamedTuple):
    """Of a member."""

    announcements: Sequence[Announcement]
    topics: Sequence[ListedTopic]
    channels: Sequence[ListedChannel]
    notices: Sequence[Notice]
    nearby: Sequence[Topic]
    clusters: Sequence[str]

    @property
    def nothing(self) -> bool:
        return not (self.announcements or self.topics or self.channels or self.notices)


class Newest(NamedTuple):
    """What everybody may read."""

    topics: Sequence[ListedTopic]
    announcements: Sequence[ListedAnnouncement]


async def home(request: Request) -> Response:
    seen = await visiting(request, _beranda)
    if seen.member:
        return page(request, "community/home.html", seen)
    return page(request, "community/welcome.html", seen)


def _beranda(session: Session, reader: Member | None) -> Waiting | Newest:
    return _waiting(session, reader) if reader else _newest(session)


def _waiting(session: Session, member: Member) -> Waiting:
    clusters = clusters_of(session, member)
    return Waiting(
        announcements=waiting_for(session, member)[:MOST],
        topics=unread_topics_of(session, member, MOST),
        channels=unread_of(session, member, MOST),
        notices=unread_notices_of(session, member, MOST),
        nearby=new_in_lens(session, member, clusters, MOST),
        clusters=clusters,
    )


def _newest(session: Session) -> Newest:
    return Newest(
        topics_listed(session, None, Wanted(), most=MOST),
        announcements_listed(session, None, Lens(), most=MOST),
    )


routes = [Route("/", home, name="home")]
