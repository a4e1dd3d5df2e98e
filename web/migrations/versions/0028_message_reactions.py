"""Members react to messages

Revision ID: message_reactions
Revises: channel_paces
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "message_reactions"
down_revision = "channel_paces"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "message_reactions",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_message_reactions_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_reactions_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reactions")),
        sa.UniqueConstraint(
            "message_id",
            "member_id",
            "word",
            name=op.f("uq_message_reactions_message_id_member_id_word"),
        ),
    )
    op.create_index("ix_message_reactions_member_id", "message_reactions", ["member_id"])


def downgrade() -> None:
    op.drop_table("message_reactions")
