from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters import membership as adapter
from ..engine import membership
from ..exceptions_partner import refuse


class ProgramPartner(models.Model):
    """Where a partner stands in the programme, and what its model demands before it is active."""

    _inherit = "program.partner"

    state = fields.Selection(
        [
            ("invited", "Invited"),
            ("onboarding", "Onboarding"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("ended", "Ended"),
        ],
        default="onboarding",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
    )
    active_since = fields.Date(readonly=True, copy=False)
    record_ids = fields.One2many("program.model.record", "program_node_id", string="Records")
    missing_records = fields.Text(
        string="Missing before activation", compute="_compute_missing_records"
    )
    has_brand = fields.Boolean(related="commercial_model_id.has_brand")
    has_tenancy = fields.Boolean(related="commercial_model_id.has_tenancy")
    is_mine = fields.Boolean(compute="_compute_is_mine")
    lead_ownership = fields.Selection(
        [
            ("partner", "The partner keeps the lead"),
            ("seller", "The seller takes over once it is handed in"),
            ("shared", "Both, by the protocol agreed"),
        ],
        default="partner",
        tracking=True,
        help="Who owns a lead that this partner brings.",
    )
    service_scope = fields.Text(
        string="What the partner delivers", help="Printed with deals of a referral partner."
    )
    service_scope_out = fields.Text(string="What it does not deliver")

    @api.model_create_multi
    def create(self, vals_list):
        """A partner that the platform makes without onboarding works at once."""
        nodes = super().create(vals_list)
        for node, vals in zip(nodes, vals_list, strict=True):
            if "state" not in vals:
                # Safe: of the node that has just been made; its state has no other way in.
                node.sudo().state = "active"
        return nodes

    @api.depends("commercial_model_id", "is_master", "record_ids.state", "record_ids.date_from",
                 "record_ids.date_until")  # fmt: skip
    def _compute_missing_records(self):
        missing = self._missing_demands()
        for node in self:
            names = missing.get(node._origin.id, self.env["program.model.requirement"])
            node.missing_records = "\n".join(names.mapped("name"))

    @api.depends_context("uid")
    def _compute_is_mine(self):
        # Safe: the caller's own node.
        mine = self.env.user.sudo().program_partner_id
        for node in self:
            node.is_mine = node._origin == mine

    def _missing_demands(self, model=None, is_master=None):
        """``{node id: program.model.requirement}`` that are not met today.

        :param model: a commercial model to ask for instead of the node's own
        :param is_master: the same for the master role
        """
        demands, by_code = adapter.read_demands(self.env)
        records = adapter.read_records(self._origin)
        today = fields.Date.context_today(self)
        found = {}
        for node in self:
            wanted = membership.demanded(
                demands,
                (model or node.commercial_model_id).code,
                node.is_master and not node.is_root if is_master is None else is_master,
            )
            lacking = membership.missing(wanted, records[node._origin.id], today)
            found[node._origin.id] = self.env["program.model.requirement"].concat(
                *(by_code[one.code] for one in lacking)
            )
        return found

    def _activation_missing(self):
        """``{node id: [sentence]}`` of what keeps nodes from becoming active; upper concerns add
        theirs."""
        return {ident: found.mapped("name") for ident, found in self._missing_demands().items()}

    def action_activate(self):
        """:raise UserError: naming each record that is missing"""
        self._check_runs_programme()
        missing = self._activation_missing()
        for node in self:
            if missing[node.id]:
                refuse(
                    self.env,
                    "records_missing",
                    node=node.name,
                    missing="; ".join(missing[node.id]),
                )
        self._go("active")

    def action_suspend(self):
        self._check_runs_programme()
        self._go("suspended")

    def action_end_membership(self):
        """:raise UserError: naming who depends on the partner still"""
        self._check_runs_programme()
        # Safe: whoever decides on the partner's end is told what stands against it.
        obstacles = self.sudo()._archive_obstacles()
        if obstacles:
            raise UserError("\n".join(obstacles))
        self._go("ended")

    def _check_runs_programme(self):
        """The upline's managers and the programme's desk decide on a partner's state."""
        scope = self.env["program.isolation"]._scope()
        if scope.kind == "system":
            return
        manager = self.env.user.has_group("partner_governance.group_partner_manager")
        for node in self:
            # Safe: compares the upline with the caller's own node.
            upline = node.sudo().upline_id.id
            if not manager or (scope.kind != "platform" and scope.node_id != upline):
                raise AccessError(
                    self.env._(
                        "That is decided by a manager of the upline or of the platform, not by "
                        "%(node)s itself.",
                        node=node.name,
                    )
                )

    def _go(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for node in self:
            # Safe: whoever calls has checked who decides; the state has no other way in.
            own, old = node.sudo(), node.state
            if not membership.may_go(old, state):
                refuse(self.env, "no_way", node=own.name, old=labels[old], new=labels[state])
            values = {"state": state}
            if state == "active" and not own.active_since:
                values["active_since"] = fields.Date.context_today(node)
            own.write(values)
            self.env["governance.event"]._record("membership", own, node=own, old=old, new=state)
