from odoo import api, models

# Context keys with which core adds more than the name to a display name.
DETAILS = ("show_address", "show_email", "show_vat", "formatted_display_name", "partner_show_db_id")


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

    @api.depends("vat", "company_id", "company_registry", "country_id")
    def _compute_same_vat_partner_id(self):
        """Core looks for twins among everybody's contacts; a twin out of reach is none."""
        done = super()._compute_same_vat_partner_id()
        for name in ("same_vat_partner_id", "same_company_registry_partner_id"):
            twins = self.mapped(name)
            hidden = twins - twins._program_known()
            for partner in self.filtered(lambda each, n=name, h=hidden: each[n] in h):
                partner[name] = False
        return done

    def _program_known(self):
        """Those that the person logged in reaches, although the code works as the system."""
        isolation = self.env["program.isolation"]
        scope = isolation._scope_of_person()
        if scope.kind == "system":
            return self
        return isolation._visible(self, scope)

    def _compute_display_name(self):
        """Of foreign contacts the name alone: never the address or e-mail address that a
        caller's context asks core to put into it."""
        shown = [key for key in DETAILS if self.env.context.get(key)]
        hidden = self - self._program_known() if shown else self.browse()
        done = super(ResPartner, self - hidden)._compute_display_name()
        for partner in hidden:
            partner.display_name = partner.name
        return done

    def _to_store(self, store, fields):
        """Of people who act on a record in reach, the client gets name and picture alone.

        Core reads authors and followers of a document as the reader, who may be outside their
        reach: the platform's people on a partner's deal, say.
        """
        known = self._filtered_access("read")
        store.add_records_fields(known, fields)
        # Safe: name and picture of people on a document that the reader may read.
        store.add_records_fields((self - known).sudo(), ["name", "avatar_128", "active"])
