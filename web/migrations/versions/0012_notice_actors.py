"""Who caused a notice; of those there are already nobody knows

Revision ID: notice_actors
Revises: factors_rev
"""

import sqlalchemy as sa
from alembic import op


revision = "notice_actors"
down_revision = "factors_rev"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notices") as notices:
        notices.add_column(
            sa.Column(
                "actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        notices.create_foreign_key(op.f("fk_notices_actor_id"), "members", ["actor_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("notices") as notices:
        notices.drop_constraint(op.f("fk_notices_actor_id"), type_="foreignkey")
        notices.drop_column("actor_id")
