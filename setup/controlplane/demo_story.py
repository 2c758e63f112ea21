"""The demo stories, told through the same buttons that people press (``odoo shell`` runs this).

The regional industrial distributor: registered and qualified by Hanse ERP, signed by Hanse and
Meridian, sold at Hanse's price, provisioned as a second Odoo database, metered and billed for three
months on three legs, configured from a blueprint, changed by hand on the tenant, live and scored.
The OEM's customer: delivered by an engaged partner that sees no price and is paid by the hour.
A referral partner: invited, qualified, paid a commission once its customer has paid.
Each chapter commits; started again, it goes on where it was.
"""

# ruff: noqa: F821  ``env`` is given by the shell
import secrets
import xmlrpc.client
from datetime import timedelta

from odoo import fields

TOLD = "partner_governance.demo_told"
TODAY = fields.Date.today()
START = (TODAY - timedelta(days=100)).replace(day=12)


def person(login):
    return env["res.users"].search([("login", "=", login)])


def acting(login, record):
    return record.with_user(person(login)).with_company(person(login).company_id)


def send_outbox():
    """Carry out what waits to leave, as the cron does after the commit."""
    env.cr.commit()
    for row in env["program.outbox"].search([("state", "=", "waiting")]):
        if not row._send():
            print(f"outbox: {row.kind} of {row.res_model}: {row.error}")
        env.cr.commit()


def qualify_and_sign(deal, sales, signers):
    if deal.gate_state == "ready":
        acting(sales, deal).action_request_review()
    for login in signers:
        owed = acting(login, env["governance.approval"]).search([("can_sign", "=", True)])
        owed.filtered(lambda each: each.deal_id == deal)[:1].action_approve()
    env.cr.commit()


def sell(deal, sales, start, **terms):
    """Offer, acceptance and the won deal; the subscription."""
    offer = env["billing.offer"].search([("deal_id", "=", deal.id)], limit=1)
    if not offer:
        action = acting(sales, deal).action_offer_hosting()
        offer = env["billing.offer"].browse(action["res_id"])
        acting(sales, offer).write({"start_date": start, "timezone": "Europe/Berlin", **terms})
    if offer.state in ("draft", "sent"):
        acting(sales, offer).action_accept()
    if deal.state == "registered":
        acting(sales, deal.lead_ids).action_set_won()
    env.cr.commit()
    return offer.subscription_id


def meter(tenant, start):
    """Storage as the tenant's machine reports it: growing, past the allowance."""
    events = []
    for week in range(15):
        at = start + timedelta(days=7 * week + 1)
        if at >= TODAY:
            break
        events.append(
            {
                "specversion": "1.0",
                "id": f"demo-{tenant.id}-{week}",
                "source": "/hosting/monitor",
                "type": "usage",
                "time": f"{at}T06:00:00Z",
                "data": {
                    "tenant": tenant.usage_uuid,
                    "meter": "storage_gb",
                    "value": 42 + 6 * week,
                },
            }
        )
    env["billing.usage.event"]._ingest(events)
    env["billing.usage.bucket"]._roll_up_pending()
    env.cr.commit()


def provision(tenant, by):
    if tenant.state == "requested":
        acting(by, tenant).action_provision()
        send_outbox()
    if tenant.state == "requested":
        raise RuntimeError(tenant.operation_ids[:1].error or "the tenant was not provisioned")


def configure(tenant, by):
    """Plan, apply, and look again: the second plan is empty."""
    version = env.ref("distribution_blueprints.multi_warehouse_1_0")
    if not tenant.blueprint_version_id:
        acting(by, tenant).blueprint_version_id = version
    if tenant.run_ids.filtered(lambda run: run.state == "done"):
        return
    for _ in range(4):
        plan = env["blueprint.plan"].browse(acting(by, tenant).action_plan()["res_id"])
        if plan.state == "blocked":
            plan = env["blueprint.plan"].browse(acting(by, plan).action_grant_rights()["res_id"])
        acting(by, plan).action_approve_all()
        if not plan.line_ids.filtered(lambda line: line.action != "noop"):
            break
        acting(by, plan).action_apply()
        send_outbox()


def rename_by_hand(tenant, by):
    """The tenant's own administrator renames a warehouse; the drift check finds who."""
    connection = tenant.connection_ids[:1]
    if env["blueprint.drift"].search_count([("connection_id", "=", connection.id)]):
        return
    password = secrets.token_urlsafe(12)
    tenant.environment_ids[:1]._local_set_password("admin", password)
    world = xmlrpc.client.ServerProxy(f"{connection.url}/xmlrpc/2/object")
    database = connection.database

    def ask(method, *arguments):
        return world.execute_kw(database, 2, password, "stock.warehouse", method, arguments)

    ask("write", ask("search", [["code", "=", "BRE"]]), {"name": "Bremen Airport"})
    acting(by, tenant).action_check_drift()
    env.cr.commit()


