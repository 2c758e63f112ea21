from odoo import fields, models


class ProgramMetric(models.Model):
    """What governance itself can answer."""

    _inherit = "program.metric"

    def _value_gate_pass_rate(self, partners, period):
        """Percent of the reviews decided in the period that passed, with conditions too; a
        waiver let the deal go on and is no pass."""
        rows = self.env["governance.review"]._read_group(
            [
                ("program_node_id", "in", partners.ids),
                ("state", "in", ("passed", "conditional", "refused", "waived")),
                ("decided_at", ">=", period.start),
                ("decided_at", "<", period.end),
            ],
            ["program_node_id", "state"],
            ["id:recordset"],
        )
        reviews, passed = {}, {}
        for node, state, found in rows:
            reviews[node.id] = reviews.get(node.id, found.browse()) | found
            good = len(found) if state in ("passed", "conditional") else 0
            passed[node.id] = passed.get(node.id, 0) + good
        return {
            ident: self._measured(round(100 * passed[ident] / len(found), 2), len(found), found)
            for ident, found in reviews.items()
        }

    def _value_deals_won(self, partners, period):
        """Registered deals whose opportunity was won in the period: their number, no amount."""
        rows = self.env["crm.lead"]._read_group(
            [
                ("program_node_id", "in", partners.ids),
                ("program_deal_id", "!=", False),
                ("won_status", "=", "won"),
                ("date_closed", ">=", period.start),
                ("date_closed", "<", period.end),
            ],
            ["program_node_id"],
            ["program_deal_id:recordset"],
        )
        return {node.id: self._measured(len(deals), len(deals), deals) for node, deals in rows}

    def _value_go_lives(self, partners, period):
        """Projects of governed deals whose go-live was reached in the period, each once."""
        rows = self.env["project.milestone"]._read_group(
            [
                ("project_id.program_node_id", "in", partners.ids),
                ("project_id.program_deal_id", "!=", False),
                ("is_go_live", "=", True),
                ("is_reached", "=", True),
                ("reached_date", ">=", period.start),
                ("reached_date", "<", period.end),
            ],
            ["project_id.program_node_id"],
            ["project_id:recordset"],
        )
        return {
            node.id: self._measured(len(projects), len(projects), projects)
            for node, projects in rows
        }

    def _value_specialisations(self, partners, period):
        """Confirmed specialisations that hold on the period's last day."""
        last = fields.Date.subtract(period.end, days=1)
        rows = self.env["program.specialisation"]._read_group(
            [
                ("program_node_id", "in", partners.ids),
                ("state", "=", "confirmed"),
                ("date_from", "<=", last),
                "|",
                ("date_until", "=", False),
                ("date_until", ">", last),
            ],
            ["program_node_id"],
            ["id:recordset"],
        )
        return {node.id: self._measured(len(found), len(found), found) for node, found in rows}

    def _value_certified_people(self, partners, period):
        """People certified for delivery who worked for the partner on the period's last day,
        each once; a certificate counts for the partner itself, not for its upline."""
        last = fields.Date.subtract(period.end, days=1)
        rows = self.env["program.certification"]._read_group(
            [
                ("program_node_id", "in", partners.ids),
                ("kind_id.is_delivery", "=", True),
                ("is_held", "=", True),
                ("issued_on", "<=", last),
                "|",
                ("expires_on", "=", False),
                ("expires_on", ">", last),
                "|",
                ("revoked_on", "=", False),
                ("revoked_on", ">", last),
            ],
            ["program_node_id"],
            ["person_id:count_distinct", "id:recordset"],
        )
        return {node.id: self._measured(count, count, found) for node, count, found in rows}

    def _value_stalled_onboarding(self, partners, period):
        """Onboarding items still to be shown whose date had passed on the period's last day. Of a
        partner with onboarding items the number of its items is the number of cases, so that
        none late reads 0 and no item at all reads unknown."""
        last = fields.Date.subtract(period.end, days=1)
        Item = self.env["program.onboarding.item"]
        mine = [("program_node_id", "in", partners.ids)]
        late = [("state", "in", ("open", "refused")), ("due_date", "<", last)]
        counts = Item._read_group(mine, ["program_node_id"], ["__count"])
        rows = Item._read_group(mine + late, ["program_node_id"], ["id:recordset"])
        found = {node.id: items for node, items in rows}
        nothing = Item.browse()
        return {
            node.id: self._measured(
                len(found.get(node.id, nothing)), count, found.get(node.id, nothing)
            )
            for node, count in counts
        }
