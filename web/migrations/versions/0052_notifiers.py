"""People without an account report, once they have proven an address

Revision ID: notifiers
Revises: trust
"""

import sqlalchemy as sa
from alembic import op

import community.database
from community.migrating import ALONE

revision = "notifiers"
down_revision = "trust"
branch_labels = None
depends_on = None

MOMENT = community.database.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notifiers",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("address", "name", "locale")),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("proven_at", MOMENT, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=True),
    )
    op.create_index("ix_notifiers_proven_at", "notifiers", ["proven_at"])
    op.create_index("ix_notifiers_address", "notifiers", ["address"])
    with op.batch_alter_table("flags", reflect_kwargs=ALONE) as flags:
        flags.add_column(sa.Column("notifier_id", sa.String(), nullable=True))
        flags.create_foreign_key("fk_flags_notifier_id", "notifiers", ["notifier_id"], ["id"])
    op.create_index("ix_flags_notifier_id", "flags", ["notifier_id"])


def downgrade() -> None:
    op.drop_index("ix_flags_notifier_id", "flags")
    with op.batch_alter_table("flags", reflect_kwargs=ALONE) as flags:
        flags.drop_constraint("fk_flags_notifier_id", type_="foreignkey")
        flags.drop_column("notifier_id")
    op.drop_table("notifiers")
