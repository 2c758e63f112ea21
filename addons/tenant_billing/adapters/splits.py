"""From charges of bundles to the engine's splits by stream (TB-027)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from ..engine.money import ZERO, round_money
from ..engine.splitting import split_row
from .campaign import own_versions, read_deferred
from .facts import read_prices
from .prices import decimal
from .terms import version_on

# Amounts of a charge that are split: in its currency, and in its seller's.
AMOUNTS = ("amount", "company_amount")
COMPANY_PLACES = 2


@dataclass(frozen=True)
class Splits:
    """What a batch of charges is split by.

    ``prices``: versions by (book id, code), of bundles alone · ``deferred``: as in `Facts` ·
    ``debits``: first days of charges, by (leg id, code) · ``booked``: by key of the ledger, for
    each of `AMOUNTS` what stands by stream.
    """

    prices: dict
    deferred: dict
    debits: dict
    booked: dict

    def parts(self, charge):
        """Streams and weights of the price that holds for the days of a charge; a credit gives
        back what was charged, by the price of that."""
        leg = charge.leg_id
        versions = self.prices.get((leg.price_book_id.id, charge.component_code))
        if not versions:
            return ()
        day = charge.period_start
        if charge.kind == "credit":
            days = self.debits.get((leg.id, charge.component_code), ())
            before = [first for first in days if first < day]
            # An earlier system's charge stands in no ledger: the price of the day before.
            day = max(before) if before else day - timedelta(days=1)
        version = version_on(own_versions(versions, self.deferred.get(leg.id)), day)
        return tuple((part.stream, decimal(part.part)) for part in version.split_ids)


def read_splits(charges):
    """What new rows of the ledger are split by; three queries for a batch without bundles."""
    legs = charges.leg_id
    books = legs.price_book_id
    codes = list(set(charges.mapped("component_code")))
    behind = [book.id for line in books._lineages().values() for book in line]
    bundles = charges.env["billing.price"].search(
        [("book_id", "in", behind), ("code", "in", codes), ("split_ids", "!=", False)]
    )
    named = set(bundles.mapped("code"))
    prices = read_prices(books) if bundles else {}
    prices = {key: versions for key, versions in prices.items() if key[1] in named}
    return Splits(
        prices,
        read_deferred(legs, prices) if prices else {},
        _debits(charges.filtered(lambda row: row.kind == "credit" and row.component_code in named)),
        _booked(charges.filtered(lambda row: row.revision > 1), charges),
    )


def split_values(charges, splits):
    """Values of ``billing.charge.split`` of new rows, in their order; none of a charge that is
    of the stream of its component alone."""
    values = []
    for charge in charges:
        booked = splits.booked[ledger_key(charge)]
        parts = splits.parts(charge)
        added = {}
        for name, places in zip(AMOUNTS, _places(charge), strict=True):
            total = sum(booked[name].values(), _rounded(charge, name))
            added[name] = split_row(total, charge.stream, parts, booked[name], places)
            for stream, amount in added[name].items():
                booked[name][stream] += amount
        streams = dict.fromkeys(stream for each in added.values() for stream in each)
        if streams.keys() - {charge.stream}:
            values += [
                {
                    "charge_id": charge.id,
                    "seller_id": charge.seller_id.id,
                    "stream": stream,
                    **{name: float(added[name].get(stream, ZERO)) for name in AMOUNTS},
                }
                for stream in streams
            ]
    return values


def ledger_key(charge):
    return charge.leg_id.id, charge.component_code, charge.kind, charge.period_start


def _places(charge):
    return charge.currency_id.decimal_places, COMPANY_PLACES


def _rounded(record, name):
    places = record.currency_id.decimal_places if name == "amount" else COMPANY_PLACES
    return round_money(decimal(record[name]), places)


def _debits(credits):
    """First days of what is charged and may be given back, by (leg id, code)."""
    found = defaultdict(list)
    if not credits:
        return found
    days = credits.mapped("period_start")
    for leg, code, first, amount in credits.env["billing.charge"]._read_group(
        [
            ("leg_id", "in", credits.leg_id.ids),
            ("component_code", "in", list(set(credits.mapped("component_code")))),
            ("kind", "=", "charge"),
            ("period_start", "<", max(days)),
            ("period_end", ">", min(days)),
        ],
        ["leg_id", "component_code", "period_start:day"],
        ["amount:sum"],
    ):
        # One that was withdrawn charges nothing any more.
        if not leg.currency_id.is_zero(amount):
            found[leg.id, code].append(first)
    return found


def _booked(repeated, new):
    """What stands by stream on the keys of further rows, without the ``new`` ones."""
    found = defaultdict(lambda: {name: defaultdict(lambda: ZERO) for name in AMOUNTS})
    if not repeated:
        return found
    wanted = {ledger_key(row) for row in repeated}
    earlier = repeated.search(
        [
            ("leg_id", "in", repeated.leg_id.ids),
            ("component_code", "in", list(set(repeated.mapped("component_code")))),
            ("period_start", "in", list(set(repeated.mapped("period_start")))),
            ("id", "not in", new.ids),
        ]
    )
    for row in earlier.filtered(lambda row: ledger_key(row) in wanted):
        for part in row.split_ids or row:
            for name in AMOUNTS:
                found[ledger_key(row)][name][part.stream] += _rounded(part, name)
    return found
