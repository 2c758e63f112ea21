from odoo import api, fields, models

from ..engine import tiers as engine

BATCH = 100


class ProgramTierAssessment(models.Model):
    """The quarterly review: who has reached more is proposed for it, who is below gets a dated
    plan, and after the second review in a row below the lower tier is proposed."""

    _inherit = "program.tier.assessment"

    @api.model
    def _cron_review(self):
        """Review everybody once a quarter."""
        done, left = self._review_batch()
        self.env["ir.cron"]._commit_progress(done, remaining=left)

    @api.model
    def _review_batch(self):
        """``(reviewed now, still to review)`` of this quarter."""
        today = fields.Date.context_today(self)
        first = fields.Date.start_of(today, "quarter")
        reviewed = self.search([("kind", "=", "quarterly"), ("day", ">=", first)]).program_node_id
        Node = self.env["program.partner"]
        domain = Node._reviewed_domain() + [("id", "not in", reviewed.ids)]
        waiting = Node.search(domain, limit=BATCH)
        for assessment in self._make(waiting, "quarterly", today) if waiting else ():
            assessment._conclude()
        return len(waiting), Node.search_count(domain) - len(waiting)

    def _conclude(self):
        """What a quarterly review leads to. Called by the system."""
        self.ensure_one()
        Assignment = self.env["program.tier.assignment"]
        node = self.program_node_id
        under_way = Assignment.search_count(
            [("program_node_id", "=", node.id), ("state", "in", ("proposed", "planned"))]
        )
        if self.outcome == "holds" or under_way:
            return
        if self.outcome == "up":
            Assignment._propose(node, self.reached_id, "reached", self.day, self)
            return
        plan = self._plan()
        if engine.below_twice([(each.day, each.outcome == "below") for each in self._history()]):
            # It takes effect with the next quarter, so that the plan has its time.
            begins = fields.Date.add(self._due(self.day), days=1)
            Assignment._propose(node, self.reached_id, "below_twice", begins, self)
        else:
            self.env["governance.event"]._record(
                "tier_warning",
                self,
                node=node,
                old=self.grade_id.name,
                new=self.reached_id.name or "",
                reason=self.env._("first review below, %(count)s actions", count=len(plan)),
            )

    def _history(self):
        """The last two quarterly reviews while the tier of today was held, oldest first."""
        return self.search(
            [
                ("program_node_id", "=", self.program_node_id.id),
                ("kind", "=", "quarterly"),
                ("grade_id", "=", self.grade_id.id),
                ("day", "<=", self.day),
            ],
            order="day desc, id desc",
            limit=2,
        ).sorted("day")

    def _plan(self):
        """One dated action per missing item, with its owner; what is open already stays."""
        Action = self.env["governance.action"]
        open_actions = Action.search(
            [
                ("program_node_id", "=", self.program_node_id.id),
                ("res_model", "=", self._name),
                ("state", "=", "open"),
            ]
        )
        names = set(open_actions.mapped("name"))
        plan = Action.browse()
        for line in self.line_ids.filtered(lambda line: line.state == "missing" and line.weight):
            name = self.env._(
                "%(metric)s to %(target)s (tier %(tier)s)",
                metric=line.metric_id.name,
                target=f"{line.target:g}",
                tier=self.target_id.name,
            )
            if name not in names:
                # A partner without people of its own has an upline that sees to it.
                owner = line.user_id or self.program_node_id.upline_id._tier_owner()
                owner = owner or self.env.ref("base.user_admin")
                plan |= Action._from(self, name, owner, line.due_date, self.program_node_id)
        return plan
