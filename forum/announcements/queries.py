from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from community.clock import now
from community.errors import NotFound
from community.members.models import Member, MemberCluster
from community.members.queries import asked_by, built
from community.organisations.models import Mandate, Organisation
from community.organisations.queries import mandates_of
from community.places import Lens, regions_around, within
from community.policies import Verdict
from forum.announcements.answers import (
    Answer,
    answered_for,
    answers_by,
    spoken_in,
)
from forum.announcements.models import Announcement, Audience, Receipt
from forum.announcements.policies import may_correct, may_withdraw
from forum.announcements.readers import told_as_it_reads
from forum.announcements.standing import Standing, has_lapsed, in_force, standing_of
from forum.announcements.waiting import waiting_of

PAGE = 20
FEW = 5  # on the page of who published them


class ListedAnnouncement(NamedTuple):
    announcement: Announcement
    receipt: Receipt | None  # the reader's own, where it is for them
    overdue: bool
    ours: bool  # the reader speaks for who published it
    answered: bool = False  # by others, for all that the reader speaks for
    answers: Sequence[Answer] = ()  # of what the reader speaks for, where one page shows it
    standing: Standing = Standing.CURRENT
    done_before: datetime | None = None  # when the reader acknowledged an earlier version
    lapsed: bool = False  # the last day on which it held is over

    @property
    def waits(self) -> bool:
        """For the reader to acknowledge it."""
        asked = self.announcement.acknowledge_by is not None and self.standing == Standing.CURRENT
        if not asked:
            return False
        if any(answer.acknowledged_at is None for answer in self.answers):
            return True
        open = self.receipt is not None and self.receipt.acknowledged_at is None
        return open and not self.answered

    @property
    def may_correct(self) -> Verdict:
        return may_correct(self.announcement)

    @property
    def may_withdraw(self) -> Verdict:
        return may_withdraw(self.announcement)


class Board(NamedTuple):
    waiting: list[ListedAnnouncement]  # for the reader, the nearest deadline first
    listed: list[ListedAnnouncement]


def announcements_of(reader: Member | None) -> Select[Announcement]:
    """Public ones; for members also those they were told or whose organisation published them.
    What moderation has hidden is in no list."""
    return _whatever(reader).where(Announcement.hidden_at.is_(None))


def announcement_for(
    session: Session, reader: Member | None, announcement_id: int
) -> ListedAnnouncement:
    """What is hidden its author sees, and whoever moderates."""
    find = _whatever(reader).where(Announcement.id == announcement_id, _shown_to(reader))
    for found in _listed(session, reader, find):
        if reader is None or not found.announcement.by_organisation:
            return found
        theirs = [answer for answer, _mandate in answers_by(session, reader, announcement_id)]
        return found._replace(answers=theirs)
    raise NotFound


def announcement_read(session: Session, member: Member, announcement_id: int) -> Announcement:
    """As announcement_for, with nothing that is the member's own."""
    asked = asked_by(member) | {"announcement": announcement_id}
    announcement = session.scalar(_readable(member), asked)
    if announcement is None:
        raise NotFound
    if announcement.hidden_at and not (member.moderates or announcement.author_id == member.id):
        raise NotFound
    return announcement


def announcement_is_there(session: Session, reader: Member, id: int, _seq: int = 1) -> bool:
    found = announcements_of(reader).where(Announcement.id == id)
    return session.scalar(found.with_only_columns(Announcement.id)) is not None


def announcements_listed(
    session: Session, reader: Member | None, lens: Lens, before: int = 0, most: int = PAGE
) -> list[ListedAnnouncement]:
    """Those in force, the newest first; `before` is the id of the last one seen."""
    asked = asked_by(reader) | {"before": before, "most": most}
    return _drawn(session, reader, _page(reader, lens, before > 0, False), asked)


def past_announcements(
    session: Session, reader: Member | None, lens: Lens, before: int = 0
) -> list[ListedAnnouncement]:
    """Those withdrawn or expired, in the same order."""
    asked = asked_by(reader) | {"before": before, "most": PAGE}
    return _drawn(session, reader, _page(reader, lens, before > 0, True), asked)


def announcements_by(
    session: Session, reader: Member | None, organisation_id: int
) -> list[ListedAnnouncement]:
    """The latest that an organisation published, as far as the reader may see them."""
    theirs = announcements_of(reader).where(Announcement.organisation_id == organisation_id)
    return _listed(session, reader, theirs.order_by(Announcement.id.desc()).limit(FEW))


def board_of(session: Session, reader: Member | None, lens: Lens, before: int) -> Board:
    """The page of announcements. What waits for the reader stands above, whatever the lens."""
    listed = announcements_listed(session, reader, lens, before)
    if reader is None:
        return Board([], listed)
    waiting = [] if before else _drawn(session, reader, _waiting_here(reader), asked_by(reader))
    return Board(waiting, listed)


