"""The first messages of new members wait for a moderator, where administrators want it

Revision ID: held_messages
Revises: pins
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "held_messages"
down_revision = "pins"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
REASONS = sa.table(
    "reasons",
    *map(sa.column, ("code", "priority", "hours", "position", "in_use")),
    *map(sa.column, ("label_id", "label_en", "hint_id", "hint_en")),
)


def upgrade() -> None:
    op.create_table(
        "held_messages",
        sa.Column("id", ID, primary_key=True),
        sa.Column("channel_id", ID, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("author_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("mandate_id", ID, sa.ForeignKey("mandates.id"), nullable=True),
        sa.Column("parent_id", ID, sa.ForeignKey("messages.id"), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sent", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.UniqueConstraint("author_id", "key", name="uq_held_messages_author_id_key"),
    )
    op.add_column(
        "members", sa.Column("observed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("site", sa.Column("held_first", ID, nullable=False, server_default="0"))
    op.bulk_insert(
        REASONS,
        [
            {"code": "held", "priority": 2, "hours": 4, "position": 95, "in_use": False,
             "label_id": "", "label_en": "", "hint_id": "", "hint_en": ""}
        ],
    )  # fmt: skip


def downgrade() -> None:
    op.execute(REASONS.delete().where(REASONS.c.code == "held"))
    op.drop_column("site", "held_first")
    op.drop_column("members", "observed")
    op.drop_table("held_messages")
