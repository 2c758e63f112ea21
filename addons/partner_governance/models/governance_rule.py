from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import qualification as engine


class GovernanceQualificationRule(models.Model):
    """One rule of the classification, as data: an answer that lifts a deal or raises a flag."""

    _name = "governance.qualification.rule"
    _description = "Qualification rule"
    _order = "tier_level desc, sequence, id"

    name = fields.Char(string="Reason", required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    question = fields.Selection(selection="_selection_question", required=True)
    operator = fields.Selection(
        [
            ("at_least", "at least"),
            ("at_most", "at most"),
            ("is", "is one of"),
            ("is_not", "is none of"),
            ("is_set", "is answered"),
        ],
        required=True,
        default="at_least",
    )
    value = fields.Char()
    tier_level = fields.Integer(string="Lifts to tier")
    is_flag = fields.Boolean(string="Raises a flag")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A rule with this code exists already.")

    @api.model
    def _selection_question(self):
        return self.env["governance.qualification"]._questions()

    @api.constrains("operator", "value", "tier_level", "is_flag")
    def _check_rule(self):
        for rule in self:
            if rule.operator in ("at_least", "at_most"):
                try:
                    float(rule.value)
                except (TypeError, ValueError):
                    raise ValidationError(
                        self.env._("Rule “%(rule)s” compares numbers: give one.", rule=rule.name)
                    ) from None
            if not rule.is_flag and not 1 <= rule.tier_level <= 3:
                raise ValidationError(
                    self.env._("Rule “%(rule)s” must lift to tier 1, 2 or 3.", rule=rule.name)
                )

    def _to_engine(self):
        return tuple(
            engine.Rule(
                code=rule.code,
                question=rule.question,
                operator=rule.operator,
                value=rule.value or "",
                tier=rule.tier_level,
                flag=rule.is_flag,
            )
            for rule in self
        )
