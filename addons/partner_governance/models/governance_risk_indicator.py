from collections import defaultdict

from odoo import api, fields, models

from ..engine import risk as engine

BATCH = 100


class GovernanceRisk(models.Model):
    """Standard risks of every partner, and the live indicators behind them (PG-138…PG-142)."""

    _inherit = "governance.risk"

    @api.model
    def _ensure_standard(self, nodes):
        """Give each of ``nodes`` the standard risks that it lacks, owned by its manager."""
        # Few rows of policy: pylint: disable-next=no-search-all
        standards = self.env["governance.risk.standard"].search([])
        have = {
            (node.id, standard.id)
            for node, standard in self._read_group(
                [("program_node_id", "in", nodes.ids), ("standard_id", "!=", False)],
                ["program_node_id", "standard_id"],
            )
        }
        owners = self._owners(nodes)
        due = fields.Date.add(fields.Date.context_today(self), days=90)
        return self.create(
            [
                {
                    "name": standard.name,
                    "description": standard.description,
                    "treatment_note": standard.treatment_note,
                    "standard_id": standard.id,
                    "source": "standard",
                    "program_node_id": node.id,
                    "owner_id": owners[node].id,
                    "review_date": due,
                    "probability": standard.probability,
                    "impact": standard.impact,
                    "residual_probability": standard.probability,
                    "residual_impact": standard.impact,
                }
                for node in nodes
                if node in owners
                for standard in standards
                if (node.id, standard.id) not in have
            ]
        )

    @api.model
    def _owners(self, nodes):
        """A manager of each node, the first one."""
        manager = self.env.ref("partner_governance.group_partner_manager")
        people = self.env["res.users"].search(
            [("program_partner_id", "in", nodes.ids), ("all_group_ids", "in", manager.ids)],
            order="id desc",
        )
        return {user.program_partner_id: user for user in people}

    @api.model
    def _cron_indicators(self):
        """Once a day: missing standard risks are added, indicators measured, history noted."""
        nodes = self.env["program.partner"].search([("is_root", "=", False)])
        for start in range(0, len(nodes), BATCH):
            batch = nodes[start : start + BATCH]
            self._refresh(batch)
            self.env["ir.cron"]._commit_progress(
                len(batch), remaining=len(nodes) - start - len(batch)
            )

    @api.model
    def _refresh(self, nodes):
        self._ensure_standard(nodes)
        self._measure(nodes)

    @api.model
    def _measure(self, nodes):
        """Write what each indicator finds now at ``nodes``, where it is something else than
        before; a risk whose indicator rose is looked at again at once."""
        risks = self.search([("program_node_id", "in", nodes.ids), ("standard_id", "!=", False)])
        today = fields.Date.context_today(self)
        changed = defaultdict(self.browse)
        for standard in risks.standard_id:
            read = getattr(self, f"_indicator_{standard.code}", None)
            found = read(nodes) if read else None
            for risk in risks.filtered(lambda one, standard=standard: one.standard_id == standard):
                value = (found or {}).get(risk.program_node_id.id)
                values = self._indicator_values(found, value)
                if risk.indicator_level and values["indicator_level"] > risk.indicator_level:
                    values["review_date"] = min(risk.review_date or today, today)
                values = {name: new for name, new in values.items() if risk[name] != new}
                if values:
                    changed[frozenset(values.items())] |= risk
        for values, group in changed.items():
            group.write(dict(values))

    @api.model
    def _indicator_values(self, found, value):
        if found is None:
            text = self.env._("not connected")
        elif not value or not value.connected:
            text = self.env._("nothing to measure yet")
        else:
            text = self._indicator_text(value)
        return {"indicator_level": value.level if value else 0, "indicator_text": text}

    @api.model
    def _indicator_text(self, value):
        """Counts; without any, as of money, a band and no figure (PG-140)."""
        if value.total:
            return self.env._("%(bad)s of %(total)s", bad=value.bad, total=value.total)
        if value.level == 1:
            return self.env._("sound")
        return self.env._("thin") if value.level < 4 else self.env._("below the floor")

    @api.model
    def _indicator_over_customisation(self, nodes):
        """Extensions and integrations that run without an approved pattern (PG-138)."""
        total, bad = {}, {}
        for name in ("governance.extension", "governance.integration"):
            used = [("program_node_id", "in", nodes.ids), ("state", "=", "in_use")]
            odd = ["|", ("pattern_id", "=", False), ("pattern_id.is_approved", "=", False)]
            _add(total, self.env[name]._read_group(used, ["program_node_id"], ["__count"]))
            _add(bad, self.env[name]._read_group(used + odd, ["program_node_id"], ["__count"]))
        deviations = self._read_group(
            [
                ("program_node_id", "in", nodes.ids),
                ("source", "=", "deviation"),
                ("state", "=", "open"),
            ],
            ["program_node_id"],
            ["__count"],
        )
        _add(total, deviations)
        _add(bad, deviations)
        return {node: engine.indicator(bad.get(node, 0), all_) for node, all_ in total.items()}


def _add(counts, groups):
    for node, count in groups:
        counts[node.id] = counts.get(node.id, 0) + count
