"""Why somebody was muted in a channel stands with the mute

Revision ID: because
Revises: found_by_index
"""

import sqlalchemy as sa
from alembic import op

revision = "because"
down_revision = "found_by_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    because = sa.Column("because", sa.String(), server_default="", nullable=False)
    op.add_column("restrictions", because)


def downgrade() -> None:
    op.drop_column("restrictions", "because")
