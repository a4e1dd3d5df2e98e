"""Words find each other, on both databases alike; what one may not see is not found."""

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from channels.actions import hide_message
from channels.joining import remove
from channels.models import Message
from community.attachments import Along, Chosen
from community.blocks import Extent, keep_away
from community.database import Database
from community.errors import Invalid
from community.members.models import Member
from community.pictures import Print
from community.places import Lens
from community.search.models import Order
from community.tokens import marked
from community.wanted import read
from forum.aims import turn
from forum.attachments import enclose
from forum.conclusions import conclude
from forum.similar import similar_to
from forum.topics import actions as topics
from forum.topics.actions import edit
from forum.topics.models import Aim, Post
from moderation.subjects import settle
from tests.browsing import Browser
from tests.cast import ADA, BO, CABIN, CY, DEE, LEDGER, MARKET, OFFICE
from tests.conftest import Town
from tests.moderation.reporting import as_, say, write
from web.reindexing import reindex
from web.searching import Part, Results, results_for

PAIRS = """
tulis menulis · tulisan penulis · kirim pengiriman · mengirim terkirim · rumah perumahan
rusak kerusakan · jual penjualan · menjual terjual · beli pembelian · produksi memproduksi
latih pelatihan · pelatih dilatih · belajar pelajaran · usaha pengusaha · rajin kerajinan
pengrajin perajin · tenun menenun · anyam anyaman · batik membatik · jahit penjahit
makan makanan · minum minuman · masak masakan · olah pengolahan · mengolah diolah
kemas kemasan · simpan penyimpanan · sewa penyewaan · pesan pesanan · pakai pemakaian
pasar pemasaran · potong pemotongan · tanam tanaman · timbang penimbangan · tawar penawaran
tambah penambahan · terima penerimaan · tanya pertanyaan · jawab jawaban · bayar pembayaran
bantu bantuan · daftar pendaftaran · izin perizinan · atur peraturan · syarat persyaratan
uji pengujian · ukur pengukuran · hitung perhitungan · kerja pekerjaan · kelola pengelolaan
kumpul pengumpulan · kunjung kunjungan · kurang kekurangan · kering pengeringan
kembang perkembangan · tingkat peningkatan · tentu ketentuan · tutup penutupan
sedia penyediaan · salur penyaluran · rencana perencanaan · rawat perawatan · rancang rancangan
lapor laporan · layan pelayanan · tani petani · ternak peternakan · dagang perdagangan
pinjam pinjaman · butuh kebutuhan · angkut pengangkutan · putus keputusan · simpul kesimpulan
dampingi pendampingan · Jumat Jum'at · café cafe · SNI-7763 sni7763 · UTF8 utf-8 · CI ci
"""
CANARY = "kenari"


def pairs() -> list[tuple[str, str]]:
    lines = PAIRS.replace("\n", " · ").split(" · ")
    return [(one, other) for one, other in (line.split() for line in lines if line)]


async def test_pairs_of_words_find_each_other(db: Database) -> None:
    assert len(pairs()) >= 60
    posts = {word: 0 for pair in pairs() for word in pair}
    for word in posts:
        posts[word] = await write(db, body=f"Kami bicara soal {word} di sini.")
    for pair in pairs():
        for asked, there in (pair, reversed(pair)):
            assert posts[there] in await found(db, CY, f"{asked} "), (asked, there)


async def test_words_are_found_by_their_beginnings_and_codes_by_their_parts(db: Database) -> None:
    post = await write(db, body="Syarat SNI-7763 untuk pengiriman ke CI, bukan Cilacap")
    for words in ("pengir", "sni", "7763", "SNI-77", "sni 7763", '"untuk pengiriman"', "syarat ci"):
        assert await found(db, CY, words) == [post], words
    for words in ("SNI-9", '"pengiriman untuk"', "si ", "776 "):
        assert await found(db, CY, words) == [], words


