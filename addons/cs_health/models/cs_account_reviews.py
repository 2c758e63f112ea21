from odoo import models
from odoo.tools import format_date

from ..adapters import reviews as review_adapter
from ..engine.schedule import next_review, plan_reviews


class CsAccount(models.Model):
    """The reviews of a customer: after go-live, and then by its cadence."""

    _inherit = "cs.account"

    def _plan_reviews(self):
        """Bring the reviews in line with the go-live (CS-002); held ones stay where they are.

        Returns ``{account id: (changes of the engine)}`` of the accounts that changed.
        """
        # Safe: plans the reviews of accounts that the caller was allowed to make or move.
        accounts = self.sudo()
        changes = {}
        for account, (existing, days) in review_adapter.read_reviews(accounts).items():
            planned = plan_reviews(account.go_live, existing, days)
            if planned:
                changes[account] = planned
        review_adapter.write_reviews(self.env, changes)
        return {account.id: planned for account, planned in changes.items()}

    def _plan_next_review(self):
        """CS-005: where nothing is planned any more, one review after the cadence."""
        # Safe: plans for accounts whose review the caller has just held.
        for account in self.sudo():
            reviews = account.review_ids
            held = reviews.filtered(lambda review: review.state == "held")
            planned = reviews.filtered(lambda review: review.state == "planned")
            if planned or not held or account.cadence_months < 1:
                continue
            self.env["cs.review"].sudo().create(
                {
                    "account_id": account.id,
                    "kind": "regular",
                    "planned_date": next_review(
                        max(held.mapped("held_date")), account.cadence_months
                    ),
                }
            )

    def _log_moved(self, before):
        """One line in the log of each account: the go-live moved, and what moved with it.

        ``before``: ``{account id: old go-live}``.
        """
        kinds = dict(self.review_ids._fields["kind"]._description_selection(self.env))
        bodies = {}
        for account in self:
            planned = account.review_ids.filtered(lambda review: review.state == "planned")
            dates = ", ".join(
                f"{kinds[review.kind]} {self._date_text(review.planned_date)}"
                for review in planned.sorted("planned_date")
            )
            bodies[account.id] = self.env._(
                "Go-live moved from %(old)s to %(new)s. Reviews now planned: %(reviews)s.",
                old=self._date_text(before.get(account.id)),
                new=self._date_text(account.go_live),
                reviews=dates or self.env._("none"),
            )
        self._message_log_batch(bodies=bodies)

    def _date_text(self, day):
        return format_date(self.env, day) if day else self.env._("no date")
