"""what members agreed to last; invitations; guardians; who is let in

Revision ID: joining
Revises: profiles
"""

import sqlalchemy as sa
from alembic import op

import community.database


revision = "joining"
down_revision = "profiles"
branch_labels = None
depends_on = None

LATEST = sa.text(
    "UPDATE members SET agreed_to = coalesce("
    "(SELECT max(terms) FROM consents WHERE consents.member_id = members.id), '')"
)


def upgrade() -> None:
    op.add_column("members", sa.Column("agreed_to", sa.String(), nullable=False, server_default=""))
    op.execute(LATEST)
    op.create_table(
        "invitation_batches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("letters", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["members.id"], name=op.f("fk_invitation_batches_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_batches")),
        sa.UniqueConstraint("made_by_id", "key", name=op.f("uq_invitation_batches_made_by_id_key")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("most", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("ends_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", community.database.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["invitation_batches.id"], name=op.f("fk_invitations_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["members.id"], name=op.f("fk_invitations_made_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_email"), "invitations", ["email"], unique=False)
    op.create_index(op.f("ix_invitations_made_by_id"), "invitations", ["made_by_id"], unique=False)
    op.create_index(
        op.f("ix_invitations_organisation_id"), "invitations", ["organisation_id"], unique=False
    )
    op.create_table(
        "invitation_uses",
        sa.Column(
            "invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("used_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_invitation_uses_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_invitation_uses_member_id")
        ),
        sa.PrimaryKeyConstraint("invitation_id", "member_id", name=op.f("pk_invitation_uses")),
    )
    op.create_table(
        "guardianships",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("child", sa.String(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed", sa.JSON(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("asked_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("given_at", community.database.Moment(timezone=True), nullable=True),
        sa.Column("withdrawn_at", community.database.Moment(timezone=True), nullable=True),
        sa.Column("grown_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("ends_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_guardianships_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianships")),
    )
    op.create_index(op.f("ix_guardianships_address"), "guardianships", ["address"], unique=False)
    op.create_index(op.f("ix_guardianships_ends_at"), "guardianships", ["ends_at"], unique=False)
    op.create_index(
        op.f("ix_guardianships_member_id"), "guardianships", ["member_id"], unique=False
    )
    op.add_column(
        "members", sa.Column("admitted", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "members", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "site",
        sa.Column("guardian_consent", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "site", sa.Column("approval", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.bulk_insert(_reasons(), [
        {"code": "registration", "priority": 3, "hours": 48, "position": 92, "in_use": False,
         "label_id": "", "label_en": "", "hint_id": "", "hint_en": ""}
    ])  # fmt: skip


def downgrade() -> None:
    reasons = _reasons()
    op.execute(reasons.delete().where(reasons.c.code == "registration"))
    op.drop_column("site", "approval")
    op.drop_column("site", "guardian_consent")
    op.drop_column("members", "paused")
    op.drop_column("members", "admitted")
    op.drop_index(op.f("ix_guardianships_member_id"), table_name="guardianships")
    op.drop_index(op.f("ix_guardianships_ends_at"), table_name="guardianships")
    op.drop_index(op.f("ix_guardianships_address"), table_name="guardianships")
    op.drop_table("guardianships")
    op.drop_table("invitation_uses")
    op.drop_index(op.f("ix_invitations_organisation_id"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_made_by_id"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_email"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_table("invitation_batches")
    op.drop_column("members", "agreed_to")


def _reasons() -> sa.TableClause:
    names = ("code", "priority", "hours", "position", "label_id", "label_en", "hint_id", "hint_en")
    return sa.table("reasons", sa.column("in_use", sa.Boolean), *(sa.column(n) for n in names))
