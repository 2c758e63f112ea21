from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..engine import isolation
from .common import ROLES, ProgramCase
from .marked import MarkedMixin, amount_mark, mark, money_mark

REFUSED = (AccessError, UserError, ValidationError, MissingError)
# What a read of text can answer without computing the whole world.
TEXTS = ("char", "text", "html", "many2one", "reference", "selection")


class IsolationCase(MarkedMixin, ProgramCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.filled = {node: cls.fill(node) for node in cls.nodes - cls.root}
        cls.filled[cls.root] = cls.fill_root()
        for node in (cls.master, cls.stranger):
            cls.invoice(node, cls.filled[node]["contact"])
        cls.env.flush_all()

    @classmethod
    def fill_root(cls):
        cls.platform = cls.staff()
        return cls.fill(cls.root)

    def models(self):
        return sorted(name for name, model in self.env.registry.items() if not model._abstract)

    def text_fields(self, model):
        return [
            name
            for name, field in model._fields.items()
            if field.type in TEXTS
            and (field.store or field.related or field.inherited)
            and model._has_field_access(field, "read")
        ]


class TestIsolationTable(IsolationCase):
    """X-05: every model of the registry is classified, and the table means what exists."""

    def test_every_model_has_a_class(self):
        """X-05: a model that nobody thought of fails here, and is denied until then."""
        table = self.env["program.isolation"]._entries()
        missing = [name for name in self.models() if name not in table]
        self.assertFalse(missing, "classify these in security/isolation.csv")

    def test_every_path_exists(self):
        """X-05: a path with a slip would deny, or worse, be skipped."""
        for entry in self.env["program.isolation"]._entries().values():
            if entry.model not in self.env:
                continue
            for term in entry.terms:
                name = term.field.split(".")[0]
                self.assertIn(name, self.env[entry.model]._fields, f"{entry.model}: {term.field}")

    def test_owned_models_keep_their_node_stored_and_indexed(self):
        """X-05: the deciding field of an operational model is stored and indexed."""
        for entry in self.env["program.isolation"]._entries().values():
            if entry.cls != isolation.OPERATIONAL or entry.model not in self.env:
                continue
            field = self.env[entry.model]._fields[entry.terms[0].field]
            # A view over tables reads their indexes.
            if field.name != "id" and self.env[entry.model]._auto:
                self.assertTrue(field.store and field.index, entry.model)

    def test_a_model_in_no_table_is_denied(self):
        """X-05: a foreign addon installed on top shows nothing to partner staff."""
        table = self.env["program.isolation"]._entries()
        kept = table.pop("program.brand")
        self.addCleanup(table.__setitem__, "program.brand", kept)
        for role in ROLES:
            brands = self.as_user(self.sub, role, "program.brand")
            self.assertFalse(brands.search([]))


class TestIsolationReading(IsolationCase):
    """X-05, PG-015: what comes back from any model belongs to the reader."""

    def scan(self, user):
        found = []
        for name in self.models():
            model = self.env[name].with_user(user)
            try:
                records = model.with_context(active_test=False).search([], limit=2000)
                answer = records.read(self.text_fields(model)) if records else []
            except REFUSED:
                continue
            found += [f"{name}: {whose}" for whose in self.leaks(user, answer)]
        return found

    @mute_logger(
        "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
    )
    def test_each_role_reads_its_own_branch_only(self):
        """X-05: every model, every role, of a sub-partner, a master, a stranger."""
        for node in (self.sub, self.master, self.stranger, self.delivery):
            for role in ROLES:
                with self.subTest(node=node.name, role=role):
                    self.assertFalse(self.scan(self.user(node, role)))

    @mute_logger(
        "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
    )
    def test_what_is_computed_tells_nothing_foreign(self):
        """X-05: every field that a person may read, computed ones too, core's own SQL among
        them (journal dashboard, team graph, totals of a contact): no foreign name or amount."""
        for user in (
            self.user(self.sub, "manager"),
            self.user(self.master, "manager"),
            self.user(self.stranger, "finance"),
            self.platform,
        ):
            # Each person asks in a request of its own: the cache of another one's answers nothing.
            self.env.invalidate_all()
            seen = 0
            for name in self.models():
                model = self.env[name].with_user(user)
                for field, answer in self.read_everything(model):
                    seen += 1
                    with self.subTest(f"{name}.{field}", user=user.login):
                        self.assertFalse(self.leaks(user, answer))
            self.assertGreater(seen, 1000, user.login)
        own = self.env["account.journal"].with_user(self.user(self.stranger, "finance")).search([])
        dashboard = str(own.filtered(lambda one: one.type == "sale").mapped("kanban_dashboard"))
        self.assertIn(str(amount_mark(self.stranger)), dashboard.replace(",", ""))

    def read_everything(self, model):
        """Values of each readable field of a few records, field by field."""
        try:
            records = model.with_context(active_test=False).search([], limit=30)
        except REFUSED:
            return
        for name, field in model._fields.items() if records else ():
            if field.type == "binary" or not model._has_field_access(field, "read"):
                continue
            try:
                yield name, records.read([name])
            except REFUSED:
                continue

    @mute_logger(
        "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
    )
    def test_platform_staff_read_operations_but_no_foreign_money(self):
        """X-05: the platform sees every deal and no partner's quotation or invoice."""
        self.assertFalse(self.scan(self.platform))
        self.assertEqual(
            len(self.env["program.deal"].with_user(self.platform).search([])),
            len(self.env["program.deal"].search([])),
        )

    @mute_logger(
        "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
    )
    def test_an_internal_user_of_nobody_reads_own_records_alone(self):
        """X-05: internal but bound to no node, with every partner role."""
        user = new_test_user(self.env, "nobody", groups="partner_governance.group_partner_manager")
        self.assertFalse(self.scan(user))

    @mute_logger(
        "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"
    )
    def test_a_portal_user_reads_its_own_party_alone(self):
        """X-05: the customer of one partner reads nothing of any other customer or partner."""
        contact = self.filled[self.sub]["contact"]
        user = new_test_user(
            self.env, "customer", groups="base.group_portal", email="c@customer.example"
        )
        user.partner_id.parent_id = contact
        foreign = self.filled[self.sub2]["contact"]
        self.assertTrue(contact.with_user(user).has_access("read"))
        self.assertFalse(foreign.with_user(user).has_access("read"))
        marks = [mark(node) for node in self.nodes - self.sub]
        for name in self.models():
            model = self.env[name].with_user(user)
            try:
                records = model.search([], limit=500)
                answer = str(records.read(self.text_fields(model))) if records else ""
            except REFUSED:
                continue
            self.assertFalse([each for each in marks if each in answer], name)

    def test_nobody_is_put_into_a_channel_with_competitors(self):
        """X-05: core's channel for all employees is the platform's own."""
        channel = self.env.ref("mail.channel_all_employees")
        members = channel.channel_member_ids.partner_id.user_ids.program_partner_id
        self.assertFalse(members - self.root)

    def test_the_own_branch_is_really_there(self):
        """PG-015: the fence lets through what it should: own branch and its operations."""
        cases = {
            self.sub: (self.sub, [self.sub]),
            self.master: (self.master, [self.master, self.sub, self.sub2]),
        }
        for reader, (_, expected) in cases.items():
            deals = self.as_user(reader, "manager", "program.deal").search([])
            nodes = {deal.program_node_id.id for deal in deals}
            self.assertEqual(nodes, {node.id for node in expected})
            partners = self.as_user(reader, "manager", "program.partner").search([])
            self.assertEqual(set(partners), set(expected))

    def test_a_master_reads_operations_of_its_subs_but_not_their_money(self):
        """X-05: deal and answers yes; opportunity, quotation, price list, invoice no."""
        master = self.user(self.master, "manager")
        of_sub = self.filled[self.sub]
        self.assertTrue(of_sub["deal"].with_user(master).has_access("read"))
        self.assertTrue(of_sub["deal"].qualification_id.with_user(master).has_access("read"))
        for record in (of_sub["lead"], of_sub["order"], of_sub["order"].order_line):
            self.assertFalse(record.with_user(master).has_access("read"), record._name)

    def test_side_channels(self):
        """X-05: name search, grouping, counts, export, messages, menus of other people's work."""
        user = self.user(self.stranger, "manager")
        foreign = mark(self.sub)
        for name in ("res.partner", "program.deal", "project.project", "res.users", "crm.lead"):
            model = self.env[name].with_user(user)
            self.assertFalse(model.name_search(foreign), name)
            self.assertFalse(model.search_count([("display_name", "ilike", foreign)]), name)
        Deal = self.env["program.deal"].with_user(user)
        groups = Deal.formatted_read_group([], ["program_node_id"], ["__count"])
        self.assertFalse(self.leaks(user, groups))
        self.assertEqual(sum(group["__count"] for group in groups), 1)
        with self.assertRaises(UserError):
            self.filled[self.sub]["deal"].with_user(user).export_data(["company_name"])
        suggestions = self.env["res.partner"].with_user(user).get_mention_suggestions(foreign)
        self.assertFalse(self.leaks(user, suggestions))

    def test_the_tree_starts_at_the_own_node(self):
        """PG-015: hierarchy_read gives a master its own node as the top."""
        Partner = self.as_user(self.master, "manager", "program.partner")
        spec = {"name": {}, "upline_id": {"fields": {"display_name": {}}}}
        rows = Partner.hierarchy_read([("id", "=", self.master.id)], spec, "upline_id")
        self.assertEqual(
            {row["name"] for row in rows}, {"Meridian Consulting", "Hanse ERP", "Alpenland IT"}
        )
        top = next(row for row in rows if row["id"] == self.master.id)
        self.assertFalse(top["upline_id"])
        rows = self.as_user(self.sub, "sales", "program.partner").hierarchy_read(
            [], spec, "upline_id"
        )
        self.assertEqual([row["name"] for row in rows], ["Hanse ERP"])


class TestIsolationPointing(IsolationCase):
    """X-05: values cannot point at what the writer may not read."""

    def targets_of(self, comodel):
        """A record of a stranger, of the model that a field points at."""
        filled = self.filled[self.stranger]
        known = {
            "res.partner": filled["contact"],
            "res.users": self.user(self.stranger, "manager"),
            "program.deal": filled["deal"],
            "crm.lead": filled["lead"],
            "sale.order": filled["order"],
            "project.project": filled["project"],
            "project.task": filled["task"],
            "product.template": filled["product"],
            "product.product": filled["product"].product_variant_id,
            "res.company": self.stranger.company_id,
            "program.partner": self.stranger,
            "crm.team": self.env["crm.team"].search(
                [("program_node_id", "=", self.stranger.id)], limit=1
            ),
            "program.brand": self.env["program.brand"].search(
                [("program_node_id", "=", self.stranger.id)], limit=1
            ),
        }
        return known.get(comodel)

    @mute_logger(
        "odoo.addons.base.models.ir_rule",
        "odoo.addons.base.models.ir_model",
        "odoo.models",
        "odoo.sql_db",
    )
    def test_no_writable_model_takes_a_foreign_id(self):
        """X-05: create and onchange of every model, each relational field, foreign id."""
        user = self.user(self.sub, "manager")
        tried = 0
        for name in self.models():
            model = self.env[name].with_user(user)
            if not model.has_access("create"):
                continue
            for field in model._fields.values():
                target = field.relational and self.targets_of(field.comodel_name)
                if not target:
                    continue
                tried += 1
                value = target.id if field.type == "many2one" else [(4, target.id)]
                self.refuse(model, field, value)
        self.assertGreater(tried, 60)

    def refuse(self, model, field, value):
        label = f"{model._name}.{field.name}"
        for way in ("create", "onchange", "default"):
            with self.subTest(label, way=way), self.env.cr.savepoint() as savepoint:
                try:
                    answer = self.point(model, field, value, way)
                except REFUSED:
                    answer = None
                except Exception:  # noqa: BLE001 - core stumbled before it took anything
                    answer = None
                savepoint.rollback()
                if way == "create":
                    self.assertIsNone(answer, f"{label} took a foreign record")
                else:
                    self.assertFalse(self.leaks(model.env.user, answer), label)
                self.env.invalidate_all()

    def point(self, model, field, value, way):
        if way == "create":
            return model.create({field.name: value})
        spec = {
            name: {}
            for name, each in model._fields.items()
            if each.type in ("char", "text", "html") and model._has_field_access(each, "read")
        }
        spec[field.name] = {"fields": {"display_name": {}}}
        if way == "onchange":
            return model.onchange({field.name: value}, [field.name], spec)
        return model.with_context(**{f"default_{field.name}": value}).onchange({}, [], spec)

    @mute_logger(
        "odoo.addons.base.models.ir_rule",
        "odoo.addons.base.models.ir_model",
        "odoo.models",
        "odoo.sql_db",
    )
    def test_no_writable_record_is_moved_onto_a_foreign_one(self):
        """X-05: write on an own record of every model, as every role, each relational field,
        foreign id; the refusal names nobody."""
        tried = 0
        for role in ROLES:
            user = self.user(self.sub, role)
            for name in self.models():
                record = self.writable(self.env[name].with_user(user))
                for field in record._fields.values() if record else ():
                    target = field.relational and self.targets_of(field.comodel_name)
                    if not target or not record._has_field_access(field, "write"):
                        continue
                    tried += 1
                    value = target.id if field.type == "many2one" else [(4, target.id)]
                    self.refuse_write(record, field, value)
        self.assertGreater(tried, 120)

    def writable(self, model):
        """A record that the user may write, empty where there is none."""
        if model._transient or not model.has_access("write"):
            return model
        records = model.with_context(active_test=False).search([], limit=50)
        return records._filtered_access("write")[:1]

    def refuse_write(self, record, field, value):
        label = f"{record.env.user.login}: {record._name}.{field.name}"
        with self.subTest(label), self.env.cr.savepoint() as savepoint:
            try:
                record.write({field.name: value})
                taken = True
            except REFUSED as error:
                taken = False
                self.assertFalse(self.leaks(record.env.user, str(error)), label)
            savepoint.rollback()
            self.env.invalidate_all()
            self.assertFalse(taken, f"{label} took a foreign record")

    def test_node_company_and_groups_are_set_by_the_system(self):
        """X-05: nobody moves a record, a user or a right into another partner."""
        manager = self.user(self.sub, "manager")
        own = self.filled[self.sub]
        for record, values in (
            (own["deal"], {"program_node_id": self.stranger.id}),
            (own["contact"], {"program_node_id": self.stranger.id}),
            (own["order"], {"company_id": self.stranger.company_id.id}),
            (manager, {"program_partner_id": self.stranger.id}),
            (manager, {"company_ids": [(4, self.stranger.company_id.id)]}),
            (manager, {"group_ids": [(4, self.env.ref("base.group_system").id)]}),
        ):
            with self.subTest(record._name, values=values), self.assertRaises(AccessError):
                record.with_user(manager).write(values)

    def test_nobody_deletes_a_node(self):
        """X-05: a node is archived, never deleted; not even by the superuser."""
        for who in (self.env.user, self.user(self.master, "manager"), self.platform):
            with self.assertRaises(UserError):
                self.sub.with_user(who).unlink()

    def test_nobody_is_made_to_follow_across_the_fence(self):
        """X-05: a stranger is not subscribed, mentioned or assigned."""
        deal = self.filled[self.sub]["deal"].with_user(self.user(self.sub, "sales"))
        stranger = self.user(self.stranger, "sales").partner_id
        deal.message_subscribe(partner_ids=stranger.ids)
        self.assertNotIn(stranger, deal.sudo().message_partner_ids)
        with self.assertRaises(AccessError):
            deal.message_post(body="look", partner_ids=stranger.ids)
        self.assertIn(money_mark(self.sub), str(self.filled[self.sub]["lead"].name))


class TestIsolationMoves(IsolationCase):
    """X-05, PG-152: sight follows the tree, the user and the engagement at once."""

    def test_moving_a_node_moves_its_sight(self):
        """X-05: under a new upline, the old master sees it no more."""
        deal = self.filled[self.sub2]["deal"]
        master = self.user(self.master, "manager")
        self.assertTrue(deal.with_user(master).has_access("read"))
        self.sub2.upline_id = self.root
        self.env.invalidate_all()
        self.assertFalse(deal.with_user(master).has_access("read"))

    def test_moving_a_user_moves_its_sight(self):
        """X-05: a person who changes partner reads the new one alone."""
        user = self.user(self.sub, "sales")
        user.program_partner_id = self.stranger
        self.env.invalidate_all()
        deals = self.env["program.deal"].with_user(user).search([])
        self.assertEqual(deals.program_node_id, self.stranger)
        self.assertEqual(user.company_ids, self.stranger.company_id)

    def test_an_engagement_opens_one_deal_and_ends_at_once(self):
        """PG-152: the delivery partner sees the OEM's deal while it runs, and no price."""
        deal = self.filled[self.oem]["deal"]
        worker = self.user(self.delivery, "delivery")
        owner = self.user(self.oem, "manager")
        owner.tz = "Pacific/Kiritimati"  # where a day begins first
        self.assertFalse(deal.with_user(worker).has_access("read"))
        engagement = self.engage(self.oem, self.delivery, deal_id=deal.id)
        self.env.invalidate_all()
        self.assertTrue(deal.with_user(worker).has_access("read"))
        self.assertFalse(deal.lead_ids.with_user(worker).has_access("read"))
        engagement.with_user(self.user(self.delivery, "manager")).action_end()
        self.env.invalidate_all()
        self.assertFalse(deal.with_user(worker).has_access("read"))
