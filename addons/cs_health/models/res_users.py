from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        done = super().write(vals)
        if vals.get("active") is False:
            self._cs_hand_over()
        return done

    def _cs_hand_over(self):
        """Who leaves hands the customers over to their backup, so that none is without an
        owner (CS-050); where there is none, the owner is chosen as at go-live."""
        # Safe: the system keeps every live customer in somebody's hands.
        Account = self.env["cs.account"].sudo()
        Account.search([("backup_id", "in", self.ids)]).write({"backup_id": False})
        left = Account.search([("user_id", "in", self.ids)])
        for account in left.filtered("backup_id"):
            account.write({"user_id": account.backup_id.id, "backup_id": False})
        alone = left.filtered(lambda account: account.user_id in self)
        owners = alone.tenant_id._cs_owners()
        for account in alone:
            owner, backup = owners[account.tenant_id.id]
            account.write({"user_id": owner, "backup_id": backup})
