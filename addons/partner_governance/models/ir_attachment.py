from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

# What core keeps beside a file without touching it.
BESIDE = frozenset(("access_token", "thumbnail"))


class IrAttachment(models.Model):
    """What was handed in, accepted, signed or published keeps its files.

    A record refuses other content by its own ``write``; the file behind a field is a record of its
    own, which whoever may write the document may write too. A model says with ``_files_fixed``
    which of its records keep their files; the system's own code still changes them.
    """

    _inherit = "ir.attachment"

    def _files_of(self, targets=()):
        """``{model: {ids}}`` of the records whose files these are, or would become."""
        found = defaultdict(set)
        # Safe: only the names of the documents are looked at.
        for model, ident in [*((one.res_model, one.res_id) for one in self.sudo()), *targets]:
            if model in self.env and ident and hasattr(self.env[model], "_files_fixed"):
                found[model].add(ident)
        return found

    def _check_files_fixed(self, targets=()):
        """:raise UserError: one of them is a file of a record that keeps its files"""
        for model, idents in self._files_of(targets).items():
            # Safe: told to whoever may write the document, which core checks besides.
            fixed = self.env[model].sudo().browse(idents).exists()._files_fixed()
            if fixed:
                raise UserError(
                    self.env._(
                        "“%(what)s” has been handed in, signed or published, so its files stay as "
                        "they are.",
                        what=fixed[0].display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_files_fixed(
                (vals.get("res_model"), vals.get("res_id"))
                for vals in self._program_with_defaults(vals_list)
                # Where a field names the files another one beside them changes nothing.
                if not getattr(self.env.get(vals.get("res_model")), "_files_are_named", False)
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and vals.keys() - BESIDE:
            # Safe: where each of them hangs now, for what the values leave as it is.
            self._check_files_fixed(
                (vals.get("res_model", one.res_model), vals.get("res_id", one.res_id))
                for one in self.sudo()
            )
        return super().write(vals)

    def unlink(self):
        if not self.env.su:
            self._check_files_fixed()
        return super().unlink()

    def _delete_and_notify(self, message=None):
        """The chatter deletes as the system, for a person."""
        if self.env["program.isolation"]._scope_of_person().kind != "system":
            self._check_files_fixed()
        return super()._delete_and_notify(message)
