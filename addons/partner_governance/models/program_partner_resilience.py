from odoo import fields, models


class ProgramPartner(models.Model):
    """What a partner can show of its resilience, from what is recorded (PG-135)."""

    _inherit = "program.partner"

    key_person_limit = fields.Integer(
        string="Key person from",
        default=3,
        help="On the platform's own page: whoever is the only one in more roles than this is a "
        "key person of the programme's reports.",
    )

    def _resilience(self):
        """``[(title, [sentence])]`` of the one-page statement; what is missing is said plainly."""
        self.ensure_one()
        missing = self.env._("not recorded")
        return [
            (title, sentences or [missing])
            for title, sentences in (
                (self.env._("Continuity plans"), self._resilience_plans()),
                (self.env._("Subcontractors"), self._resilience_subcontractors()),
                (self.env._("Key people"), self._resilience_people()),
                (self.env._("Access control"), self._resilience_access()),
                (self.env._("Communication"), self._resilience_communication()),
                *self._resilience_more(),
            )
        ]

    def _resilience_more(self):
        """Further ``(title, [sentence])``; upper addons add backups and recovery tests."""
        return []

    def _own(self, model, *domain):
        return self.env[model].search([("program_node_id", "=", self.id), *domain])

    def _resilience_plans(self):
        results = dict(
            self.env["governance.continuity.exercise"]
            ._fields["result"]
            ._description_selection(self.env)
        )
        return [
            self.env._(
                "%(plan)s: last exercise %(day)s, %(result)s",
                plan=plan.name,
                day=fields.Date.to_string(plan.last_exercise),
                result=results[plan.last_result],
            )
            if plan.last_exercise
            else self.env._("%(plan)s: no exercise recorded", plan=plan.name)
            for plan in self._own("governance.continuity.plan")
        ]

    def _resilience_subcontractors(self):
        found = self._own("governance.subcontractor")
        if not found:
            return []
        return [
            self.env._(
                "%(covered)s of %(total)s have a substitute and a plan",
                covered=len(found.filtered("is_covered")),
                total=len(found),
            )
        ]

    def _resilience_people(self):
        found = self._own("governance.staffing.load")
        if not found:
            return []
        return [
            self.env._(
                "%(count)s people staff the projects, %(key)s of them hard to replace",
                count=len(found),
                key=len(found.filtered("is_key")),
            )
        ]

    def _resilience_access(self):
        last = self._own("governance.access.review", ("state", "=", "done"))[:1]
        if not last:
            return []
        return [
            self.env._("Last review of access on %(day)s", day=fields.Date.to_string(last.done_on))
        ]

    def _resilience_communication(self):
        return [
            self.env._(
                "%(plan)s: first notice within %(minutes)s minutes",
                plan=plan.name,
                minutes=plan.minutes,
            )
            for plan in self._own("governance.communication.plan")
        ]
