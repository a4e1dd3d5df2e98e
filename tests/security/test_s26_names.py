"""S26, names: nobody calls themself what they are not, however it is spelled."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Base, Database, Transaction
from community.errors import Invalid
from community.members.models import Member
from community.names import (
    ANYWHERE,
    HOUSE,
    OFFICES,
    OFFICIAL,
    STATE,
    name_of_member,
    name_of_organisation,
    skeleton,
)
from community.organisations.actions import verify
from community.organisations.closing import reopen
from community.organisations.models import Kind, Organisation
from moderation.decisions.closing import close_by_order
from tests.cast import CY, DODOL, FAY
from tests.community.test_joining import CONFIRMED, WHO
from tests.conftest import Posted
from tests.letterbox import path_in
from tests.moderation.reporting import as_
from web.demonstration.content import read

# Cyrillic, Greek, Armenian, Cherokee, mathematical and phonetic letters.
FOREIGN = {"a": "аɑ", "e": "еҽ", "i": "іΙ", "k": "кκ", "m": "мм", "n": "ոп", "o": "оοօ", "r": "гʀ"}
UNSEEN = ["\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u0301", "\x7f", "\u115f"]
LATIN = {"a": "aAáàâäÄā4ａ", "e": "eEéÈêë3", "i": "iIlíÏı1ⅰ", "l": "lLIi1ł", "o": "oOóÖø0",
         "s": "sSšŚ5", "t": "tT7ť", "d": "dDĎđ", "n": "nNñŃ", "r": "rRř", "k": "kKķ"}  # fmt: skip
PEOPLE = [
    "Dinasti Putra", "Adminah", "Resmi Setiawati", "Polina", "Bambang Wijaya, S.E., M.M.",
    "Drs. H. Ahmad Fauzi", "Dr.Ahmad", "Siti Nur'aini", "Maria d’Almeida", "I Gusti Ngurah Rai",
    "Nguyễn Thị Hoa", "Zoë Ødegård", "R.A. Kartini", "Ai Nurhasanah", "Menik", "Clara",
    "Bernadette", "Kemala Dewi", "Akarsana", "Akar Wangi", "Tni'matul Ulya", "M. Si'id", "Eko 2",
    "Moderata", "Admi N.", "Pernda Sitepu", "Pol Da Silva", "Siti Kemenangan", "Abd. Ion",
    "Prof.Dr.H.Me", "Bi Entin", "Bpk. Dadang", "Kadin bin Salam", "B. I. Santoso", "Anna Dinna S.",
    "Bibi", "Ny. Presti (Bu Pres)", "Pol Sihombing", "Ida Ayu Ketut", "U", "Dina S.",
    "Dina Saraswati", "Oei Pin Hoo", "Tan Pin", "Liem Pin", "Muhammad bn Abdullah",
    "Tgk. H. Abdullah", "Ujang bin Abu", "Nyi Mas Ayu", "R. Ngt. Sri Lestari", "KRT. Hadinagoro",
    "I Dewa Gede Raka", "Wa Ode Sitti", "Domingus Da Silva", "Boru Sitorus", "H. Uda Amri",
    "Siti Bi Aisyah", "BI INAH", "BPK. SUTRISNO", "Bu Pati Rahayu", "Tini S.", "Tn. I Made",
    "Pol Resi", "Lie Bl.", "Abd. Kadir, S.Kom.", "drg. Siti, Sp.KG", "drs.ahmad", "Ahmad S.pd",
    "H.ahmad", "dr.rina", "Dpd Sutrisno", "Adi Min", "Basamas Putri", "Moh. Kadin", "Lkp Wati",
    "Bulog Sembiring", "Dirja Jenar", "Disdika", "Komala Digi", "Dina Soleh", "Din Sosiawan",
    "Dis Hubert", "Dewi Pembina", "D. J. P. Sinaga", "Vera Polii Datu", "Maria da Costa",
    "Jenny Polii Damanik",
]  # fmt: skip
FIRMS = [
    'UD "Sumber Makmur"', "Toko Kain A/B", "Kopi Tuku!", "Sentra Rotan Cirebon: Tegalwangi",
    "C.V. Karya 100%", "Dinasti Batik", "Toko Kemenyan", "Akar Wangi", "Biro Perjalanan Amanah",
    "Dapur Bi Iyem", "Keripik Bibi Entin", "Batik Bpk. Haji Ahmad", "Konsultan Pajak Mandiri",
    "Mprint Studio", "Plntng Kopi", "Dispenser Jaya", "Diskon Ceria", "Tenun Kota Garut",
    "Warung Bu Logita", "Brinda Craft", "Distribusi Tani", "Toko Kadinah", "LKP Modes Muria",
    "Toko Pin dan Bros", "Enamel Pin Bandung", "Pin Jogja", "BN Batik", "CV BN Jaya",
    "Poliresin Bali", "PT Polidayaguna Perkasa", "Polidaya Tekstil", "Kemenuh Woodcarving",
    "Desa Kemenuh Ukir", "Batik Kemenuh", "Rumah BUMN Garut", "DPD IWAPI Jawa Tengah",
    "Dekranasda Kabupaten Garut", "KADIN Jawa Barat", "Kadin Indonesia", "Koperasi Karyawan PLN",
    "Koperasi Pegawai Pertamina", "BPK Penabur Craft", "BI Craft", "Batik Blok M Bl.",
    "Anyaman Purun HSU", "Perak HS Silver", "Sentra Industri Kota Batu", "CV Kota Batu",
    "Sanggar Batik Kadin Putra", "Kub Setia", "Jurusan Komunikasi dan Digital",
    "Inkubator Bisnis BPS Muda", "Toko TNI Jaya", "Koperasi Primkop Polri", "Rumah Kemasan Dinas",
    "Kain Dinas Seragam", "Konveksi Baju Dinas", "Toko Pakaian Dinas Harian",
    "Penjahit Seragam TNI Polri", "Konveksi Seragam Polisi", "Topi Polri Jaya",
    "Warung Polisi Tidur", "Kemendung Batik", "Polesan Kayu", "Poli Dental Craft", "Poliseni Art",
    "Batik Bupati", "Batik Presidenan", "Kopi Gubernur", "Mpr Craft", "Admin Jasa",
    "Administrasi Usaha Mandiri", "Paguyuban Pemerintah Desa", "BUMDes Maju", "BUMDesa Sejahtera",
    "Bulog Jaya", "Pinisi Craft", "Pin-Up Craft", "PIN Studio", "DPD HIPMI", "DPD APINDO",
    "Rumah Kreatif BUMN", "Seragam Dinas Bandung", "Diskopi", "Koperasi Badan Pusat Statistik",
]  # fmt: skip


@pytest.fixture(scope="module")
def nobody() -> Iterator[Session]:
    """Looks into a community without organisations."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Syafi`i", "Syafi'i"), ("Nur‘aini", "Nur'aini"), ("Siti ʿAisyah", "Siti 'Aisyah")],
)
def test_an_apostrophe_is_one_however_a_keyboard_has_it(
    nobody: Session, typed: str, kept: str
) -> None:
    assert name_of_member(nobody, typed) == kept


