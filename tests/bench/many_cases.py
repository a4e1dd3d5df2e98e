"""A queue as old as a large forum's: most of its cases decided, some thousand waiting. They concern
posts and messages all over the country, newcomers and organisations; the same for the same seed.

The rows go past the actions, as those of large.py do; what each says of the others is as the
actions would have left it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import update

from channels.models import Channel, HeldMessage, Message
from community.clock import now
from community.database import Database, Transaction
from community.holding import HeldState
from community.organisations.models import Kind, Organisation
from community.places import Cluster, Theme, regencies
from moderation.appeals import OPEN_FOR
from moderation.models import Case, Decision, Evidence, Flag, Queue, Ruling, State, SubjectKind
from moderation.on_call import Call
from moderation.policies import FLAGS_AN_HOUR
from moderation.reasons import APPLICATIONS, HELD, ORGANISATION, REGISTRATION, Reason, all_reasons
from tests.bench import large

DAYS = 400  # that the queue is old
WAITED = timedelta(days=14)  # of what waits, the longest
MODERATORS = 12
KINDS = {
    SubjectKind.POST: 70,
    SubjectKind.MESSAGE: 18,
    SubjectKind.REGISTRATION: 5,
    SubjectKind.HELD: 4,
    SubjectKind.VERIFICATION: 3,
}
REASON_OF = {
    SubjectKind.REGISTRATION: REGISTRATION,
    SubjectKind.HELD: HELD,
    SubjectKind.VERIFICATION: ORGANISATION,
}
OUT_OF_TEN = {"kept": 6, "claimed": 1, "asked": 3}


class Size(NamedTuple):
    cases: int = 100_000
    waiting: int = 4_000
    channels: int = 30
    messages: int = 30_000
    held: int = 3_000
    organisations: int = 2_000
    forum: large.Size = large.Size(topics=10_000, posts=100_000, followed=20)


class Drawn(NamedTuple):
    """One case, before it is rows."""

    kind: SubjectKind
    subject: int
    stream: int
    reason: Reason
    opened_at: datetime
    first_at: datetime | None  # when somebody claimed it
    closed_at: datetime | None
    state: State
    flags: int


class Writer:
    """Of one community, from its empty forum on. It is alone there, so ids follow each other."""

    def __init__(self, db: Database, size: Size) -> None:
        self.db = db
        self.size = size
        self.forum = large.Writer(db, size.forum)
        self.chance = Random(large.SEED)

    async def write(self) -> None:
        await self.forum.write()
        self.at = await self.db.look(now)
        self.reasons = await self.db.look(all_reasons)
        self.given = [code for code in self.reasons if code not in APPLICATIONS]
        await self._write_subjects()
        self.drawn = list(self._draw())
        self.first_case = await self.forum.next_id(Case)
        self.first_evidence = await self.forum.next_id(Evidence)
        many = len(self.drawn)
        await self.forum.put("cases", Case, self._cases(), many)
        await self.forum.put("evidence", Evidence, self._evidence(), many)
        await self.forum.put("flags", Flag, self._flags(), sum(one.flags for one in self.drawn))
        await self.forum.put("decisions", Decision, self._decisions(), many - self.size.waiting)
        called = list(self._calls())
        await self.forum.put("calls", Call, iter(called), len(called))
        await self.db.act(_moved_on, many)

    async def _write_subjects(self) -> None:
        put, size = self.forum.put, self.size
        self.first_channel = await self.forum.next_id(Channel)
        await put("channels", Channel, self._channels(), size.channels)
        self.first_message = await self.forum.next_id(Message)
        await put("messages", Message, self._messages(), size.messages)
        self.first_held = await self.forum.next_id(HeldMessage)
        await put("held", HeldMessage, self._held(), size.held)
        self.first_organisation = await self.forum.next_id(Organisation)
        await put("organisations", Organisation, self._organisations(), size.organisations)

    @property
    def moderators(self) -> range:
        return range(self.forum.first_member, self.forum.first_member + MODERATORS)

    def _channels(self) -> Iterator[dict[str, Any]]:
        each = self.size.messages // self.size.channels
        for n in range(self.size.channels):
            yield {"name": f"Kanal {n}", "region": self._region() if n % 3 else "",
                   "cluster": self.chance.choice(list(Cluster)),
                   "theme": self.chance.choice(list(Theme)),
                   "last_seq": each, "rev": each}  # fmt: skip

    def _messages(self) -> Iterator[dict[str, Any]]:
        for n in range(self.size.messages):
            seq = n // self.size.channels + 1
            yield {**self._said(n), "stream_id": self._channel_of(n), "seq": seq, "rev": seq,
                   "first_rev": seq, "first_hash": "", "written_at": self.forum.began}  # fmt: skip

    def _held(self) -> Iterator[dict[str, Any]]:
        for n in range(self.size.held):
            yield {**self._said(n), "channel_id": self._channel_of(n), "sent": "",
                   "said_at": self.forum.began, "state": HeldState.WAITING}  # fmt: skip

    def _said(self, n: int) -> dict[str, Any]:
        body, html = self._text()
        return {"author_id": self._member(), "key": f"said-{n}", "body": body, "html": html}

    def _organisations(self) -> Iterator[dict[str, Any]]:
        for n in range(self.size.organisations):
            yield {"slug": f"usaha-{n}", "kind": Kind.BRAND, "name": f"Usaha {n}",
                   "region": self._region(), "founded_at": self.forum.began}  # fmt: skip

    def _draw(self) -> Iterator[Drawn]:
        """What is decided first, in the order it came."""
        decided = self.size.cases - self.size.waiting
        step = timedelta(days=DAYS) / decided
        for n in range(decided):
            opened = self.at - timedelta(days=DAYS) + n * step
            yield self._one(opened, decided=True, subject=None)
        unused = {kind: self._unused(kind) for kind in KINDS}
        for _n in range(self.size.waiting):
            opened = self.at - WAITED * self.chance.random() ** 2
            yield self._one(opened, decided=False, subject=unused)

    def _one(
        self, opened: datetime, *, decided: bool, subject: dict[SubjectKind, Iterator[int]] | None
    ) -> Drawn:
        kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
        number = next(subject[kind]) if subject else self.chance.choice(self._subjects(kind))
        reason = self.reasons[REASON_OF.get(kind) or self.chance.choice(self.given)]
        taken = opened + min(reason.deadline * self.chance.expovariate(3), self.at - opened)
        closed = min(taken + timedelta(minutes=self.chance.expovariate(0.1)), self.at)
        state = self._decided_as(closed) if decided else self._waiting_as(kind)
        reported = kind not in REASON_OF
        return Drawn(
            kind, number, self._stream_of(kind, number), reason, opened,
            None if state == State.OPEN else taken, closed if decided else None, state,
            self.chance.randint(1, 3) if reported else 0,
        )  # fmt: skip

    def _decided_as(self, closed: datetime) -> State:
        """As the worker leaves it: it has nothing to do while others are measured."""
        return State.FINAL if closed <= self.at - OPEN_FOR else State.DECIDED

    def _waiting_as(self, kind: SubjectKind) -> State:
        out_of_ten = self.chance.randrange(10)
        if kind in (SubjectKind.VERIFICATION, SubjectKind.REGISTRATION):
            return State.ASKED if out_of_ten < OUT_OF_TEN["asked"] else State.OPEN
        return State.CLAIMED if out_of_ten < OUT_OF_TEN["claimed"] else State.OPEN

    def _subjects(self, kind: SubjectKind) -> range:
        first, many = {
            SubjectKind.POST: (1, self.size.forum.posts),
            SubjectKind.MESSAGE: (self.first_message, self.size.messages),
            SubjectKind.REGISTRATION: (self.forum.first_member, self.size.forum.members),
            SubjectKind.HELD: (self.first_held, self.size.held),
            SubjectKind.VERIFICATION: (self.first_organisation, self.size.organisations),
        }[kind]
        return range(first, first + many)

    def _unused(self, kind: SubjectKind) -> Iterator[int]:
        there = self._subjects(kind)
        return iter(self.chance.sample(there, len(there)))

    def _stream_of(self, kind: SubjectKind, number: int) -> int:
        """Of a post none: where it stands now is asked of the post."""
        if kind in (SubjectKind.MESSAGE, SubjectKind.HELD):
            return self._channel_of(number - self._subjects(kind).start)
        return 0

    def _channel_of(self, n: int) -> int:
        return self.first_channel + n % self.size.channels

    def _cases(self) -> Iterator[dict[str, Any]]:
        for n, one in enumerate(self.drawn, start=1):
            claimed = one.state == State.CLAIMED
            yield {
                "queue_id": 1, "seq": n, "rev": n, "version": 3 if one.closed_at else 1,
                "subject_kind": one.kind, "subject_id": one.subject, "stream_id": one.stream,
                "author_id": self._member(), "state": one.state, "reason_code": one.reason.code,
                "priority": one.reason.priority, "due_at": one.opened_at + one.reason.deadline,
                "flags": one.flags, "opened_at": one.opened_at, "closed_at": one.closed_at,
                "decided_at": one.closed_at,
                "claimed_by_id": self._moderator(n) if one.closed_at or claimed else None,
                "lease_ends_at": self.at + timedelta(days=1) if claimed else None,
                "first_action_at": one.first_at,
            }  # fmt: skip

    def _evidence(self) -> Iterator[dict[str, Any]]:
        for n, one in enumerate(self.drawn):
            body, html = self._text()
            yield {
                "case_id": self.first_case + n, "taken_at": one.opened_at, "entry_rev": 1,
                "hash": f"{n:064x}", "body": body, "html": html, "versions": [], "author": "Warga",
                "organisation": "", "place": body[:60], "link": f"/{one.kind}s/{one.subject}",
                "written_at": one.opened_at,
            }  # fmt: skip

    def _flags(self) -> Iterator[dict[str, Any]]:
        for n, one in enumerate(self.drawn):
            by = self.chance.sample(range(self.size.forum.members), min(one.flags, FLAGS_AN_HOUR))
            for member in by:
                yield {
                    "case_id": self.first_case + n, "evidence_id": self.first_evidence + n,
                    "member_id": self.forum.first_member + member, "note": "Lagi-lagi.",
                    "reason_code": one.reason.code, "flagged_at": one.opened_at,
                }  # fmt: skip

    def _decisions(self) -> Iterator[dict[str, Any]]:
        for n, one in enumerate(self.drawn):
            if one.closed_at is None:
                continue
            yield {
                "case_id": self.first_case + n, "evidence_id": self.first_evidence + n,
                "version": 2, "key": f"many-{n}", "fingerprint": "",
                "moderator_id": self._moderator(n + 1), "role": "moderator",
                "ruling": self._ruling(one.kind), "reason_code": one.reason.code,
                "facts": "Tertulis di tiga topik.", "ground": "",
                "decided_at": one.closed_at,
            }  # fmt: skip

    def _calls(self) -> Iterator[dict[str, Any]]:
        """To what cannot wait: all were called."""
        for n, one in enumerate(self.drawn):
            if one.reason.priority == 0 and one.closed_at is None:
                yield {"case_id": self.first_case + n, "to_all": True, "called_at": one.opened_at}

    def _ruling(self, kind: SubjectKind) -> Ruling:
        mild = self.chance.randrange(10) < OUT_OF_TEN["kept"]
        match kind:
            case SubjectKind.HELD:
                return Ruling.RELEASE if mild else Ruling.REFUSE
            case SubjectKind.REGISTRATION | SubjectKind.VERIFICATION:
                return Ruling.GRANT if mild else Ruling.REFUSE
            case _:
                return Ruling.KEEP if mild else Ruling.ACT

    def _moderator(self, n: int) -> int:
        return self.moderators[n % MODERATORS]

    def _member(self) -> int:
        return self.forum.first_member + self.chance.randrange(self.size.forum.members)

    def _region(self) -> str:
        return self.chance.choice(_REGENCIES)

    def _text(self) -> tuple[str, str]:
        return self.chance.choice(self.forum.texts)


_REGENCIES: Sequence[str] = list(regencies())


def _moved_on(tx: Transaction, cases: int) -> None:
    tx.execute(update(Queue).values(last_seq=cases, rev=cases))
