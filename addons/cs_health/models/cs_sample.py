import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..exceptions import message


class CsSample(models.Model):
    """One value of a metric as somebody measured it; sent twice, it counts once."""

    _name = "cs.sample"
    _description = "Health measurement"
    _order = "observed_at desc, id desc"
    _rec_name = "metric_id"

    account_id = fields.Many2one(
        "cs.account", string="Customer", required=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="account_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="account_id.program_node_id",
        string="Programme partner",
        store=True,
        index=True,
        ondelete="restrict",
    )
    metric_id = fields.Many2one("cs.metric", required=True, index=True, ondelete="restrict")
    dimension = fields.Selection(related="metric_id.dimension", store=True)
    unit = fields.Char(related="metric_id.unit")
    value = fields.Float(digits=(16, 4), required=True, aggregator="avg")
    observed_at = fields.Datetime(string="Measured at", required=True, default=fields.Datetime.now)
    source = fields.Char(required=True, default="manual", help="Who measured it.")
    external_id = fields.Char(
        string="Number at the source",
        required=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
        help="The same number from the same source is the same measurement.",
    )

    _once = models.Constraint(
        "UNIQUE (account_id, metric_id, source, external_id)",
        "This measurement has been recorded already.",
    )
    # The latest value of each metric of an account, whatever the length of its history.
    _latest_idx = models.Index("(account_id, metric_id, observed_at DESC, id DESC)")

    @api.constrains("observed_at")
    def _check_observed_at(self):
        # A clock may be ahead a little; a date in the future would hide all that follows.
        limit = fields.Datetime.now() + timedelta(hours=1)
        if any(sample.observed_at > limit for sample in self):
            raise ValidationError(message(self.env, "sample_future"))

    @api.model_create_multi
    def create(self, vals_list):
        samples = super().create(vals_list)
        samples.account_id._score_again()
        return samples

    def write(self, vals):
        done = super().write(vals)
        self.account_id._score_again()
        return done

    @api.model
    def _record(self, rows):
        """Take in measurements, each once; what was known already is left alone.

        ``rows``: dicts with ``account_id`` (id), ``metric`` (code), ``value`` (number),
        ``observed_at`` (UTC datetime), ``source`` and ``external_id`` (text). The caller has
        made sure that the accounts are its own. A fixed number of reads for any number of rows.

        Returns ``{"stored": n, "known": n, "conflicts": [row…], "unknown": [metric code…]}``:
        a conflict names a known measurement with another value, which stands as it was.
        """
        metrics = {metric.code: metric.id for metric in self.env["cs.metric"].search([])}
        keys = {
            (row["account_id"], metrics[row["metric"]], row["source"], row["external_id"]): row
            for row in reversed(rows)
            if row["metric"] in metrics
        }
        known = {
            (sample.account_id.id, sample.metric_id.id, sample.source, sample.external_id): sample
            for sample in self.search(
                [
                    ("account_id", "in", list({key[0] for key in keys})),
                    ("external_id", "in", list({key[3] for key in keys})),
                ]
            )
        }
        digits = self._fields["value"].get_digits(self.env)[1]
        fresh = [
            {
                "account_id": key[0],
                "metric_id": key[1],
                "source": key[2],
                "external_id": key[3],
                "value": row["value"],
                "observed_at": row["observed_at"],
            }
            for key, row in keys.items()
            if key not in known
        ]
        self.create(fresh)
        return {
            "stored": len(fresh),
            "known": len(keys) - len(fresh),
            "conflicts": [
                row
                for key, row in keys.items()
                if key in known and round(known[key].value - float(row["value"]), digits)
            ],
            "unknown": sorted({row["metric"] for row in rows} - metrics.keys()),
        }
