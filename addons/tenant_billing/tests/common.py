"""Builders of a small hosting business for tests; shipped for the tests of upper addons too."""

from datetime import datetime, time, timezone
from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, tagged

from odoo.addons.partner_governance.tests.common import SIMPLE, ProgramMixin

# Rates per leg: base a month, storage per GB over the allowance, support a month.
PLATFORM = {"base": 60.00, "storage": 0.08, "support": 20.00, "setup": 0}
MASTER = {"base": 80.00, "storage": 0.12, "support": 35.00, "setup": 100.00}
SUB = {"base": 120.00, "storage": 0.20, "support": 60.00, "setup": 450.00}
ALLOWANCE = {"storage": 50}


def checked_sender(address):
    """Values of a brand whose sender's DNS has been checked."""
    return {"sender_email": address, "sender_checked_for": address}


class BillingMixin(ProgramMixin):
    """The programme of `ProgramMixin` with a plan and price books on the way platform →
    master → sub, so that an offer of the sub makes a chain of three legs."""

    @classmethod
    def build_billing(cls):
        cls.build_programme()
        # Drafts post by themselves, as with a seller that switched its rules off; tests of the
        # rules switch them on.
        cls.env["ir.default"].set("billing.close.policy", "hold_rules", False)
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("tenant_billing.allow_future_as_of", "1")
        cls.storage_meter = cls.env.ref("tenant_billing.meter_storage")
        cls.plan = cls.make_plan()
        cls.book_master = cls.make_book(cls.root, PLATFORM, buyer=cls.master)
        cls.book_sub = cls.make_book(cls.master, MASTER, buyer=cls.sub)
        cls.book_retail = cls.make_book(cls.sub, SUB)

    @classmethod
    def make_plan(cls, name="Hosting, standard", **values):
        """A published plan: base in advance, storage metered, support in advance, setup once."""
        component = Command.create
        return cls.env["billing.plan"].create(
            {
                "name": name,
                "program_node_id": cls.root.id,
                "program_published": True,
                "profile_id": cls.env.ref("tenant_billing.profile_standard").id,
                "component_ids": [
                    component({"code": "base", "name": "Base", "stream": "hosting"}),
                    component(
                        {
                            "code": "storage",
                            "name": "Storage",
                            "stream": "storage",
                            "kind": "metered",
                            "meter_id": cls.storage_meter.id,
                            "default_quantity": 70,
                        }
                    ),
                    component({"code": "support", "name": "Support, gold", "stream": "support"}),
                    component(
                        {
                            "code": "setup",
                            "name": "Setup",
                            "stream": "setup",
                            "kind": "one_off",
                            "optional": True,
                        }
                    ),
                ],
                **values,
            }
        )

    @classmethod
    def make_book(cls, seller, rates, buyer=None, **values):
        """A retail book of ``seller``, or its wholesale book for ``buyer``."""
        return cls.env["billing.price.book"].create(
            {
                "name": f"{seller.name} for {buyer.name if buyer else 'customers'}",
                "audience": "wholesale" if buyer else "retail",
                "seller_id": seller.id,
                "for_node_id": buyer.id if buyer else False,
                "currency_id": seller.company_id.currency_id.id,
                "price_ids": [
                    Command.create(
                        {"code": code, "amount": rate, "included": ALLOWANCE.get(code, 0)}
                    )
                    for code, rate in rates.items()
                ],
                **values,
            }
        )

    @classmethod
    def offer(cls, node, company="Nordwind Industriebedarf", start="2026-01-10", **values):
        """A hosting offer on a new deal of ``node``, made by the button of its sales."""
        deal = cls.deal(node, company=company, answers=SIMPLE)
        action = deal.action_offer_hosting()
        offer = cls.as_user(node, "sales", "billing.offer").browse(action["res_id"])
        offer.write({"start_date": start, "timezone": "UTC", **values})
        return offer

    @classmethod
    def win(cls, offer):
        """Send, accept, win; the subscription, as the system sees it."""
        offer.action_send()
        offer.action_accept()
        offer.deal_id.lead_ids.action_set_won()
        return offer.sudo().subscription_id

    @classmethod
    def subscription(cls, node=None, **values):
        return cls.win(cls.offer(node or cls.sub, **values))

    @classmethod
    def usage(cls, tenant, value, at, ident=None, meter="storage_gb", **data):
        """Report one measurement as the platform; the answer's status."""
        event = {
            "specversion": "1.0",
            "id": ident or f"{tenant.id}-{at}",
            "source": "/test",
            "type": "usage",
            "time": at,
            "data": {"tenant": tenant.usage_uuid, "meter": meter, "value": value, **data},
        }
        return cls.env["billing.usage.event"]._ingest([event])[0]["status"]

    @classmethod
    def run_billing(cls, as_of):
        return cls.env["billing.run"]._run(as_of)

    @classmethod
    def start_agreement(cls, agreement):
        """Start it on its first day, as its seller does."""
        noon = datetime.combine(agreement.start_date, time(12), timezone.utc)
        with patch.object(type(cls.env["billing.run"]), "_clock", lambda _run: noon):
            agreement.action_start()

    @classmethod
    def keep_books(cls, *nodes):
        """The nodes began with a chart of accounts: they bill here."""
        for node in nodes:
            cls.load_chart(node)
            node.first_route = "here"

    @classmethod
    def load_chart(cls, node):
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=node.company_id, install_demo=False
        )


@tagged("standard", "-at_install", "post_install")
class BillingCase(BillingMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()
