from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import onboarding as adapter
from ..engine import onboarding as engine
from ..exceptions import message

# States in which a partner begins nothing new: no deal, no project, no sandbox.
CLOSED = ("suspended", "ended")


class ProgramPartner(models.Model):
    """A partner's onboarding: where it stands, and what that opens (TRADE 7).

    A node that the platform made without onboarding is active and has no items: it was taken
    over as it works. One that was invited starts in onboarding.
    """

    _inherit = "program.partner"

    onboarding_state = fields.Selection(
        [("onboarding", "In onboarding"), ("active", "Active")],
        compute="_compute_onboarding_state",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
        help="Begun and not finished; a partner that never began one is through.",
    )
    onboarding_item_ids = fields.One2many(
        "program.onboarding.item", "program_node_id", string="Items"
    )
    onboarding_passage_ids = fields.One2many(
        "program.onboarding.passage", "program_node_id", string="Stages"
    )
    onboarding_stage_id = fields.Many2one(
        "program.onboarding.stage",
        string="Stage",
        readonly=True,
        index=True,
        ondelete="restrict",
        group_expand="_read_group_onboarding_stages",
        tracking=True,
        copy=False,
    )
    onboarding_owner_id = fields.Many2one(
        "res.users",
        string="Looks after it",
        readonly=True,
        ondelete="restrict",
        copy=False,
        help="Who at the upline brings this partner through onboarding.",
    )
    onboarding_started_on = fields.Date(string="Started", readonly=True, copy=False)
    onboarding_finished_on = fields.Date(string="Finished", readonly=True, copy=False)
    onboarding_entered_on = fields.Date(string="In this stage since", readonly=True, copy=False)
    onboarding_due_on = fields.Date(
        string="Target of this stage", readonly=True, index=True, copy=False
    )

    @api.model
    def _read_group_onboarding_stages(self, stages, domain):
        # Few rows of policy: pylint: disable-next=no-search-all
        return stages.search([])

    def write(self, vals):
        done = super().write(vals)
        if "commercial_model_id" in vals:
            # Safe: what a model needs follows from the model, whoever changed it.
            self.sudo().filtered("onboarding_item_ids")._onboarding_refit()
        return done

    @api.depends("onboarding_started_on", "onboarding_finished_on")
    def _compute_onboarding_state(self):
        for node in self:
            runs = node.onboarding_started_on and not node.onboarding_finished_on
            node.onboarding_state = "onboarding" if runs else "active"

    def _start_onboarding(self, owner=None):
        """Put nodes into the first stage, with one item per requirement; again: a no-op.

        :param owner: the user at the upline who looks after it; the caller where none is named
        """
        # Safe: called by whoever may make the node; sets the node's own onboarding alone.
        nodes = self.sudo().filtered(
            lambda node: not node.is_root and not node.onboarding_started_on
        )
        today = fields.Date.context_today(self)
        nodes.write(
            {
                "onboarding_started_on": today,
                "onboarding_owner_id": (owner or self.env.user).id,
            }
        )
        nodes.filtered(lambda node: node.state == "active").state = "onboarding"
        nodes._onboarding_refit()
        for node in nodes:
            self.env["governance.event"]._record("onboarding_started", node, node=node)

    def _onboarding_refit(self):
        """Ask of each node what its commercial model needs, no less and no more.

        A partner that was through and needs more now comes back into the last stage: what is
        open to it stays open.
        """
        # Few rows of policy: pylint: disable-next=no-search-all
        requirements = self.env["program.onboarding.requirement"].search([])
        today = fields.Date.context_today(self)
        for node in self:
            items = {item.requirement_id: item for item in node.onboarding_item_ids}
            missing = []
            for requirement in requirements:
                needed = node.commercial_model_id in requirement.model_ids
                item = items.get(requirement)
                if not item:
                    missing.append(
                        {
                            "program_node_id": node.id,
                            "requirement_id": requirement.id,
                            "state": "open" if needed else "not_needed",
                            "due_date": engine.due(today, requirement.stage_id.target_days),
                        }
                    )
                elif needed and item.state == "not_needed":
                    item.state = "open"
                elif not needed and item.state != "not_needed":
                    item.state = "not_needed"
            self.env["program.onboarding.item"].create(missing)
            asked = node.onboarding_item_ids.filtered(
                lambda item: item.state not in ("accepted", "not_needed")
            )
            if node.onboarding_state == "active" and asked:
                node.onboarding_passage_ids[-1:].write(
                    {"closed_on": False, "entered_on": today, "due_on": today}
                )
                node.onboarding_finished_on = False
        self._onboarding_advance()

    def _onboarding_advance(self):
        """Close what can be closed, enter the next stage, finish after the last one.

        Runs as the system: called after something was accepted, by code that has checked it.
        """
        today = fields.Date.context_today(self)
        # Few rows of policy: pylint: disable-next=no-search-all
        stages = self.env["program.onboarding.stage"].search([])
        for node in self.sudo().filtered(lambda node: node.onboarding_state == "onboarding"):
            progress = adapter.read_progress(node)
            blocked = not progress.current and node._onboarding_last_demands()
            passages = {each.stage_id: each for each in node.onboarding_passage_ids}
            last = stages[-1]
            for stage in stages:
                if stage not in passages:
                    # With the node's rights, like all else here: who presses “Go on” makes none.
                    passages[stage] = node.env["program.onboarding.passage"].create(
                        {
                            "program_node_id": node.id,
                            "stage_id": stage.id,
                            "entered_on": today,
                            "due_on": engine.due(today, stage.target_days),
                        }
                    )
                if stage.sequence == progress.current or (blocked and stage == last):
                    node._onboarding_enter(passages[stage])
                    break
                if not passages[stage].closed_on:
                    node._onboarding_close(passages[stage], today)
            else:
                node._onboarding_finish(today)

    def _onboarding_enter(self, passage):
        if self.onboarding_stage_id != passage.stage_id:
            self.write(
                {
                    "onboarding_stage_id": passage.stage_id.id,
                    "onboarding_entered_on": passage.entered_on,
                    "onboarding_due_on": passage.due_on,
                }
            )

    def _onboarding_close(self, passage, today):
        needed = self.onboarding_item_ids.filtered(
            lambda item: item.stage_id == passage.stage_id and item.state != "not_needed"
        )
        passage.write({"closed_on": today, "skipped": not needed})
        if needed:
            self.env["governance.event"]._record(
                "onboarding_stage_closed", self, node=self, new=passage.stage_id.name
            )

    def _onboarding_finish(self, today):
        self.write(
            {
                "onboarding_stage_id": False,
                "onboarding_entered_on": False,
                "onboarding_due_on": False,
                "onboarding_finished_on": today,
            }
        )
        self.env["governance.event"]._record("onboarding_finished", self, node=self)

    def _onboarding_demands(self):
        """Hook: sentences on the records that the model demands besides (PG-008…010)."""
        self.ensure_one()
        return []

    def _onboarding_support(self):
        """Who gives second-line support by the responsibility matrix, as a sentence where it is
        unset (PG-020)."""
        self.ensure_one()
        return []

    def _onboarding_last_demands(self):
        """What a partner lacks to finish, its items aside."""
        return self._onboarding_support() + self._onboarding_demands()

    def _onboarding_missing(self):
        """What a node in onboarding lacks now, as sentences that a person can act on."""
        self.ensure_one()
        # Safe: counts and names of the node's own requirements; the caller may read the node.
        node = self.sudo()
        progress = adapter.read_progress(node)
        missing = [
            self.env._("accepted evidence for “%(what)s”", what=name) for name in progress.missing
        ]
        if progress.people:
            missing.append(
                self.env._("%(count)s certified person (or more)", count=progress.people)
                if progress.people == 1
                else self.env._("%(count)s certified people", count=progress.people)
            )
        if not progress.current or progress.current == max(
            node.onboarding_item_ids.mapped("stage_sequence"), default=0
        ):
            missing += node._onboarding_last_demands()
        return missing

    def _onboarding_opens(self, code):
        """Whether the node's onboarding opens ``code`` (a value of the stages' *opens*)."""
        self.ensure_one()
        # Safe: answers about the node's own progress.
        if self.sudo().state in CLOSED:
            return False
        passages = self.sudo().onboarding_passage_ids
        if not passages:
            return self.onboarding_state == "active"
        return bool(
            passages.filtered(
                lambda each: each.closed_on and not each.skipped and each.stage_id.opens == code
            )
        )

    def _onboarding_guard(self, code):
        """Refuse what the node's onboarding has not opened yet.

        :raise UserError: naming the stage that opens it and what is missing
        """
        for node in self.sudo():
            if node._onboarding_opens(code):
                continue
            if node.state in CLOSED:
                raise UserError(
                    self.env._(
                        "%(node)s is %(state)s in the programme, so it begins nothing new. Ask "
                        "%(upline)s.",
                        node=node.name,
                        state=dict(node._fields["state"]._description_selection(self.env))[
                            node.state
                        ].lower(),
                        upline=node.upline_id.name,
                    )
                )
            stage = self.env["program.onboarding.stage"].sudo().search([("opens", "=", code)])
            missing = node._onboarding_missing() if node.onboarding_state == "onboarding" else []
            raise UserError(
                message(
                    self.env,
                    "onboarding_closed" if missing else "onboarding_not_of_model",
                    what=dict(stage._fields["opens"]._description_selection(self.env)).get(code),
                    node=node.name,
                    stage=stage.name,
                    model=node.commercial_model_id.name,
                    missing="; ".join(missing),
                )
            )
