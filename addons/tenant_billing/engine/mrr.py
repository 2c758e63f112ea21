"""Monthly recurring revenue and what moved it (DESIGN 2 and 4.1, TB-059).

MRR of a contract on a day is what its recurring components cost in one full period at the terms
of that day, by the months of the period, without tax, rounded once. Usage is not in it, nor is a
minimum on usage or a commitment of a partner, which tops up what is charged elsewhere: what they
charge is shown apart. Trials and pauses count as nothing while they last.

Movements are the steps of that figure, so between any two days they add up to its change to the
cent. One day's step is taken apart in this order: price (rate, allowance, minimum, discount) at
the quantity before, then quantity (components that come and go too), then pause.

What a step is called depends on the seller's whole account (a customer, or one tenant of a
partner): the first contract is *new*, another one *expansion*; the last to end is *churn*, one of
several *contraction*; whoever comes back after churn is a *reactivation*. A pause is contraction
and then expansion, since the contract stands. A hand-over to another seller or buyer is a
*transfer* and no churn; where the seller stays, in and out cancel and the difference is a price
change. Amounts in the company's currency are at one rate for the life of a contract, so that
exchange rates move nothing.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .money import ZERO, exact
from .mrr_contract import Contract, cost, mrr

KINDS = (
    "new",
    "expansion",
    "contraction",
    "churn",
    "reactivation",
    "transfer_in",
    "transfer_out",
)
CAUSES = ("contract", "price", "quantity", "pause")


class Key(NamedTuple):
    """Identity of a movement, whenever it is learnt."""

    leg: Hashable
    day: date
    kind: str
    cause: str


@dataclass(frozen=True, slots=True)
class Movement:
    """``logos``: 1 where the seller wins the account with it, -1 where it loses it."""

    key: Key
    amount: Decimal
    company_amount: Decimal
    logos: int = 0


@dataclass(slots=True)
class _Step:
    """What one contract does on one day: amounts by cause that end at ``after``."""

    contract: Contract
    before: Decimal
    after: Decimal
    pieces: list[tuple[str, Decimal]]
    opens: bool
    closes: bool


def movements(contracts: Iterable[Contract], until: date) -> tuple[Movement, ...]:
    """All movements up to and including ``until``, in order of days.

    Give every contract that the accounts ever had: what a step is called depends on them.
    Keys occur once.
    """
    found: list[Movement] = []
    accounts = defaultdict(list)
    for contract in contracts:
        accounts[contract.seller, contract.account].append(contract)
    with exact():
        for members in accounts.values():
            found += _account(members, until)
    found.sort(key=lambda each: each.key.day)
    return tuple(found)


def _account(contracts: list[Contract], until: date) -> Iterator[Movement]:
    days = defaultdict(list)
    for contract in contracts:
        for day in contract.days(until):
            days[day].append(contract)
    now: dict[Hashable, Decimal] = {}
    live: set[Hashable] = set()
    ever = False
    for day in sorted(days):
        steps = [_step(contract, day, now, live) for contract in days[day]]
        closing = {each.contract.leg for each in steps if each.closes}
        opening = {each.contract.leg for each in steps if each.opens}
        after = (live - closing) | opening
        rows = []
        for step in sorted(steps, key=lambda each: not each.closes):
            rows += _named(step, day, steps, bool(live), bool(after), ever, contracts)
            now[step.contract.leg] = step.after
        change = bool(after) - bool(live)
        yield from _with_logos(rows, change)
        live, ever = after, ever or bool(opening)


def _step(contract: Contract, day: date, now: dict, live: set) -> _Step:
    """``now``: MRR of each leg until the day before; ``live``: legs that count as won."""
    leg = contract.leg
    before = now.get(leg, ZERO)
    if day >= contract.stop:
        return _Step(contract, before, ZERO, [("contract", -before)], False, leg in live)
    after = mrr(contract, day)
    opens = after > 0 and leg not in live
    if opens:
        pieces = [("contract", after)]
    else:
        pieces = _pieces(contract, day)
    return _Step(contract, before, after, pieces, opens, False)


def _pieces(contract: Contract, day: date) -> list[tuple[str, Decimal]]:
    """The step between the day before and ``day``, by cause, each rounded so that they add up."""
    unrounded = dict.fromkeys(("price", "quantity", "pause"), ZERO)
    yesterday = date.fromordinal(day.toordinal() - 1)
    was_states = contract.states(yesterday)
    for was, state in zip(was_states, contract.states(day), strict=True):
        if was is None or state is None:
            unrounded["quantity"] += cost(state) - cost(was)
        elif was.free or state.free:
            unrounded["pause"] += state.rate - was.rate
        else:
            at_old_quantity = state.cost(was.quantity)
            unrounded["price"] += at_old_quantity - was.rate
            unrounded["quantity"] += state.rate - at_old_quantity
    running = sum((cost(each) for each in was_states), ZERO)
    reached, found = contract.rounded(running), []
    for cause, amount in unrounded.items():
        running += amount
        target = contract.rounded(running)
        found.append((cause, target - reached))
        reached = target
    return found


def _named(
    step: _Step,
    day: date,
    steps: list[_Step],
    had: bool,
    has: bool,
    ever: bool,
    account: list[Contract],
) -> list[tuple[_Step, Movement]]:
    contract = step.contract
    if step.opens:
        pieces = _opening(step, day, steps, had, ever, account)
    elif step.pieces and day >= contract.stop:
        kind = "transfer_out" if contract.handed_over else "contraction" if has else "churn"
        pieces = [(kind, "contract", -step.before)]
    else:
        pieces = [
            ("expansion" if amount > 0 else "contraction", cause, amount)
            for cause, amount in step.pieces
        ]
    rows, reached = [], step.before
    for kind, cause, amount in pieces:
        # What is lost while it is paused moves no money, but it is lost all the same.
        if not amount and not step.closes:
            continue
        company = contract.in_company(reached + amount) - contract.in_company(reached)
        rows.append((step, Movement(Key(contract.leg, day, kind, cause), amount, company)))
        reached += amount
    return rows


def _opening(
    step: _Step,
    day: date,
    steps: list[_Step],
    had: bool,
    ever: bool,
    account: list[Contract],
) -> list[tuple[str, str, Decimal]]:
    contract = step.contract
    if contract.taken_over:
        for other in steps:
            if other.before and day >= other.contract.stop and contract.follows(other.contract):
                rest = step.after - other.before
                kind = "expansion" if rest > 0 else "contraction"
                return [("transfer_in", "contract", other.before), (kind, "price", rest)]
        if not any(contract.follows(other) for other in account):
            return [("transfer_in", "contract", step.after)]
    kind = "expansion" if had else "reactivation" if ever else "new"
    return [(kind, "contract", step.after)]


def _with_logos(rows: list[tuple[_Step, Movement]], change: int) -> Iterator[Movement]:
    """The account is won with its first opening of the day, lost with its last closing."""
    marked = [
        position
        for position, (step, _) in enumerate(rows)
        if (step.opens if change > 0 else step.closes)
    ]
    chosen = (marked[0] if change > 0 else marked[-1]) if change and marked else None
    for position, (_, row) in enumerate(rows):
        logos = change if position == chosen else 0
        if row.amount or row.company_amount or logos:
            yield Movement(row.key, row.amount, row.company_amount, logos)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row that is kept already."""

    key: Key
    revision: int
    amount: Decimal
    company_amount: Decimal
    logos: int


def corrections(
    target: Iterable[Movement], recorded: Iterable[Recorded]
) -> tuple[tuple[Movement, int], ...]:
    """Rows with their revision that turn what is kept into the target; none when it is kept
    already, so that recording twice is recording once."""
    sums: dict[Key, list] = {}
    revisions: dict[Key, int] = {}
    for row in recorded:
        total = sums.setdefault(row.key, [ZERO, ZERO, 0])
        total[0] += row.amount
        total[1] += row.company_amount
        total[2] += row.logos
        revisions[row.key] = max(revisions.get(row.key, 0), row.revision)
    wanted = {row.key: row for row in target}
    gone = [key for key in sums if key not in wanted]
    rows = []
    for key in (*wanted, *sorted(gone, key=lambda key: key.day)):
        row = wanted.get(key) or Movement(key, ZERO, ZERO)
        amount, company, logos = sums.get(key, (ZERO, ZERO, 0))
        left = Movement(key, row.amount - amount, row.company_amount - company, row.logos - logos)
        if left.amount or left.company_amount or left.logos:
            rows.append((left, revisions.get(key, 0) + 1))
    return tuple(rows)
