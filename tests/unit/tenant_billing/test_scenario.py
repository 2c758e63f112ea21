"""The simulator's input and output (DESIGN 6)."""

import copy
import json

import pytest
from billing_builders import day
from cp.tenant_billing.engine.scenario import ScenarioInvalid, parse, read_json, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

GOOD = {
    "currency": "EUR",
    "decimal_places": 2,
    "subscription": {
        "start": "2026-01-31",
        "end": None,
        "anchor_day": 31,
        "timezone": "UTC",
        "interval": "month",
        "interval_count": 1,
    },
    "components": [
        {
            "code": "base",
            "kind": "recurring",
            "timing": "advance",
            "quantity": "1",
            "included": "0",
            "minimum": None,
            "price": {"model": "per_unit", "amount": "100.00"},
        },
        {
            "code": "storage",
            "kind": "metered",
            "timing": "arrears",
            "aggregation": "max",
            "included": "50",
            "minimum": None,
            "price": {
                "model": "graduated",
                "tiers": [
                    {"up_to": "200", "unit": "0.20", "flat": "0"},
                    {"up_to": None, "unit": "0.15", "flat": "0"},
                ],
            },
        },
    ],
    "changes": [
        {"at": "2026-02-10", "component": "base", "quantity": "2"},
        {
            "at": "2026-03-01",
            "component": "base",
            "price": {"model": "per_unit", "amount": "120.00"},
        },
        {"at": "2026-05-15", "end": True},
    ],
    "usage": [{"component": "storage", "at": "2026-02-01T00:00:00Z", "value": "70", "id": "e1"}],
    "as_of": "2026-04-01",
}
MISSING = object()


def altered(path: str, value: object) -> dict:
    """The good document with one place changed; ``path`` as ``components.0.code``."""
    document = copy.deepcopy(GOOD)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = document
    for part in parents:
        place = place[part]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return document


def errors(document: object) -> list[str]:
    with pytest.raises(ScenarioInvalid) as caught:
        parse(document)
    assert all("\n" not in line and line.isascii() for line in caught.value.lines)
    return caught.value.lines


def simulated(document: dict) -> dict:
    return simulate(json.dumps(document).encode())


def test_the_example_of_the_design():
    answer = simulated(GOOD)
    assert answer["total"] == "650.99"
    assert len(answer["charges"]) == 9
    assert answer["charges"][1] == {
        "component": "base",
        "kind": "recurring",
        "period_start": "2026-02-10",
        "period_end": "2026-02-28",
        "quantity": "1",
        "amount": "-64.29",
        "reason": "credit, terms changed; 18 of 28 days; per_unit price",
    }
    assert answer["charges"][4]["reason"] == (
        "full period; 28 of 28 days; max 70; 50 included, 20 priced; graduated price"
    )


