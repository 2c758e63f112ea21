from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import escalation as engine


class GovernanceEscalatedMixin(models.AbstractModel):
    """A record whose people escalate it to whoever the matrix makes accountable (PG-043)."""

    _name = "governance.escalated.mixin"
    _description = "Can be escalated"

    def _escalation_subject(self):
        """The record whose responsibility matrix holds."""
        return self

    def action_escalate(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Escalate"),
            "res_model": "governance.escalation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }

    def _escalate(self, reason, due_date):
        """Give it to the next accountable party; returns the action that it has from now on.

        :raise UserError: a day gone by, or nobody is left to ask
        """
        self.ensure_one()
        self.check_access("read")
        if due_date < fields.Date.context_today(self):
            raise UserError(self.env._("An answer is due today or later: choose another day."))
        # Safe: whoever reads the record may ask; whom is told by the matrix, never by the asker.
        record = self.sudo()
        node = record._escalation_node()
        if not node:
            raise UserError(
                self.env._(
                    "“%(record)s” is with everybody already who answers for it. Open its actions "
                    "(menu Actions) and ask there.",
                    record=record.display_name,
                )
            )
        action = self.env["governance.action"]._from(
            record,
            self.env._("Escalation of %(record)s", record=record.display_name),
            node._escalation_person(),
            due_date,
            record.program_node_id,
            reason,
        )
        action.escalated_node_id = node
        self.env["governance.event"]._record(
            "escalated", record, node=record.program_node_id, new=node.name, reason=reason
        )
        record._say_escalation(
            self.env._(
                "Escalated to %(person)s at %(node)s, answer by %(day)s: %(reason)s",
                person=action.user_id.name,
                node=node.name,
                day=due_date,
                reason=reason,
            )
        )
        return action

    def _say_escalation(self, text):
        self.message_post(body=text, author_id=self.env.user.partner_id.id)

    def _escalation_node(self):
        """The party that is asked next, in sudo; empty where nobody is left."""
        subject = self._escalation_subject()
        accountable = self.env["governance.responsibility"]._accountable("escalation", subject)
        node = self.program_node_id
        path = node.search([("id", "parent_of", node.ids)]).sorted("parent_path", reverse=True)
        open_ = self.env["governance.action"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("state", "=", "open"),
                ("escalated_node_id", "!=", False),
            ]
        )
        idle = (path | accountable).filtered(lambda each: not each._escalation_person())
        return node.browse(
            engine.next_party(
                accountable.id, path.ids, set(open_.escalated_node_id.ids), set(idle.ids)
            )
            or ()
        )


class GovernanceAction(models.Model):
    """An escalation is an action that the asked party reads, answers and closes."""

    _inherit = "governance.action"

    escalated_node_id = fields.Many2one(
        "program.partner",
        string="Escalated to",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    def _after_closing(self):
        done = super()._after_closing()
        for action in self.filtered("escalated_node_id"):
            record = self.env[action.res_model].browse(action.res_id).exists()
            if record:
                record._say_escalation(
                    self.env._(
                        "Escalation to %(node)s is closed: %(state)s",
                        node=action.escalated_node_id.name,
                        state=dict(action._fields["state"]._description_selection(self.env))[
                            action.state
                        ],
                    )
                )
        return done


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _escalation_person(self):
        """Who is asked at a party: a manager, at the platform one of the programme desk; nobody
        where who asks is one of them, since then the party knows."""
        role = "platform_programme" if self.is_root else "partner_manager"
        group = self.env.ref(f"partner_governance.group_{role}")
        people = self.user_ids.filtered(lambda user: group in user.all_group_ids)
        if self.env.user in people:
            return people.browse()
        return people[:1]


class ProgramDeal(models.Model):
    _name = "program.deal"
    _inherit = ["program.deal", "governance.escalated.mixin"]


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "governance.escalated.mixin"]


class GovernanceReview(models.Model):
    _name = "governance.review"
    _inherit = ["governance.review", "governance.escalated.mixin"]

    def _escalation_subject(self):
        return self._gate_record()._escalation_subject()


class GovernanceChangeRequest(models.Model):
    _name = "governance.change.request"
    _inherit = ["governance.change.request", "governance.escalated.mixin"]

    def _escalation_subject(self):
        subject = self._subject()
        return subject if "program_node_id" in subject._fields else self


class ProgramMonday(models.AbstractModel):
    _inherit = "program.monday"

    @api.model
    def _monday_actions(self):
        """An escalation says so, and why."""
        rows = super()._monday_actions()
        ids = [row["res_id"] for row in rows]
        escalated = self.env["governance.action"].browse(ids).filtered("escalated_node_id")
        notes = {action.id: action.note for action in escalated}
        for row in rows:
            if row["res_id"] in notes:
                row["why"] = self.env._("Escalated to you: %(why)s", why=notes[row["res_id"]])
        return rows
