from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..adapters.preview import invoice_values
from ..engine.scenario import output, parse
from ..engine.zones import UTC
from .common import BillingCase


class LifecycleCase(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("tenant_billing.packaging_hosting_support").active = False
        # Years in one run: the bound of the catch-up has tests of its own.
        cls.env["ir.config_parameter"].set_param("tenant_billing.catch_up_months", "60")
        # And days long gone: who may date back has a test of its own.
        cls.env["ir.config_parameter"].set_param("tenant_billing.backdate_days", "4000")
        cls.one = cls.subscription(start="2026-01-01")
        cls.manager = cls.user(cls.sub, "manager")
        cls.leg = cls.one.leg_ids.filtered("customer_id")

    def setUp(self):
        super().setUp()
        self.clock("2026-01-15")

    def clock(self, day):
        """It is noon of ``day``, by the clock of billing."""
        noon = datetime.fromisoformat(f"{day} 12:00:00").replace(tzinfo=UTC)
        self.today = noon.date()
        patcher = patch.object(type(self.env["billing.run"]), "_clock", lambda _self: noon)
        patcher.start()
        self.addCleanup(patcher.stop)

    def open(self, kind, user=None, subscription=None, **values):
        own = (subscription or self.one).with_user(user or self.manager)
        action = own.action_open_change()
        change = self.env["billing.subscription.change"].with_user(user or self.manager)
        change = change.browse(action["res_id"])
        change.write({"kind": kind, "when": "day", **values})
        return change

    def line(self, change, code):
        return change.line_ids.filtered(lambda line: line.component_id.code == code)

    def ledger(self, leg=None):
        """{(component, kind, start): amount} of the leg to the customer."""
        self.env.invalidate_all()
        found = {}
        for charge in (leg or self.leg).charge_ids:
            key = (charge.component_code, charge.kind, str(charge.period_start))
            found[key] = found.get(key, Decimal(0)) + Decimal(str(charge.amount))
        return {key: amount for key, amount in found.items() if amount}

    def agree(self, as_of):
        """The ledger of each leg is what the simulator prices."""
        self.env.invalidate_all()
        for leg in self.one.leg_ids:
            document = self.one._scenario(leg, date.fromisoformat(as_of))
            booked = sum(Decimal(str(amount)) for amount in leg.charge_ids.mapped("amount"))
            self.assertEqual(booked, Decimal(output(parse(document))["total"]), leg.display_name)

    def confirm(self, change):
        """Preview, confirm; what the preview said the run books is what it books."""
        if change.effective_day > self.today:
            self.clock(change.effective_day)
        self.run_billing(self.today)
        before = self.ledger()
        change.action_preview()
        seller = self.sub.name
        shown = sum(
            Decimal(str(line.amount))
            for line in change.preview_ids
            if line.party.startswith(seller)
        )
        change.action_confirm()
        self.run_billing(self.today)
        booked = sum(self.ledger().values()) - sum(before.values())
        self.assertEqual(booked, shown)
        self.agree(str(self.today))
        return shown


class TestBillingLifecycle(LifecycleCase):
    """Each change is shown before it is confirmed, and books what was shown."""

    def test_an_upgrade_now_and_backdated(self):
        """TB-015, B-03, R-19: 120 x 17 of 31 days more; what was billed stays."""
        change = self.open("change", day="2026-01-15")
        self.line(change, "base").quantity = 2
        self.assertEqual(self.confirm(change), Decimal("65.80"))
        self.clock("2026-02-20")
        back = self.open("change", day="2026-02-01")
        self.line(back, "base").quantity = 3
        self.assertEqual(self.confirm(back), Decimal("120.00"))

    def test_the_next_three_invoices_with_and_without(self):
        """TB-070: before it is confirmed, on the reader's own legs alone."""
        self.run_billing("2026-01-15")
        change = self.open("change", day="2026-01-15")
        self.line(change, "base").quantity = 2
        change.action_preview()
        sale = change.invoice_ids.filtered(lambda row: "Nordwind" in row.party)
        self.assertEqual(len(sale), 3)
        self.assertEqual(sale.mapped("before")[-2:], [180.0, 180.0])
        self.assertEqual(sale.mapped("after")[-2:], [300.0, 300.0])
        parties = " ".join(change.invoice_ids.mapped("party"))
        self.assertIn(f"{self.master.name} → {self.sub.name}", parties)
        self.assertNotIn(self.root.name, parties)

    def test_sales_changes_and_sees_no_money(self):
        """X-09, TRADE 7: amounts are for priced roles."""
        sales = self.user(self.sub, "sales")
        change = self.open("change", user=sales, day="2026-01-15")
        self.line(change, "base").quantity = 2
        change.action_preview()
        self.assertFalse(change.is_priced or change.preview_ids or change.invoice_ids)
        change.action_confirm()
        self.assertEqual(self.one._standing("base", date(2026, 1, 15)).quantity, 2)

    def test_others_change_nothing(self):
        """X-09: the master reads its sub-partner's subscription and changes nothing of it; whoever
        may not write it cannot end it by a call."""
        master = self.user(self.master, "manager")
        for user in (master, self.user(self.sub, "delivery")):
            for action in ("action_pause", "action_resume", "action_end", "action_withdraw_end"):
                with self.subTest(action, user=user.login), self.assertRaises(AccessError):
                    getattr(self.one.with_user(user), action)()
        with self.assertRaises(AccessError):
            self.one.with_user(self.user(self.sub, "sales")).action_end("2026-03-01")

    def test_another_plan_by_switching_components(self):
        """TB-006, TB-015: support leaves, storage is no longer measured; both come back."""
        change = self.open("change", day="2026-01-11")
        self.line(change, "support").quantity = 0
        self.line(change, "storage").present = False
        self.assertEqual(self.confirm(change), Decimal("-40.65"))
        self.usage(self.one.tenant_id, 1050, "2026-01-20T00:00:00Z")
        self.run_billing("2026-02-01")
        self.assertNotIn(("storage", "charge", "2026-01-01"), self.ledger())
        change = self.open("change", day="2026-02-15")
        self.line(change, "support").quantity = 1
        self.line(change, "storage").present = True
        self.assertEqual(self.confirm(change), Decimal("30.00"))
        self.run_billing("2026-03-01")
        # 1000 GB above the allowance at 0.20, 14 of 28 days.
        self.assertEqual(self.ledger()["storage", "charge", "2026-02-15"], Decimal("100.00"))
        self.agree("2026-03-01")

    def test_what_has_no_price_is_refused(self):
        """TB-019: at once, not parked by the next run; of the books above nothing is told."""
        self.plan.component_ids.create({"plan_id": self.plan.id, "code": "edi", "name": "EDI"})
        with self.assertRaisesRegex(UserError, "Agreed in .* has no price for edi"):
            self.one.action_change("edi", 1, "2026-02-10")
        self.book_retail.price_ids.create(
            {"book_id": self.book_retail.id, "code": "edi", "amount": 45}
        )
        with self.assertRaisesRegex(UserError, "Ask your upline"):
            self.one.action_change("edi", 1, "2026-02-10")

    def test_a_one_off_service_while_it_runs(self):
        """TB-015: once, on its day."""
        self.assertFalse(self.line(self.open("change"), "setup").current)
        change = self.open("change", day="2026-02-10")
        self.line(change, "setup").quantity = 1
        self.assertEqual(self.confirm(change), Decimal("450.00"))
        self.assertNotIn("setup", self.open("change").line_ids.component_id.mapped("code"))

    def test_two_changes_on_a_day(self):
        """B-08: the last one stands, and is charged once."""
        self.run_billing("2026-01-15")
        for quantity in (5, 2):
            change = self.open("change", day="2026-01-15")
            self.line(change, "base").quantity = quantity
            change.action_preview()
            change.action_confirm()
        self.run_billing("2026-01-15")
        self.assertEqual(sum(self.ledger().values()), Decimal("245.80"))
        self.agree("2026-01-15")

    def test_a_season_goes_up_and_back(self):
        """TB-058: from 15 November to 10 January five times the base, then one again."""
        change = self.open("change", day="2026-11-15", until="2027-01-10", reason="Season")
        self.line(change, "base").quantity = 5
        change.action_preview()
        change.action_confirm()
        items = self.one.item_ids.filtered(lambda item: item.code == "base")
        self.assertEqual(
            [(str(item.valid_from), item.quantity) for item in items.sorted("valid_from")],
            [("2026-01-01", 1), ("2026-11-15", 5), ("2027-01-10", 1)],
        )
        self.run_billing("2027-02-28")
        found = self.ledger()
        self.assertEqual(found["base", "charge", "2026-12-01"], Decimal("600.00"))
        self.assertEqual(found["base", "charge", "2027-02-01"], Decimal("120.00"))
        self.agree("2027-02-28")

    def test_pause_and_resume(self):
        """TB-015, R-19: charges stop from the day and go on from the day, on every leg; what
        its price says goes on is charged on."""
        book = self.leg.price_book_id
        book.price_ids.filtered(lambda price: price.code == "storage").charged_when_paused = True
        self.usage(self.one.tenant_id, 150, "2026-01-01T00:00:00Z")
        change = self.open("pause", day="2026-01-11")
        self.assertEqual(self.confirm(change), Decimal("-121.94"))
        self.assertEqual(self.one.state, "suspended")
        self.run_billing("2026-03-01")
        # Storage is still kept: 100 GB above the allowance, in a month without anything else.
        self.assertEqual(
            {key: value for key, value in self.ledger().items() if key[2] >= "2026-02-01"},
            {("storage", "charge", "2026-02-01"): Decimal("20.00")},
        )
        self.assertNotIn(
            ("storage", "charge", "2026-02-01"), self.ledger(self.one.leg_ids.sorted("sequence")[0])
        )
        action = self.one.with_user(self.manager).action_open_resume()
        resume = self.env["billing.subscription.change"].with_user(self.manager)
        resume = resume.browse(action["res_id"])
        resume.write({"when": "day", "day": "2026-03-11"})
        self.assertEqual(self.confirm(resume), Decimal("121.94"))
        self.assertEqual(self.one.state, "active")
        self.assertEqual(self.one.pause_ids.state, "over")

    def test_a_pause_that_is_planned(self):
        """TB-015: the run of its day begins it, and ends it; it can be taken back before."""
        self.one.action_pause("2027-02-01", "2027-03-01")
        self.assertEqual(self.one.state, "active")
        with self.assertRaisesRegex(UserError, "paused from"):
            self.one.action_pause("2027-02-10")
        self.one.action_resume("2027-01-05")
        self.assertFalse(self.one.pause_ids)
        with self.assertRaisesRegex(UserError, "nothing to resume"):
            self.one.action_resume()
        self.one.action_pause("2027-02-01", "2027-03-01")
        self.run_billing("2027-02-02")
        self.assertEqual(self.one.state, "suspended")
        self.run_billing("2027-03-01")
        self.assertEqual(self.one.state, "active")

    def test_each_way_to_end(self):
        """B-09, R-19: credit what is unused, no refund, at the end of the period."""
        for policy, when, shown, total in (
            ("credit", "2026-01-11", "-121.94", "58.06"),
            ("no_refund", "2026-01-11", "0", "180.00"),
        ):
            with self.subTest(policy):
                one = self.subscription(start="2026-01-01", company=f"Ende {policy}")
                self.one, self.leg = one, one.leg_ids.filtered("customer_id")
                change = self.open("end", subscription=one, day=when, policy=policy)
                self.assertEqual(self.confirm(change), Decimal(shown))
                self.assertEqual((one.state, str(one.ended_on)), ("ended", when))
                self.run_billing("2026-04-01")
                self.assertEqual(sum(self.ledger().values()), Decimal(total))
                with self.assertRaisesRegex(UserError, "only a running subscription"):
                    one.action_pause("2026-02-01")

    def test_an_end_at_the_end_of_the_period_can_be_taken_back(self):
        """B-08, B-09: the notice is kept, the run of the day ends it; until then it is undone."""
        change = self.open("end", when="period_end")
        change.action_preview()
        change.action_confirm()
        self.assertEqual((self.one.state, self.one.end_policy), ("active", "period_end"))
        self.assertEqual(self.one.ended_on, self.today.replace(day=1) + relativedelta(months=1))
        with self.assertRaisesRegex(AccessError, "by a manager"):
            self.one.with_user(self.user(self.sub, "sales")).action_withdraw_end()
        undo = self.open("withdraw")
        undo.action_preview()
        undo.action_confirm()
        self.assertFalse(self.one.ended_on or self.one.end_policy)

    def test_what_was_served_stays_charged(self):
        """TB-015, X-05: a buyer's people date nothing back that lowers charges, on any door;
        the programme desk does, and a raise goes back as far as it was served."""
        self.env["ir.config_parameter"].set_param("tenant_billing.backdate_days", "0")
        own = self.one.with_user(self.manager)
        with self.assertRaises(UserError):
            own.write({"end_date": "2026-01-02"})
        base = self.plan.component_ids.filtered(lambda one: one.code == "base")
        lower = {
            "subscription_id": own.id,
            "component_id": base.id,
            "valid_from": "2026-01-05",
            "quantity": 0,
        }
        for act in (
            lambda: own.action_pause("2026-01-05", self.today),
            lambda: own.action_change("base", 0, "2026-01-05"),
            lambda: own.env["billing.subscription.item"].create(lower),
            lambda: own.action_end("2026-01-05"),
        ):
            with self.assertRaisesRegex(UserError, "stays charged"), self.env.cr.savepoint():
                act()
        own.action_change("base", 3, "2026-01-05")
        desk = self.one.with_user(self.staff("desk"))
        desk.action_change("base", 2, "2026-01-06")
        self.assertEqual(self.one._standing("base", date(2026, 1, 7)).quantity, 2)

    def test_a_meter_is_charged_once_whichever_way_it_comes(self):
        """DESIGN 4.6: a second running subscription of the tenant takes no meter of the first."""
        other = self.one.sudo().copy({"start_date": "2026-01-01"})
        other.write({"tenant_id": self.one.tenant_id.id, "state": "active"})
        storage = self.plan.component_ids.filtered(lambda one: one.code == "storage")
        values = {
            "subscription_id": other.id,
            "component_id": storage.id,
            "valid_from": self.today,
        }
        with self.assertRaisesRegex(UserError, "charges Storage"):
            self.env["billing.subscription.item"].create(values)

    def test_open_amounts_of_one_day_add_up(self):
        """TB-015: what is booked and not drafted yet stands in the next invoice, all of it."""
        rows = {date(2026, 11, 1): 10.0, date(2026, 11, 10): 20.0}
        (found,) = invoice_values(self.leg, rows, (), (), date(2026, 11, 25))
        self.assertEqual((found["before"], found["after"]), (30.0, 30.0))

    def test_a_metered_component_without_a_quantity_is_taken_out(self):
        """TB-015: measured is measured, whatever number the offer had."""
        item = self.one.item_ids.filtered(lambda one: one.code == "storage")
        self.env.cr.execute(
            "UPDATE billing_subscription_item SET quantity = 0 WHERE id = %s", [item.id]
        )
        self.env.invalidate_all()
        change = self.open("change", when="now")
        with self.assertRaisesRegex(UserError, "Nothing changes"):
            change.action_preview()
        self.line(change, "storage").present = False
        change.action_preview()
        change.action_confirm()
        self.assertTrue(self.one._standing("storage", self.today).ends)

    def test_a_downgrade_at_the_end_of_the_period_and_the_next_change(self):
        """B-08: a pending change is cancelled by the next, unless it is kept."""
        change = self.open("change", when="period_end")
        self.line(change, "base").quantity = 3
        change.action_preview()
        change.action_confirm()
        later = change.effective_day
        self.assertGreater(later, self.today)
        self.assertEqual(self.one._standing("base", later).quantity, 3)
        change = self.open("change", when="now", keep_pending=True)
        self.line(change, "base").quantity = 2
        change.action_preview()
        change.action_confirm()
        self.assertEqual(self.one._standing("base", later).quantity, 3)
        change = self.open("change", when="now")
        self.line(change, "base").quantity = 4
        change.action_preview()
        change.action_confirm()
        self.assertEqual(self.one._standing("base", later).quantity, 4)

    def test_what_is_planned_can_be_taken_back(self):
        """B-08"""
        change = self.open("change", when="period_end")
        self.line(change, "base").quantity = 3
        self.line(change, "support").quantity = 0
        change.action_preview()
        change.action_confirm()
        undo = self.open("withdraw")
        undo.action_preview()
        undo.action_confirm()
        for code in ("base", "support"):
            now = self.one._standing(code, date(2030, 1, 1))
            self.assertEqual((now.quantity, now.ends), (1, False))

    def test_a_stale_preview_is_refused(self):
        """DESIGN 3: what is confirmed is what was shown."""
        change = self.open("change", day="2026-01-15")
        self.line(change, "base").quantity = 2
        with self.assertRaisesRegex(UserError, "Look at the preview"):
            change.action_confirm()
        change.action_preview()
        self.line(change, "base").quantity = 20
        with self.assertRaisesRegex(UserError, "since the preview"):
            change.action_confirm()
        change.action_preview()
        self.one.action_change("support", 2, "2026-01-15")
        with self.assertRaisesRegex(UserError, "since the preview"):
            change.action_confirm()
        change.action_preview()
        change.action_confirm()
        with self.assertRaisesRegex(UserError, "Nothing changes"):
            self.open("change", day="2026-01-15").action_preview()

    def test_a_trial_is_the_gift_of_its_seller(self):
        """TB-015, X-09: ten days from the seller to its customer; what it pays itself is due."""
        self.book_retail.trial_days = 10
        offer = self.offer(self.sub, company="Probe GmbH", start="2026-01-01")
        self.assertEqual(offer.trial_days, 10)
        one = self.win(offer)
        self.one, self.leg = one, one.leg_ids.filtered("customer_id")
        self.run_billing("2026-01-10")
        self.assertEqual(self.ledger(), {})
        above = self.ledger(one.leg_ids.sorted("sequence")[1])
        self.assertEqual(above["base", "charge", "2026-01-01"], Decimal("80.00"))
        self.run_billing("2026-01-11")
        self.assertEqual(
            self.ledger(),
            {
                ("base", "charge", "2026-01-11"): Decimal("81.29"),
                ("support", "charge", "2026-01-11"): Decimal("40.65"),
            },
        )
        self.agree("2026-01-11")

    def test_a_maximum_caps_what_usage_costs(self):
        """TB-013: a fair-use limit that keeps the bill predictable."""
        book = self.leg.price_book_id
        storage = book.price_ids.filtered(lambda price: price.code == "storage")
        with self.assertRaisesRegex(UserError, "below the minimum"):
            storage.write({"minimum": 9, "maximum": 8})
        storage.write({"minimum": 5, "maximum": 30})
        self.usage(self.one.tenant_id, 5000, "2026-01-01T00:00:00Z")
        self.run_billing("2026-02-01")
        self.assertEqual(self.ledger()["storage", "charge", "2026-01-01"], Decimal("30.00"))
        self.agree("2026-02-01")

    def test_every_interval_and_anchor(self):
        """TB-015, B-01, R-18: weekly to yearly, 31 January, each the simulator's."""
        for interval, count, anchor in (
            ("week", 1, 1),
            ("month", 3, 31),
            ("month", 1, 31),
            ("year", 1, 29),
        ):
            with self.subTest(interval=interval, count=count):
                self.plan.write({"interval": interval, "interval_count": count})
                one = self.win(
                    self.offer(
                        self.sub,
                        company=f"{interval} {count} {anchor}",
                        start="2024-01-31",
                        anchor_day=anchor,
                    )
                )
                self.one, self.leg = one, one.leg_ids.filtered("customer_id")
                one.action_change("base", 2, "2024-02-29")
                self.run_billing("2025-03-31")
                self.agree("2025-03-31")

    def test_a_tenant_is_stopped_while_it_is_paused(self):
        """TB-015: its server is suspended and lifted by the provisioner."""
        tenant = self.one.tenant_id
        tenant.write({"state": "live", "environment_ids": [Command.clear()]})
        self.env["hosting.environment"].create(
            {"name": "Production", "tenant_id": tenant.id, "kind": "production"}
        )
        self.one.action_pause("2026-01-11")
        self.assertEqual(tenant.operation_ids.kind, "suspend")

    def test_a_server_that_could_not_be_asked_is_asked_later(self):
        """TB-015: what is under way, or a missing provisioner, neither stops the billing nor is
        forgotten; a to-do says so once."""
        tenant = self.one.tenant_id
        tenant.write({"state": "live"})
        self.env["hosting.environment"].create(
            {"name": "Production", "tenant_id": tenant.id, "kind": "production"}
        )
        refused = UserError("No provisioner is ready.")
        Operation = type(self.env["hosting.operation"])
        with patch.object(Operation, "_request", side_effect=refused):
            self.one.action_pause(self.today)
            self.run_billing(self.today)
        self.assertEqual(self.one.state, "suspended")
        self.assertFalse(self.one.is_server_paused or self.one.problem)
        self.assertEqual(len(tenant.activity_ids), 1)
        self.one._pause_servers()
        self.assertTrue(self.one.is_server_paused)
        self.assertEqual(tenant.operation_ids.kind, "suspend")
        # Still under way while it is resumed: the next run lifts it.
        self.one.action_resume(self.today)
        self.assertTrue(self.one.is_server_paused)
        tenant.operation_ids.state = "done"
        tenant.state = "suspended"
        self.env.invalidate_all()
        self.one._pause_servers()
        self.assertEqual(tenant.operation_ids.mapped("kind").count("lift"), 1)
        self.assertFalse(self.one.is_server_paused)
