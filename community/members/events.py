from community.bus import Event


class SignInEnded(Event, frozen=True, kw_only=True):
    token_hash: str

    @property
    def stream(self) -> str:
        return f"sign-in:{self.token_hash}"


class StandingChanged(Event, frozen=True, kw_only=True):
    """Muted, unmuted, a mandate won or lost: their open pages start anew."""

    member_id: int

    @property
    def stream(self) -> str:
        return f"member:{self.member_id}"
