"""Reports of a large portfolio, opened as the client opens them, each against the bare SQL sum of
the rows that it is made of; and recording what moves its recurring revenue."""

import portfolio
from measure import Meter, report

from odoo import Command
from odoo.tools import SQL

UNTIL = "2026-12-01"
MONTHS = 11
# Made anew for each clone; what is not named here is copied.
KEYS = {
    "res_partner": {"name": "'Customer ' || n", "complete_name": "'Customer ' || n"},
    "hosting_tenant": {
        "name": "'Customer ' || n",
        "usage_uuid": "gen_random_uuid()",
        "reference": "'T-' || n",
    },
    "billing_subscription": {"reference": "'SUB-' || n"},
}


def clone(env, table, ident, number, **links):
    """``number`` copies of a row by one statement; ids in order.

    :param links: columns with the ids that they take, one a copy
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            table,
        )
    )
    names = [name for (name,) in rows if name != "id"]
    values = []
    for name in names:
        if name in links:
            values.append(SQL("(%s::int[])[n]", links[name]))
        elif name in KEYS.get(table, {}):
            values.append(SQL(KEYS[table][name]))
        else:
            values.append(SQL.identifier("t", name))
    rows = env.execute_query(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s t, generate_series(1, %s) n WHERE t.id = %s"
            " RETURNING id",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values),
            SQL.identifier(table),
            number,
            ident,
        )
    )
    env.invalidate_all()
    return [found for (found,) in rows]


def prepare(env, number):
    """A portfolio of the platform: a third of it grows in March, a tenth leaves in July, base and
    storage are charged for eleven months."""
    root = portfolio.seller(env)
    hosting, book = portfolio.plan(env, root), portfolio.book(env, root)

    def legs(customer):
        return [
            {
                "seller_id": root.id,
                "customer_id": customer.id,
                "price_book_id": book.id,
                "currency_id": book.currency_id.id,
            }
        ]

    first = portfolio.subscriptions(env, root, hosting, 1, legs)
    customers = clone(env, "res_partner", first.partner_id.id, number)
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", (customers,)
    )
    tenants = clone(env, "hosting_tenant", first.tenant_id.id, number, partner_id=customers)
    made = clone(
        env,
        "billing_subscription",
        first.id,
        number,
        tenant_id=tenants,
        partner_id=customers,
    )
    for item in first.item_ids:
        clone(env, "billing_subscription_item", item.id, number, subscription_id=made)
    clone(
        env,
        "billing_leg",
        first.leg_ids.id,
        number,
        subscription_id=made,
        tenant_id=tenants,
        customer_id=customers,
    )
    base = first.item_ids.filtered(lambda item: item.code == "base")
    env.cr.execute(
        """INSERT INTO billing_subscription_item
                  (subscription_id, component_id, code, valid_from, quantity, program_node_id)
           SELECT unnest, %s, 'base', '2026-03-05', 2, %s FROM unnest(%s)""",
        (base.component_id.id, root.id, made[::3]),
    )
    env.cr.execute(
        "UPDATE billing_subscription SET ended_on = '2026-07-10' WHERE id = ANY(%s)", (made[::10],)
    )
    env.cr.execute(
        """INSERT INTO billing_charge
                  (leg_id, component_id, component_code, component_kind, stream, kind,
                   period_start, period_end, revision, subscription_id, tenant_id, seller_id,
                   customer_id, currency_id, due, billing_day, amount, company_amount, reason)
           SELECT l.id, c.id, c.code, c.kind, c.stream, 'charge', m::date,
                  (m + interval '1 month')::date, 1, l.subscription_id, l.tenant_id, l.seller_id,
                  l.customer_id, l.currency_id, m::date, m::date, 120, 120, 'period'
             FROM billing_leg l
             JOIN billing_plan_component c ON c.plan_id = %s AND c.code IN ('base', 'storage')
            CROSS JOIN generate_series('2026-01-01'::date, '2026-11-01'::date, '1 month') m
            WHERE l.seller_id = %s""",
        (hosting.id, root.id),
    )
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()
    return root


REPORTS = {
    "overview": None,
    "bridge": ("billing.mrr.bridge", [], ["month:month"], ["opening:sum", "closing:sum"]),
    "movements": ("billing.mrr.movement", [], ["day:month", "kind"], ["company_amount:sum"]),
    "retention_month": (
        "billing.mrr.retention",
        [("span", "=", "month")],
        ["month:month"],
        ["accounts:sum", "grr:avg", "nrr:avg"],
    ),
    "cohorts": (
        "billing.mrr.retention",
        [("span", "=", "cohort")],
        ["cohort:month", "age"],
        ["nrr:avg"],
    ),
    "margin": ("billing.margin", [], ["stream"], ["revenue:sum", "cost:sum", "margin_rate:avg"]),
    "deferred": ("billing.recognition", [], ["month:month"], ["recognised:sum", "deferred:sum"]),
    "lifetime": ("billing.lifetime", [], [], ["total:sum"]),
}
# The rows that the figures of a report are made of.
ROWS = {
    "margin": ("billing_charge", "due", "amount"),
    "deferred": ("billing_recognition", "month", "recognised"),
    "lifetime": ("billing_charge", "due", "amount"),
}


def main(env, number):
    root = prepare(env, number)
    bare = Meter(env)
    product = Meter(env)
    with product.part():
        env["billing.mrr.movement"]._rebuild(UNTIL)
    env["billing.recognition"]._rebuild()
    with bare.part():
        env.cr.execute(
            "CREATE TEMP TABLE copy ON COMMIT DROP AS SELECT * FROM billing_mrr_movement"
        )
    report("insight_record", number, product, bare, "a copy of the recorded rows in SQL")
    env.cr.execute("ANALYZE")
    user = env["res.users"].create(
        {
            "name": "Bench",
            "login": "bench",
            "program_partner_id": root.id,
            "group_ids": [
                Command.link(env.ref(f"partner_governance.{name}").id)
                for name in ("group_platform_staff", "group_partner_manager")
            ],
        }
    )
    env.cr.commit()
    for name, spec in REPORTS.items():
        table, day, amount = ROWS.get(name, ("billing_mrr_movement", "day", "company_amount"))
        floor, opened = Meter(env), Meter(env)
        with floor.part():
            env.cr.execute(
                f"""SELECT date_trunc('month', {day}), sum({amount}) FROM {table}
                     WHERE seller_id = %s GROUP BY 1""",  # noqa: S608
                (root.id,),
            )
        with opened.part():
            if spec is None:
                env["billing.insight"].with_user(user).overview()
            else:
                model, domain, groupby, figures = spec
                env[model].with_user(user)._read_group(domain, groupby, figures)
        report(
            f"insight_{name}",
            number,
            opened,
            floor,
            f"sum of the rows of {table} by month in SQL",
            seconds=round(opened.seconds, 3),
            total_queries=opened.queries,
        )
        if spec and name != "bridge":
            listed = Meter(env)
            with listed.part():
                env[spec[0]].with_user(user).web_search_read(spec[1], {"id": {}}, limit=80)
            report(
                f"insight_{name}_list",
                number,
                listed,
                floor,
                "as above; the first page",
                seconds=round(listed.seconds, 3),
                total_queries=listed.queries,
            )
