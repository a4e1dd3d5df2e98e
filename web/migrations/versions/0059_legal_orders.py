"""Orders of authorities, what they name, and the alarms of their clocks

Revision ID: legal_orders
Revises: kept_for_cases
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "legal_orders"
down_revision = "kept_for_cases"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
WORDS = ("key", "number", "authority", "ground", "words", "contact")


def upgrade() -> None:
    op.add_column(
        "cases", sa.Column("ordered", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "legal_orders",
        sa.Column("id", ID, primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in WORDS),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("silence", sa.String(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("entered_by_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("verified", sa.String(), nullable=False),
        sa.Column("verified_at", MOMENT, nullable=True),
        sa.Column("verified_by_id", ID, sa.ForeignKey("members.id"), nullable=True),
        sa.UniqueConstraint("key", name="uq_legal_orders_key"),
    )
    op.create_table(
        "order_targets",
        sa.Column("id", ID, primary_key=True),
        sa.Column("order_id", ID, sa.ForeignKey("legal_orders.id"), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.Column("flag_id", ID, sa.ForeignKey("flags.id"), nullable=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("absent_at", MOMENT, nullable=True),
        sa.UniqueConstraint("order_id", "address", name="uq_order_targets_order_id_address"),
        sa.UniqueConstraint("flag_id", name="uq_order_targets_flag_id"),
    )
    op.create_index("ix_order_targets_case_id", "order_targets", ["case_id"])
    op.create_table(
        "order_alarms",
        sa.Column("id", ID, primary_key=True),
        sa.Column("order_id", ID, sa.ForeignKey("legal_orders.id"), nullable=False),
        sa.Column("percent", ID, nullable=False),
        sa.Column("sounded_at", MOMENT, nullable=False),
        sa.UniqueConstraint("order_id", "percent", name="uq_order_alarms_order_id_percent"),
    )


def downgrade() -> None:
    op.drop_table("order_alarms")
    op.drop_index("ix_order_targets_case_id", "order_targets")
    op.drop_table("order_targets")
    op.drop_table("legal_orders")
    op.drop_column("cases", "ordered")
