"""A portfolio to bill, written in batches: one plan of five components, a customer, a tenant, a
subscription and one leg each. Four components are charged in advance, storage in arrears."""

from odoo import Command

START = "2026-01-01"
# Code, kind, rate, allowance.
COMPONENTS = (
    ("base", "recurring", 120.0, 0),
    ("support", "recurring", 60.0, 0),
    ("backup", "recurring", 15.0, 0),
    ("monitoring", "recurring", 9.5, 0),
    ("storage", "metered", 0.2, 50),
)
STREAMS = {"base": "hosting"}


def seller(env):
    """The platform with a chart of accounts; it sells to customers itself."""
    root = env["program.partner"]._ensure_root()
    root.pilot_cap = 0
    if not root.company_id.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=root.company_id, install_demo=False
        )
        env["billing.route"].create(
            {"program_node_id": root.id, "route": "here", "valid_from": "2020-01-01"}
        )
    env["ir.config_parameter"].set_param("tenant_billing.allow_future_as_of", "1")
    # Everything posts by itself: what is measured is posting.
    env["billing.close.policy"]._of(root)[root].hold_rules = False
    return root


def plan(env, node):
    return env["billing.plan"].create(
        {
            "name": "Hosting, five components",
            "program_node_id": node.id,
            "component_ids": [
                Command.create(
                    {
                        "code": code,
                        "name": code.title(),
                        "kind": kind,
                        "stream": STREAMS.get(code, code),
                        "meter_id": kind == "metered"
                        and env.ref("tenant_billing.meter_storage").id,
                    }
                )
                for code, kind, _rate, _included in COMPONENTS
            ],
        }
    )


def book(env, node, buyer=None, factor=1):
    return env["billing.price.book"].create(
        {
            "name": f"{node.name} for {buyer.name if buyer else 'customers'}",
            "audience": "wholesale" if buyer else "retail",
            "seller_id": node.id,
            "for_node_id": buyer.id if buyer else False,
            "currency_id": node.company_id.currency_id.id,
            "price_ids": [
                Command.create({"code": code, "amount": factor * rate, "included": included})
                for code, _kind, rate, included in COMPONENTS
            ],
        }
    )


def subscriptions(env, node, hosting, number, legs):
    """``number`` running subscriptions of ``node``.

    :param legs: ``customer -> [values of a leg]``
    """
    env = env(context={**env.context, "tracking_disable": True, "mail_create_nolog": True})
    country = node.company_id.account_fiscal_country_id
    customers = env["res.partner"].create(
        [
            {"name": f"Customer {n:05}", "is_company": True, "country_id": country.id}
            for n in range(number)
        ]
    )
    tenants = env["hosting.tenant"].create(
        [
            {"name": customer.name, "program_node_id": node.id, "partner_id": customer.id}
            for customer in customers
        ]
    )
    made = env["billing.subscription"].create(
        [
            {
                "plan_id": hosting.id,
                "tenant_id": tenant.id,
                "program_node_id": node.id,
                "partner_id": tenant.partner_id.id,
                "start_date": START,
                "item_ids": [
                    Command.create({"component_id": component.id, "valid_from": START})
                    for component in hosting.component_ids
                ],
            }
            for tenant in tenants
        ]
    )
    env["billing.leg"].create(
        [
            {"subscription_id": one.id, "sequence": place, "date_from": START, **values}
            for one in made
            for place, values in enumerate(legs(one.partner_id), start=1)
        ]
    )
    made.write({"state": "active"})
    return made


def usage(env, tenants, day):
    """One measurement of storage a tenant."""
    answers = env["billing.usage.event"]._ingest(
        [
            {
                "specversion": "1.0",
                "id": f"{tenant.id}-{day}",
                "source": "/bench",
                "type": "usage",
                "time": f"{day}T08:00:00Z",
                "data": {
                    "tenant": tenant.usage_uuid,
                    "meter": "storage_gb",
                    "value": 60 + tenant.id % 40,
                },
            }
            for tenant in tenants
        ]
    )
    assert all(answer["status"] == "accepted" for answer in answers), answers[:3]


def run_until(env, run, state, around=None):
    """Step a run by the scheduler's path, with its commits, until it reaches ``state``.

    ``around``: a context manager for each step.
    """
    progress = env["ir.cron"]._commit_progress
    while run.state != state:
        if around:
            with around():
                run._step(progress)
        else:
            run._step(progress)
        yield
