from odoo import api, fields, models

from ..adapters import tiers as adapter
from ..engine import tiers as engine


class ProgramTierAssessment(models.Model):
    """A partner against the tiers on one day: figures frozen, what is missing with owner and
    date. Made by the system; a quarterly one counts towards demotion."""

    _name = "program.tier.assessment"
    _description = "Tier assessment"
    _inherit = ["mail.thread", "program.node.mixin"]
    _order = "day desc, id desc"
    _mail_post_access = "read"

    day = fields.Date(string="As of", required=True, readonly=True, index=True)
    kind = fields.Selection(
        [("quarterly", "Quarterly review"), ("on_demand", "On demand")],
        required=True,
        readonly=True,
        default="on_demand",
    )
    grade_id = fields.Many2one(
        "res.partner.grade", string="Tier held", readonly=True, ondelete="restrict"
    )
    reached_id = fields.Many2one(
        "res.partner.grade", string="Tier reached", readonly=True, ondelete="restrict"
    )
    target_id = fields.Many2one(
        "res.partner.grade", string="Measured against", readonly=True, ondelete="restrict"
    )
    outcome = fields.Selection(
        [("up", "Higher tier reached"), ("holds", "Holds"), ("below", "Below the tier held")],
        required=True,
        readonly=True,
        index=True,
    )
    score = fields.Float(string="Points", digits=(5, 1), readonly=True)
    threshold = fields.Integer(string="Points to reach", readonly=True)
    delivery = fields.Float(string="Delivery capability", digits=(5, 1), readonly=True)
    cloud = fields.Float(string="Cloud operations", digits=(5, 1), readonly=True)
    specialisation = fields.Float(digits=(5, 1), readonly=True)
    coverage = fields.Integer(
        string="Connected (%)", readonly=True, help="Share of the weight that something answers."
    )
    short = fields.Char(string="Below a floor", readonly=True)
    unknown = fields.Char(
        string="Nothing connected",
        readonly=True,
        help="Pillars that nothing answers: they lift nobody and take no tier away.",
    )
    next_step = fields.Text(string="Next step on your path", readonly=True)
    line_ids = fields.One2many("program.tier.assessment.line", "assessment_id", string="Criteria")
    missing_count = fields.Integer(compute="_compute_missing_count")
    frozen = fields.Json(readonly=True, copy=False)
    assignment_ids = fields.One2many(
        "program.tier.assignment", "assessment_id", string="Tier changes", readonly=True
    )

    @api.depends("program_node_id", "day")
    def _compute_display_name(self):
        for record in self:
            # Safe: the name of the partner whose assessment the reader has.
            record.display_name = f"{record.program_node_id.sudo().name} {record.day}"

    @api.depends("line_ids.state")
    def _compute_missing_count(self):
        for record in self:
            missing = record.line_ids.filtered(lambda line: line.state == "missing")
            record.missing_count = len(missing)

    @api.model
    def _make(self, nodes, kind, day):
        """Assess ``nodes`` by what is known up to and with ``day``; the reader may read them.

        :return: assessments, one per node, in the order of ``nodes``
        """
        # Safe: figures without money, kept with the partner that they are of.
        system = self.sudo()
        nodes = nodes.sudo()
        tiers = adapter.read_tiers(nodes)
        facts = adapter.read_facts(nodes, fields.Date.add(day, days=1))
        # Few rows of policy: pylint: disable-next=no-search-all
        metrics = {each.code: each for each in system.env["program.metric"].search([])}
        due = system._due(day)
        rows = []
        for node in nodes:
            vals = system._judge(node, tiers[node.id], facts[node.id], metrics)
            owner = node._tier_owner()
            for line in vals.pop("lines"):
                if line["state"] == "missing":
                    line |= {"user_id": owner.id, "due_date": due}
                vals.setdefault("line_ids", []).append(fields.Command.create(line))
            rows.append({**vals, "program_node_id": node.id, "kind": kind, "day": day})
        return system.create(rows).sudo(self.env.su)

    def _judge(self, node, tiers, values, metrics):
        """How a node stands: the tier held, the one reached, and what the next one lacks."""
        facts = adapter.as_facts(values)
        results = {tier.key: engine.assess(tier, facts) for tier in tiers}
        best = engine.best(tiers, facts)
        held = node.grade_id
        ranks = {tier.key: tier.rank for tier in tiers}
        rank = ranks.get(held.id, min(ranks.values()) - 1)
        reached = best.tier.rank if best else min(ranks.values()) - 1
        outcome = "up" if reached > rank else "below" if reached < rank else "holds"
        if outcome == "below" and held.id in results and results[held.id].held:
            outcome = "holds"
        target = self._target(tiers, rank, reached)
        result = results[target.key]
        return {
            "grade_id": held.id,
            "reached_id": best.tier.key if best else False,
            "target_id": target.key,
            "outcome": outcome,
            "score": float(result.score),
            "threshold": target.threshold,
            **{pillar: float(points or 0) for pillar, points in result.pillars.items()},
            "coverage": result.coverage,
            "short": ", ".join(self._names(result.short, metrics)),
            "unknown": ", ".join(self._names(result.unknown, metrics)),
            "next_step": self._next_step(node, result, facts, metrics),
            "frozen": adapter.freeze(values, results.values()),
            "lines": adapter.line_values(result, metrics),
        }

    @api.model
    def _target(self, tiers, rank, reached):
        """Against which tier the criteria are shown: the one reached or to hold, else the next."""
        ordered = sorted(tiers, key=lambda tier: tier.rank)
        if reached != rank:
            wanted = max(reached, rank)
            return next(tier for tier in ordered if tier.rank == wanted)
        return next((tier for tier in ordered if tier.rank > rank), ordered[-1])

    def _names(self, codes, metrics):
        pillars = dict(
            self.env["program.metric"]._fields["pillar"]._description_selection(self.env)
        )
        return [metrics[code].name if code in metrics else pillars[code] for code in codes]

    def _next_step(self, node, result, facts, metrics):
        """ "Next step on your path": what is missing, the path's own pillar first, and which
        single step would be enough."""
        if result.reached:
            return ""
        name = self.env["res.partner.grade"].browse(result.tier.key).name
        first = node._path_pillar()
        lines = sorted(result.missing, key=lambda line: line.criterion.pillar != first)
        text = [
            self.env._(
                "%(metric)s: %(value)s of %(target)s",
                metric=metrics[line.criterion.code].name,
                value=f"{float(line.counted):g}",
                target=f"{float(line.criterion.target):g}",
            )
            for line in lines
            if line.criterion.pillar in engine.PILLARS
        ]
        text += [
            self.env._(
                "%(more)s more of “%(metric)s” alone → %(tier)s",
                more=f"{float(step.more):g}",
                metric=metrics[step.code].name,
                tier=name,
            )
            for step in engine.single_steps(result.tier, facts)
        ]
        return "\n".join(text)

    @api.model
    def _due(self, day):
        """The day before the next quarter: when what is missing is looked at again."""
        return fields.Date.subtract(
            fields.Date.add(fields.Date.start_of(day, "quarter"), months=3), days=1
        )

    def action_letter(self):
        self.ensure_one()
        return self.env.ref("partner_governance.tier_letter").report_action(self)

    def action_propose(self):
        """Ask for the higher tier that was reached: it takes effect when it is signed."""
        self.ensure_one()
        self.check_access("read")
        return self.env["program.tier.assignment"]._propose_up(self)._open()
