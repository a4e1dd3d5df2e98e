"""What Indonesian words come down to: "pengiriman", "mengirimkan" and "terkirim" are all "kirim".

The Snowball project's algorithm for Indonesian, as of its release 3.1 (after F. Z. Tala, "A Study
of Stemming Effects on Information Retrieval in Bahasa Indonesia", 2003), and what it cannot know:
which roots lost their first letter to a prefix (me + tulis = menulis), and which only look as if
they had a prefix or a suffix.
"""

import re
from functools import lru_cache

# What is left of roots that lost their first letter, and the roots.
WHOLE = {
    # k, after meng- and peng-
    "abar": "kabar", "aji": "kaji", "arang": "karang", "asih": "kasih", "ebut": "kebut",
    "eluar": "keluar", "eluh": "keluh", "elola": "kelola", "embali": "kembali",
    "embang": "kembang", "emas": "kemas", "enal": "kenal", "endali": "kendali", "endara": "kendara",
    "erja": "kerja", "ering": "kering", "etahu": "tahu", "etik": "ketik", "irim": "kirim",
    "onsumsi": "konsumsi", "ontrak": "kontrak", "oreksi": "koreksi", "uasa": "kuasa",
    "umpul": "kumpul", "unci": "kunci", "unjung": "kunjung", "upas": "kupas", "urang": "kurang",
    "ukus": "kukus", "eras": "keras",
    # t, after men- and pen-
    "abung": "tabung", "agih": "tagih", "ahan": "tahan", "akar": "takar", "ambah": "tambah",
    "ampil": "tampil", "ampung": "tampung", "anam": "tanam", "angan": "tangan",
    "andatangan": "tandatangan", "anggap": "tanggap", "angguh": "tangguh", "anggung": "tanggung",
    "angkap": "tangkap", "anya": "tanya", "arik": "tarik", "aruh": "taruh", "atap": "tatap",
    "awar": "tawar", "ebus": "tebus", "ekan": "tekan", "elepon": "telepon", "eliti": "teliti",
    "empat": "tempat", "empel": "tempel", "empuh": "tempuh", "entu": "tentu", "enun": "tenun",
    "epat": "tepat", "erap": "terap", "erbit": "terbit", "erima": "terima",
    "erjemah": "terjemah", "etap": "tetap", "imbang": "timbang", "indak": "tindak",
    "ingkat": "tingkat", "inggal": "tinggal", "injau": "tinjau", "itip": "titip",
    "olak": "tolak", "olong": "tolong", "onton": "tonton", "ugas": "tugas", "ukar": "tukar",
    "ulis": "tulis", "umbuh": "tumbuh", "umpuk": "tumpuk", "unda": "tunda", "unggu": "tunggu",
    "unjuk": "tunjuk", "untut": "tuntut", "urun": "turun", "utup": "tutup",
    # r, which per- and ber- seem to end with
    "agam": "ragam", "ajin": "rajin", "akit": "rakit", "ancang": "rancang", "antai": "rantai",
    "awat": "rawat", "encana": "rencana", "umah": "rumah", "umus": "rumus", "usak": "rusak",
    # m, where p stands in place of it, and n
    "pakan": "makan", "pasak": "masak", "pinta": "minta", "pinum": "minum", "puat": "muat",
    "pula": "mula", "aik": "naik", "ila": "nila", "ilai": "nila",
    # two prefixes, of which the rules take one
    "kelanjut": "lanjut", "ketahu": "tahu", "ngurus": "urus", "perbanyak": "banyak",
    "perbesar": "besar", "percaya": "caya", "percepat": "cepat", "perjelas": "jelas",
    "perkecil": "kecil", "perketat": "ketat", "perkuat": "kuat", "perlancar": "lancar",
    "perluas": "luas", "permudah": "mudah", "peroleh": "oleh", "perpanjang": "panjang",
    # endings that are none, and some that are
    "esah": "sah", "industri": "industr", "musyawarat": "musyawarah", "nilai": "nila",
    "pakai": "paka", "sahkan": "sah", "sampai": "sampa", "tahui": "tahu", "uat": "kuat",
}  # fmt: skip

# Words that would come down to something else than those they belong with.
KNOWN = {
    "berlaku": "laku", "bertanya": "tanya", "cetakan": "cetak", "diolah": "olah",
    "eksportir": "ekspor", "importir": "impor", "kelola": "kelola", "keluhan": "keluh",
    "kemasan": "kemas", "masakan": "masak", "mengolah": "olah", "pelaku": "laku",
    "pengolah": "olah", "pesanan": "pesan", "terima": "terima",
}  # fmt: skip

FIRST = re.compile(
    "(?P<s>[mp]e)ny(?=[aeiou])|(?P<p>[mp]e)m(?=[aeiou])|(?P<nothing>[mp]e(?:ng|n|m)|me|di|ter|ke)"
)
SECOND = re.compile("per|pel(?=ajar)|pe|ber|bel(?=ajar)|be(?=[^aeiou]er)")
PARTICLE, POSSESSIVE = re.compile("(?:kah|lah|pun)$"), re.compile("(?:ku|mu|nya)$")
VOWEL = re.compile("[aeiou]")
LEAST = 2  # vowels are left of every word


@lru_cache(50_000)
def stem(word: str) -> str:
    """Of one word in small letters without accents. What is no Indonesian stays, or nearly so."""
    found = KNOWN.get(word) or by_rule(word)
    return found if found == word else WHOLE.get(found, found)


def by_rule(word: str) -> str:
    """The algorithm alone, which knows no words."""
    word = _without(POSSESSIVE, _without(PARTICLE, word))
    if _is_long(word) and (first := FIRST.match(word)):
        begin, rest = _begin(first), word[first.end() :]
        shorter = _without_suffix(rest, first[0][0])
        return begin + (rest if shorter == rest else _without_second(shorter)[0])
    return _without_suffix(*_without_second(word))


def _begin(first: re.Match[str]) -> str:
    """What the prefix has taken of the root: me + sapu = menyapu."""
    return "" if first.lastgroup == "nothing" else first.lastgroup or ""


def _is_long(word: str) -> bool:
    return len(VOWEL.findall(word)) > LEAST


def _without(ending: re.Pattern[str], word: str) -> str:
    return ending.sub("", word) if _is_long(word) else word


def _without_second(word: str) -> tuple[str, str]:
    """And which prefix it was: its first letter, "r" for per- and pe-, which allow more."""
    if not (_is_long(word) and (second := SECOND.match(word))):
        return word, ""
    kind = {"pel": "", "per": "r", "pe": "r"}.get(second[0], "b")
    return word[second.end() :], kind


def _without_suffix(word: str, prefix: str) -> str:
    """Each prefix goes with some suffixes only: ke-an, but not me-an."""
    if not _is_long(word):
        return word
    if word.endswith("kan") and prefix not in {"r", "k", "p"}:
        return word[:-3]
    if word.endswith("an") and prefix not in {"m", "d", "t"}:
        return word[:-2]
    if word.endswith("i") and word[-2:] != "si" and prefix not in {"k", "p", "b"}:
        return word[:-1]
    return word
