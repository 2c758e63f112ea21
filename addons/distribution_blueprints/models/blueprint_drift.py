from odoo import api, fields, models
from odoo.exceptions import UserError


class BlueprintDrift(models.Model):
    """A field on a tenant that is no longer as it was applied: what, who, when, and whether
    it is accepted until some day."""

    _name = "blueprint.drift"
    _description = "Drift"
    _inherit = ["mail.thread"]
    _order = "last_seen_at desc, id desc"

    connection_id = fields.Many2one(
        "hosting.connection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="connection_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="connection_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    key = fields.Char(string="Resource", required=True, readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    record_ref = fields.Integer(string="Id on the tenant", readonly=True)
    field_name = fields.Char(string="Field", readonly=True)
    reason = fields.Char(string="Reason code", readonly=True)
    before = fields.Char(string="As applied", readonly=True)
    after = fields.Char(string="On the tenant", readonly=True)
    who = fields.Char(string="Changed by", readonly=True)
    changed_at = fields.Char(readonly=True)
    first_seen_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    last_seen_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("gone", "Gone"), ("accepted", "Accepted"), ("open", "Open")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    accept_reason = fields.Char(string="Accepted because", readonly=True)
    accept_owner_id = fields.Many2one("res.users", string="Exception's owner", readonly=True)
    accepted_until = fields.Date(readonly=True)

    _field_uniq = models.Constraint(
        "UNIQUE (connection_id, key, field_name)", "This drift is listed already."
    )

    @api.depends("key", "field_name")
    def _compute_display_name(self):
        for drift in self:
            drift.display_name = f"{drift.key} {drift.field_name or ''}".strip()

    @api.model
    def _record_findings(self, connection, findings, silenced):
        """Bring the list of a connection to what was found just now.

        ``findings``: ``{(key, field): values}``; ``silenced``: pairs that still differ and
        are accepted. What is in neither is gone.
        """
        known = {
            (drift.key, drift.field_name or ""): drift
            for drift in self.search([("connection_id", "=", connection.id)])
        }
        now = fields.Datetime.now()
        for pair, values in findings.items():
            drift = known.pop(pair, None)
            values = {**values, "state": "open", "last_seen_at": now}
            if drift:
                drift.write(values)
            else:
                key, field_name = pair
                self.create(
                    {
                        "connection_id": connection.id,
                        "key": key,
                        "field_name": field_name,
                        **values,
                    }
                )
        for pair, drift in known.items():
            if pair in silenced:
                drift.last_seen_at = now
            elif drift.state != "gone":
                drift.state = "gone"

    def action_accept(self):
        """Ask for reason, owner and last day of an exception."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accept this drift"),
            "res_model": "blueprint.drift.accept",
            "view_mode": "form",
            "target": "new",
            "context": {"active_ids": self.ids},
        }

    def _accept(self, reason, owner, until):
        """Leave the field alone until ``until``, that day included."""
        for drift in self:
            drift.tenant_id._check_may_deliver()
            if drift.state != "open":
                raise UserError(self.env._("Only a drift that is open is accepted."))
            # Safe: checked above; an exception has no other way in.
            drift.sudo().write(
                {
                    "state": "accepted",
                    "accept_reason": reason,
                    "accept_owner_id": owner.id,
                    "accepted_until": until,
                }
            )
            self.env["governance.event"]._record(
                "blueprint_drift", drift.tenant_id, node=drift.program_node_id,
                old=drift.before, new=drift.after, reason=reason,
            )  # fmt: skip

    def action_check_again(self):
        for connection in self.connection_id:
            connection.action_check_drift()
        return True
