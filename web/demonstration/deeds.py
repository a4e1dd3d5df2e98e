"""What the members did besides writing, as deeds with their moments."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.actions import Founding, register
from community.organisations.granting import offer_mandate
from community.organisations.models import MandateRole
from community.verification import Shown
from forum.announcements.acknowledging import acknowledge
from forum.announcements.models import Announcement, Audience, Draft
from forum.manuscripts.actions import approve, hand_in, write
from forum.manuscripts.correcting import write_correction
from forum.manuscripts.models import Correction, Manuscript
from forum.topics.models import Post
from moderation.actions import flag, held
from moderation.decisions.applications import ask_back, ask_for_verification
from moderation.decisions.claiming import claim
from moderation.decisions.deciding import Judgement, decide
from moderation.measures import LASTING, Act, MeasureKind
from moderation.models import Ruling
from moderation.subjects import Entry, kind_of
from web.demonstration import content
from web.demonstration.asking import asked, enclosed
from web.demonstration.cast import Cast
from web.demonstration.content import Said

Deed = tuple[datetime, Callable[[Transaction], object]]

REPORTING = timedelta(minutes=25)  # after what is reported, and after the report before
CLAIMING = timedelta(minutes=9)  # between two steps of a moderator
FOR_LONG = timedelta(days=365)
ACKNOWLEDGING = timedelta(hours=5)  # from one to the next


def noticed(cast: Cast, posts: Mapping[Said, Post]) -> Iterator[Deed]:
    """Whoever was answered was told so, and read it at their last visit."""
    visits = {
        cast.members[one.handle].id: cast.last_visit(one.handle) for one in cast.given.members
    }
    for post in posts.values():
        if post.parent and post.parent.author_id != post.author_id:
            seen = post.written_at <= visits[post.parent.author_id]
            yield post.written_at, partial(_tell, post.parent.author_id, post, seen)


def announced(cast: Cast) -> Iterator[Deed]:
    for number, one in enumerate(cast.given.announcements, 1):
        moment = cast.today - timedelta(days=one.days_ago)
        published: list[int] = []  # its id, once it is
        yield moment, partial(_publish, cast, one, f"announcement-{number}", published)
        yield from asked(cast, one, f"announcement-{number}", moment, published)
        for nth, it in enumerate(one.corrected):
            key = f"announcement-{number}-{nth}"
            at = cast.today - timedelta(days=it.days_ago)
            yield at, partial(_correct, cast, one, it, key, published)
        for which, handle in enumerate(one.acknowledged_by):
            moment += ACKNOWLEDGING
            said = "" if which else one.said
            yield moment, partial(_acknowledge, cast.members[handle], published, said)


def applied(cast: Cast) -> Iterator[Deed]:
    """Organisations that wait to be verified, and mandates that wait to be accepted."""
    for one in cast.given.applications:
        moment = cast.today - timedelta(days=one.days_ago)
        numbers: list[int] = []  # the case's, once it is open
        yield moment, partial(_apply, cast, one, numbers)
        if one.question:
            yield moment + REPORTING, partial(_ask_back, cast, one, numbers)
    for offer in cast.given.offers:
        yield cast.today - timedelta(days=offer.days_ago), partial(_offer, cast, offer)


def _apply(cast: Cast, one: content.Application, numbers: list[int], tx: Transaction) -> None:
    owner = cast.members[one.by]
    founding = Founding(one.kind, one.name, one.about, one.region, one.clusters)
    organisation = register(tx, owner, founding)
    shown = Shown(one.words.strip(), one.nib)
    numbers.append(ask_for_verification(tx, owner, organisation.id, shown).id)


def _ask_back(cast: Cast, one: content.Application, numbers: list[int], tx: Transaction) -> None:
    moderator = cast.members[one.asked_by]
    case = held(tx, moderator, numbers[0])
    claim(tx, moderator, case.id, version=case.version)
    ask_back(tx, moderator, case.id, one.question, version=case.version)


def _offer(cast: Cast, offer: content.Offer, tx: Transaction) -> None:
    organisation = cast.mandates[offer.by, offer.organisation].organisation_id
    member = cast.members[offer.member]
    offer_mandate(tx, cast.members[offer.by], organisation, member.id, MandateRole.SPEAKER)


def _tell(member_id: int, post: Post, seen: bool, tx: Transaction) -> None:
    about = {"actor": post.author.name, "title": post.topic.title}
    tx.add(
        Notice(
            member_id=member_id,
            kind=NoticeKind.REPLY,
            about=about,
            link=f"/posts/{post.id}",
            stream=post.topic.address,
            seq=post.seq,
            sent_at=now(tx),
            read_at=now(tx) if seen else None,
        )
    )


def _publish(
    cast: Cast, one: content.Announcement, key: str, published: list[int], tx: Transaction
) -> None:
    until = now(tx) + timedelta(days=one.acknowledge_in) if one.acknowledge_in else None
    draft = Draft(
        title=one.title,
        body=one.body.strip(),
        audience=Audience(one.region, one.cluster, one.kind),
        public=one.public,
        acknowledge_by=until,
        discussion=one.discussion,
        by_organisation=one.by_organisation,
    )
    mandate = cast.mandates[one.by, one.organisation]
    official = cast.members[one.by]
    along = enclosed(tx, official, one)
    manuscript = write(tx, official, mandate.id, draft, key=key, along=along)
    _come(cast, one, manuscript, tx)
    assert manuscript.became_id
    published.append(manuscript.became_id)


def _correct(
    cast: Cast, one: content.Announcement, it: content.Corrected, key: str, published: list[int],
    tx: Transaction,
) -> None:  # fmt: skip
    official, announcement = cast.members[one.by], tx.get_one(Announcement, published[0])
    assert it.was in announcement.body
    draft = announcement.draft._replace(body=announcement.body.replace(it.was, it.now))
    correction = Correction(draft, it.because, material=False, of_version=announcement.version)
    manuscript = write_correction(tx, official, announcement.id, correction, key=key)
    if it.published:
        tx.forget_turns()
        _come(cast, one, manuscript, tx)


def _come(cast: Cast, one: content.Announcement, manuscript: Manuscript, tx: Transaction) -> None:
    """Approved by a colleague, where that is asked for."""
    manuscript = hand_in(tx, cast.members[one.by], manuscript.id, version=manuscript.version)
    if manuscript.became_id is None:
        other = cast.colleague_of(cast.mandates[one.by, one.organisation])
        tx.forget_turns()
        approve(tx, other, manuscript.id, version=manuscript.version)


def _acknowledge(member: Member, published: list[int], said: str, tx: Transaction) -> None:
    acknowledge(tx, member, published[0], said)


def judged(cast: Cast, written: Mapping[Said, Entry]) -> Iterator[Deed]:
    """What was reported, claimed and decided, one after another."""
    for case in cast.given.cases:
        entry = written[case]
        numbers: list[int] = []  # the case's, once it is open
        moment = entry.written_at
        for report in case.reports:
            moment += REPORTING
            yield moment, partial(_report, cast, entry, report, numbers)
        if case.state == "claimed":
            yield moment + CLAIMING, partial(_claim, cast, case.claimed_by, numbers)
        if case.state == "decided":
            moment = cast.today - timedelta(days=case.decided_days_ago)
            yield moment - CLAIMING, partial(_claim, cast, case.decided_by, numbers)
            yield moment, partial(_decide, cast, case, numbers)


def _report(
    cast: Cast, entry: Entry, report: content.Report, numbers: list[int], tx: Transaction
) -> None:
    member = cast.members[report.by]
    reported = flag(tx, member, kind_of(entry), entry.id, report.reason, report.note)
    numbers.append(reported.case_id)


def _claim(cast: Cast, handle: str, numbers: list[int], tx: Transaction) -> None:
    """For as long as the demonstration lasts: nobody sits at that page to renew it."""
    moderator = cast.members[handle]
    case = held(tx, moderator, numbers[0])
    claim(tx, moderator, case.id, version=case.version)
    case.lease_ends_at = cast.today + FOR_LONG


def _decide(cast: Cast, case: content.Case, numbers: list[int], tx: Transaction) -> None:
    moderator = cast.members[case.decided_by]
    kinds = [MeasureKind(one) for one in case.measures]
    acts = tuple(Act(kind, case.days if kind in LASTING else 0) for kind in kinds)
    judgement = Judgement(Ruling(case.ruling), case.reason, case.statement.strip(), acts=acts)
    held_case = held(tx, moderator, numbers[0])
    tx.forget_turns()
    decide(
        tx, moderator, held_case.id, judgement, version=held_case.version, key=f"case-{numbers[0]}"
    )
