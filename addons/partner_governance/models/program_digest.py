from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import monday as engine

BATCH = 200


class ResUsers(models.Model):
    """One mail a working day with what waits, and one at once for what is due today."""

    _inherit = "res.users"

    program_digest = fields.Boolean(string="Daily mail of what waits for me", default=True)
    program_due_now = fields.Boolean(
        string="Mail at once for what is mine and due today", default=True
    )
    program_digest_on = fields.Date(string="Last daily mail", readonly=True, copy=False)

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "program_digest", "program_due_now"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "program_digest", "program_due_now"]

    @api.model
    def _cron_program_digest(self):
        """Ask for one mail per person and working day; the outbox writes and sends each."""
        today = fields.Date.context_today(self)
        domain = [
            ("program_partner_id", "!=", False),
            ("program_digest", "=", True),
            ("share", "=", False),
            "|",
            ("program_digest_on", "=", False),
            ("program_digest_on", "<", today),
        ]
        people = self.search(domain, limit=BATCH) if today.weekday() < 5 else self.browse()
        people.program_digest_on = today
        for person in people:
            self.env["program.outbox"]._post("program_digest", person, person.program_partner_id)
        left = self.search_count(domain) if people else 0
        self.env["ir.cron"]._commit_progress(len(people), remaining=left)

    def _outbox_program_digest(self):
        """Called by the outbox, as the system: what this person would see on Home, by mail."""
        self.ensure_one()
        if not self.active or not self.program_digest or not self.email:
            return
        # As that person, so that the mail holds what they may read and nothing else.
        own = self.with_user(self).with_context(lang=self.lang, tz=self.tz)
        found = engine.top(own.env["program.monday"]._waiting())
        if found.rows:
            self._program_mail(own.env._("What waits for you"), found.rows, found.more)

    def _program_mail(self, subject, rows, more=0):
        """Send a list of rows to this person.

        :raises UserError: where the mail server does not take it; the outbox tries again
        """
        # Safe: called by the outbox, with rows that were read as this person.
        system = self.sudo()
        root = system.env["program.partner"]._root()
        body = system.env["ir.qweb"]._render(
            "partner_governance.digest_mail",
            {
                "rows": rows,
                "more": more,
                "base": self.get_base_url(),
                "today": fields.Date.context_today(self),
            },
            lang=self.lang,
        )
        mail = system.env["mail.mail"].create(
            {
                "subject": subject,
                "body_html": body,
                "email_from": root.company_id.email_formatted,
                "email_to": self.email_formatted,
                "auto_delete": False,
            }
        )
        mail.send(raise_exception=True)
        if mail.state != "sent":
            raise UserError(mail.failure_reason or self.env._("The mail was not taken."))


class GovernanceAction(models.Model):
    """What is given to somebody and due today is told at once (TRADE 9)."""

    _inherit = "governance.action"

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._program_due_now()
        return actions

    def write(self, vals):
        before = {action: (action.user_id, action.due_date) for action in self}
        done = super().write(vals)
        if {"user_id", "due_date"} & vals.keys():
            changed = self.filtered(lambda each: before[each] != (each.user_id, each.due_date))
            changed._program_due_now()
        return done

    def _program_due_now(self):
        today = fields.Date.context_today(self)
        for action in self:
            if (
                action.state == "open"
                and action.due_date
                and action.due_date <= today
                # Safe: whether the person wants to be told.
                and action.user_id.sudo().program_due_now
                and action.user_id != self.env.user
            ):
                self.env["program.outbox"]._post("program_due_now", action, action.program_node_id)

    def _outbox_program_due_now(self):
        """Called by the outbox, as the system."""
        self.ensure_one()
        user = self.user_id
        today = fields.Date.context_today(self)
        if self.state != "open" or not user.active or not user.email or not user.program_due_now:
            return
        if not self.due_date or self.due_date > today:
            return
        own = self.with_user(user).with_context(lang=user.lang)
        if not own._filtered_access("read"):
            return
        row = engine.Row(
            who=own.program_node_id.name or "",
            why=own.env._("due today, yours"),
            todo=own.name,
            due=own.due_date,
            res_model=own._name,
            res_id=own.id,
        )
        user._program_mail(own.env._("Due today: %(what)s", what=own.name), [row])
