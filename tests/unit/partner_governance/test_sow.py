"""The statement of work without Odoo."""

from cp.partner_governance.engine import sow
from hypothesis import given
from hypothesis import strategies as st


def test_answers_become_scope_exclusions_and_assumptions():
    """PG-057: asked for, not wanted, unknown."""
    found = sow.statement(
        [
            ("sku_count", "45,000"),
            ("warehouse_count", "unknown"),
            ("valuation_method", False),
            ("b2b_portal", "none"),
            ("edi_integrations", "few"),
            ("barcode", False),
            ("field_sales", True),
            ("history_years", 0),
        ]
    )
    assert found.scope == ("sku_count", "edi_integrations", "field_sales")
    assert found.exclusions == ("b2b_portal", "barcode", "history_years")
    assert found.assumptions == ("warehouse_count", "valuation_method")


CODES = st.sampled_from([*sorted(sow.ALWAYS), "b2b_portal", "barcode", "lot_serial"])
ANSWERS = st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.text(max_size=8))


@given(st.dictionaries(CODES, ANSWERS))
def test_every_answer_stands_in_exactly_one_place(answers):
    """PG-057: nothing asked for is lost, and nothing stands in two places."""
    found = sow.statement(answers.items())
    said = [*found.scope, *found.exclusions, *found.assumptions]
    assert sorted(said) == sorted(answers)
