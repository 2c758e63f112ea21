from odoo import api, fields, models
from odoo.tools import email_normalize

from ..adapters import team as adapter
from ..engine import team
from ..exceptions_partner import refuse
from .governance_action import OPEN


class ResUsers(models.Model):
    """My team: a partner's managers look after their own people (TRADE 7)."""

    _inherit = "res.users"

    program_roles = fields.Char(
        string="Roles", compute="_compute_program_roles", help="What the person does here."
    )
    program_ended_on = fields.Date(string="Left on", readonly=True, copy=False)

    @api.depends("group_ids")
    def _compute_program_roles(self):
        names = dict(self.env["program.person.roles"]._role_names())
        # Safe: roles of people whom the reader sees already; group links are core's own.
        people = adapter.read_people(self.sudo())
        for user in self:
            roles = people[user.id].roles if user.id in people else ()
            user.program_roles = ", ".join(names[role] for role in team.ROLES if role in roles)

    @api.model
    def _program_invite(self, node, name, email, roles, lang=""):
        """Make a person of ``node`` with ``roles`` and send the invitation after the commit.

        :raise UserError: where the caller may not, or the address cannot be used
        """
        # Safe: the engine checks below who acts and for which node.
        own = node.sudo()
        refuse(
            self.env,
            team.obstacle(
                adapter.actor(self.env),
                adapter.read_team(own),
                team.INVITE,
                roles=frozenset(roles),
            ),
            node=own.name,
            person=name,
        )
        user = self._program_make(own, name, email, roles, lang)
        own._note_acting(self.env._("invites %(name)s", name=name))
        return user

    @api.model
    def _program_make(self, node, name, email, roles, lang=""):
        """The person itself; who may ask for it has been checked by the caller."""
        address = email_normalize(email or "")
        if not address:
            refuse(self.env, "bad_address", email=email or "")
        self._check_address(address)
        groups = adapter.role_ids(self.env)
        # Safe: a person of the node that was checked, with roles of a partner and no other group.
        user = (
            self.sudo()
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": name,
                    "login": address,
                    "email": address,
                    "lang": lang or self.env.user.lang,
                    "tz": self.env.user.tz,
                    "program_partner_id": node.id,
                    "group_ids": [(6, 0, [groups[role] for role in sorted(roles)])],
                }
            )
        )
        self.env["program.outbox"]._post("invitation", user, node)
        self.env["governance.event"]._record(
            "person_invited", user, node=node, new=", ".join(sorted(roles))
        )
        return user

    @api.model
    def _check_address(self, address):
        """Asking for a log-in is a look-up like that of a company: it is counted, the desk reads
        it, and beyond the limit the answer is the same whether somebody has the address.

        :raise UserError: the desk looks at it first
        """
        scope = self.env["program.isolation"]._scope_of_person()
        # Safe: the caller's own node, for which it is counted.
        node = self.env["program.partner"].sudo().browse(scope.node_id)
        often = scope.fenced and self.env["program.lookup"]._is_too_often(node, address)
        # Safe: a log-in is unique over all partners. The answer is the same whoever has it.
        Users = self.sudo().with_context(active_test=False)
        if often or Users.search_count([("login", "=", address)], limit=1):
            refuse(self.env, "address_taken", email=address)

    def _outbox_invitation(self):
        """Send the link with which the invited person chooses a password."""
        self.with_context(create_user=1).action_reset_password()

    def _program_check(self, act, roles=frozenset()):
        """:raise UserError: where the caller may not do ``act`` to this person"""
        self.ensure_one()
        # Safe: facts about the person for the check, nothing of it is shown.
        own = self.sudo()
        node = own.program_partner_id
        refuse(
            self.env,
            team.obstacle(
                adapter.actor(self.env),
                adapter.read_team(node),
                act,
                adapter.read_people(own)[own.id],
                frozenset(roles),
                adapter.other_managers(own),
            ),
            node=node.name,
            person=self._filtered_access("read").name or self.env._("This person"),
        )
        return own

    def _program_assign(self, roles):
        """Give the person exactly these roles at its own node."""
        own = self._program_check(team.ASSIGN, roles)
        before = own.program_roles
        # Safe: checked above; the commands name the five groups of a partner and no other.
        own.write({"group_ids": adapter.write_roles(own, roles)})
        own.invalidate_recordset(["program_roles"])
        node = own.program_partner_id
        node._note_acting(self.env._("changes roles of %(name)s", name=own.name))
        self.env["governance.event"]._record(
            "person_roles", own, node=node, old=before, new=own.program_roles
        )

    def _program_end(self, successor=None):
        """The person leaves: open work goes to ``successor``, keys and log-ins close at once."""
        own = self._program_check(team.END)
        node = own.program_partner_id
        # Safe: the caller may end the person, so it may hand over that person's open work.
        heir = (successor or self.browse()).sudo()
        work = own._program_open_work()
        count = sum(len(records) for _name, records in work)
        facts = adapter.read_people(own | heir)
        refuse(
            self.env,
            team.successor_obstacle(facts[own.id], facts.get(heir.id), count),
            node=node.name,
            person=own.name,
            count=count,
        )
        for name, records in work:
            own._program_hand_over(name, records, heir)
        # Safe: keys of the person that leaves; archiving changes the session's mark, so that
        # every browser is logged out with its next request.
        self.env["res.users.apikeys"].sudo().search([("user_id", "=", own.id)]).unlink()
        own.write({"active": False, "program_ended_on": fields.Date.context_today(self)})
        node._note_acting(self.env._("ends %(name)s", name=own.name))
        self.env["governance.event"]._record(
            "person_ended",
            own,
            node=node,
            new=heir.name or "",
            reason=self.env._("%(count)s items of open work", count=count),
        )
        return count

    @api.model
    def _program_work_fields(self):
        """``[(model, field that names who does it, domain of what is open)]``; upper addons add
        theirs."""
        return [
            ("mail.activity", "user_id", []),
            ("crm.lead", "user_id", [("won_status", "=", "pending")]),
            ("program.deal", "user_id", [("state", "in", ("registered", "conflict"))]),
            ("project.task", "user_ids", [("is_closed", "=", False)]),
            ("project.project", "user_id", []),
            ("crm.team", "user_id", []),
            ("governance.action", "user_id", [("state", "in", OPEN)]),
        ]

    def _program_open_work(self):
        """``[(field, records)]`` of what the person still has to do."""
        self.ensure_one()
        found = []
        for model, name, domain in self._program_work_fields():
            records = self.env[model].search([(name, "in", self.ids), *domain])
            if records:
                found.append((name, records))
        return found

    def _program_hand_over(self, name, records, heir):
        silent = records.with_context(
            mail_activity_quick_update=True, mail_auto_subscribe_no_notify=True
        )
        if records._fields[name].type == "many2many":
            silent.write({name: [(3, self.id), (4, heir.id)]})
        else:
            silent.write({name: heir.id})

    def action_program_roles(self):
        return self._program_dialog("program.person.roles", self.env._("Roles"))

    def action_program_end(self):
        return self._program_dialog("program.person.end", self.env._("Leaves the team"))

    def _program_dialog(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_user_id": self.id},
        }
