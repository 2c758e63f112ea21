from odoo import fields, models


class ProgramOnboardingStage(models.Model):
    """One of the four stages of onboarding, and what closing it opens (TRADE 7, PG-050)."""

    _name = "program.onboarding.stage"
    _description = "Onboarding stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    opens = fields.Selection(
        [
            ("deals", "Register deals"),
            ("offers", "Sandbox and offers"),
            ("delivery", "Deliver projects of tier 1"),
            ("brand", "Sell under its own brand"),
        ],
        required=True,
    )
    target_days = fields.Integer(
        default=14, help="Days after which a partner in this stage is stalled."
    )
    certified_people = fields.Integer(
        help="People of the partner with a valid certificate before the stage closes."
    )
    requirement_ids = fields.One2many("program.onboarding.requirement", "stage_id")

    _opens_uniq = models.Constraint("UNIQUE (opens)", "Another stage opens this already.")
