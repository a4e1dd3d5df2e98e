"""letters to be sent, tickets that go out with them, and what members agreed to

Revision ID: accounts
Revises: append_only
"""

import sqlalchemy as sa
from alembic import op

import community.database


revision = "accounts"
down_revision = "append_only"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("given_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_consents_member_id")),
        sa.PrimaryKeyConstraint("member_id", "terms", name=op.f("pk_consents")),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("made_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("due_at", community.database.Moment(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_at", community.database.Moment(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_mails_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(
        "ix_mails_due",
        "mails",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_mails_made_at"), "mails", ["made_at"], unique=False)
    op.create_index(op.f("ix_mails_member_id"), "mails", ["member_id"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("made_at", community.database.Moment(timezone=True), nullable=False),
        sa.Column("ends_at", community.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_tickets_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_address"), "tickets", ["address"], unique=False)
    op.create_index(op.f("ix_tickets_ends_at"), "tickets", ["ends_at"], unique=False)
    op.create_index(op.f("ix_tickets_member_id"), "tickets", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_tickets_member_id"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_ends_at"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_address"), table_name="tickets")
    op.drop_table("tickets")
    op.drop_index(op.f("ix_mails_member_id"), table_name="mails")
    op.drop_index(op.f("ix_mails_made_at"), table_name="mails")
    op.drop_index(
        "ix_mails_due",
        table_name="mails",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("mails")
    op.drop_table("consents")
