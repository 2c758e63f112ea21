from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import membership
from ..exceptions_partner import refuse

# An object of this process: no caller over RPC can put it into a context.
BY_TERM = object()
GUARDED = ("commercial_model_id", "is_master")


class ProgramModelTerm(models.Model):
    """From which day until which a partner has which commercial model, and is a master or not.

    The first one comes with the partner; each later one is a change that was signed (PG-012).
    """

    _name = "program.model.term"
    _description = "Commercial model and master role"
    _inherit = ["governance.signed.mixin", "mail.thread", "program.node.mixin"]
    _order = "program_node_id, date_from desc, id desc"
    _mail_post_access = "read"

    program_node_id = fields.Many2one(required=True, readonly=True)
    commercial_model_id = fields.Many2one(
        "program.commercial.model", required=True, readonly=True, ondelete="restrict", tracking=True
    )
    is_master = fields.Boolean(string="Master partner", readonly=True, tracking=True)
    date_from = fields.Date(required=True, readonly=True, index=True)
    date_until = fields.Date(
        string="Until", readonly=True, help="First day on which the next one holds."
    )
    reason = fields.Char(readonly=True)
    applied = fields.Boolean(string="In force", readonly=True)

    @api.depends("program_node_id", "commercial_model_id", "is_master")
    def _compute_display_name(self):
        for term in self:
            # Safe: the name of the partner whose record the reader has.
            node = term.sudo().program_node_id.name
            model = term.commercial_model_id.name
            role = self.env._("%(model)s, master", model=model) if term.is_master else model
            term.display_name = f"{node}: {role}"

    def _demands(self):
        """Whose signatures a change needs: the upline's where it is a master, and the platform's
        programme manager's."""
        self.ensure_one()
        # Safe: names of the tree above the partner, to ask for their signatures.
        root = self.env["program.partner"].sudo()._root()
        upline = self.sudo().program_node_id.upline_id
        demands = [
            {
                "name": self.env._("Programme manager"),
                "node_id": root.id,
                "group_id": self.env.ref("partner_governance.group_platform_staff").id,
                "sequence": 20,
                "days": 5,
            }
        ]
        if upline and upline != root:
            demands.insert(
                0,
                {
                    "name": self.env._("Manager of the upline"),
                    "node_id": upline.id,
                    "group_id": self.env.ref("partner_governance.group_partner_manager").id,
                    "sequence": 10,
                    "days": 5,
                },
            )
        return demands

    def _signed(self):
        done = super()._signed()
        self._rechain()
        self._apply_due()
        return done

    def _rechain(self):
        """Each term lasts until the next one that was approved."""
        for node in self.program_node_id:
            terms = self.search(
                [("program_node_id", "=", node.id), ("sign_state", "=", "approved")],
                order="date_from, id",
            )
            for term, (_start, end) in zip(
                terms, membership.spans(terms.mapped("date_from")), strict=True
            ):
                if term.date_until != end:
                    term.date_until = end

    def _apply_due(self):
        """Put into force what was approved and has begun; the last one of each partner stands."""
        today = fields.Date.context_today(self)
        due = self.filtered(
            lambda term: (
                term.sign_state == "approved" and not term.applied and term.date_from <= today
            )
        ).sorted(lambda term: (term.date_from, term.id))
        for term in due:
            node = term.program_node_id
            term._check_obstacle(node)
            old = f"{node.commercial_model_id.name}{' + master' if node.is_master else ''}"
            node.with_context(program_by_term=BY_TERM).write(
                {
                    "commercial_model_id": term.commercial_model_id.id,
                    "is_master": term.is_master,
                }
            )
            term.applied = True
            self.env["governance.event"]._record(
                "model_changed",
                term,
                node=node,
                old=old,
                new=term.display_name,
                reason=term.reason or "",
            )

    def _check_obstacle(self, node):
        if found := self._obstacle(node):
            raise UserError(found)

    def _obstacle(self, node):
        """What keeps the change from coming into force, with what to do first; or empty."""
        if not self.is_master and node.downline_ids:
            return self.env._(
                "%(node)s has sub-partners. Move them to another upline before it gives up the "
                "master role.",
                node=node.name,
            )
        return ""

    @api.model
    def _cron_apply(self):
        """Put into force what begins today."""
        due = self.search(
            [
                ("sign_state", "=", "approved"),
                ("applied", "=", False),
                ("date_from", "<=", fields.Date.context_today(self)),
            ],
            order="date_from, id",
        )
        for term in due:
            node = term.program_node_id
            if obstacle := term._obstacle(node):
                # It waits, and says so once a day, until what stands in its way has been moved.
                node.message_post(
                    body=self.env._(
                        "The approved change to “%(model)s” waits. %(obstacle)s",
                        model=term.commercial_model_id.name,
                        obstacle=obstacle,
                    )
                )
                continue
            term._apply_due()


