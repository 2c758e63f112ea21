"""From the answers on a deal to a governance tier that names its reasons (PG-096 … PG-099).

Rules are data: each compares one answer with a value and, where it holds, lifts the deal to a
tier and names itself. The highest tier wins. An answer "unknown" is allowed and raises a flag.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

UNKNOWN = "unknown"
OPERATORS = ("at_least", "at_most", "is", "is_not", "is_set")


class RuleError(ValueError):
    """A rule that cannot be applied; ``code`` is ``unknown_operator`` or ``not_a_number``."""

    def __init__(self, code: str, rule: str):
        super().__init__(f"{code}: {rule}")
        self.code = code


@dataclass(frozen=True)
class Rule:
    """``question operator value`` lifts to ``tier``; ``flag`` marks a risk instead."""

    code: str
    question: str
    operator: str
    value: str = ""
    tier: int = 0
    flag: bool = False


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


def classify(
    answers: Mapping[str, object], mandatory: tuple[str, ...], rules: tuple[Rule, ...]
) -> Outcome:
    """Classify a deal.

    :param answers: question → number, text, bool or None (not answered yet)
    :raises RuleError: for a rule that cannot be evaluated
    """
    holding = [rule for rule in rules if _holds(rule, answers.get(rule.question))]
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


def _is_empty(value) -> bool:
    return value is None or value is False or value == ""


def _holds(rule: Rule, answer) -> bool:
    if rule.operator not in OPERATORS:
        raise RuleError("unknown_operator", rule.code)
    if rule.operator == "is_set":
        return not _is_empty(answer) and answer != UNKNOWN
    if _is_empty(answer) or answer == UNKNOWN:
        return False
    if rule.operator == "is":
        return str(answer) in rule.value.split(",")
    if rule.operator == "is_not":
        return str(answer) not in rule.value.split(",")
    try:
        left, right = Decimal(str(answer)), Decimal(rule.value)
    except ArithmeticError as error:
        raise RuleError("not_a_number", rule.code) from error
    return left >= right if rule.operator == "at_least" else left <= right
