"""Dimensions of usage: what tells one measurement of a meter from another (DESIGN 4.6, TB-004).

A filter takes the measurements that it names: one ``key=value`` a line, a key that stands on
several lines takes any of its values. ``environment`` is the environment's kind.
"""

from collections.abc import Mapping

from .errors import BillingError

ENVIRONMENT = "environment"
_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", "=": "\\="})


def label(dimensions: Mapping[str, str]) -> str:
    """``disk=ssd, region=eu``: equal for equal dimensions, different for different ones."""
    return ", ".join(
        f"{name.translate(_ESCAPES)}={dimensions[name].translate(_ESCAPES)}"
        for name in sorted(dimensions)
    )


def parse_filter(text: str | None) -> dict[str, frozenset[str]]:
    """The values that each key may have.

    Raises ``BillingError`` ``bad_dimension_filter`` with ``line``.
    """
    found: dict[str, frozenset[str]] = {}
    for line in filter(None, map(str.strip, (text or "").splitlines())):
        name, mark, value = (part.strip() for part in line.partition("="))
        if not mark or not name or not value:
            raise BillingError("bad_dimension_filter", line=line)
        found[name] = found.get(name, frozenset()) | {value}
    return found


def matches(
    wanted: Mapping[str, frozenset[str]],
    dimensions: Mapping[str, str],
    environment: str | None = None,
) -> bool:
    """Whether a filter takes a measurement; ``environment`` is the kind of its environment."""
    return all(
        (environment if name == ENVIRONMENT else dimensions.get(name)) in values
        for name, values in wanted.items()
    )


def disjoint(one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]) -> bool:
    """Whether no measurement can pass both filters: a key that both name shares no value."""
    return any(not one[name] & other[name] for name in one.keys() & other.keys())
