"""Both tongues. English sentences are the keys; the catalogues are compiled when the app starts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from datetime import date as date_
from functools import cache, lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from starlette.requests import HTTPConnection

from community.errors import Invalid
from community.words import Phrase, _

Locale = Literal["id", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
LANGUAGE_NAMES = {"id": "Bahasa Indonesia", "en": "English"}
CATALOGUES = Path(__file__).with_name("locale")
WIB = ZoneInfo("Asia/Jakarta")
Zone = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
ZONES: dict[str, str] = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
SECOND = timedelta(seconds=1)
ROUNDED = 30  # seconds: wherever a number of minutes or more is rounded, a multiple of it ends
LANGUAGE = "language"  # the cookie of a visitor's choice


@cache
def translations(locale: str) -> NullTranslations:
    """English needs none. Of Indonesian there is one catalogue per package, read as one."""
    every = Translations()
    for path in sorted((CATALOGUES / locale / "LC_MESSAGES").glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=locale))
        compiled.seek(0)
        every.add_fallback(Translations(compiled))
    return every


def said_in(locale: str, sentence: str, values: Mapping[str, Any] | None = None) -> str:
    """The sentence in that tongue, its %(gaps)s filled in; points in time are written out."""
    said = translations(locale).gettext(sentence) if sentence else ""
    return said % _written_out(locale, values) if values else said


def locale_of(connection: HTTPConnection) -> str:
    """Of a visitor: what they chose, else what their browser asks for, else Indonesian."""
    wanted = connection.cookies.get(LANGUAGE, "")
    if wanted not in LOCALES:
        wanted = connection.headers.get("accept-language", "id")[:2].lower()
    return wanted if wanted in LOCALES else "id"


def moment(locale: str, at: datetime, zone: ZoneInfo = WIB) -> str:
    """ "22 Nov 2026 10.05 WIB": browsers put it into their own zone."""
    return _minute(locale, at.replace(second=0, microsecond=0), zone)


@lru_cache(maxsize=10_000)
def _minute(locale: str, at: datetime, zone: ZoneInfo) -> str:
    """Writing out a date costs a tenth of a millisecond; a page of a list has forty."""
    text = format_datetime(
        at.astimezone(zone),
        "d MMM y HH.mm" if locale == "id" else "d MMM y, HH:mm",
        locale=locale,
    )
    return f"{text} {ZONES.get(str(zone), '')}".rstrip()


def day(locale: str, at: datetime, zone: ZoneInfo = WIB) -> str:
    return format_date(at.astimezone(zone).date(), "d MMMM y", locale=locale)


def month(locale: str, at: datetime, zone: ZoneInfo = WIB) -> str:
    """ "November 2026"."""
    return format_date(at.astimezone(zone).date(), "MMMM y", locale=locale)


def span(locale: str, length: timedelta) -> str:
    """ "45 menit", "30 jam", "3 hari": in the largest unit there are two of."""
    seconds = abs(length) // SECOND
    past = seconds % ROUNDED  # nothing is rounded within: all that lies there is said alike
    return _seconds(locale, seconds - past + ROUNDED // 2 if past else seconds)


@lru_cache(maxsize=10_000)
def _seconds(locale: str, many: int) -> str:
    return format_timedelta(many, granularity="minute", threshold=2, locale=locale)


def date(locale: str, at: datetime) -> str:
    """ "22 Nov 2026": where the hour does not matter or stands elsewhere."""
    return _midnight(locale, at.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0))


@lru_cache(maxsize=10_000)
def _midnight(locale: str, at: datetime) -> str:
    return format_date(at.date(), "d MMM y", locale=locale)


@lru_cache(maxsize=1_000)
def whole_day(locale: str, day: date_) -> str:
    """ "22 Nov 2026": a day of the calendar, the same in every zone."""
    return format_date(day, "d MMM y", locale=locale)


def day_month(locale: str, day: date_) -> str:
    """ "22 Nov": in a row of days."""
    return format_date(day, "d MMM", locale=locale)


@lru_cache(maxsize=10_000)
def number(locale: str, value: int | float) -> str:
    return format_decimal(value, locale=locale)


def at_zone(local: str, zone: str) -> datetime:
    """From an <input type="datetime-local">, in the member's zone. Raises ValueError."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def end_of(day: str, zone: str) -> datetime:
    """The last moment of a day as <input type="date"> gives it, where they are. Raises Invalid."""
    try:
        return at_zone(day, zone) + timedelta(days=1, minutes=-1)
    except (ValueError, OverflowError):
        raise Invalid(_("This is not a day.")) from None


def _written_out(locale: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _written(locale, value) for name, value in values.items()}


def _written(locale: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(locale, value)
    return said_in(locale, value) if isinstance(value, Phrase) else value
