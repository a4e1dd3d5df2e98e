"""How each event looks to a tab: one function per event, called once per process and language.

What is personal ("is this mine?") is decided in the browser from data attributes, so that one frame
serves everybody.
"""

from functools import singledispatch

from channels.events import (
    ChannelChanged,
    HeldChanged,
    MembershipBegun,
    MembershipEnded,
    MessageChanged,
    ReadingMoved,
    RoomParted,
    SpeakingChanged,
)
from community.bus import Event
from community.members.events import SignInEnded, StandingChanged
from community.notices.events import AudienceTold, NoticesChanged
from community.site import SiteChanged
from community.words import _
from forum.announcements.events import (
    AnnouncementAcknowledged,
    AnnouncementChanged,
    AnnouncementHidden,
    AnnouncementPublished,
)
from forum.categories import CategoryRestricted
from forum.holding import HeldPostChanged
from forum.moving.events import TopicEmptied, TopicMerged, TopicRearranged, TopicRestricted
from forum.timeline import LineWritten
from forum.topics.events import PostChanged, TopicChanged, TopicStarted
from moderation.events import CaseChanged
from web.frames import (
    RESTARTING,
    SIGN_IN,
    STANDING_CHANGED,
    Append,
    Changed,
    Frame,
    HangUp,
    Put,
    Refresh,
    Remove,
    Revoked,
    Unseen,
)
from web.pages import drawn, drawn_once, fragment
from web.presence import PresenceTold, Typing
from web.streams import NewsTold, news_of
from web.words import said_in

STAMPEDE = 10  # seconds over which the tabs of an audience ask for what is personal


@singledispatch
def draw(event: Event, locale: str) -> Frame:
    raise NotImplementedError(type(event).__name__)


@draw.register
def message_changed(event: MessageChanged, locale: str) -> Frame:
    html = drawn(locale, "channels/message.html", event)
    return Put(stream=event.address, rev=event.rev, html=html, quoted=_quoted(event, locale))


def _quoted(event: MessageChanged, locale: str) -> str | None:
    if (quote := event.quote) is None:
        return None
    about = {"quote": quote, "address": event.address}
    return drawn_once(locale, "channels/quote.html", quote.stamp, **about)


@draw.register
def channel_changed(event: ChannelChanged, locale: str) -> Frame:
    html = fragment(locale, "channels/heading.html", name=event.name, rev=event.rev,
                    otherwise=event.otherwise)  # fmt: skip
    return Put(stream=event.address, rev=event.rev, target="stream-heading", html=html)


@draw.register
def speaking_changed(event: SpeakingChanged, locale: str) -> Frame:
    return Refresh(target="composer")


@draw.register
def held_changed(event: HeldChanged, locale: str) -> Frame:
    return Refresh(target=f"held-{event.channel}")


@draw.register
def held_post_changed(event: HeldPostChanged, locale: str) -> Frame:
    return Refresh(target=f"held-{event.stands_in}")


@draw.register
def room_parted(event: RoomParted, locale: str) -> Frame:
    return Unseen(stream=event.channel)


@draw.register
def membership_ended(event: MembershipEnded, locale: str) -> Frame:
    return Revoked(stream=event.channel)


@draw.register
def membership_begun(event: MembershipBegun, locale: str) -> Frame:
    return Changed(stream=news_of(f"channel:{event.channel_id}"), rev=0)


@draw.register
def news_told(event: NewsTold, locale: str) -> Frame:
    return Changed(stream=event.address, rev=event.rev)


@draw.register
def reading_moved(event: ReadingMoved, locale: str) -> Frame:
    return Refresh(target="unread-channels")


@draw.register
def post_changed(event: PostChanged, locale: str) -> Frame:
    html = drawn(locale, "forum/post.html", event)
    return Put(stream=event.address, rev=event.rev, html=html)


@draw.register
def topic_changed(event: TopicChanged, locale: str) -> Frame:
    html = fragment(locale, "forum/heading.html", topic=event)
    return Put(stream=event.address, rev=event.rev, target="stream-heading", html=html)


@draw.register
def line_written(event: LineWritten, locale: str) -> Frame:
    html = fragment(locale, "forum/line.html", line=event)
    return Put(stream=event.address, rev=event.rev, target=event.address, html=html)


@draw.register
def topic_started(event: TopicStarted, locale: str) -> Frame:
    return Append(target="new-topics", html=fragment(locale, "forum/started.html", started=event))


@draw.register
def announcement_published(event: AnnouncementPublished, locale: str) -> Frame:
    return Append(target="toasts", html=fragment(locale, "forum/announced.html", announced=event))


@draw.register
def announcement_hidden(event: AnnouncementHidden, locale: str) -> Frame:
    return Remove(target=f"announced-{event.announcement_id}")


@draw.register
def announcement_changed(event: AnnouncementChanged, locale: str) -> Frame:
    return Refresh(target=f"announcement-{event.announcement_id}", within=STAMPEDE)


@draw.register
def announcement_acknowledged(event: AnnouncementAcknowledged, locale: str) -> Frame:
    return Refresh(target=f"progress-{event.announcement_id}", within=1)


@draw.register
def case_changed(event: CaseChanged, locale: str) -> Frame:
    html = fragment(locale, "moderation/changed.html", change=event)
    return Put(stream=event.address, rev=event.rev, target="case-changes", html=html)


@draw.register
def notices_changed(event: NoticesChanged, locale: str) -> Frame:
    return Put(target="bell", html=fragment(locale, "community/bell.html", count=event.unread))


@draw.register
def audience_told(event: AudienceTold, locale: str) -> Frame:
    return Refresh(target="bell", within=STAMPEDE)


@draw.register
def site_changed(event: SiteChanged, locale: str) -> Frame:
    return Put(target="site-banner", html=fragment(locale, "parts/banner.html", site=event))


@draw.register
def standing_changed(event: StandingChanged, locale: str) -> Frame:
    return HangUp(code=STANDING_CHANGED, reason="standing changed")


@draw.register
def category_restricted(event: CategoryRestricted, locale: str) -> Frame:
    return HangUp(code=RESTARTING, reason="rights changed; come back")


@draw.register
def topic_restricted(event: TopicRestricted, locale: str) -> Frame:
    return HangUp(code=RESTARTING, reason="rights changed; come back")


@draw.register
def topic_rearranged(event: TopicRearranged, locale: str) -> Frame:
    return Changed(stream=event.address, rev=event.rev)


@draw.register
def topic_merged(event: TopicMerged, locale: str) -> Frame:
    reason = said_in(
        locale, _("This topic was merged with another one. Load the page to go there.")
    )
    return Revoked(stream=event.stream, reason=reason)


@draw.register
def topic_emptied(event: TopicEmptied, locale: str) -> Frame:
    reason = said_in(locale, _("What stood here went back to the channel where it was said."))
    return Revoked(stream=event.stream, reason=reason)


@draw.register
def sign_in_ended(event: SignInEnded, locale: str) -> Frame:
    return HangUp(code=SIGN_IN, reason="signed out")


@draw.register
def presence_told(event: PresenceTold, locale: str) -> Frame:
    html = fragment(locale, "channels/present.html", told=event)
    return Put(target=f"present-{event.address}", html=html)


@draw.register
def typing(event: Typing, locale: str) -> Frame:
    html = fragment(
        locale,
        "channels/typing.html",
        name=event.name,
        member_id=event.member_id,
        staff=event.staff,
    )
    return Put(target=f"typing-{event.address}", html=html)