@pytest.mark.parametrize("name", FIRMS)
def test_organisations_are_called_what_they_are_called(nobody: Session, name: str) -> None:
    for kind in (Kind.BRAND, Kind.FACILITATOR):
        assert name_of_organisation(nobody, name, kind) == name


@pytest.mark.parametrize(
    "name",
    ["c1inas Garut", "cIinas Garut", "6POM", "Kernenterian", "Admins", "Staf Akar",
     "Administrasi Akar", "Akar Indonesia Resmi", "Tim Akar Resmi", "Official Akar", "Kemendagri",
     "Kemenkeu", "Polresta Garut", "Polsek Garut", "Disperindag Garut", "Mentri Perdagangan",
     "Sekda Garut", "Dinaſ"],
)  # fmt: skip
def test_nor_does_what_looks_like_one_or_begins_like_one(nobody: Session, name: str) -> None:
    with pytest.raises(Invalid, match="reserved"):
        name_of_member(nobody, name)


@pytest.mark.parametrize(
    "name",
    ["Kementeriann Perindustrian", "Kemmenterian", "Dinnas Garut", "BI", "B1", "BPK",
     "Bank Indonesia", "Bank 1ndonesia", "OJK", "0jk Garut", "O J K", "DPR RI", "Bea Cukai",
     "Bea & Cukai", "Bea dan Cukai Tanjung Priok", "Kantor Bea Cukai", "Ditjen Pajak", "Pertamina",
     "PLN", "P.L.N.", "Bulog", "KPPU", "KADIN", "Otoritas Jasa Keuangan", "Badan Pusat Statistik",
     "Dinkes Garut", "Diskoperindag Garut", "Kemenperin Jabar", "Polda Jabar", "Mahkamah Agung",
     "BMKG", "BPKP", "Kejari Garut", "Kabupaten Garut", "Kab. Garut", "Pemkab. Garut",
     "Kota Bandung Resmi", "Provinsi Jawa Barat", "TNI", "Wali Kota Bandung",
     "Pusat Informasi Kementerian Perindustrian"],
)  # fmt: skip
def test_nobody_passes_for_an_institution_of_the_state(nobody: Session, name: str) -> None:
    for called in (name_of_member, partial(name_of_organisation, kind=Kind.BRAND)):
        with pytest.raises(Invalid, match="reserved"):
            called(nobody, name)


