from secrets import token_hex
from typing import NamedTuple

from sqlalchemy import func, select

from community import audit
from community.audit import fingerprint
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import require
from community.tickets import one_at_a_time
from community.words import _
from forum.categories import Category
from moderation.reasons import may_be_given, reason_for
from moderation.rules.models import CATEGORY, Action, RuleBook, Scope, WordRule
from moderation.rules.patterns import pattern
from moderation.rules.policies import may_hold_there, may_label, may_make_rules
from moderation.rules.queries import MOST, rule_for


class Wording(NamedTuple):
    """What somebody fills in."""

    pattern: str
    action: Action
    reason: str
    scope: str = Scope.EVERYWHERE
    why: str = ""
    in_use: bool = True


def make_rule(tx: Transaction, senior: Member, wording: Wording) -> WordRule:
    """Holds from the next thing that is written, in all processes."""
    _begin(tx, senior)
    if tx.scalars(select(func.count(WordRule.id))).one() >= MOST:
        raise Invalid(_("There are %(most)s rules already. Change one of them."), most=MOST)
    rule = WordRule()
    _fill(tx, rule, senior, wording)
    tx.add(rule)
    return _made(tx, senior, rule, "word_rule.made")


def change_rule(tx: Transaction, senior: Member, rule_id: int, wording: Wording) -> WordRule:
    _begin(tx, senior)
    rule = rule_for(tx, senior, rule_id)
    _fill(tx, rule, senior, wording)
    return _made(tx, senior, rule, "word_rule.changed")


def put_rule(tx: Transaction, senior: Member, wording: Wording) -> str:
    """As a list has it: "made", "changed", or "same" where it stood like that already."""
    _begin(tx, senior)
    words = pattern(wording.pattern).text
    same = (WordRule.pattern == words, WordRule.scope == wording.scope)
    rule = tx.scalar(select(WordRule).where(*same))
    if rule is None:
        make_rule(tx, senior, wording)
        return "made"
    if _wording_of(rule) == wording._replace(pattern=words):
        return "same"
    change_rule(tx, senior, rule.id, wording)
    return "changed"


def _begin(tx: Transaction, senior: Member) -> None:
    """One at a time: all of them make one book."""
    require(may_make_rules(senior, live_appointment_of(tx, senior)))
    one_at_a_time(tx, "word rules")


def _wording_of(rule: WordRule) -> Wording:
    return Wording(rule.pattern, Action(rule.action), rule.reason_code, rule.scope, rule.why,
                   rule.in_use)  # fmt: skip


def _fill(tx: Transaction, rule: WordRule, senior: Member, wording: Wording) -> None:
    require(may_be_given(reason_for(tx, wording.reason)))
    require(may_hold_there(wording.action, wording.scope))
    require(may_label(wording.action, wording.why))
    _require_place(tx, wording.scope)
    words = pattern(wording.pattern).text
    same = (WordRule.pattern == words, WordRule.scope == wording.scope)
    with tx.no_autoflush:
        other = tx.scalar(select(WordRule.id).where(*same, WordRule.id != (rule.id or 0)))
    if other:
        raise Conflict(_("There is a rule for these words there already."))
    rule.pattern, rule.action, rule.scope = words, wording.action, wording.scope
    rule.reason_code, rule.why, rule.in_use = wording.reason, wording.why, wording.in_use
    rule.changed_at, rule.changed_by_id = now(tx), senior.id


def _require_place(tx: Transaction, scope: str) -> None:
    kind, number = scope[: len(CATEGORY)], scope[len(CATEGORY) :]
    if scope in [*Scope]:
        return
    known = kind == CATEGORY and number.isdecimal() and len(number) < 19
    if not known or tx.get(Category, int(number)) is None:
        raise Invalid(_("There is no such place for a rule."))


def _made(tx: Transaction, senior: Member, rule: WordRule, verb: str) -> WordRule:
    tx.flush()
    book = tx.get(RuleBook, 1)
    if book is None:
        tx.add(book := RuleBook(id=1, mark=""))
    book.mark = token_hex(16)
    tx.flush()
    words = fingerprint(rule.pattern, rule.scope, rule.why)
    audit.record(tx, senior, verb, rule.address, action=rule.action, reason=rule.reason_code,
                 in_use=rule.in_use, words=words)  # fmt: skip
    return rule
