"""what members show of themselves: pictures, names

Revision ID: profiles
Revises: accounts
"""

import sqlalchemy as sa
from alembic import op

import community.database


revision = "profiles"
down_revision = "accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("belongs_to", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["members.id"], name=op.f("fk_files_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index(op.f("ix_files_belongs_to"), "files", ["belongs_to"], unique=False)
    op.create_index(op.f("ix_files_owner_id"), "files", ["owner_id"], unique=False)
    op.create_index(
        "ix_files_unused",
        "files",
        ["made_at"],
        unique=False,
        sqlite_where=sa.text("belongs_to = ''"),
        postgresql_where=sa.text("belongs_to = ''"),
    )
    op.add_column("members", sa.Column("picture", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "members", sa.Column("named_at", community.database.Moment(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("members", "named_at")
    op.drop_column("members", "picture")
    op.drop_index(
        "ix_files_unused",
        table_name="files",
        sqlite_where=sa.text("belongs_to = ''"),
        postgresql_where=sa.text("belongs_to = ''"),
    )
    op.drop_index(op.f("ix_files_owner_id"), table_name="files")
    op.drop_index(op.f("ix_files_belongs_to"), table_name="files")
    op.drop_table("files")