def test_the_answer_is_plain_json():
    assert json.loads(json.dumps(simulated(GOOD))) == simulated(GOOD)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ("currency", "euro", "$.currency: must be a currency code such as EUR, not"),
        ("currency", MISSING, "$.currency: is missing"),
        ("decimal_places", True, "$.decimal_places: must be a whole number from 0 to 6"),
        ("decimal_places", 2.0, "$.decimal_places: must be a whole number"),
        ("decimal_places", -1, "$.decimal_places: must be a whole number"),
        ("colour", "red", "$.colour: unknown key"),
        ("odd key\n", 1, '$["odd key\\n"]: unknown key'),
        ("as_of", "2026-02-30", '$.as_of: must be a date such as 2026-01-31, not "2026-02-30"'),
        ("as_of", "20260401", "$.as_of: must be a date"),
        ("as_of", "2026-04-01T00:00:00", "$.as_of: must be a date"),
        ("as_of", 20260401, "$.as_of: must be a date"),
        ("as_of", "9999-01-01", "$.as_of: must be of the years 1900 to 2999"),
        ("as_of", None, "$.as_of: must not be null"),
        ("subscription", [], "$.subscription: must be an object, not a list"),
        ("subscription", MISSING, "$.subscription: is missing"),
        ("subscription.start", MISSING, "$.subscription.start: is missing"),
        ("subscription.end", "2026-01-30", "$.subscription.end: must not be before the start"),
        ("subscription.anchor_day", 0, "$.subscription.anchor_day: must be a whole number from 1"),
        ("subscription.anchor_day", "31", "$.subscription.anchor_day: must be a whole number"),
        ("subscription.timezone", "Mars/Olympus", "$.subscription.timezone: unknown time zone"),
        ("subscription.interval", "era", "$.subscription.interval: must be one of day, week"),
        ("subscription.interval", ["day"], "$.subscription.interval: must be one of"),
        ("subscription.interval_count", 0, "$.subscription.interval_count: must be a whole"),
        ("subscription.trial", 1, "$.subscription.trial: unknown key"),
        ("components", {}, "$.components: must be a list, not an object"),
        ("components", MISSING, "$.components: is missing"),
        ("components.0", "base", '$.components[0]: must be an object, not "base"'),
        ("components.0.code", "", "$.components[0].code: must be a text"),
        ("components.0.code", "x\ud800", "$.components[0].code: must be printable text"),
        ("components.0.code", "active_users", "$.components[0].code: prices by user or seat"),
        ("components.1.code", "perSeat", "$.components[1].code: prices by user or seat"),
        ("components.1.code", "base", "$.components[1].code: is used by another component"),
        ("components.0.kind", "rental", "$.components[0].kind: must be one of recurring, metered"),
        ("components.0.timing", MISSING, "$.components[0].timing: is missing"),
        ("components.0.quantity", 1, "$.components[0].quantity: must be a decimal number written"),
        ("components.0.quantity", "-1", "$.components[0].quantity: must not be negative"),
        ("components.0.quantity", "1e3", "$.components[0].quantity: must be a decimal number"),
        ("components.0.quantity", "NaN", "$.components[0].quantity: must be a decimal number"),
        ("components.0.quantity", "1_000", "$.components[0].quantity: must be a decimal"),
        ("components.0.quantity", " 1", "$.components[0].quantity: must be a decimal"),
        ("components.0.quantity", "\u0663", "$.components[0].quantity: must be a decimal"),
        ("components.0.quantity", "1000000000000", "$.components[0].quantity: must be below"),
        ("components.0.quantity", None, "$.components[0].quantity: must not be null"),
        ("components.0.included", "-1", "$.components[0].included: must not be negative"),
        ("components.0.minimum", "-1", "$.components[0].minimum: must not be negative"),
        ("components.0.aggregation", "max", "$.components[0].aggregation: is of metered"),
        ("components.1.aggregation", "median", "$.components[1].aggregation: must be one of sum"),
        ("components.1.aggregation", MISSING, "$.components[1].aggregation: is missing"),
        ("components.1.timing", "advance", "$.components[1].timing: must be arrears"),
        ("components.1.quantity", "5", "$.components[1].quantity: a metered component takes"),
        ("components.0.price", MISSING, "$.components[0].price: is missing"),
        ("components.0.price", "100", "$.components[0].price: must be an object"),
        ("components.0.price.model", "per_user", "$.components[0].price.model: must be one of"),
        ("components.0.price.model", MISSING, "$.components[0].price.model: is missing"),
        ("components.0.price.amount", MISSING, "$.components[0].price.amount: is missing"),
        ("components.0.price.amount", 100.0, "$.components[0].price.amount: must be a decimal"),
        ("components.0.price.amount", "-1", "$.components[0].price.amount: must not be negative"),
        ("components.0.price.tiers", [], "$.components[0].price.tiers: a per_unit price has no"),
        ("components.0.price.package_size", "1", "$.components[0].price.package_size: a per_unit"),
        ("components.1.price.amount", "1", "$.components[1].price.amount: a graduated price has"),
        ("components.1.price.tiers", [], "$.components[1].price.tiers: must have at least one"),
        ("components.1.price.tiers.0.up_to", "0", "$.components[1].price.tiers[0].up_to: must be"),
        ("components.1.price.tiers.0.up_to", None, "$.components[1].price.tiers[1]: follows a"),
        (
            "components.1.price.tiers.1.up_to",
            "200",
            "$.components[1].price.tiers[1].up_to: must be above",
        ),
        ("components.1.price.tiers.1.up_to", "900", "$.components[1].price.tiers[1].up_to: must"),
        ("components.1.price.tiers.0.unit", MISSING, "$.components[1].price.tiers[0].unit: is"),
        ("components.1.price.tiers.0.per", "1", "$.components[1].price.tiers[0].per: unknown key"),
        ("changes", None, "$.changes: must not be null"),
        ("changes.0.at", "soon", "$.changes[0].at: must be a date"),
        ("changes.0.at", MISSING, "$.changes[0].at: is missing"),
        ("changes.0.component", "nope", "$.changes[0].component: no component has this code"),
        ("changes.0.component", MISSING, "$.changes[0].component: is missing: quantity is of a"),
        ("changes.0.component", "storage", "$.changes[0].quantity: a metered component takes"),
        ("changes.0.quantity", MISSING, "$.changes[0]: changes nothing"),
        ("changes.0.timing", "arrears", "$.changes[0].timing: unknown key"),
        ("changes.1.price.model", "free", "$.changes[1].price.model: must be one of"),
        ("changes.2.end", False, "$.changes[2].end: must be true, not false"),
        ("usage.0.component", "nope", "$.usage[0].component: no component has this code"),
        ("usage.0.component", "base", "$.usage[0].component: is recurring: only metered"),
        ("usage.0.at", "2026-02-01T00:00:00", "$.usage[0].at: must be an instant"),
        ("usage.0.at", "2026-02-01T25:00:00Z", "$.usage[0].at: must be an instant"),
        ("usage.0.at", "2026-02-01T00:00:00+15:00", "$.usage[0].at: must be an instant"),
        ("usage.0.value", "-1", "$.usage[0].value: must not be negative"),
        ("usage.0.value", 70, "$.usage[0].value: must be a decimal number"),
        ("usage.0.id", MISSING, "$.usage[0].id: is missing"),
    ],
)
def test_an_error_names_its_path(path, value, error):
    """TB-014, R-26, R-28, R-30, R-31: one line per error, at its place."""
    found = errors(altered(path, value))
    assert [line for line in found if line.startswith(error)] == found[:1]


