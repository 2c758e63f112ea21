from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import gates as adapter
from .governance_review_passage import OPEN_STATES


class ProgramDeal(models.Model):
    """A deal at its gates: what is missing, who will be asked, and the passage."""

    _inherit = "program.deal"

    gate_state = fields.Selection(
        [
            ("open", "Answers missing"),
            ("ready", "Ready to ask"),
            ("waiting", "Waiting for signatures"),
            ("passed", "Passed"),
            ("refused", "Refused"),
        ],
        string="Gates",
        compute="_compute_gate_state",
        compute_sudo=True,
    )
    missing = fields.Text(string="Still missing", compute="_compute_gate_state", compute_sudo=True)
    missing_links = fields.Json(
        string="Still missing here",
        compute="_compute_gate_state",
        compute_sudo=True,
    )
    signers = fields.Text(
        string="Will be asked",
        compute="_compute_signers",
        compute_sudo=True,
        help="Who signs, in order, once you ask for the review.",
    )

    @api.depends(
        "kind",
        "state",
        "qualification_ids.fingerprint",
        "qualification_ids.is_complete",
        "qualification_ids.tier_id",
        "qualification_ids.flag_ids.state",
        "review_ids.state",
        "review_ids.valid_until",
        "review_ids.approval_ids.state",
        "review_ids.condition_ids.state",
    )
    def _compute_gate_state(self):
        gates = self.env["governance.gate"]._of("won")
        for deal in self:
            lacks = [lack for gate in gates for lack in gate._lacks(deal)]
            missing = [lack.text for lack in lacks]
            states = {deal._review_of(gate).state for gate in gates}
            deal.missing = "\n".join(missing)
            deal.missing_links = adapter.fixes(self.env, lacks, deal)
            if not missing:
                deal.gate_state = "passed"
            elif "refused" in states:
                deal.gate_state = "refused"
            elif "asked" in states:
                deal.gate_state = "waiting"
            elif deal.qualification_ids[:1].is_complete:
                deal.gate_state = "ready"
            else:
                deal.gate_state = "open"

    @api.depends("kind", "qualification_ids.tier_id", "program_node_id")
    def _compute_signers(self):
        gates = self.env["governance.gate"]._of("won")
        for deal in self:
            deal.signers = "\n".join(
                self.env._(
                    "%(gate)s: %(role)s (%(party)s, within %(days)s days)",
                    gate=gate.name,
                    role=signature.name,
                    party=dict(signature._fields["party"]._description_selection(self.env))[
                        signature.party
                    ],
                    days=signature.days,
                )
                for gate in gates
                if gate._applies(deal, deal, deal._gate_tier_level())
                for signature in gate._demanded(deal)
            )

    def _ask_reviews(self, gates, requester=None):
        """Ask for the passage of the gates that a review is missing at and nothing else."""
        for deal in self:
            for gate in gates:
                if not gate._missing(deal) or any(each._missing(deal) for each in gate.after_ids):
                    continue
                if deal._review_of(gate).state == "asked":
                    continue
                if gate._demanded(deal):
                    gate._open_review(deal, requester=requester)

    def action_request_review(self):
        """Ask for the signatures that the deal's tier demands, at every gate before it is won."""
        self.ensure_one()
        self.check_access("write")
        answers = self.qualification_id
        if not answers.is_complete:
            raise UserError(
                self.env._("Answer these first: %(missing)s.", missing=answers.missing_names or "")
            )
        # Safe: whoever may write the deal may ask; what is asked for comes from the policy.
        deal, gates = self.sudo(), self.env["governance.gate"].sudo()._of("won")
        open_flags = answers.flag_ids.filtered(lambda flag: flag.state == "open")
        if open_flags:
            raise UserError(
                self.env._(
                    "Attach a document or accept the risk first: %(flags)s.",
                    flags=", ".join(open_flags.mapped("name")),
                )
            )
        for gate in gates:
            if gate._missing(deal) and not gate.after_ids.filtered(
                lambda each: each._missing(deal)
            ):
                if deal._review_of(gate).state != "asked":
                    gate._open_review(deal)
        return True

    def _program_reopen(self, lines):
        stale = self.review_ids.filtered(
            lambda review: (
                review.state in OPEN_STATES and not review.is_waiver and not review.change_id
            )
        )
        stale._reopen(lines)

    def _program_pass_by_rule(self):
        """Tier 1 without a flag passes itself, in the same save, and the trail says so."""
        gate = self.env.ref("partner_governance.gate_commercial")
        for deal in self:
            answers = deal.qualification_ids[:1]
            if not answers.is_complete or answers.is_flagged or answers.tier_level != 1:
                continue
            if deal._review_of(gate).state not in ("passed", "grandfathered"):
                gate._open_review(deal, by_rule=self.env._("decided by rule: tier 1, no flag"))

    def _program_gate_opened(self):
        """What a customer has signed while a gate was closed goes on."""
        gates = self.env["governance.gate"].sudo()._of("won")
        for deal in self:
            # Safe: the quotations of the deal's own opportunity, signed by their customer.
            orders = deal.sudo().lead_ids.order_ids.filtered("program_waiting_since")
            if orders and gates._is_open(deal):
                for order in orders:
                    self.env["program.outbox"]._post("confirm_signed", order, deal.program_node_id)

    @api.model
    def _won_without_passage(self):
        """Won deals at whose gates no passage is recorded. It must be empty (DESIGN 4.2). What
        held until a day is a passage of what was won up to that day."""
        found = self.browse()
        passed = ("passed", "grandfathered", "let_through")
        for gate in self.env["governance.gate"]._of("won"):
            without = self.search(
                [
                    ("state", "=", "won"),
                    ("kind", "not in", list(gate._exempt_kinds())),
                    "|",
                    ("tier_level", ">=", gate.minimum_tier),
                    ("tier_level", "=", 0 if gate.minimum_tier == 1 else -1),
                    "!",
                    (
                        "review_ids",
                        "any",
                        [("gate_id", "=", gate.id), ("state", "in", passed)],
                    ),
                ]
            )
            found |= without.filtered(lambda deal, gate=gate: not deal._was_won_in_time(gate))
        return found

    def _was_won_in_time(self, gate):
        """Whether a waiver or a conditional pass of the gate still held when it was won."""
        self.ensure_one()
        held = self._gate_reviews().filtered(
            lambda review: (
                review.gate_id == gate and review.state in ("conditional", "waived", "expired")
            )
        )
        return any(self.won_on and self.won_on <= review.valid_until for review in held)
