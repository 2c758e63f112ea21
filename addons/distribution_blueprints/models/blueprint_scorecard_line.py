from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters import readiness
from ..engine import scorecard as engine

ANSWERS = [
    ("ready", "Ready"),
    ("partly", "Partly"),
    ("not_ready", "Not ready"),
    ("na", "Does not apply"),
]


class BlueprintScorecardLine(models.Model):
    """A criterion as it was when the scorecard was made, and its answer."""

    _name = "blueprint.scorecard.line"
    _description = "Line of a readiness scorecard"
    _order = "scorecard_id, pillar, sequence, id"

    scorecard_id = fields.Many2one(
        "blueprint.scorecard", required=True, readonly=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Criterion", required=True, readonly=True)
    pillar = fields.Selection(
        selection=lambda self: (
            self.env["blueprint.scorecard.criterion"]._fields["pillar"].selection
        ),
        string="Area",
        readonly=True,
    )
    weight = fields.Integer(readonly=True)
    go_condition = fields.Text(string="GO when", readonly=True)
    no_go_trigger = fields.Text(string="NO-GO when", readonly=True)
    is_hard_stop = fields.Boolean(string="Hard stop", readonly=True)
    needs_evidence = fields.Boolean(string="Needs evidence", readonly=True)
    source = fields.Selection(
        selection=lambda self: (
            self.env["blueprint.scorecard.criterion"]._fields["source"].selection
        ),
        string="Answered by",
        readonly=True,
    )
    answer = fields.Selection(ANSWERS)
    note = fields.Char(string="Note", help="Evidence in words, or why it does not apply.")
    link = fields.Char(string="Link")
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    user_id = fields.Many2one("res.users", string="Owner", ondelete="restrict")
    due_on = fields.Date(string="Due")
    answered_uid = fields.Many2one(
        "res.users", string="Answered by whom", readonly=True, ondelete="restrict"
    )
    answered_on = fields.Datetime(readonly=True)
    is_fixed = fields.Boolean(related="scorecard_id.is_fixed")
    is_live = fields.Boolean(compute="_compute_live", compute_sudo=True)
    live_text = fields.Char(string="From the system", compute="_compute_live", compute_sudo=True)
    counted = fields.Selection(
        [("unanswered", "Unanswered"), ("unbacked", "Evidence missing"), *ANSWERS],
        string="Counts as",
        compute="_compute_live",
        compute_sudo=True,
    )

    @api.depends(
        "answer",
        "note",
        "link",
        "file",
        "source",
        "needs_evidence",
        "scorecard_id.is_fixed",
        "scorecard_id.project_id",
    )
    def _compute_live(self):
        facts = readiness.facts(self.scorecard_id.project_id)
        for line in self:
            fact = facts[line.scorecard_id.project_id.id].get(line.source)
            connected = bool(fact and fact.answer)
            fixed = line.scorecard_id.is_fixed
            line.is_live = connected and not fixed
            line.live_text = (
                False
                if line.source == "person"
                else fact.text
                if connected
                else self.env._("not connected")
            )
            row = readiness.line(line, fact.answer if line.is_live else "")
            line.counted = engine.counted(row) or ("unbacked" if row.answer else "unanswered")

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered("is_fixed")

    def write(self, vals):
        if not self.env.su and (fixed := self.filtered("is_fixed")):
            raise UserError(
                self.env._(
                    "“%(card)s” is handed in for signature and stays as it is. A refused review "
                    "opens it again.",
                    card=fixed[0].scorecard_id.display_name,
                )
            )
        done = super().write(vals)
        if "answer" in vals and "answered_uid" not in vals:
            # Safe: says who answered and when, of lines that the caller has just written.
            self.sudo().write({"answered_uid": self.env.uid, "answered_on": fields.Datetime.now()})
        return done

    @api.constrains("answer", "note")
    def _check_reason(self):
        for line in self:
            if line.answer == "na" and not (line.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say in the note why “%(criterion)s” does not apply.", criterion=line.name
                    )
                )
