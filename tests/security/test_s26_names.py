"""S26, names: nobody calls themself what they are not, however it is spelled."""

from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from community.database import Base, Database, Transaction
from community.errors import Invalid
from community.members.models import Member
from community.names import (
    ANYWHERE,
    HONEST,
    HOUSE,
    OFFICES,
    STATE,
    name_of_member,
    name_of_organisation,
    skeleton,
)
from community.organisations.models import Kind
from tests.cast import DODOL
from tests.community.test_joining import CONFIRMED, WHO
from tests.conftest import Posted
from tests.letterbox import path_in
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
    "Moderata", "Admi N.",
    "Pernda Sitepu", "Pol Da Silva", "Siti Kemenangan", "Abd. Ion", "Prof.Dr.H.Me",
    "Bi Entin", "Bpk. Dadang", "Kadin bin Salam", "B. I. Santoso", "Anna Dinna S.", "Bibi",
    "Ny. Presti (Bu Pres)", "Pol Sihombing", "Ida Ayu Ketut", "U", "Dina S.", "Dina Saraswati",
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


@pytest.mark.parametrize(
    "name",
    ['UD "Sumber Makmur"', "Toko Kain A/B", "Kopi Tuku!", "Sentra Rotan Cirebon: Tegalwangi",
     "C.V. Karya 100%", "Dinasti Batik", "Toko Kemenyan", "Akar Wangi",
     "Biro Perjalanan Amanah", "Dapur Bi Iyem", "Keripik Bibi Entin", "Batik Bpk. Haji Ahmad",
     "Bank Sampah Melati", "Konsultan Pajak Mandiri", "Mprint Studio", "Plntng Kopi",
     "Dispenser Jaya", "Diskon Ceria", "Tenun Kota Garut", "Warung Bu Logita", "Brinda Craft",
     "Distribusi Tani", "Toko Kadinah", "Dekorasi Nusantara"],
)  # fmt: skip
def test_organisations_are_called_what_they_are_called(nobody: Session, name: str) -> None:
    assert name_of_organisation(nobody, name, Kind.BRAND) == name


@pytest.mark.parametrize(
    "name",
    ["c1inas Garut", "cIinas Garut", "6POM", "ßPOM", "Kernenterian", "Admins", "Staf Akar",
     "Administrasi Akar", "Akar Indonesia Resmi", "Tim Akar Resmi", "Official Akar", "Kemendagri",
     "Kemenkeu", "Polresta Garut", "Polsek Garut", "Disperindag Garut", "Mentri Perdagangan",
     "Sekda Garut", "Dinaſ"],
)  # fmt: skip
def test_nor_does_what_looks_like_one_or_begins_like_one(nobody: Session, name: str) -> None:
    with pytest.raises(Invalid, match="reserved"):
        name_of_member(nobody, name)


@pytest.mark.parametrize(
    "name",
    ["Kementeriann", "Kemmenterian", "Dinnas Garut", "BI", "BI Jabar", "B1 Jabar", "BPK",
     "Bank Indonesia", "Bank 1ndonesia", "OJK", "0jk Garut", "DPR RI", "Bea Cukai", "Bea & Cukai",
     "Ditjen Pajak", "Pertamina Retail", "PLN Garut", "Bulog", "KPPU", "KADlN Jabar",
     "Otoritas Jasa Keuangan", "Badan Pusat Statistik", "Dinkes Garut", "Kabupaten Garut",
     "Pemkab. Garut", "Kota Bandung Resmi", "Provinsi Jawa Barat"],
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
    [
        "Kementerіan",
        "Кементериан",
        "ΑKAR",
        "Αdmin",
        "ᎪKAR",
        "Ꭰinas",
        "菊",
        "محمد",
        "😀",
        "Bo\u0301o͏",
    ],
)
def test_other_scripts_are_refused(nobody: Session, name: str) -> None:
    with pytest.raises(Invalid, match="Latin"):
        name_of_member(nobody, name)


RESERVED = (*ANYWHERE, *HOUSE, *STATE, *OFFICES)


@given(st.data())
def test_no_spelling_of_a_reserved_word_passes(nobody: Session, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(RESERVED))
    spelled = "".join(data.draw(st.sampled_from(LATIN.get(sign, sign))) for sign in word)
    if data.draw(st.booleans()):
        spelled = spelled.replace("m", "rn").replace("w", "vv")
    before = data.draw(st.sampled_from(["", "Bapak ", "PT. ", "x-"]))
    after = data.draw(st.sampled_from(["", " Garut", " 2", "99", ", S.E.", "-RI"]))
    assume(not HONEST.search(spelled))
    with pytest.raises(Invalid):
        name_of_member(nobody, before + spelled + after)


@given(st.sampled_from(RESERVED), st.sampled_from([" ", ".", "-", " . "]))
def test_nor_where_its_letters_stand_apart(nobody: Session, word: str, between: str) -> None:
    with pytest.raises(Invalid):
        name_of_member(nobody, between.join(word))


@given(st.sampled_from(ANYWHERE), st.integers(1, 5), st.sampled_from(UNSEEN))
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
    [
        "menang.com",
        "Hadiah www.x",
        "bit.ly",
        "Toko.id Murah",
        "https://x.y",
        "a@b.id",
        "Promo.me",
        "wa.me",
        "t.me",
        "slot88.fun",
        "klik.asia",
    ],
)
def test_addresses_are_no_names(nobody: Session, name: str) -> None:
    """Flarum CVE-2026-30913."""
    with pytest.raises(Invalid):
        name_of_member(nobody, name)


async def test_the_name_of_a_verified_organisation_is_its_own(db: Database) -> None:
    def ask(tx: Transaction) -> None:
        for name in (
            "Harbour Office",
            "harb0ur  officé",
            "HarbourOffice",
            "Harbour-0ffice.",
            "CV Harbour Office",
            "Harbour Office Official",
            "Harbour Office (Resmi)",
            "Harbbour Officce",
        ):
            with pytest.raises(Invalid, match="verified"):
                name_of_member(tx, name)
            with pytest.raises(Invalid, match="verified"):
                name_of_organisation(tx, name, Kind.BRAND)
        assert name_of_organisation(tx, "Dodol", Kind.BRAND, id=DODOL) == "Dodol"
        assert name_of_member(tx, "Harbour") == "Harbour"

    await db.act(ask)


def test_only_government_offices_bear_the_words_of_the_state(nobody: Session) -> None:
    for name in ("Dinas Perindustrian Kota", "Kementerian Perindustrian", "Pemerintah Kota",
                 "OJK Jawa Barat", "Dekranasda Garut", "Kabupaten Garut", "BPK"):  # fmt: skip
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
