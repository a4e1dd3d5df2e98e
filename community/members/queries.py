from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from math import ceil
from typing import Any, TypeVar, TypeVarTuple, cast

from sqlalchemy import BigInteger, Select, String, bindparam, false, func, select, true
from sqlalchemy.orm import Session, contains_eager

from community.clock import glance, now
from community.errors import NotFound, SignedOut, Unproven
from community.members.models import Appointment, Member, MemberCluster, Role, SignIn
from community.members.policies import may_administer
from community.places import Lens, within
from community.policies import require
from community.words import _

Reader = TypeVar("Reader", bound=Member | None)
Shape = TypeVarTuple("Shape")
Built = TypeVar("Built")

PAGE = 50
FEW = 20
SHAPES = 500  # of one query; the least used is built anew
SEEN_EVERY = timedelta(minutes=10)  # how exactly we know when a browser was last used
FRESH = timedelta(minutes=5)  # how long a proof of who they are opens what matters most (S25)

# Asked before everything else, so built only once.
_OPEN = (
    select(SignIn)
    .join(SignIn.member)
    .options(contains_eager(SignIn.member))
    .where(SignIn.ended_at.is_(None))
)
SIGNED_IN = _OPEN.where(SignIn.token_hash == bindparam("token_hash"))
# Whoever ends a sign-in or changes a member waits for us, or we see it: never in between.
STAYING = SIGNED_IN.with_for_update(read=True, of=(Member, SignIn))
SIGNED_IN_TOGETHER = _OPEN.where(SignIn.token_hash.in_(bindparam("token_hashes", expanding=True)))
STAYING_TOGETHER = (
    select(SignIn.token_hash, Member)
    .join(SignIn.member)
    .where(
        SignIn.token_hash.in_(bindparam("token_hashes", expanding=True)), SignIn.ended_at.is_(None)
    )
    .order_by(Member.id, SignIn.id)
    .with_for_update(read=True, of=(Member, SignIn))
)
# For what ends a sign-in: whoever acts by it commits first, or sees that it has ended. The member
# is not held: who waits for them alone is passed by all who share them, and may wait for long.
ENDING = SIGNED_IN.with_for_update(key_share=True, of=SignIn)
# For what changes the acting member: nobody else acts as them until we commit.
ALONE = SIGNED_IN.with_for_update(key_share=True, of=(Member, SignIn))
CLUSTERS = (
    select(MemberCluster.member_id, MemberCluster.cluster)
    .where(MemberCluster.member_id.in_(bindparam("members", expanding=True)))
    .order_by(MemberCluster.cluster)
)


class _Anyone:
    """Has of a member what queries ask; the values come when they are run."""

    id = bindparam("asker", type_=BigInteger)
    role = bindparam("asker_role", type_=String)

    def __init__(self, administers: bool) -> None:
        self.administers = administers


def anyone(administers: bool = False) -> Member:
    """Whom to build a query for that is built once, and run for everybody with asked_by()."""
    return cast(Member, _Anyone(administers))


def asked_by(reader: Member | None) -> dict[str, Any]:
    return {"asker": reader.id, "asker_role": reader.role} if reader else {}


def built(build: Callable[[Reader, *Shape], Built]) -> Callable[[Reader, *Shape], Built]:
    """A query for a reader, built once for each standing and shape, and run with asked_by().

    To put a query together takes longer than to run it, with many parts several times as long."""

    @lru_cache(SHAPES)
    def once(standing: bool | None, *shape: Any) -> Built:
        stand_in: Any = None if standing is None else anyone(standing)
        return build(stand_in, *shape)

    return lambda reader, *shape: once(reader.administers if reader else None, *shape)


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def sign_in_by(session: Session, token: str) -> SignIn:
    """With its member. Raises SignedOut where the token opens nothing any more."""
    return _found(session, SIGNED_IN, token)


def acting_by(session: Session, token: str) -> Member:
    return _found(session, STAYING, token).member


def acting_alone_by(session: Session, token: str) -> Member:
    return _found(session, ALONE, token).member


def proving_by(session: Session, token: str) -> Member:
    """As acting_by. Raises Unproven where they said too long ago who they are."""
    return _lately(session, _found(session, STAYING, token))


def proving_alone_by(session: Session, token: str) -> Member:
    return _lately(session, _found(session, ALONE, token))


def leaving_by(session: Session, token: str) -> Member:
    """With all their sign-ins held: what ends one of them must not have been ended itself."""
    sign_in = sign_in_by(session, token)
    if sign_in not in sign_ins_held(session, sign_in.member_id):
        raise SignedOut(_("Please sign in."))
    return sign_in.member


def actings_by(session: Session, tokens: Iterable[str]) -> dict[str, Member]:
    """The acting members of many tokens at once, held as acting_by does, by token."""
    of = {hash_of(token): token for token in tokens}
    held = session.execute(STAYING_TOGETHER, {"token_hashes": list(of)})
    return {of[token_hash]: member for token_hash, member in held}


def members_by(session: Session, token_hashes: Collection[str]) -> dict[str, Member]:
    """Of a batch of sign-ins, by their hash; one that has ended is not here."""
    sign_ins = session.scalars(SIGNED_IN_TOGETHER, {"token_hashes": list(token_hashes)})
    return {sign_in.token_hash: sign_in.member for sign_in in sign_ins}


