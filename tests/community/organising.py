"""What the stories of organisations have in common: one that is registered, shown, handed over."""

from datetime import timedelta

from community.clock import now
from community.database import Database, Transaction
from community.notices.models import Notice, NoticeKind
from community.organisations import actions
from community.organisations.actions import Founding, lapse_verifications
from community.organisations.granting import accept_mandate, lay_down, offer_mandate
from community.organisations.models import Kind, Mandate, MandateRole, Organisation
from community.verification import Shown
from moderation.decisions.applications import ask_for_verification
from moderation.decisions.deciding import Judgement
from moderation.models import Case, Ruling
from tests.cast import BO, CY, DODOL, GUS
from tests.moderation.reporting import as_, rows

OWNER, SPEAKER = MandateRole.OWNER, MandateRole.SPEAKER
CANE = Founding(Kind.BRAND, "Rotan Rajut Cy", "Baskets.", "32.05", ("crafts",))
DINAS = Founding(Kind.GOVERNMENT, "Dinas Pelabuhan", region="32")
PAPERS = Shown("We weave behind the mosque since 1998.", nib="1234567890123")
GRANT = Judgement(Ruling.GRANT, "organisation", "The NIB was looked up.", level=2, months=12)
REFUSE = Judgement(Ruling.REFUSE, "organisation", "The number is somebody else's.")


async def applied(db: Database) -> tuple[Organisation, Case]:
    cane = await as_(db, CY, actions.register, CANE)
    return cane, await as_(db, CY, ask_for_verification, cane.id, PAPERS)


async def given(db: Database, member: int, role: MandateRole) -> int:
    offer = await as_(db, BO, offer_mandate, DODOL, member, role)
    await as_(db, member, accept_mandate, offer.id)
    return offer.id


async def handed_over(db: Database, organisation: int) -> None:
    """From Cy to Gus."""
    offer = await as_(db, CY, offer_mandate, organisation, GUS, OWNER)
    await as_(db, GUS, accept_mandate, offer.id)
    await as_(db, CY, lay_down, await mandate_of(db, CY, organisation))


async def mandate_of(db: Database, member: int, organisation: int) -> int:
    wanted = (member, organisation)
    every = await rows(db, Mandate)
    return next(one.id for one in every if (one.member_id, one.organisation_id) == wanted)


async def told(
    db: Database, member: int, kind: NoticeKind = NoticeKind.APPLICATION
) -> list[Notice]:
    every = await rows(db, Notice)
    return [one for one in every if one.member_id == member and one.kind == kind]


def verify(tx: Transaction, id: int) -> None:
    until = now(tx) + timedelta(days=1)
    actions.verify(tx, tx.get_one(Organisation, id), 1, "Papers were seen.", until=until)


def lapse(tx: Transaction, organisation: int) -> None:
    tx.get_one(Organisation, organisation).verified_until = now(tx)
    lapse_verifications(tx)
