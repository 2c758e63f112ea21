from odoo import api, fields, models

from ..adapters import qualification as adapter
from ..engine import qualification as engine


class GovernanceQualification(models.Model):
    """What the answers mean: tier, reasons, flags, points, recommendations."""

    _inherit = "governance.qualification"

    set_id = fields.Many2one(
        "governance.question.set", string="Asked", compute="_compute_set_id", compute_sudo=True
    )
    asked_codes = fields.Char(compute="_compute_set_id", compute_sudo=True)
    asked_count = fields.Integer(compute="_compute_set_id", compute_sudo=True)
    answered_count = fields.Integer(compute="_compute_outcome", store=True)
    computed_tier_level = fields.Integer(
        string="Tier by the rules", compute="_compute_outcome", store=True
    )
    tier_id = fields.Many2one(
        "governance.tier",
        string="Governance tier",
        compute="_compute_outcome",
        store=True,
        ondelete="restrict",
    )
    tier_level = fields.Integer(related="tier_id.level", store=True, string="Tier")
    classification = fields.Char(related="tier_id.classification")
    architecture_template = fields.Char(related="tier_id.architecture_template")
    lead_role = fields.Char(related="tier_id.lead_role")
    hosting_profile = fields.Char(related="tier_id.hosting_profile")
    infrastructure_advice = fields.Text(related="tier_id.infrastructure_advice")
    reason_ids = fields.Many2many(
        "governance.qualification.rule",
        "governance_qualification_reason_rel",
        string="Because of",
        compute="_compute_outcome",
        store=True,
    )
    trigger_names = fields.Char(string="Lifted by", compute="_compute_names")
    flag_names = fields.Char(string="Flags", compute="_compute_names")
    missing_names = fields.Char(string="Not answered yet", compute="_compute_names")
    band_names = fields.Char(string="Bands", compute="_compute_names")
    score = fields.Integer(
        string="Complexity points", compute="_compute_outcome", store=True, aggregator="avg"
    )
    is_complete = fields.Boolean(compute="_compute_outcome", store=True)
    is_flagged = fields.Boolean(compute="_compute_outcome", store=True)
    flag_codes = fields.Char(compute="_compute_outcome", store=True)
    fingerprint = fields.Char(compute="_compute_outcome", store=True)
    rulebook_id = fields.Many2one(
        "governance.rulebook",
        string="Classified by",
        compute="_compute_outcome",
        store=True,
        ondelete="restrict",
    )

    @api.depends("deal_id.kind")
    def _compute_set_id(self):
        sets = self.env["governance.question.set"]._by_kind()
        for record in self:
            asked = sets.get(record.deal_id.kind, self.env["governance.question.set"])
            record.set_id = asked
            record.asked_codes = " ".join((asked.mandatory_ids | asked.further_ids).mapped("code"))
            record.asked_count = len(asked.mandatory_ids)

    def _mandatory(self):
        """Codes of the questions that must be answered, in their order."""
        return tuple(self.set_id.mandatory_ids.mapped("code"))

    def _override_level(self):
        """Hook: the tier that a signed override gives these answers, or 0."""
        return 0

    @api.depends(lambda self: ("deal_id.kind", *self._answer_names()))
    def _compute_outcome(self):
        tiers = {
            tier.level: tier for tier in self.env["governance.tier"].search([("level", ">", 0)])
        }
        book = self.env["governance.rulebook"]._running()
        by_code = {rule.code: rule for rule in book.rule_ids}
        compiled = adapter.rules(book.rule_ids)
        # Few rows of policy: pylint: disable-next=no-search-all
        bands = adapter.bands(self.env["governance.question.band"].search([]))
        for record in self:
            answers, mandatory = adapter.answers(record), record._mandatory()
            outcome = engine.classify(answers, mandatory, compiled)
            record.fingerprint = adapter.fingerprint(record)
            record.computed_tier_level = outcome.tier
            record.tier_id = tiers.get(record._override_level() or outcome.tier)
            record.reason_ids = book.rule_ids.browse(by_code[code].id for code in outcome.reasons)
            record.is_complete = outcome.complete and bool(record.set_id)
            record.is_flagged = bool(outcome.flags)
            record.flag_codes = " ".join(outcome.flags)
            record.answered_count = len(mandatory) - len(outcome.missing)
            record.score = sum(band.points for band in engine.bands_reached(answers, bands))
            record.rulebook_id = book

    @api.depends(lambda self: ("deal_id.kind", *self._answer_names()))
    def _compute_names(self):
        book = self.env["governance.rulebook"]._running()
        # Few rows of policy: pylint: disable-next=no-search-all
        bands = self.env["governance.question.band"].search([])
        band_names = {str(band.id): band.display_name for band in bands}
        compiled, known = adapter.rules(book.rule_ids), adapter.bands(bands)
        names = {rule.code: rule.name for rule in book.rule_ids}
        labels = dict(self._questions())
        for record in self:
            answers = adapter.answers(record)
            outcome = engine.classify(answers, record._mandatory(), compiled)
            record.trigger_names = ", ".join(names[code] for code in outcome.triggers)
            record.flag_names = ", ".join(
                self._flag_name(code, names, labels) for code in outcome.flags
            )
            record.missing_names = ", ".join(labels[name] for name in outcome.missing)
            record.band_names = "; ".join(
                band_names[band.code] for band in engine.bands_reached(answers, known)
            )

    def _flag_name(self, code, names, labels):
        return names.get(code) or self.env._(
            "%(question)s is unknown", question=labels.get(code, code)
        )

    def _outcome(self):
        """The engine's outcome of one record by the running rules."""
        self.ensure_one()
        rules = adapter.rules(self.env["governance.rulebook"]._running().rule_ids)
        return engine.classify(adapter.answers(self), self._mandatory(), rules)
