"""A tenant in memory with a blueprint that fits it, and a person of delivery to apply it."""

from odoo.addons.distribution_blueprints.models.blueprint_run_drive import BlueprintRun
from odoo.addons.tenant_billing.tests.hosting import HostingCase

RESOURCES = (
    {"kind": "module", "key": "stock"},
    {"kind": "module", "key": "stock_account"},
    {
        "kind": "setting",
        "key": "locations",
        "values_json": {"group_stock_multi_locations": True, "group_stock_adv_location": True},
    },
    {
        "kind": "product_category",
        "key": "trading_goods",
        "values_json": {
            "name": "Trading goods",
            "property_cost_method": {"by_company": {"main": "average"}},
        },
    },
    {
        "kind": "warehouse",
        "key": "wh_hamburg",
        "lifecycle": "business",
        "values_json": {
            "name": "Hamburg Central",
            "code": "WH",
            "reception_steps": "three_steps",
            "delivery_steps": "pick_pack_ship",
        },
    },
    {
        "kind": "warehouse",
        "key": "wh_bremen",
        "values_json": {
            "name": "Bremen",
            "code": "BRE",
            "reception_steps": "two_steps",
            "delivery_steps": "pick_ship",
            "resupply_wh_ids": [{"ref": "wh_hamburg"}],
        },
    },
)


class BlueprintCase(HostingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blueprint = cls.env["blueprint.blueprint"].create(
            {"name": "Two sites", "program_node_id": cls.root.id, "program_published": True}
        )
        cls.version = cls.release(RESOURCES)
        # Nobody waits in a test; the engine says how long, a live tenant shows that it is done.
        cls.classPatch(BlueprintRun, "_wait", lambda self, seconds: None)

    @classmethod
    def release(cls, resources, name="1.0"):
        version = cls.env["blueprint.version"].create(
            {
                "blueprint_id": cls.blueprint.id,
                "name": name,
                "resource_ids": [(0, 0, dict(values)) for values in resources],
            }
        )
        version.action_release()
        return version

    def setUp(self):
        super().setUp()
        self.acme = self.provisioned()
        self.acme.blueprint_version_id = self.version
        self.connection = self.acme.connection_ids
        self.odoo = self.transport.odoo

    def plan(self, user=None):
        """A plan as a person of delivery makes it."""
        acme = self.acme.with_user(user or self.user(self.sub, "delivery"))
        return self.env["blueprint.plan"].browse(acme.action_plan()["res_id"])

    def start(self, plan, user=None):
        action = plan.with_user(user or self.user(self.sub, "delivery")).action_apply()
        return self.env["blueprint.run"].browse(action["res_id"])

    def apply(self, plan=None):
        """Plan and apply; the run, ended."""
        run = self.start(plan or self.plan())
        self.carry_out(run)
        return run

    def id_of(self, key):
        [row] = self.odoo.rows("ir.model.data", module="__dbp__", name=key)
        return row["res_id"]
