"""The pages of orders: taken in, answered in two clicks, proven; for whom they are, and nobody
else."""

from community.audit import AuditEntry
from moderation.models import Decision, Evidence, Ruling
from moderation.orders.actions import comply
from tests.cast import EVA
from tests.conftest import Town
from tests.moderation.ordering import INTAKE, answer, ordered
from tests.moderation.reporting import as_, rows, write

ORDERS = "/moderation/orders"
FILLED = {
    "key": "k",
    "number": INTAKE.number,
    "authority": INTAKE.authority,
    "ground": INTAKE.ground,
    "contact": INTAKE.contact,
    "verified": INTAKE.verified,
}
FORMS = {
    "compliance": {"target": "1"},
    "refusal": {"target": "1", "because": "No."},
    "agreement": {"target": "1"},
    "addresses": {"addresses": "/posts/1"},
    "verification": {"verified": "By telephone."},
}


async def test_an_order_is_taken_in_hidden_in_two_clicks_and_proven(
    town: Town,
) -> None:
    post = await write(town.db)
    assert "No order so far" in await town.fay.open(ORDERS)
    form = {**FILLED, "addresses": f"/posts/{post}\r\nhttps://elsewhere.test/posts/{post}"}
    answer = await town.fay.post(ORDERS, **form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ORDERS}/1")
    shown = await town.eva.open(f"{ORDERS}/1")
    assert "Comply with all" in shown and "Not found here, and not answered yet" in shown
    confirm = await town.eva.open(f"{ORDERS}/1/compliance")
    assert f"/posts/{post}" in confirm and confirm.count(" checked") == 2
    done = await town.eva.post(f"{ORDERS}/1/compliance", target=["1", "2"])
    assert "Hidden" in done.text and "Not found here" in done.text
    (decision,), (evidence,) = await rows(town.db, Decision), await rows(town.db, Evidence)
    assert decision.ruling == Ruling.ACT
    proof = await town.fay.open(f"{ORDERS}/1/proof")
    for said in (INTAKE.number, INTAKE.authority, evidence.hash, "in time", "a senior"):
        assert said in proof
    assert "Eva" not in proof.partition("<main")[2].partition("</main>")[0]
    assert "after" in await town.fay.open(ORDERS)


async def test_whom_orders_do_not_concern_is_refused_whether_there_is_one_or_not(
    town: Town,
) -> None:
    await ordered(town.db, f"/posts/{await write(town.db)}")
    before = await rows(town.db, AuditEntry)
    for who in (town.ada, town.bo, town.cy):
        for order in (1, 99):
            here = f"{ORDERS}/{order}"
            for path in (ORDERS, here, f"{here}/proof", f"{here}/compliance", f"{here}/refusal"):
                assert (await who.get(path)).status_code == 403, path
            for verb, form in FORMS.items():
                assert (await who.post(f"{here}/{verb}", **form)).status_code == 403, verb
        assert (await who.post(ORDERS, **FILLED, addresses="/posts/1")).status_code == 403
    assert (await town.eva.get(f"{ORDERS}/new")).status_code == 403
    assert (await town.fay.get(f"{ORDERS}/99")).status_code == 404
    assert len(await rows(town.db, AuditEntry)) == len(before)
    assert not await rows(town.db, Decision)


async def test_each_look_is_written_down_and_administrators_read_who(town: Town) -> None:
    await ordered(town.db, f"/posts/{await write(town.db)}")
    for path in (f"{ORDERS}/1", f"{ORDERS}/1/proof", "/cases/1"):
        shown = await town.eva.open(path)
    assert "Eva looked" not in shown
    looked = await town.fay.open(f"{ORDERS}/1")
    for deed in ("Eva looked at an order", "Eva looked at the proof about an order",
                 "Eva looked at what is private", "Fay looked at an order"):  # fmt: skip
        assert deed in looked, deed


async def test_the_author_reads_who_ordered_it_unless_the_law_forbids(town: Town) -> None:
    for silence in ("", "Law 5/2018, article 43"):
        order = await ordered(town.db, f"/posts/{await write(town.db)}",
                              given=INTAKE._replace(silence=silence))  # fmt: skip
        target = (await answer(town.db, order)).answered[0].target.id
        await as_(town.db, EVA, comply, order, target)
    told, silent = await town.bo.open("/decisions/1"), await town.bo.open("/decisions/2")
    assert INTAKE.authority in told and INTAKE.ground in told and "An order of an authority" in told
    assert "forbids us to say more" in silent
    for hidden in (INTAKE.authority, INTAKE.ground, "Law 5/2018"):
        assert hidden not in silent
    assert (await town.cy.get("/decisions/1")).status_code == 404


async def test_what_was_typed_is_kept_where_it_is_refused(town: Town) -> None:
    wrong = await town.fay.post(ORDERS, **FILLED, addresses="", silent="yes")
    assert wrong.status_code == 422 and INTAKE.authority in wrong.text
    assert "name the law" in wrong.text
    await ordered(town.db, f"/posts/{await write(town.db)}")
    wrong = await town.fay.post(f"{ORDERS}/1/refusal", target="1")
    assert wrong.status_code == 422 and "the authority is answered so" in wrong.text


async def test_a_refusal_is_proposed_by_one_and_agreed_to_by_another(town: Town) -> None:
    await ordered(town.db, f"/posts/{await write(town.db)}", f"/posts/{await write(town.db)}")
    done = await town.eva.post(f"{ORDERS}/1/refusal", target=["1", "2"], because="It tells of law.")
    assert done.text.count("proposed; a second person has to agree") == 2
    own = await town.eva.post(f"{ORDERS}/1/agreement", target=["1", "2"])
    assert own.text.count("somebody else has to agree") == 2
    assert "Agree to all 2 proposals" in await town.fay.open(f"{ORDERS}/1")
    agreed = await town.fay.post(f"{ORDERS}/1/agreement", target=["1", "2"])
    assert agreed.text.count(": Kept") == 2
    assert "It tells of law." in await town.fay.open(f"{ORDERS}/1/proof")
