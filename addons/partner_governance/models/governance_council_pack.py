from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..adapters import pack as adapter
from ..adapters.workbook import workbook


class GovernanceCouncil(models.Model):
    """What a meeting looks at: figures frozen at its start, and the copy of each attendee."""

    _inherit = "governance.council"

    def _make_pack(self):
        """``(pack, values)``: four sections of figures, tier, open actions. No money, no names."""
        today = fields.Date.context_today(self)
        nodes = self.reviewed_id or self.env["program.partner"].search([("is_root", "=", False)])
        metrics = self.env["program.metric"].search([("section", "!=", False)])
        rows, values = metrics._figures(nodes, today)
        sections = metrics._fields["section"]._description_selection(self.env)
        pack = {
            "title": self.display_name,
            "kind": self.kind,
            "as_of": str(today),
            "partners": len(nodes),
            "sections": [
                {
                    "code": code,
                    "name": name,
                    "rows": [row for row in rows if row["section"] == code],
                }
                for code, name in sections
            ],
            "actions": self._action_rows(self.action_ids),
            "decisions": [
                {"name": each.name, "day": str(each.decided_on)} for each in self.decision_ids
            ],
            "tier": self._tier_part(),
        }
        return pack, values

    @api.model
    def _action_rows(self, actions):
        states = dict(actions._fields["state"]._description_selection(self.env))
        return [
            {
                "name": action.name,
                "owner": action.user_id.name or "",
                "due": str(action.due_date or ""),
                "state": states[action.state],
            }
            for action in actions
        ]

    def _tier_part(self):
        """Of a partner's review: where its tier stands, from its last assessment."""
        last = self.reviewed_id.assessment_id
        if not last:
            return None
        return {
            "held": last.grade_id.name or "",
            "target": last.target_id.name,
            "score": last.score,
            "threshold": last.threshold,
            "day": str(last.day),
            "next_step": last.next_step or "",
        }

    def _copy_for(self, seat, pack, values):
        """The copy that an attendee may read: partners see totals and distributions of five and
        more, and beside them their own figure."""
        node = seat.program_node_id
        if node.is_root:
            return pack
        return {
            **pack,
            # What others have to do or decided is not a partner's to read; minutes are.
            "decisions": [],
            "actions": self._action_rows(
                self.action_ids.filtered(lambda each: each.program_node_id == node)
            ),
            "sections": [
                {
                    **section,
                    "rows": [
                        {
                            **adapter.covered(row),
                            "own": adapter.own(values[row["code"]], node.id),
                        }
                        for row in section["rows"]
                    ],
                }
                for section in pack["sections"]
            ],
        }

    def _keep_workbook(self, record, pack):
        """The pack as XLSX, kept with the record that it is a copy of."""
        # Safe: kept with the record, and read by whoever reads that. By the system itself, so that
        # nobody's own file is taken for it.
        self.env["ir.attachment"].with_user(SUPERUSER_ID).create(
            {
                "name": f"{pack['title']}.xlsx",
                "raw": workbook(adapter.sheets(self.env, pack)),
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    @api.model
    def _download(self, record):
        """The workbook kept with ``record``, which the reader may read."""
        record.ensure_one()
        found = self.env["ir.attachment"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("name", "=like", "%.xlsx"),
            ],
            order="id desc",
        )
        # Safe: who made a file that the reader reads. Older packs were kept in a person's name.
        kept = found.filtered(lambda one: one.sudo().create_uid.id == SUPERUSER_ID)
        found = kept[:1] or found[:1]
        if not found:
            raise UserError(self.env._("The pack is not frozen yet: start the meeting first."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{found.id}?download=true",
            "target": "download",
        }

    def action_xlsx(self):
        return self._download(self)

    def action_pdf(self):
        self.ensure_one()
        return self.env.ref("partner_governance.council_report").report_action(self)

    def action_new_action(self):
        """A dated action of this meeting: it stays on the next ones until it is closed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Action"),
            "res_model": "governance.council.action",
            "view_mode": "form",
            "target": "new",
            "context": {"default_council_id": self.id},
        }

    @api.model
    def action_open_pack(self):
        """The pack of the newest meeting, in one click: the meeting for whoever holds it, their
        own copy for an attendee."""
        for model, domain in (
            (self, [("kind", "=", "council"), ("state", "!=", "proposed")]),
            (self.env["governance.council.seat"], [("state", "!=", "proposed")]),
            (self, [("state", "!=", "proposed")]),
        ):
            found = model.search(domain, limit=1)
            if found:
                return {
                    "type": "ir.actions.act_window",
                    "res_model": model._name,
                    "res_id": found.id,
                    "view_mode": "form",
                    "views": [(False, "form")],
                }
        return self.env["ir.actions.act_window"]._for_xml_id(
            "partner_governance.governance_council_action"
        )
