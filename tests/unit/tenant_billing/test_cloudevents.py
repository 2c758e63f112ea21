"""Usage events as they arrive (R-24, R-26 to R-32)."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from billing_builders import D, at
from cp.tenant_billing.engine.cloudevents import (
    MAX_TEXT,
    Malformed,
    Rejected,
    decode,
    identity,
    read,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = at("2026-02-01 12:00")
AHEAD, BACK = timedelta(minutes=10), timedelta(days=35)


def event(**changed):
    made = {
        "specversion": "1.0",
        "id": "e1",
        "source": "/hosts/fra-7",
        "time": "2026-02-01T08:00:00Z",
        "data": {"tenant": "T-0001", "meter": "storage_gb", "value": "70"},
    }
    data = made["data"]
    for name, value in changed.items():
        where = made if name in made or name == "subject" else data
        where[name] = value
    return made


def taken(**changed):
    return read(event(**changed), NOW, AHEAD, BACK)


def refused(**changed):
    with pytest.raises(Rejected) as error:
        taken(**changed)
    return error.value.code, error.value.field


@pytest.mark.parametrize(
    ("time", "code"),
    [
        ("2026-02-01T12:10:00Z", None),
        ("2026-02-01T12:10:01Z", "usage_too_new"),
        ("2027-02-01T12:00:00Z", "usage_too_new"),
        ("2025-12-28T12:00:00Z", None),
        ("2025-12-28T11:59:59Z", "usage_too_old"),
        ("2026-02-01T13:00:00+01:00", None),
        ("2026-02-01T11:00:00.123456789Z", None),
        ("2026-02-01T11:00:00", "usage_time"),
        ("2026-02-30T11:00:00Z", "usage_time"),
        ("0001-01-01T00:00:00+14:00", "usage_time"),
        ("", "usage_time"),
        (None, "usage_time"),
        (1769947200, "usage_time"),
    ],
)
def test_bounds_on_time(time, code):
    """R-24: from the age that is configured to ten minutes ahead of the clock."""
    if code:
        assert refused(time=time) == (code, "time")
    else:
        assert taken(time=time).at <= NOW + AHEAD


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0", "0"),
        (0, "0"),
        ("-0.0", "0"),
        ("0e99", "0"),
        (Decimal("0E-30"), "0"),
        ("1e-9", "0.000000001"),
        (Decimal("1E-9"), "0.000000001"),
        ("999999999999.999999999", "999999999999.999999999"),
        (Decimal("12345678901.123456789"), "12345678901.123456789"),
        (10**9, "1000000000"),
        (0.1, "0.1"),
        ("1.0000000000000000", "1"),
    ],
)
def test_numbers_are_exact(value, number):
    """R-27, R-28, R-29: big, tiny and zero, whatever the spelling."""
    report = taken(value=value)
    assert report.value == D(number)
    assert f"{report.value:f}" == number
    assert report.digest == taken(value=number).digest


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("-5", "usage_negative"),
        (-1, "usage_negative"),
        ("1e12", "usage_too_large"),
        (10**30, "usage_too_large"),
        (Decimal("1E+999"), "usage_too_large"),
        ("1e-10", "usage_decimals"),
        (float("nan"), "usage_not_number"),
        (float("inf"), "usage_not_number"),
        (Decimal("NaN"), "usage_not_number"),
        (Decimal("sNaN"), "usage_not_number"),
        (True, "usage_not_number"),
        (None, "usage_not_number"),
        ([1], "usage_not_number"),
        ({"a": 1}, "usage_not_number"),
        ("", "usage_text"),
        ("a\x00b", "usage_printable"),
        ("9" * 201, "usage_text"),
    ],
)
def test_values_out_of_bounds(value, code):
    """R-26, R-28, R-30: at least 0, below 10¹², nine decimals; negative ones are refused."""
    assert refused(value=value) == (code, "data.value")


def test_a_number_of_thousands_of_digits():
    """R-30: Python itself refuses to write it out."""
    for value in (10**5000, -(10**5000)):
        assert refused(value=value) == ("usage_too_large", "data.value")


@pytest.mark.parametrize("value", ["much", "1_000", "٣", " 7 ", "0x7", "1,5", "NaN", "Infinity"])
def test_a_text_is_no_number(value):
    """R-26: what only Python reads as a number is a text, for meters of different values."""
    report = taken(value=value)
    assert (report.value, report.label) == (None, value)


@pytest.mark.parametrize("field", ["id", "source", "tenant", "meter", "environment"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x00b", "usage_printable"),
        ("a\ud800", "usage_printable"),
        ("a\u202eb", "usage_printable"),
        ("a\nb", "usage_printable"),
        ("x" * (MAX_TEXT + 1), "usage_text"),
        ("x" * 1_000_000, "usage_text"),
        ("", "usage_text"),
        ("  ", "usage_text"),
        (7, "usage_text"),
        ([], "usage_text"),
    ],
)
def test_names(field, text, code):
    """R-31: NUL, lone surrogates, text that turns direction, megabytes."""
    path = field if field in ("id", "source") else f"data.{field}"
    assert refused(**{field: text}) == (code, path)


def test_other_letters_are_names_too():
    """R-31: an emoji is a character like any other."""
    assert taken(id="Zürich 🚀 東京").id == "Zürich 🚀 東京"


@pytest.mark.parametrize(
    ("dimensions", "code"),
    [
        ([], "usage_dimensions"),
        ({str(number): "x" for number in range(17)}, "usage_dimensions"),
        ({"disk": 7}, "usage_text"),
        ({"": "x"}, "usage_text"),
        ({"disk": "a\x00"}, "usage_printable"),
        ({"environment": "staging"}, "usage_dimension_environment"),
    ],
)
def test_bad_dimensions(dimensions, code):
    """R-30: one place for the environment, or a filter could miss it."""
    assert refused(dimensions=dimensions) == (code, "data.dimensions")


def test_a_report_and_its_digest():
    """R-21: equal payloads have equal digests, whatever the order of keys and the spelling."""
    one = taken(dimensions={"disk": "ssd", "region": "eu"}, value="70.0")
    other = taken(dimensions={"region": "eu", "disk": "ssd"}, value=70)
    assert one.digest == other.digest
    assert one.dimensions_key == "disk=ssd, region=eu"
    for changed in ({"value": "71"}, {"environment": "staging"}, {"tenant": "T-2"}, {"id": "f"}):
        assert taken(**changed).digest != taken().digest
    subject = event(subject="T-0001")
    del subject["data"]["tenant"]
    assert read(subject, NOW, AHEAD, BACK).digest == taken().digest


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "usage_body_json"),
        (b"\xff\xfe{}", "usage_body_json"),
        ("{}".encode("utf-16"), "usage_body_json"),
        (b"\xef\xbb\xbf{}", "usage_body_json"),
        (b"[NaN]", "usage_body_constant"),
        (b'{"v": -Infinity}', "usage_body_constant"),
        (b'{"a": 1, "a": 2}', "usage_body_repeat"),
        (b"[" * 10_000, "usage_body_deep"),
        (b'{"a":' * 10_000, "usage_body_deep"),
        (b"[" * 100_000 + b"]" * 100_000, "usage_body_deep"),
        (b"1" * 5000, "usage_body_json"),
        (b"1e9999999999999999999999", "usage_body_json"),
    ],
)
def test_bodies_that_are_no_json(body, code):
    """R-26, R-30: refused as a whole, whatever it is, and at once."""
    with pytest.raises(Malformed) as error:
        decode(body)
    assert error.value.code == code


def test_numbers_of_a_body_are_exact():
    """R-26, R-27: no float on the way; what a float would call infinite is a number too large."""
    assert decode(b"[12345678901.123456789]") == [D("12345678901.123456789")]
    assert decode(b"[1e999]") == [D("1e999")]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(st.characters(codec=None), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
keys = ["specversion", "id", "source", "time", "data", "subject", "tenant", "meter", "value",
        "environment", "dimensions"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(keys), json_values) | json_values)
def test_whatever_comes_is_read_or_rejected(changed):
    """R-30, R-31: no other error, whatever stands where."""
    made = event(**changed) if isinstance(changed, dict) else changed
    identity(made)
    try:
        report = read(made, NOW, AHEAD, BACK)
    except Rejected as error:
        assert error.code.startswith("usage_")
        return
    assert report.value is None or 0 <= report.value < 10**12
    report.dimensions_key.encode()


@given(
    st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value, default=str).encode())
)
def test_whatever_bytes_come(body):
    """R-30: JSON or refused."""
    try:
        decode(body)
    except Malformed as error:
        assert error.code.startswith("usage_body_")
