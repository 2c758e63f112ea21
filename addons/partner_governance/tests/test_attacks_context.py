from odoo.exceptions import AccessError

from .common import SIMPLE, ProgramCase


class TestContextAttacks(ProgramCase):
    """X-05, R-58: what a person puts into the context is no word of the system."""

    def test_an_invited_person_is_not_hung_on_a_foreign_contact(self):
        """X-05: ``default_partner_id`` does not take a competitor's contact over."""
        foreign = self.env["res.partner"].create(
            {"name": "Their buyer", "email": "b@x.example", "program_node_id": self.stranger.id}
        )
        Invite = self.as_user(self.sub, "manager", "program.person.invite")
        wizard = Invite.create({"name": "New", "email": "new@hanse.example", "sales": True})
        wizard.with_context(default_partner_id=foreign.id).action_invite()
        person = self.env["res.users"].search([("login", "=", "new@hanse.example")])
        self.assertEqual(person.program_partner_id, self.sub)
        self.assertNotEqual(person.partner_id, foreign)
        self.assertEqual(foreign.program_node_id, self.stranger)
        self.assertEqual(foreign.name, "Their buyer")

    def test_no_passage_comes_by_the_context_of_an_opportunity(self):
        """PG-081: reviews, ownerships and states are not smuggled into a registration."""
        gate = self.env.ref("partner_governance.gate_commercial")
        passage = {"gate_id": gate.id, "state": "grandfathered", "fingerprint": "x"}
        lead = (
            self.as_user(self.sub, "sales", "crm.lead")
            .with_context(default_review_ids=[(0, 0, passage)], default_state="won")
            .create({"name": "Short cut", "type": "opportunity", "partner_name": "Short cut"})
        )
        deal = lead.sudo().program_deal_id
        self.assertFalse(deal.review_ids)
        self.assertEqual(deal.state, "registered")

    def test_the_trail_is_not_dated_by_its_actor(self):
        """PG-128: seal and day of an event are the system's."""
        deal = self.deal(self.sub)
        deal.with_context(
            default_number=1, default_digest="x", default_happened_at="2020-01-01 00:00:00"
        ).qualification_id.write(SIMPLE)
        event = self.env["governance.event"].search([("node_ref", "=", self.sub.id)], limit=1)
        self.assertFalse(event.number)
        self.assertFalse(event.digest)
        self.assertGreater(event.happened_at.year, 2020)

    def test_what_is_readonly_binds_the_platform_too(self):
        """PG-150: nobody writes the state of what others sign."""
        staff = self.staff()
        transfer = (
            self.env["program.transfer"]
            .with_user(staff)
            .create(
                {
                    "kind": "upline",
                    "node_id": self.sub2.id,
                    "receiver_id": self.root.id,
                    "reason": "agreed",
                }
            )
        )
        with self.assertRaises(AccessError):
            transfer.write({"state": "planned"})
        with self.assertRaises(AccessError):
            self.env["governance.exception"].with_user(staff).create({"sign_state": "approved"})

    def test_a_model_and_a_number_given_apart_name_nobody(self):
        """X-05: a form tells no name of a record out of reach, however its number is written."""
        foreign = self.deal(self.stranger, company="Secret Customer")
        Exception_ = self.as_user(self.sub, "sales", "governance.exception")
        spec = {"res_model": {}, "res_id": {}, "subject_name": {}}
        for context, values in (
            ({"default_res_model": "program.deal"}, {"res_id": foreign.id}),
            ({}, {"res_model": "program.deal", "res_id": float(foreign.id)}),
            ({}, {"res_model": "program.deal", "res_id": f"{foreign.id}"}),
            ({"default_res_id": foreign.id}, {"res_model": "program.deal"}),
        ):
            with self.subTest(context=context, values=values), self.assertRaises(AccessError):
                found = Exception_.with_context(**context).onchange(values, [], spec)
                self.assertNotIn("Secret", str(found))
                raise AccessError("nothing told")
