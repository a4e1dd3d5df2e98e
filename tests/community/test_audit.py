"""What was done is kept for good, so nothing in it may be what erasure would have to take away."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.audit import DETAILS, HASH, NotForTheAudit, fingerprint, record
from community.database import Database, Transaction


@pytest.mark.parametrize(
    ("verb", "subject", "details"),
    [
        ("case.decided", "case:1", {"ruling": "Bo Wijaya"}),
        ("case.decided", "case:1", {"reason": "bo@harbour.test"}),
        ("case.decided", "case:1", {"evidence": "Buy my rope"}),
        ("case.decided", "case:1", {"member": "Bo"}),
        ("case.decided", "case:1", {"facts": 1}),
        ("case.decided", "case:1", {"until": "soon"}),
        ("case.decided", "case:1", {"holders": ["role:moderator", "Bo Wijaya"]}),
        ("case.decided", "case:1", {"reason": {"of": "Bo"}}),
        ("case.decided", "Bo Wijaya", {}),
        ("Bo decided", "case:1", {}),
    ],
)
async def test_words_are_refused(
    db: Database, verb: str, subject: str, details: dict[str, Any]
) -> None:
    with pytest.raises(NotForTheAudit):
        await db.act(lambda tx: record(tx, None, verb, subject, **details))


@given(name=st.sampled_from(sorted(DETAILS)), said=st.text(min_size=1))
def test_no_detail_takes_what_has_a_blank_in_it(name: str, said: str) -> None:
    with pytest.raises(NotForTheAudit):
        record(Transaction(), None, "case.decided", "case:1", **{name: f"{said} {said}"})


async def test_ids_codes_and_fingerprints_are_taken_and_so_is_nothing(db: Database) -> None:
    def done(tx: Transaction) -> None:
        record(tx, None, "case.decided", "case:1", ruling="keep", member=3, about="post:9",
               evidence=fingerprint("Buy my rope"), in_use=False, until="2026-11-23",
               region="32.05", cluster="", holders=["role:moderator", "kind:brand"])  # fmt: skip
        record(tx, None, "reason.changed", "reason:sara_hate", reason=None)

    await db.act(done)


def test_a_fingerprint_is_of_all_the_words_in_their_places() -> None:
    assert HASH.fullmatch(fingerprint("a"))
    assert len({fingerprint("a", "b"), fingerprint("ab"), fingerprint("b", "a")}) == 3
