from community.bus import Event


class NoticesChanged(Event, frozen=True, kw_only=True):
    """One came or some were read: the bell shows this number from now on."""

    member_id: int
    unread: int

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"


class AudienceTold(Event, frozen=True, kw_only=True):
    """Many were told by one statement: each tab asks for its own number, over a while."""

    audience: str

    @property
    def stream(self) -> str:
        return self.audience
