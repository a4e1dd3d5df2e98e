"""Talk among few that nobody has named is called by each by the others in it

Revision ID: called
Revises: refused_not_kept
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "called"
down_revision = "refused_not_kept"
branch_labels = None
depends_on = None

CHANNELS = sa.table(
    "channels",
    sa.column("id", sa.Integer),
    sa.column("parent_id", sa.Integer),
    sa.column("type", sa.String),
    sa.column("name", sa.String),
    sa.column("called", sa.JSON),
)
MEMBERSHIPS = sa.table("channel_memberships", sa.column("channel_id"), sa.column("member_id"))
MEMBERS = sa.table("members", sa.column("id"), sa.column("name"))
NAMED = 4  # of those in a group stand in its name


def upgrade() -> None:
    op.add_column("channels", sa.Column("called", sa.JSON(), nullable=False, server_default="{}"))
    rooms: dict[int, dict[int, str]] = defaultdict(dict)
    for room, member, name in op.get_bind().execute(_seated()):
        rooms[room][member] = name
    for room, names in rooms.items():
        called = {str(me): _joined(_but(names, me)) for me in names}
        here = (CHANNELS.c.id == room) | (CHANNELS.c.parent_id == room)
        unnamed = CHANNELS.c.name == _joined([*names.values()])
        op.execute(CHANNELS.update().where(here, unnamed).values(called=called))


def downgrade() -> None:
    op.drop_column("channels", "called")


def _seated() -> sa.Select[Any]:
    theirs = MEMBERSHIPS.c.channel_id == CHANNELS.c.id
    seated = sa.select(CHANNELS.c.id, MEMBERS.c.id, MEMBERS.c.name).select_from(CHANNELS)
    seated = seated.join(MEMBERSHIPS, theirs).join(MEMBERS, MEMBERS.c.id == MEMBERSHIPS.c.member_id)
    return seated.where(CHANNELS.c.type.in_(["direct", "group"])).order_by(MEMBERS.c.id)


def _but(names: dict[int, str], me: int) -> Sequence[str]:
    return [name for id, name in names.items() if id != me] or [names[me]]


def _joined(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    few = ", ".join(names[:NAMED])
    return f"{few} +{more}" if more > 0 else few
