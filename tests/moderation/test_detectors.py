"""What authors are asked about before others read it, and what they are never asked about: prices,
amounts, years, sizes, orders. All numbers are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.places import regencies
from community.text import LONGEST
from moderation.detectors.findings import MOST, Kind, around
from moderation.detectors.looking import found_in

ASKED = {
    "KTP saya 3205074506900003, tolong dibantu": (Kind.IDENTITY, "3205074506900003"),
    "nik: 3205 0745 0690 0003": (Kind.IDENTITY, "3205 0745 0690 0003"),
    "No KK 320507-120815-0007.": (Kind.IDENTITY, "320507-120815-0007"),
    "NIK 32.05.07.450690.0003 ya": (Kind.IDENTITY, "32.05.07.450690.0003"),
    "Hubungi 081234567890": (Kind.PHONE, "081234567890"),
    "WA: 0812-3456-7890 (Bu Lilis)": (Kind.PHONE, "0812-3456-7890"),
    "wa.me/6281234567890": (Kind.PHONE, "6281234567890"),
    "telepon +62 812 3456 7890 saja": (Kind.PHONE, "+62 812 3456 7890"),
    "hp 0857.1234.567,": (Kind.PHONE, "0857.1234.567"),
    "Kantor (0262) 234567": (Kind.PHONE, "(0262) 234567"),
    "tel 022-7301234": (Kind.PHONE, "022-7301234"),
    "Transfer ke BCA 1234567890 a.n. Lilis": (Kind.ACCOUNT, "1234567890"),
    "rekening Mandiri: 131-00-1234567-8": (Kind.ACCOUNT, "131-00-1234567-8"),
    "norek 012301234567509 BRI": (Kind.ACCOUNT, "012301234567509"),
    "email ke lilis.dodol@gmail.com ya": (Kind.EMAIL, "lilis.dodol@gmail.com"),
    "Dodol kami sudah BPOM, silakan pesan.": (Kind.BPOM, "sudah BPOM"),
    "Krim ini sudah terdaftar di BPOM": (Kind.BPOM, "sudah terdaftar di BPOM"),
    "Keripik ber-PIRT, renyah!": (Kind.PIRT, "ber-PIRT"),
    "Produk bersertifikat halal": (Kind.HALAL, "bersertifikat halal"),
    "Kue kami sudah punya sertifikat halal": (Kind.HALAL, "sudah punya sertifikat halal"),
    "Jamu ini menyembuhkan diabetes": (Kind.CURE, "menyembuhkan"),
    "Kulit putih dalam 7 hari": (Kind.CURE, "putih dalam 7 hari"),
}
NOT_ASKED = (
    "Harga Rp 1.250.000 per 100 kg",
    "Rp62.812.345.678 untuk seluruh program",
    "Omzet 081.234 tidak ada",
    "Kapasitas 12000 pcs per bulan, 2024 sampai 2026",
    "Ukuran 120 x 80 x 45 cm, berat 2.500 gram",
    "No. pesanan 081234567890",
    "resi: 0812345678901",
    "Invoice INV/2026/08/0012345",
    "NIB 0220123456789 sudah terbit",
    "NPWP 01.234.567.8-901.000",
    "SKU 8991234567890 dan 8990812345678",
    "1200 1300 1400 1500",
    "3299 1313 4000 0000 0000",
    "9905074506900003",
    "Pinjaman KUR BRI 50.000.000 selama 36 bulan",
    "transfer BCA 1500000000",
    "Bank Mandiri buka 08.00-15.00, tutup 17.30",
    "Pengumuman nomor 188/2026 tanggal 12-08-2026",
    "Pukul 08.15 sampai 16.45, tanggal 01-02-2026",
    "info@disperindag.jabarprov.go.id",
    "Bagaimana cara mengurus BPOM?",
    "Pelatihan sertifikasi halal gratis untuk UMKM",
    "Produk saya belum ada PIRT",
    "Wajib bersertifikat halal mulai Oktober 2026",
    "Sudah BPOM: MD 224510107115",
    "Krim malam sudah BPOM NA18210100123",
    "Ada PIRT 2063273010123-27",
    "Bersertifikat halal, ID32110000123450120",
    "Halal bihalal hari Sabtu",
    "Obat nyamuk tidak kami jual",
    "Pak Obat menurunkan harga kain",
    "Selendang putih tersedia dalam 3 warna",
)
ALPHABET = st.characters(exclude_categories=("Nd", "Cs"), exclude_characters="@+().,-/")


@pytest.mark.parametrize("text", ASKED)
def test_a_real_looking_one_is_asked_about(text: str) -> None:
    kind, said = ASKED[text]
    assert [(one.kind, one.said) for one in found_in(text)] == [(kind, said)]


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_is_no_slip_is_not(text: str) -> None:
    assert not found_in(text)


@given(st.integers(0, 10**12), st.sampled_from(["Rp {:,}", "Rp{:,}", "{:,} kg", "IDR {:,}"]))
def test_no_price_or_amount_is_asked_about(amount: int, form: str) -> None:
    assert not found_in(form.format(amount).replace(",", "."))


@given(st.lists(st.integers(1, 9999), max_size=6), st.sampled_from([" x ", "×", " / ", ", "]))
def test_no_sizes_and_no_years_are(numbers: list[int], between: str) -> None:
    assert not found_in(between.join(map(str, numbers)))


@given(
    st.sampled_from(sorted(regencies())), st.integers(1, 99), st.integers(1, 31),
    st.integers(1, 12), st.integers(0, 99), st.integers(1, 9999), st.booleans(),
    st.text(ALPHABET, max_size=30), st.text(ALPHABET, max_size=30),
)  # fmt: skip
def test_every_identity_number_is_found_wherever_it_stands(
    place: str, district: int, day: int, month: int, year: int, serial: int, woman: bool,
    before: str, after: str,
) -> None:  # fmt: skip
    date = f"{day + 40 * woman:02}{month:02}{year:02}"
    number = f"{place.replace('.', '')}{district:02}{date}{serial:04}"
    text = f"{before} {number} {after}"
    assert (Kind.IDENTITY, number) in [(one.kind, one.said) for one in found_in(text)]


@given(st.text(max_size=300))
def test_whatever_is_written_what_is_found_stands_there_once_and_in_order(text: str) -> None:
    found = found_in(text)
    assert len(found) <= MOST
    assert [text[one.start : one.end] for one in found] == [one.said for one in found]
    assert all(one.end <= next.start for one, next in zip(found, found[1:], strict=False))


def test_however_it_is_spaced_it_is_the_same_number() -> None:
    written = ("081234567890", "0812-3456-7890", "0812 3456 7890", "0812.3456.7890")
    assert len({one.print for text in written for one in found_in(f"wa {text}")}) == 1


def test_a_little_of_what_stands_around_is_shown() -> None:
    (shown,) = around(text := "a " * 100 + "081234567890 ya", found_in(text))
    assert shown.before.startswith("…a a") and shown.after == " ya" and len(shown.before) <= 42


@pytest.mark.parametrize(
    "bit", ["1", "0812", "08 ", "1 ", "62-", "ada ", "a", "bca ", "@", "sudah a "]
)
def test_the_longest_text_of_the_worst_sort_is_looked_through(bit: str) -> None:
    assert len(found_in((bit * LONGEST)[:LONGEST])) <= MOST
