"""What is proposed for many cases names each as it stood, and says what became of it

Revision ID: proposed_cases
Revises: sheets
"""

import sqlalchemy as sa
from alembic import op

import community.database

revision = "proposed_cases"
down_revision = "sheets"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNSETTLED = sa.text("settled_at IS NULL")


def upgrade() -> None:
    op.drop_column("proposals", "items")
    op.create_table(
        "proposed_cases",
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("settled_at", community.database.Moment(timezone=True), nullable=True),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposed_cases_proposal_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposed_cases_case_id")),
        sa.PrimaryKeyConstraint("proposal_id", "case_id", name=op.f("pk_proposed_cases")),
    )
    op.create_index(
        "ix_proposed_cases_unsettled",
        "proposed_cases",
        ["proposal_id", "case_id"],
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )


def downgrade() -> None:
    op.drop_table("proposed_cases")
    op.add_column("proposals", sa.Column("items", sa.JSON(), nullable=False, server_default="[]"))
