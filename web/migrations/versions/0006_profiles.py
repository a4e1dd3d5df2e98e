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
    op.add_column(
        "members",
        sa.Column(
            "keeps_away_from",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            server_default="0",
        ),
    )
    op.create_table(
        "blocks",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("extent", sa.String(), nullable=False),
        sa.Column("made_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_blocks_member_id")),
        sa.ForeignKeyConstraint(["other_id"], ["members.id"], name=op.f("fk_blocks_other_id")),
        sa.PrimaryKeyConstraint("member_id", "other_id", name=op.f("pk_blocks")),
    )
    op.create_index(op.f("ix_blocks_other_id"), "blocks", ["other_id"], unique=False)
    op.add_column(
        "notices", sa.Column("mail_at", community.database.Moment(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_notices_for_mail",
        "notices",
        ["mail_at"],
        unique=False,
        sqlite_where=sa.text("mail_at IS NOT NULL"),
        postgresql_where=sa.text("mail_at IS NOT NULL"),
    )
    _choices("notice_choices", "way")
    op.execute(
        "INSERT INTO notice_choices SELECT member_id, kind, 'not' FROM notices_switched_off"
        " WHERE kind NOT IN ('decision', 'role')"
    )
    op.drop_table("notices_switched_off")


def downgrade() -> None:
    _choices("notices_switched_off")
    op.execute(
        "INSERT INTO notices_switched_off"
        " SELECT member_id, kind FROM notice_choices WHERE way = 'not'"
    )
    op.drop_table("notice_choices")
    op.drop_index(
        "ix_notices_for_mail",
        table_name="notices",
        sqlite_where=sa.text("mail_at IS NOT NULL"),
        postgresql_where=sa.text("mail_at IS NOT NULL"),
    )
    op.drop_column("notices", "mail_at")
    op.drop_index(op.f("ix_blocks_other_id"), table_name="blocks")
    op.drop_table("blocks")
    op.drop_column("members", "keeps_away_from")
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


def _choices(name: str, *more: str) -> None:
    op.create_table(
        name,
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(), nullable=False),
        *(sa.Column(column, sa.String(), nullable=False) for column in more),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f(f"fk_{name}_member_id")),
        sa.PrimaryKeyConstraint("member_id", "kind", name=op.f(f"pk_{name}")),
    )
