from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.packaging import Part, Rule, breaches
from .billing_plan_component import STREAMS


class BillingPackagingRule(models.Model):
    """Which components go together, checked when an offer is sent and when a subscription
    starts or changes (TB-017). With a commercial model: what its partners may sell (TB-028)."""

    _name = "billing.packaging.rule"
    _description = "Packaging rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("requires", "Where … is there, one of … is too"),
            ("excludes", "Where … is there, nothing of … is"),
            ("at_least_one", "At least one of …"),
            ("at_most_one", "At most one of …"),
            ("only", "Nothing but …"),
        ],
        required=True,
        default="requires",
    )
    when_parts = fields.Char(
        string="Where",
        help="Codes of components, or @ and a stream (@hosting), with blanks between them.",
    )
    then_parts = fields.Char(
        string="Components",
        required=True,
        help="Codes of components, or @ and a stream (@support), with blanks between them.",
    )
    plan_id = fields.Many2one("billing.plan", ondelete="cascade", help="Empty: all plans.")
    commercial_model_id = fields.Many2one(
        "program.commercial.model", ondelete="restrict", help="Empty: partners of all models."
    )
    active = fields.Boolean(default=True)

    @api.constrains("kind", "when_parts", "then_parts")
    def _check_parts(self):
        streams = dict(STREAMS)
        for rule in self:
            if rule.kind in ("requires", "excludes") and not (rule.when_parts or "").split():
                raise UserError(self.env._("“%(rule)s” says nothing to look for.", rule=rule.name))
            for word in f"{rule.when_parts or ''} {rule.then_parts}".split():
                if word.startswith("@") and word[1:] not in streams:
                    raise UserError(
                        self.env._(
                            "“%(word)s” is no stream. There are: %(streams)s.",
                            word=word,
                            streams=", ".join(f"@{name}" for name in streams),
                        )
                    )

    def _engine_rule(self):
        return Rule(
            self.id,
            self.kind,
            tuple(self.then_parts.split()),
            tuple((self.when_parts or "").split()),
        )

    @api.model
    def _check(self, components, node):
        """Refuse a set of components that the rules do not allow.

        :param components: ``billing.plan.component`` records of one plan
        :param node: the partner that sells it
        :raises UserError: naming the rule and the fix
        """
        # Safe: rules are the programme's and readable by everybody; the node's model is its own.
        rules = self.sudo().search(
            [
                ("plan_id", "in", (False, *components.plan_id.ids)),
                ("commercial_model_id", "in", (False, node.sudo().commercial_model_id.id)),
            ]
        )
        parts = [Part(one.code, one.stream) for one in components]
        for rule, codes in breaches([rule._engine_rule() for rule in rules], parts):
            raise UserError(self.browse(rule).sudo()._sentence(codes, components.plan_id))

    def _sentence(self, codes, plan):
        """What a breach says: the rule, what is wrong, what to do."""
        values = {
            "rule": self.name,
            "parts": self._names(codes, plan),
            "when": self._names((self.when_parts or "").split(), plan),
            "then": self._names(self.then_parts.split(), plan),
        }
        if self.kind == "requires":
            return self.env._(
                "“%(rule)s”: %(parts)s needs one of %(then)s. Add one of them.", **values
            )
        if self.kind == "excludes":
            return self.env._(
                "“%(rule)s”: %(parts)s cannot stand beside %(when)s. Take one of them out.",
                **values,
            )
        if self.kind == "at_least_one":
            return self.env._("“%(rule)s”: one of %(then)s is missing. Add it.", **values)
        if self.kind == "at_most_one":
            return self.env._(
                "“%(rule)s”: only one of %(parts)s goes with the others. Take the rest out.",
                **values,
            )
        return self.env._(
            "“%(rule)s”: %(parts)s is not sold here, only %(then)s. Take it out.", **values
        )

    def _names(self, words, plan):
        """Selectors as people call them: names of components, of streams."""
        components = {one.code: one.name for one in plan.component_ids}
        Component = self.env["billing.plan.component"]
        streams = dict(Component._fields["stream"]._description_selection(self.env))
        return ", ".join(
            str(streams[word[1:]]) if word.startswith("@") else components.get(word, word)
            for word in words
        )