def test_an_unreadable_component_is_not_also_an_unknown_one():
    """One mistake, one line: what refers to it is not blamed."""
    for path, value in [("components", {}), ("components.0", 5), ("components.0.code", 5)]:
        assert len(errors(altered(path, value))) == 1
    assert len(errors(altered("components", []))) == 3


def test_a_negative_package_size_is_an_error():
    price = {"model": "package", "amount": "1", "package_size": "-5"}
    (line,) = errors(altered("components.0.price", price))
    assert line == '$.components[0].price.package_size: must not be negative, not "-5"'
    price["package_size"] = "0"
    (line,) = errors(altered("components.0.price", price))
    assert line == "$.components[0].price.package_size: must be above 0"


def test_all_errors_are_reported_not_the_first():
    document = altered("currency", "?")
    document["as_of"] = "?"
    document["components"][1]["included"] = "?"
    document["usage"][0]["at"] = "?"
    assert len(errors(document)) == 4


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "$: not JSON"),
        (b"[", "$: not JSON"),
        (b"\xff\xfe", "$: not UTF-8"),
        (b"[" * 100_000, "$: nested too deeply"),
        (b'{"currency": ' + b"9" * 10_000 + b"}", "$"),
        (b"[]", "$: must be an object, not a list"),
        (b"null", "$: must be an object, not null"),
    ],
)
def test_what_is_no_scenario_at_all(data, error):
    """R-30: broken documents get an error, never a traceback."""
    with pytest.raises(ScenarioInvalid) as caught:
        simulate(data)
    assert caught.value.lines[0].startswith(error)


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_json_does_not_have(name):
    """R-26: named at their place."""
    text = json.dumps(GOOD).replace('"100.00"', name)
    with pytest.raises(ScenarioInvalid) as caught:
        simulate(text.encode())
    (line,) = caught.value.lines
    assert line.startswith("$.components[0].price.amount: ")
    assert line.endswith(f"not {name}")


