from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import responsibility as engine
from ..exceptions import message

ROLES = [
    ("accountable", "Accountable"),
    ("responsible", "Responsible"),
    ("consulted", "Consulted"),
    ("informed", "Informed"),
]
ROLE_FIELDS = tuple(f"{party}_role" for party in engine.PARTIES)


class GovernanceRaciMixin(models.AbstractModel):
    """One line of a responsibility matrix: what each party is to it, exactly one accountable."""

    _name = "governance.raci.mixin"
    _description = "Line of a responsibility matrix"

    partner_role = fields.Selection(ROLES, string="Partner")
    upline_role = fields.Selection(ROLES, string="Upline")
    platform_role = fields.Selection(ROLES, string="Platform")
    delivery_role = fields.Selection(
        ROLES,
        string="Delivery partner",
        help="Whoever is engaged for the work; the partner itself where nobody is.",
    )
    customer_role = fields.Selection(ROLES, string="Customer")
    cadence_days = fields.Integer(
        string="Every … days", help="How often it has to happen, where it has to happen again."
    )
    accountable = fields.Selection(
        [
            ("partner", "Partner"),
            ("upline", "Upline"),
            ("platform", "Platform"),
            ("delivery", "Delivery partner"),
            ("customer", "Customer"),
        ],
        compute="_compute_accountable",
        store=True,
        index=True,
    )

    def _roles(self):
        """``{party: role}``"""
        self.ensure_one()
        return {party: self[f"{party}_role"] or None for party in engine.PARTIES}

    @api.depends(*ROLE_FIELDS)
    def _compute_accountable(self):
        for line in self:
            roles = line._roles()
            line.accountable = next(
                (party for party in engine.PARTIES if roles[party] == engine.ACCOUNTABLE), False
            )

    @api.constrains(*ROLE_FIELDS)
    def _check_accountable(self):
        labels = dict(self._fields["accountable"]._description_selection(self.env))
        for line in self:
            try:
                engine.accountable(line._roles())
            except engine.ResponsibilityError as error:
                raise ValidationError(
                    message(
                        self.env,
                        error.code,
                        line=line.display_name,
                        parties=", ".join(labels[party] for party in error.parties),
                    )
                ) from error
