from odoo import api, fields, models

from ..engine import onboarding as engine


class ProgramPartner(models.Model):
    """What the board and the page of an onboarding show."""

    _inherit = "program.partner"

    onboarding_needed = fields.Integer(string="Items needed", compute="_compute_onboarding_count")
    onboarding_met = fields.Integer(string="Items accepted", compute="_compute_onboarding_count")
    onboarding_percent = fields.Integer(string="Progress", compute="_compute_onboarding_count")
    onboarding_submitted = fields.Integer(
        string="Items to accept", compute="_compute_onboarding_count"
    )
    onboarding_days = fields.Integer(string="Days in stage", compute="_compute_onboarding_time")
    onboarding_stalled = fields.Boolean(
        string="Stalled", compute="_compute_onboarding_time", search="_search_onboarding_stalled"
    )
    onboarding_next_step = fields.Char(string="Next step", compute="_compute_onboarding_text")
    onboarding_lacking = fields.Text(string="Still missing", compute="_compute_onboarding_text")
    onboarding_unlocks = fields.Selection(
        related="onboarding_stage_id.opens", string="This stage opens"
    )
    onboarding_may = fields.Char(string="Open already", compute="_compute_onboarding_text")
    onboarding_can_inherit = fields.Boolean(compute="_compute_onboarding_can_inherit")

    @api.depends("onboarding_item_ids.state")
    def _compute_onboarding_count(self):
        groups = self.env["program.onboarding.item"]._read_group(
            [("program_node_id", "in", self.ids), ("state", "!=", "not_needed")],
            ["program_node_id", "state"],
            ["__count"],
        )
        counts = {(node.id, state): count for node, state, count in groups}
        for node in self:
            own = {state: n for (ident, state), n in counts.items() if ident == node.id}
            node.onboarding_needed = sum(own.values())
            node.onboarding_met = own.get("accepted", 0)
            node.onboarding_submitted = own.get("submitted", 0)
            node.onboarding_percent = (
                100 * node.onboarding_met // node.onboarding_needed if own else 0
            )

    @api.depends("onboarding_entered_on", "onboarding_due_on")
    def _compute_onboarding_time(self):
        today = fields.Date.context_today(self)
        for node in self:
            node.onboarding_days = engine.days_in_stage(node.onboarding_entered_on, None, today)
            node.onboarding_stalled = engine.is_stalled(node.onboarding_due_on, None, today)

    @api.model
    def _search_onboarding_stalled(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return [("onboarding_due_on", "<", fields.Date.context_today(self))]

    @api.depends("onboarding_state", "onboarding_item_ids.state", "onboarding_stage_id")
    def _compute_onboarding_text(self):
        # Few rows of policy: pylint: disable-next=no-search-all
        stages = self.env["program.onboarding.stage"].search([])
        labels = dict(stages._fields["opens"]._description_selection(self.env))
        for node in self:
            missing = node._onboarding_missing() if node.onboarding_state == "onboarding" else []
            node.onboarding_lacking = "\n".join(missing)
            node.onboarding_may = ", ".join(
                labels[stage.opens] for stage in stages if node._onboarding_opens(stage.opens)
            )
            if node.onboarding_state == "active":
                node.onboarding_next_step = self.env._("Nothing: this partner is active.")
            else:
                node.onboarding_next_step = node._onboarding_next_step(missing, stages[-1:])

    def _onboarding_next_step(self, missing, last):
        """What brings this partner on: its own evidence, then what else it lacks, and to wait
        only where all of it is handed in.

        :param missing: the sentences of ``_onboarding_missing``, those about items first
        :param last: the last stage, which asks for every item
        """
        stage = self.onboarding_stage_id
        lacking = self.onboarding_item_ids.filtered(
            lambda item: (
                item.state not in ("accepted", "not_needed")
                and (stage == last or item.stage_id == stage)
            )
        )
        to_show = lacking.filtered(lambda item: item.state != "submitted")
        if to_show:
            return self.env._("Show evidence for “%(what)s”.", what=to_show[0].name)
        if rest := missing[len(lacking) :]:
            return self.env._("Bring %(what)s.", what=rest[0])
        if lacking:
            return self.env._(
                "%(upline)s accepts what you have handed in.", upline=self.upline_id.name
            )
        return self.env._("Press “Go on”.")

    @api.depends("onboarding_item_ids.state", "upline_id")
    @api.depends_context("uid")
    def _compute_onboarding_can_inherit(self):
        own = self.env["program.isolation"]._scope().node_id
        for node in self:
            # Safe: whether the upline has standards to inherit is what the button says.
            upline = node.sudo().upline_id
            node.onboarding_can_inherit = (
                node.id == own
                and not upline.is_root
                and upline.onboarding_state == "active"
                and any(
                    item.state in ("open", "refused") and item.requirement_id.is_inheritable
                    for item in node.onboarding_item_ids
                )
            )