def receipt_of(session: Session, member: Member, announcement_id: int) -> Receipt | None:
    return session.get(Receipt, (announcement_id, member.id))


def receipt_for(session: Session, member: Member, announcement_id: int) -> Receipt:
    receipt = receipt_of(session, member, announcement_id)
    if receipt is None:
        raise NotFound
    return receipt


def targeted_by(audience: Audience, author: Member) -> Select[int]:
    """The ids of the members it is for, its author left out. Whoever has their region within the
    audience's, one of their clusters is its, and who speaks for an organisation of its kind, in its
    role. Not who was erased; who is suspended is told: they may be back before it is too late."""
    members = select(Member.id).where(
        Member.id != author.id, Member.erased_at.is_(None), within(Member.region, audience.region)
    )
    if audience.cluster:
        held = select(MemberCluster.member_id).where(MemberCluster.cluster == audience.cluster)
        members = members.where(Member.id.in_(held))
    if audience.kind or audience.role:
        members = members.where(Member.id.in_(spoken_in(audience)))
    return members


def _whatever(reader: Member | None) -> Select[Announcement]:
    """Hidden or not."""
    if reader is None:
        return select(Announcement).where(Announcement.public)
    return select(Announcement).where(
        or_(
            Announcement.public,
            *(Announcement.id.in_(told) for told in told_as_it_reads(reader)),
            published_by_us(reader),
        )
    )


@built
def _readable(member: Member) -> Select[Announcement]:
    """Asked with every acknowledgement, of which thousands come at once."""
    return _whatever(member).where(Announcement.id == bindparam("announcement"))


def _shown_to(reader: Member | None) -> ColumnElement[bool]:
    if reader is None:
        return Announcement.hidden_at.is_(None)
    if reader.moderates:
        return true()
    return or_(Announcement.hidden_at.is_(None), Announcement.author_id == reader.id)


def _listed(
    session: Session, reader: Member | None, found: Select[Announcement]
) -> list[ListedAnnouncement]:
    return _drawn(session, reader, _with_own(reader, found), asked_by(reader))


def _with_own(reader: Member | None, found: Select[Announcement]) -> Select[Any]:
    """In one statement, with what of each is the reader's own."""
    if reader is None:
        return found
    own = aliased(Receipt)
    mine = (own.announcement_id == Announcement.id) & (own.member_id == reader.id)
    answered = answered_for(reader.id)
    return found.outerjoin(own, mine).add_columns(own, published_by_us(reader), answered)


def _drawn(
    session: Session, reader: Member | None, found: Select[Any], asked: dict[str, Any]
) -> list[ListedAnnouncement]:
    if reader is None:
        return [
            ListedAnnouncement(
                one, None, False, False, standing=standing_of(one), lapsed=has_lapsed(session, one)
            )
            for one in session.scalars(found, asked)
        ]
    at = now(session)
    return [
        ListedAnnouncement(
            announcement=one,
            receipt=receipt,
            overdue=one.acknowledge_by is not None and one.acknowledge_by < at,
            ours=bool(ours),
            answered=bool(answered),
            standing=standing_of(one),
            lapsed=has_lapsed(session, one),
        )
        for one, receipt, ours, answered in session.execute(found, asked)
    ]


def speaking() -> Select[int, str]:
    """Who speaks for which kind of verified organisation, by live mandates."""
    return (
        select(Mandate.member_id, Organisation.kind)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .where(
            Mandate.live,
            Organisation.level > 0,
        )
    )


def published_by_us(member: Member) -> ColumnElement[bool]:
    ours = mandates_of(member).order_by(None).with_only_columns(Mandate.organisation_id)
    return Announcement.organisation_id.in_(ours)


def _concerns(lens: Lens) -> ColumnElement[bool]:
    """What is for the place, for a part of it, or for all that it lies in."""
    region = or_(
        Announcement.region.in_(regions_around(lens.region)),
        Announcement.region.startswith(f"{lens.region}."),
    )
    return and_(
        region if lens.region else true(),
        Announcement.cluster.in_(["", lens.cluster]) if lens.cluster else true(),
        Announcement.theme == lens.theme if lens.theme else true(),
    )


@built
def _page(reader: Member | None, lens: Lens, further: bool, past: bool) -> Select[Any]:
    """Of every list, so built only once."""
    meant = ~in_force() if past else in_force()
    most = bindparam("most", type_=Integer)
    listed = announcements_of(reader).order_by(Announcement.id.desc()).limit(most)
    listed = listed.where(_concerns(lens), meant)
    if further:
        listed = listed.where(Announcement.id < bindparam("before", type_=BigInteger))
    return _with_own(reader, listed)


@built
def _waiting_here(member: Member) -> Select[Any]:
    return _with_own(member, waiting_of(member))
