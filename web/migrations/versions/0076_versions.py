"""What an announcement said is kept, version by version, each under a code of its own

Revision ID: versions
Revises: discussions
"""

from collections.abc import Iterator
from secrets import choice

import sqlalchemy as sa
from alembic import op

import community.database
from community.migrating import ALONE

revision = "versions"
down_revision = "discussions"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = community.database.Moment(timezone=True)
TABLE = "announcement_versions"
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def upgrade() -> None:
    for column in _of_announcements():
        op.add_column("announcements", column)
    for column in _of_tellings():
        op.add_column("announcement_tellings", column)
    with op.batch_alter_table("manuscripts", reflect_kwargs=ALONE) as manuscripts:
        of = sa.ForeignKey("announcements.id", name="fk_manuscripts_corrects_id_announcements")
        manuscripts.add_column(sa.Column("corrects_id", ID, of, nullable=True))
        manuscripts.add_column(sa.Column("corrects_version", ID, nullable=True))
        manuscripts.add_column(_false("material"))
        manuscripts.add_column(_empty("reason"))
    op.create_index("ix_manuscripts_corrects_id", "manuscripts", ["corrects_id"])
    _make_tables()
    _name_those_there()
    op.create_index("ix_announcements_code", "announcements", ["code"], unique=True)
    op.create_index("ix_announcements_expires_at", "announcements", ["expires_at"],
                    sqlite_where=sa.text("expired_at IS NULL"),
                    postgresql_where=sa.text("expired_at IS NULL"))  # fmt: skip
    _keep_first_versions()
    for statement in _sqlite() if _on_sqlite() else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    on = "" if _on_sqlite() else f" ON {TABLE}"
    for trigger in ("stay", "do_not_change", *([] if _on_sqlite() else ["are_not_emptied"])):
        op.execute(f"DROP TRIGGER {TABLE}_{trigger}{on}")
    op.drop_table("earlier_answers")
    op.drop_table("earlier_acknowledgements")
    op.drop_table(TABLE)
    op.drop_index("ix_announcements_expires_at", "announcements")
    op.drop_index("ix_announcements_code", "announcements")
    op.execute("DELETE FROM manuscripts WHERE corrects_id IS NOT NULL")
    op.drop_index("ix_manuscripts_corrects_id", "manuscripts")
    with op.batch_alter_table("manuscripts", reflect_kwargs=ALONE) as manuscripts:
        manuscripts.drop_constraint("fk_manuscripts_corrects_id_announcements", "foreignkey")
        for name in ("corrects_id", "corrects_version", "material", "reason"):
            manuscripts.drop_column(name)
    for column in _of_tellings():
        op.drop_column("announcement_tellings", column.name)
    for column in _of_announcements():
        op.drop_column("announcements", column.name)


def _of_announcements() -> list[sa.Column[object]]:
    return [
        sa.Column("code", sa.String(), nullable=False, server_default=""),
        sa.Column("version", ID, nullable=False, server_default="1"),
        sa.Column("corrected_at", MOMENT, nullable=True),
        sa.Column("expired_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=False, server_default=""),
    ]


def _of_tellings() -> list[sa.Column[object]]:
    return [
        sa.Column("until_id", ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False, server_default="announcement"),
    ]


def _make_tables() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", ID, primary_key=True),
        sa.Column("announcement_id", ID, sa.ForeignKey("announcements.id"), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("author_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("approver_id", ID, sa.ForeignKey("members.id"), nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False, server_default="id"),
        *(_empty(name) for name in ("other_title", "other_body", "other_html", "number")),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.UniqueConstraint("announcement_id", "version",
                            name="uq_announcement_versions_announcement_id_version"),
        sa.UniqueConstraint("code", name="uq_announcement_versions_code"),
    )  # fmt: skip
    op.create_index("ix_announcement_versions_published_at", TABLE, ["published_at"])
    op.create_table(
        "earlier_acknowledgements",
        sa.Column("announcement_id", ID, sa.ForeignKey("announcements.id"), primary_key=True),
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), primary_key=True),
        sa.Column("version", ID, primary_key=True, autoincrement=False),
        sa.Column("acknowledged_at", MOMENT, nullable=False),
    )
    op.create_table(
        "earlier_answers",
        sa.Column("announcement_id", ID, sa.ForeignKey("announcements.id"), primary_key=True),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("version", ID, primary_key=True, autoincrement=False),
        sa.Column("member_id", ID, sa.ForeignKey("members.id"), nullable=False),
        sa.Column("mandate_id", ID, sa.ForeignKey("mandates.id"), nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=False),
    )
    op.create_index(
        "ix_earlier_acknowledgements_member_id", "earlier_acknowledgements", ["member_id"]
    )


def _name_those_there() -> None:
    there = sa.table("announcements", sa.column("id", ID), sa.column("code", sa.String()))
    taken: set[str] = set()
    for id in op.get_bind().scalars(sa.select(there.c.id)).all():
        while (code := "".join(choice(SIGNS) for _sign in range(6))) in taken:
            pass
        taken.add(code)
        op.execute(there.update().where(there.c.id == id).values(code=code))


def _keep_first_versions() -> None:
    words = ("title, body, html, language, other_title, other_body, other_html, number, valid_from,"
             " valid_until")  # fmt: skip
    op.execute(
        f"INSERT INTO {TABLE} (announcement_id, version, code, reason, material, author_id,"
        f" approver_id, published_at, {words}) SELECT id, 1, code, '', false, author_id,"
        " (SELECT approved_by_id FROM manuscripts WHERE became_id = announcements.id),"
        f" published_at, {words} FROM announcements"
    )


def _sqlite() -> Iterator[str]:
    refused = "BEGIN SELECT RAISE(ABORT, 'kept for good'); END"
    yield f"CREATE TRIGGER {TABLE}_stay BEFORE DELETE ON {TABLE} {refused}"
    yield f"CREATE TRIGGER {TABLE}_do_not_change BEFORE UPDATE ON {TABLE} {refused}"


def _postgresql() -> Iterator[str]:
    refused = "EXECUTE FUNCTION kept_for_good()"
    yield f"CREATE TRIGGER {TABLE}_stay BEFORE DELETE ON {TABLE} FOR EACH ROW {refused}"
    yield f"CREATE TRIGGER {TABLE}_do_not_change BEFORE UPDATE ON {TABLE} FOR EACH ROW {refused}"
    yield f"CREATE TRIGGER {TABLE}_are_not_emptied BEFORE TRUNCATE ON {TABLE} {refused}"


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _empty(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _false(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
