from odoo import api, fields, models


class ProgramMonday(models.AbstractModel):
    _inherit = "program.monday"

    @api.model
    def _monday_onboarding(self):
        """Evidence that waits for the reader, and stalled partners that it looks after; for a
        partner's own people, their late items (PG-063)."""
        node_id = self.env["program.isolation"]._scope().node_id
        today = fields.Date.context_today(self)
        Item = self.env["program.onboarding.item"]
        waiting = Item._read_group(
            [("state", "=", "submitted"), ("program_node_id.upline_id", "=", node_id)],
            ["program_node_id"],
            ["__count", "due_date:min"],
            limit=50,
        )
        rows = [
            self._row_of_node(
                node,
                self.env._("%(count)s items wait for you", count=count),
                self.env._("Accept or refuse the evidence"),
                due,
            )
            for node, count, due in waiting
            if self.env.user.has_group("partner_governance.group_partner_manager")
        ]
        stalled = self.env["program.partner"].search(
            [("onboarding_owner_id", "=", self.env.uid), ("onboarding_stalled", "=", True)],
            limit=50,
        )
        rows += [
            self._row_of_node(
                node,
                self.env._(
                    "Stalled in “%(stage)s” for %(days)s days",
                    stage=node.onboarding_stage_id.name,
                    days=node.onboarding_days,
                ),
                node.onboarding_next_step,
                node.onboarding_due_on,
            )
            for node in stalled
        ]
        late = Item.search(
            [
                ("program_node_id", "=", node_id),
                ("state", "in", ("open", "refused")),
                ("due_date", "<", today),
                ("user_id", "=", self.env.uid),
            ],
            limit=50,
        )
        rows += [
            {
                "who": item.program_node_id.name,
                "why": self.env._("Onboarding item is late"),
                "todo": self.env._("Show evidence for “%(what)s”", what=item.name),
                "due": item.due_date,
                "res_model": item._name,
                "res_id": item.id,
                "money": None,
            }
            for item in late
        ]
        return rows

    @api.model
    def _row_of_node(self, node, why, todo, due):
        return {
            "who": node.name,
            "why": why,
            "todo": todo,
            "due": due or False,
            "res_model": node._name,
            "res_id": node.id,
            "money": None,
        }
