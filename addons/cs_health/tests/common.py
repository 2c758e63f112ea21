"""Builders for tests of customer success; shipped for the tests of upper layers too."""

from datetime import date, datetime, timedelta

from odoo import fields

from odoo.addons.partner_governance.tests.common import ProgramCase, ProgramMixin

GO_LIVE = date(2026, 1, 5)


class HealthMixin(ProgramMixin):
    @classmethod
    def tenant(cls, node, name="Nordwind", **values):
        """A provisioned tenant of a node, its own person in charge."""
        if "user_id" not in values:
            values["user_id"] = cls.user(node, "delivery").id
        return cls.env["hosting.tenant"].create(
            {
                "name": name,
                "program_node_id": node.id,
                "state": "provisioned",
                **values,
            }
        )

    @classmethod
    def account(cls, node, go_live=GO_LIVE, name="Nordwind", **values):
        """The account of a tenant that went live on a day."""
        tenant = cls.tenant(node, name, go_live_date=go_live, **values)
        tenant.action_go_live()
        return tenant.cs_account_ids

    @classmethod
    def metric(cls, code, dimension="adoption", **values):
        return cls.env["cs.metric"].create(
            {"code": code, "name": code, "dimension": dimension, **values}
        )

    @classmethod
    def profile(cls, weights, **values):
        """A released profile over ``{metric: weight}`` that wins over the shipped ones."""
        profile = cls.env["cs.profile"].create(
            {
                "code": "test",
                "name": "Test",
                "priority": 100,
                "line_ids": [
                    (0, 0, {"metric_id": metric.id, "weight": weight})
                    for metric, weight in weights.items()
                ],
                **values,
            }
        )
        profile.action_release()
        return profile

    @classmethod
    def four_dimensions(cls, **values):
        """A profile with one metric of each dimension; ``cls.metrics`` by dimension."""
        cls.metrics = {
            "adoption": cls.metric("t_adoption", "adoption"),
            "support": cls.metric("t_support", "support", direction="lower", points="0=100; 10=0"),
            "infrastructure": cls.metric("t_infrastructure", "infrastructure"),
            "expansion": cls.metric("t_expansion", "expansion"),
        }
        weights = {metric: 1 for metric in cls.metrics.values()}
        weights[cls.metrics["adoption"]] = 2
        return cls.profile(weights, **values)

    @classmethod
    def sample(cls, account, metric, value, day, source="test"):
        return cls.env["cs.sample"].create(
            {
                "account_id": account.id,
                "metric_id": metric.id,
                "value": value,
                # At nine in the morning, or now where the day is younger than that.
                "observed_at": min(
                    datetime.combine(day, datetime.min.time()) + timedelta(hours=9),
                    fields.Datetime.now(),
                ),
                "source": source,
                "external_id": f"{day}",
            }
        )

    @classmethod
    def sample_all(cls, account, day, **values):
        for dimension, value in values.items():
            cls.sample(account, cls.metrics[dimension], value, day)


class HealthCase(HealthMixin, ProgramCase):
    pass
