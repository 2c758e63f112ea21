"""The scheduler's path of subscriptions against the scheduler's path of OCA's `contract` on equal
contracts: the same customers, five lines each at the same rates, a month into draft invoices.

OCA's addon is AGPL: it is installed in the throw-away database alone, and called by its model's
name; no code of it is imported here.
"""

from datetime import date

import portfolio
from billing_run import leg
from measure import Meter, report

from odoo import Command

FLOOR = "OCA contract 19.0, cron_recurring_create_invoice on equal contracts"
QUANTITIES = {"storage": 25}


def main(env, number):
    env = env(su=True)
    root = portfolio.seller(env)
    book = portfolio.book(env, root)
    made = portfolio.subscriptions(
        env, root, portfolio.plan(env, root), number, lambda customer: [leg(root, book, customer)]
    )
    portfolio.usage(env, made.tenant_id, "2026-01-05")
    contracts(env, root.company_id, made.partner_id)
    env.cr.commit()
    # The month before, unmeasured: both sides are warm.
    list(portfolio.run_until(env, env["billing.run"]._open("2026-01-01"), "post"))
    env["contract.contract"].cron_recurring_create_invoice(date(2026, 1, 1))
    env.cr.commit()
    product, peer = Meter(env), Meter(env)
    before = env["account.move"].search([], order="id desc", limit=1).id
    with peer.part():
        env["contract.contract"].cron_recurring_create_invoice(date(2026, 2, 1))
    found = invoices(env, before)
    assert len(found) == number, len(found)
    assert set(found.invoice_line_ids.grouped("move_id")) == set(found)
    before = max(found.ids)
    list(portfolio.run_until(env, env["billing.run"]._open("2026-02-01"), "post", product.part))
    own = invoices(env, before)
    assert len(own) == number, len(own)
    assert len(own.invoice_line_ids) == len(found.invoice_line_ids) == 5 * number
    report(
        "billing_peer", number, product, peer, FLOOR,
        floor_queries=round(peer.queries / number, 2),
    )  # fmt: skip


def invoices(env, after):
    return env["account.move"].search([("id", ">", after), ("move_type", "=", "out_invoice")])


def contracts(env, company, customers):
    products = {
        code: env["product.product"].create(
            {
                "name": code.title(),
                "type": "service",
                "list_price": rate,
                "taxes_id": [Command.set(company.account_sale_tax_id.ids)],
            }
        )
        for code, _kind, rate, _included in portfolio.COMPONENTS
    }
    env["contract.contract"].with_context(tracking_disable=True).create(
        [
            {
                "name": customer.name,
                "partner_id": customer.id,
                "company_id": company.id,
                "contract_type": "sale",
                "line_recurrence": False,
                "recurring_rule_type": "monthly",
                "recurring_invoicing_type": "pre-paid",
                "date_start": portfolio.START,
                "recurring_next_date": portfolio.START,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": products[code].id,
                            "name": code.title(),
                            "quantity": QUANTITIES.get(code, 1),
                            "price_unit": rate,
                            "date_start": portfolio.START,
                            "recurring_next_date": portfolio.START,
                        }
                    )
                    for code, _kind, rate, _included in portfolio.COMPONENTS
                ],
            }
            for customer in customers
        ]
    )
