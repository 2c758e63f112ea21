from odoo import api, fields, models


class ProgramInvitation(models.TransientModel):
    """Six fields and one send: a new partner of the programme."""

    _name = "program.invitation"
    _description = "Invite a partner"

    @api.model
    def _default_upline(self):
        # Safe: the caller's own node, or the root for the platform's people.
        user = self.env.user.sudo()
        if user.has_group("partner_governance.group_platform_staff"):
            return self.env["program.partner"]._root()
        return user.program_partner_id

    @api.model
    def _languages(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def _default_language(self):
        return self.env.lang or self._languages()[0][0]

    upline_id = fields.Many2one(
        "program.partner",
        string="Below",
        required=True,
        default=lambda self: self._default_upline(),
    )
    upline_is_mine = fields.Boolean(compute="_compute_upline_is_mine")
    name = fields.Char(string="Company", required=True)
    country_id = fields.Many2one("res.country", string="Country", required=True)
    commercial_model_id = fields.Many2one(
        "program.commercial.model", string="Commercial model", required=True
    )
    contact_name = fields.Char(string="First manager", required=True)
    email = fields.Char(string="E-mail", required=True)
    lang = fields.Selection(
        "_languages",
        string="Language",
        required=True,
        default=lambda self: self._default_language(),
    )

    @api.depends("upline_id")
    @api.depends_context("uid")
    def _compute_upline_is_mine(self):
        mine = self.env["program.isolation"]._scope_of_person().kind == "staff"
        for wizard in self:
            wizard.upline_is_mine = mine

    def action_send(self):
        self.ensure_one()
        node, _person = self.env["program.partner"]._invite(
            self.upline_id,
            {
                "name": self.name,
                "country_id": self.country_id.id,
                "commercial_model_id": self.commercial_model_id.id,
                "contact_name": self.contact_name,
                "email": self.email,
                "lang": self.lang,
            },
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "program.partner",
            "res_id": node.id,
            "view_mode": "form",
        }