def test_a_key_that_stands_twice_is_an_error():
    """R-30: which of the two is meant?"""
    text = json.dumps(GOOD).replace('"currency"', '"currency": "USD", "currency"')
    with pytest.raises(ScenarioInvalid) as caught:
        simulate(text.encode())
    assert caught.value.lines == ["$.currency: stands more than once"]


def test_what_may_be_left_out():
    """Changes, usage, allowance, minimum, end, anchor day and a one-off's timing."""
    document = {
        "currency": "JPY",
        "decimal_places": 0,
        "subscription": {"start": "2026-01-15", "interval": "month"},
        "components": [
            {
                "code": "setup",
                "kind": "one_off",
                "quantity": "2",
                "price": {"model": "per_unit", "amount": "1000"},
            },
            {
                "code": "sites",
                "kind": "metered",
                "aggregation": "unique_count",
                "price": {"model": "flat", "amount": "70"},
            },
        ],
        "usage": [
            {"component": "sites", "id": "1", "at": "2026-01-20T10:00:00+02:00", "value": "shop"}
        ],
        "as_of": "2026-02-15",
    }
    answer = simulated(document)
    assert [(row["kind"], row["amount"]) for row in answer["charges"]] == [
        ("one_off", "2000"),
        ("metered", "70"),
    ]
    assert answer["charges"][0]["reason"] == "once, at the start; per_unit price"
    assert answer["total"] == "2070"


def test_nothing_due_is_an_empty_answer():
    assert simulated(altered("as_of", "2026-01-30")) == {"charges": [], "total": "0.00"}


def test_offsets_and_fractions_of_instants():
    (event,) = parse(altered("usage.0.at", "2026-02-01T01:30:00.25+01:30")).terms.usage
    assert event.at.isoformat() == "2026-02-01T00:00:00.250000+00:00"


def test_a_minimum_can_be_taken_away():
    document = altered("components.0.minimum", "150")
    document["changes"] = [{"at": "2026-02-28", "component": "base", "minimum": None}]
    document["as_of"] = "2026-02-28"
    amounts = [row["amount"] for row in simulated(document)["charges"]]
    assert amounts == ["150.00", "100.00", "4.00"]


def test_a_file_with_a_byte_order_mark_is_read():
    assert read_json(b"\xef\xbb\xbf{}") == {}


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["0", "-0", "1", "0.000000001", "999999999999", "max", "volume", "storage"]),
    st.dates(day("1900-01-01"), day("2100-01-01")).map(str),
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner)
)


def places(value: object) -> list[tuple]:
    """Paths of everything inside a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, child in inside:
        found.append((key,))
        if isinstance(child, (dict, list)):
            found += [(key, *rest) for rest in places(child)]
    return found


@settings(max_examples=80)
@given(st.sampled_from(places(GOOD)), ANYTHING)
def test_any_value_anywhere_is_priced_or_refused(path, value):
    """R-26, R-30, R-31: nothing else is ever raised, and every error is one line with a path."""
    document = copy.deepcopy(GOOD)
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    try:
        answer = simulate(json.dumps(document).encode())
    except ScenarioInvalid as error:
        assert error.lines
        assert all(line.startswith("$") and len(line.splitlines()) == 1 for line in error.lines)
    else:
        json.dumps(answer)
