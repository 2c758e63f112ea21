from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import onboarding as engine
from ..exceptions import message


class ProgramPartner(models.Model):
    """How many partners may join: capped until the pilot gate is passed (PG-072), then open
    once the five subjects of the programme gate are green (X-08)."""

    _inherit = "program.partner"

    pilot_cap = fields.Integer(
        string="Partners before the pilot gate",
        tracking=True,
        help="On the platform's own node: how many partners may join before the pilot is done and "
        "the five subjects of the programme gate are green. 0: no cap.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        joining = sum(bool(vals.get("upline_id")) for vals in vals_list)
        if joining:
            self._check_recruiting(joining)
        return super().create(vals_list)

    @api.model
    def _check_recruiting(self, adding=1):
        """:raise UserError: the programme is capped; says until when and what to do"""
        # Safe: counts partners and reads the state of the gate, to say yes or no.
        Node = self.sudo()
        cap = Node._root().pilot_cap
        if not cap:
            return
        # Few rows of policy: pylint: disable-next=no-search-all
        subjects = self.env["program.gate.subject"].sudo().search([])
        code = engine.may_recruit(
            Node.search_count([("upline_id", "!=", False)]),
            adding,
            cap,
            self.env["program.plan.step"]._is_done("pilot"),
            subjects.mapped("is_green"),
        )
        if code:
            red = subjects.filtered(lambda subject: not subject.is_green)
            raise UserError(
                message(self.env, code, cap=cap, subjects=", ".join(red.mapped("name")))
            )
