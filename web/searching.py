"""What one box looks for: everything the floors below have, as one reader sees it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.orm import Session

from channels.searching import messages_found
from community.finding import meant, members_found, organisations_found
from community.members.models import Member
from community.search.models import Order
from community.search.queries import MOST, Asked, Candidate, Found, Source, candidates, shown
from community.searches import KeptSearch
from community.wanted import Wanted, read
from forum.searching import announcements_found, posts_found, replies_found, topics_found

PAGE = 20
LATELY = timedelta(days=1)  # as long as a letter of news may be on its way

Floor = Callable[[Session, Member | None, Wanted], list[Source]]


class Part(StrEnum):
    """Of everything."""

    ALL = ""
    TOPICS = "topics"
    REPLIES = "replies"
    MESSAGES = "messages"
    ANNOUNCEMENTS = "announcements"
    PEOPLE = "people"
    ORGANISATIONS = "organisations"


FLOORS: dict[Part, Sequence[Floor]] = {
    Part.ALL: (
        posts_found,
        messages_found,
        announcements_found,
        members_found,
        organisations_found,
    ),
    Part.TOPICS: (topics_found,),
    Part.REPLIES: (replies_found,),
    Part.MESSAGES: (messages_found,),
    Part.ANNOUNCEMENTS: (announcements_found,),
    Part.PEOPLE: (members_found,),
    Part.ORGANISATIONS: (organisations_found,),
}


class Results(NamedTuple):
    found: Sequence[Found]
    total: int | None = None  # MOST + 1 means: and more; None on later pages
    last: int | None = None  # the entry after which more follow


def sources_of(
    session: Session, reader: Member | None, wanted: Wanted, part: Part = Part.ALL
) -> list[Source]:
    known = meant(session, wanted)
    return [source for floor in FLOORS[part] for source in floor(session, reader, known)]


def results_for(
    session: Session,
    reader: Member | None,
    wanted: Wanted,
    part: Part = Part.ALL,
    order: Order = Order.NEWEST,
    after: int = 0,
) -> Results:
    """A page of them, that after an entry."""
    if wanted.nothing:
        return Results([])
    sources = sources_of(session, reader, wanted, part)
    if order == Order.NEWEST and after:
        older = Asked(wanted.terms, before=after)
        return _results(session, candidates(session, older, sources, PAGE + 1), sources)
    every = candidates(session, Asked(wanted.terms, order), sources)
    at = next((n for n, one in enumerate(every, 1) if one.entry == after), 0)
    found = _results(session, every[:MOST][at:], sources)
    return found if at else found._replace(total=len(every))


def is_new(session: Session, member: Member, words: str, during: tuple[datetime, datetime]) -> bool:
    """Whether others wrote something then that the member would find now."""
    wanted = read(words)
    sources = sources_of(session, member, wanted)
    newest = candidates(session, Asked(wanted.terms, during=during), sources, PAGE)
    return any(one.author_id != member.id for one in shown(session, newest, sources))


def is_still_new(session: Session, member: Member, id: int, _seq: int = 1) -> bool:
    """For what is told later: of what was found may be nothing left by now."""
    kept = session.get(KeptSearch, id)
    if kept is None or kept.member_id != member.id:
        return False
    lately = (kept.looked_until - LATELY, kept.looked_until)
    return is_new(session, member, kept.words, lately)


def _results(session: Session, left: Sequence[Candidate], sources: Sequence[Source]) -> Results:
    here = left[:PAGE]
    return Results(shown(session, here, sources), last=here[-1].entry if len(left) > PAGE else None)