def engage(owner, partner_code, tenant, accepts, pay):
    """The OEM engages a delivery partner by its code and says what an hour is paid; it works, and
    sees no price but that."""
    if tenant.engagement_ids:
        return
    offered = acting(owner, env["program.engagement"])._offer(
        partner_code, {"role": "delivery", "tenant_id": tenant.id}
    )
    acting(owner, env["billing.side.terms"]).create(
        {"engagement_id": offered.id, "kind": "hours", "amount": pay, "stream": "implementation"}
    )
    acting(accepts, offered).action_accept()
    env.cr.commit()


def report_hours(tenant, worker, payer):
    """What the engaged partner worked: one row accepted, one that waits for the payer."""
    terms = tenant.engagement_ids.side_terms_ids
    if not terms or terms.hour_ids:
        return
    for hours, note in ((6, "Shop connector: orders and stock"), (2.5, "Price lists by customer")):
        row = acting(worker, env["billing.side.hours"]).create(
            {"terms_id": terms.id, "hours": hours, "note": note}
        )
        if hours > 3:
            acting(payer, row).action_accept()
    env.cr.commit()


def certify(lab, login, assessor):
    """A person passes the lab that leads to a certificate; somebody of the upline scores it."""
    who = person(login)
    held = env["program.certification"].search_count(
        [("person_id", "=", who.partner_id.id), ("kind_id", "=", lab.kind_id.id)], limit=1
    )
    if held:
        return
    attempt = env["program.lab.attempt"].browse(acting(login, lab).action_attempt()["res_id"])
    for line in acting(login, attempt).line_ids:
        line.note = "Done in the sandbox"
    acting(login, attempt).action_submit()
    opened = acting(assessor, attempt).action_open_assessment()
    assessment = acting(assessor, env[opened["res_model"]]).browse(opened["res_id"])
    for line in assessment.line_ids:
        line.points = line.most
    assessment.action_assess()
    env.cr.commit()


def start_project(deal, manager, lead):
    """The won deal's project starts: its seats are filled, the lead holds the certificate."""
    acting(manager, deal).action_start_project()
    project = env["project.project"].search([("program_deal_id", "=", deal.id)], limit=1)
    if project.governance_state == "planned":
        acting(manager, project).staffing_ids.user_id = person(lead)
        acting(manager, project).action_start_governed()
    env.cr.commit()


def season(subscription, by, quantity):
    """More is used around Christmas, every year."""
    if subscription.season_ids:
        return
    first = TODAY.replace(month=11, day=1)
    if first <= TODAY + timedelta(days=31):
        first = first.replace(year=first.year + 1)
    opened = acting(by, subscription).action_open_change()
    change = acting(by, env[opened["res_model"]]).browse(opened["res_id"])
    change.line_ids.filtered(lambda line: line.component_id.code == "base").quantity = quantity
    change.write(
        {
            "when": "day",
            "day": first,
            "until": first.replace(year=first.year + 1, month=1),
            "yearly": True,
            "reason": "Christmas business",
        }
    )
    change.action_preview()
    change.action_confirm()
    env.cr.commit()


def refer(inviter):
    """A referral partner is invited, brings what its first stage asks, and registers a customer;
    the platform contracts with it, and owes the commission once the customer has paid."""
    login = "rita@tippgeber.example"
    if not person(login):
        acting(inviter, env["program.invitation"]).create(
            {
                "name": "Tippgeber Beratung",
                "country_id": env.ref("base.de").id,
                "commercial_model_id": env.ref("partner_governance.model_referral").id,
                "contact_name": "Rita Voss",
                "email": login,
                "lang": env.user.lang,
            }
        ).action_send()
    node = person(login).program_partner_id
    if node.state == "invited":
        page = acting(login, env["program.welcome"]).create({})
        page.write({"street": "Kaistraße 3", "zip": "18055", "city": "Rostock"})
        page.action_save()
    for item in node.onboarding_item_ids.filtered(lambda one: one.state == "open"):
        own = acting(login, item)
        own.evidence_note = "As agreed on the phone, see the signed letter"
        own.action_submit()
        acting(inviter, item).action_accept()
    terms = env["billing.referral.terms"].search([("for_node_id", "=", node.id)])
    if not terms:
        acting(inviter, env["billing.referral.terms"]).create(
            {"for_node_id": node.id, "percent": 10, "term_months": 12}
        )
    deal = env["program.deal"].search([("program_node_id", "=", node.id)], limit=1)
    if not deal:
        deal = acting(login, env["program.deal"]).create(
            {
                "company_name": "Ostsee Werkzeug",
                "kind": "referral",
                "country_id": env.ref("base.de").id,
                "identity": "ostsee-werkzeug.example",
                "contact_name": "einkauf@ostsee-werkzeug.example",
            }
        )
        acting(login, deal).qualification_id.referral_need = "distribution"
        offer = env["billing.offer"].browse(acting(login, deal).action_offer_hosting()["res_id"])
        acting(login, offer).write(
            {"start_date": START + timedelta(days=30), "timezone": "Europe/Berlin"}
        )
        # What the platform has told the partner that it asks of customers.
        asked = {"base": 120, "storage": 0.2, "support": 60}
        for line in acting(login, offer).line_ids:
            line.amount = asked.get(line.code, 0)
    env.cr.commit()
    return sell(deal, login, START + timedelta(days=30))


