from odoo import api, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "program.node.mixin"]

    @api.model
    def _commercial_fields(self):
        """People of a company belong to the node that the company belongs to."""
        return super()._commercial_fields() + ["program_node_id"]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("parent_id") and not vals.get("program_node_id"):
                # Safe: a child takes the node of its own parent.
                parent = self.sudo().browse(vals["parent_id"])
                vals["program_node_id"] = parent.program_node_id.id
        return super().create(vals_list)

    def _to_store(self, store, fields):
        """Of people who act on a record in reach, the client gets name and picture alone.

        Core reads authors and followers of a document as the reader, who may be outside their
        reach: the platform's people on a partner's deal, say.
        """
        known = self._filtered_access("read")
        store.add_records_fields(known, fields)
        # Safe: name and picture of people on a document that the reader may read.
        store.add_records_fields((self - known).sudo(), ["name", "avatar_128", "active"])
