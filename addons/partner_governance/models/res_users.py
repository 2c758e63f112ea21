from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.mail.tools.discuss import Store


class ResUsers(models.Model):
    _inherit = "res.users"

    program_partner_id = fields.Many2one(
        "program.partner",
        string="Works for programme partner",
        index=True,
        ondelete="restrict",
        copy=False,
        help="Binds the user to a node of the programme: the user sees that node's branch only.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create([self._program_values(vals) for vals in vals_list])
        users._program_bind()
        return users

    def write(self, vals):
        done = super().write(self._program_values(vals))
        if "program_partner_id" in vals:
            self._program_bind()
        return done

    @api.model
    def _program_values(self, vals):
        """A bound user works in the company of its node alone, whatever was asked."""
        if not vals.get("program_partner_id"):
            return vals
        # Safe: reads which company a node has, to set it on the user.
        company = self.env["program.partner"].sudo().browse(vals["program_partner_id"]).company_id
        return {**vals, "company_id": company.id, "company_ids": [(6, 0, company.ids)]}

    def _program_bind(self):
        for user in self.filtered("program_partner_id"):
            # Safe: the user's own contact follows the user to its node.
            contact = user.sudo().partner_id
            contact.program_node_id = user.program_partner_id
            contact.company_id = False
            team = (
                self.env["crm.team"]
                .sudo()
                .search([("program_node_id", "=", user.program_partner_id.id)], limit=1)
            )
            if team and not team.user_id:
                team.user_id = user

    @api.constrains("program_partner_id", "company_ids", "company_id")
    def _check_program_company(self):
        for user in self.sudo().filtered("program_partner_id"):
            if user.program_partner_id.is_root:
                continue
            if user.company_ids != user.program_partner_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(user)s works for %(node)s and can only work in that partner's company.",
                        user=user.name,
                        node=user.program_partner_id.name,
                    )
                )

    @api.model
    def _get_invalidation_fields(self):
        return super()._get_invalidation_fields() | {"program_partner_id"}

    def _to_store(self, store, fields):
        """See ``res.partner``: of foreign people who act in reach, the name alone."""
        known = self._filtered_access("read")
        store.add_records_fields(known, fields)
        # Safe: the contact's own store method decides what is told of it.
        store.add_records_fields((self - known).sudo(), [Store.One("partner_id", [])])
