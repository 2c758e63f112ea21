"""A qualification record as answers for the engine, and what changed between two states."""

import hashlib
import json

from ..engine import economics, qualification


def answers(record):
    """``{question: value}``; numbers as ``int``, empty as None, "unknown" kept."""
    numbers = record._number_names()
    values = {}
    for name in record._answer_names():
        value = record[name]
        if name in numbers:
            text = (value or "").strip().lower()
            value = text if text == qualification.UNKNOWN else number(text)
            values[name] = value
        else:
            values[name] = value if value not in (False, "") else None
    return values


def number(text):
    """``"45,000"``, ``"45 000"`` and ``"45000"`` are 45000; None when it is no count."""
    digits = (text or "").replace(",", "").replace(".", "").replace(" ", "").replace("'", "")
    return int(digits) if digits.isdecimal() else None


def fingerprint(record):
    """A short mark of the kind and the answers given: a review that was signed for others is
    stale. What is not answered does not count, so a question of a later version ages nobody."""
    given = {name: value for name, value in answers(record).items() if value is not None}
    body = json.dumps([record.deal_id.kind, given], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def difference(record, before):
    """``[(question label, old, new)]`` between ``before`` and the record's answers now."""
    after = answers(record)
    labels = dict(record._questions())
    return [
        (labels[name], before[name], after[name])
        for name in after
        if before.get(name) != after[name]
    ]


def rules(records):
    """Rule records as the engine's rules, in their order."""
    return tuple(
        qualification.Rule(
            code=rule.code,
            question=rule.question,
            operator=rule.operator,
            value=rule.value or "",
            tier=rule.tier_level,
            flag=rule.is_flag,
            also=_condition(rule.also_question, rule.also_operator, rule.also_value),
        )
        for rule in records
    )


def bands(records):
    """Band records as the engine's bands."""
    return tuple(
        qualification.Band(str(band.id), band.question, band.operator, band.value, band.points)
        for band in records
    )


def rates(records):
    """Effort rates as the engine's rates; ``code`` is the record's number."""
    return tuple(
        economics.Rate(
            code=str(rate.id),
            days=qualification.Decimal(str(rate.days)),
            condition=_condition(rate.question, rate.operator, rate.value),
            per_unit=rate.per_unit,
            tier=rate.tier_level,
        )
        for rate in records
    )


def _condition(question, operator, value):
    return qualification.Condition(question, operator, value or "") if question else None