class ProgramPartner(models.Model):
    """Model and role are changed by an approved change, by nobody's direct write (PG-012)."""

    _inherit = "program.partner"

    term_ids = fields.One2many("program.model.term", "program_node_id", string="Model and role")

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        # Safe: the first term of each new node, as it was made.
        for node in nodes.sudo():
            if node.is_root:
                node.state = "active"
            node._note_term(self.env._("as the partner came"))
        return nodes

    def write(self, vals):
        guarded = [name for name in GUARDED if name in vals]
        by_term = self.env.context.get("program_by_term") is BY_TERM
        before = {node.id: [node[name] for name in GUARDED] for node in self} if guarded else {}
        if guarded and not by_term and self.env.uid != SUPERUSER_ID:
            changed = [
                node
                for node in self
                if any(
                    self._fields[name].convert_to_cache(vals[name], node)
                    != self._fields[name].convert_to_cache(node[name], node)
                    for name in guarded
                )
            ]
            if changed:
                raise UserError(
                    self.env._(
                        "Commercial model and master role of %(node)s are changed by an approved "
                        "change: use “Change model or role”.",
                        node=changed[0].name,
                    )
                )
        done = super().write(vals)
        if guarded and not by_term:
            for node in self:
                if before[node.id] != [node[name] for name in GUARDED]:
                    # Safe: only the system comes here; its change is part of the history too.
                    node.sudo()._note_term(self.env._("set by the system"))
        return done

    def _note_term(self, reason, day=None):
        """Keep what holds from ``day`` (today) on, decided by rule."""
        term = self.env["program.model.term"].create(
            {
                "program_node_id": self.id,
                "commercial_model_id": self.commercial_model_id.id,
                "is_master": self.is_master,
                "date_from": day or fields.Date.context_today(self),
                "reason": reason,
                "applied": True,
                "sign_state": "approved",
            }
        )
        term._rechain()

    def _propose_model(self, model, is_master, date_from, reason):
        """Ask for another commercial model or role from a day on; it holds once it is signed.

        :raise UserError: a change is waiting already, records are missing, nothing would change
        :return: the ``program.model.term`` that waits for signatures
        """
        self.ensure_one()
        self._check_may_propose()
        # Safe: the caller has been checked; what it asks for waits for others' signatures.
        node = self.sudo()
        Term = self.env["program.model.term"].sudo()
        if Term.search_count(
            [("program_node_id", "=", node.id), ("sign_state", "=", "asked")], limit=1
        ):
            raise UserError(
                self.env._("A change of %(node)s waits for signatures already.", node=node.name)
            )
        if (model, is_master) == (node.commercial_model_id, node.is_master):
            raise UserError(self.env._("%(node)s has this model and role.", node=node.name))
        if date_from < fields.Date.context_today(self):
            raise UserError(self.env._("A change holds from today or later: choose another day."))
        if node.state == "active":
            lacking = node._missing_demands(model, is_master)[node.id]
            if lacking:
                refuse(
                    self.env,
                    "records_missing",
                    node=node.name,
                    missing="; ".join(lacking.mapped("name")),
                )
        term = Term.create(
            {
                "program_node_id": node.id,
                "commercial_model_id": model.id,
                "is_master": is_master,
                "date_from": date_from,
                "reason": reason,
            }
        )
        term._check_obstacle(node)
        term._ask_signatures(term._demands())
        return term

    def _check_may_propose(self):
        """The partner's own managers, its upline's, and the platform."""
        scope = self.env["program.isolation"]._scope_of_person()
        if scope.kind in ("system", "platform"):
            return
        self.check_access("read")
        manager = self.env.user.has_group("partner_governance.group_partner_manager")
        # Safe: compares the caller's node with the partner and its upline.
        if not manager or scope.node_id not in (self.id, self.sudo().upline_id.id):
            raise AccessError(
                self.env._("A change is asked for by a manager of the partner or of its upline.")
            )

    def action_propose_model(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change model or role"),
            "res_model": "program.model.proposal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_node_id": self.id},
        }
