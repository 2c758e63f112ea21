from odoo import fields, models

from odoo.addons.partner_governance.adapters.gates import Lack


class GovernanceGate(models.Model):
    """A gate before go-live may ask for the readiness scorecard (PG-070)."""

    _inherit = "governance.gate"

    needs_scorecard = fields.Boolean(
        string="Needs the readiness scorecard", help="For gates before a go-live."
    )
    scorecard_tier = fields.Integer(string="Scorecard from tier", default=1, required=True)
    scorecard_threshold = fields.Integer(
        string="Points needed",
        default=80,
        required=True,
        help="Of 100. A scorecard keeps the number of the day on which it was made.",
    )

    _threshold_bounds = models.Constraint(
        "CHECK (scorecard_threshold BETWEEN 0 AND 100)", "The points needed are between 0 and 100."
    )

    def _asks_card(self, record):
        """Whether ``record`` meets the scorecard at this gate."""
        return (
            self.needs_scorecard
            and record._name == "project.project"
            and record._gate_tier_level() >= self.scorecard_tier
            and self._applies(record, record._gate_deal(), record._gate_tier_level())
        )

    def _items(self, record):
        items = super()._items(record)
        if not self._asks_card(record):
            return items
        card = record.scorecard_ids
        if not card:
            text = self.env._("the readiness scorecard (button “Readiness” of the project)")
            return [*items, Lack(text, record)]
        found = card._judge()[card]
        if found.is_go:
            return items
        return [*items, *(Lack(text, card) for text in card._reasons(found))]

    def _waits_for_card(self, record):
        """Whether nobody is asked to sign yet, since the card says NO-GO."""
        if not self._asks_card(record) or self._mode_for(record) != "enforce":
            return False
        card = record.scorecard_ids
        return not card or card.verdict != "go"

    def _open_review(self, record, by_rule="", requester=None):
        """People sign a card that says GO; until then nobody is asked."""
        # Safe: reads the card of the record that the caller asks for.
        own = record.sudo()
        if not by_rule and self.sudo()._waits_for_card(own):
            return self.env["governance.review"]
        review = super()._open_review(record, by_rule=by_rule, requester=requester)
        if self.sudo()._asks_card(own) and own.scorecard_ids:
            own.scorecard_ids._hand_in(review.sudo())
        return review
