from odoo import SUPERUSER_ID, api, models

from .program_isolation import CORE_ONLY


class Base(models.AbstractModel):
    """Every model asks what values point at before it takes them from a fenced user."""

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if self._program_is_checked():
            self.env["program.isolation"]._check_values(
                self.browse(), self._program_with_defaults(vals_list)
            )
        return super().create(vals_list)

    def write(self, vals):
        if self._program_is_checked():
            self.env["program.isolation"]._check_values(self, [vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        if self._program_is_checked():
            self.env["program.isolation"]._check_form(self, self._program_with_defaults([values]))
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def default_get(self, fields):
        if self._program_is_checked():
            self.env["program.isolation"]._check_targets(
                self.browse(), [self._program_context_defaults()]
            )
        elif self.env.su and (dropped := self._program_foreign_defaults()):
            # What a person puts into the context is no word of the system, which works for them.
            kept = {key: each for key, each in self.env.context.items() if key not in dropped}
            return super(Base, self.with_context(kept)).default_get(fields)
        return super().default_get(fields)

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Core reads the addresses of followers and authors, who may be out of reach: it does
        so as the system here, and only people in reach are suggested."""
        if not self._program_is_checked():
            return super()._message_get_suggested_recipients_batch(*args, **kwargs)
        self.check_access("read")
        # Safe: the documents are readable, and what is out of reach is taken out below.
        own = super(Base, self.sudo())
        suggested = own._message_get_suggested_recipients_batch(*args, **kwargs)
        isolation = self.env["program.isolation"]
        named = {row["partner_id"] for rows in suggested.values() for row in rows}
        people = self.env["res.partner"].browse(named - {False})
        visible = set(isolation._visible(people, isolation._scope()).ids) | {False}
        return {
            ident: [row for row in rows if row["partner_id"] in visible]
            for ident, rows in suggested.items()
        }

    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and (
            operation != "read"
            or self.env.su
            or "program.isolation" not in self.env
            or self.env["program.isolation"]._readable_field(self, field)
        )

    @api.model
    def _program_is_checked(self):
        if self.env.su or not self.env.registry.ready:
            return False
        return self.env["program.isolation"]._scope().checked

    @api.model
    def _program_with_defaults(self, vals_list):
        """Values as they would be stored, so that a model and a number given apart meet."""
        defaults = self._program_context_defaults()
        return [{**defaults, **vals} for vals in vals_list] or [defaults]

    @api.model
    def _program_foreign_defaults(self):
        """Keys of the context that a person must not set through the system's code."""
        defaults = self._program_context_defaults()
        if not defaults or "program.isolation" not in self.env or not self.env.registry.ready:
            return ()
        return self.env["program.isolation"]._refused_defaults(self.browse(), defaults)

    @api.model
    def _program_context_defaults(self):
        return {
            key.removeprefix("default_"): value
            for key, value in self.env.context.items()
            if key.startswith("default_")
        }


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Core's rules, and the isolation table on top, for every model and every user.

        Core caches its result per user and calls itself for parents reached by ``_inherits``;
        those inner calls get core's rules alone, so that nothing of ours is ever cached: a
        moved node or user takes effect in the next transaction of every process. The class of
        a model covers the columns that it inherits.
        """
        if self.env.su or self.env.context.get("program_core_rules") is CORE_ONLY:
            return super()._compute_domain(model_name, mode)
        core = self.with_context(program_core_rules=CORE_ONLY)
        domain = super(IrRule, core)._compute_domain(model_name, mode)
        return domain & self.env["program.isolation"]._domain(model_name, mode)


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        """Of partner staff, only the defaults that administrators set count.

        A person's own default is a value that nobody checks, and it would be used by the
        system's code too when it works for that person.
        """
        if not self.env["program.isolation"]._scope_of_person().fenced:
            return super()._get_model_defaults(model_name, condition)
        system = self.with_user(SUPERUSER_ID).with_company(self.env.company)
        return super(IrDefault, system)._get_model_defaults(model_name, condition)
