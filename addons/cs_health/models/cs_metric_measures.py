from datetime import date

from odoo import fields, models


class CsMetric(models.Model):
    """What the control plane knows by itself: the *start* profile needs nothing connected."""

    _inherit = "cs.metric"

    def _measure(self, accounts, day):
        """Today's values of these metrics: ``{(account id, metric code): number}``.

        A metric measured here has a method ``_measure_<code>(accounts, day)`` that returns
        ``{account id: number}`` in a fixed number of queries; accounts that it cannot tell
        about are left out. Upper addons add theirs.
        """
        values = {}
        for metric in self.filtered(lambda metric: metric.source == "system"):
            measure = getattr(self, f"_measure_{metric.code}", None)
            if measure is None:
                continue
            for account_id, value in measure(accounts, day).items():
                values[account_id, metric.code] = value
        return values

    def _live(self, accounts, day):
        return accounts.filtered(lambda account: account.go_live and account.go_live <= day)

    def _measure_review_delay(self, accounts, day):
        """Days that the oldest overdue review waits; 0 where none does (CS-052)."""
        oldest = dict(
            self.env["cs.review"]._read_group(
                [
                    ("account_id", "in", accounts.ids),
                    ("state", "=", "planned"),
                    ("planned_date", "<", day),
                ],
                ["account_id"],
                ["planned_date:min"],
            )
        )
        return {
            account.id: (day - oldest[account]).days if account in oldest else 0
            for account in self._live(accounts, day)
        }

    def _measure_contact_age(self, accounts, day):
        """Days since the last review was held, or since go-live."""
        last = dict(
            self.env["cs.review"]._read_group(
                [
                    ("account_id", "in", accounts.ids),
                    ("state", "=", "held"),
                    ("held_date", "<=", day),
                ],
                ["account_id"],
                ["held_date:max"],
            )
        )
        return {
            account.id: (day - max(last.get(account, date.min), account.go_live)).days
            for account in self._live(accounts, day)
        }

    def _measure_overdue_tasks(self, accounts, day):
        """Activities past their day on the customer, its tenant and its reviews."""
        reviews = self.env["cs.review"].search(
            [("account_id", "in", accounts.ids), ("state", "=", "planned")]
        )
        owners = {("cs.account", account.id): account.id for account in accounts}
        owners |= {("hosting.tenant", account.tenant_id.id): account.id for account in accounts}
        owners |= {("cs.review", review.id): review.account_id.id for review in reviews}
        domain = fields.Domain.OR(
            fields.Domain("res_model", "=", model)
            & fields.Domain("res_id", "in", [ident for name, ident in owners if name == model])
            for model in ("cs.account", "hosting.tenant", "cs.review")
        ) & fields.Domain("date_deadline", "<", day)
        # What a bad score has set going must not make the score worse.
        domain &= fields.Domain(
            "activity_type_id", "!=", self.env.ref("cs_health.activity_at_risk").id
        )
        groups = self.env["mail.activity"]._read_group(domain, ["res_model", "res_id"], ["__count"])
        counts = dict.fromkeys(self._live(accounts, day).ids, 0)
        for model, ident, count in groups:
            account_id = owners[model, ident]
            if account_id in counts:
                counts[account_id] += count
        return counts

    def _measure_service_up(self, accounts, day):
        """1 for a live tenant, 0 for a suspended one."""
        known = {"live": 1, "suspended": 0}
        return {
            account.id: known[account.tenant_id.state]
            for account in accounts
            if account.tenant_id.state in known
        }

    def _measure_days_live(self, accounts, day):
        """Days since go-live."""
        return {account.id: (day - account.go_live).days for account in self._live(accounts, day)}
