from odoo import fields, models
from odoo.exceptions import UserError

from ..exceptions import message


class GovernanceGate(models.Model):
    """A checkpoint: what must be there before a record may move on."""

    _name = "governance.gate"
    _description = "Gate"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    mode = fields.Selection(
        [("observe", "Observe"), ("warn", "Warn"), ("enforce", "Enforce")],
        required=True,
        default="enforce",
        help="Observe and warn let a record pass and list what would have been refused.",
    )
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A gate with this code exists already.")

    def _missing(self, deal):
        """What a deal lacks at this gate, as sentences that a person can act on."""
        self.ensure_one()
        if deal.state == "conflict":
            return [self.env._("the answer of the programme desk: this company is protected")]
        answers = deal.qualification_id
        if not answers or not answers.is_complete:
            names = answers.missing_names if answers else self.env._("all answers")
            return [self.env._("answers to: %(names)s (button “Qualify”)", names=names)]
        review = deal._review_of(self)
        if review.state == "passed" and review.fingerprint == answers.fingerprint:
            return []
        if review.state == "refused":
            return [
                self.env._(
                    "a new review, since the last one was refused: %(reason)s (button “Ask for "
                    "review”)",
                    reason=review.sign_reason or "",
                )
            ]
        if review.state == "asked":
            waiting = review.approval_ids.filtered(lambda each: each.state == "waiting")
            if not waiting:
                return [
                    self.env._("the signatures of this tier: none is defined, ask the platform")
                ]
            return [
                self.env._(
                    "signature of %(role)s at %(party)s", role=each.name, party=each.node_name
                )
                for each in waiting
            ]
        return [
            self.env._(
                "the review of tier %(tier)s (button “Ask for review”)", tier=answers.tier_level
            )
        ]

    def _guard(self, deal, what):
        """Refuse, warn or note when ``deal`` may not pass; the same sentence at every door.

        :raise UserError: naming each missing item
        """
        self.ensure_one()
        # Safe: whether the gate is open is the same for everybody who can move the record.
        missing = self.sudo()._missing(deal.sudo())
        if not missing:
            return
        text = message(
            self.env, "gate_closed", what=what, gate=self.name, missing="; ".join(missing)
        )
        if self.mode == "enforce":
            raise UserError(text)
        self.env["governance.event"]._record(
            f"gate_{self.mode}", deal, node=deal.sudo().program_node_id, reason=text
        )

    def _open_review(self, deal, by_rule=""):
        """Ask for a passage: one review with the signatures that the tier demands.

        :param by_rule: why no signature is needed; the review passes at once
        :raise UserError: when the tier has no signatures and no rule passes the deal
        """
        self.ensure_one()
        tier = deal.qualification_id.tier_id
        if not by_rule and not tier.signature_ids:
            raise UserError(
                self.env._(
                    "Nobody signs for “%(tier)s”: the platform has to define its signatures first.",
                    tier=tier.name,
                )
            )
        # Safe: reviews are made by the system from the tier's policy, never typed.
        review = (
            self.env["governance.review"]
            .sudo()
            .create(
                {
                    "gate_id": self.id,
                    "deal_id": deal.id,
                    "requester_id": self.env.uid,
                    "fingerprint": deal.qualification_id.fingerprint,
                    "tier_id": tier.id,
                }
            )
        )
        if by_rule:
            review._pass(by_rule)
        else:
            review._ask_tier_signatures()
        return review.sudo(False)