@pytest.mark.parametrize(
    "words", ['" OR * NEAR(', "a' & !b | :*", "title:", "--", "\u200b", "é", "％"]
)
async def test_no_sign_means_anything_to_a_database(db: Database, words: str) -> None:
    assert await found(db, CY, words) == []


async def test_what_is_gone_is_not_found_and_comes_back_when_it_is_restored(db: Database) -> None:
    post, message = await write(db, body=CANARY), await say(db, body=CANARY)
    assert await counted(db, CY) == 2
    await db.act(lambda tx: topics.hide_post(tx, tx.get_one(Post, post)))
    await db.act(lambda tx: hide_message(tx, tx.get_one(Message, message)))
    assert await counted(db, CY) == 0
    await db.act(lambda tx: settle(tx, tx.get_one(Post, post)))
    assert await found(db, CY, CANARY) == [post]
    await as_(db, BO, topics.edit, post, "Nothing of it")
    assert await counted(db, CY) == 0
    await as_(db, BO, topics.edit, post, CANARY)
    await as_(db, BO, topics.withdraw, post)
    assert await counted(db, CY) == 0


async def test_everybody_finds_what_they_may_see_and_counts_no_more(db: Database) -> None:
    office = await write(db, DEE, CANARY, LEDGER)
    secret = await say(db, ADA, CANARY, CABIN)
    assert await found(db, DEE, CANARY) == [office]
    assert await found(db, BO, CANARY) == [secret]
    assert await counted(db, CY) == await counted(db, None) == 0
    await as_(db, ADA, remove, CABIN, BO)
    assert await counted(db, BO) == 0


async def test_who_is_kept_away_from_is_not_found(db: Database) -> None:
    await write(db, body=CANARY)
    await as_(db, CY, keep_away, BO, Extent.MUTED)
    assert await counted(db, CY) == 0 and await counted(db, DEE) == 1


async def test_filters_narrow_what_is_found(db: Database) -> None:
    one = await write(db, BO, "Benang <https://akar.test> untuk kain")
    attached = await write(db, BO, "Gambar emas")
    (file,) = await as_(db, BO, enclose, f"post:{attached}", [[Print(1, 1, b"webp")] * 2], [])
    along = Along(files=(Chosen(file["file"]),))
    await as_(db, BO, edit, attached, "Gambar emas", along=along)
    other = await write(db, CY, "Benang `kode` untuk kain")
    for words, expected in {
        "from:bo benang": [one],
        "dari:cy benang": [other],
        "benang has:link": [one],
        "berisi:kode": [other],
        "benang is:unread": [other],
        "emas has:file": [attached],
        "benang is:answered": [],
        "benang tag:ekspor": [],
        "in:market -benang": [other, one],
        "in:quay benang": [],
        "region:garut benang": [],
        "benang after:2020 before:2021-02": [],
        "benang after:2020-01-31": [other, one],
    }.items():
        assert await found(db, BO, words) == expected, words


@pytest.mark.parametrize(
    "words", ["region:atlantis", "before:32-12", "after:2026-13", "has:gold", "is:x"]
)
async def test_a_filter_nobody_understands_is_said_so(words: str) -> None:
    with pytest.raises(Invalid):
        read(words)


async def test_people_and_organisations_are_found_by_members_alone(db: Database) -> None:
    assert (await look(db, CY, "dodo", Part.ORGANISATIONS)).total == 1
    assert (await look(db, CY, "bo", Part.PEOPLE)).total == 1
    assert (await look(db, None, "bo", Part.PEOPLE)).total == 0


async def test_the_newest_stand_first_or_what_fits_best(db: Database) -> None:
    best = await write(db, body="dermaga dermaga dermaga")
    newest = await write(db, body="dermaga dan hal lain yang panjang sekali untuk dibaca")
    assert await found(db, CY, "dermaga") == [newest, best]
    fitting = await db.look(as_reader, CY, "dermaga", Part.ALL, Order.FITTING)
    assert [one.id for one in fitting.found] == [best, newest]


