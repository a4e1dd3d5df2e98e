"""Searches that members keep

Revision ID: kept_searches
Revises: bookmarks
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "kept_searches"
down_revision = "bookmarks"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kept_searches",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("looked_until", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_kept_searches_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_searches")),
        sa.UniqueConstraint("member_id", "words", name=op.f("uq_kept_searches_member_id_words")),
    )
    op.create_index(op.f("ix_kept_searches_looked_until"), "kept_searches", ["looked_until"])


def downgrade() -> None:
    op.drop_table("kept_searches")
