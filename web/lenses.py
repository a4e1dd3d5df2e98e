"""The lens in addresses: what filters a list stays in every link of it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from msgspec import Meta

from community.errors import Invalid
from community.places import Lens, provinces
from community.words import _
from web.forms import Form

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Cursor = Annotated[str, Meta(pattern=r"\A[0-9]{1,17}-[1-9][0-9]{0,17}\Z")]


class Filter(Form, frozen=True, kw_only=True):
    """`province` is what the form asks first; the address of a list has only the region."""

    province: str = ""
    region: str = ""
    cluster: str = ""
    theme: str = ""

    @property
    def lens(self) -> Lens:
        """A region outside the chosen province is what was chosen before. Raises Invalid."""
        within = self.region if self.region.startswith(self.province) else ""
        named = {"region": within or self.province, "cluster": self.cluster, "theme": self.theme}
        if self.province and self.province not in provinces():
            raise Invalid(_("There is no such region."))
        return Lens.read(named)


class Listing(Filter, frozen=True, kw_only=True):
    """A list that goes back in time; `before` is the cursor of the last one seen."""

    before: Cursor | None = None

    @property
    def last_seen(self) -> tuple[datetime, int] | None:
        if self.before is None:
            return None
        moved, id = self.before.split("-")
        return EPOCH + timedelta(microseconds=int(moved)), int(id)


def cursor_of(moved_at: datetime, id: int) -> str:
    return f"{(moved_at - EPOCH) // timedelta(microseconds=1)}-{id}"


def address(path: str, lens: Lens, **more: str | int) -> str:
    query = urlencode({**lens.query, **more})
    return f"{path}?{query}" if query else path
