from odoo import fields, models


class GovernanceTier(models.Model):
    """Governance tier of a deal or project: who must sign, who must staff it, where it runs."""

    _name = "governance.tier"
    _description = "Governance tier"
    _order = "level"

    name = fields.Char(required=True, translate=True)
    level = fields.Integer(required=True)
    classification = fields.Char(
        required=True, translate=True, help="What a deal of this tier is called."
    )
    architecture_template = fields.Char(translate=True)
    lead_role = fields.Char(string="Lead that it needs", translate=True)
    hosting_profile = fields.Char(string="Recommended hosting", translate=True)
    infrastructure_advice = fields.Text(translate=True)
    signature_ids = fields.One2many("governance.tier.signature", "tier_id")

    _level_uniq = models.Constraint("UNIQUE (level)", "There is one tier of each level.")


class GovernanceTierSignature(models.Model):
    """One signature that a tier demands, in order."""

    _name = "governance.tier.signature"
    _description = "Signature demanded by a governance tier"
    _order = "sequence, id"

    tier_id = fields.Many2one("governance.tier", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Signs as", required=True, translate=True)
    party = fields.Selection(
        [("own", "The partner itself"), ("upline", "Its upline"), ("platform", "The platform")],
        required=True,
        default="own",
    )
    group_id = fields.Many2one(
        "res.groups",
        string="Role",
        required=True,
        ondelete="restrict",
        help="Whoever signs holds this role at that party.",
    )
    days = fields.Integer(string="Working days to answer", default=2)
