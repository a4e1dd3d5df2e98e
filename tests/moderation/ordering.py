"""What stories about orders of authorities have in common."""

from uuid import uuid4

from community.database import Database
from moderation.orders.actions import Intake, take_in
from moderation.orders.models import Order
from moderation.orders.queries import Answer, answer_of
from tests.cast import FAY
from tests.moderation.reporting import as_

INTAKE = Intake(
    number="B-17/DJAI/2026",
    authority="Directorate of Harbours",
    ground="Law 11/2008, article 40",
    words="Take down what offers rope without a licence.",
    contact="+62 21 555 017",
    urgent=False,
    addresses=(),
    verified="Spoke to Mr Haji at the number in the public register.",
)


async def ordered(db: Database, *addresses: str, given: Intake = INTAKE) -> int:
    """The number of an order that names them."""
    order = await as_(db, FAY, take_in, given._replace(addresses=addresses), key=uuid4().hex)
    return order.id


async def answer(db: Database, order: int) -> Answer:
    return await db.look(lambda session: answer_of(session, session.get_one(Order, order)))
