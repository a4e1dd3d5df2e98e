"""What an authority sent is kept with its order: for those who may see that, and each look is
written down."""

from hashlib import sha256

from community.audit import AuditEntry
from community.files import File
from moderation.orders.papers import MOST
from tests.conftest import Town
from tests.moderation.ordering import ordered
from tests.moderation.reporting import rows, write
from tests.painting import painted

PDF = b"%PDF-1.7\n" + b"order\n" * 9 + b"%%EOF\n"
PAPERS = "/moderation/orders/1/papers"


async def test_a_letter_is_kept_shown_and_named_on_the_proof(town: Town) -> None:
    await _ordered(town)
    sent = await town.fay.send(PAPERS, PDF, painted())
    assert sent.headers["location"] == "/moderation/orders/1#papers"
    pdf, picture = sorted(await rows(town.db, File), key=lambda one: one.kind, reverse=True)
    assert pdf.sha256 == sha256(PDF).hexdigest()
    page = await town.eva.open("/moderation/orders/1")
    assert all(f'href="{PAPERS}/{one.id}"' in page for one in (pdf, picture))
    shown = await town.eva.get(f"{PAPERS}/{pdf.id}")
    assert shown.content == PDF and shown.headers["content-type"] == "application/pdf"
    assert "attachment" in shown.headers["content-disposition"]
    assert (await town.eva.get(f"{PAPERS}/{picture.id}")).headers["content-type"] == "image/webp"
    proof = await town.fay.open("/moderation/orders/1/proof")
    assert pdf.sha256 in proof and picture.sha256 in proof


async def test_each_look_is_written_down_with_what_was_seen(town: Town) -> None:
    await _ordered(town)
    await town.fay.send(PAPERS, PDF)
    (pdf,) = await rows(town.db, File)
    assert "looked at what an authority sent" not in await town.fay.open("/moderation/orders/1")
    for _time in range(2):
        await town.eva.get(f"{PAPERS}/{pdf.id}")
    looks = [one for one in await rows(town.db, AuditEntry) if one.verb == "order.paper_seen"]
    assert [(one.subject, one.details["evidence"]) for one in looks] == [
        ("order:1", pdf.sha256)
    ] * 2
    assert "Eva looked at what an authority sent" in await town.fay.open("/moderation/orders/1")


async def test_nobody_else_sees_it_and_not_by_another_way(town: Town) -> None:
    await _ordered(town)
    await ordered(town.db, f"/posts/{await write(town.db)}")
    await town.fay.send(PAPERS, PDF, painted())
    for file in await rows(town.db, File):
        for who in (town.ada, town.bo):
            assert (await who.get(f"{PAPERS}/{file.id}")).status_code == 403
        for who in (town.fay, town.eva, town.bo, town.visitor):
            for path in (f"/files/{file.id}", f"/files/{file.id}/small", f"/files/{file.id}/shown"):
                assert (await who.get(path)).status_code == 404
        assert (await town.fay.get(f"/moderation/orders/2/papers/{file.id}")).status_code == 404
    assert not [one for one in await rows(town.db, AuditEntry) if one.verb == "order.paper_seen"]


async def test_what_is_no_letter_is_refused_and_the_same_twice_is_once(town: Town) -> None:
    await _ordered(town)
    refused = [
        (await town.fay.send(PAPERS)).status_code,
        (await town.fay.send(PAPERS, b"%PDF-1.7 cut off")).status_code,
        (await town.fay.send(PAPERS, b"neither")).status_code,
        (await town.eva.send(PAPERS, PDF)).status_code,
    ]
    assert refused[0] == refused[1] == 422 and refused[2] == 422 and refused[3] == 403
    for _time in range(2):
        assert (await town.fay.send(PAPERS, PDF)).status_code == 303
    many = [PDF + b"%d %%%%EOF" % number for number in range(MOST)]
    assert (await town.fay.send(PAPERS, *many)).status_code == 422
    kept = [one for one in await rows(town.db, File) if one.belongs_to == "order:1"]
    assert len(kept) == 1 and kept[0].kept_for == "order:1"


async def _ordered(town: Town) -> None:
    assert await ordered(town.db, f"/posts/{await write(town.db)}") == 1
