"""PG-128: a sealed chain names its first break, also where its end was cut off."""

import json

import pytest
from cp.partner_governance.engine import audit
from cp.partner_governance.engine.audit import Break, Head, Row


def chain(count):
    rows, previous = [], audit.GENESIS
    for number in range(1, count + 1):
        content = {"id": number, "kind": f"k{number}"}
        previous = audit.seal(previous, number, content)
        rows.append(Row(number, previous, content))
    return rows


ROWS = chain(5)
HEAD = Head(5, ROWS[-1].digest)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (ROWS, None),
        (ROWS + chain(6)[5:], None),
        (ROWS[:4], Break("missing", 5)),
        ([], Break("missing", 1)),
        (ROWS[:2] + ROWS[3:], Break("gap", 3)),
        ([*ROWS[:4], Row(5, ROWS[4].digest, {"id": 5, "kind": "x"})], Break("changed", 5)),
    ],
)
def test_a_kept_head_finds_what_the_chain_alone_does_not(rows, expected):
    """PG-128: cutting the last row leaves a whole chain, but not through the head."""
    assert audit.check(rows, head=HEAD) == expected


def test_a_chain_that_was_sealed_anew_is_found():
    """PG-128: whoever can write may seal again; the head that was carried out tells."""
    forged = [Row(row.number, row.digest, row.content) for row in ROWS[:4]]
    content = {"id": 5, "kind": "forged"}
    forged.append(Row(5, audit.seal(forged[-1].digest, 5, content), content))
    assert audit.check(forged) is None
    assert audit.check(forged, head=HEAD) == Break("replaced", 5)


def test_a_head_is_read_as_it_was_written():
    """PG-128: what was downloaded can be pasted."""
    text = json.dumps({"number": 5, "digest": HEAD.digest, "at": "2026-11-25"})
    assert audit.parse_head(text) == HEAD


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", '{"number": "5", "digest": "a"}', '{"number": 0, "digest": ""}']
)
def test_what_is_no_head_is_refused(text):
    """PG-128: a slip is an error, never "whole"."""
    with pytest.raises(ValueError, match="head"):
        audit.parse_head(text)
