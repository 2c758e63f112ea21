"""Dimensions and filters of usage (TB-004, TB-005)."""

import pytest
from cp.tenant_billing.engine.dimensions import disjoint, label, matches, parse_filter
from cp.tenant_billing.engine.errors import BillingError
from hypothesis import given
from hypothesis import strategies as st

texts = st.text("ab=,\\ ", min_size=1, max_size=4)
dimension_sets = st.dictionaries(texts, texts, max_size=3)
filters = st.dictionaries(
    st.sampled_from(["environment", "region", "disk"]),
    st.frozensets(st.sampled_from(["production", "staging", "eu"]), min_size=1),
    max_size=2,
)


def test_a_label_is_readable():
    assert label({"region": "eu", "disk": "ssd"}) == "disk=ssd, region=eu"
    assert label({}) == ""


@given(dimension_sets, dimension_sets)
def test_labels_are_equal_for_equal_dimensions_alone(one, other):
    """DESIGN 4.6: a bucket holds one set of dimensions."""
    assert (label(one) == label(other)) == (one == other)


def test_a_filter_takes_any_value_of_a_key_and_all_keys():
    """TB-004: environments counted by type."""
    wanted = parse_filter("environment = staging\nenvironment=sandbox\n\n region=eu ")
    assert wanted == {
        "environment": frozenset({"staging", "sandbox"}),
        "region": frozenset({"eu"}),
    }
    assert matches(wanted, {"region": "eu"}, "sandbox")
    assert not matches(wanted, {"region": "us"}, "sandbox")
    assert not matches(wanted, {"region": "eu"}, "production")
    assert not matches(wanted, {"region": "eu"})
    assert matches({}, {}, None)
    assert parse_filter(None) == {}


@pytest.mark.parametrize("text", ["region", "=eu", "region=", "a=b\nc"])
def test_a_line_without_key_or_value_is_refused(text):
    with pytest.raises(BillingError, match="bad_dimension_filter"):
        parse_filter(text)


@given(
    filters,
    filters,
    st.dictionaries(st.sampled_from(["region", "disk"]), st.sampled_from(["eu", "staging"])),
    st.sampled_from([None, "production", "staging", "sandbox"]),
)
def test_disjoint_filters_take_no_measurement_twice(one, other, dimensions, environment):
    """DESIGN 4.6: one measurement is priced once."""
    if disjoint(one, other):
        assert not (
            matches(one, dimensions, environment) and matches(other, dimensions, environment)
        )
    assert disjoint(one, other) == disjoint(other, one)