def customer_pays(subscription, day):
    """The customer pays its first invoice; the commission is booked and its bill drafted."""
    statements = subscription.leg_ids.filtered("customer_id").charge_ids.statement_id
    first = statements.sorted("billing_day")[:1]
    invoice = first and first._invoice()
    if invoice and invoice.state == "posted" and invoice.payment_state == "not_paid":
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": invoice.invoice_date})._create_payments()
    env["billing.commission"]._book(subscription.referral_ids, day)
    env.cr.commit()


def go_live(tenant, by, days_ago):
    if tenant.state == "provisioned":
        acting(by, tenant).write({"go_live_date": TODAY - timedelta(days=days_ago)})
        acting(by, tenant).action_go_live()
    account = tenant.cs_account_ids[:1]
    measures = {
        "metric_process_coverage": 78,
        "metric_tickets_month": 3,
        "metric_availability": 99.93,
        "metric_expansion_pulse": 7,
    }
    known = env["cs.sample"].search([("account_id", "=", account.id)]).metric_id
    for name, value in measures.items():
        metric = env.ref(f"cs_health.{name}")
        if metric not in known:
            env["cs.sample"].create(
                {"account_id": account.id, "metric_id": metric.id, "value": value,
                 "source": "demo"}
            )  # fmt: skip
    account.action_score_now()
    env.cr.commit()


def keep_books(*names):
    """The platform and the master bill here; the other partners keep their own books."""
    for name in names:
        node = env.ref(f"partner_governance.node_{name}")
        company = node.company_id
        if not company.chart_template:
            env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )
            # The chart brings the dollar with it; these are German companies.
            company.currency_id = env.ref("base.EUR")
        if node.billing_route != "here":
            env["billing.route"].create(
                {"program_node_id": node.id, "route": "here", "valid_from": START.replace(day=1)}
            )
    env.cr.commit()


def hold_by_rule(on):
    """Months gone by posted by themselves."""
    nodes = env["program.partner"].search([])
    for policy in env["billing.close.policy"]._of(nodes).values():
        policy.hold_rules = on


def tell():
    keep_books("root", "meridian")
    nordwind = env.ref("partner_governance.deal_nordwind")
    qualify_and_sign(nordwind, "hanna", ["hilde", "mara", "hilde", "admin"])
    subscription = sell(nordwind, "hanna", START)
    provision(subscription.tenant_id, "hilde")
    meter(subscription.tenant_id, START)
    configure(subscription.tenant_id, "hilde")
    rename_by_hand(subscription.tenant_id, "hilde")
    go_live(subscription.tenant_id, "hilde", 45)
    certify(env.ref("partner_governance.lab_warehouse"), "hilde", "mara")
    start_project(nordwind, "henrik", "hilde")

    velo = env.ref("partner_governance.deal_velo")
    qualify_and_sign(velo, "otto", ["olga", "petra", "admin", "olga", "admin"])
    embedded = sell(velo, "otto", START + timedelta(days=40))
    nordlicht = env.ref("partner_governance.node_nordlicht")
    engage("olga", nordlicht.code, embedded.tenant_id, "nora", pay=95)
    provision(embedded.tenant_id, "olga")
    report_hours(embedded.tenant_id, "nora", "olga")

    kuestenkost = env.ref("partner_governance.deal_kuestenkost")
    small = sell(kuestenkost, "hanna", START + timedelta(days=20), term_months=6)
    meter(small.tenant_id, START + timedelta(days=20))
    season(small, "henrik", 2)
    referred = refer("petra")

    hold_by_rule(False)
    day = START
    while day <= TODAY:
        if day == TODAY.replace(day=1):
            # The month that is open on the month-end screen: one customer has grown, and is held.
            hold_by_rule(True)
            if subscription.state == "active":
                acting("hanna", subscription).action_change("base", 2, day)
        env["billing.run"]._run(day)
        env.cr.commit()
        day += timedelta(days=32)
        day = day.replace(day=1)
    env["billing.run"]._run(TODAY)
    customer_pays(referred, TODAY)
    env["billing.mrr.movement"]._rebuild(TODAY)
    env["billing.recognition"]._rebuild()
    env["governance.event"]._cron_seal()
    env["ir.config_parameter"].set_param(TOLD, "1")
    env.cr.commit()


tell()
print("the demo stories are told")
