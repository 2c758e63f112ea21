"""A tenant in memory, a blueprint, and a run that journals like the real one."""

import json
from dataclasses import dataclass, field

import pytest
from cp.distribution_blueprints.adapters.tenant import Tenant
from cp.distribution_blueprints.engine.apply import apply_plan
from cp.distribution_blueprints.engine.live import Applied
from cp.distribution_blueprints.engine.plan import make_plan
from cp.distribution_blueprints.engine.resources import Resource
from cp.distribution_blueprints.engine.talk import Patience
from cp.tenant_billing.adapters.fake_odoo import FakeOdoo
from cp.tenant_billing.adapters.transport import FakeTransport


def distribution():
    """Modules, settings, two categories, two warehouses, a generic record: every kind."""
    return (
        Resource("warehouse", "wh_south", values={
            "name": "South", "code": "SOUTH", "reception_steps": "two_steps",
            "resupply_wh_ids": [{"ref": "wh_main"}],
        }),
        Resource("warehouse", "wh_main", lifecycle="business", values={
            "name": "Central", "code": "WH", "reception_steps": "three_steps",
            "delivery_steps": "pick_ship",
        }, ownership={"name": "seed"}),
        Resource("module", "stock"),
        Resource("module", "stock_account"),
        Resource("setting", "locations", values={
            "group_stock_multi_locations": True, "group_stock_adv_location": True,
        }),
        Resource("product_category", "spares", values={
            "name": "Spares", "parent_id": {"ref": "goods"},
            "property_cost_method": {"by_company": {"main": "average"}},
        }),
        Resource("product_category", "goods", values={"name": "Goods"}),
        Resource("record", "pricelist", model="product.pricelist", natural=("name",),
                 values={"name": "Dealers", "factor": 0.9}),
    )  # fmt: skip


@dataclass
class Harness:
    """One tenant and what the control plane would store about it."""

    resources: tuple = field(default_factory=distribution)
    odoo: FakeOdoo = field(default_factory=FakeOdoo)
    applied: dict = field(default_factory=dict)
    journal: list = field(default_factory=list)

    def __post_init__(self):
        pricelist = {"name": {"type": "char"}, "factor": {"type": "float", "digits": [16, 4]}}
        self.odoo.define("product.pricelist", pricelist)
        self.transport = FakeTransport(self.odoo)
        self.tenant = Tenant(self.transport, "uuid-1")
        self.patience = Patience(tries=3, polls=5, request_life=20)

    def live(self):
        return self.tenant.read_live(self.resources, self.applied)

    def plan(self, **kwargs):
        return make_plan(self.resources, self.live(), self.applied, **kwargs)

    def run(self, plan=None, approved=None):
        """Apply; ``approved`` None means every line. Returns the outcome."""
        live = self.live()
        plan = plan or make_plan(self.resources, live, self.applied)
        agreed = {line.id for line in plan.lines} if approved is None else approved
        steps = apply_plan(plan, self.resources, live, self.applied, agreed, self.patience)
        result = None
        while True:
            try:
                step = steps.send(result)
            except StopIteration as end:
                return end.value
            self.journal.append(step)
            if step.op == "verified":
                data = json.loads(json.dumps(vars(step.applied)))  # as the database keeps it
                self.applied[step.key] = Applied(**data)
            elif step.op == "forgotten":
                del self.applied[step.key]
            result = self.tenant.execute(step)

    def actions(self, **kwargs):
        """``{key: [actions]}`` of the present plan, no-ops left out."""
        found = {}
        for line in self.plan(**kwargs).lines:
            if line.action != "noop":
                found.setdefault(line.key, []).append(line.action)
        return found

    def line(self, key):
        [line] = [line for line in self.plan().lines if line.key == key]
        return line

    def id_of(self, key):
        [row] = self.odoo.rows("ir.model.data", module="__dbp__", name=key)
        return row["res_id"]


@pytest.fixture
def harness():
    """An untouched tenant."""
    return Harness()


@pytest.fixture
def make_harness():
    """The class, for tests that need several or their own resources."""
    return Harness


@pytest.fixture
def applied_harness():
    """A tenant that the blueprint was applied to."""
    ready = Harness()
    outcome = ready.run()
    assert outcome.state == "done", outcome
    ready.transport.calls.clear()
    ready.transport.changes.clear()
    ready.journal.clear()
    return ready