def sign_ins_of(session: Session, member: Member) -> Sequence[SignIn]:
    """The open ones, last used first."""
    mine = select(SignIn).where(SignIn.member_id == member.id, SignIn.ended_at.is_(None))
    return session.scalars(mine.order_by(SignIn.seen_at.desc(), SignIn.id.desc())).all()


def sign_ins_held(session: Session, member_id: int) -> Sequence[SignIn]:
    """The open ones, to be ended; in order, so that two browsers that end each other take turns."""
    theirs = select(SignIn).where(SignIn.member_id == member_id, SignIn.ended_at.is_(None))
    held = theirs.order_by(SignIn.id).with_for_update(key_share=True)
    return session.scalars(held).all()


def long_unseen(session: Session, sign_in: SignIn) -> bool:
    """Whether it is time again to remember that this browser is in use."""
    return now(session) - sign_in.seen_at > SEEN_EVERY


def proven_lately(session: Session, sign_in: SignIn) -> bool:
    """Whether whoever sits at this browser proved to be the member a moment ago."""
    at = sign_in.proven_at
    return at is not None and glance(session) - at <= FRESH


def days_left(session: Session, member: Member) -> int:
    """Until powers without a second step rest; the last day counts as one."""
    left = member.grace_ends_at - now(session) if member.grace_ends_at else timedelta()
    return max(0, ceil(left / timedelta(days=1)))


def member_with_email(session: Session, email: str) -> Member | None:
    return session.scalar(select(Member).where(Member.email == email.strip().lower()))


def member_for(session: Session, _reader: Member, member_id: int) -> Member:
    """Members see each other; what they see is a matter of the page."""
    member = session.get(Member, member_id)
    if member is None:
        raise NotFound
    return member


def members_within(lens: Lens) -> Select[Member]:
    """Who lives in the region or a part of it, and is of the cluster. A theme is no member's."""
    inside = select(MemberCluster.member_id).where(MemberCluster.cluster == lens.cluster)
    return select(Member).where(
        within(Member.region, lens.region),
        Member.id.in_(inside) if lens.cluster else true(),
        false() if lens.theme else true(),
    )


def clusters_of(session: Session, member: Member) -> list[str]:
    return list(session.scalars(_clusters_of(member), asked_by(member)))


def clusters_by_member(session: Session, member_ids: Collection[int]) -> dict[int, list[str]]:
    """Of a batch of members."""
    found: dict[int, list[str]] = defaultdict(list)
    for member_id, cluster in session.execute(CLUSTERS, {"members": list(member_ids)}):
        found[member_id].append(cluster)
    return found


@built
def _clusters_of(member: Member) -> Select[str]:
    mine = select(MemberCluster.cluster).where(MemberCluster.member_id == member.id)
    return mine.order_by(MemberCluster.cluster)


def members_called(session: Session, words: str) -> Sequence[Member]:
    """A few whose names hold these words, for somebody who looks for one of them."""
    called = select(Member).where(Member.name.icontains(words.strip(), autoescape=True))
    return session.scalars(called.order_by(func.length(Member.name), Member.id).limit(FEW)).all()


def members_listed(
    session: Session, administrator: Member, words: str = "", after: int = 0
) -> Sequence[Member]:
    """A page of the member list, by id; `words` is part of a name or an address."""
    require(may_administer(administrator))
    listed = select(Member).where(Member.id > after).order_by(Member.id).limit(PAGE)
    if words:
        listed = listed.where(
            Member.name.icontains(words, autoescape=True)
            | Member.email.icontains(words, autoescape=True)
        )
    return session.scalars(listed).all()


def appointments_of(session: Session, member: Member) -> Sequence[Appointment]:
    """All there ever were, the newest first."""
    theirs = select(Appointment).where(Appointment.member_id == member.id)
    return session.scalars(theirs.order_by(Appointment.id.desc())).all()


def administrators(session: Session, *, but: Member) -> int:
    """How many others can come in: what they may do may rest, as they wake it themselves."""
    count = select(func.count()).where(
        Member.granted == Role.ADMINISTRATOR, Member.suspended_until.is_(None), Member.id != but.id
    )
    return session.scalars(count).one()


def sign_ins_ever(session: Session, member: Member) -> int:
    """How often they have signed in; where from is their own business."""
    ever = select(func.count()).where(SignIn.member_id == member.id)
    return session.scalars(ever).one()


def live_appointment_of(session: Session, member: Member) -> Appointment | None:
    return session.scalar(
        select(Appointment).where(
            Appointment.member_id == member.id, Appointment.ended_at.is_(None)
        )
    )


def _lately(session: Session, sign_in: SignIn) -> Member:
    if not proven_lately(session, sign_in):
        raise Unproven(_("Please show once more that it is you. Nothing you filled in is lost."))
    return sign_in.member


def _found(session: Session, sign_ins: Select[SignIn], token: str) -> SignIn:
    sign_in = session.scalar(sign_ins, {"token_hash": hash_of(token)})
    if sign_in is None:
        raise SignedOut(_("Please sign in."))
    return sign_in
