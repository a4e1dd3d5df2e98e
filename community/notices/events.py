from community.bus import Event


class NoticesChanged(Event, frozen=True, kw_only=True):
    """One came or some were read: the bell shows this number from now on."""

    member_id: int
    unread: int
    kind: str = ""  # of the one that came, with what it says; empty when some were read
    actor: str = ""
    title: str = ""
    link: str = ""
    about_stream: str = ""  # where it is about an entry that the tab may be looking at

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"


class AudienceTold(Event, frozen=True, kw_only=True):
    """Many were told by one statement: each tab asks for its own number, over a while."""

    audience: str

    @property
    def stream(self) -> str:
        return self.audience
