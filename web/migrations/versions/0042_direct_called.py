"""A direct room is called by the other, whoever of the two began it

Its name held both as they stood when it began, in whichever order; 0040 knew it only in one.

Revision ID: direct_called
Revises: versions_since
"""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "direct_called"
down_revision = "versions_since"
branch_labels = None
depends_on = None

CHANNELS = sa.table(
    "channels",
    sa.column("id", sa.Integer),
    sa.column("parent_id", sa.Integer),
    sa.column("type", sa.String),
    sa.column("called", sa.JSON),
)
MEMBERSHIPS = sa.table("channel_memberships", sa.column("channel_id"), sa.column("member_id"))
MEMBERS = sa.table("members", sa.column("id"), sa.column("name"))


def upgrade() -> None:
    rooms: dict[int, dict[int, str]] = defaultdict(dict)
    for room, member, name in op.get_bind().execute(_seated()):
        rooms[room][member] = name
    for room, names in rooms.items():
        called = {str(me): name for me in names for id, name in names.items() if id != me}
        here = (CHANNELS.c.id == room) | (CHANNELS.c.parent_id == room)
        op.execute(CHANNELS.update().where(here).values(called=called))


def downgrade() -> None:
    """What they are called stays right."""


def _seated() -> sa.Select[Any]:
    theirs = MEMBERSHIPS.c.channel_id == CHANNELS.c.id
    seated = sa.select(CHANNELS.c.id, MEMBERS.c.id, MEMBERS.c.name).select_from(CHANNELS)
    seated = seated.join(MEMBERSHIPS, theirs).join(MEMBERS, MEMBERS.c.id == MEMBERSHIPS.c.member_id)
    return seated.where(CHANNELS.c.type == "direct")
