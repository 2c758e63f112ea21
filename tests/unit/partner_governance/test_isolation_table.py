"""X-05: the isolation table is readable, complete in itself and refuses what it cannot mean."""

import pytest
from cp.partner_governance.engine import isolation
from cp.partner_governance.engine.isolation import Entry, TableError, Term

HEAD = "model,class,path,portal,fields,why\n"


def test_a_row_becomes_an_entry():
    """X-05: path, portal path and reason of a row are kept."""
    (entry,) = isolation.parse_table(
        HEAD + "hosting.tenant,operational,program_node_id|engaged:id,partner_id,,branch\n"
    )
    assert entry == Entry(
        "hosting.tenant",
        isolation.OPERATIONAL,
        (Term("program_node_id"), Term("id", engaged=True)),
        "partner_id",
        None,
        "branch",
    )


def test_a_question_mark_lets_empty_values_be_read():
    """X-05: shared records, with no company, are told apart from foreign ones."""
    assert isolation.parse_term("company_id?") == Term("company_id", or_empty=True)


def test_a_field_may_reach_the_own_node_alone():
    """PG-043, X-05: who is asked reads it, those above do not."""
    assert isolation.parse_term("exact:escalated_node_id") == Term("escalated_node_id", exact=True)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a,secret,,,,", "unknown_class"),
        ("a,operational,,,,", "path_missing"),
        ("a,line,,,,", "path_missing"),
        ("a,nothing,node_id,,,", "path_unexpected"),
        ("a,reference,,,,", "fields_missing"),
        ("a,own,user_id,,,\na,own,user_id,,,", "model_twice"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused(row, code):
    """X-05: a slip in the table is an error at start, never an open door."""
    with pytest.raises(TableError) as error:
        isolation.parse_table(HEAD + row + "\n")
    assert error.value.code == code


def test_two_addons_cannot_classify_one_model():
    """X-05: exactly one class for each model."""
    table = isolation.parse_table(HEAD + "crm.lead,commercial,program_node_id,,,\n")
    with pytest.raises(TableError, match="model_twice"):
        isolation.merge([table, table])


def test_reference_lists_its_fields():
    """X-05: reference records are read by listed fields; a star stands for all."""
    table = isolation.parse_table(HEAD + "a,reference,,,name code,\nb,reference,,,*,\n")
    assert table[0].fields == {"name", "code"}
    assert table[1].fields is None
