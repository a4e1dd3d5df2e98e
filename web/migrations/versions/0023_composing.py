"""Files wait with drafts; a draft knows what was chosen for it

Revision ID: composing
Revises: search_marks
"""

import sqlalchemy as sa
from alembic import op

revision = "composing"
down_revision = "search_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("drafts", sa.Column("about", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("files", sa.Column("place", sa.String(), nullable=False, server_default=""))
    op.add_column("files", sa.Column("words", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_files_of_owner", "files", ["owner_id", "place"])
    op.drop_index(op.f("ix_files_owner_id"), table_name="files")


def downgrade() -> None:
    op.create_index(op.f("ix_files_owner_id"), "files", ["owner_id"])
    op.drop_index("ix_files_of_owner", table_name="files")
    op.drop_column("files", "words")
    op.drop_column("files", "place")
    op.drop_column("drafts", "about")
