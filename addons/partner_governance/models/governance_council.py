from odoo import api, fields, models
from odoo.exceptions import UserError

BATCH = 100


class GovernanceCouncil(models.Model):
    """One meeting of a quarter: the council, or a partner's review with its upline. Its pack is
    frozen when it starts; what it leads to stays until it is closed (PG-144…146)."""

    _name = "governance.council"
    _description = "Council meeting"
    _inherit = ["mail.thread", "mail.activity.mixin", "program.node.mixin"]
    _order = "quarter desc, kind, id desc"
    _mail_post_access = "read"

    kind = fields.Selection(
        [("council", "Council"), ("review", "Partner review")],
        required=True,
        readonly=True,
        default="council",
        index=True,
    )
    reviewed_id = fields.Many2one(
        "program.partner", string="Partner", readonly=True, index=True, ondelete="restrict"
    )
    quarter = fields.Date(required=True, readonly=True, index=True)
    meeting_date = fields.Date(string="Meets on", tracking=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("started", "Pack frozen"), ("closed", "Closed")],
        default="proposed",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
        index=True,
    )
    seat_ids = fields.One2many("governance.council.seat", "council_id", string="Members")
    notes = fields.Html(help="Everybody at the meeting gets them when it is closed.")
    frozen_at = fields.Datetime(string="Frozen on", readonly=True, copy=False)
    pack = fields.Json(string="Frozen figures", readonly=True, copy=False)
    pack_html = fields.Html(
        string="Pack", compute="_compute_pack_html", sanitize=False, readonly=True
    )
    action_ids = fields.Many2many(
        "governance.action", string="Open actions", compute="_compute_action_ids"
    )
    action_count = fields.Integer(compute="_compute_action_ids")
    can_host = fields.Boolean(compute="_compute_can_host")

    _once = models.UniqueIndex(
        "(quarter, kind, program_node_id, COALESCE(reviewed_id, 0))",
        "This meeting of the quarter exists already.",
    )

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered(lambda each: each.state != "proposed")

    @api.depends("kind", "reviewed_id", "quarter")
    def _compute_display_name(self):
        for meeting in self:
            quarter = meeting._quarter_name()
            # Safe: the name of the partner whose review the reader has.
            name = meeting.reviewed_id.sudo().name
            meeting.display_name = (
                self.env._("Council %(quarter)s", quarter=quarter)
                if meeting.kind == "council"
                else self.env._("Review of %(node)s %(quarter)s", node=name, quarter=quarter)
            )

    def _quarter_name(self):
        day = self.quarter
        return f"{day.year} Q{(day.month + 2) // 3}" if day else ""

    @api.depends("program_node_id")
    @api.depends_context("uid")
    def _compute_can_host(self):
        for meeting in self:
            meeting.can_host = meeting._is_host()

    @api.depends("pack")
    def _compute_pack_html(self):
        for meeting in self:
            meeting.pack_html = meeting._render_pack(meeting.pack)

    @api.model
    def _render_pack(self, pack):
        if not pack:
            return False
        return self.env["ir.qweb"]._render("partner_governance.governance_pack", {"pack": pack})

    @api.depends("state")
    def _compute_action_ids(self):
        found = self._carried("governance.action")
        for meeting in self:
            meeting.action_ids = found[meeting]
            meeting.action_count = len(found[meeting])

    def _carried(self, model):
        """``{meeting: records of model}``: its own, and while they are open those of the meetings
        before it of the same kind and partner. Three queries, however many meetings."""
        Model = self.env[model]
        series = self.search(
            [
                ("kind", "in", self.mapped("kind")),
                ("program_node_id", "in", self.program_node_id.ids),
                ("reviewed_id", "in", [*self.reviewed_id.ids, False]),
            ]
        )
        records = Model.search([("res_model", "=", self._name), ("res_id", "in", series.ids)])
        of_meeting = records.grouped("res_id")
        carried = {}
        for meeting in self:
            carried[meeting] = of_meeting.get(meeting.id, Model)
            for other in series:
                if other._same_series(meeting) and other.quarter < meeting.quarter:
                    earlier = of_meeting.get(other.id, Model)
                    carried[meeting] |= earlier.filtered(lambda each: each.state == "open")
        return carried

    def _same_series(self, other):
        return (self.kind, self.program_node_id, self.reviewed_id) == (
            other.kind,
            other.program_node_id,
            other.reviewed_id,
        )

    # Proposing

    @api.model
    def _cron_propose(self):
        """Each quarter the council with its members, and each partner's review."""
        done, left = self._propose_batch()
        self.env["ir.cron"]._commit_progress(done, remaining=left)

    @api.model
    def _propose_batch(self):
        """``(proposed now, still to propose)`` of this quarter's reviews."""
        today = fields.Date.context_today(self)
        quarter = fields.Date.start_of(today, "quarter")
        root = self.env["program.partner"]._root()
        if not self.search_count([("kind", "=", "council"), ("quarter", "=", quarter)]):
            self._propose_council(root, quarter, today)
        done = self.search([("kind", "=", "review"), ("quarter", "=", quarter)]).reviewed_id
        Node = self.env["program.partner"]
        domain = Node._reviewed_domain() + [("id", "not in", done.ids)]
        waiting = Node.search(domain, limit=BATCH)
        self.create(
            [
                {
                    "kind": "review",
                    "quarter": quarter,
                    "program_node_id": node.upline_id.id,
                    "reviewed_id": node.id,
                    "meeting_date": fields.Date.add(today, days=14),
                }
                for node in waiting
            ]
        )
        return len(waiting), Node.search_count(domain) - len(waiting)

    @api.model
    def _propose_council(self, root, quarter, today):
        """Members: the owners of the six functions, the platform's managers while one of them has
        none, and a manager of each partner whose tier gives a place."""
        # Few rows of policy: pylint: disable-next=no-search-all
        functions = self.env["governance.function"].search([])
        owners = functions.user_id
        if not all(function.user_id for function in functions):
            manager = self.env.ref("partner_governance.group_partner_manager")
            owners |= root.user_ids.filtered(
                lambda user: user.active and manager in user.all_group_ids
            )
        Node = self.env["program.partner"]
        elected = Node.search(
            Node._reviewed_domain() + [("partner_id.grade_id.council_place", "=", True)]
        )
        return self.create(
            {
                "kind": "council",
                "quarter": quarter,
                "program_node_id": root.id,
                "meeting_date": fields.Date.add(today, days=14),
                "seat_ids": [
                    fields.Command.create({"program_node_id": node.id, "user_id": user.id})
                    for node, user in [
                        *((root, user) for user in owners),
                        *((node, node._tier_owner()) for node in elected if node._tier_owner()),
                    ]
                ],
            }
        )

    # Meeting

    def action_start(self):
        """Freeze the pack: from here on its figures stay, whatever moves."""
        for meeting in self:
            meeting._check_host()
            if meeting.state != "proposed":
                raise UserError(
                    self.env._("The pack of %(meeting)s is frozen.", meeting=meeting.display_name)
                )
            # Safe: the host's own meeting, checked just above; each copy is worked out for whom
            # it is.
            own = meeting.sudo()
            pack, values = own._make_pack()
            own.write({"state": "started", "pack": pack, "frozen_at": fields.Datetime.now()})
            for seat in own.seat_ids:
                seat.pack = own._copy_for(seat, pack, values)
            own._keep_workbook(own, pack)
            for seat in own.seat_ids:
                own._keep_workbook(seat, seat.pack)
            own._tell("council_frozen", "proposed", "started")
        return True

    def action_close(self):
        """Close the meeting: everybody gets the notes; open actions stay on the next one."""
        for meeting in self:
            meeting._check_host()
            if meeting.state != "started":
                raise UserError(self.env._("Start the meeting first: its pack is not frozen yet."))
            # Safe: the host's own meeting, checked just above.
            own = meeting.sudo()
            own.state = "closed"
            own.seat_ids.minutes = own.notes
            own._tell("council_closed", "started", "closed")
        return True

    def write(self, vals):
        if not self.env.su:
            self._check_host()
            if "notes" in vals and any(meeting.state == "closed" for meeting in self):
                raise UserError(self.env._("The meeting is closed: its members have the notes."))
        return super().write(vals)

    def _is_host(self):
        """Whether the caller is a manager of whoever holds these meetings, or of the platform."""
        scope = self.env["program.isolation"]._scope()
        host = self.env["program.isolation"]._is_of_own_node(self, "program_node_id")
        manager = self.env.su or self.env.user.has_group("partner_governance.group_partner_manager")
        return manager and (host or scope.kind == "platform")

    def _check_host(self):
        self.check_access("read")
        if not self._is_host():
            raise UserError(self.env._("A manager of whoever holds the meeting does this."))

    def _tell(self, kind, old, new):
        self.env["governance.event"]._record(
            kind, self, node=self.reviewed_id or self.program_node_id, old=old, new=new
        )
