"""What is rated: the facts of one subscription as one leg prices them (DESIGN 4.4 and 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from .errors import BillingError
from .money import ZERO
from .periods import Calendar
from .pricing import Price
from .usage import AGGREGATIONS, UsageEvent

KINDS = ("recurring", "metered", "one_off")
TIMINGS = ("advance", "arrears")


class Keep(Enum):
    """``KEEP``: a change leaves minimum or maximum alone, where None would take it away."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Subscription:
    """``end`` is the first day no longer served, known from the beginning."""

    start: date
    end: date | None = None
    anchor_day: int | None = None
    timezone: str = "UTC"
    interval: str = "month"
    interval_count: int = 1

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.start, self.interval, self.interval_count, self.anchor_day)


@dataclass(frozen=True, slots=True)
class Component:
    """One priced part. ``start`` and ``end`` (first day without it) default to the
    subscription's; ``quantity`` is of recurring and one-off components, ``aggregation`` of
    metered ones; ``timing`` plays no part for one-off. A ``commitment`` is a recurring amount in
    arrears from which comes off what was charged elsewhere (`portfolio.Spending`)."""

    code: str
    kind: str
    price: Price
    timing: str = "arrears"
    quantity: Decimal = ZERO
    included: Decimal = ZERO
    minimum: Decimal | None = None
    aggregation: str | None = None
    start: date | None = None
    end: date | None = None
    maximum: Decimal | None = None
    commitment: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """New terms from local midnight of ``at``. None leaves a value alone. ``end`` ends the
    component, or the subscription where ``component`` is None; without ``refund`` it leaves
    what is charged in advance as it stands (B-09). ``sequence`` orders the changes of one
    day: the last value of each kind stands."""

    at: date
    component: str | None = None
    quantity: Decimal | None = None
    included: Decimal | None = None
    minimum: Decimal | None | Keep = KEEP
    price: Price | None = None
    end: bool = False
    sequence: int = 0
    maximum: Decimal | None | Keep = KEEP
    refund: bool = True


@dataclass(frozen=True, slots=True)
class Free:
    """Days ``[start, until)`` (None: open) that cost nothing: a trial, a pause. Of recurring
    and metered components, all or those named; what is used then takes nothing from an
    allowance, and no minimum is due for it. Several are one where they overlap."""

    start: date
    until: date | None = None
    components: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """``percent`` (0 to 100) off the price, not off a minimum, on the days ``[start, until)``
    (None: open); of all components, or those named. On one day they multiply."""

    percent: Decimal
    start: date | None = None
    until: date | None = None
    components: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """All facts known, in the order in which they were learnt (matters for repeated usage
    ids alone). Amounts are in ``currency``, rounded to ``decimal_places``. ``portfolio``: what
    the components of a partner are measured by, by their code (`portfolio.Pool`, `Spending`)."""

    subscription: Subscription
    components: tuple[Component, ...]
    changes: tuple[Change, ...] = ()
    usage: tuple[UsageEvent, ...] = ()
    currency: str = "EUR"
    decimal_places: int = 2
    free: tuple[Free, ...] = ()
    discounts: tuple[Discount, ...] = ()
    portfolio: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Facts and the day up to which the simulator rates them."""

    terms: Terms
    as_of: date


@dataclass(frozen=True, slots=True)
class Opening:
    """What an earlier system billed in advance for ``[start, end)``; never invoiced here,
    but later changes credit against it (TB-066)."""

    component: str
    start: date
    end: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LegWindow:
    """Days ``[start, until)`` on which a leg is valid; None: open. Nothing before
    ``opening_day`` is charged."""

    start: date | None = None
    until: date | None = None
    opening_day: date | None = None
    openings: tuple[Opening, ...] = ()

    @property
    def first(self) -> date | None:
        """First day that the leg may charge, None where nothing limits it."""
        return max((day for day in (self.start, self.opening_day) if day), default=None)


def check_terms(terms: Terms) -> None:
    """Refuse facts that cannot be rated.

    Raises ``BillingError``: ``duplicate_component``, ``unknown_kind``, ``unknown_timing``,
    ``metered_in_advance``, ``commitment_in_advance``, ``unknown_aggregation``,
    ``unknown_component``, ``bad_discount``.
    """
    codes = set()
    for component in terms.components:
        if component.code in codes:
            raise BillingError("duplicate_component", component=component.code)
        codes.add(component.code)
        _check_component(component)
    _check_known("change", (change.component for change in terms.changes), codes | {None})
    _check_known("usage", (event.component for event in terms.usage), codes)
    for fact, spans in (("free", terms.free), ("discount", terms.discounts)):
        for span in spans:
            _check_known(fact, span.components or (), codes)
    for discount in terms.discounts:
        if not 0 <= discount.percent <= 100:
            raise BillingError("bad_discount", percent=discount.percent)


def _check_component(component: Component) -> None:
    if component.kind not in KINDS:
        raise BillingError("unknown_kind", component=component.code, kind=component.kind)
    if component.timing not in TIMINGS:
        raise BillingError("unknown_timing", component=component.code, timing=component.timing)
    if component.commitment and (component.kind, component.timing) != ("recurring", "arrears"):
        raise BillingError("commitment_in_advance", component=component.code)
    if component.kind == "metered":
        if component.timing == "advance":
            raise BillingError("metered_in_advance", component=component.code)
        if component.aggregation not in AGGREGATIONS:
            raise BillingError(
                "unknown_aggregation",
                component=component.code,
                aggregation=component.aggregation,
            )


def _check_known(what: str, named: Iterable[str | None], codes: set) -> None:
    for code in named:
        if code not in codes:
            raise BillingError("unknown_component", component=code, fact=what)
