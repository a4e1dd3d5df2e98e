"""What moderators say again and again, with a first text for every reason in both tongues

Revision ID: canned_texts
Revises: measures
"""

import sqlalchemy as sa
from alembic import op

revision = "canned_texts"
down_revision = "measures"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = ("reason_code", "field", "words_id", "words_en", "position")

# Reason (none: for any), field, Indonesian, English.
FIRST = (
    (None, "facts",
     "Kami membaca tulisan Anda di “{place}” beserta percakapan di sekitarnya. Tidak ada yang melanggar aturan, jadi tulisannya tetap.",
     "We have read what you wrote in “{place}” with the talk around it. Nothing in it breaks the rules, so it stays."),
    (None, "facts",
     "Tulisan itu sudah Anda ubah sendiri setelah dilaporkan. Seperti sekarang, ia sesuai aturan dan tetap.",
     "You changed it yourself after it was reported. As it reads now it keeps the rules, and it stays."),
    ("csam", "facts",
     "Tulisan Anda pada {date} menampilkan anak secara seksual, atau menuju ke sana. Isinya disembunyikan seketika dan disimpan untuk pihak berwajib.",
     "What you wrote on {date} sexualises a child, or leads there. It was hidden at once and is kept for the authorities."),
    ("csam", "ground", "UU 44/2008 Pasal 4; UU 35/2014", "Law 44/2008, Article 4; Law 35/2014"),
    ("terror", "facts",
     "Tulisan Anda di “{place}” mengajak, memuji atau menolong serangan terhadap orang.",
     "What you wrote in “{place}” calls for, praises or helps attacks on people."),
    ("terror", "ground", "UU 5/2018", "Law 5/2018"),
    ("threat_selfharm", "facts",
     "Tulisan Anda dapat dibaca sebagai ancaman terhadap seseorang. Kami tahu orang menulis keras ketika marah; meskipun begitu ancaman tidak boleh tetap di sini.",
     "What you wrote can be read as a threat to somebody. We know that people write harshly when they are angry; a threat cannot stay here all the same."),
    ("threat_selfharm", "facts",
     "Kami membaca tulisan Anda dan mengkhawatirkan Anda. Ini bukan hukuman: kami hanya menyembunyikannya dari orang lain. Anda tidak sendirian. Layanan SEJIWA menerima telepon di 119 tekan 8.",
     "We have read what you wrote and are worried about you. This is no punishment: we only keep it from others. You are not alone. In Indonesia, SEJIWA answers at 119, extension 8."),
    ("threat_selfharm", "ground",
     "UU 11/2008 jo. UU 1/2024 Pasal 29", "Law 11/2008 with Law 1/2024, Article 29"),
    ("doxxing", "facts",
     "Tulisan Anda di “{place}” memuat data orang lain yang tidak ia umumkan sendiri. Silakan tulis lagi tanpa data itu.",
     "What you wrote in “{place}” holds data of another person that they have not made public themself. You are welcome to write it again without."),
    ("doxxing", "ground", "UU 27/2022 Pasal 65 ayat (2)", "Law 27/2022, Article 65 (2)"),
    ("impersonation_official", "facts",
     "Tulisan Anda terbaca seolah atas nama sebuah kantor, padahal akun Anda tidak memegang mandatnya. Bila Anda memang bertugas di sana, mintalah mandat kepada kantor itu.",
     "What you wrote reads as if it came from an office, for which your account has no mandate. If you do work there, ask that office for one."),
    ("scam_fraud", "facts",
     "Tulisan Anda meminta uang, kode atau data rekening dengan dalih yang tidak benar.",
     "What you wrote asks for money, codes or account data under a pretext that is not true."),
    ("scam_fraud", "facts",
     "Tulisan Anda menawarkan pinjaman. Pemberi pinjaman yang Anda sebut tidak kami temukan dalam daftar OJK.",
     "What you wrote offers loans. We did not find the lender you name in the list of the OJK."),
    ("scam_fraud", "ground",
     "UU 11/2008 jo. UU 1/2024 Pasal 28 ayat (1)", "Law 11/2008 with Law 1/2024, Article 28 (1)"),
    ("gambling_porn", "facts",
     "Tulisan Anda memuat judi atau pornografi, atau tautan yang menuju ke sana.",
     "What you wrote holds gambling or pornography, or a link that leads there."),
    ("gambling_porn", "ground",
     "UU 11/2008 jo. UU 1/2024 Pasal 27 ayat (1) dan (2)",
     "Law 11/2008 with Law 1/2024, Article 27 (1) and (2)"),
    ("illegal_goods", "facts",
     "Tulisan Anda menawarkan barang yang memerlukan izin edar (BPOM atau P-IRT), dan nomornya tidak tertera. Tambahkan nomornya, dan tawarkan lagi.",
     "What you wrote offers goods that need a permit (BPOM or P-IRT), and names no number. Add the number, and offer it again."),
    ("illegal_goods", "facts",
     "Tulisan Anda menyebut produk “halal” tanpa sertifikat, atau menjanjikan khasiat yang tidak diizinkan. Silakan tulis lagi tanpa pernyataan itu, atau dengan nomor sertifikatnya.",
     "What you wrote calls a product halal without a certificate, or promises effects that no permit allows. You are welcome to write it again without, or with the number of the certificate."),
    ("illegal_goods", "ground",
     "UU 18/2012 Pasal 91; UU 33/2014; UU 8/1999 Pasal 8",
     "Law 18/2012, Article 91; Law 33/2014; Law 8/1999, Article 8"),
    ("sara_hate", "facts",
     "Tulisan Anda merendahkan orang karena suku, agama, ras atau golongannya.",
     "What you wrote despises people for their ethnicity, religion, race or group."),
    ("sara_hate", "ground",
     "UU 11/2008 jo. UU 1/2024 Pasal 28 ayat (2)", "Law 11/2008 with Law 1/2024, Article 28 (2)"),
    ("harassment", "facts",
     "Tulisan Anda di “{place}” menyerang orangnya, bukan perkaranya. Kritik Anda tentang perkaranya boleh ditulis lagi.",
     "What you wrote in “{place}” attacks the person, not the matter. What you have to say about the matter is welcome again."),
    ("hoax", "facts",
     "Keterangan dalam tulisan Anda di “{place}” dibantah oleh sumber berikut:",
     "What you stated in “{place}” is contradicted by this source:"),
    ("counterfeit_ip", "facts",
     "Tulisan Anda memakai merek, motif atau foto milik orang lain. Pemegang haknya telah menunjukkan haknya kepada kami. Bila Anda memiliki izin, tunjukkan dalam keberatan Anda.",
     "What you wrote uses the brand, pattern or pictures of others. Whoever holds the right has shown it to us. If you have their permission, show it when you object."),
    ("counterfeit_ip", "ground",
     "UU 20/2016 (merek); UU 28/2014 (hak cipta); UU 31/2000 (desain industri)",
     "Law 20/2016 (marks); Law 28/2014 (copyright); Law 31/2000 (designs)"),
    ("price_collusion", "facts",
     "Tulisan Anda di “{place}” mengajak pesaing menyepakati harga, jumlah, wilayah atau boikot. Harga yang sudah diumumkan dan kapasitas tetap boleh dibahas.",
     "What you wrote in “{place}” asks competitors to agree on prices, quantities, areas or a boycott. Published prices and capacity may still be discussed."),
    ("price_collusion", "facts",
     "Tulisan itu menyebut harga yang sudah diumumkan. Itu bukan kesepakatan antarpesaing, jadi tetap.",
     "It names prices that are published already. That is no agreement among competitors, so it stays."),
    ("price_collusion", "ground",
     "UU 5/1999 Pasal 5, 9, 10 dan 11", "Law 5/1999, Articles 5, 9, 10 and 11"),
    ("manipulation", "facts",
     "Beberapa akun, ulasan atau suara di “{place}” diatur oleh orang yang sama.",
     "Several accounts, reviews or votes in “{place}” were arranged by the same people."),
    ("spam", "facts",
     "Tawaran yang sama Anda tulis di beberapa tempat. Satu kali, di topik yang sesuai, sudah cukup dan tetap boleh.",
     "You wrote the same offer in several places. Once, in the topic it fits, is enough and remains welcome."),
    ("spam", "facts",
     "Tulisan Anda di “{place}” adalah iklan di tempat yang membicarakan hal lain.",
     "What you wrote in “{place}” is an advertisement where people talk about something else."),
    ("off_topic", "facts",
     "Tulisan Anda membicarakan hal lain dari “{place}”. Kami memindahkannya ke tempat yang sesuai; tidak ada yang hilang.",
     "What you wrote is about something else than “{place}”. We moved it to where it fits; nothing is lost."),
    ("duplicate", "facts",
     "Perkara ini sudah dibicarakan di topik lain. Keduanya digabungkan supaya jawabannya ada di satu tempat.",
     "This matter has a topic already. The two were put together, so that the answers stand in one place."),
    ("language", "facts",
     "Tulisan Anda di “{place}” memuat kata kasar. Isinya boleh tetap bila Anda memperhalusnya.",
     "What you wrote in “{place}” has rude words. It may stay when you put it otherwise."),
    ("other", "facts",
     "Kami membaca laporan dan tulisannya. Tidak ada alasan lain dalam aturan yang sesuai, jadi tulisannya tetap.",
     "We have read the report and what it is about. No other reason of the rules fits, so it stays."),
    ("legal_order", "facts",
     "Pejabat yang berwenang meminta hal ini secara tertulis. Kami telah memeriksa keaslian perintahnya dan menjalankannya tidak lebih jauh dari isinya.",
     "A competent authority asked for this in writing. We have checked that the order is genuine, and follow it no further than it reaches."),
    ("legal_order", "ground",
     "Peraturan Menteri Komunikasi dan Informatika 5/2020",
     "Regulation of the Minister of Communication and Informatics 5/2020"),
    ("office", "question",
     "Terima kasih. Mohon lampirkan surat tugas atau SK yang menyebut nama Anda dan kantor ini.",
     "Thank you. Please add the letter of assignment that names you and this office."),
    ("office", "question",
     "Mohon sebutkan alamat surel dinas yang berakhir dengan .go.id, supaya kami dapat mengirim surat konfirmasi ke sana.",
     "Please name the office’s e-mail address that ends in .go.id, so that we can send a letter there."),
    ("office", "facts",
     "Surat tugas dan alamat dinasnya telah kami periksa.",
     "The letter of assignment and the office’s address were checked."),
    ("organisation", "question",
     "Terima kasih. Mohon sebutkan NIB usaha ini, atau lampirkan foto yang menunjukkan NIB dan namanya.",
     "Thank you. Please name the NIB of this business, or add a picture that shows the NIB and the name."),
    ("organisation", "question",
     "Nama pada dokumen berbeda dari nama di sini. Mohon jelaskan hubungannya.",
     "The name on the paper differs from the name here. Please explain how they belong together."),
    ("organisation", "facts", "NIB dan namanya telah kami periksa.", "The NIB and the name were checked."),
    ("organisation", "facts",
     "Dokumen yang ditunjukkan tidak cukup untuk mengenali usaha ini. Anda boleh menunjukkan lebih banyak kapan saja.",
     "What was shown is not enough to know this business by. You can show more at any time."),
    ("registration", "question",
     "Selamat datang. Mohon ceritakan dalam satu dua kalimat apa yang Anda kerjakan dan apa yang Anda cari di sini.",
     "Welcome. Please say in a sentence or two what you do, and what you are looking for here."),
    ("registration", "facts",
     "Kami tidak dapat mengenali dari keterangan Anda apa hubungan Anda dengan usaha, kantor atau sentra. Silakan kabari kami bila ada yang berubah.",
     "From what you say we cannot see what ties you to a business, an office or an industry region. Please tell us when that changes."),
    ("held", "facts",
     "Pesan pertama Anda memuat iklan. Perkenalkan diri Anda lebih dulu; tawaran boleh di topik yang sesuai.",
     "Your first message is an advertisement. Please introduce yourself first; an offer is welcome in the topic it fits."),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "canned_texts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("reason_code", sa.String(), sa.ForeignKey("reasons.code"), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("words_id", sa.String(), nullable=False),
        sa.Column("words_en", sa.String(), nullable=False),
        sa.Column("position", ID, nullable=False),
    )
    texts = sa.table("canned_texts", *map(sa.column, COLUMNS))
    op.bulk_insert(
        texts,
        [
            dict(zip(COLUMNS, (*text, position), strict=True))
            for position, text in enumerate(FIRST, 1)
        ],
    )


def downgrade() -> None:
    op.drop_table("canned_texts")
