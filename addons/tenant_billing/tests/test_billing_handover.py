from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..engine.zones import UTC
from .common import BillingCase

# A month of 31 days at these rates comes to whole cents a day.
WHOLESALE = {"base": 93.00, "storage": 0.31, "support": 31.00, "setup": 0}
RETAIL = {"base": 155.00, "storage": 0.62, "support": 62.00, "setup": 0}
SECOND = {"base": 62.00, "storage": 0.10, "support": 31.00, "setup": 0}


class HandoverCase(BillingCase):
    """A tenant of Hanse ERP from 1 January on, 81 GB since the 5th: 31 above the allowance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Days come with the runs of the tests, not with the clock.
        before = datetime(2025, 12, 20, 12, tzinfo=UTC)
        cls.startClassPatcher(
            patch.object(type(cls.env["billing.run"]), "_clock", lambda _self: before)
        )
        cls.second = cls.node("Adriatic Group", "resale", is_master=True)
        cls.make_book(cls.root, SECOND, buyer=cls.second)
        cls.make_book(cls.second, WHOLESALE, audience="wholesale")
        cls.make_book(cls.master, WHOLESALE, buyer=cls.sub2)
        cls.make_book(cls.master, RETAIL)
        cls.make_book(cls.sub2, RETAIL)
        cls.running = cls.subscription(start="2026-01-01")
        cls.tenant = cls.running.tenant_id
        cls.customer = cls.running.partner_id
        cls.usage(cls.tenant, "81", "2026-01-05T00:00:00Z")

    @classmethod
    def plan_handover(cls, kind, day, **values):
        if kind == "customer":
            values = {"customer_id": cls.customer.id, "receiver_id": cls.sub2.id, **values}
        elif kind == "upline":
            values = {"node_ids": cls.sub.ids, "receiver_id": cls.second.id, **values}
        elif kind == "exit":
            values = {"leaving_id": cls.sub.id, "receiver_id": cls.master.id, **values}
        else:
            values = {"customer_id": cls.customer.id, **values}
        return cls.env["billing.handover"]._plan({"kind": kind, "day": day, **values})

    def totals(self):
        """``{(seller, buyer or "customer"): sum of its charges}``."""
        found = {}
        for leg in self.running.leg_ids:
            key = leg.seller_id, leg.buyer_id or "customer"
            amounts = [Decimal(str(charge.amount)) for charge in leg.charge_ids]
            found[key] = found.get(key, Decimal(0)) + sum(amounts)
        return found


class TestBillingHandover(HandoverCase):
    """TRADE 2: legs close and open at midnight; totals to the cent."""

    def check_totals(self, kind, figures):
        """Each month billed as it comes, the change of hands by the run of its day."""
        for day, expected in figures.items():
            with self.subTest(kind=kind, day=day), self.env.cr.savepoint() as savepoint:
                for as_of in ("2026-01-01", "2026-02-01", "2026-03-01"):
                    if as_of < day:
                        self.run_billing(as_of)
                handover = self.plan_handover(kind, day)
                self.assertEqual(handover.state, "planned")
                for as_of in (day, "2026-03-31", "2026-04-01"):
                    self.run_billing(as_of)
                self.assertEqual((handover.state, handover.problem), ("done", False))
                self.running._check_chain()
                expected = {key: Decimal(amount) for key, amount in expected.items()}
                self.assertEqual(self.totals(), expected)
                again = self.run_billing("2026-04-01")
                self.assertEqual((again.charge_count, again.document_count), (0, 0))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_customer_moves(self):
        """TB-061: on the 1st, 15th, 31st; the platform's leg to the master is not touched."""
        master, sub, sub2 = self.master, self.sub, self.sub2
        platform = {(self.root, master): "327.44"}
        self.check_totals(
            "customer",
            {
                "2026-03-01": {
                    **platform,
                    (master, sub): "237.44",
                    (sub, "customer"): "372.40",
                    (master, sub2): "257.61",
                    (sub2, "customer"): "453.22",
                },
                # 17 of 31 days are credited at what was debited: 65.81 + 32.90 of the customer.
                "2026-03-15": {
                    **platform,
                    (master, sub): "291.06",
                    (sub, "customer"): "456.49",
                    (master, sub2): "197.27",
                    (sub2, "customer"): "346.54",
                },
                "2026-03-31": {
                    **platform,
                    (master, sub): "352.33",
                    (sub, "customer"): "552.59",
                    (master, sub2): "128.31",
                    (sub2, "customer"): "224.62",
                },
            },
        )

    def test_a_master_is_replaced(self):
        """TB-061: only the upline changes, so the leg to the customer and its price stay."""
        root, master, sub, second = self.root, self.master, self.sub, self.second
        customer = {(sub, "customer"): "738.60"}
        self.check_totals(
            "upline",
            {
                "2026-03-01": {
                    **customer,
                    (root, master): "164.96",
                    (master, sub): "237.44",
                    (root, second): "189.10",
                    (second, sub): "257.61",
                },
                "2026-03-15": {
                    **customer,
                    (root, master): "202.21",
                    (master, sub): "291.06",
                    (root, second): "145.70",
                    (second, sub): "197.27",
                },
                "2026-03-31": {
                    **customer,
                    (root, master): "244.77",
                    (master, sub): "352.33",
                    (root, second): "96.10",
                    (second, sub): "128.31",
                },
            },
        )

    def test_a_partner_leaves(self):
        """TB-061: its upline takes its customers over, by its own retail book."""
        master, sub = self.master, self.sub
        platform = {(self.root, master): "327.44"}
        self.check_totals(
            "exit",
            {
                "2026-03-01": {
                    **platform,
                    (master, sub): "237.44",
                    (sub, "customer"): "372.40",
                    (master, "customer"): "453.22",
                },
                "2026-03-15": {
                    **platform,
                    (master, sub): "291.06",
                    (sub, "customer"): "456.49",
                    (master, "customer"): "346.54",
                },
                "2026-03-31": {
                    **platform,
                    (master, sub): "352.33",
                    (sub, "customer"): "552.59",
                    (master, "customer"): "224.62",
                },
            },
        )

    def test_a_customer_leaves(self):
        """TB-061: every leg ends on the day, usage up to it is billed."""
        self.check_totals(
            "end",
            {
                "2026-03-15": {
                    (self.root, self.master): "202.21",
                    (self.master, self.sub): "291.06",
                    (self.sub, "customer"): "456.49",
                }
            },
        )

    def test_a_day_gone_by_books_the_same(self):
        """TB-061, B-15: whether known before or after, the totals are the same."""
        self.run_billing("2026-04-01")
        with self.env.cr.savepoint():
            # The clock of the database stands before; the day has come for a run that is ahead.
            self.plan_handover("customer", "2026-03-15")
            self.run_billing("2026-04-01")
        self.assertEqual(self.totals()[self.sub, "customer"], Decimal("456.49"))
        self.assertEqual(self.totals()[self.sub2, "customer"], Decimal("346.54"))

    def test_its_default_is_the_next_boundary(self):
        """TRADE 2: at the next period of the tenant."""
        handover = self.env["billing.handover"].create(
            {
                "kind": "customer",
                "customer_id": self.customer.id,
                "receiver_id": self.sub2.id,
            }
        )
        self.assertEqual(handover.day, self.running._calendar().boundary(
            self.running._calendar().index(max(self.running._today(), date(2026, 1, 1))) + 1
        ))  # fmt: skip

    def test_it_is_withdrawn_before_its_day(self):
        """TB-061: then nothing happens on the day."""
        handover = self.plan_handover("customer", "2026-03-15")
        handover.action_withdraw()
        self.run_billing("2026-03-20")
        self.assertEqual(handover.state, "withdrawn")
        self.assertEqual(len(self.running.leg_ids), 3)
        self.assertEqual(self.tenant.program_node_id, self.sub)
        with self.assertRaisesRegex(UserError, "done or withdrawn"):
            handover.action_withdraw()

    def test_a_missing_price_is_named(self):
        """TB-061: before it is planned; where it goes missing later, the record says so and the
        run bills on."""
        third = self.node("Fjord Cloud", "resale", upline=self.master)
        with self.assertRaisesRegex(UserError, "Fjord Cloud has no price of base, storage"):
            self.plan_handover("customer", "2026-03-15", receiver_id=third.id)
        handover = self.plan_handover("customer", "2026-03-15")
        book = self.env["billing.price.book"]._retail(self.sub2)
        book.price_ids.filtered(lambda price: price.code == "support").unlink()
        run = self.run_billing("2026-03-15")
        self.assertEqual((handover.state, run.state), ("planned", "done"))
        self.assertIn("Alpenland IT has no price of support", handover.problem)
        self.assertEqual(self.tenant.program_node_id, self.sub)
        self.env["billing.price"].create({"book_id": book.id, "code": "support", "amount": 62})
        self.run_billing("2026-03-16")
        self.assertEqual((handover.state, handover.problem), ("done", False))

    def test_nobody_receives_from_itself(self):
        """TB-061: bad input names what is missing."""
        Handover = self.env["billing.handover"]
        for values, text in (
            ({"kind": "customer", "receiver_id": self.sub2.id}, "which customer"),
            ({"kind": "upline", "receiver_id": self.second.id}, "which partners"),
            ({"kind": "exit", "receiver_id": self.master.id}, "which partner leaves"),
            ({"kind": "exit", "leaving_id": self.sub.id}, "who receives"),
            (
                {"kind": "exit", "leaving_id": self.sub.id, "receiver_id": self.sub.id},
                "cannot receive from itself",
            ),
        ):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, text):
                Handover.create({"day": "2026-03-15", **values})

    def test_below_a_partner_that_is_no_master(self):
        """TB-061: the tree's own rule holds; nothing is half done."""
        handover = self.plan_handover("upline", "2026-03-15")
        self.second.is_master = False
        self.run_billing("2026-03-15")
        self.assertIn("not a master partner", handover.problem)
        self.assertEqual(self.sub.upline_id, self.master)
        self.assertEqual(len(self.running.leg_ids), 3)

    def test_twice_on_a_day(self):
        """TB-061: what opened on the day would have no days."""
        self.plan_handover("customer", "2026-03-15")
        self.run_billing("2026-03-15")
        moved = self.running.partner_id
        with self.assertRaisesRegex(UserError, "2026-03-15 already"):
            self.plan_handover(
                "customer", "2026-03-15", customer_id=moved.id, receiver_id=self.sub.id
            )
        back = self.plan_handover(
            "customer", "2026-03-16", customer_id=moved.id, receiver_id=self.sub.id
        )
        self.run_billing("2026-03-16")
        self.assertEqual(back.state, "done")
        self.assertEqual(self.tenant.program_node_id, self.sub)

    def test_it_changes_hands_before_it_begins(self):
        """TB-061: a subscription that begins later begins with the new partner."""
        later = self.subscription(company="Küstenbau", start="2026-05-01")
        self.plan_handover("customer", "2026-03-15", customer_id=later.partner_id.id)
        self.run_billing("2026-03-15")
        self.assertEqual(later.leg_ids.mapped("seller_id"), self.root | self.master | self.sub2)
        self.assertEqual(set(later.leg_ids.mapped("date_from")), {date(2026, 5, 1)})

    def fees(self):
        """What the master charges the sub itself: base, 80.00 a month."""
        fees = self.env["billing.subscription"].create(
            {
                "plan_id": self.plan.id,
                "subject_node_id": self.sub.id,
                "program_node_id": self.master.id,
                "start_date": "2026-01-01",
                "item_ids": [
                    (0, 0, {"component_id": one.id, "valid_from": "2026-01-01"})
                    for one in self.plan.component_ids.filtered(lambda one: one.code == "base")
                ],
            }
        )
        fees.action_activate()
        return fees

    def test_fees_of_a_partner_end_with_its_upline(self):
        """TB-061: what the old upline charged the partner itself is settled by days."""
        fees = self.fees()
        self.plan_handover("upline", "2026-03-15")
        for as_of in ("2026-03-15", "2026-04-01"):
            self.run_billing(as_of)
        self.assertEqual((fees.state, fees.ended_on), ("ended", date(2026, 3, 15)))
        # 80.00 a month, 43.87 of March back.
        self.assertAlmostEqual(sum(fees.leg_ids.charge_ids.mapped("amount")), 196.13)

    def test_agreements_with_a_partner_that_leaves_end(self):
        """TB-061: of those below it as well, which buy from somebody else from that day on."""
        fees = self.fees()
        self.make_book(self.root, WHOLESALE, audience="wholesale")
        self.plan_handover(
            "exit", "2026-03-15", leaving_id=self.master.id, receiver_id=self.root.id
        )
        self.run_billing("2026-03-15")
        self.assertEqual(self.sub.upline_id, self.root)
        self.assertEqual((fees.state, fees.ended_on), ("ended", date(2026, 3, 15)))

    def test_one_that_breaks_stops_nobody(self):
        """TB-061, R-09: whatever goes wrong with it is kept on it, and billing goes on."""
        handover = self.plan_handover("customer", "2026-02-01")
        with (
            patch.object(type(handover), "_rechain", lambda *_args: 1 / 0),
            mute_logger("odoo.addons.tenant_billing.models.billing_handover_actions"),
        ):
            self.run_billing("2026-02-01")
        self.assertEqual(handover.state, "planned")
        self.assertIn("Unexpected error", handover.problem)
        self.assertTrue(self.running.leg_ids.charge_ids)
        self.run_billing("2026-02-02")
        self.assertEqual((handover.state, handover.problem), ("done", False))

    def test_a_contract_that_never_began_leaves_no_movement(self):
        """TB-061, TB-059: recorded the same morning, it goes with the contract."""
        late = self.subscription(company="Kaum da", start="2026-02-01")
        self.env["billing.mrr.movement"]._record(late, date(2026, 2, 1))
        old = late.leg_ids.filtered("customer_id")
        self.assertTrue(self.env["billing.mrr.movement"].search([("leg_id", "=", old.id)]))
        self.plan_handover("customer", "2026-02-01", customer_id=late.partner_id.id)
        self.run_billing("2026-02-01")
        self.assertFalse(old.exists())
        self.assertEqual(late.leg_ids.filtered("customer_id").seller_id, self.sub2)

    def test_one_contact_for_one_customer(self):
        """TB-061: all customers of a partner are not put on one contact; a book is a list."""
        contact = self.env["res.partner"].create(
            {"name": "Nordwind", "is_company": True, "program_node_id": self.master.id}
        )
        with self.assertRaisesRegex(ValidationError, "for one customer"):
            self.plan_handover("exit", "2026-03-15", receiver_customer_id=contact.id)
        agreed = self.running.leg_ids.filtered("customer_id").price_book_id
        with self.assertRaisesRegex(ValidationError, "by a retail book"):
            self.plan_handover("customer", "2026-03-15", price_book_id=agreed.id)