@pytest.mark.parametrize(("name", "sign"), [("Bo#", "#"), ("Bo\u200bo", "U+200B"), ("菊 Bo", "菊")])
def test_the_sign_that_is_wrong_is_named(nobody: Session, name: str, sign: str) -> None:
    with pytest.raises(Invalid) as refused:
        name_of_member(nobody, name)
    assert refused.value.values == {"sign": sign}


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_called_what_they_are_called(nobody: Session, name: str) -> None:
    assert name_of_member(nobody, name) == name


def test_everybody_of_the_demonstration_may_be_called_so(nobody: Session) -> None:
    content = read()
    for person in content.members:
        assert name_of_member(nobody, person.name) == person.name
    for one in content.organisations:
        assert name_of_organisation(nobody, one.name, one.kind) == one.name


@pytest.mark.parametrize(
    "name",
    ["Kementerіan", "Кементериан", "ΑKAR", "Αdmin", "ᎪKAR", "Ꭰinas", "菊", "محمد", "😀",
     "Bo\u0301o͏"],
)  # fmt: skip
def test_other_scripts_are_refused(nobody: Session, name: str) -> None:
    with pytest.raises(Invalid, match="Latin"):
        name_of_member(nobody, name)


RESERVED = (*ANYWHERE, *HOUSE, *STATE, *OFFICIAL, *OFFICES)


@given(st.data())
def test_no_spelling_of_a_reserved_word_passes(nobody: Session, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(RESERVED))
    spelled = "".join(data.draw(st.sampled_from(LATIN.get(sign, sign))) for sign in word)
    if data.draw(st.booleans()):
        spelled = spelled.replace("m", "rn").replace("w", "vv")
    before = data.draw(st.sampled_from(["", "Bapak ", "PT. ", "x-"]))
    after = data.draw(st.sampled_from(["", " Garut", " 2", "99", ", S.E.", "-RI"]))
    with pytest.raises(Invalid):
        name_of_member(nobody, before + spelled + after)


@given(st.sampled_from(RESERVED), st.sampled_from([" ", ".", "-", " . "]))
def test_nor_where_its_letters_stand_apart(nobody: Session, word: str, between: str) -> None:
    with pytest.raises(Invalid):
        name_of_member(nobody, between.join(word))


@given(st.sampled_from((*ANYWHERE, *OFFICIAL)), st.integers(1, 5), st.sampled_from(UNSEEN))
def test_nor_with_anything_unseen_in_it(nobody: Session, word: str, at: int, unseen: str) -> None:
    with pytest.raises(Invalid):
        name_of_member(nobody, word[:at] + unseen + word[at:])


@given(st.sampled_from(RESERVED), st.data())
def test_nor_with_a_letter_of_another_script(
    nobody: Session, word: str, data: st.DataObject
) -> None:
    known = [sign for sign in word if sign in FOREIGN]
    if known:
        sign = data.draw(st.sampled_from(known))
        with pytest.raises(Invalid, match="Latin"):
            name_of_member(nobody, word.replace(sign, data.draw(st.sampled_from(FOREIGN[sign])), 1))


@given(st.text(max_size=60))
@example("\u2028Bo\u3000 Bo")
@example("ﬁ ﷺ Ⅷ")
def test_what_is_kept_is_seen_and_stays_what_it_is(nobody: Session, text: str) -> None:
    try:
        name = name_of_member(nobody, text)
    except Invalid:
        return
    assert name.isprintable() and name == name.strip() and "  " not in name
    assert name_of_member(nobody, name) == name
    if "ß" not in name:  # looks like b; its capitals are SS
        assert skeleton(name) == skeleton(name.upper().lower())


