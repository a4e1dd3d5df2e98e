"""The lens: region × cluster × theme. Everything in the community has a place in it.

Regions are Kemendagri codes (Kepmendagri 300.2.2-2138/2025): "32" is a province, "32.05" a regency
or city in it, and the empty code is the whole country.
"""

import csv
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, String, and_, func, literal_column, true
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from community.errors import Invalid
from community.words import _

DATA = Path(__file__).with_name("data")


class Cluster(StrEnum):
    TEXTILE = "textile"
    FOOD = "food"
    CRAFTS = "crafts"


class Theme(StrEnum):
    CAPACITY = "capacity"
    QUALITY = "quality"
    LOGISTICS = "logistics"
    TRAINING = "training"
    TKDN = "tkdn"
    DIGITALISATION = "digitalisation"
    POLICY = "policy"


CLUSTER_NAMES = {
    Cluster.TEXTILE: _("Textile & fashion"),
    Cluster.FOOD: _("Food & beverage"),
    Cluster.CRAFTS: _("Crafts"),
}
THEME_NAMES = {
    Theme.CAPACITY: _("Capacity"),
    Theme.QUALITY: _("Quality"),
    Theme.LOGISTICS: _("Logistics"),
    Theme.TRAINING: _("Training"),
    Theme.TKDN: _("Local content (TKDN)"),
    Theme.DIGITALISATION: _("Digitalisation"),
    Theme.POLICY: _("Policy"),
}


@cache
def provinces() -> Mapping[str, str]:
    """Name by code, in the order of the codes."""
    return {row["code"]: row["name"] for row in _rows("provinces.csv")}


@cache
def regencies() -> Mapping[str, str]:
    return {row["code"]: row["name"] for row in _rows("regencies.csv")}


def region_name(code: str) -> str:
    """Of a province or regency; empty for the whole country and for a code that is none."""
    return provinces().get(code) or regencies().get(code, "")


def regencies_of(province: str) -> Mapping[str, str]:
    """Of those in the province, name by code."""
    within = f"{province}."
    return {code: name for code, name in regencies().items() if code.startswith(within)}


def within(column: InstrumentedAttribute[str], region: str) -> ColumnElement[bool]:
    """Rows of the region and of every part of it; of the whole country all."""
    if not region:
        return true()
    return column == region if "." in region else province_of(column) == region


def province_of(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """As indexes have it (of Topic): with numbers that stand in it, not beside it."""
    return func.substr(column, literal_column("1"), literal_column("2"))


def regions_around(code: str) -> list[str]:
    """The region and everything it lies in, the whole country first: "", "32", "32.05"."""
    parts = code.split(".") if code else []
    return [".".join(parts[:n]) for n in range(len(parts) + 1)]


class Placed:
    """A row with a place. Empty means: all of them."""

    region: Mapped[str] = mapped_column(String(5), default="")
    cluster: Mapped[str] = mapped_column(String(20), default="")
    theme: Mapped[str] = mapped_column(String(20), default="")


class Lens(NamedTuple):
    """What somebody looks through; an empty part lets everything pass."""

    region: str = ""
    cluster: str = ""
    theme: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From the query of an address. Raises Invalid for a place that does not exist."""
        lens = cls(*(query.get(name, "") for name in cls._fields))
        if lens.region and not region_name(lens.region):
            raise Invalid(_("There is no such region."))
        if lens.cluster not in {"", *Cluster} or lens.theme not in {"", *Theme}:
            raise Invalid(_("There is no such cluster or theme."))
        return lens

    @property
    def query(self) -> dict[str, str]:
        """The parts that filter, for an address."""
        return {name: value for name, value in self._asdict().items() if value}

    def holds(self, place: Placed) -> bool:
        """As shows() of one that is at hand."""
        region = not self.region or f"{place.region}.".startswith(f"{self.region}.")
        return region and self.cluster in {"", place.cluster} and self.theme in {"", place.theme}

    def shows(self, kind: type[Placed]) -> ColumnElement[bool]:
        """Rows whose place lies within the lens."""
        return and_(
            within(kind.region, self.region),
            kind.cluster == self.cluster if self.cluster else true(),
            kind.theme == self.theme if self.theme else true(),
        )


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
