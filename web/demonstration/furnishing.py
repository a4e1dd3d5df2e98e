"""Moves the demonstration community in, as if its past had happened.

What a handful of members did goes through the verbs they would use, at the moment they did it: the
transaction's clock is set before each deed. The thousand things they wrote are rows, numbered as
the verbs would have numbered them.
"""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from channels.direct import names_by
from channels.models import Channel, ChannelRole, ChannelType, Membership
from community.clock import now
from community.database import Transaction
from community.members.actions import appoint_at_first, join
from community.members.models import Role
from community.organisations.actions import found_organisation
from community.organisations.granting import give_mandate
from community.organisations.models import Organisation
from community.site import found, site_of
from forum.categories import Admission, Category
from web.demonstration import content
from web.demonstration.cast import FOUNDED, VERIFIED, Cast
from web.demonstration.content import DOMAIN, Content
from web.demonstration.deeds import Deed, announced, applied, judged, noticed
from web.demonstration.gathering import gathered
from web.demonstration.offices import desks
from web.demonstration.writing import write_messages, write_posts
from web.reindexing import reindex


def furnish(tx: Transaction, given: Content, password_hash: str) -> None:
    found(tx)
    cast = Cast(today=now(tx), given=given)
    set_clock(tx, cast.today - FOUNDED)
    move_in(tx, cast, password_hash)
    open_rooms(tx, cast)
    posts, messages = write_posts(tx, cast), write_messages(tx, cast)
    live(
        tx,
        [
            *noticed(cast, posts),
            *gathered(cast, posts),
            *announced(cast),
            *desks(cast),
            *applied(cast),
            *judged(cast, {**posts, **messages}),
        ],
    )
    set_clock(tx, cast.today)
    site_of(tx).demonstration = True
    reindex(tx)  # what was written as rows, too, and all in the order of its moments


def live(tx: Transaction, deeds: Iterable[Deed]) -> None:
    """In the order of their moments, so that notices stand in the order they came."""
    for moment, deed in sorted(deeds, key=lambda one: one[0]):
        set_clock(tx, moment)
        deed(tx)


def set_clock(tx: Transaction, moment: datetime) -> None:
    """What clock.now answers from here on. Nobody else is here, so locks may be in any order."""
    tx.info["now"] = moment
    tx.forget_turns()


def move_in(tx: Transaction, cast: Cast, password_hash: str) -> None:
    organisations = {one.slug: _founded(tx, cast, one) for one in cast.given.organisations}
    for one in cast.given.members:
        member = cast.members[one.handle] = join(
            tx, name=one.name, email=f"{one.handle}@{DOMAIN}", password_hash=password_hash,
            region=one.region, clusters=one.clusters,
        )  # fmt: skip
        for mandate in one.mandates:
            organisation = organisations[mandate.organisation]
            cast.mandates[one.handle, mandate.organisation] = give_mandate(
                tx, member, organisation, mandate.role
            )
        if one.role != Role.MEMBER:
            tx.forget_turns()
            appoint_at_first(tx, member, one.role)
    tx.flush()


def open_rooms(tx: Transaction, cast: Cast) -> None:
    for position, one in enumerate(cast.given.categories, 1):
        category = cast.categories[one.slug] = Category(
            slug=one.slug, name=one.name, about=one.about, position=position,
            restricted=bool(one.holders), **one.place._asdict(),
        )  # fmt: skip
        tx.add(category)
        tx.flush()
        tx.add_all(Admission(category_id=category.id, holder=holder) for holder in one.holders)
    for slug, room in cast.given.channels.items():
        channel = cast.channels[slug] = _opened(cast, room)
        tx.add(channel)
        tx.flush()
        for handle in room.members:
            member_id = cast.members[handle].id
            role = ChannelRole.HOST if handle in room.hosts else ChannelRole.MEMBER
            joined = Membership(channel_id=channel.id, member_id=member_id, read_seq=0, role=role)
            cast.joined[slug, handle] = joined
            tx.add(joined)


def _opened(cast: Cast, room: content.Channel) -> Channel:
    people = sorted((cast.members[handle] for handle in room.members), key=attrgetter("id"))
    name, called = (room.name, {}) if room.name else names_by(people)
    return Channel(
        type=room.type,
        name=name,
        called=called,
        about=room.about,
        notice=room.notice,
        private=room.private,
        announcing=room.announcing,
        state=room.state,
        slow_seconds=room.slow_seconds,
        keep_days=room.keep_days,
        pair=":".join(str(one.id) for one in people) if room.type == ChannelType.DIRECT else None,
        **room.place._asdict(),
    )


def _founded(tx: Transaction, cast: Cast, one: content.Organisation) -> Organisation:
    organisation = found_organisation(
        tx, slug=one.slug, kind=one.kind, name=one.name, region=one.region, clusters=one.clusters
    )
    organisation.level, organisation.because = one.level, one.because
    organisation.verified_until = cast.today + VERIFIED
    return organisation
