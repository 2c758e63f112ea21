"""From the answers on a deal to a governance tier that names its reasons (PG-096 … PG-099).

Rules are data: each compares one answer with a value and, where it holds, lifts the deal to a
tier and names itself; a second condition may have to hold too. The highest tier wins. An answer
"unknown" is allowed and raises a flag (PG-091). Bands turn answers into points (PG-082 … PG-090).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

UNKNOWN = "unknown"
OPERATORS = ("at_least", "at_most", "is", "is_not", "is_set", "is_not_set")


class RuleError(ValueError):
    """A rule that cannot be applied; ``code`` is ``unknown_operator`` or ``not_a_number``."""

    def __init__(self, code: str, rule: str):
        super().__init__(f"{code}: {rule}")
        self.code = code


@dataclass(frozen=True)
class Condition:
    """``question operator value``."""

    question: str
    operator: str
    value: str = ""


@dataclass(frozen=True)
class Rule:
    """``question operator value``, and ``also`` where given, lifts to ``tier``; ``flag`` marks a
    risk instead."""

    code: str
    question: str
    operator: str
    value: str = ""
    tier: int = 0
    flag: bool = False
    also: Condition | None = None


@dataclass(frozen=True)
class Outcome:
    """What the answers mean.

    ``tier``: 1 to 3 · ``triggers``: codes of the rules that hold at the winning tier ·
    ``reasons``: codes of all rules that hold · ``flags``: codes of flag rules, and questions
    answered "unknown" · ``missing``: mandatory questions without an answer
    """

    tier: int
    triggers: tuple[str, ...]
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Band:
    """An answer in this band is worth ``points``: of numbers the highest ``at_least`` that is
    reached counts, of choices the one that ``is`` it."""

    code: str
    question: str
    operator: str
    value: str
    points: int


@dataclass(frozen=True)
class Change:
    """A deal that other rules would classify otherwise."""

    ident: int
    before: Outcome
    after: Outcome


def classify(
    answers: Mapping[str, object], mandatory: Iterable[str], rules: Iterable[Rule]
) -> Outcome:
    """Classify a deal.

    :param answers: question → number, text, bool or None (not answered yet)
    :raises RuleError: for a rule that cannot be evaluated
    """
    holding = [rule for rule in rules if _rule_holds(rule, answers)]
    lifting = [rule for rule in holding if not rule.flag]
    tier = max((rule.tier for rule in lifting), default=1)
    unknown = tuple(question for question, value in answers.items() if value == UNKNOWN)
    return Outcome(
        tier=max(tier, 1),
        triggers=tuple(rule.code for rule in lifting if rule.tier == tier and tier > 1),
        reasons=tuple(rule.code for rule in lifting),
        flags=tuple(rule.code for rule in holding if rule.flag) + unknown,
        missing=tuple(question for question in mandatory if _is_empty(answers.get(question))),
    )


def bands_reached(answers: Mapping[str, object], bands: Iterable[Band]) -> tuple[Band, ...]:
    """The band of each answer, at most one a question; the highest of the numbers reached."""
    reached: dict[str, Band] = {}
    for band in bands:
        if not holds(Condition(band.question, band.operator, band.value), answers, band.code):
            continue
        known = reached.get(band.question)
        if known is None or _height(band) > _height(known):
            reached[band.question] = band
    return tuple(reached.values())


def compare(
    deals: Mapping[int, tuple[Mapping[str, object], Iterable[str]]],
    running: tuple[Rule, ...],
    draft: tuple[Rule, ...],
) -> tuple[Change, ...]:
    """The deals whose tier or flags another set of rules would change.

    :param deals: number → (answers, mandatory questions)
    """
    changes = []
    for ident, (answers, mandatory) in deals.items():
        before = classify(answers, mandatory, running)
        after = classify(answers, mandatory, draft)
        if (before.tier, before.flags) != (after.tier, after.flags):
            changes.append(Change(ident, before, after))
    return tuple(changes)


def overridden(tier: int, mark: str, overrides: Iterable[tuple[int, str]]) -> int:
    """The tier that counts: the newest approved override, where it lifts, or where it lowers and
    the answers are those that it was approved for.

    :param overrides: (tier, mark of the answers), the newest last
    """
    for level, marked in reversed(tuple(overrides)):
        return level if level >= tier or marked == mark else tier
    return tier


def holds(condition: Condition, answers: Mapping[str, object], rule: str) -> bool:
    """Whether a condition holds; what is not answered or unknown satisfies none but
    ``is_not_set``.

    :raises RuleError: naming ``rule``
    """
    answer, operator = answers.get(condition.question), condition.operator
    if operator not in OPERATORS:
        raise RuleError("unknown_operator", rule)
    nothing = _is_empty(answer) or answer == UNKNOWN
    if operator in ("is_set", "is_not_set"):
        return nothing == (operator == "is_not_set")
    if nothing:
        return False
    if operator in ("is", "is_not"):
        among = str(answer) in [part.strip() for part in condition.value.split(",")]
        return among == (operator == "is")
    try:
        left, right = Decimal(str(answer)), Decimal(condition.value)
    except ArithmeticError as error:
        raise RuleError("not_a_number", rule) from error
    return left >= right if operator == "at_least" else left <= right


def _rule_holds(rule: Rule, answers) -> bool:
    own = Condition(rule.question, rule.operator, rule.value)
    return holds(own, answers, rule.code) and (
        rule.also is None or holds(rule.also, answers, rule.code)
    )


def _is_empty(value) -> bool:
    return value is None or value is False or value == ""


def _height(band: Band) -> Decimal:
    return Decimal(band.value) if band.operator == "at_least" else Decimal(band.points)
