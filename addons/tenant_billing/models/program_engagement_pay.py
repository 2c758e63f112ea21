from datetime import timedelta

from odoo import fields, models


class ProgramEngagement(models.Model):
    """An accepted engagement is paid from its first day to its last one (TB-027)."""

    _inherit = "program.engagement"

    side_terms_ids = fields.One2many(
        "billing.side.terms",
        "engagement_id",
        string="Pay",
        groups="partner_governance.group_partner_finance",
    )

    def _set_state(self, state):
        done = super()._set_state(state)
        if state == "running":
            self._terms()._open_running()
        elif state == "ended":
            for leg in self._terms().leg_ids:
                leg._close_side(leg.subscription_id._today())
        return done

    def write(self, vals):
        done = super().write(vals)
        if vals.get("date_until"):
            for leg in self._terms().leg_ids:
                leg._close_side(leg.side_terms_id.engagement_id.date_until)
        return done

    def _terms(self):
        # Safe: what both agreed on; the engaged partner may not read the payer's subscriptions.
        terms = self.env["billing.side.terms"].sudo()
        return terms.search([("engagement_id", "in", self.ids)])


class BillingLeg(models.Model):
    _inherit = "billing.leg"

    def _close_side(self, day):
        """End a side leg on ``day``, never later than it ends already."""
        day = max(day, self.date_from + timedelta(days=1))
        if not self.date_until or self.date_until > day:
            self.date_until = day

    def _side_end(self):
        """First day that a side leg no longer pays, None while that is not settled: a notice can
        be taken back."""
        one = self.subscription_id
        ended = one.ended_on if one.state == "ended" else False
        return min(filter(None, (self.date_until, one.end_date, ended)), default=None)


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def write(self, vals):
        done = super().write(vals)
        if vals.get("state") == "ended":
            # Safe: what was agreed on for the tenant goes on with its next subscription; who ends
            # one may not see the pay.
            self.env["billing.side.terms"].sudo().search(
                [
                    ("leg_ids.subscription_id", "in", self.ids),
                    ("kind", "!=", "share"),
                    ("engagement_id.state", "=", "running"),
                ]
            )._open_running()
        return done
