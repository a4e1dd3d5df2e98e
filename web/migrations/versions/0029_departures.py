"""Messages become part of topics: what left a channel with what, and as what a post was said

Revision ID: departures
Revises: message_reactions
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "departures"
down_revision = "message_reactions"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
SAID = sa.text("message_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "departures",
        sa.Column("id", ID, primary_key=True),
        sa.Column("channel_id", ID, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("actor_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("left_at", MOMENT, nullable=False),
        sa.Column("back_at", MOMENT, nullable=True),
    )
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("departure_id", ID, nullable=True))
        messages.add_column(sa.Column("left", ID, nullable=False, server_default="0"))
        messages.create_foreign_key(
            "fk_messages_departure_id", "departures", ["departure_id"], ["id"]
        )
    op.create_index("ix_messages_departure_id", "messages", ["departure_id"])
    op.add_column("posts", sa.Column("message_id", ID, nullable=True))
    op.add_column("posts", sa.Column("said_in", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_posts_said", "posts", ["message_id"], sqlite_where=SAID, postgresql_where=SAID
    )


def downgrade() -> None:
    op.drop_index("ix_posts_said", "posts")
    op.drop_column("posts", "said_in")
    op.drop_column("posts", "message_id")
    op.drop_index("ix_messages_departure_id", "messages")
    with op.batch_alter_table("messages") as messages:
        messages.drop_constraint("fk_messages_departure_id", type_="foreignkey")
        messages.drop_column("left")
        messages.drop_column("departure_id")
    op.drop_table("departures")
