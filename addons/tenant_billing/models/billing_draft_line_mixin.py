from odoo import api, models


class BillingDraftLineMixin(models.AbstractModel):
    """A line that is added, changed and taken out only while what it stands on is a draft."""

    _name = "billing.draft.line.mixin"
    _description = "Line of a draft"

    def _check_draft(self):
        """Hook: refuse where its document is no draft, or somebody else's."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        self._check_draft()
