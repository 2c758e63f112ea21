from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import rights
from .program_right import HOLDER_FIELDS


class ProgramRight(models.Model):
    """The rights that a partner has because of its commercial model (PG-027, PG-029)."""

    _inherit = "program.right"

    template_id = fields.Many2one(
        "program.right.template",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="As it was granted by rule; empty once somebody has agreed on something else.",
    )

    def write(self, vals):
        done = super().write(vals)
        if not self.env.su and vals.keys() - HOLDER_FIELDS:
            # Safe: who may change the right has been checked above; now it is agreed, not given.
            self.sudo().template_id = False
        return done

    @api.model
    def _grant_missing(self, nodes, never_held=False):
        """Give partners the rights of their model of whose kind none runs for them as a whole.

        Called when a partner is made, comes below another upline or changes its model, and with
        every upgrade; again it changes nothing.

        :param never_held: those kinds alone of which it has never held any
        """
        today = fields.Date.context_today(self)
        root = self.env["program.partner"].sudo()._root()
        templates = self._templates_of(nodes)
        held = self._kinds_of(nodes, Domain.TRUE if never_held else self._running_domain(today))
        # Those above first: what they hold bounds what they grant.
        for node in nodes.sudo().filtered("upline_id").sorted("parent_path"):
            granters = {"platform": root, "upline": node.upline_id}
            values = [
                self._template_values(each, node, granters[each.granter], today)
                for each in templates[node.commercial_model_id]
                if (node, each.kind) not in held
            ]
            # Safe: the programme's own template on a partner's own ledger.
            self.sudo().create(self._within_held(values, node.upline_id, today))

    @api.model
    def _templates_of(self, nodes):
        """``{commercial model: its templates}``."""
        # Safe: the programme's own policy.
        found = (
            self.env["program.right.template"]
            .sudo()
            .search([("model_ids", "in", nodes.sudo().commercial_model_id.ids)])
        )
        return {
            model: found.filtered(lambda each, model=model: model in each.model_ids)
            for model in nodes.sudo().commercial_model_id
        }

    @api.model
    def _kinds_of(self, nodes, domain):
        # Safe: kinds of rights of the nodes themselves, to grant none twice.
        return {
            (node, kind)
            for node, kind in self.sudo()._read_group(
                domain & Domain("holder_id", "in", nodes.ids) & Domain("scope", "=", "partner"),
                ["holder_id", "kind"],
            )
        }

    @api.model
    def _template_values(self, template, node, granter, day):
        return {
            "kind": template.kind,
            "template_id": template.id,
            "holder_id": node.id,
            "granter_id": granter.id,
            "date_from": day,
            "date_until": template.months and fields.Date.add(day, months=template.months),
            "evidence": self.env._("Template of the model"),
            **{name: template[name] for name in self._term_fields()},
        }

    @api.model
    def _within_held(self, values_list, granter, day):
        """Service levels of the template as far as ``granter`` holds them itself; without any
        the new partner has none either, and its page says so."""
        if granter.is_root or not any(values["kind"] == "sla" for values in values_list):
            return values_list
        held = self._held_promises(granter, day)
        best = max(held, key=lambda each: each.availability, default=None)
        kept = []
        for values in values_list:
            if values["kind"] == "sla":
                promise = self.new(values)._promise()
                if not best:
                    continue
                if rights.exceeds(promise, tuple(each._promise() for each in held)):
                    values = {
                        **values,
                        "availability": best.availability,
                        "response_hours": best.response_hours,
                    }
            kept.append(values)
        return kept

    @api.model
    def _follow_model(self, nodes):
        """Another commercial model: what was given for the old one alone ends, unless somebody
        has agreed on it; what the new one brings is granted."""
        today = fields.Date.context_today(self)
        templates = self._templates_of(nodes)
        # Safe: the programme's own template on a partner's own ledger.
        given = self.sudo().search(
            self._running_domain(today)
            & Domain("holder_id", "in", nodes.ids)
            & Domain("template_id", "!=", False)
        )
        given.filtered(
            lambda each: each.template_id not in templates[each.holder_id.commercial_model_id]
        ).date_until = today
        self._grant_missing(nodes)


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        self.env["program.right"]._grant_missing(nodes)
        return nodes

    def write(self, vals):
        moved = {"upline_id", "commercial_model_id"} & vals.keys()
        before = {node.id: [node[name] for name in moved] for node in self} if moved else {}
        done = super().write(vals)
        changed = self.filtered(
            lambda node: before and before[node.id] != [node[name] for name in moved]
        )
        if changed and "commercial_model_id" in moved:
            self.env["program.right"]._follow_model(changed)
        elif changed:
            self.env["program.right"]._grant_missing(changed)
        return done
