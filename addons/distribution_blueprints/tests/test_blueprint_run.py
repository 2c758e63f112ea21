from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.tenant_billing.adapters import fake_special

from ..models.blueprint_run_drive import BlueprintRun
from .common import BlueprintCase


class TestBlueprintRun(BlueprintCase):
    def test_plan_apply_plan(self):
        """DB-002, DB-010, DB-018: the plan is shown first, applied once, then there is nothing
        to do."""
        plan = self.plan()
        self.assertEqual(plan.state, "open")
        self.assertFalse(self.transport.changes)
        bremen = plan.line_ids.filtered(lambda line: line.key == "wh_bremen")
        self.assertEqual((bremen.action, bremen.before), ("create", ""))
        self.assertIn("reception_steps: two_steps", bremen.after)
        run = self.apply(plan)
        self.assertEqual((run.state, run.code, run.progress), ("done", "", 100), run.text)
        self.assertEqual(plan.state, "applied")
        self.assertEqual(self.connection.blueprint_version_id, self.version)
        self.assertEqual(len(self.connection.applied_ids), len(self.version.resource_ids))
        second = self.plan()
        self.assertEqual(second.state, "empty")
        with self.assertRaisesRegex(UserError, "already"):
            self.start(second)

    def test_each_intent_is_kept_before_it_is_sent(self):
        """D-02: the journal holds key, hash and result of every change, in order."""
        run = self.apply()
        # Settings are one step of two calls: a form, which is worth nothing, and its execution.
        calls = [c for c in self.transport.changes if c != ("res.config.settings", "create")]
        self.assertEqual(len(run.step_ids), len(calls))
        self.assertEqual(set(run.step_ids.mapped("state")), {"ok"})
        creates = run.step_ids.filtered(lambda step: step.op == "create")
        self.assertIn("wh_bremen", creates.mapped("key"))
        self.assertTrue(all(creates.mapped("payload_hash")))

    def test_dies_half_way(self):
        """D-01: the run is interrupted, the journal stays, the next plan shows the rest."""
        self.transport.fail("die_after", 5)
        run = self.apply()
        self.assertEqual(run.state, "interrupted")
        self.assertTrue(run.text)
        self.assertEqual(run.step_ids.sorted("number")[-1].state, "unknown")
        self.assertEqual(run.plan_id.state, "spent")
        applied = len(self.connection.applied_ids)
        self.assertTrue(0 < applied < len(self.version.resource_ids))
        with self.assertRaises(UserError):
            self.plan()  # the tenant is down, and the plan says so instead of guessing
        self.transport.revive()
        with self.assertRaisesRegex(UserError, "already"):
            self.start(run.plan_id)
        # The warehouse that came with the module is in use by now, for all the plan can tell.
        rest = self.plan()
        rest.with_user(self.user(self.sub, "delivery")).action_approve_all()
        self.assertEqual(self.apply(rest).state, "done")
        self.assertEqual(self.plan().state, "empty")
        self.assertEqual(len(self.odoo.rows("stock.warehouse", code="BRE")), 1)

    def test_dead_process_is_noticed(self):
        """D-01: a run that was under way when its process died is not gone on with."""
        run = self.start(self.plan())
        run.state = "running"
        self.carry_out(run)
        self.assertEqual((run.state, run.code), ("interrupted", "process_died"))
        self.assertFalse(self.transport.changes)

    def test_second_run_is_refused_by_name(self):
        """D-03: one run at a time per tenant; the refusal names who has it."""
        run = self.start(self.plan())
        second = self.plan(self.user(self.sub, "manager"))
        with self.assertRaises(UserError) as caught:
            self.start(second, self.user(self.sub, "manager"))
        self.assertIn(self.user(self.sub, "delivery").name, str(caught.exception))
        run.lock_until = fields.Datetime.now() - timedelta(minutes=1)
        taken = self.start(second, self.user(self.sub, "manager"))
        self.assertEqual((run.state, taken.state), ("interrupted", "queued"))

    def test_forced_end_is_on_the_trail(self):
        """D-03: a run that hangs is ended by a person, whose name stays."""
        run = self.start(self.plan())
        run.with_user(self.user(self.sub, "manager")).action_force_unlock()
        self.assertEqual((run.state, run.code), ("interrupted", "lock_lost"))
        event = self.env["governance.event"].search([("kind", "=", "blueprint_run")], limit=1)
        self.assertEqual(event.actor_name, self.user(self.sub, "manager").name)
        self.carry_out(run)
        self.assertFalse(self.transport.changes)

    def test_stale_plan_is_refused(self):
        """D-03: whoever changed the tenant after the plan was made, also the very first one."""
        plan = self.plan()
        fake_special.finish_install(self.odoo, "stock")
        run = self.apply(plan)
        self.assertEqual((run.state, run.code), ("refused", "plan_stale"))
        self.assertEqual(plan.state, "stale")
        self.assertFalse(self.transport.changes)

    def test_old_plan_is_refused(self):
        plan = self.plan()
        plan.sudo().expires_at = fields.Datetime.now() - timedelta(minutes=1)
        with self.assertRaisesRegex(UserError, "too old"):
            self.start(plan)

    def test_blocked_plan_sends_nothing(self):
        """D-12: a right that is missing blocks the whole plan, which names it."""
        self.assertEqual(self.apply().state, "done")
        self.transport.deny("stock.warehouse", "write")
        self.odoo.by_hand("product.category", self.id_of("trading_goods"), name="Other")
        plan = self.plan()
        self.assertEqual(plan.state, "blocked")
        self.assertTrue(plan.lacks_rights)
        with self.assertRaisesRegex(UserError, "stock.warehouse"):
            self.start(plan)

    def test_module_that_is_not_deployed(self):
        """D-11: named before anything is planned."""
        self.acme.blueprint_version_id = self.release(
            [{"kind": "module", "key": "unheard_of"}], "5.0"
        )
        with self.assertRaisesRegex(UserError, "unheard_of"):
            self.plan()

    def test_version_that_drops_a_resource(self):
        """D-06: left as it is; the plan says so, and the state is forgotten."""
        self.apply()
        shorter = [values for values in self.version.resource_ids.copy_data()
                   if values["key"] != "wh_bremen"]  # fmt: skip
        for values in shorter:
            values.pop("version_id", None)
        self.acme.blueprint_version_id = self.release(shorter, "2.0")
        plan = self.plan()
        line = plan.line_ids.filtered(lambda line: line.key == "wh_bremen")
        self.assertEqual(line.action, "forget")
        self.assertEqual(self.apply(plan).state, "done")
        self.assertNotIn("wh_bremen", self.connection.applied_ids.mapped("key"))
        self.assertTrue(self.odoo.rows("stock.warehouse", code="BRE"))

    def test_approval_is_needed_for_drift_and_grave_changes(self):
        """DB-018, D-04: without it the line is left out; with it, it is set back."""
        self.apply()
        self.odoo.by_hand("stock.warehouse", self.id_of("wh_bremen"), reception_steps="one_step")
        plan = self.plan()
        line = plan.line_ids.filtered(lambda line: line.action == "drift")
        self.assertTrue(line.needs_approval and line.who)
        self.assertTrue(line.risk_text)
        run = self.apply(plan)
        self.assertEqual(run.state, "done")
        self.assertEqual(line.outcome, "Not approved")
        [row] = self.odoo.rows("stock.warehouse", code="BRE")
        self.assertEqual(row["reception_steps"], "one_step")
        plan = self.plan()
        plan.with_user(self.user(self.sub, "delivery")).action_approve_all()
        self.assertEqual(self.apply(plan).state, "done")
        self.assertEqual(row["reception_steps"], "two_steps")

    def test_who_may(self):
        """X-05, PG-015: an engaged delivery partner may, and sees no price; sales, finance and
        strangers may not."""
        self.engage(self.sub, self.delivery, tenant_id=self.acme.id)
        helper = self.user(self.delivery, "delivery")
        plan = self.plan(helper)
        self.assertIn(plan, self.env["blueprint.plan"].with_user(helper).search([]).sudo())
        run = self.start(plan, helper)
        self.assertEqual(run.user_id, helper)
        self.carry_out(run)
        self.assertEqual(run.state, "done")
        self.assertTrue(run.with_user(helper).step_ids.mapped("payload_hash"))
        for node, role in (
            (self.stranger, "delivery"), (self.stranger, "manager"), (self.sub2, "manager"),
            (self.sub, "sales"), (self.sub, "finance"),
        ):  # fmt: skip
            user = self.user(node, role)
            with self.subTest(f"{node.name} {role}"), self.assertRaises(AccessError):
                self.plan(user)
            with self.assertRaises(AccessError):
                run.plan_id.with_user(user).action_apply()
        self.assertTrue(self.as_user(self.sub, "sales", "blueprint.plan").search([]))
        for model in ("blueprint.plan", "blueprint.run", "blueprint.applied", "blueprint.run.step"):
            self.assertFalse(self.as_user(self.stranger, "manager", model).search([]), model)

    def test_engagement_to_look_at_is_not_one_to_work(self):
        engagement = self.engage(self.sub, self.delivery, tenant_id=self.acme.id)
        engagement.may_write = False
        with self.assertRaises(AccessError):
            self.plan(self.user(self.delivery, "delivery"))

    def test_nothing_of_a_run_is_written_by_hand(self):
        """D-03: states, approvals and journals have no way in but the buttons."""
        run = self.apply()
        manager = self.user(self.sub, "manager")
        for record, values in (
            (run, {"state": "done"}),
            (run.plan_id, {"state": "open"}),
            (run.plan_id.line_ids[0], {"approved": True}),
            (run.step_ids[0], {"state": "ok"}),
            (self.connection.applied_ids[0], {"values_json": {}}),
        ):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(manager).write(values)

    def test_rights_are_given_once_modules_are_there(self):
        """blueprints.md 3.0: the key lacks the rights that a module brings until it is there."""
        seen = []
        self.patch(BlueprintRun, "_rights", lambda run, tenant, states: seen.append(states))
        self.apply()
        self.assertEqual(seen[-1], {"stock": "installed", "stock_account": "installed"})
