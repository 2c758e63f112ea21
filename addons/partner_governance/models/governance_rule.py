from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

OPERATORS = [
    ("at_least", "at least"),
    ("at_most", "at most"),
    ("is", "is one of"),
    ("is_not", "is none of"),
    ("is_set", "is answered"),
    ("is_not_set", "is not answered"),
]


class GovernanceQualificationRule(models.Model):
    """One rule of a rulebook, as data: answers that lift a deal or raise a flag."""

    _name = "governance.qualification.rule"
    _description = "Qualification rule"
    _order = "rulebook_id desc, tier_level desc, sequence, id"

    rulebook_id = fields.Many2one(
        "governance.rulebook", string="Rules", required=True, ondelete="restrict", index=True
    )
    name = fields.Char(string="Reason", required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    question = fields.Selection(selection="_selection_question", required=True)
    operator = fields.Selection(OPERATORS, required=True, default="at_least")
    value = fields.Char()
    also_question = fields.Selection(selection="_selection_question", string="And")
    also_operator = fields.Selection(OPERATORS, string="And it")
    also_value = fields.Char(string="And value")
    tier_level = fields.Integer(string="Lifts to tier")
    is_flag = fields.Boolean(string="Raises a flag")
    demand = fields.Selection(
        [("review", "A person signs"), ("document", "A document or an accepted risk")],
        string="The flag asks for",
        default="review",
        required=True,
    )

    _code_uniq = models.Constraint(
        "UNIQUE (rulebook_id, code)", "A rule with this code exists already."
    )

    @api.model
    def _selection_question(self):
        return self.env["governance.qualification"]._questions()

    @api.constrains(
        "operator", "value", "also_question", "also_operator", "also_value", "tier_level", "is_flag"
    )
    def _check_rule(self):
        for rule in self:
            for operator, value in (
                (rule.operator, rule.value),
                (rule.also_operator, rule.also_value),
            ):
                if operator not in ("at_least", "at_most"):
                    continue
                try:
                    float(value)
                except (TypeError, ValueError):
                    raise ValidationError(
                        self.env._("Rule “%(rule)s” compares numbers: give one.", rule=rule.name)
                    ) from None
            if rule.also_question and not rule.also_operator:
                raise ValidationError(
                    self.env._(
                        "Say in rule “%(rule)s” how its second answer is compared.", rule=rule.name
                    )
                )
            if not rule.is_flag and not 1 <= rule.tier_level <= 3:
                raise ValidationError(
                    self.env._("Rule “%(rule)s” must lift to tier 1, 2 or 3.", rule=rule.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._check_draft()
        return rules

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        self._check_draft()

    def _check_draft(self):
        """Rules that classify deals are changed in a draft, tried, then activated.

        The system's own code (data files) is let through.
        """
        for rule in self:
            if not self.env.su and rule.rulebook_id.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(book)s” classifies deals or has done so. Make a draft of it, change "
                        "the rule there, try it, then activate it.",
                        book=rule.rulebook_id.display_name,
                    )
                )
