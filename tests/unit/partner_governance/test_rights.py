"""The rights ledger: what a right lacks, and promises that nobody upstream keeps."""

from decimal import Decimal

import pytest
from cp.partner_governance.engine import rights
from cp.partner_governance.engine.rights import Promise


@pytest.mark.parametrize(
    ("kind", "terms", "missing"),
    [
        ("branding", {}, ()),
        ("data", {"data_role": "unclear", "export_terms": "CSV", "exit_terms": "30 days"},
         ("data_role",)),
        ("data", {"data_role": "processor"}, ("export_terms", "exit_terms")),
        ("incident", {"severity_matrix": "P1–P4", "communication_duty": "1 h"},
         ("incident_contacts",)),
        ("support", {"support_hours": "9–17", "channels": "mail", "languages": "de", "l1": "us"},
         ()),
        ("release", {"release_window": "Sun", "release_approver": "partner", "notice_days": 0},
         ("notice_days",)),
    ],
)  # fmt: skip
def test_what_a_right_lacks(kind, terms, missing):
    """PG-030, PG-031, PG-033, PG-034: "unclear" and missing terms are told by name."""
    assert rights.lacking(kind, terms) == missing


def promise(availability, hours):
    return Promise(Decimal(availability), Decimal(hours))


@pytest.mark.parametrize(
    ("down", "up", "beyond"),
    [
        (("99.5", "8"), [("99.5", "8")], ()),
        (("99.0", "12"), [("99.5", "8")], ()),
        (("99.9", "8"), [("99.5", "8")], ("availability",)),
        (("99.5", "4"), [("99.5", "8")], ("response_hours",)),
        (("99.9", "4"), [("99.5", "8")], ("availability", "response_hours")),
        (("99.9", "4"), [("99.5", "8"), ("99.95", "2")], ()),
        (("99.5", "0"), [("99.5", "0")], ()),
        (("99.5", "8"), [("99.5", "0")], ("response_hours",)),
        (("99.5", "8"), [], ("nothing_held",)),
    ],
)
def test_no_promise_beyond_what_is_held(down, up, beyond):
    """PG-032: availability not higher, answer not faster than what the upline promises."""
    assert rights.exceeds(promise(*down), tuple(promise(*each) for each in up)) == beyond
