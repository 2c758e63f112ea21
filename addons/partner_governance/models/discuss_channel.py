from odoo import models


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    def _subscribe_users_automatically_get_members(self):
        """Core asks who is in the channel's groups, and partner staff may not read groups.

        Nobody in a partner's channel comes from a group: its staff cannot set any.
        """
        # Safe: answers core alone, which adds members of groups that the platform has set.
        own = super(DiscussChannel, self.sudo())
        return own._subscribe_users_automatically_get_members()
