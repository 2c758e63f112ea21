from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..adapters.prices import decimal
from ..engine.money import ZERO


class BillingPriceCampaign(models.Model):
    """New prices of one book, announced with notice: at once for new offers, for running
    contracts at their renewal or after notice (TB-071, TRADE 6)."""

    _name = "billing.price.campaign"
    _description = "Price change"
    _order = "first_day desc, id desc"

    name = fields.Char(required=True)
    seller_id = fields.Many2one(
        "program.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["program.node.mixin"]._default_program_node(),
    )
    book_id = fields.Many2one(
        "billing.price.book",
        string="Price book",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('seller_id', '=', seller_id), ('audience', 'in', ('retail', 'wholesale'))]",
    )
    currency_id = fields.Many2one(related="book_id.currency_id")
    first_day = fields.Date(required=True, help="New offers are priced by it from this day on.")
    notice_days = fields.Integer(
        string="Notice (days)", default=60, help="Running contracts get at least so many days."
    )
    message = fields.Text(help="What your buyers read beside their figures.")
    percent = fields.Float(
        string="Change (%)", digits=(7, 2), help="Fill the lines with today's prices changed by it."
    )
    line_ids = fields.One2many("billing.price.campaign.line", "campaign_id", copy=True)
    notice_line_ids = fields.One2many(
        "billing.price.notice.line", "campaign_id", string="Contracts", readonly=True
    )
    notice_ids = fields.One2many("billing.price.notice", "campaign_id", readonly=True)
    contract_count = fields.Integer(compute="_compute_counts", string="Running contracts")
    old_total = fields.Monetary(compute="_compute_counts", string="Revenue today, a period")
    new_total = fields.Monetary(compute="_compute_counts", string="Revenue then, a period")
    announced_on = fields.Date(readonly=True, copy=False)
    fingerprint = fields.Char(readonly=True, copy=False, help="What the preview was made from.")
    state = fields.Selection(
        [("draft", "Draft"), ("announced", "Announced"), ("withdrawn", "Withdrawn")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )

    _notice = models.Constraint("CHECK (notice_days >= 0)", "Notice is 0 days or more.")

    @api.depends("name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """A buyer reads the price that a change brought, and not what its seller calls that."""
        isolation = self.env["program.isolation"]
        scope, own = isolation._scope_of_person(), self._origin
        known = own if scope.kind == "system" else isolation._visible(own, scope)
        for one in self:
            hidden = one._origin and one._origin not in known
            one.display_name = self.env._("Price change") if hidden else one.name

    @api.depends("notice_line_ids.old_amount", "notice_line_ids.new_amount")
    def _compute_counts(self):
        for campaign in self:
            campaign.contract_count = len(campaign.notice_line_ids)
            campaign.old_total = sum(campaign.notice_line_ids.mapped("old_amount"))
            campaign.new_total = sum(campaign.notice_line_ids.mapped("new_amount"))

    @api.constrains("book_id", "seller_id")
    def _check_book(self):
        for campaign in self:
            book = campaign.book_id
            if book.seller_id != campaign.seller_id or book.audience not in (
                "retail",
                "wholesale",
            ):
                raise ValidationError(
                    self.env._("A price change is about one of your own lists of prices.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        campaigns = super().create(vals_list)
        campaigns._check_own()
        return campaigns

    def write(self, vals):
        self._check_own()
        if not self.env.su and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._("Your buyers know it. Withdraw it, and announce another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        self._check_own()
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("What was announced is never deleted."))

    def _check_own(self):
        if not self.env["program.isolation"]._is_of_own_node(self, "seller_id"):
            raise AccessError(self.env._("Only its seller announces a price change."))

    def _check_manager(self):
        self._check_own()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("“%(name)s” is announced already.", name=self.name))

    def action_fill(self):
        """A line for each price of the book that holds on the first day, changed by the percent."""
        self.ensure_one()
        self._check_manager()
        codes = sorted(set(self.book_id.price_ids.mapped("code")))
        percent = decimal(self.percent)
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "code": code,
                        **self.book_id._price_of(code, self.first_day)._marked_up(percent, ZERO),
                    }
                )
                for code in codes
                if self.book_id._price_of(code, self.first_day)
            ),
        ]
        return True
