from dateutil.relativedelta import relativedelta

from odoo import api, models

# Below it a percentage of accounts says little, and the tile says so.
FEW = 10
MONTHS = 12
USAGE_MONTHS = 3
STEPS = (
    "new",
    "expansion",
    "reactivation",
    "transfer_in",
    "contraction",
    "churn",
    "transfer_out",
)


class BillingInsight(models.AbstractModel):
    """The page of recurring revenue: figures of the reader's own contracts, each with the report
    behind it."""

    _name = "billing.insight"
    _description = "Recurring revenue at a glance"

    @api.model
    @api.readonly
    def overview(self):
        """What the page shows, read with the reader's rights.

        :return: ``{"tiles": [tile], "months": [month], "currency_id": id, "as_of": day}``; a tile
            has ``key``, ``label``, ``value`` (None: nothing to say), ``kind`` (money, percent,
            count), ``note``, ``few`` and ``action``; a month has ``label``, ``opening``,
            ``closing`` and each step
        :raises AccessError: whoever reads no money
        """
        today = self.env["billing.report.mixin"]._report_today()
        months = self._months(today)
        tiles = [*self._mrr(months), *self._retention(today), self._margin(today)]
        tiles += [self._usage(today), self._deferred(today)]
        if self.env["billing.parked.age"].has_access("read"):
            tiles.append(self._parked())
        node = self.env["program.node.mixin"]._default_program_node()
        # Safe: the currency of the reader's own company.
        company = node.sudo().company_id or self.env.company
        return {
            "tiles": tiles,
            "months": months,
            "currency_id": company.sudo().currency_id.id,
            "as_of": str(today),
        }

    def _tile(self, key, label, value, kind, note, action, few=False):
        return {
            "key": key,
            "label": label,
            "value": value,
            "kind": kind,
            "note": note,
            "few": few,
            "action": f"tenant_billing.{action}",
        }

    def _months(self, today):
        first = today.replace(day=1) - relativedelta(months=MONTHS - 1)
        names = ["period", "opening", *STEPS, "closing"]
        rows = self.env["billing.mrr.bridge"].search_fetch(
            [("month", ">=", first)], names, order="month"
        )
        return [{"label": row.period, **{name: row[name] for name in names[1:]}} for row in rows]

    def _mrr(self, months):
        last = months[-1] if months else {"opening": 0, "closing": 0}
        change = last["closing"] - last["opening"]
        note = self.env._("%(change)s this month", change=f"{change:+,.0f}")
        mrr, arr = last["closing"], 12 * last["closing"]
        return [
            self._tile("mrr", self.env._("MRR"), mrr, "money", note, "billing_mrr_bridge_action"),
            self._tile(
                "arr",
                self.env._("ARR"),
                arr,
                "money",
                self.env._("12 × MRR"),
                "billing_mrr_bridge_action",
            ),
        ]

    def _retention(self, today):
        """Over 12 months; a younger programme shows the last month."""
        text, action = self.env._("12 months"), "billing_mrr_retention_year_action"
        accounts, *ratios = self._retained("year", today)
        if not accounts:
            text, action = self.env._("since last month"), "billing_mrr_retention_action"
            accounts, *ratios = self._retained("month", today)
        few = accounts < FEW
        note = self.env._("%(span)s, %(count)s accounts", span=text, count=accounts)
        if few:
            note = self.env._("%(note)s: too few to say much", note=note)
        if not accounts:
            ratios, note = (None, None, None), self.env._("No account to compare with yet")
        labels = (self.env._("NRR"), self.env._("GRR"), self.env._("Logo retention"))
        return [
            self._tile(key, label, value, "percent", note, action, few)
            for key, label, value in zip(("nrr", "grr", "logos"), labels, ratios, strict=True)
        ]

    def _retained(self, span, today):
        ((*found,),) = self.env["billing.mrr.retention"]._read_group(
            [("span", "=", span), ("month", "=", today.replace(day=1))],
            [],
            ["accounts:sum", "nrr:avg", "grr:avg", "logo_retention:avg"],
        )
        return found

    def _full_months(self, today, count):
        end = today.replace(day=1)
        return end - relativedelta(months=count), end

    def _margin(self, today):
        """Without one-off, of the last three full months."""
        first, end = self._full_months(today, USAGE_MONTHS)
        ((rate, revenue),) = self.env["billing.margin"]._read_group(
            [("kind", "!=", "one_off"), ("day", ">=", first), ("day", "<", end)],
            [],
            ["margin_rate:avg", "revenue:sum"],
        )
        return self._tile(
            "margin",
            self.env._("Recurring margin"),
            rate if revenue else None,
            "percent",
            self.env._("last three full months"),
            "billing_margin_action",
        )

    def _usage(self, today):
        """What usage brings a month on average; it is in no MRR."""
        first, end = self._full_months(today, USAGE_MONTHS)
        ((total,),) = self.env["billing.margin"]._read_group(
            [
                ("kind", "=", "metered"),
                ("source", "=", "sale"),
                ("day", ">=", first),
                ("day", "<", end),
            ],
            [],
            ["revenue:sum"],
        )
        return self._tile(
            "usage",
            self.env._("Usage a month"),
            (total or 0) / USAGE_MONTHS,
            "money",
            self.env._("average of three months, not in MRR"),
            "billing_margin_action",
        )

    def _deferred(self, today):
        month = today.replace(day=1)
        ((total,),) = self.env["billing.recognition"]._read_group(
            [("month", "=", month)], [], ["deferred:sum"]
        )
        return self._tile(
            "deferred",
            self.env._("Deferred"),
            total or 0,
            "money",
            self.env._("at the end of %(month)s", month=month.strftime("%Y-%m")),
            "billing_recognition_action",
        )

    def _parked(self):
        ((count, oldest),) = self.env["billing.parked.age"]._read_group(
            [], [], ["__count", "age:max"]
        )
        note = (
            self.env._("oldest %(days)s days", days=oldest or 0)
            if count
            else self.env._("nothing waits")
        )
        return self._tile(
            "parked", self.env._("Parked"), count, "count", note, "billing_parked_age_action"
        )
