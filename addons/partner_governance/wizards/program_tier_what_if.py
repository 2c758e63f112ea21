from decimal import Decimal

from odoo import api, fields, models

from ..adapters import tiers as adapter
from ..engine import tiers as engine


class ProgramTierWhatIf(models.TransientModel):
    """Change a figure and see which tier it would make; nothing is kept."""

    _name = "program.tier.what.if"
    _description = "What if"

    program_node_id = fields.Many2one("program.partner", required=True, ondelete="cascade")
    line_ids = fields.One2many("program.tier.what.if.line", "what_if_id", string="Figures")
    held_id = fields.Many2one(related="program_node_id.grade_id", string="Tier now")
    reached_id = fields.Many2one("res.partner.grade", string="Tier then", compute="_compute_result")
    score = fields.Float(string="Points then", digits=(5, 1), compute="_compute_result")
    against = fields.Char(string="Measured against", compute="_compute_result")
    gives = fields.Text(string="What it gives", compute="_compute_result")
    enough = fields.Text(string="One step is enough", compute="_compute_enough")

    @api.model
    def _of(self, node):
        """A dialog with the node's figures of today, which the reader may read."""
        node.check_access("read")
        facts = self._facts(node)
        # Few rows of policy: pylint: disable-next=no-search-all
        metrics = {each.code: each for each in self.env["program.metric"].search([])}
        codes = {each.code for tier in self._tiers(node) for each in tier.criteria}
        return self.create(
            {
                "program_node_id": node.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "metric_id": metric.id,
                            "now": float(facts[code].value),
                            "cases": facts[code].count,
                            "value": float(facts[code].value),
                        }
                    )
                    for code, metric in metrics.items()
                    if code in codes and facts.get(code)
                ],
            }
        )

    def _facts(self, node):
        day = fields.Date.add(fields.Date.context_today(self), days=1)
        return adapter.as_facts(adapter.read_facts(node, day)[node.id])

    def _tiers(self, node):
        # Safe: what the tiers ask of a partner that the reader may read.
        return adapter.read_tiers(node.sudo())[node.id]

    @api.depends("line_ids.value", "program_node_id")
    def _compute_result(self):
        for wizard in self:
            node = wizard.program_node_id
            node.check_access("read")
            facts = {line.metric_id.code: line._fact() for line in wizard.line_ids}
            tiers = self._tiers(node)
            best = engine.best(tiers, facts)
            ranks = {tier.key: tier.rank for tier in tiers}
            lowest = min(ranks.values()) - 1
            held = ranks.get(node.grade_id.id, lowest)
            reached = best.tier.rank if best else lowest
            target = self.env["program.tier.assessment"]._target(tiers, held, reached)
            wizard.reached_id = best.tier.key if best else False
            wizard.score = float(engine.assess(target, facts).score)
            grade = self.env["res.partner.grade"].browse(target.key)
            wizard.against = self.env._(
                "%(tier)s: %(points)s points", tier=grade.name, points=target.threshold
            )
            wizard.gives = node._tier_gives(grade)

    @api.depends("program_node_id")
    def _compute_enough(self):
        for wizard in self:
            node = wizard.program_node_id
            node.check_access("read")
            facts = self._facts(node)
            # Few rows of policy: pylint: disable-next=no-search-all
            metrics = {each.code: each for each in self.env["program.metric"].search([])}
            texts = []
            for tier in self._tiers(node):
                grade = self.env["res.partner.grade"].browse(tier.key)
                texts += [
                    self.env._(
                        "%(more)s more of “%(metric)s” → %(tier)s",
                        more=f"{float(step.more):g}",
                        metric=metrics[step.code].name,
                        tier=grade.name,
                    )
                    for step in engine.single_steps(tier, facts)
                    if not engine.assess(tier, facts).reached
                ]
            wizard.enough = "\n".join(texts)


class ProgramTierWhatIfLine(models.TransientModel):
    """One figure, as it is and as it might be."""

    _name = "program.tier.what.if.line"
    _description = "Figure of a what-if"

    what_if_id = fields.Many2one("program.tier.what.if", required=True, ondelete="cascade")
    metric_id = fields.Many2one("program.metric", required=True, ondelete="cascade")
    unit = fields.Selection(related="metric_id.unit")
    now = fields.Float(digits=(16, 1))
    cases = fields.Integer(string="n")
    value = fields.Float(string="What if", digits=(16, 1))

    def _fact(self):
        value = Decimal(str(self.value))
        # Of what is counted, one more is one case more; a rate is asked of as many cases.
        cases = self.cases if self.unit == "percent" else max(self.cases, int(abs(value)))
        return engine.Fact(value, cases)