class TestBillingHandoverReading(HandoverCase):
    """TRADE 2: who reads what, before and after."""

    MODELS = ("hosting.tenant", "billing.subscription", "billing.usage.event")
    MONEY = ("billing.leg", "billing.charge", "billing.statement")

    def reads(self, node, role, model):
        """Ids that a person reads; None where its role reads no money."""
        Model = self.as_user(node, role, model)
        if not Model.has_access("read"):
            return None
        return set(Model.search([]).ids)

    def rights(self):
        return {
            (node, role, model): self.reads(node, role, model)
            for node in (self.master, self.sub, self.sub2, self.second, self.stranger)
            for role in ("manager", "finance", "sales", "delivery")
            for model in (*self.MODELS, *self.MONEY)
        }

    def carry_out(self, kind):
        self.run_billing("2026-03-01")
        before = self.rights()
        self.plan_handover(kind, "2026-03-15")
        self.run_billing("2026-04-01")
        return before, self.rights()

    def legs_of(self, *nodes):
        return self.running.leg_ids.filtered(
            lambda leg: leg.seller_id in nodes or leg.buyer_id in nodes
        )

    def test_a_customer_moves(self):
        """TB-061: the giver keeps its own documents and reads nothing newer; the receiver reads
        the tenant, its whole usage, and no earlier price."""
        before, after = self.carry_out("customer")
        for role in ("manager", "finance", "sales", "delivery"):
            for model in self.MODELS:
                ids = before[self.sub, role, model]
                self.assertTrue(ids, model)
                with self.subTest(role=role, model=model):
                    self.assertEqual(after[self.sub, role, model], set())
                    self.assertEqual(after[self.sub2, role, model], ids)
                    self.assertEqual(before[self.sub2, role, model], set())
                    self.assertEqual(after[self.master, role, model], ids)
            for model in self.MONEY:
                self.assertFalse(after[self.stranger, role, model])
        for role in ("sales", "delivery"):
            self.assertIsNone(after[self.sub2, role, "billing.leg"])
        charges = self.env["billing.charge"].search([])
        for role in ("manager", "finance"):
            for node in (self.sub, self.sub2, self.master):
                legs = self.legs_of(node)
                self.assertEqual(after[node, role, "billing.leg"], set(legs.ids))
                own = charges.filtered(lambda charge, legs=legs: charge.leg_id in legs)
                self.assertEqual(after[node, role, "billing.charge"], set(own.ids))
                self.assertEqual(after[node, role, "billing.statement"], set(own.statement_id.ids))
            # Nothing newer than its last days, nothing older than its first.
            self.assertLessEqual(max(self.legs_of(self.sub).charge_ids.mapped("period_start")),
                                 date(2026, 3, 15))  # fmt: skip
            self.assertEqual(
                min(self.legs_of(self.sub2).charge_ids.mapped("period_start")), date(2026, 3, 15)
            )

    def test_a_master_is_replaced(self):
        """TB-061: the new master reads operations, no earlier price; the old one its own past."""
        before, after = self.carry_out("upline")
        for role in ("manager", "finance", "sales", "delivery"):
            for model in self.MODELS:
                ids = before[self.sub, role, model]
                self.assertEqual(before[self.master, role, model], ids)
                self.assertEqual(after[self.sub, role, model], ids)
                self.assertEqual(after[self.second, role, model], ids)
                self.assertEqual(after[self.master, role, model], set())
        old = self.running.leg_ids.filtered("date_until")
        self.assertEqual(len(old), 2)
        for role in ("manager", "finance"):
            self.assertEqual(after[self.master, role, "billing.leg"], set(old.ids))
            seen = self.env["billing.leg"].browse(after[self.second, role, "billing.leg"])
            self.assertEqual(seen, self.legs_of(self.second))
            self.assertEqual(set(seen.mapped("date_from")), {date(2026, 3, 15)})
            books = self.as_user(self.second, role, "billing.price.book").search([])
            self.assertFalse(books.sudo() & (self.book_sub | self.book_master))

    def test_what_people_follow_goes_with_it(self):
        """TB-061: no mail about the tenant to the people of the partner before."""
        manager = self.user(self.sub, "manager")
        above = self.user(self.master, "delivery")
        new = self.user(self.sub2, "manager")
        self.tenant.message_subscribe((manager | above).partner_id.ids)
        self.tenant.activity_schedule(
            "mail.mail_activity_data_todo", summary="Call", user_id=manager.id
        )
        self.carry_out("customer")
        self.assertNotIn(manager.partner_id, self.tenant.message_partner_ids)
        self.assertIn(above.partner_id, self.tenant.message_partner_ids)
        self.assertEqual(self.tenant.activity_ids.user_id, new)
        self.assertEqual(self.tenant.user_id, new)

    def test_engagements_of_the_giver_end(self):
        """TB-061, PG-152: a delivery partner of the partner before loses sight with it."""
        self.engage(self.sub, self.delivery, tenant_id=self.tenant.id)
        self.assertIn(self.tenant.id, self.reads(self.delivery, "delivery", "hosting.tenant"))
        self.carry_out("customer")
        self.assertEqual(self.reads(self.delivery, "delivery", "hosting.tenant"), set())

    def test_each_keeps_its_own_contact(self):
        """TB-061: the giver collects what is owed from its own contact; the receiver has its
        own, without what the giver wrote on it."""
        self.customer.message_post(body="Pays late")
        self.carry_out("customer")
        new = self.running.partner_id
        self.assertNotEqual(new, self.customer)
        self.assertEqual((new.name, new.program_node_id), (self.customer.name, self.sub2))
        self.assertEqual(self.customer.program_node_id, self.sub)
        self.assertNotIn("Pays late", "".join(map(str, new.message_ids.mapped("body"))))
        receivers = self.running.leg_ids.filtered(lambda leg: leg.seller_id == self.sub2)
        self.assertEqual(receivers.customer_id, new)

    def test_the_number_is_the_present_partners_own(self):
        """TB-061, DESIGN 2: the giver reads the name on its old documents, no newer number."""
        self.carry_out("customer")
        leg = self.as_user(self.sub, "finance", "billing.leg").search(
            [("customer_id", "=", self.customer.id)]
        )
        shown = {
            name: {"fields": {"display_name": {}}} for name in ("tenant_id", "subscription_id")
        }
        (row,) = leg.web_read(shown)
        for name in shown:
            self.assertEqual(row[name]["display_name"], self.tenant.name)
        mine = self.tenant.with_user(self.user(self.sub2, "finance"))
        self.assertIn(self.tenant.reference, mine.display_name)

    def test_the_preview_shows_each_its_own(self):
        """TB-061: the platform's desk sees which contracts close and open, and the amounts of
        its own; no partner reads the plan, and of its amounts only its own contracts'."""
        staff = self.staff()
        staff.group_ids |= self.env.ref("partner_governance.group_platform_administrator")
        handover = (
            self.env["billing.handover"]
            .with_user(staff)
            .create(
                {
                    "kind": "upline",
                    "node_ids": self.sub.ids,
                    "receiver_id": self.second.id,
                    "day": "2026-03-15",
                }
            )
        )
        with self.assertRaisesRegex(UserError, "preview first"):
            handover.action_plan()
        handover.action_preview()
        # As the next request reads it, not as the system left it in the cache.
        self.env.flush_all()
        self.env.invalidate_all()
        changes = [(leg.change, leg.party) for leg in handover.leg_ids]
        self.assertEqual(
            changes,
            [
                ("closes", f"{self.root.name} → Meridian Consulting"),
                ("opens", f"{self.root.name} → Adriatic Group"),
                ("closes", "Meridian Consulting → Hanse ERP"),
                ("opens", "Adriatic Group → Hanse ERP"),
                ("stays", "Hanse ERP → Nordwind Industriebedarf"),
            ],
        )
        shown = {
            (each.party, each.component, each.amount): each.change for each in handover.amount_ids
        }
        old, new = f"{self.root.name} → Meridian Consulting", f"{self.root.name} → Adriatic Group"
        self.assertEqual(
            shown,
            {
                (old, "Base", -32.90): "closes",
                (old, "Support, gold", -10.97): "closes",
                (old, "Storage", 1.12): "closes",
                (new, "Base", 34.00): "opens",
                (new, "Support, gold", 17.00): "opens",
                (new, "Storage", 1.70): "opens",
            },
        )
        # What is booked on the day is what was shown.
        handover.action_plan()
        self.run_billing("2026-03-15")
        charges = self.running.leg_ids.filtered(lambda leg: leg.seller_id == self.root).charge_ids
        booked = charges.filtered(lambda charge: charge.due == date(2026, 3, 15))
        self.assertEqual(
            sorted(booked.mapped("amount")), sorted([-32.90, -10.97, 1.12, 34.00, 17.00])
        )
        for node, role in ((self.sub, "manager"), (self.second, "finance")):
            for model in ("billing.handover", "billing.handover.leg"):
                with self.assertRaises(AccessError):
                    self.as_user(node, role, model).search([])
            for row in self.as_user(node, role, "billing.handover.amount").search([]).sudo():
                self.assertIn(node, row.seller_id | row.buyer_id)

    def test_the_desk_moves_a_customer_by_its_tenant(self):
        """TB-061, TRADE 11: kind, tenant, receiver, one preview, one confirm; the desk reads no
        contact of a partner."""
        staff = self.staff()
        staff.group_ids |= self.env.ref("partner_governance.group_platform_administrator")
        handover = (
            self.env["billing.handover"]
            .with_user(staff)
            .create(
                {
                    "kind": "customer",
                    "tenant_id": self.tenant.id,
                    "receiver_id": self.sub2.id,
                    "day": "2026-03-15",
                }
            )
        )
        handover.action_preview()
        handover.action_plan()
        self.env.flush_all()
        self.env.invalidate_all()
        (row,) = handover.web_read(
            {
                "display_name": {},
                "tenant_id": {"fields": {"display_name": {}}},
                "leg_ids": {"fields": {"party": {}, "subscription_id": {"fields": {}}}},
                "amount_ids": {"fields": {"amount": {}}},
            }
        )
        self.assertIn("Nordwind", row["display_name"])
        self.assertEqual((len(row["leg_ids"]), row["amount_ids"]), (5, []))
        self.assertEqual(handover.sudo().customer_id, self.customer)
        self.run_billing("2026-03-15")
        self.assertEqual((handover.state, self.tenant.program_node_id), ("done", self.sub2))

    def test_a_stale_preview_is_refused(self):
        """DESIGN 3: what changed since the preview is shown again."""
        handover = self.env["billing.handover"].create(
            {
                "kind": "customer",
                "customer_id": self.customer.id,
                "receiver_id": self.sub2.id,
                "day": "2026-03-15",
            }
        )
        handover.action_preview()
        self.running.action_change("base", 2, "2026-03-10")
        with self.assertRaisesRegex(UserError, "changed since the preview"):
            handover.action_plan()

    def test_only_the_desk_plans(self):
        """X-05: neither partners nor other platform staff."""
        staff = self.staff()
        handover = self.env["billing.handover"].create(
            {
                "kind": "customer",
                "customer_id": self.customer.id,
                "receiver_id": self.sub2.id,
                "day": "2026-03-15",
            }
        )
        for user in (staff, self.user(self.sub, "manager"), self.user(self.sub2, "manager")):
            for name in ("action_preview", "action_plan", "action_withdraw"):
                with self.subTest(user=user.login, action=name), self.assertRaises(AccessError):
                    getattr(handover.with_user(user), name)()
