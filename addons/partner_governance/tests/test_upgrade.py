from odoo import fields

from .common import ProgramCase

BLANKED = (
    "DELETE FROM program_right WHERE holder_id = %(node)s",
    "DELETE FROM program_model_term WHERE program_node_id = %(node)s",
    "UPDATE program_partner SET state = 'onboarding', create_date = '2025-03-01 10:00:00'"
    " WHERE id = %(node)s",
    "UPDATE program_partner SET pilot_cap = NULL WHERE id = %(root)s",
    "ALTER TABLE governance_qualification_rule ALTER COLUMN rulebook_id DROP NOT NULL",
    "UPDATE governance_qualification_rule SET rulebook_id = NULL",
    "DELETE FROM governance_gate_governance_question_set_rel",
    "DELETE FROM program_commercial_model_program_revenue_stream_rel",
    "UPDATE program_commercial_model SET price_authority = NULL, floor_rule = NULL,"
    " service_scope = NULL, master_may_invite = NULL, has_brand = TRUE, has_tenancy = TRUE",
    "UPDATE governance_tier SET architecture_id = NULL",
    "UPDATE program_metric SET layer_id = NULL",
    "UPDATE res_partner_grade SET threshold = 60, floor_delivery = NULL, floor_cloud = NULL,"
    " floor_specialisation = NULL, protection_days = 30, signs_tier = 1, sandbox_limit = 1,"
    " support_queue = 'standard', council_place = NULL",
)
WATCHED = (
    "program.right", "program.model.term", "program.partner", "governance.qualification.rule",
    "governance.question.set", "program.commercial.model", "governance.tier", "program.metric",
    "governance.layer", "res.partner.grade", "governance.event",
)  # fmt: skip


class TestUpgrade(ProgramCase):
    """DESIGN 4.2, PG-012, PG-029, PG-072: an update leaves shipped records alone, so what older
    databases lack is completed by a function that runs with each."""

    def upgrade(self):
        """The functions of ``data/upgrade.xml``, as an update calls them."""
        from odoo.tools import convert_file

        convert_file(
            self.env, "partner_governance", "data/upgrade.xml", {}, mode="update", noupdate=False
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def forget_filled(self):
        """A database from before it was kept what an update has filled."""
        self.env["ir.config_parameter"].set_param("partner_governance.filled_fields", False)

    def state(self):
        """All stored values of what the functions touch."""
        found = {}
        for model in WATCHED:
            records = self.env[model].with_context(active_test=False).search([], order="id")
            names = [
                name
                for name, field in records._fields.items()
                if field.store and field.type not in ("one2many", "binary")
            ]
            found[model] = records.read(names, load=None)
        return found

    def test_older_databases_are_completed_once(self):
        """PG-012, PG-029, PG-072, PG-081: blanked, completed, and the second time untouched."""
        fresh = self.state()
        kinds = sorted(self.sub.right_ids.mapped("kind"))
        for statement in BLANKED:
            self.env.cr.execute(statement, {"node": self.sub.id, "root": self.root.id})
        self.env.invalidate_all()
        self.forget_filled()
        self.upgrade()
        self.assertEqual(sorted(self.sub.right_ids.mapped("kind")), kinds)
        self.assertEqual(self.sub.state, "active")
        term = self.sub.term_ids
        self.assertEqual(
            (str(term.date_from), term.date_until, term.commercial_model_id),
            ("2025-03-01", False, self.sub.commercial_model_id),
        )
        self.assertEqual(self.root.pilot_cap, 20)
        after = self.state()
        for model, names in {
            "governance.qualification.rule": ("rulebook_id",),
            "governance.question.set": ("gate_ids",),
            "program.commercial.model": (
                "stream_ids", "master_may_invite", "has_brand", "has_tenancy",
                "price_authority", "floor_rule", "service_scope",
            ),
            "governance.tier": ("architecture_id",),
            "program.metric": ("layer_id",),
            "res.partner.grade": (
                "threshold", "floor_delivery", "floor_cloud", "floor_specialisation",
                "protection_days", "signs_tier", "sandbox_limit", "support_queue",
                "council_place",
            ),
        }.items():  # fmt: skip
            for name in names:
                self.assertEqual(
                    [row[name] for row in fresh[model]], [row[name] for row in after[model]],
                    f"{model}.{name}",
                )  # fmt: skip
                self.assertTrue(any(row[name] for row in after[model]), f"{model}.{name}")
        self.upgrade()
        self.assertEqual(self.state(), after)

    def test_what_somebody_said_stays(self):
        """PG-072: an update takes no decision of the programme back."""
        gates = self.env.ref("partner_governance.gate_commercial")
        asked = self.env.ref("partner_governance.set_distributor")
        asked.gate_ids = gates
        model = self.env.ref("partner_governance.model_resale")
        model.write({"master_may_invite": False, "price_authority": "Both"})
        grade = self.env.ref("partnership.res_partner_grade_data_gold")
        grade.threshold = 75
        branding = self.sub.right_ids.filtered(lambda each: each.kind == "branding")
        branding.date_until = fields.Date.today()
        self.upgrade()
        self.assertEqual(asked.gate_ids, gates)
        self.assertEqual((model.master_may_invite, model.price_authority), (False, "Both"))
        self.assertEqual((grade.threshold, self.root.pilot_cap), (75, 0))
        self.assertEqual(
            self.sub.right_ids.filtered(lambda each: each.kind == "branding"), branding
        )

    def test_what_somebody_has_emptied_stays_empty(self):
        """PG-081, PG-072: a kind of deal that meets every gate, a model that sells nothing, a tier
        without a template: filled once in an older database, never again."""
        asked = self.env.ref("partner_governance.set_distributor")
        model = self.env.ref("partner_governance.model_resale")
        tier = self.env.ref("partner_governance.tier_2")

        def empty():
            asked.gate_ids = model.stream_ids = tier.architecture_id = False
            self.upgrade()

        def told():
            return [bool(asked.gate_ids), bool(model.stream_ids), bool(tier.architecture_id)]

        empty()
        self.assertEqual(told(), [False, False, False])
        self.forget_filled()
        empty()
        self.assertEqual(told(), [True, True, True])
        empty()
        self.assertEqual(told(), [False, False, False])
