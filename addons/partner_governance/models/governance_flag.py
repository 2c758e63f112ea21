from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class GovernanceFlag(models.Model):
    """A red flag of a deal that asks for a document or an accepted risk (PG-092, PG-094)."""

    _name = "governance.flag"
    _description = "Red flag"
    _order = "id desc"
    _rec_name = "name"

    qualification_id = fields.Many2one(
        "governance.qualification", required=True, ondelete="restrict", index=True, readonly=True
    )
    deal_id = fields.Many2one(related="qualification_id.deal_id", store=True, index=True)
    program_node_id = fields.Many2one(
        related="qualification_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("documented", "Document attached"),
            ("accepted", "Risk accepted"),
            ("gone", "No longer raised"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    document = fields.Binary(attachment=True, copy=False)
    document_name = fields.Char(copy=False)
    accepted_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", copy=False)
    reason = fields.Char(copy=False)

    _code_uniq = models.Constraint("UNIQUE (qualification_id, code)", "This flag is there already.")

    def _files_fixed(self):
        """Those whose files stay as they are: `ir.attachment` asks."""
        return self.filtered(lambda flag: flag.state in ("documented", "accepted"))

    def write(self, vals):
        if {"reason", "document"} & vals.keys() and not self.env.su:
            for flag in self.filtered(lambda flag: flag.state == "accepted"):
                raise UserError(
                    self.env._("The risk of “%(flag)s” is accepted as written.", flag=flag.name)
                )
        answered = self.browse()
        if "document" in vals:
            answered = self.filtered(lambda flag: flag.state == "documented")
            # Won deals stand on the documents that they were signed with.
            answered.deal_id._check_answers_open()
        names = {flag.id: flag.document_name or "" for flag in answered}
        done = super().write(vals)
        if vals.get("document"):
            for flag in self.filtered(lambda flag: flag.state == "open"):
                # Safe: the reader's own write has attached the document; the state follows it.
                flag.sudo().state = "documented"
                self._note(flag, self.env._("document “%(name)s”", name=flag.document_name or ""))
                flag.deal_id._program_flags_changed()
        elif answered:
            # Safe: without its document the flag is open again.
            answered.sudo().state = "open"
        for flag in answered:
            flag._document_changed(names[flag.id])
        return done

    def _document_changed(self, old_name):
        """Another document than the one that was there, or none: in the trail, told on the deal,
        and what was signed with it is signed anew."""
        text = (
            self.env._(
                "“%(flag)s”: document “%(new)s” instead of “%(old)s”",
                flag=self.name,
                new=self.document_name or "",
                old=old_name,
            )
            if self.document
            else self.env._("“%(flag)s”: document “%(old)s” removed", flag=self.name, old=old_name)
        )
        self._note(self, text, "documented")
        # Safe: the reader's own write; what follows from it is the system's.
        deal = self.sudo().deal_id
        deal._program_reopen(text)
        deal.message_post(body=text, author_id=self.env.user.partner_id.id)
        deal._program_flags_changed()

    def action_accept_risk(self, reason=""):
        """A manager of the partner takes the risk, in writing; nobody who is engaged does."""
        isolation = self.env["program.isolation"]
        own = isolation._is_of_own_node(self, "program_node_id")
        if isolation._scope().fenced and not own:
            raise AccessError(self.env._("The partner whose deal it is accepts its risks."))
        for flag in self:
            flag.check_access("write")
            if not self.env.user.has_group("partner_governance.group_partner_manager"):
                raise UserError(self.env._("A manager of the partner accepts a risk."))
            if not (reason or flag.reason or "").strip():
                raise UserError(self.env._("Write why this risk is accepted."))
            # Safe: the role was checked just above; the state is written by actions alone.
            flag.sudo().write(
                {
                    "state": "accepted",
                    "accepted_by_id": self.env.uid,
                    "reason": reason or flag.reason,
                }
            )
            self._note(flag, reason or flag.reason)
            flag.deal_id._program_flags_changed()
            flag._risk_accepted()
        return True

    def _risk_accepted(self):
        """An accepted risk stands in the register, owned by whoever accepted it."""
        for flag in self:
            self.env["governance.risk"]._from_flag(flag)

    def _note(self, flag, reason, old="open"):
        self.env["governance.event"]._record(
            "flag_answered",
            flag,
            node=flag.program_node_id,
            old=old,
            new=flag.state,
            reason=reason,
        )

    @api.model
    def _follow(self, qualifications):
        """Keep one row per flag that demands a document: new ones open, others are gone."""
        book = self.env["governance.rulebook"]._running()
        demanding = {
            rule.code: rule.name
            for rule in book.rule_ids
            if rule.is_flag and rule.demand == "document"
        }
        # Safe: the system keeps these rows; people answer them.
        known = self.sudo().search([("qualification_id", "in", qualifications.ids)])
        by_key = {(flag.qualification_id.id, flag.code): flag for flag in known}
        new = []
        raised_keys = set()
        for record in qualifications:
            for code in (record.flag_codes or "").split():
                if code not in demanding:
                    continue
                key = (record.id, code)
                raised_keys.add(key)
                flag = by_key.get(key)
                if not flag:
                    new.append(
                        {"qualification_id": record.id, "code": code, "name": demanding[code]}
                    )
                elif flag.state == "gone":
                    flag.state = "documented" if flag.document else "open"
        stale = known.filtered(
            lambda flag: (
                (flag.qualification_id.id, flag.code) not in raised_keys and flag.state != "gone"
            )
        )
        stale.state = "gone"
        return self.sudo().create(new) | known


class GovernanceQualification(models.Model):
    _inherit = "governance.qualification"

    flag_ids = fields.One2many("governance.flag", "qualification_id", string="Flags to answer")
