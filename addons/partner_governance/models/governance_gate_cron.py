from odoo import api, fields, models

from ..engine import gates as engine


class GovernanceGate(models.Model):
    """What the night does at the gates: ends, reminders, the next party, the check."""

    _inherit = "governance.gate"

    @api.model
    def _cron_gates(self):
        today = fields.Date.context_today(self)
        self.env["governance.review"]._expire(today)
        self.env["governance.approval"]._cron_remind(today)
        self._report_holes()
        self._report_orders()

    @api.model
    def _report_holes(self):
        """A won deal without its passage is a defect of ours: the programme desk hears of it."""
        holes = self.env["program.deal"]._won_without_passage()
        desk = self.env.ref("partner_governance.group_platform_programme").all_user_ids
        for deal in holes:
            self.env["governance.event"]._record(
                "won_without_passage", deal, node=deal.program_node_id, reason=deal.missing or ""
            )
            if desk and not deal.activity_ids:
                deal.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=desk[0].id,
                    summary=self.env._("Won without its gates: %(missing)s", missing=deal.missing),
                )
        return holes

    @api.model
    def _report_orders(self):
        """Orders confirmed without a deal never met a gate: the programme desk hears of each."""
        Event, kind = self.env["governance.event"], "won_without_passage"
        orders = self.env["sale.order"]._confirmed_without_deal()
        told = Event.search(
            [("kind", "=", kind), ("res_model", "=", orders._name), ("res_ref", "in", orders.ids)]
        ).mapped("res_ref")
        for order in orders.filtered(lambda each: each.id not in told):
            Event._record(
                kind, order, node=order.company_id.program_node_id, reason=order._program_loose()
            )
        return orders


class GovernanceApproval(models.Model):
    _inherit = "governance.approval"

    reminded_on = fields.Date(readonly=True, copy=False)
    asked_node_id = fields.Many2one(
        "program.partner",
        string="First asked",
        readonly=True,
        ondelete="restrict",
        copy=False,
        help="The party that did not answer in time.",
    )

    @api.model
    def _cron_remind(self, today):
        """Remind whoever owes a signature on its day; one day later it goes up: to the upline,
        then to the platform (DESIGN 4.2)."""
        waiting = self.search([("state", "=", "waiting"), ("due_date", "<=", today)])
        root = self.env["program.partner"]._root()
        moves = engine.escalate(
            [
                engine.Demand(each.id, each.due_date, each._chain(root))
                for each in waiting
                if each._may_move()
            ],
            today,
        )
        for approval in waiting:
            if approval.id in moves:
                approval._move_up(self.env["program.partner"].browse(moves[approval.id]), today)
            elif approval.reminded_on != today:
                approval._remind(today)

    def _may_move(self):
        """The platform's own signature and a partner's for itself as seller stay where they are;
        others go up. Only signatures of gates move."""
        return self.res_model == "governance.review"

    def _chain(self, root):
        """The parties after the one that owes it."""
        chain, node = [], self.node_id
        while node and node != root:
            node = node.upline_id or root
            chain.append(node.id)
        return tuple(chain[:1]) if chain else ()

    def _move_up(self, node, today):
        root = self.env["program.partner"]._root()
        values = {
            "node_id": node.id,
            "asked_node_id": (self.asked_node_id or self.node_id).id,
            "due_date": fields.Date.add(today, days=2),
        }
        if node == root:
            # At the platform the desk of the programme answers for it.
            values["group_id"] = self.env.ref("partner_governance.group_platform_programme").id
        elif self.group_id == self.env.ref("partner_governance.group_partner_delivery"):
            values["group_id"] = self.env.ref("partner_governance.group_partner_manager").id
        old = self.node_id.name
        self.write(values)
        self.env["governance.event"]._record(
            "signature_moved_up",
            self,
            node=self.program_node_id,
            old=old,
            new=node.name,
            reason=self.env._("not answered by its day"),
        )
        self._remind(today)

    def _remind(self, today):
        self.reminded_on = today
        self.env["program.outbox"]._post("signature_due", self, self.node_id)

    def _signers(self):
        """People who may give this signature now."""
        return self.node_id.user_ids.filtered(
            lambda user: self.group_id in user.all_group_ids and user != self.requester_id
        )

    def _outbox_signature_due(self):
        """One mail with a link that opens the signature; whoever follows it logs in first."""
        self.ensure_one()
        people = self._signers().filtered("email")
        if self.state != "waiting" or not people:
            return
        link = f"{self.get_base_url()}/odoo/programme-signatures/{self.id}"
        body = self.env["ir.qweb"]._render(
            "partner_governance.mail_signature_due", {"approval": self, "link": link}
        )
        self.env["mail.mail"].create(
            {
                "subject": self.env._("To sign: %(subject)s", subject=self.subject),
                "body_html": body,
                "recipient_ids": [(6, 0, people.partner_id.ids)],
                "auto_delete": True,
            }
        ).send()
