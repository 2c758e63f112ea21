from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..adapters import qualification as adapter
from ..engine import qualification as engine


class GovernanceRulebook(models.Model):
    """One version of the rules that classify deals: drafted, tried on past deals, activated."""

    _name = "governance.rulebook"
    _description = "Version of the qualification rules"
    _inherit = ["mail.thread"]
    _order = "version desc"

    name = fields.Char(required=True)
    version = fields.Integer(
        readonly=True, copy=False, index=True, default=lambda self: self._next_version()
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "In force"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    activated_on = fields.Datetime(readonly=True, copy=False)
    note = fields.Text(string="What changes and why")
    rule_ids = fields.One2many("governance.qualification.rule", "rulebook_id", string="Rules")

    _running_uniq = models.UniqueIndex(
        "(state) WHERE state = 'running'", "One version of the rules is in force."
    )
    _version_uniq = models.Constraint("UNIQUE (version)", "This version is there already.")

    @api.depends("name", "version")
    def _compute_display_name(self):
        for book in self:
            book.display_name = self.env._(
                "%(name)s, version %(version)s", name=book.name, version=book.version
            )

    @api.model
    def _next_version(self):
        return self.search([], order="version desc", limit=1).version + 1

    def write(self, vals):
        if "state" in vals and not self.env.su:
            raise UserError(self.env._("Rules come into force by “Activate” alone."))
        return super().write(vals)

    @api.model
    def _running(self):
        return self.search([("state", "=", "running")], limit=1)

    def action_draft(self):
        """Make a draft with the same rules, and open it."""
        self.ensure_one()
        draft = self.create(
            {
                "name": self.name,
                "rule_ids": [Command.create(vals) for vals in self.rule_ids.copy_data()],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def _changes(self, deals):
        """What these rules would change on ``deals``: the engine's list."""
        answered = deals.qualification_ids
        return engine.compare(
            {
                answers.deal_id.id: (adapter.answers(answers), answers._mandatory())
                for answers in answered
            },
            adapter.rules(self._running().rule_ids),
            adapter.rules(self.rule_ids),
        )

    def action_try(self):
        """List the past deals that these rules would classify otherwise; changes nothing."""
        self.ensure_one()
        self.check_access("read")
        Trial = self.env["governance.rulebook.trial"]
        deals = self.env["program.deal"].search([("answered_count", ">", 0)])
        names = {rule.code: rule.name for rule in (self | self._running()).rule_ids}
        trials = Trial.create(
            [
                {
                    "rulebook_id": self.id,
                    "deal_id": change.ident,
                    "tier_before": change.before.tier,
                    "tier_after": change.after.tier,
                    "reasons_before": Trial._named(change.before, names),
                    "reasons_after": Trial._named(change.after, names),
                }
                for change in self._changes(deals)
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(book)s, tried on past deals", book=self.display_name),
            "res_model": Trial._name,
            "view_mode": "list",
            "domain": [("id", "in", trials.ids)],
        }

    def action_activate(self):
        """Put these rules in force; open deals are classified anew, each with its difference."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("Only a draft is activated; make one of this version."))
        if not self.rule_ids:
            raise UserError(self.env._("This draft has no rules."))
        # Safe: the right to change rules was checked; their state is written by actions alone.
        book = self.sudo()
        running = book._running()
        running.state = "retired"
        running.flush_recordset()
        book.write({"state": "running", "activated_on": fields.Datetime.now()})
        self.env["governance.event"]._record(
            "rules_activated",
            book,
            old=running.display_name,
            new=book.display_name,
            reason=book.note or "",
        )
        book._reclassify()
        return True

    @api.model
    def _reclassify(self, kinds=None):
        """Classify the open deals by the rules in force; a deal whose tier or flags change says
        so and is reviewed anew."""
        domain = [("state", "in", ("registered", "conflict"))]
        if kinds is not None:
            domain.append(("kind", "in", kinds))
        # Safe: every open deal is measured by the same rules, whoever activates them.
        answers = self.env["program.deal"].sudo().search(domain).qualification_ids
        before = {one.id: (one.tier_level, one.is_complete, one.flag_codes) for one in answers}
        # As if every answer had changed: whatever follows from them is worked out again.
        answers.modified(answers._answer_names())
        answers.invalidate_recordset(["set_id", "asked_codes", "asked_count"])
        for one in answers:
            tier, complete, flags = before[one.id]
            lines = []
            if one.tier_level != tier:
                lines.append((self.env._("Tier"), tier, one.tier_level))
            if one.flag_codes != flags:
                lines.append((self.env._("Flags"), flags or "–", one.flag_codes or "–"))
            if one.is_complete != complete:
                lines.append((self.env._("Answers complete"), complete, one.is_complete))
            if lines:
                one.deal_id._program_answers_changed(lines)
