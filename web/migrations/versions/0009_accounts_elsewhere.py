"""Accounts that members have elsewhere, and sign in with

Revision ID: accounts_elsewhere
Revises: organisations
"""

import sqlalchemy as sa
from alembic import op

import community.database


revision = "accounts_elsewhere"
down_revision = "organisations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts_elsewhere",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("linked_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_accounts_elsewhere_member_id")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_accounts_elsewhere")),
    )
    op.create_index(
        op.f("ix_accounts_elsewhere_member_id"), "accounts_elsewhere", ["member_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_accounts_elsewhere_member_id"), table_name="accounts_elsewhere")
    op.drop_table("accounts_elsewhere")
