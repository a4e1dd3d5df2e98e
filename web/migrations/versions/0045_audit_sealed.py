"""The audit is sealed in a chain, and whoever serves may not touch it where roles can be told apart

What stands in it already waits for its seal as what comes from now on does.

Revision ID: audit_sealed
Revises: canned_texts
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from community.database import Moment

revision = "audit_sealed"
down_revision = "canned_texts"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = ("audit", "audit_seals")
WAITS = "INSERT INTO audit_unsealed (entry_id) VALUES (NEW.id)"
SEARCHED = (
    ("done_at", "id"),
    ("actor_id", "done_at", "id"),
    ("verb", "done_at", "id"),
    ("subject", "done_at", "id"),
)


def upgrade() -> None:
    _make_tables()
    op.drop_index("ix_audit_subject", table_name="audit")
    for columns in SEARCHED:
        op.create_index(f"ix_audit_{'_'.join(columns)}", "audit", columns)
    op.execute("INSERT INTO audit_unsealed (entry_id) SELECT id FROM audit")
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if on_sqlite else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    """Who may do what stays as it is."""
    for columns in SEARCHED:
        op.drop_index(f"ix_audit_{'_'.join(columns)}", table_name="audit")
    op.create_index("ix_audit_subject", "audit", ["subject"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_waits_for_its_seal")
    else:
        op.execute("DROP TRIGGER audit_waits_for_its_seal ON audit")
        op.execute("DROP FUNCTION waits_for_its_seal()")
    op.drop_table("audit_unsealed")
    op.drop_table("audit_seals")


def _make_tables() -> None:
    entry = sa.ForeignKeyConstraint
    op.create_table(
        "audit_unsealed",
        sa.Column("entry_id", NUMBER, nullable=False),
        entry(["entry_id"], ["audit.id"], name="fk_audit_unsealed_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_audit_unsealed"),
    )
    op.create_table(
        "audit_seals",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("entry_id", NUMBER, nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed_at", Moment(timezone=True), nullable=False),
        entry(["entry_id"], ["audit.id"], name="fk_audit_seals_entry_id"),
        sa.PrimaryKeyConstraint("number", name="pk_audit_seals"),
        sa.UniqueConstraint("entry_id", name="uq_audit_seals_entry_id"),
    )


def _sqlite() -> Iterator[str]:
    yield f"CREATE TRIGGER audit_waits_for_its_seal AFTER INSERT ON audit BEGIN {WAITS}; END"
    refused = "BEGIN SELECT RAISE(ABORT, 'kept for good'); END"
    yield f"CREATE TRIGGER audit_seals_stay BEFORE DELETE ON audit_seals {refused}"
    yield f"CREATE TRIGGER audit_seals_do_not_change BEFORE UPDATE ON audit_seals {refused}"


def _postgresql() -> Iterator[str]:
    body = f"$$ BEGIN {WAITS}; RETURN NULL; END $$"
    yield f"CREATE FUNCTION waits_for_its_seal() RETURNS trigger LANGUAGE plpgsql AS {body}"
    waits = "FOR EACH ROW EXECUTE FUNCTION waits_for_its_seal()"
    yield f"CREATE TRIGGER audit_waits_for_its_seal AFTER INSERT ON audit {waits}"
    refused = "EXECUTE FUNCTION kept_for_good()"
    each = f"ON audit_seals FOR EACH ROW {refused}"
    yield f"CREATE TRIGGER audit_seals_stay BEFORE DELETE {each}"
    yield f"CREATE TRIGGER audit_seals_do_not_change BEFORE UPDATE {each}"
    yield f"CREATE TRIGGER audit_seals_are_not_emptied BEFORE TRUNCATE ON audit_seals {refused}"
    for table in KEPT:
        for role in op.get_bind().scalars(_others(table)):
            yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}"


def _others(table: str) -> sa.TextClause:
    """Whoever was granted something on it besides its owner, who needs all for foreign keys."""
    return sa.text(
        "SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC'"
        " ELSE quote_ident(pg_get_userbyid(grantee)) END"
        " FROM pg_class, aclexplode(relacl) WHERE oid = CAST(:name AS regclass)"
        " AND grantee <> relowner"
    ).bindparams(name=table)