async def test_pages_go_on_where_the_last_one_ended(db: Database) -> None:
    posts = [await write(db, body=f"simpul {number}") for number in range(45)]
    seen, after = list[int](), 0
    while len(seen) < len(posts):
        page = await db.look(as_reader, CY, "simpul", Part.ALL, Order.NEWEST, after)
        seen, after = seen + [one.id for one in page.found], page.last or 0
    assert seen == posts[::-1]


async def test_titles_that_share_words_are_similar(db: Database) -> None:
    async def started(author: int, title: str, category: int = MARKET) -> int:
        about = {"key": title, "place": Lens()}
        return (await as_(db, author, topics.start, category, title, "Isi", **about)).stream_id

    near = await started(BO, "Pengemasan kerupuk kulit untuk ekspor")
    nearer = await started(CY, "Cara mengemas kerupuk kulit")
    await started(CY, "Jadwal kapal ke Pontianak")
    await started(DEE, "Kemasan kerupuk kulit rahasia", OFFICE)
    similar = await db.look(
        lambda session: similar_to(session, session.get_one(Member, CY), "Kemasan kerupuk kulit?")
    )
    assert {topic.id for topic in similar} == {near, nearer}
    assert await db.look(similar_to, None, "Bagaimana cara untuk apa?") == []


async def test_what_was_concluded_is_found_where_the_topic_began(db: Database) -> None:
    place = Lens()
    post = await as_(db, BO, topics.start, MARKET, "Musyawarah", "Isi", place, key="k")
    await as_(db, BO, turn, post.stream_id, Aim.DECISION)
    await as_(db, BO, conclude, post.stream_id, "Kita membeli oven bersama")
    assert await found(db, CY, "oven musyawarah") == [post.id]
    await as_(db, BO, turn, post.stream_id, Aim.DISCUSSION)
    assert await found(db, CY, "oven musyawarah") == [], "a discussion shows no conclusion"


async def test_an_index_made_anew_finds_the_same_in_the_same_order(db: Database) -> None:
    first, edited = await write(db, body="lambung satu"), await write(db, body="tiga")
    await say(db, body="lambung dua")
    await as_(db, BO, topics.edit, edited, "lambung tiga")
    before = await look(db, CY, "lambung")
    assert [before.total, before.found[-1].id] == [3, first]
    told = list[tuple[int, int]]()
    count = await db.act(reindex, lambda done, of: told.append((done, of)))
    assert told[-1] == (count, count) and count > 3
    assert await look(db, CY, "lambung") == before
    assert (await look(db, CY, "harbour", Part.ORGANISATIONS)).total == 1


async def test_the_form_writes_the_filters_in_the_tongue_of_its_page(town: Town) -> None:
    page = Browser(town.origin, locale="id")
    led = await page.get("/search?q=kain&from=Bo&is=answered&cluster=food")
    assert led.headers["location"].endswith("q=kain+dari%3ABo+klaster%3Apangan+yang%3Aterjawab")
    help = await page.open("/search")
    assert "yang:belum-dibaca" in help and "is:unread" not in help


def test_hits_are_marked_and_nothing_else() -> None:
    parts = marked("Kami <b>mengirim</b> SNI-7763 ke Garut.", read("pengiriman sni7763 gar").terms)
    assert [part.text for part in parts if part.hit] == ["mengirim", "SNI-7763", "Garut"]
    assert "".join(part.text for part in parts) == "Kami <b>mengirim</b> SNI-7763 ke Garut."


async def found(db: Database, reader: int | None, words: str) -> Sequence[int]:
    return [one.id for one in (await look(db, reader, words)).found]


async def counted(db: Database, reader: int | None) -> int | None:
    return (await look(db, reader, CANARY)).total


async def look(db: Database, reader: int | None, words: str, part: Part = Part.ALL) -> Results:
    return await db.look(as_reader, reader, words, part)


def as_reader(
    session: Session,
    reader: int | None,
    words: str,
    part: Part,
    order: Order = Order.NEWEST,
    after: int = 0,
) -> Results:
    member = session.get_one(Member, reader) if reader else None
    return results_for(session, member, read(words), part, order, after)
