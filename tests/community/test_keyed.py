"""Several columns looked up at once."""

from sqlalchemy.orm import Session

from channels.queries import ROLES, roles_of
from community.database import Database
from community.keyed import found
from tests.cast import ADA, BO, CABIN, CY, QUAY

ASKED = [(BO, QUAY), (ADA, CABIN), (CY, CABIN)]


async def test_who_is_in_which_of_two_channels_is_not_looked_up_for_each_in_both(
    db: Database,
) -> None:
    def there(session: Session) -> set[tuple[int, int]]:
        return {(member, channel) for member, channel, _role in found(session, ROLES, ASKED)}

    assert await db.look(there) == {(BO, QUAY), (ADA, CABIN)}
    assert set(await db.look(roles_of, ASKED)) == {(BO, QUAY), (ADA, CABIN)}
    assert await db.look(roles_of, []) == {}
