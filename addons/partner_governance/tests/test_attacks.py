from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import DISTRIBUTOR, SIMPLE
from .test_isolation import IsolationCase


class TestAttacks(IsolationCase):
    """X-05, PG-081: ways round the fence and the gate that were tried, and are shut."""

    def own(self, model, role="manager", node=None):
        self.env.invalidate_all()
        return self.as_user(node or self.sub, role, model)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_a_stored_default_is_no_way_in(self):
        """X-05: a person's own default is neither set nor used, by the person or by the system
        working for it."""
        foreign = self.filled[self.stranger]["contact"]
        sales = self.user(self.sub, "sales")
        with self.assertRaises(AccessError):
            self.own("ir.default", "sales").create(
                {
                    "field_id": self.env["ir.model.fields"]._get("crm.lead", "partner_id").id,
                    "user_id": sales.id,
                    "json_value": str(foreign.id),
                }
            )
        self.env["ir.default"].set("crm.lead", "partner_id", foreign.id, user_id=sales.id)
        Lead = self.own("crm.lead", "sales")
        self.assertNotIn("partner_id", Lead.default_get(["partner_id"]))
        self.assertNotIn("partner_id", Lead.sudo().default_get(["partner_id"]))

    def test_an_engagement_is_offered_and_answered_only(self):
        """PG-152: nobody writes one, revives one, or engages for what is not its own."""
        deal = self.filled[self.oem]["deal"]
        engagement = self.engage(self.oem, self.delivery, deal_id=deal.id)
        for node in (self.oem, self.delivery):
            with self.assertRaises(AccessError):
                engagement.with_user(self.user(node, "manager")).write({"may_write": True})
        with self.assertRaises(AccessError):
            self.own("program.engagement", node=self.master).create(
                {"partner_id": self.sub2.id, "deal_id": self.filled[self.sub]["deal"].id}
            )
        with self.assertRaisesRegex(UserError, "Only its owner can engage"):
            self.own("program.engagement", node=self.master)._offer(
                self.sub2.code, {"deal_id": self.filled[self.sub]["deal"].id}
            )
        offered = self.own("program.engagement", node=self.oem)._offer(
            self.delivery.code, {"deal_id": deal.id}
        )
        with self.assertRaisesRegex(UserError, "can answer this engagement"):
            offered.with_user(self.user(self.oem, "manager")).action_accept()

    def test_what_the_system_computes_is_not_written(self):
        """PG-096, PG-081: neither tier, flags, state nor reference are a user's to set."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        tier = self.env.ref("partner_governance.tier_1")
        for record, values in (
            (deal.qualification_id, {"tier_id": tier.id}),
            (deal.qualification_id, {"is_flagged": True}),
            (deal.qualification_id, {"fingerprint": "x"}),
            (deal, {"state": "won"}),
            (deal, {"reference": "D-9999"}),
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                record.write({**values})
                self.env.flush_all()

    def test_readonly_means_readonly(self):
        """X-05: every readonly field of ours is refused on create, whatever the model."""
        isolation, refused = self.env["program.isolation"], 0
        manager = self.user(self.sub, "manager")
        for name, model in self.env.registry.items():
            if model._abstract or not self.env[name].with_user(manager).has_access("create"):
                continue
            for field in isolation._readonly_fields(name):
                value = {"many2one": self.stranger.id, "one2many": [(4, 1)], "many2many": [(4, 1)],
                         "boolean": True, "integer": 7, "float": 7.0, "monetary": 7.0,
                         "date": "2026-01-01", "datetime": "2026-01-01 00:00:00"}.get(
                             self.env[name]._fields[field].type, "x")  # fmt: skip
                with self.subTest(f"{name}.{field}"), self.assertRaises(AccessError):
                    isolation.with_user(manager)._check_server_fields(
                        self.env[name].with_user(manager).browse(), [{field: value}]
                    )
                refused += 1
        self.assertGreater(refused, 10)

    def test_a_review_without_signatures_opens_nothing(self):
        """PG-081: a tier whose signatures were taken away is a closed gate, not an open one."""
        self.env.ref("partner_governance.tier_2").signature_ids.unlink()
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        with self.assertRaisesRegex(UserError, "Nobody signs"):
            deal.action_request_review()
        self.assertNotEqual(deal.gate_state, "passed")
        with self.assertRaisesRegex(UserError, "the review of tier 2"):
            deal.lead_ids.action_set_won()

    def test_the_gate_does_not_look_at_kind_or_link(self):
        """PG-081: another kind, no deal, somebody else's deal, a merge: all closed."""
        deal = self.deal(self.sub, answers=DISTRIBUTOR)
        passed = self.deal(self.sub, company="Passed", answers=SIMPLE)
        lead = deal.lead_ids
        for kind in ("services", "referral", "renewal"):
            deal.kind = kind
            with self.assertRaisesRegex(UserError, "Commercial qualification"):
                lead.action_set_won()
        for value in (False, passed.id):
            with self.assertRaises(AccessError):
                lead.write({"program_deal_id": value})
        passed.lead_ids.action_set_won()
        with self.assertRaisesRegex(UserError, "Commercial qualification"):
            (passed.lead_ids | lead).merge_opportunity()

    def test_protection_is_not_shaken_off(self):
        """PG-025: neither by writing the state nor by naming the company afterwards."""
        self.deal(self.sub, identity="nordwind.example")
        second = self.deal(self.stranger, answers=SIMPLE)
        second.with_user(self.user(self.stranger, "sales")).write({"identity": "nordwind.example"})
        self.assertEqual(second.state, "conflict")
        with self.assertRaisesRegex(UserError, "programme desk"):
            second.lead_ids.with_user(self.user(self.stranger, "sales")).action_set_won()

    def test_twins_and_names_tell_nothing(self):
        """X-05: a foreign twin is not found; a foreign name comes without the address."""
        contact = self.filled[self.stranger]["contact"]
        contact.write({"vat": "BE0477472701", "country_id": self.env.ref("base.be").id})
        Partner = self.own("res.partner", "sales").with_context(show_email=True, show_address=True)
        spec = {"same_vat_partner_id": {"fields": {"display_name": {}}}}
        answer = Partner.onchange(
            {"vat": "BE0477472701", "is_company": True, "country_id": contact.country_id.id},
            ["vat"],
            spec,
        )
        self.assertFalse(answer["value"].get("same_vat_partner_id"))
        named = contact.with_user(Partner.env.user).with_context(show_email=True).sudo()
        self.assertEqual(named.display_name, contact.name)

    def test_a_master_reads_and_comments_but_does_not_change(self):
        """X-05: what a sub-partner owns is changed by the sub-partner alone."""
        master = self.user(self.master, "manager")
        deal, contact = self.filled[self.sub]["deal"], self.filled[self.sub]["contact"]
        deal.with_user(master).message_post(body="Well done")
        for record, values in ((deal, {"contact_name": "x"}), (contact, {"email": "x@y.example"})):
            with self.assertRaises(AccessError):
                record.with_user(master).write(values)
