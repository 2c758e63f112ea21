from odoo import api, models


class CsThreadMixin(models.AbstractModel):
    """A log for colleagues, also of several partners: the customer does not read it."""

    _name = "cs.thread.mixin"
    _description = "Log for colleagues"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    @api.model
    def _mail_get_partner_fields(self, introspect_fields=False):
        """The customer is nobody to write to by default."""
        return []
