"""What is written under an announcement has a category of its own

Revision ID: discussions
Revises: offices
"""

import sqlalchemy as sa
from alembic import op

from community.migrating import ALONE

revision = "discussions"
down_revision = "offices"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = {"announcement_id": "announcements", "answered_by_id": "organisations"}


def upgrade() -> None:
    with op.batch_alter_table("categories", reflect_kwargs=ALONE) as categories:
        for name, table in COLUMNS.items():
            categories.add_column(sa.Column(name, ID, nullable=True))
            categories.create_foreign_key(f"fk_categories_{name}", table, [name], ["id"])
        categories.create_unique_constraint("uq_categories_announcement_id", ["announcement_id"])


def downgrade() -> None:
    with op.batch_alter_table("categories", reflect_kwargs=ALONE) as categories:
        categories.drop_constraint("uq_categories_announcement_id", type_="unique")
        for name in COLUMNS:
            categories.drop_constraint(f"fk_categories_{name}", type_="foreignkey")
            categories.drop_column(name)
