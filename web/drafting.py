"""The form an official fills in for an announcement, and what it becomes."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Concatenate, Literal, NamedTuple, ParamSpec, Self, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Meta

from community.attachments import Along
from community.errors import Invalid
from community.organisations.models import KIND_NAMES, ROLE_NAMES, Kind, MandateRole
from community.places import CLUSTER_NAMES, THEME_NAMES, Lens, provinces, regencies_of
from community.policies import Verdict, no
from community.text import written
from community.words import _
from forum.announcements.models import (
    DISCUSSION_NAMES,
    PURPOSE_NAMES,
    Audience,
    Discussion,
    Draft,
    Purpose,
)
from forum.manuscripts.models import Manuscript, Plan
from web.composing import Enclosing, along_of
from web.ids import Id, Key, MaybeDay, MaybeLine, MaybeWords, Rev, Ticked
from web.words import at_zone

Minute = Annotated[str, Meta(max_length=32)]  # as <input type="datetime-local"> gives it
MOST_COMMODITIES = 10
MINUTES = ("acknowledge_by", "expires_at", "publish_at")
DAYS = ("valid_from", "valid_until")

P = ParamSpec("P")
T = TypeVar("T")


class Misfilled(Exception):
    """What to correct: a "no" with its sentence, by the name of the field."""

    def __init__(self, **errors: Verdict) -> None:
        super().__init__(*errors)
        self.errors = errors


class Typed(NamedTuple):
    draft: Draft
    plan: Plan


class Drafted(Enclosing, frozen=True, kw_only=True):
    """As it was filled in."""

    mandate: Id | None = None
    key: Key = ""
    version: Rev = 0  # of the manuscript that is changed
    purpose: Purpose = Purpose.INFORMATION
    title: MaybeLine = ""
    body: MaybeWords = ""
    language: Literal["id", "en"] = "id"
    other_title: MaybeLine = ""
    other_body: MaybeWords = ""
    number: Annotated[str, Meta(max_length=60, pattern=r"\A[^\0\r\n]*\Z")] = ""
    commodities: MaybeLine = ""
    valid_from: MaybeDay = ""
    valid_until: MaybeDay = ""
    region: str = ""
    cluster: str = ""
    kind: Kind | None = None
    role: MandateRole | None = None
    theme: str = ""
    public: Ticked = ""
    late_joiners: Ticked = ""
    acknowledge: Ticked = ""
    by_organisation: Ticked = ""
    acknowledge_by: Minute = ""
    discussion: Discussion = Discussion.CLOSED
    expires_at: Minute = ""
    publish_at: Minute = ""
    skip: Ticked = ""  # where nobody could publish it at that minute

    @classmethod
    def of(cls, manuscript: Manuscript, zone: str) -> Self:
        """As it would be filled in for what is stored."""
        one = manuscript
        return cls(
            version=one.version, purpose=Purpose(one.purpose), title=one.title, body=one.body,
            language="en" if one.language == "en" else "id", other_title=one.other_title,
            other_body=one.other_body, number=one.number, commodities=", ".join(one.commodities),
            valid_from=day_of(one.valid_from), valid_until=day_of(one.valid_until),
            region=one.region, cluster=one.cluster, kind=Kind(one.kind) if one.kind else None,
            role=MandateRole(one.role) if one.role else None, theme=one.theme,
            public=ticked(one.public), late_joiners=ticked(one.late_joiners),
            acknowledge=ticked(one.acknowledge_by), by_organisation=ticked(one.by_organisation),
            acknowledge_by=minute_of(one.acknowledge_by, zone), skip=ticked(not one.late),
            expires_at=minute_of(one.expires_at, zone), publish_at=minute_of(one.publish_at, zone),
            discussion=Discussion(one.discussion),
        )  # fmt: skip

    @property
    def along(self) -> Along:
        return along_of(self.file, self.words, 0, self.away)

    def typed(self, zone: str) -> Typed:
        """What would be stored. Its minutes were typed in `zone`. Raises Misfilled, and Invalid for
        a place that does not exist."""
        errors = self._missing()
        minutes = {name: _caught(errors, name, self._minute, zone) for name in MINUTES}
        days = {name: _caught(errors, name, self._day) for name in DAYS}
        commodities = tuple(one.strip() for one in self.commodities.split(",") if one.strip())
        if len(commodities) > MOST_COMMODITIES:
            errors["commodities"] = no(_("At most %(most)s commodities."), most=MOST_COMMODITIES)
        if errors:
            raise Misfilled(**errors)
        lens = Lens.read({"region": self.region, "cluster": self.cluster, "theme": self.theme})
        draft = Draft(
            title=self.title.strip(),
            body=self.body,
            audience=Audience(lens.region, lens.cluster, self.kind or "", self.role or ""),
            theme=lens.theme,
            public=bool(self.public),
            acknowledge_by=minutes["acknowledge_by"],
            by_organisation=bool(self.acknowledge and self.by_organisation),
            purpose=self.purpose,
            number=self.number.strip(),
            commodities=commodities,
            valid_from=days["valid_from"],
            valid_until=days["valid_until"],
            language=self.language,
            other_title=self.other_title.strip(),
            other_body=self.other_body,
            discussion=self.discussion,
            expires_at=minutes["expires_at"],
            late_joiners=bool(self.late_joiners),
        )
        return Typed(draft, Plan(minutes["publish_at"], not self.skip))

    def _missing(self) -> dict[str, Verdict]:
        errors = {}
        if not self.title.strip():
            errors["title"] = no(_("An announcement has a title."))
        if not self.body.strip():
            errors["body"] = no(_("There is nothing to announce yet."))
        if bool(self.other_title.strip()) != bool(self.other_body.strip()):
            errors["other_title"] = no(_("The other language has a title and a text, or neither."))
        return errors

    def _minute(self, name: str, zone: str) -> datetime | None:
        typed: str = getattr(self, name)
        if name == "acknowledge_by" and not self.acknowledge:
            return None
        if not typed and name != "acknowledge_by":
            return None
        return at_zone(typed, zone)

    def _day(self, name: str) -> date | None:
        typed: str = getattr(self, name)
        return date.fromisoformat(typed) if typed else None


def readable(draft: Draft) -> None:
    """Raises Misfilled for what cannot be shown safely."""
    for field in ("body", "other_body"):
        try:
            written(getattr(draft, field))
        except Invalid as invalid:
            raise Misfilled(**{field: no(invalid.sentence, **invalid.values)}) from invalid


def _caught(
    errors: dict[str, Verdict], name: str, read: Callable[Concatenate[str, P], T | None],
    *args: P.args, **kwargs: P.kwargs,
) -> T | None:  # fmt: skip
    try:
        return read(name, *args, **kwargs)
    except (ValueError, OverflowError):
        errors[name] = no(_("Say by which day and hour.") if name in MINUTES
                          else _("This is not a day."))  # fmt: skip
        return None


def ticked(value: object) -> Ticked:
    return "yes" if value else ""


def day_of(value: date | None) -> str:
    return value.isoformat() if value else ""


def minute_of(at: datetime | None, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if at else ""


def labels() -> dict[str, Any]:
    """What stands at the fields of the form, and in its lists."""
    return {
        "provinces": provinces(),
        "regencies_of": regencies_of,
        "clusters": CLUSTER_NAMES,
        "themes": THEME_NAMES,
        "kinds": KIND_NAMES,
        "roles": ROLE_NAMES,
        "purposes": PURPOSE_NAMES,
        "discussions": DISCUSSION_NAMES,
    }
