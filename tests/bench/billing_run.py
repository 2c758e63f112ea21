"""A month of subscriptions by the scheduler's path (rate, book, draft) against the bare cost of
the very invoices it makes: `account.move.create` in batches, without mail and tracking."""

import portfolio
from measure import Meter, report

BATCH = 50
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}
FLOOR = "account.move.create of the same invoices, batches of 50, no tracking"


def main(env, number):
    env = env(su=True)
    root = portfolio.seller(env)
    book = portfolio.book(env, root)
    made = portfolio.subscriptions(
        env, root, portfolio.plan(env, root), number, lambda customer: [leg(root, book, customer)]
    )
    portfolio.usage(env, made.tenant_id, "2026-01-05")
    env.cr.commit()
    # The month before: the portfolio runs already when it is measured, and both sides are warm.
    list(portfolio.run_until(env, env["billing.run"]._open("2026-01-01"), "post"))
    measure(env, "billing_run", "2026-02-01", number)
    root.company_id.billing_complete_lines = False
    measure(env, "billing_run_ordinary", "2026-03-01", number)


def leg(root, book, customer):
    return {
        "seller_id": root.id,
        "customer_id": customer.id,
        "price_book_id": book.id,
        "currency_id": book.currency_id.id,
    }


def measure(env, name, day, number):
    product, floor = Meter(env), Meter(env)
    run = env["billing.run"]._open(day)
    Statement = env["billing.statement"]
    newest = Statement.search([], order="id desc", limit=1).id or 0
    count = 0
    for _step in portfolio.run_until(env, run, "post", product.part):
        moves = Statement.search([("id", ">", newest)]).move_ids
        if moves:
            newest = max(moves.billing_statement_id.ids)
            count += len(moves)
            create_bare(env, floor, [values(move) for move in moves])
    assert count == number and not run.failure_ids, (count, run.failure_ids.mapped("reason"))
    report(name, number, product, floor, FLOOR)


def create_bare(env, floor, vals_list):
    Move = env["account.move"].with_context(**QUIET)
    for first in range(0, len(vals_list), BATCH):
        batch = vals_list[first : first + BATCH]
        with floor.part():
            Move.create(batch)


def values(move):
    """What a caller says to have this invoice made: no more than Odoo needs, and the account,
    which is quicker than letting Odoo find it."""
    return {
        "move_type": move.move_type,
        "company_id": move.company_id.id,
        "partner_id": move.partner_id.id,
        "currency_id": move.currency_id.id,
        "invoice_date": move.invoice_date,
        "invoice_origin": move.invoice_origin,
        "invoice_user_id": False,
        "invoice_line_ids": [
            (
                0,
                0,
                line_values(line),
            )
            for line in move.invoice_line_ids
        ],
    }


def line_values(line):
    if line.display_type != "product":
        return {"name": line.name, "display_type": line.display_type, "sequence": line.sequence}
    return {
        "name": line.name,
        "account_id": line.account_id.id,
        "quantity": line.quantity,
        "price_unit": line.price_unit,
        "tax_ids": [(6, 0, line.tax_ids.ids)],
        "sequence": line.sequence,
    }
