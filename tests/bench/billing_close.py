"""The month-end of a programme: one invoice for each of 60 partners over 900 tenants, a section
a tenant, against bare creation and posting of the very same invoices.

Two rows: from booked charges to posted invoices, and the whole month with rating and booking.
"""

import portfolio
from billing_run import QUIET, values
from measure import Meter, report

PARTNERS = 60
FLOOR = "account.move.create and _post of the same invoices, batches of 10, no tracking"
BATCH = 10


def main(env, number):
    env = env(su=True)
    root = portfolio.seller(env)
    hosting = portfolio.plan(env, root)
    count = min(PARTNERS, number)
    # The seller's invoices to its partners are what is measured: what these charge is theirs.
    tenants = env["hosting.tenant"]
    for place in range(count):
        node = partner(env, root, place)
        wholesale = portfolio.book(env, root, buyer=node)
        share = number // count + (place < number % count)
        leg = values_of(wholesale)
        made = portfolio.subscriptions(env, node, hosting, share, lambda _, leg=leg: [leg])
        tenants |= made.tenant_id
    portfolio.usage(env, tenants, "2026-01-05")
    env.cr.commit()
    list(portfolio.run_until(env, env["billing.run"]._open("2026-01-01"), "done"))
    measure(env, "2026-02-01", count, number)


def partner(env, root, place):
    # A company without a country: Odoo gives one with a country a chart of accounts, and then
    # the partner keeps its books here too.
    contact = env["res.partner"].create({"name": f"Partner {place:02}", "is_company": True})
    company = env["res.company"].create(
        {
            "name": contact.name,
            "partner_id": contact.id,
            "currency_id": root.company_id.currency_id.id,
        }
    )
    return env["program.partner"].create(
        {
            "partner_id": contact.id,
            "company_id": company.id,
            "upline_id": root.id,
            "commercial_model_id": env.ref("partner_governance.model_resale").id,
        }
    )


def values_of(book):
    return {
        "seller_id": book.seller_id.id,
        "buyer_id": book.buyer_id.id,
        "price_book_id": book.id,
        "currency_id": book.currency_id.id,
    }


def measure(env, day, count, tenants):
    book, close, floor = Meter(env), Meter(env), Meter(env)
    run = env["billing.run"]._open(day)
    list(portfolio.run_until(env, run, "draft", book.part))
    list(portfolio.run_until(env, run, "done", close.part))
    moves = env["billing.statement"].search([("billing_day", "=", day)]).move_ids
    assert len(moves) == count and set(moves.mapped("state")) == {"posted"}
    assert not run.failure_ids, run.failure_ids.mapped("reason")
    Move = env["account.move"].with_context(**QUIET)
    wanted = [values(move) for move in moves]
    for first in range(0, len(wanted), BATCH):
        with floor.part():
            Move.create(wanted[first : first + BATCH])._post(soft=False)
    report("billing_close", count, close, floor, FLOOR, tenants=tenants)
    close.seconds += book.seconds
    close.queries += book.queries
    report(
        "billing_close_month", count, close, floor, FLOOR, tenants=tenants,
        seconds=round(close.seconds, 2),
    )  # fmt: skip
