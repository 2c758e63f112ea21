from odoo.exceptions import AccessError, UserError

from .common import GO_LIVE, HealthCase

MODELS = ("cs.account", "cs.review", "cs.sample", "cs.snapshot", "cs.contribution")


class TestIsolation(HealthCase):
    """CS-062, X-05: a master sees its branch, a sub-partner itself, a stranger nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.four_dimensions()
        cls.accounts = {}
        for node in (cls.sub, cls.sub2):
            account = cls.account(node, name=f"Customer of {node.name}")
            cls.sample_all(account, GO_LIVE, adoption=50, support=2, infrastructure=70)
            cls.accounts[node] = account
        account = cls.accounts[cls.sub] | cls.accounts[cls.sub2]
        account._score(GO_LIVE)

    def seen(self, node, role, model):
        records = self.as_user(node, role, model).search([])
        path = {"cs.account": "id", "cs.contribution": "snapshot_id.account_id.id"}
        return set(records.mapped(path.get(model, "account_id.id")))

    def test_who_sees_what(self):
        own = {node: {account.id} for node, account in self.accounts.items()}
        for model in MODELS:
            for role in ("manager", "sales", "delivery", "finance"):
                with self.subTest(model=model, role=role):
                    self.assertEqual(self.seen(self.sub, role, model), own[self.sub])
                    self.assertEqual(
                        self.seen(self.master, role, model), own[self.sub] | own[self.sub2]
                    )
                    self.assertFalse(self.seen(self.stranger, role, model))
                    self.assertFalse(self.seen(self.delivery, role, model))

    def test_an_engaged_partner_sees_its_tenant_alone(self):
        account = self.accounts[self.sub]
        engagement = self.engage(self.sub, self.delivery, tenant_id=account.tenant_id.id)
        for model in MODELS:
            self.assertEqual(self.seen(self.delivery, "delivery", model), {account.id}, model)
        review = account.review_ids[0].with_user(self.user(self.delivery, "delivery"))
        review.outcome = "on_track"
        review.action_hold()
        self.assertEqual(review.state, "held")
        # What the client asks for when it opens the log.
        for record in (account.with_user(review.env.user), review):
            record._message_get_suggested_recipients()
            record.web_read({"user_id": {"fields": {"display_name": {}}}})
        engagement.with_user(self.user(self.sub, "manager")).action_end()
        self.assertFalse(self.seen(self.delivery, "delivery", "cs.account"))

    def test_platform_staff_see_every_customer(self):
        staff = self.staff()
        count = self.env["cs.account"].with_user(staff).search_count([])
        self.assertEqual(count, self.env["cs.account"].search_count([]))

    def test_sales_and_finance_read_only(self):
        account = self.accounts[self.sub]
        for role in ("sales", "finance"):
            with self.subTest(role):
                for record in (account, account.review_ids[0]):
                    with self.assertRaises(AccessError):
                        record.with_user(self.user(self.sub, role)).check_access("write")
                with self.assertRaises(AccessError):
                    account.with_user(self.user(self.sub, role)).action_score_now()

    def test_a_stranger_points_at_nothing(self):
        """X-05: neither a measurement nor a review on a foreign customer, nor a foreign owner."""
        account = self.accounts[self.sub]
        metric = self.metrics["adoption"]
        with self.assertRaises(UserError):
            self.as_user(self.stranger, "delivery", "cs.sample").create(
                {"account_id": account.id, "metric_id": metric.id, "value": 1}
            )
        with self.assertRaises(UserError):
            self.as_user(self.stranger, "delivery", "cs.review").create({"account_id": account.id})
        with self.assertRaises(UserError):
            account.with_user(self.user(self.sub, "manager")).user_id = self.user(
                self.stranger, "delivery"
            )

    def test_the_health_moves_with_the_tenant(self):
        """X-05: after a change of hands the old partner sees nothing any more."""
        account = self.accounts[self.sub]
        account.tenant_id.program_node_id = self.stranger
        self.env.flush_all()
        for model in MODELS:
            self.assertFalse(self.seen(self.sub, "manager", model), model)
            self.assertEqual(self.seen(self.stranger, "manager", model), {account.id}, model)

    def test_no_money_on_any_of_them(self):
        """X-05: operational records carry no amount."""
        for model in MODELS:
            kinds = {field.type for field in self.env[model]._fields.values()}
            self.assertNotIn("monetary", kinds, model)
