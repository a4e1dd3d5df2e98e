"""What is said of food and cosmetics that buyers want to look up, or that nobody may say.

Who asks, plans or teaches claims nothing: only sentences are looked at that say something is
registered, and only where no number of that kind stands in the text. The forms of the numbers:
BPOM food MD or ML and 12 digits (15 in newer ones), cosmetics N and a letter and 11 digits,
supplements and herbs two or three letters and 9 digits; P-IRT 13 digits and 2 of the year; halal ID
and 17 digits (BPJPH), before 2019 14 or 15 of MUI.
"""

import re
from collections.abc import Iterator

from moderation.detectors.findings import Finding, Kind

NEEDLES = ("bpom", "izin edar", "irt", "halal", "embuh", "obat", "mengatasi", "menurunkan",
           "kanker", "putih", "efek samping", "langsing", "cure", "heal")  # fmt: skip

SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]?")
# A number of the kind anywhere in the text, or what is meant to be one: then buyers can look.
NUMBERS = {
    Kind.BPOM: re.compile(
        r"\b(?:m[dl][ .-]?(?:\d[ .-]?){12,15}|n[a-e][ .-]?(?:\d[ .-]?){11}"
        r"|(?:t[ril]|s[dil]|q[dil]|ht|ff)[ .-]?(?:\d[ .-]?){9})(?!\d)"
    ),
    Kind.PIRT: re.compile(r"(?<!\d)(?:\d[ .]?){13} ?[-/]? ?\d{2}(?!\d)|(?<!\d)\d{12}(?!\d)"),
    Kind.HALAL: re.compile(r"\bid[ .-]?(?:\d[ .-]?){17}(?!\d)|(?<!\d)(?:\d ?){14,15}(?!\d)"),
}
HAVING = r"(?:sudah|telah|udah|ada|punya|memiliki|mempunyai|lulus|dengan|terdaftar|berlabel)"
CLAIMS = {
    Kind.BPOM: re.compile(
        rf"\b(?:{HAVING}\W+(?:\w+\W+){{0,3}}?(?:bpom|izin edar)|ber-?bpom|bpom (?:aman|resmi|asli)"
        r"|(?:bpom|izin edar)\W+(?:\w+\W+){0,2}?(?:md|ml|na)\b|bpom (?:registered|approved))"
    ),
    Kind.PIRT: re.compile(
        rf"\b(?:{HAVING}\W+(?:\w+\W+){{0,3}}?p-?irt|ber-?p-?irt|p-?irt (?:resmi|lengkap|asli))\b"
    ),
    Kind.HALAL: re.compile(
        r"\b(?:(?:sudah|telah|udah|ada|punya|memiliki|mempunyai|lulus|dengan)\W+(?:\w+\W+){0,2}?"
        r"(?:sertifikat|sertifikasi|tersertifikasi|label|logo) halal"
        r"|(?:ber|ter)sertifika(?:t|si) halal|halal (?:mui|bpjph|certified)|certified halal"
        r"|(?:sudah|udah) halal)\b"
    ),
    Kind.CURE: re.compile(
        r"\b(?:menyembuhkan|mengobati|obat (?:diabetes|kanker|jantung|stroke|hipertensi|kolesterol"
        r"|asam urat|darah tinggi|ginjal|covid)|anti-?kanker|mencegah (?:kanker|diabetes|stroke)"
        r"|(?:mengatasi|menurunkan) (?:diabetes|kolesterol|gula darah|darah tinggi|tekanan darah"
        r"|asam urat|berat badan \d+)|(?:putih|memutihkan|langsing)(?: \w+){0,2} dalam \d+ hari"
        r"|tanpa efek samping|cures? (?:cancer|diabetes|disease)|heals? (?:cancer|diabetes))\b"
    ),
}
# Whoever says so asks, plans, teaches, warns or denies.
NO_CLAIM = re.compile(
    r"\?|\b(?:apakah|apa|bagaimana|gimana|cara|syarat|belum|tidak|bukan|tanpa (?:izin|bpom|halal"
    r"|sertifikat|p-?irt)|mau|ingin|akan|mengurus|urus|daftar(?:kan)?|mendaftar\w*|wajib|harus|perlu"
    r"|program|pelatihan|pendampingan|bimbingan|sosialisasi|fasilitasi|kalau|jika|bila|supaya|agar"
    r"|how|whether|apply|training|dilarang|jangan|hoaks|not|no)\b"
)


def claims(text: str) -> Iterator[Finding]:
    """The first of each kind: one number answers for all of them."""
    lowered = text.lower()
    if len(lowered) != len(text):  # by a letter of another script: places would not fit
        lowered = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
    if not any(one in lowered for one in NEEDLES):
        return
    sentences = [one for one in SENTENCE.finditer(lowered) if not NO_CLAIM.search(one[0])]
    for kind, claim in CLAIMS.items():
        if kind in NUMBERS and NUMBERS[kind].search(lowered):
            continue
        for sentence in sentences:
            if match := claim.search(sentence[0]):
                start, end = sentence.start() + match.start(), sentence.start() + match.end()
                yield Finding(kind, start, end, text[start:end])
                break
