from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import email_normalize

from ..adapters import team as adapter
from ..engine import membership
from ..exceptions_partner import refuse


class ProgramPartner(models.Model):
    """A partner is invited with six fields and one send; the invited one does the rest (X-06)."""

    _inherit = "program.partner"

    invited_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    invited_on = fields.Date(readonly=True, copy=False)

    @api.model
    def _invite(self, upline, values):
        """Make contact, company, node and first manager, and send the invitation.

        :param upline: the node below which the new one stands
        :param values: name, country_id, commercial_model_id, contact_name, email, lang
        :raise UserError: the caller may not invite, or the address cannot be used
        """
        # Safe: the engine checks who invites below which node before anything is made.
        upline = upline.sudo()
        model = self.env["program.commercial.model"].browse(values["commercial_model_id"])
        refuse(
            self.env,
            membership.invitation_obstacle(
                adapter.inviter(self.env), upline.id, model.master_may_invite
            ),
            node=self.env.user.sudo().program_partner_id.name or "",
            model=model.name,
        )
        if model.code == "platform":
            refuse(self.env, "model_not_invitable", model=model.name)
        if not email_normalize(values["email"]):
            refuse(self.env, "bad_address", email=values["email"])
        # Safe: checked above. All of it belongs to the new node.
        contact = (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": values["name"],
                    "is_company": True,
                    "country_id": values["country_id"],
                    "email": email_normalize(values["email"]),
                    "lang": values.get("lang"),
                }
            )
        )
        # Safe: as the system itself, since core lets whoever makes a company work in it.
        node = self.with_user(SUPERUSER_ID).create(
            {
                "partner_id": contact.id,
                "upline_id": upline.id,
                "commercial_model_id": model.id,
                "country_ids": [(6, 0, [values["country_id"]])],
                "state": "invited",
                "invited_by_id": self.env.uid,
                "invited_on": fields.Date.context_today(self),
            }
        )
        person = self.env["res.users"]._program_make(
            node.with_env(self.env).sudo(),
            values["contact_name"],
            values["email"],
            {"manager"},
            values.get("lang"),
        )
        self.env["governance.event"]._record(
            "partner_invited", node, node=node, old=upline.name, new=model.name
        )
        node._start_onboarding(self.env.user)
        return node.with_env(self.env), person

    def action_resend_invitation(self):
        """Send the link again to people who never logged in."""
        self._check_runs_programme()
        for node in self:
            # Safe: the invitation of the node's own people, asked for by its upline.
            for person in node.sudo().user_ids.filtered(lambda each: not each.login_date):
                self.env["program.outbox"]._post("invitation", person, node.sudo())

    def action_welcome(self):
        """The one page on which an invited partner does the rest."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("About us"),
            "res_model": "program.welcome",
            "view_mode": "form",
            "target": "current",
        }
