from odoo import models

# What the desk does to the money of the platform itself is no matter of a partner.
OPERATIONAL = "operational"


class ProgramNodeMixin(models.AbstractModel):
    """What the platform's people change on a partner's records is told to the partner (PG-045)."""

    _inherit = "program.node.mixin"

    def write(self, vals):
        done = super().write(vals)
        if not self.env.su:
            self._program_note_override(vals)
        return done

    def _program_note_override(self, vals):
        isolation = self.env["program.isolation"]
        scope = isolation._scope()
        entry = isolation._entries().get(self._name)
        if scope.kind != "platform" or entry is None or entry.cls != OPERATIONAL:
            return
        labels = ", ".join(
            self._fields[name]._description_string(self.env)
            for name in vals
            if name in self._fields
        )
        for record in self:
            node = record.program_node_id
            if node and node.id != scope.node_id:
                self.env["governance.event"]._record(
                    "platform_override",
                    record,
                    node=node,
                    old=self.env.user.sudo().program_partner_id.name or "",
                    new=labels,
                )
