import re
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import metrics

PILLARS = [
    ("delivery", "Delivery capability"),
    ("cloud", "Cloud operations"),
    ("specialisation", "Specialisation"),
    ("sales", "Sales (shown, counts nothing)"),
]


class ProgramMetric(models.Model):
    """One live figure of partners, answered by a method ``_value_<code>`` of whichever addon owns
    its data; until there is one, or where it answers None, it reads "not connected"."""

    _name = "program.metric"
    _description = "Metric of partners"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Answered by the method “_value_” + code.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    unit = fields.Selection(
        [("count", "Count"), ("percent", "Percent"), ("days", "Days")],
        required=True,
        default="count",
    )
    direction = fields.Selection(
        [("higher", "Higher is better"), ("lower", "Lower is better")],
        required=True,
        default="higher",
    )
    pillar = fields.Selection(PILLARS, required=True, default="delivery")
    section = fields.Selection(
        [
            ("quality", "Project quality"),
            ("delivery", "Delivery metrics"),
            ("support", "Support trends"),
            ("incidents", "Platform incidents"),
        ],
        string="Section of the council's pack",
    )
    layer_id = fields.Many2one("governance.layer", string="Governance layer", ondelete="restrict")
    window = fields.Integer(
        string="Months looked at",
        default=12,
        required=True,
        help="Events of these months before the day count; what is a state is of the day itself.",
    )
    prior = fields.Float(
        string="Neutral value",
        default=50,
        help="A rate of few cases is pulled towards it, so that one case lifts nobody.",
    )
    definition = fields.Text(required=True, translate=True, help="What the figure is, and how.")
    is_connected = fields.Boolean(compute="_compute_is_connected")

    _code_uniq = models.Constraint("UNIQUE (code)", "A metric with this code exists already.")
    _window_positive = models.Constraint(
        'CHECK ("window" > 0)', "A metric looks at one month at least."
    )

    @api.constrains("code")
    def _check_code(self):
        for metric in self:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", metric.code):
                raise ValidationError(
                    self.env._("The code of a metric is made of small letters, digits and _.")
                )

    @api.depends("code")
    def _compute_is_connected(self):
        nobody = self.env["program.partner"]
        for metric in self:
            metric.is_connected = (
                metric._values(nobody, fields.Date.context_today(self)) is not None
            )

    def _values(self, partners, day):
        """Live values as of ``day``, which itself is not looked at: ``{partner id: Value}`` with
        every partner in it, or None where nothing answers.

        :raises AccessError: for partners that the reader may not read
        """
        self.ensure_one()
        partners = self.env["program.partner"].browse(partners.ids)
        partners.check_access("read")
        method = getattr(self, f"_value_{self.code}", None)
        if method is None:
            return None
        # Safe: figures without money of partners that the reader may read, checked above. The
        # records behind are numbers until somebody opens them with rights of their own.
        own = self.sudo()
        period = metrics.trailing(day, own.window)
        found = getattr(own, f"_value_{own.code}")(partners.sudo(), period)
        if found is None:
            return None
        nothing = self._measured(0, 0)
        return {ident: found.get(ident, nothing) for ident in partners.ids}

    @api.model
    def _measured(self, value, count, records=None):
        """A ``Value`` from a number, a number of cases and the records behind it."""
        behind = (records._name, tuple(records.ids)) if records is not None else ("", ())
        return metrics.Value(Decimal(str(value)), count, behind)

    def _drill(self, partners):
        """An action that lists the records behind the values of ``partners``; what the reader
        may not read is not in it."""
        self.ensure_one()
        values = self._values(partners, fields.Date.add(fields.Date.context_today(self), days=1))
        behind = [each.records for each in (values or {}).values() if each.records[1]]
        if not behind:
            raise UserError(
                self.env._(
                    "Nothing stands behind “%(metric)s” yet: it is not connected, or no case "
                    "was found.",
                    metric=self.name,
                )
            )
        model = behind[0][0]
        ids = [ident for name, found in behind if name == model for ident in found]
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }

    def action_drill(self):
        """The records behind the reader's own branch."""
        return self._drill(self.env["program.partner"].search([("is_root", "=", False)]))
