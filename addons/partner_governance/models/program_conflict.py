from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..engine import matching

WORKING_DAYS = 2


class ProgramConflict(models.Model):
    """Two registrations of one company, side by side, for the programme desk alone (PG-025)."""

    _name = "program.conflict"
    _description = "Conflict of registrations"
    _inherit = ["mail.thread"]
    _order = "state, due_date, id"
    # The desk's people write nothing but notes here; the buttons decide.
    _mail_post_access = "read"

    deal_id = fields.Many2one(
        "program.deal", string="Second registration", required=True, index=True, ondelete="restrict"
    )
    ownership_id = fields.Many2one("program.ownership", string="Owner's entry", ondelete="restrict")
    rule = fields.Selection(
        [
            ("vat", "Same VAT number"),
            ("domain", "Same web domain"),
            ("name", "Same name and country"),
            ("throttle", "Too many look-ups: nothing was compared"),
        ],
        string="Rule that decides",
        required=True,
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("first", "First keeps it"),
            ("second", "Second gets it"),
            ("both", "Both may work"),
            ("free", "Nobody else's"),
        ],
        default="open",
        required=True,
        index=True,
        tracking=True,
    )
    advice = fields.Selection(
        [("first", "First keeps it"), ("second", "Second gets it")], compute="_compute_advice"
    )
    advice_text = fields.Char(string="By the rules", compute="_compute_advice")
    due_date = fields.Date(string="Answer by", required=True)
    decided_by_id = fields.Many2one("res.users", string="Decided by", ondelete="restrict")
    decided_at = fields.Datetime()
    first_node_id = fields.Many2one(related="ownership_id.program_node_id", string="Partner")
    first_name = fields.Char(related="ownership_id.company_name", string="Company")
    first_deal_id = fields.Many2one(related="ownership_id.deal_id", string="Deal")
    first_since = fields.Date(related="ownership_id.date_from", string="Since")
    first_until = fields.Date(related="ownership_id.date_until", string="Protected until")
    first_why = fields.Selection(related="ownership_id.reason", string="Because")
    first_identity = fields.Char(related="ownership_id.deal_id.identity", string="VAT or web")
    first_contact = fields.Char(
        related="ownership_id.deal_id.contact_name", string="Contact person"
    )
    first_step = fields.Date(related="ownership_id.deal_id.last_step_on", string="Last step")
    first_tier = fields.Integer(related="ownership_id.deal_id.tier_level", string="Tier")
    second_node_id = fields.Many2one(related="deal_id.program_node_id", string="Second's partner")
    second_name = fields.Char(related="deal_id.company_name", string="Second's company")
    second_since = fields.Datetime(related="deal_id.create_date", string="Registered")
    second_identity = fields.Char(related="deal_id.identity", string="Second's VAT or web")
    second_contact = fields.Char(related="deal_id.contact_name", string="Second's contact person")
    second_month = fields.Date(related="deal_id.expected_month", string="Second's month")
    second_tier = fields.Integer(related="deal_id.tier_level", string="Second's tier")

    @api.depends("deal_id", "ownership_id")
    def _compute_display_name(self):
        for one in self:
            first = one.first_node_id.name or "?"
            one.display_name = f"{one.deal_id.company_name}: {first} / {one.second_node_id.name}"

    @api.depends("ownership_id.date_until", "ownership_id.reason", "ownership_id.deal_id.lapses_on")
    def _compute_advice(self):
        today = fields.Date.context_today(self)
        for one in self:
            owner = one.ownership_id
            lapse = owner.deal_id.lapses_on or owner.date_until
            protected = bool(owner) and (not lapse or lapse > today)
            customer = owner.reason in ("customer", "transfer")
            one.advice = matching.advice(customer, protected)
            if not owner:
                one.advice_text = self.env._("Nothing was compared: look now.")
            elif customer:
                one.advice_text = self.env._(
                    "It is a customer: it moves by a change of hands only."
                )
            elif protected:
                one.advice_text = self.env._(
                    "The older registration keeps it while it is protected, until %(day)s.",
                    day=format_date(self.env, lapse),
                )
            else:
                one.advice_text = self.env._("The older registration is not protected any more.")

    @api.model
    def _open(self, deal, ownership, rule):
        """Put the second registration before the desk; its partner reads the fixed sentence."""
        # Safe: the desk's own record; the deal gets the one state and sentence that all get.
        today = fields.Date.context_today(self)
        conflict = self.sudo().create(
            {
                "deal_id": deal.id,
                "ownership_id": ownership.id,
                "rule": rule,
                "due_date": _after_working_days(today, WORKING_DAYS),
            }
        )
        deal.sudo().state = "conflict"
        deal.sudo().message_post(body=deal._fixed_sentence())
        self.env["governance.event"]._record(
            "deal_conflict", conflict, node=conflict.env["program.partner"]._root(), new=rule
        )
        return conflict

    def _check_desk(self):
        staff = "partner_governance.group_platform_staff"
        if not self.env.su and not self.env.user.has_group(staff):
            raise AccessError(self.env._("Conflicts are decided by the programme desk."))
        if any(one.state != "open" for one in self):
            raise UserError(self.env._("This conflict has been decided already."))

    def action_first_keeps(self):
        """The older registration stays; the second is declined."""
        self._check_desk()
        # Safe: checked just above to be the desk.
        for one in self.sudo():
            one.deal_id.state = "declined"
            one._tell(
                "first",
                self.env._("The programme desk has decided: the company stays yours."),
                one.deal_id._declined_sentence(),
            )
        return True

    def action_second_gets(self):
        """The older registration ends, the second is protected from today on."""
        self._check_desk()
        # Safe: checked just above to be the desk.
        for one in self.sudo():
            if one.ownership_id.reason in ("customer", "transfer"):
                raise UserError(
                    self.env._(
                        "%(company)s is a customer of %(partner)s: it moves by a change of hands.",
                        company=one.first_name,
                        partner=one.first_node_id.name,
                    )
                )
            first = one.first_deal_id
            one.ownership_id._end(first._by_desk())
            if first.state == "registered":
                first.state = "declined"
            one._protect_second()
            one._tell(
                "second",
                one.deal_id._declined_sentence(),
                self.env._("The programme desk has decided: the company is yours."),
            )
        return True

    def action_both(self):
        """Both may work on it."""
        self._check_desk()
        # Safe: checked just above to be the desk.
        for one in self.sudo():
            one._protect_second()
            one._tell(
                "both",
                self.env._("The programme desk lets another partner work on this company too."),
                self.env._("The programme desk has decided: you may work on the company."),
            )
        return True

    def action_compare(self):
        """After too many look-ups nothing was compared: do it now."""
        self._check_desk()
        # Safe: checked just above to be the desk.
        for one in self.sudo().filtered(lambda each: each.rule == "throttle"):
            ownership, rule = one.deal_id._find_owner()
            if ownership:
                one.write({"ownership_id": ownership.id, "rule": rule})
                continue
            one._protect_second()
            one._tell(
                "free",
                "",
                self.env._("The programme desk has decided: the company is yours."),
            )
        return True

    def _protect_second(self):
        self.deal_id._accept("desk" if self.ownership_id else "registered")

    def _tell(self, state, first, second):
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        # Safe: each side reads the sentence meant for it, on its own deal.
        for deal, body in ((self.first_deal_id, first), (self.deal_id, second)):
            if deal and body:
                deal.sudo().message_post(body=body, partner_ids=deal.sudo().user_id.partner_id.ids)
        self.env["governance.event"]._record(
            "deal_conflict",
            self,
            # The desk's own: the record's name tells each partner of the other.
            node=self.env["program.partner"]._root(),
            old="open",
            new=state,
            reason=dict(self._fields["rule"]._description_selection(self.env))[self.rule],
        )


def _after_working_days(day, count):
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
