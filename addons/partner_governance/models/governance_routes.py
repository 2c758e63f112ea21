from odoo import api, models
from odoo.exceptions import UserError


class GovernanceException(models.Model):
    """Exceptions about a customer's owner (PG-024) and about a promise (PG-032)."""

    _inherit = "governance.exception"

    @api.model
    def _selection_subject(self):
        names = ["program.ownership", "program.right"]
        return super()._selection_subject() + [
            # Safe: the name of a model.
            (name, self.env["ir.model"]._get(name).sudo().name)
            for name in names
        ]


class GovernanceChangeRequest(models.Model):
    """Who approves a change stands in the responsibility matrix (PG-041)."""

    _inherit = "governance.change.request"

    def _approver_node(self):
        subject = self._subject()
        record = subject if "program_node_id" in subject._fields else self
        found = self.env["governance.responsibility"]._accountable("production_change", record)
        return found or super()._approver_node()


class ProgramPartner(models.Model):
    """Who has no right to a brand does not sell under it, whatever its stage (PG-029)."""

    _inherit = "program.partner"

    def _onboarding_opens(self, code):
        opens = super()._onboarding_opens(code)
        return opens and (code != "brand" or self._may_use_brand())

    def _onboarding_guard(self, code):
        if code == "brand":
            # Safe: says to the partner's own people what it lacks.
            for node in self.sudo().filtered(lambda each: not each._may_use_brand()):
                raise UserError(
                    self.env._(
                        "The branding right of %(node)s has ended. Have it renewed by who grants "
                        "it (Partners → Rights).",
                        node=node.name,
                    )
                )
        return super()._onboarding_guard(code)

    def _may_use_brand(self):
        """A branding right that runs; a partner that was never granted one needs none."""
        Right = self.env["program.right"]
        # Safe: answers yes or no for the partner itself.
        granted = Right.sudo().search_count(
            [("kind", "=", "branding"), ("holder_id", "=", self.id)], limit=1
        )
        return not granted or Right._holds("branding", self)
