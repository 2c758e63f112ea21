"""A qualification record as answers for the engine, and what changed between two states."""

import hashlib
import json


def answers(record):
    """``{question: value}``; numbers as ``int``, empty as None, "unknown" kept."""
    from ..models.governance_qualification import FURTHER, MANDATORY

    values = {}
    for name in MANDATORY + FURTHER:
        value = record[name]
        if name in ("sku_count", "warehouse_count"):
            text = (value or "").strip().lower()
            value = text if text == "unknown" else number(text)
        values[name] = value if value not in (False, "") else None
    return values


def number(text):
    """``"45,000"``, ``"45 000"`` and ``"45000"`` are 45000; None when it is no count."""
    digits = (text or "").replace(",", "").replace(".", "").replace(" ", "").replace("'", "")
    return int(digits) if digits.isdecimal() else None


def fingerprint(record):
    """A short mark of the answers: a review that was signed for other answers is stale."""
    body = json.dumps(answers(record), sort_keys=True)
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
