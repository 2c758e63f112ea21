from odoo import models

# What only masters and the platform use.
OF_MASTERS = ("menu_sub_partner", "menu_invite_partner", "menu_quality", "menu_shared_service")


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """A partner without sub-partners is not shown how to invite them (X-06)."""
        hidden = super()._load_menus_blacklist()
        # Safe: the caller's own node.
        node = self.env.user.sudo().program_partner_id
        if node.is_master:
            return hidden
        return [
            *hidden, *(self.env.ref(f"partner_governance.{name}").id for name in OF_MASTERS)
        ]  # fmt: skip


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def write(self, vals):
        done = super().write(vals)
        if "is_master" in vals:
            # Menus are kept per user.
            self.env.registry.clear_cache()
        return done
