from odoo import api, models


class CsThreadMixin(models.AbstractModel):
    """A log for colleagues of several partners: who is engaged for a tenant reads it without
    having the owner's people or the customer's contact in reach."""

    _name = "cs.thread.mixin"
    _description = "Log shared between partners"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    @api.model
    def _mail_get_partner_fields(self, introspect_fields=False):
        """The customer is nobody to write to by default."""
        return []

    def _message_add_suggested_recipients(self, force_primary_email=False):
        """Core suggests the responsible person unasked, and fails where it is out of reach."""
        suggested = super()._message_add_suggested_recipients(force_primary_email)
        for values in suggested.values():
            values["partners"] = values["partners"].with_env(self.env)._filtered_access("read")
        return suggested
