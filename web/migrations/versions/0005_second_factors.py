"""Second factors at sign-in

Revision ID: second_factors
Revises: joining
"""

import sqlalchemy as sa
from alembic import op

import community.database


revision = "second_factors"
down_revision = "joining"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authenticators",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column(
            "last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("added_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("used_at", community.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_authenticators_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_authenticators")),
    )
    op.create_table(
        "challenges",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ends_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_challenges_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
    )
    op.create_index(op.f("ix_challenges_ends_at"), "challenges", ["ends_at"], unique=False)
    op.create_index(op.f("ix_challenges_member_id"), "challenges", ["member_id"], unique=False)
    op.create_table(
        "factor_resets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column(
            "asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("asked_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", community.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["members.id"], name=op.f("fk_factor_resets_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_factor_resets_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_resets")),
    )
    op.create_index(
        op.f("ix_factor_resets_member_id"), "factor_resets", ["member_id"], unique=False
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column(
            "sign_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("used_at", community.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_passkeys_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkeys_credential")),
    )
    op.create_index(op.f("ix_passkeys_member_id"), "passkeys", ["member_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", community.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_recovery_codes_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(
        op.f("ix_recovery_codes_member_id"), "recovery_codes", ["member_id"], unique=False
    )
    op.add_column(
        "members",
        sa.Column("protected", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("members", sa.Column("grace", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "members",
        sa.Column("grace_ends_at", community.database.Moment(timezone=True), nullable=True),
    )
    op.add_column(
        "sign_ins", sa.Column("proven_at", community.database.Moment(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("sign_ins", "proven_at")
    op.drop_column("members", "grace_ends_at")
    op.drop_column("members", "grace")
    op.drop_column("members", "protected")
    op.drop_index(op.f("ix_recovery_codes_member_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_index(op.f("ix_passkeys_member_id"), table_name="passkeys")
    op.drop_table("passkeys")
    op.drop_index(op.f("ix_factor_resets_member_id"), table_name="factor_resets")
    op.drop_table("factor_resets")
    op.drop_index(op.f("ix_challenges_member_id"), table_name="challenges")
    op.drop_index(op.f("ix_challenges_ends_at"), table_name="challenges")
    op.drop_table("challenges")
    op.drop_table("authenticators")
