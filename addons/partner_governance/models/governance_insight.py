from odoo import api, fields, models

from ..adapters import pack


class ProgramMetric(models.Model):
    _inherit = "program.metric"

    def _figures(self, nodes, day):
        """``(rows, values)`` of all metrics in ``self`` over ``nodes`` by what is known up to
        and with ``day``: what Insight shows and a pack freezes."""
        until = fields.Date.add(day, days=1)
        values = {metric.code: metric._values(nodes, until) for metric in self}
        return [pack.figure(metric, values[metric.code]) for metric in self], values


class GovernanceInsight(models.AbstractModel):
    """The page of the five layers: figures of the reader's own branch, each with its records."""

    _name = "governance.insight"
    _description = "Governance at a glance"

    @api.model
    @api.readonly
    def overview(self):
        """What the page shows, read with the reader's rights.

        :return: ``{"layers": [layer], "functions": [function], "partners": count, "as_of": day}``;
            a layer has ``name``, ``objective``, ``impact``, ``owner`` and ``figures``, rows of
            ``adapters.pack.figure``; a function has ``name``, ``owner`` and its KPI's ``figure``
        """
        today = fields.Date.context_today(self)
        nodes = self._nodes()
        rows, _values = (
            self.env["program.metric"].search([("active", "=", True)])._figures(nodes, today)
        )
        figures = {row["id"]: row for row in rows}
        layers = self.env["governance.layer"].search([("function_id", "!=", False)])
        return {
            "layers": [
                {
                    "id": layer.id,
                    "name": layer.name,
                    "objective": layer.objective,
                    "impact": layer.impact,
                    "owner": self._owner(layer.function_id),
                    "figures": [row for row in rows if row["layer"] == layer.id],
                }
                for layer in layers
            ],
            "functions": [
                {
                    "id": function.id,
                    "name": function.name,
                    "owner": self._owner(function),
                    "figure": figures.get(function.metric_id.id),
                }
                # Few rows of policy: pylint: disable-next=no-search-all
                for function in self.env["governance.function"].search([])
            ],
            "partners": len(nodes),
            "as_of": str(today),
        }

    def _nodes(self):
        """The partners whose figures the reader sees: of its branch, without the platform."""
        return self.env["program.partner"].search([("is_root", "=", False)])

    def _owner(self, function):
        # Safe: the name of whoever the platform made the owner, for everybody in the programme.
        return function.sudo().user_id.name or self.env._("not named yet")

    @api.model
    def drill(self, metric_id):
        """The records behind one figure of the page, as the reader may read them."""
        return self.env["program.metric"].browse(metric_id)._drill(self._nodes())
