"""Every page there is, and an address where a reader finds it: from the table of routes.

A route with a parameter needs an entry in EXAMPLES, so a new kind of page says here which one of
its kind shows the most.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, NamedTuple

from httpx2 import Response as Answer
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.routing import Route

from channels.models import Channel, Departure, HeldMessage, Message
from community.files import File
from community.guardians import Guardianship
from community.invitations import models as invitations
from community.invitations.models import Invitation
from community.members.models import Member, Role
from community.notices.models import NoticeKind
from community.organisations.models import Mandate, Organisation
from community.restrictions import Restriction
from community.searches import KeptSearch
from community.tickets import Ticket, link_for
from forum.announcements.models import Announcement, Receipt
from forum.announcements.passes import Pass
from forum.announcements.versions import AnnouncementVersion
from forum.categories import Category
from forum.holding import HeldPost
from forum.manuscripts.models import Manuscript
from forum.responses.models import Response
from forum.tags import TopicTag
from forum.topics.models import Post, Topic
from moderation.models import REPORTABLE, Case, Decision, Flag
from moderation.notifiers import Notifier
from moderation.orders.models import Order
from moderation.proposals import Proposal, ProposalKind
from moderation.queue.canned import Canned
from moderation.reasons import Reason
from moderation.rules.models import WordRule
from tests.browsing import Browser
from web.acknowledging import acknowledgement_for
from web.unsubscribing import refusal_for

NO_PAGES = {"healthz", "readyz", "bell", "catch_up", "case_row", "read_topic", "service_worker"}
NO_PAGES |= {"channel_news", "thread_news", "unread_channels", "search_opened", "topic_card"}
NO_PAGES |= {"word_rules_list"}
NO_PAGES |= {"file", "small_file", "folded", "mentions", "similar", "started"}  # pieces of pages
NO_PAGES |= {"canned_offered", "order_paper", "announcement_row"}
NO_PAGES |= {"channel_mentions", "channel_draft", "topic_titles"}
NO_PAGES |= {"origin", "held_message", "held_post_refused"} | {
    f"hidden_{kind}" for kind in REPORTABLE
}  # lead on
NO_PAGES |= {"topic_feed", "topics_feed", "category_feed", "tag_feed", "record_feed"}
NO_PAGES |= {"export_markdown", "export_json", "numbers_sheet", "transparency_sheet"}
NO_PAGES |= {"sitemap", "sitemap_topics", "sitemap_categories", "sitemap_organisations", "robots"}
NO_PAGES |= {"new_template"}  # of something: see ALSO
NO_PAGES |= {"second_step"}  # is one for whoever has just given a password (test_two_steps.py)
AWAY = {"elsewhere", "come_back"}  # to another site and back: who goes again, has not arrived
BROKEN = "/rusak"  # fails, where a test has put such a route
TRIES = 12  # examples of a kind, until one may be seen

EXAMPLES: dict[str, Select[Any]] = {
    "topic": select(Topic.id).order_by(Topic.last_seq.desc()),
    "post": select(Post.id).order_by(Post.poll.is_(None), Post.rev.desc()),
    "channel": select(Channel.id).order_by(Channel.last_seq.desc()),
    "message": select(Message.id).order_by(Message.rev.desc()),
    "departure": select(Departure.id),
    "held": select(HeldMessage.id),
    "held_post": select(HeldPost.id).where(HeldPost.topic_id.is_(None)),
    "acknowledgement": select(Receipt)
    .join(Receipt.announcement)
    .where(Announcement.acknowledge_by.is_not(None))
    .order_by(Receipt.acknowledged_at.is_not(None), Receipt.announcement_id.desc()),
    "announcement": select(Announcement.id).order_by(Announcement.id.desc()),
    "manuscript": select(Manuscript.id).order_by(Manuscript.corrects_id.is_not(None)),
    "correction": select(Manuscript.id).where(Manuscript.corrects_id.is_not(None)),
    "response": select(Response.id).order_by(Response.id.desc()),
    "code": select(AnnouncementVersion.code).order_by(AnnouncementVersion.id.desc()),
    "case": select(Case.id).order_by(Case.closed_at.is_not(None), Case.flags.desc()),
    "decision": select(Decision.id).order_by(Decision.ruling, Decision.id.desc()),
    "restriction": select(Restriction.id).where(Restriction.interim),
    "flag": select(Flag.id).order_by(Flag.id.desc()),
    "category": select(Category.id).order_by(Category.restricted.desc()),
    "member": select(Member.id).order_by(Member.role == Role.ADMINISTRATOR, Member.role.desc()),
    "reason": select(Reason.code).order_by(Reason.code),
    "tag": select(TopicTag.tag),
    "notifier": select(Notifier.id),
    "text": select(Canned.id),
    "word_rule": select(WordRule.id),
    "slug": select(Category.slug).order_by(Category.id),
    "file": select(File.id),
    "invitation": select(Invitation.id).order_by(Invitation.used.desc()),
    "guardianship": select(Guardianship.id),
    "link": select(Invitation).order_by(Invitation.used),
    "organisation": select(Organisation.id).order_by(Organisation.level.desc()),
    "order": select(Order.id),
    "proposal": select(Proposal.id).where(Proposal.kind == ProposalKind.BULK),
    "mandate": select(Mandate.id).order_by(Mandate.ended_at.is_not(None)),
    "search": select(KeptSearch.id),
    "ticket": select(Ticket.id).order_by(Ticket.made_at),
    "proof": select(Member.id).order_by(Member.id),
}
PROVEN: dict[str, Callable[[bytes, Any], str]] = {  # not as they are stored
    "ticket": link_for,
    "guardianship": link_for,
    "link": invitations.link_for,
    "notifier": link_for,
    "acknowledgement": lambda key, receipt: _pass_for(key, receipt),
    "proof": lambda key, member: refusal_for(key, member, [NoticeKind.REPLY]),
}
ALSO = {  # pages that look different for a question
    "topics-none": "/topics?region=91.05&cluster=crafts&theme=tkdn",
    "topics-lens": "/topics?region=32.05",
    "search-found": "/search?q=kirim",
    "search-none": "/search?q=tidak-ada-kata-ini",
    "new-template": "/desk/templates/new?announcement=1",
    "new-announcement-template": "/announcements/new?template=1",
    "queue-decided": "/moderation?show=decided",
    "queue-none": "/moderation?theme=tkdn&cluster=crafts",
    "quoting": "/topics/1/quoting?channel=4&messages=1",
    "absent": "/tidak-ada",
    "link-over": "/reset/lama",
}
EXPECTED = {"absent": 404, "broken": 500, "link-over": 410}


class Page(NamedTuple):
    name: str  # of its route
    path: str
    html: str


def addresses(
    session: Session, app: Starlette, key: bytes, most: int = TRIES
) -> dict[str, list[str]]:
    """Of every GET route by its name, the most telling first. `key` proves links to be ours."""
    routes = [route for route in app.routes if isinstance(route, Route)]
    found = {
        route.name: list(_filled(session, route.path, key, most))
        for route in routes
        if "GET" in (route.methods or ()) and route.name not in AWAY
    }
    return found | {name: [path] for name, path in ALSO.items()}


async def pages_of(reader: Browser, known: dict[str, list[str]]) -> AsyncIterator[Page]:
    """Those this reader is shown, of each kind the first that they may see."""
    for name, paths in known.items():
        for path in paths:
            answer = await reader.get(path)
            if _is_a_page(answer, EXPECTED.get(name, 200)):
                yield Page(name, path, answer.text)
                break


def _pass_for(key: bytes, receipt: Receipt) -> str:
    shown = Pass(receipt.announcement_id, receipt.member_id, 0)
    return acknowledgement_for(key, str(shown)).rpartition("/")[2]


def _filled(session: Session, path: str, key: bytes, most: int) -> Iterable[str]:
    """The addresses of a route with at most one parameter."""
    parameter = re.search(r"{(\w+)(:\w+)?}", path)
    if parameter is None:
        return [path]
    examples = session.scalars(EXAMPLES[parameter[1]].limit(most))
    proven = PROVEN.get(parameter[1])
    shown = (proven(key, one) if proven else str(one) for one in examples)
    return [path.replace(parameter[0], one) for one in shown]


def _is_a_page(answer: Answer, status: int) -> bool:
    """As opposed to a fragment, a probe, a way to somewhere else or a refusal."""
    return answer.status_code == status and answer.text.startswith("<!doctype html>")
