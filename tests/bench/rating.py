"""Charges through the engine, without Odoo, against the bare arithmetic of the same charges:
one exact multiplication and one rounding each."""

import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "setup")]

from controlplane import engines  # noqa: E402
from measure import Meter, report  # noqa: E402

engines.install()

from cp.tenant_billing.engine import money, rating  # noqa: E402

MONTHS = 20
COMPONENTS = 5
# The twentieth month is charged in advance, storage of the nineteenth in arrears.
DAY = date(2026, 8, 1)
FLOOR = "Decimal multiplication and rounding of the same charges"


def leg(number):
    """Terms of one leg: four components in advance, storage by its level, 20 months."""
    start = date(2025, 1, 1)
    recurring = [
        rating.Component(
            code=code,
            kind="recurring",
            price=rating.Price("per_unit", Decimal(rate)),
            timing="advance",
            quantity=Decimal(1 + number % 3),
        )
        for code, rate in (
            ("base", "120"),
            ("support", "60"),
            ("backup", "15.10"),
            ("monitoring", "9.55"),
        )
    ]
    storage = rating.Component(
        code="storage",
        kind="metered",
        price=rating.Price("per_unit", Decimal("0.20")),
        timing="arrears",
        included=Decimal(50),
        aggregation="max",
    )
    usage = [
        rating.UsageEvent(
            f"{number}-{month}",
            datetime(2025, 1, 2, tzinfo=timezone.utc) + timedelta(days=30 * month),
            Decimal(60 + (number + month) % 40),
            "storage",
        )
        for month in range(MONTHS)
    ]
    return rating.Terms(
        subscription=rating.Subscription(start=start, anchor_day=1),
        components=(*recurring, storage),
        usage=tuple(usage),
    )


def main(number):
    legs = [leg(n) for n in range(-(-number // (MONTHS * COMPONENTS - 1)))]
    rating.target(legs[0], DAY)
    product, floor = Meter(), Meter()
    count = 0
    # Parts of a hundred legs, in turn, so that a busy moment of the machine meets both sides.
    for first in range(0, len(legs), 100):
        part = legs[first : first + 100]
        with product.part():
            charges = [charge for terms in part for charge in rating.target(terms, DAY)]
        count += len(charges)
        pairs = [(charge.billable, rate(charge)) for charge in charges]
        with floor.part(), money.exact():
            bare = [money.round_money(quantity * price, 2) for quantity, price in pairs]
        assert bare == [charge.amount for charge in charges]
    report("rating", count, product, floor, FLOOR, per_second=round(count / product.seconds))


def rate(charge):
    return charge.amount / charge.billable


if __name__ == "__main__":
    main(int(sys.argv[1]))
