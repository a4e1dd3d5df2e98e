"""What Indonesian words come down to: "pengiriman", "mengirimkan" and "terkirim" are all "kirim".

Snowball's algorithm for Indonesian (after F. Z. Tala, "A Study of Stemming Effects on Information
Retrieval in Bahasa Indonesia", 2003), and what it cannot know: which roots lost their first letter
to a prefix (me + tulis = menulis), and which only look as if they had a prefix or a suffix.
"""

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


@lru_cache(50_000)
def stem(word: str) -> str:
    """Of one word in small letters without accents. What is no Indonesian stays, or nearly so."""
    from snowballstemmer.indonesian_stemmer import IndonesianStemmer  # with all languages: late

    found = KNOWN.get(word) or IndonesianStemmer().stemWord(word)  # one is no two threads'
    return found if found == word else WHOLE.get(found, found)
