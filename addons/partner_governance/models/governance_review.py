from odoo import api, fields, models


class GovernanceReview(models.Model):
    """One passage of a gate: who asked, for which answers, who signs, how it ended."""

    _name = "governance.review"
    _description = "Gate review"
    _inherit = ["mail.thread", "mail.activity.mixin", "governance.signed.mixin"]
    _order = "id desc"

    gate_id = fields.Many2one("governance.gate", required=True, ondelete="restrict")
    deal_id = fields.Many2one("program.deal", ondelete="restrict", index=True)
    change_id = fields.Many2one(
        "governance.change.request", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        "program.partner",
        compute="_compute_program_node_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    tier_id = fields.Many2one("governance.tier", ondelete="restrict")
    state = fields.Selection(
        [
            ("asked", "Waiting for signatures"),
            ("passed", "Passed"),
            ("refused", "Refused"),
            ("reopened", "Reopened"),
        ],
        default="asked",
        required=True,
        tracking=True,
        copy=False,
    )
    fingerprint = fields.Char(required=True, help="Mark of the answers that were reviewed.")
    decided_at = fields.Datetime()
    difference = fields.Char(string="Changed since", help="What changed in the answers.")

    _of_something = models.Constraint(
        "CHECK (deal_id IS NOT NULL OR change_id IS NOT NULL)",
        "A review is one of a deal, of its project, or of a change.",
    )

    @api.depends("deal_id.program_node_id", "change_id.program_node_id")
    def _compute_program_node_id(self):
        for review in self:
            review.program_node_id = (review.change_id or review.deal_id).program_node_id

    @api.depends("gate_id", "deal_id", "change_id")
    def _compute_display_name(self):
        for review in self:
            what = (review.change_id or review.deal_id).sudo().display_name
            review.display_name = f"{review.gate_id.name}: {what}"

    def _signed(self):
        self._pass(self.env._("all signatures given"))

    def _sign_refused(self, reason):
        self._refuse(reason)

    def _pass(self, reason=""):
        # Safe: called when the last signature is there, or by rule; nobody writes the state.
        for review in self.sudo():
            review.write({"state": "passed", "decided_at": fields.Datetime.now()})
            self.env["governance.event"]._record(
                "gate_passed",
                review,
                node=review.program_node_id,
                old="asked",
                new="passed",
                reason=reason,
            )

    def _refuse(self, reason):
        # Safe: called by a signature that was refused, with its reason.
        for review in self.sudo():
            review.write({"state": "refused", "decided_at": fields.Datetime.now()})
            self.env["governance.event"]._record(
                "gate_refused", review, node=review.program_node_id, new="refused", reason=reason
            )

    def _reopen(self, difference):
        # Safe: a changed answer takes back what was asked or passed for other answers.
        for review in self.sudo():
            old = review.state
            review._withdraw_signatures(difference)
            review.write({"state": "reopened", "difference": difference})
            self.env["governance.event"]._record(
                "gate_reopened",
                review,
                node=review.program_node_id,
                old=old,
                new="reopened",
                reason=difference,
            )
