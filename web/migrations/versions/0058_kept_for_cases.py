"""What hangs at something reported stays for its case, and the same words are found again

Revision ID: kept_for_cases
Revises: appeals_end
"""

import sqlalchemy as sa
from alembic import op

revision = "kept_for_cases"
down_revision = "appeals_end"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept_for = sa.Column("kept_for", sa.String(), server_default="", nullable=False)
    op.add_column("files", kept_for)
    op.create_index(op.f("ix_evidence_hash"), "evidence", ["hash"])


def downgrade() -> None:
    op.drop_index(op.f("ix_evidence_hash"), table_name="evidence")
    op.drop_column("files", "kept_for")
