from odoo import Command, api, fields, models

from ..adapters import readiness
from ..engine import scorecard as engine

# What a line keeps of its criterion, as it was on the day.
FROZEN = (
    "sequence",
    "name",
    "pillar",
    "weight",
    "go_condition",
    "no_go_trigger",
    "is_hard_stop",
    "needs_evidence",
    "source",
)
# Reviews during which a card is what people sign, or have signed.
HOLDING = ("asked", "passed", "conditional")


class BlueprintScorecard(models.Model):
    """Whether a project is ready to go live: GO, or NO-GO with the reasons named (PG-070)."""

    _name = "blueprint.scorecard"
    _description = "Readiness scorecard"
    _order = "id desc"

    project_id = fields.Many2one(
        "project.project", required=True, readonly=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="project_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    threshold = fields.Integer(string="Needed", readonly=True, required=True)
    line_ids = fields.One2many("blueprint.scorecard.line", "scorecard_id", string="Criteria")
    review_id = fields.Many2one("governance.review", readonly=True, ondelete="set null", copy=False)
    state = fields.Selection(
        [("open", "Being filled"), ("fixed", "Handed in")],
        compute="_compute_state",
        compute_sudo=True,
        store=True,
        index=True,
    )
    is_fixed = fields.Boolean(compute="_compute_is_fixed")
    score = fields.Integer(compute="_compute_verdict", compute_sudo=True)
    verdict = fields.Selection(
        [("go", "GO"), ("no_go", "NO-GO")], compute="_compute_verdict", compute_sudo=True
    )
    reasons = fields.Text(string="Against a go-live", compute="_compute_verdict", compute_sudo=True)
    unanswered_count = fields.Integer(
        string="Unanswered", compute="_compute_verdict", compute_sudo=True
    )

    _project_uniq = models.Constraint(
        "UNIQUE (project_id)", "This project has a scorecard already."
    )

    @api.depends("project_id.name")
    def _compute_display_name(self):
        for card in self:
            card.display_name = self.env._(
                "Readiness of %(project)s", project=card.project_id.display_name
            )

    @api.depends("review_id.state")
    def _compute_state(self):
        for card in self:
            card.state = "fixed" if card.review_id.state in HOLDING else "open"

    @api.depends("state")
    def _compute_is_fixed(self):
        for card in self:
            card.is_fixed = card.state == "fixed"

    def _judge(self):
        """``{card: the engine's verdict}``, in a few queries for all; in sudo."""
        facts = readiness.facts(self.filtered(lambda card: not card.is_fixed).project_id)
        return {
            card: engine.judge(
                [
                    readiness.line(line, known[line.source].answer if line.source in known else "")
                    for line in card.line_ids
                ],
                card.threshold,
            )
            for card in self
            for known in [{} if card.is_fixed else facts[card.project_id.id]]
        }

    @api.depends(
        "threshold",
        "is_fixed",
        "line_ids.answer",
        "line_ids.note",
        "line_ids.link",
        "line_ids.file",
    )
    def _compute_verdict(self):
        for card, found in self._judge().items():
            card.score = found.score
            card.verdict = "go" if found.is_go else "no_go"
            card.unanswered_count = len(found.unanswered)
            card.reasons = "\n".join(card._reasons(found))

    def _reasons(self, found):
        """The sentences that stand against a go-live, hard stops first."""
        triggers = {line.name: line.no_go_trigger for line in self.line_ids}
        texts = [
            self.env._(
                "hard stop “%(name)s” of the readiness scorecard (NO-GO when: %(trigger)s)",
                name=name,
                trigger=triggers[name],
            )
            for name in found.stops
        ]
        if found.is_below:
            texts.append(
                self.env._(
                    "%(needed)s points on the readiness scorecard, it has %(score)s. "
                    "Open: %(names)s",
                    needed=self.threshold,
                    score=found.score,
                    names=", ".join(found.open) or self.env._("every criterion"),
                )
            )
        if found.unbacked and not found.is_go:
            texts.append(
                self.env._(
                    "evidence on the readiness scorecard for: %(names)s",
                    names=", ".join(found.unbacked),
                )
            )
        return texts

    @api.model
    def _of(self, project):
        """The card of a project, made from the criteria in force where there is none; in sudo."""
        if project.scorecard_ids:
            return project.scorecard_ids
        gates = self.env["governance.gate"]._of("go_live").filtered("needs_scorecard")
        # Few rows of policy: pylint: disable-next=no-search-all
        criteria = self.env["blueprint.scorecard.criterion"].search([])
        return self.create(
            {
                "project_id": project.id,
                "threshold": max(gates.mapped("scorecard_threshold"), default=0),
                "line_ids": [
                    Command.create({name: criterion[name] for name in FROZEN})
                    for criterion in criteria
                ],
            }
        )

    def _hand_in(self, review):
        """Keep the card as people sign it, with what the system says today."""
        self.ensure_one()
        facts = readiness.facts(self.project_id)[self.project_id.id]
        for line in self.line_ids:
            fact = facts.get(line.source)
            if fact and fact.answer:
                line.write(
                    {
                        "answer": fact.answer,
                        "note": line.note or fact.text,
                        "answered_uid": False,
                        "answered_on": fields.Datetime.now(),
                    }
                )
        self.review_id = review

    def _form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
