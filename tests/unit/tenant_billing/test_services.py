from decimal import Decimal

import pytest
from cp.tenant_billing.engine.packages import by_part, part_of
from cp.tenant_billing.engine.services import Clause, Commitment, best_commitment, verdict

INCLUDED, EXCLUDED = Clause(1, "incident", False), Clause(2, "change", True)


@pytest.mark.parametrize(
    ("clauses", "case", "expected"),
    [
        ([INCLUDED, EXCLUDED], "incident", ("included", 1)),
        ([INCLUDED, EXCLUDED], "change", ("billable", 2)),
        ([INCLUDED, EXCLUDED], "defect", ("unsaid", None)),
        ([EXCLUDED, Clause(3, "change", False)], "change", ("included", 3)),
        ([Clause(4, None, True)], "change", ("unsaid", None)),
    ],
)
def test_verdict(clauses, case, expected):
    """TB-034: inside is included, outside is billable; a retainer that includes changes wins."""
    assert tuple(verdict(clauses, case)) == expected


def test_the_first_answer_counts():
    """TB-035: fewest hours; of the same, around the clock; nought is no commitment."""
    slow, none = Commitment("slow", 8, "8x5"), Commitment("none", 0, "24x7")
    fast, night = Commitment("fast", 4, "8x5"), Commitment("night", 4, "24x7")
    assert best_commitment([slow, none]) == slow
    assert best_commitment([slow, fast, night]) == night
    assert best_commitment([none]) is None


def test_parts():
    """TB-016: what runs a tenant is hosting; one-off and fees are none of the three."""
    rows = [("hosting", 120, 80), ("storage", 4, 2), ("support", 60, 35), ("retainer", 650, 400)]
    rows = [(stream, Decimal(a), Decimal(b)) for stream, a, b in rows]
    assert by_part(rows) == {
        "hosting": (124, 82),
        "support": (60, 35),
        "enhancement": (650, 400),
    }
    assert (part_of("setup"), part_of("optimisation")) == ("other", "enhancement")
