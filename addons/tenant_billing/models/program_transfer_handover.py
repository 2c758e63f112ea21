from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingHandover(models.Model):
    _inherit = "billing.handover"

    transfer_ids = fields.One2many("program.transfer", "handover_id", readonly=True)

    def write(self, vals):
        self._check_apart()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_apart(self):
        self._check_apart()

    def action_plan(self):
        self._check_apart()
        return super().action_plan()

    def action_withdraw(self):
        self._check_apart()
        return super().action_withdraw()

    def _check_apart(self):
        """:raises UserError: for people, where it is the money of a change that is signed"""
        # Safe: only whether there is one, and its name.
        found = self.env["program.transfer"] if self.env.su else self.sudo().transfer_ids
        if found:
            raise UserError(
                self.env._(
                    "It belongs to “%(transfer)s” and its signatures: change or withdraw that "
                    "one, under Partners → Changes of hands.",
                    transfer=found[0].display_name,
                )
            )

    def _check_signed(self):
        if self.transfer_ids and "planned" not in self.transfer_ids.mapped("state"):
            raise UserError(
                self.env._(
                    "“%(transfer)s” is not signed.", transfer=self.transfer_ids[0].display_name
                )
            )

    def _confirm(self):
        self._check_signed()
        return super()._confirm()

    @api.model
    def _carry_out_due(self, as_of=None):
        self.env["program.transfer"]._plan_missing_money()
        return super()._carry_out_due(as_of)

    def _carry_out(self):
        """With the contracts go ownership, open deals, rights: in the same transaction."""
        self._check_signed()
        done = super()._carry_out()
        for one in self.transfer_ids:
            one._carry_out()
        return done

    def _receive_contacts(self, subscriptions):
        """The customer's people at the portal read on at their new seller's contact."""
        found = super()._receive_contacts(subscriptions)
        Partner = self.env["res.partner"]
        for old_id, new_id in found.items():
            old, new = Partner.browse(old_id), Partner.browse(new_id)
            if old == new:
                continue
            people = self._portal_people(old)
            if self._has_open_invoices(old):
                self.transfer_ids._leave_people(people)
            else:
                self._move_portal_people(people, old, new)
            self.transfer_ids.filtered(
                lambda one, old=old: one.customer_id.commercial_partner_id == old
            ).receiver_customer_id = new
        return found

    def _portal_people(self, contact):
        return (
            self.env["res.users"]
            .with_context(active_test=False)
            .search([("share", "=", True), ("partner_id.commercial_partner_id", "=", contact.id)])
        )

    def _has_open_invoices(self, contact):
        """Whether the old seller still has invoices for it that are to be read and paid."""
        return bool(
            self.env["account.move"].search_count(
                [
                    ("commercial_partner_id", "=", contact.id),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ("not_paid", "partial")),
                ],
                limit=1,
            )
        )

    def _move_portal_people(self, people, old, new):
        """Portal users of the contact ``old`` become people of ``new``."""
        for user in people:
            if user.partner_id == old:
                # The company's own log-in: it gets a person at the new contact.
                user.partner_id = self.env["res.partner"].create(
                    {"name": old.name, "email": old.email, "parent_id": new.id, "lang": old.lang}
                )
            else:
                user.partner_id.parent_id = new


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _archive_obstacles(self):
        """Contracts of customers that run without an end keep a partner from going, too."""
        found = super()._archive_obstacles()
        # Safe: counts contracts of partners that the caller may archive.
        rows = (
            self.env["billing.subscription"]
            .sudo()
            ._read_group(
                [
                    ("program_node_id", "in", self.ids),
                    ("tenant_id", "!=", False),
                    ("state", "in", ("active", "suspended")),
                    ("end_date", "=", False),
                    ("ended_on", "=", False),
                ],
                ["program_node_id"],
                ["__count"],
            )
        )
        return found + [
            self.env._(
                "%(node)s still has %(count)s running subscriptions without a receiver or an end "
                "date. Plan a change of hands.",
                node=node.name,
                count=count,
            )
            for node, count in rows
        ]