@pytest.mark.parametrize(
    "name",
    ["menang.com", "Hadiah www.x", "bit.ly", "Toko.id Murah", "https://x.y", "a@b.id", "Promo.me",
     "wa.me", "t.me", "slot88.fun", "klik.asia"],
)  # fmt: skip
def test_addresses_are_no_names(nobody: Session, name: str) -> None:
    """Flarum CVE-2026-30913."""
    with pytest.raises(Invalid):
        name_of_member(nobody, name)


async def test_whose_name_it_is_gets_it_when_a_forger_was_closed(db: Database) -> None:
    await as_(db, FAY, close_by_order, DODOL, "Forged papers: this is not Dodol.")
    await db.act(lambda tx: name_of_organisation(tx, "Dodol", Kind.BRAND))


async def test_a_name_from_before_it_was_reserved_is_renewed(db: Database) -> None:
    def renamed(tx: Transaction) -> None:
        dodol = tx.get_one(Organisation, DODOL)
        dodol.name = "Dinas Dodol"
        tx.flush()
        verify(tx, dodol, 1, "Seen.", until=now(tx) + timedelta(days=365))

    await db.act(renamed)
    await as_(db, FAY, close_by_order, DODOL, "Nobody is there.")
    await as_(db, FAY, reopen, DODOL, CY)


async def test_short_names_are_alike_only_where_they_are_the_same(db: Database) -> None:
    def ask(tx: Transaction) -> None:
        tx.get_one(Organisation, DODOL).name = "Lili"
        tx.flush()
        for other in ("Ali", "Al", "Lilli"):
            assert name_of_member(tx, other) == other
        with pytest.raises(Invalid, match="verified"):
            name_of_member(tx, "CV LILÌ")

    await db.act(ask)


async def test_the_name_of_a_verified_organisation_is_its_own(db: Database) -> None:
    def ask(tx: Transaction) -> None:
        for name in ("Harbour Office", "harb0ur  officé", "HarbourOffice", "Harbour-0ffice.",
                     "CV Harbour Office", "Harbour Office Official", "Harbour Office (Resmi)",
                     "Harbbour Officce"):  # fmt: skip
            with pytest.raises(Invalid, match="verified"):
                name_of_member(tx, name)
            with pytest.raises(Invalid, match="verified"):
                name_of_organisation(tx, name, Kind.BRAND)
        assert name_of_organisation(tx, "Dodol", Kind.BRAND, id=DODOL) == "Dodol"
        assert name_of_member(tx, "Harbour") == "Harbour"

    await db.act(ask)


def test_only_government_offices_bear_the_words_of_the_state(nobody: Session) -> None:
    for name in ("Dinas Perindustrian Kota", "Kementerian Perindustrian", "Pemerintah Kota",
                 "OJK Jawa Barat", "Kabupaten Garut", "BPK"):  # fmt: skip
        assert name_of_organisation(nobody, name, Kind.GOVERNMENT) == name
        for kind in (Kind.BRAND, Kind.INDUSTRY_REGION, Kind.FACILITATOR):
            with pytest.raises(Invalid, match="reserved"):
                name_of_organisation(nobody, name, kind)
    with pytest.raises(Invalid, match="reserved"):
        name_of_organisation(nobody, "Administrator", Kind.GOVERNMENT)


async def test_who_joins_is_told_and_can_choose_another(posted: Posted) -> None:
    town, box = posted
    refused = await town.visitor.post("/join", **WHO | {"name": "Kementerіan Kelautan"})
    assert refused.status_code == 422 and "Latin letters" in refused.text
    assert 'value="I weave"' in refused.text, "what they wrote is still there"
    await town.visitor.post("/join", **WHO)
    path = path_in(await box.next())
    refused = await town.visitor.post(path, **CONFIRMED | {"name": "Admin Pusat"})
    assert refused.status_code == 422 and "reserved" in refused.text
    assert (await town.visitor.post(path, **CONFIRMED | {"name": " Gita  S. "})).status_code == 303
    newest = select(Member.name).order_by(Member.id.desc())
    assert await town.db.look(lambda session: session.scalar(newest)) == "Gita S."
