"""What lies on the desk of the demonstration's official: a draft, an announcement that waits for
them, a template, who stands in for whom, and who answers what."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from community.clock import now
from community.database import Transaction
from community.organisations.answering import give_field
from community.organisations.deputies import name_deputy
from community.places import Lens
from forum.announcements.models import Announcement, Audience, Draft, Purpose
from forum.manuscripts.actions import hand_in, write
from forum.manuscripts.templates import keep_template
from web.demonstration.cast import Cast
from web.demonstration.deeds import Deed

OFFICIAL, COLLEAGUE, OFFICE = "demo-pejabat", "fajar", "disperindag-jabar"
DAY = timedelta(days=1)

TRAINING = Draft(
    title="Pelatihan pengemasan produk makanan, angkatan ketiga",
    body="Pendaftaran dibuka bagi dua puluh lima merek makanan dan minuman.\n\n"
    "- Tempat: Balai Pelatihan, Bandung\n- Biaya: tidak ada\n- Yang dibawa: contoh kemasan",
    audience=Audience(region="32", cluster="food", kind="brand"),
    theme="training",
    purpose=Purpose.CALL,
    commodities=("dodol", "kopi"),
)
NATIONAL = Draft(
    title="Jadwal temu usaha nasional perajin dan pembeli",
    body="Temu usaha diselenggarakan selama dua hari. Setiap provinsi mengirim paling banyak "
    "sepuluh merek; daftar peserta ditutup **dua pekan** sebelumnya.",
    theme="capacity",
)


def desks(cast: Cast) -> Iterator[Deed]:
    yield cast.today - 2 * DAY, partial(_share_out, cast)
    yield cast.today - DAY, partial(_keep, cast)
    yield cast.today - timedelta(hours=20), partial(_draft, cast)
    yield cast.today - timedelta(hours=5), partial(_ask, cast)
    yield cast.today - timedelta(hours=4), partial(_go_away, cast)


def _share_out(cast: Cast, tx: Transaction) -> None:
    owner, mandates = cast.members[OFFICIAL], cast.mandates
    office = mandates[OFFICIAL, OFFICE].organisation_id
    for number, (who, place) in enumerate((
        (OFFICIAL, Lens()), (COLLEAGUE, Lens(theme="training")),
        (COLLEAGUE, Lens(region="32.05", cluster="crafts")),
    )):  # fmt: skip
        give_field(tx, owner, office, mandates[who, OFFICE].id, place, key=f"field-{number}")


def _keep(cast: Cast, tx: Transaction) -> None:
    theirs = Announcement.organisation_id == cast.mandates[OFFICIAL, OFFICE].organisation_id
    announcement = tx.scalar(select(Announcement).where(theirs).order_by(Announcement.id).limit(1))
    assert announcement
    keep_template(tx, cast.members[OFFICIAL], "Waktu pelayanan", key="template",
                  announcement_id=announcement.id)  # fmt: skip


def _draft(cast: Cast, tx: Transaction) -> None:
    write(tx, cast.members[OFFICIAL], cast.mandates[OFFICIAL, OFFICE].id, TRAINING, key="draft")


def _ask(cast: Cast, tx: Transaction) -> None:
    colleague, mandate = cast.members[COLLEAGUE], cast.mandates[COLLEAGUE, OFFICE]
    asked = write(tx, colleague, mandate.id, NATIONAL, key="waiting")
    hand_in(tx, colleague, asked.id, version=asked.version)


def _go_away(cast: Cast, tx: Transaction) -> None:
    """In three days, for a week."""
    absent, present = cast.mandates[OFFICIAL, OFFICE], cast.mandates[COLLEAGUE, OFFICE]
    name_deputy(tx, cast.members[OFFICIAL], absent.id, present.id, now(tx) + 3 * DAY,
                now(tx) + 10 * DAY, key="deputy")  # fmt: skip
