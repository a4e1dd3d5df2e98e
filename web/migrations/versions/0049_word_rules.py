"""Rules of words, and what they hold of members who are not new

Revision ID: word_rules
Revises: queue_in_order
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "word_rules"
down_revision = "queue_in_order"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "word_rule_books",
        sa.Column("id", ID, primary_key=True),
        sa.Column("mark", sa.String(), nullable=False),
    )
    op.create_table(
        "word_rules",
        sa.Column("id", ID, primary_key=True),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), sa.ForeignKey("reasons.code"), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("changed_at", community.database.Moment(), nullable=False),
        sa.Column("changed_by_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.UniqueConstraint("pattern", "scope"),
    )
    op.add_column(
        "members", sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("members", "withheld")
    op.drop_table("word_rules")
    op.drop_table("word_rule_books")
