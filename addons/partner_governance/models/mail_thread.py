from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Nobody is made to follow who is not in the caller's reach."""
        isolation = self.env["program.isolation"]
        scope = isolation._scope()
        if partner_ids and scope.fenced:
            partners = self.env["res.partner"].browse(partner_ids)
            allowed = isolation._visible(partners, scope)
            # The author of a message follows by itself: always in reach for itself.
            partner_ids = (allowed | (partners & self.env.user.partner_id)).ids
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)
