from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..exceptions import message


class ProgramPartner(models.Model):
    """What people do with an onboarding (PG-021, PG-050, PG-063)."""

    _inherit = "program.partner"

    def action_advance_onboarding(self):
        """Go on to the next stage, or say what is missing for it."""
        self.ensure_one()
        self.check_access("read")
        before = self.onboarding_stage_id
        self._onboarding_advance()
        if self.onboarding_stage_id != before:
            # What the stage that just began lacks is no reason to take the step back.
            return True
        if self.onboarding_state == "onboarding" and (missing := self._onboarding_missing()):
            raise UserError(
                message(
                    self.env,
                    "onboarding_stage_open",
                    stage=self.onboarding_stage_id.name,
                    node=self.name,
                    missing="; ".join(missing),
                )
            )
        return True

    def action_look_after_onboarding(self):
        """The caller looks after this partner from now on."""
        scope = self.env["program.isolation"]._scope()
        for node in self:
            node.check_access("read")
            if scope.kind == "staff" and scope.node_id == node.id:
                raise AccessError(
                    self.env._("Somebody at your upline looks after your onboarding.")
                )
            manager = self.env.user.has_group("partner_governance.group_partner_manager")
            # Safe: who stands directly above a partner that the caller reads.
            above = node.sudo().upline_id.id
            if scope.fenced and not (manager and scope.node_id == above):
                raise AccessError(
                    self.env._("A manager of the direct upline, or the platform, looks after it.")
                )
        # Safe: the caller is a manager of the upline, checked above, or the platform.
        self.sudo().write({"onboarding_owner_id": self.env.uid})
        return True

    def action_confirm_inherited(self):
        """Confirm the upline's standards in one act, instead of showing own evidence.

        :raise UserError: the upline is no master that is through itself
        """
        self.ensure_one()
        isolation = self.env["program.isolation"]
        manager = self.env.user.has_group("partner_governance.group_partner_manager")
        if not (self.env.su or (isolation._scope().node_id == self.id and manager)):
            raise AccessError(self.env._("A partner's own manager confirms its standards."))
        # Safe: the node's manager confirms for its own node; of the upline the name is told.
        node, upline = self.sudo(), self.sudo().upline_id
        if upline.is_root or upline.onboarding_state != "active":
            raise UserError(
                self.env._(
                    "%(upline)s has no standards to inherit yet. Show your own evidence.",
                    upline=upline.name,
                )
            )
        items = node.onboarding_item_ids.filtered(
            lambda item: item.requirement_id.is_inheritable and item.state in ("open", "refused")
        )
        items.write(
            {
                "state": "accepted",
                "inherited_from_id": upline.id,
                "submitted_uid": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "refusal": False,
            }
        )
        node._accept_published_artefacts(upline)
        self.env["governance.event"]._record(
            "onboarding_inherited",
            node,
            node=node,
            new=", ".join(items.mapped("name")),
            reason=self.env._("standards of %(upline)s", upline=upline.name),
        )
        node._onboarding_advance()
        return True

    def _accept_published_artefacts(self, upline):
        """Hook: accept the artefacts that the upline has published to its branch."""

    @api.model
    def action_my_onboarding(self):
        """The page of the caller's own partner."""
        node = self.browse(self.env["program.isolation"]._scope().node_id)
        view = self.env.ref("partner_governance.program_partner_view_form_onboarding")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My onboarding"),
            "res_model": self._name,
            "res_id": node.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
        }
