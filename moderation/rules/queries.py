from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.errors import NotFound
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import require
from moderation.rules.folding import Folded
from moderation.rules.models import Action, RuleBook, Scope, WordRule
from moderation.rules.patterns import Pattern, pattern
from moderation.rules.policies import may_make_rules

MOST = 500  # rules: each is held against everything that is written
KNOWN = 8  # books: that of now, and those of a moment ago

MARK = select(RuleBook.mark)  # asked with every pass, so built only once
IN_USE = select(WordRule).where(WordRule.in_use).order_by(WordRule.id)


class Rule(NamedTuple):
    """As it was read: nothing of it is asked for again."""

    id: int
    pattern: Pattern
    action: Action
    scope: str
    reason: str
    why: str
    label_id: str
    label_en: str

    @classmethod
    def of(cls, row: WordRule) -> "Rule":
        label = row.reason.text.label
        return cls(
            row.id, pattern(row.pattern), Action(row.action), row.scope, row.reason_code, row.why,
            row.reason.label_id or label, row.reason.label_en or label,
        )  # fmt: skip

    def holds_in(self, places: frozenset[str]) -> bool:
        """`places` are all that a scope can call where it stands. In private a rule can refuse, and
        nothing else: moderators do not read along."""
        return self.scope in places and (
            self.action == Action.BLOCK or not places & {Scope.CLOSED, Scope.FEW}
        )

    def label_in(self, locale: str) -> str:
        return self.label_id if locale == "id" else self.label_en


class Book(NamedTuple):
    rules: Sequence[Rule]

    def found_in(self, text: Folded) -> Sequence[Rule]:
        """The strictest first, wherever they hold."""
        found = [rule for rule in self.rules if rule.pattern.matches(text)]
        return sorted(found, key=lambda rule: [*Action].index(rule.action))


NO_RULES = Book(())
_books: OrderedDict[str, Book] = OrderedDict()  # by their mark, of which no two are the same


def book_of(session: Session) -> Book:
    """The rules that hold now: one small look, for what is read already is known."""
    mark = session.scalars(MARK).one_or_none()
    if mark is None:
        return NO_RULES
    book = _books.get(mark)
    if book is None:
        book = _books[mark] = Book([Rule.of(row) for row in session.scalars(IN_USE)])
        while len(_books) > KNOWN:
            _books.popitem(last=False)
    return book


def rules_kept(session: Session, member: Member) -> Sequence[WordRule]:
    """Those in use first."""
    require(may_make_rules(member, live_appointment_of(session, member)))
    kept = select(WordRule).order_by(WordRule.in_use.desc(), WordRule.pattern, WordRule.id)
    return session.scalars(kept).all()


def rule_for(session: Session, member: Member, rule_id: int) -> WordRule:
    require(may_make_rules(member, live_appointment_of(session, member)))
    rule = session.get(WordRule, rule_id)
    if rule is None:
        raise NotFound
    return rule


def places_of(*, private: bool, few: bool) -> frozenset[str]:
    """Of a channel."""
    if few:
        return frozenset({Scope.FEW})
    return frozenset({Scope.EVERYWHERE, Scope.CLOSED if private else Scope.CHANNELS})
