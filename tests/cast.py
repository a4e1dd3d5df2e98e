"""The town every test lives in.

Ada moderates, Eva is senior, Fay administers; Bo owns the brand Dodol, Cy is an independent member,
Dee an official of the harbour office, Gus speaks for an industry region.
"""

from datetime import timedelta

from channels.models import Channel, Membership
from community.clock import now
from community.database import Transaction
from community.members.actions import appoint_at_first, join
from community.members.models import Grace, Member, Role
from community.organisations.actions import found_organisation
from community.organisations.granting import give_mandate
from community.organisations.models import Kind, MandateRole, Organisation
from community.site import change_joining, found
from forum.categories import Admission, Category
from forum.topics.models import Topic
from tests.hashing import hash_password

ADA, BO, CY, DEE, EVA, FAY, GUS = 1, 2, 3, 4, 5, 6, 7
NAMES = {ADA: "Ada", BO: "Bo", CY: "Cy", DEE: "Dee", EVA: "Eva", FAY: "Fay", GUS: "Gus"}
QUAY, CABIN = 7, 8  # channels: public, private with Ada and Bo
MARKET, OFFICE = 1, 2  # categories: open, for government only
MOORING, LEDGER = 5, 6  # topics: in the market, in the office
HARBOUR_OFFICE, DODOL, LEATHER = 1, 2, 3  # organisations
BO_FOR_DODOL, DEE_FOR_OFFICE, GUS_FOR_LEATHER = 1, 2, 3  # mandates

PASSWORD = "tali-temali-kapal-91"
_HASH = hash_password(PASSWORD)


def move_in(tx: Transaction) -> None:
    found(tx)
    for id, name in NAMES.items():
        region = "32.05" if id in (BO, GUS) else ""
        member = join(tx, name=name, email=email(id), password_hash=_HASH, region=region,
                      clusters=("food",) if id == BO else ())  # fmt: skip
        assert member.id == id
        member.locale = "en"
    for id, role in ((ADA, Role.MODERATOR), (EVA, Role.SENIOR), (FAY, Role.ADMINISTRATOR)):
        appoint_at_first(tx, tx.get_one(Member, id), role)
    _organise(tx)
    for id in (ADA, DEE, EVA, FAY):  # were asked for a second step, and have a lot of time
        member = tx.get_one(Member, id)
        member.grace, member.grace_ends_at = Grace.BEGUN, now(tx) + timedelta(days=999)
    _open_the_forum(tx)
    open_channel(tx, QUAY, private=False)
    open_channel(tx, CABIN, private=True)


def email(member: int) -> str:
    return f"{NAMES[member].lower()}@harbour.test"


def open_channel(tx: Transaction, channel_id: int, *, private: bool = False) -> None:
    tx.add(Channel(id=channel_id, name="cabin" if private else "quay", private=private))
    tx.flush()
    joined = (ADA, BO) if private else (ADA, BO, CY)
    tx.add_all(Membership(channel_id=channel_id, member_id=one) for one in joined)


def hold_first(tx: Transaction, things: int, of: int = BO) -> None:
    """They are new here, and the first things that such write are held."""
    fay = tx.get_one(Member, FAY)
    change_joining(tx, fay, guardian_consent=False, approval=False, held_first=things)
    tx.get_one(Member, of).observed = True


def _organise(tx: Transaction) -> None:
    for id, kind, name in (
        (HARBOUR_OFFICE, Kind.GOVERNMENT, "Harbour Office"),
        (DODOL, Kind.BRAND, "Dodol"),
        (LEATHER, Kind.INDUSTRY_REGION, "Leather Lane"),
    ):
        slug = name.lower().replace(" ", "-")
        organisation = found_organisation(tx, slug=slug, kind=kind, name=name)
        assert organisation.id == id
        organisation.level, organisation.because = 2, "Papers were seen."
    for organisation_id, member in ((DODOL, BO), (HARBOUR_OFFICE, DEE), (LEATHER, GUS)):
        organisation = tx.get_one(Organisation, organisation_id)
        give_mandate(tx, tx.get_one(Member, member), organisation, MandateRole.OWNER)
        tx.flush()


def _open_the_forum(tx: Transaction) -> None:
    tx.add(Category(id=MARKET, slug="market", name="Market"))
    tx.add(Category(id=OFFICE, slug="office", name="Office", restricted=True))
    tx.flush()
    tx.add(Admission(category_id=OFFICE, holder="kind:government"))
    for id, category, title in ((MOORING, MARKET, "Where to moor"), (LEDGER, OFFICE, "The ledger")):
        tx.add(_topic(tx, id, category, title))


def _topic(tx: Transaction, id: int, category: int, title: str) -> Topic:
    starter = tx.get_one(Member, GUS)
    at = starter.joined_at
    return Topic(
        id=id, category_id=category, starter=starter, title=title, started_at=at, moved_at=at
    )
