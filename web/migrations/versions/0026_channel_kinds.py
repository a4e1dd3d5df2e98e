"""Channels have kinds, states and settings, their members a role; messages answer, and hold more

Revision ID: channel_kinds
Revises: conclusions
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "channel_kinds"
down_revision = "conclusions"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
CHANNELS = sa.table("channels", sa.column("state"), sa.column("archived_at", MOMENT))


def upgrade() -> None:
    with op.batch_alter_table("channels") as channels:
        channels.add_column(_text("type", "channel"))
        channels.add_column(_text("notice", ""))
        channels.add_column(_flag("announcing"))
        channels.add_column(_text("state", "open"))
        channels.add_column(sa.Column("slow_seconds", ID, nullable=False, server_default="0"))
        channels.add_column(sa.Column("keep_days", ID, nullable=False, server_default="0"))
        channels.add_column(sa.Column("pair", sa.String(), nullable=True))
        channels.add_column(sa.Column("parent_id", ID, nullable=True))
        channels.create_unique_constraint("uq_channels_pair", ["pair"])
        channels.create_foreign_key("fk_channels_parent_id", "channels", ["parent_id"], ["id"])
    op.create_index("ix_channels_parent_id", "channels", ["parent_id"])
    archived = CHANNELS.c.archived_at.is_not(None)
    op.execute(sa.update(CHANNELS).where(archived).values(state="archived"))
    op.drop_column("channels", "archived_at")
    with op.batch_alter_table("channel_memberships") as memberships:
        memberships.add_column(_text("role", "member"))
        memberships.add_column(_text("level", "all"))
        memberships.add_column(_flag("favourite"))
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("parent_id", ID, nullable=True))
        messages.add_column(sa.Column("thread_id", ID, nullable=True))
        messages.add_column(sa.Column("pinned_at", MOMENT, nullable=True))
        messages.add_column(sa.Column("reactions", sa.JSON(), nullable=False, server_default="{}"))
        messages.add_column(
            sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]")
        )
        messages.create_foreign_key("fk_messages_parent_id", "messages", ["parent_id"], ["id"])
        messages.create_foreign_key("fk_messages_thread_id", "channels", ["thread_id"], ["id"])
        messages.create_unique_constraint("uq_messages_thread_id", ["thread_id"])
    op.create_index("ix_messages_parent_id", "messages", ["parent_id"])


def downgrade() -> None:
    op.drop_index("ix_messages_parent_id", "messages")
    with op.batch_alter_table("messages") as messages:
        messages.drop_constraint("fk_messages_parent_id", type_="foreignkey")
        messages.drop_constraint("fk_messages_thread_id", type_="foreignkey")
        messages.drop_constraint("uq_messages_thread_id", type_="unique")
        for name in ("parent_id", "thread_id", "pinned_at", "reactions", "attachments"):
            messages.drop_column(name)
    with op.batch_alter_table("channel_memberships") as memberships:
        for name in ("role", "level", "favourite"):
            memberships.drop_column(name)
    op.add_column("channels", sa.Column("archived_at", MOMENT, nullable=True))
    archived = sa.column("state") == "archived"
    op.execute(sa.update(CHANNELS).where(archived).values(archived_at=sa.func.current_timestamp()))
    op.drop_index("ix_channels_parent_id", "channels")
    with op.batch_alter_table("channels") as channels:
        channels.drop_constraint("fk_channels_parent_id", type_="foreignkey")
        channels.drop_constraint("uq_channels_pair", type_="unique")
        for name in ("type", "notice", "announcing", "state", "slow_seconds", "keep_days", "pair",
                     "parent_id"):  # fmt: skip
            channels.drop_column(name)


def _text(name: str, before: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=before)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
