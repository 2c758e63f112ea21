from odoo.exceptions import AccessError, UserError

from .common import RESOURCES, BlueprintCase


class TestBlueprintVersion(BlueprintCase):
    def test_a_process_map_belongs_to_its_blueprint(self):
        """PG-065: chosen on the map, listed on the blueprint for who may read it; a blueprint of
        somebody else is not to choose."""
        Artefact = self.as_user(self.sub, "manager", "program.artefact")
        mine = Artefact.create({"name": "O2C", "kind": "process_map", "process": "Order to cash"})
        mine.blueprint_id = self.blueprint
        self.assertEqual(self.blueprint.artefact_ids, mine)
        for node, seen in ((self.sub, mine.ids), (self.stranger, [])):
            user = self.user(node, "delivery")
            self.env.invalidate_all()
            self.assertEqual(self.blueprint.with_user(user).artefact_ids.ids, seen)
        theirs = self.env["blueprint.blueprint"].create(
            {"name": "Private", "program_node_id": self.stranger.id}
        )
        with self.assertRaisesRegex(AccessError, "not yours to use"):
            mine.blueprint_id = theirs

    def test_released_version_is_frozen(self):
        """DB-005: nothing of a released version changes, goes or joins."""
        resource = self.version.resource_ids[-1]
        draft = self.version.copy({"name": "2.0"})
        attempts = (
            lambda: resource.write({"values_json": {"name": "Other", "code": "X"}}),
            lambda: resource.write({"values_text": "{}"}),
            lambda: resource.unlink(),
            lambda: self.version.write({"name": "1.1"}),
            lambda: self.version.write({"state": "draft"}),
            lambda: self.version.write({"resource_ids": [(5,)]}),
            lambda: self.version.unlink(),
            lambda: draft.resource_ids[0].write({"key": "zz", "version_id": self.version.id}),
            lambda: resource.copy({"key": "another"}),
        )
        for number, attempt in enumerate(attempts):
            with self.subTest(number), self.assertRaisesRegex(UserError, "frozen"):
                attempt()

    def test_what_was_released_is_what_is_applied(self):
        """DB-005: the hash is compared before each plan; a change behind the ORM is noticed."""
        self.env.cr.execute(
            "UPDATE blueprint_resource SET key = 'other' WHERE id = %s",
            [self.version.resource_ids[-1].id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "hash"):
            self.plan()

    def test_faults_are_all_named_before_a_release(self):
        """DB-010: a code that Odoo would cut off, a reference to nothing, a loop."""
        bad = (
            {"kind": "warehouse", "key": "wh", "values_json": {"name": "A", "code": "TOOLONG"}},
            {
                "kind": "warehouse",
                "key": "wh2",
                "values_json": {"name": "B", "code": "B", "resupply_wh_ids": [{"ref": "none"}]},
            },
        )
        with self.assertRaises(UserError) as caught:
            self.release(bad, "9.0")
        self.assertIn("1 to 5 letters", str(caught.exception))
        self.assertIn("none", str(caught.exception))
        loop = (
            {**RESOURCES[0], "depends": "stock_account"},
            {**RESOURCES[1], "depends": "stock"},
        )
        with self.assertRaisesRegex(UserError, "wait for each other"):
            self.release(loop, "9.1")

    def test_a_draft_is_not_planned(self):
        """DB-005: only what is released is applied."""
        action = self.version.with_user(self.staff()).action_new_version()
        draft = self.env["blueprint.version"].browse(action["res_id"])
        self.assertEqual(len(draft.resource_ids), len(self.version.resource_ids))
        self.acme.blueprint_version_id = draft
        with self.assertRaisesRegex(UserError, "draft"):
            self.plan()

    def test_catalogue_of_the_platform_is_read_not_written(self):
        """X-05: published blueprints are used below; another partner's own stay its own."""
        mine = self.as_user(self.sub, "delivery", "blueprint.blueprint").create({"name": "Ours"})
        for node, seen in ((self.sub, True), (self.stranger, False)):
            found = self.as_user(node, "delivery", "blueprint.blueprint").search([])
            self.assertEqual(mine.id in found.ids, seen)
            self.assertIn(self.blueprint.id, found.ids)
            versions = self.as_user(node, "delivery", "blueprint.version").search([])
            self.assertIn(self.version.id, versions.ids)
        with self.assertRaises(UserError):
            self.blueprint.with_user(self.user(self.sub, "delivery")).name = "Stolen"

    def test_shipped_blueprint_is_released_and_recommended_for_its_tier(self):
        """DB-002, DB-004: the one that governance tier 2 names."""
        shipped = self.env.ref("distribution_blueprints.blueprint_multi_warehouse")
        tier = self.env.ref("partner_governance.tier_2")
        self.assertEqual(shipped.name, tier.architecture_template)
        self.assertEqual(shipped.program_node_id, self.root)
        version = self.env["blueprint.blueprint"]._recommended(tier)
        self.assertEqual(version, self.env.ref("distribution_blueprints.multi_warehouse_1_0"))
        self.assertEqual(len([r for r in version._resources() if r.kind == "warehouse"]), 3)
