"""The form an official fills in to publish, and what it becomes."""

from typing import Annotated

from msgspec import Meta

from community.organisations.models import Kind
from community.places import Lens
from community.policies import Verdict, no
from community.words import _
from forum.announcements.models import Audience, Draft
from web.forms import Form
from web.ids import Id, Key, MaybeLine, MaybeWords, Ticked
from web.words import at_zone


class Misfilled(Exception):
    """What to correct: a "no" with its sentence, by the name of the field."""

    def __init__(self, **errors: Verdict) -> None:
        super().__init__(*errors)
        self.errors = errors


class Drafted(Form, frozen=True, kw_only=True):
    """As it was filled in. It travels through the preview, so that nothing is stored before."""

    mandate: Id
    key: Key
    title: MaybeLine = ""
    body: MaybeWords = ""
    region: str = ""
    cluster: str = ""
    kind: Kind | None = None
    theme: str = ""
    public: Ticked = ""
    acknowledge: Ticked = ""
    acknowledge_by: Annotated[str, Meta(max_length=32)] = ""

    @property
    def audience(self) -> Audience:
        """Raises Invalid for a place that does not exist."""
        lens = self._lens
        return Audience(lens.region, lens.cluster, self.kind or "")

    def draft(self, zone: str) -> Draft:
        """What would be published. The deadline was typed in `zone`. Raises Misfilled."""
        errors: dict[str, Verdict] = {}
        if not self.title.strip():
            errors["title"] = no(_("An announcement has a title."))
        if not self.body.strip():
            errors["body"] = no(_("There is nothing to announce yet."))
        acknowledge_by = None
        if self.acknowledge:
            try:
                acknowledge_by = at_zone(self.acknowledge_by, zone)
            except (ValueError, OverflowError):
                errors["acknowledge_by"] = no(_("Say by which day and hour."))
        if errors:
            raise Misfilled(**errors)
        return Draft(
            title=self.title.strip(),
            body=self.body,
            audience=self.audience,
            theme=self._lens.theme,
            public=bool(self.public),
            acknowledge_by=acknowledge_by,
        )

    @property
    def _lens(self) -> Lens:
        return Lens.read({"region": self.region, "cluster": self.cluster, "theme": self.theme})
