"""Where the registers meet rights and the responsibility matrix."""

from odoo import api, fields, models

from ..engine import risk as engine


class GovernanceException(models.Model):
    """An exception may be about what a rule of these registers holds."""

    _inherit = "governance.exception"

    @api.model
    def _selection_subject(self):
        found = super()._selection_subject()
        names = ("governance.extension", "governance.integration")
        return [*found, *((name, self.env[name]._description) for name in names)]

    @api.model
    def _node_of(self, subject):
        """A right is its granter's: whoever promises too much asks, and its upline signs."""
        if subject._name == "program.right":
            # Safe: compares whose record it is, tells nothing of it.
            return subject.sudo().exists().granter_id
        return super()._node_of(subject)


class GovernanceRisk(models.Model):
    """Indicators from the matrix and from the rights ledger (PG-139, PG-141)."""

    _inherit = "governance.risk"

    @api.model
    def _indicator_support_boundaries(self, nodes):
        """Lines of the responsibility matrix that nobody answers for (PG-139)."""
        templates = self.env["governance.responsibility.template"]._of_models(
            nodes.commercial_model_id
        )
        gaps = self.env["governance.responsibility"]._gaps(nodes)
        return {
            node.id: engine.indicator(
                len(gaps.get(node.id, ())), len(templates[node.commercial_model_id])
            )
            for node in nodes
        }

    @api.model
    def _indicator_data_ownership(self, nodes):
        """Partners without a running right on data ownership, or with one that lacks its terms
        (PG-141): one record is measured, so the level is 1 or 5."""
        Right = self.env["program.right"]
        found = Right._read_group(
            Right._running_domain(fields.Date.context_today(self))
            & fields.Domain("kind", "=", "data")
            & fields.Domain("holder_id", "in", nodes.ids)
            & fields.Domain("is_red", "=", False),
            ["holder_id"],
        )
        clear = {holder.id for (holder,) in found}
        return {node.id: engine.indicator(int(node.id not in clear), 1) for node in nodes}

    @api.model
    def _indicator_security_controls(self, nodes):
        """Failed points of the security checklists among those answered (PG-142). A partner that
        has signed none has shown nothing: one of one is bad."""
        mine = [("program_node_id", "in", nodes.ids), ("kind", "=", "security")]
        rows = self.env["program.checklist"]._read_group(
            mine, ["program_node_id"], ["failed_count:sum", "passed_count:sum"]
        )
        counts = {node.id: (failed, failed + passed) for node, failed, passed in rows}
        signed = self.env["program.checklist"]._read_group(
            mine + [("state", "=", "signed")], ["program_node_id"]
        )
        shown = {node.id for (node,) in signed}
        return {
            node.id: engine.indicator(*(counts[node.id] if node.id in shown else (1, 1)))
            for node in nodes
        }
