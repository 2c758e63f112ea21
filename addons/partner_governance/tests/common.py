"""Builders of a small programme for tests; shipped for the tests of upper addons too."""

from contextlib import nullcontext
from unittest.mock import patch

from odoo import Command
from odoo.tests import BaseCase, TransactionCase, new_test_user, tagged

ROLES = ("manager", "sales", "delivery", "finance")

# The answers of the regional industrial distributor (seed 000, line 18).
DISTRIBUTOR = {
    "sku_count": "45,000",
    "warehouse_count": "3",
    "valuation_method": "average",
    "procurement_model": "stock",
    "lot_serial": "lots",
    "route_complexity": "steps",
    "b2b_portal": "orders",
    "edi_integrations": "few",
    "finance_close": "simple",
    "field_sales": True,
    "customer_pricing": True,
    "pricing_documented": True,
}
SIMPLE = {
    "sku_count": "1200",
    "warehouse_count": "1",
    "valuation_method": "standard",
    "procurement_model": "stock",
    "lot_serial": "none",
    "route_complexity": "simple",
    "b2b_portal": "none",
    "edi_integrations": "none",
    "finance_close": "simple",
}


class ProgramMixin:
    """A programme: the platform, a master with two sub-partners, an OEM vendor, a delivery
    partner outside every branch, and one partner that has to do with none of them."""

    @classmethod
    def build_programme(cls):
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        if issubclass(cls, BaseCase):
            # A cursor of its own would outlive the test. Scripts of other tests commit anyway.
            cls.startClassPatcher(
                patch.object(
                    cls.env.registry["program.lookup"],
                    "_cursor",
                    lambda self: nullcontext(self.env.cr),
                )
            )
        cls.root = cls.env["program.partner"]._ensure_root()
        # Tests of other things recruit as many partners as they need.
        cls.root.pilot_cap = 0
        cls.master = cls.node("Meridian Consulting", "resale", is_master=True)
        cls.sub = cls.node("Hanse ERP", "white_label", upline=cls.master)
        cls.sub2 = cls.node("Alpenland IT", "resale", upline=cls.master)
        cls.oem = cls.node("TradeFlow Commerce", "oem")
        cls.delivery = cls.node("Nordlicht Delivery", "resale")
        cls.stranger = cls.node("Iberia Systems", "resale")
        cls.nodes = (
            cls.root | cls.master | cls.sub | cls.sub2 | cls.oem | cls.delivery | cls.stranger
        )

    @classmethod
    def node(cls, name, model, upline=None, is_master=False):
        """A node with one user of each role; ``cls.user(node, role)`` finds them."""
        node = cls.env["program.partner"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": name, "is_company": True}).id,
                "upline_id": (upline or cls.root).id,
                "commercial_model_id": cls.env.ref(f"partner_governance.model_{model}").id,
                "is_master": is_master,
            }
        )
        for role in ROLES:
            cls.person(node, role)
        return node

    @classmethod
    def person(cls, node, role, login=None):
        return new_test_user(
            cls.env,
            login=login or f"{role}.{node.id}",
            groups=f"partner_governance.group_partner_{role}",
            program_partner_id=node.id,
        )

    @classmethod
    def staff(cls, login="platform.staff"):
        """A person of the platform operator."""
        return new_test_user(
            cls.env,
            login=login,
            groups="partner_governance.group_platform_staff,"
            "partner_governance.group_partner_manager",
            program_partner_id=cls.root.id,
        )

    @classmethod
    def user(cls, node, role):
        found = cls.env["res.users"].search([("login", "=", f"{role}.{node.id}")])
        # As nobody a test would act with no rights at all, or as whoever it is run by.
        assert found, f"{node.name} has nobody in the role {role}"
        return found

    @classmethod
    def as_user(cls, node, role, model):
        """``env[model]`` of a person in a role at a node."""
        return cls.env[model].with_user(cls.user(node, role))

    @classmethod
    def deal(cls, node, company="Nordwind Industriebedarf", answers=None, **values):
        """A deal registered by the node's sales person, answered when ``answers`` is given."""
        if node.model_code == "oem":
            values.setdefault("no_delivery_reason", "The vendor delivers itself")
        deal = cls.as_user(node, "sales", "program.deal").create(
            {"company_name": company, **values}
        )
        if answers:
            deal.qualification_id.write(answers)
        return deal

    @classmethod
    def sign_all(cls, deal):
        """Give every signature that the deal waits for, at every gate before it is won, by
        people who may; returns the review of the first gate."""
        first = deal.sudo().review_ids.filtered(lambda review: review.state == "asked")
        while asked := deal.sudo().review_ids.filtered(lambda review: review.state == "asked"):
            cls.sign_reviews(asked)
        return first

    @classmethod
    def sign_reviews(cls, reviews):
        for approval in reviews.approval_ids.sorted("sequence"):
            if approval.state == "waiting":
                approval.with_user(cls.signer_of(approval)).action_approve()

    @classmethod
    def signer_of(cls, approval):
        """Somebody of the party that owes a signature, in the role that it needs."""
        if approval.node_id == cls.root:
            login = "operations" if approval.side == "operations" else "desk"
            group = "operations" if approval.side == "operations" else "programme"
            found = cls.env["res.users"].search([("login", "=", f"signs.{login}")])
            return found or new_test_user(
                cls.env,
                login=f"signs.{login}",
                groups=f"partner_governance.group_platform_{group},"
                "partner_governance.group_partner_manager",
                program_partner_id=cls.root.id,
            )
        delivery = cls.env.ref("partner_governance.group_partner_delivery")
        return cls.user(
            approval.node_id, "delivery" if approval.group_id == delivery else "manager"
        )

    @classmethod
    def certify(cls, node, user, kind):
        """A certificate of the kind named, held by a person of the node from today on."""
        return cls.env["program.certification"].create(
            {
                "program_node_id": node.id,
                "person_id": user.partner_id.id,
                "kind_id": cls.env.ref(f"partner_governance.certification_kind_{kind}").id,
            }
        )

    @classmethod
    def without_scorecards(cls):
        """The gates of a go-live as this addon knows them; what an upper one asks for is told in
        its own tests."""
        gates = cls.env["governance.gate"]._of("go_live")
        if "needs_scorecard" in gates._fields:
            gates.needs_scorecard = False

    @classmethod
    def engage(cls, owner, partner, **subject):
        engagement = cls.as_user(owner, "manager", "program.engagement")._offer(
            partner.code, {"role": "delivery", **subject}
        )
        engagement.with_user(cls.user(partner, "manager")).action_accept()
        return engagement.sudo()


@tagged("standard", "-at_install", "post_install")
class ProgramCase(ProgramMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()


__all__ = ["DISTRIBUTOR", "ROLES", "SIMPLE", "Command", "ProgramCase", "ProgramMixin"]
