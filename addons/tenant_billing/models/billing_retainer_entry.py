from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class BillingRetainerEntry(models.Model):
    """Hours worked on a retainer: when, how many, what for, by whom. No money on it; hours
    beyond the balance are billed by the metered component that prices them (TB-022)."""

    _name = "billing.retainer.entry"
    _description = "Retainer hours"
    _order = "date desc, id desc"
    _rec_name = "name"

    subscription_id = fields.Many2one(
        "billing.subscription",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('retainer_component_id', '!=', False)]",
    )
    program_node_id = fields.Many2one(
        related="subscription_id.program_node_id", store=True, index=True
    )
    tenant_id = fields.Many2one(related="subscription_id.tenant_id", store=True, index=True)
    date = fields.Date(required=True, default=lambda self: fields.Date.context_today(self))
    hours = fields.Float(digits=(16, 2), required=True)
    name = fields.Char(string="What for", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    request_id = fields.Many2one(
        "billing.retainer.request",
        string="Request",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('subscription_id', '=', subscription_id)]",
    )
    task_id = fields.Many2one("project.task", ondelete="set null", index="btree_not_null")
    reversal_of_id = fields.Many2one(
        "billing.retainer.entry", readonly=True, copy=False, ondelete="restrict", index=True
    )
    is_void = fields.Boolean(
        readonly=True, copy=False, index=True, help="Reversed, or the reversal of another entry."
    )
    is_billed = fields.Boolean(
        compute="_compute_is_billed", help="Its period is billed: it is reversed, not changed."
    )

    _hours = models.Constraint(
        "CHECK (reversal_of_id IS NOT NULL OR (hours > 0 AND hours <= 24))",
        "An entry is above 0 and at most 24 hours of one day.",
    )
    _once = models.UniqueIndex("(reversal_of_id)", "This entry is reversed already.")

    @api.depends("subscription_id.rated_until", "date")
    def _compute_is_billed(self):
        for entry in self:
            one = entry.subscription_id
            entry.is_billed = bool(
                one.rated_until
                and entry.date
                and entry.date >= one.start_date
                and one._calendar().period_at(entry.date).end <= one.rated_until
            )

    @api.constrains("date", "subscription_id", "hours", "request_id")
    def _check_entry(self):
        for entry in self.filtered(lambda one: not one.reversal_of_id):
            one = entry.subscription_id
            if not one.retainer_component_id or one.state == "draft":
                raise ValidationError(
                    self.env._(
                        "%(subscription)s has no running retainer.", subscription=one.display_name
                    )
                )
            if entry.date < one.start_date or entry.date > one._today():
                raise ValidationError(
                    self.env._(
                        "Hours are entered from %(start)s up to today: they are what was worked.",
                        start=one.start_date,
                    )
                )
            if one.ended_on and entry.date >= one.ended_on:
                raise ValidationError(
                    self.env._("The subscription ended on %(day)s.", day=one.ended_on)
                )
            if entry.request_id and entry.request_id.subscription_id != one:
                raise ValidationError(self.env._("The request is one of another subscription."))

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["subscription_id"]).get("subscription_id")
        asked = {vals.get("subscription_id", default) for vals in vals_list}
        before = self.env["billing.subscription"].browse(asked - {False, None})._hours_beyond()
        entries = super().create(vals_list)
        entries._check_balance(before)
        entries.subscription_id._refresh_retainers()
        return entries

    def write(self, vals):
        if {"date", "hours", "subscription_id", "user_id"} & vals.keys():
            self._refuse_billed()
        moved = {"date", "hours", "subscription_id"} & vals.keys()
        touched = self.subscription_id
        if moved:
            touched |= touched.browse(vals.get("subscription_id") or ())
        before = touched._hours_beyond() if moved else {}
        done = super().write(vals)
        if moved:
            self._refuse_billed()
            self._check_balance(before)
            touched._refresh_retainers()
        return done

    def unlink(self):
        before = self.subscription_id
        done = super().unlink()
        before._refresh_retainers()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._refuse_billed()

    def _refuse_billed(self):
        # A reversal is ours: it voids the entry it belongs to.
        if not self.env.su and any(entry.is_billed or entry.is_void for entry in self):
            raise UserError(
                self.env._(
                    "Hours of a period that is billed stay. Reverse the entry, and enter the right "
                    "one: the difference is billed."
                )
            )

    def _check_balance(self, before):
        """
        :param before: `_hours_beyond` before the change: what was beyond already stays
        :raises UserError: more hours beyond, where the retainer refuses them
        """
        ones = self.filtered(lambda entry: not entry.reversal_of_id).subscription_id
        for one, now in ones._hours_beyond().items():
            beyond = now - before.get(one, 0)
            if beyond > 0:
                raise UserError(
                    self.env._(
                        "%(hours)s hours are more than the retainer has left, and it takes none "
                        "beyond. Raise its quantity first, or enter fewer.",
                        hours=f"{beyond:f}",
                    )
                )

    def action_reverse(self):
        """Take the entry back by another one of the same day; both are void from then on."""
        for entry in self:
            entry.check_access("write")
            if entry.is_void:
                raise UserError(self.env._("“%(name)s” is reversed already.", name=entry.name))
            # Safe: the caller may write the entry; void and reversal have no other way in.
            own = entry.sudo()
            own.is_void = True
            own.create(
                {
                    "subscription_id": own.subscription_id.id,
                    "date": own.date,
                    "hours": -own.hours,
                    "name": self.env._("Reversal of: %(name)s", name=own.name),
                    "user_id": self.env.uid,
                    "request_id": own.request_id.id,
                    "task_id": own.task_id.id,
                    "reversal_of_id": own.id,
                    "is_void": True,
                }
            )
        return True
