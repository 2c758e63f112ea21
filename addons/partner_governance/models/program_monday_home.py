from odoo import api, fields, models

from ..engine import monday as engine

# Of each source; the list shows five, and "more" counts up to here.
LIMIT = 50
# Certificates, rights and specialisations are told so many days ahead.
AHEAD = 30


class ProgramMonday(models.AbstractModel):
    """The screen *Home*: what waits for the reader, the five most urgent first."""

    _inherit = "program.monday"

    @api.model
    @api.readonly
    def home(self, everything=False):
        """What Home shows to the current user, read with their rights.

        :return: ``{"rows": [row], "more": count, "currency_id": id}``; a row has ``key``,
            ``who``, ``why``, ``todo``, ``due`` (ISO day or False), ``res_model``, ``res_id`` and
            ``money`` (a month, of own legs, or False)
        """
        found = engine.top(self._waiting(), LIMIT * 10 if everything else engine.SHOWN)
        # Safe: the currency of the reader's own company.
        node = self.env["program.node.mixin"]._default_program_node().sudo()
        currency = (node.company_id or self.env.company).currency_id
        return {
            "rows": [
                {
                    "key": f"{position}-{row.res_model}-{row.res_id}",
                    "who": row.who,
                    "why": row.why,
                    "todo": row.todo,
                    "due": row.due and str(row.due),
                    "res_model": row.res_model,
                    "res_id": row.res_id,
                    "money": float(row.money) if row.money else False,
                }
                for position, row in enumerate(found.rows)
            ],
            "more": found.more,
            "currency_id": currency.id,
        }

    @api.model
    def _waiting(self):
        """All sources' rows of the current user, as the engine takes them."""
        return [
            engine.Row(
                who=row["who"] or "",
                why=row["why"] or "",
                todo=row["todo"] or "",
                due=row["due"] or None,
                res_model=row["res_model"],
                res_id=row["res_id"],
                money=row["money"],
            )
            for row in self._rows()
        ]

    @api.model
    def _row(self, record, who, why, todo, due):
        return {
            "who": who,
            "why": why,
            "todo": todo,
            "due": due,
            "res_model": record._name,
            "res_id": record.id,
            "money": None,
        }

    # Sources of this addon

    @api.model
    def _monday_specialisations(self):
        """Own ones that run out, and those of the branch that wait for a confirmation."""
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            return []
        today = fields.Date.context_today(self)
        scope = self.env["program.isolation"]._scope()
        found = self.env["program.specialisation"].search(
            [
                "|",
                "&",
                ("state", "=", "proposed"),
                ("program_node_id", "!=", scope.node_id),
                "&",
                "&",
                ("state", "=", "confirmed"),
                ("program_node_id", "=", scope.node_id),
                ("date_until", "<=", fields.Date.add(today, days=AHEAD)),
            ],
            limit=LIMIT,
        )
        return [
            self._row(
                each,
                each.program_node_id.name,
                each.vertical_id.name,
                self.env._("Confirm the specialisation")
                if each.state == "proposed"
                else self.env._("Renew the specialisation: ask your upline"),
                each.date_until if each.state == "confirmed" else False,
            )
            for each in found
            if each.state == "confirmed" or each.may_confirm
        ]

    @api.model
    def _monday_tiers(self):
        """Criteria that a person was given, and tiers reached that nobody has asked for."""
        today = fields.Date.context_today(self)
        newest = self.env["program.partner"].search([("assessment_id", "!=", False)])
        lines = self.env["program.tier.assessment.line"].search(
            [
                ("assessment_id", "in", newest.assessment_id.ids),
                ("user_id", "=", self.env.uid),
                ("state", "=", "missing"),
                ("weight", ">", 0),
                ("due_date", "<=", fields.Date.add(today, days=AHEAD)),
            ],
            limit=LIMIT,
        )
        rows = [
            self._row(
                line.assessment_id,
                line.assessment_id.program_node_id.name,
                self.env._("tier %(tier)s", tier=line.assessment_id.target_id.name),
                self.env._(
                    "%(metric)s: %(value)s of %(target)s",
                    metric=line.metric_id.name,
                    value=f"{line.counted:g}",
                    target=f"{line.target:g}",
                ),
                line.due_date,
            )
            for line in lines
        ]
        if self.env.user.has_group("partner_governance.group_partner_manager"):
            own = self.env["program.isolation"]._scope().node_id
            reached = newest.filtered(lambda node: node.id == own).assessment_id.filtered(
                lambda each: each.outcome == "up" and not each.assignment_ids
            )
            rows += [
                self._row(
                    each,
                    each.program_node_id.name,
                    self.env._("reached %(tier)s", tier=each.reached_id.name),
                    self.env._("Ask for the tier"),
                    False,
                )
                for each in reached
            ]
        return rows

    @api.model
    def _monday_meetings(self):
        """Meetings that the reader holds, and whose day is near."""
        if not self.env.user.has_group("partner_governance.group_partner_manager"):
            return []
        today = fields.Date.context_today(self)
        found = self.env["governance.council"].search(
            [
                ("program_node_id", "=", self.env["program.isolation"]._scope().node_id),
                ("state", "!=", "closed"),
                ("meeting_date", "<=", fields.Date.add(today, days=7)),
            ],
            order="meeting_date, id",
            limit=LIMIT,
        )
        return [
            self._row(
                each,
                each.reviewed_id.name or self.env._("Council"),
                each.display_name,
                self.env._("Start the meeting and freeze its pack")
                if each.state == "proposed"
                else self.env._("Close the meeting"),
                each.meeting_date,
            )
            for each in found
        ]
