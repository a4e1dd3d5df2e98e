"""Posts take reactions, edits give a reason

Revision ID: posts
Revises: suspension
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "posts"
down_revision = "suspension"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)


def upgrade() -> None:
    op.add_column("posts", sa.Column("reactions", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("versions", sa.Column("reason", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "post_reactions",
        sa.Column("id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_post_reactions_member_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_reactions_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_reactions")),
        sa.UniqueConstraint(
            "post_id", "member_id", "word", name=op.f("uq_post_reactions_post_id_member_id_word")
        ),
    )
    op.create_index(op.f("ix_post_reactions_member_id"), "post_reactions", ["member_id"])


def downgrade() -> None:
    op.drop_table("post_reactions")
    op.drop_column("versions", "reason")
    op.drop_column("posts", "reactions")
