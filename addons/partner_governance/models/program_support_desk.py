from decimal import Decimal

from odoo import api, fields, models

from ..engine import escalation


class ProgramSupportDesk(models.Model):
    """Whom a case reaches at a partner, and by when it is answered and solved (PG-018)."""

    _name = "program.support.desk"
    _description = "Support desk"
    _inherit = ["program.node.mixin"]

    name = fields.Char(required=True, default=lambda self: self.env._("Support"))
    program_published = fields.Boolean(
        string="Shown to partners below", default=True, help="Their cases escalate to it."
    )
    email = fields.Char(string="E-mail")
    phone = fields.Char()
    window = fields.Char(string="Hours", help="For instance Mon–Fri 8–18, CET.")
    response_hours = fields.Float(string="Answers within (hours)")
    resolution_hours = fields.Float(string="Solves within (hours)")

    _node_uniq = models.Constraint(
        "UNIQUE (program_node_id)", "This partner has a support desk already."
    )
    _hours = models.Constraint(
        "CHECK (response_hours >= 0 AND resolution_hours >= 0)", "Hours are not negative."
    )


class ProgramPartner(models.Model):
    """Cases go from the partner to its master and on to the platform."""

    _inherit = "program.partner"

    support_path = fields.Text(string="Support escalation", compute="_compute_support_path")

    @api.depends("upline_id")
    def _compute_support_path(self):
        for node, steps in self._support_paths().items():
            node.support_path = "\n".join(self._step_lines(steps))

    def _support_paths(self):
        """``{node: steps}`` of ``engine.escalation``, from each node up to the platform: what
        cases follow. Names and desks of those above are told to whoever may escalate to them."""
        # Safe: the chain above a partner is whom its own contract sends it to.
        chains = {}
        for node in self:
            path = (node._origin.sudo().parent_path or "").split("/")
            chains[node] = [int(each) for each in path if each][::-1]
        above = self.sudo().browse({ident for ids in chains.values() for ident in ids})
        desks = {
            desk.program_node_id.id: desk
            for desk in self.env["program.support.desk"]
            .sudo()
            .search(
                [
                    ("program_node_id", "in", above.ids),
                    "|",
                    ("program_published", "=", True),
                    ("program_node_id", "in", self._origin.ids),
                ]
            )
        }
        facts = {each.id: self._desk_facts(each, desks.get(each.id)) for each in above}
        return {
            node: escalation.path(facts[ident] for ident in ids) for node, ids in chains.items()
        }

    @api.model
    def _desk_facts(self, node, desk):
        if desk is None:
            return escalation.Desk(node.id, node.name)
        return escalation.Desk(
            node_id=node.id,
            name=f"{node.name}, {desk.name}",
            contact=desk.email or desk.phone or "",
            window=desk.window or "",
            response_hours=self._hours(desk.response_hours),
            resolution_hours=self._hours(desk.resolution_hours),
        )

    @api.model
    def _hours(self, value):
        return Decimal(str(value)) if value else None

    @api.model
    def _step_lines(self, steps):
        slower = escalation.slower_above(steps)
        for step in steps:
            desk = step.desk
            line = self.env._(
                "%(level)s. %(name)s: answers in %(response)s h, solves in %(resolution)s h "
                "%(contact)s %(window)s",
                level=step.level,
                name=desk.name,
                response=desk.response_hours or "?",
                resolution=desk.resolution_hours or "?",
                contact=desk.contact,
                window=desk.window,
            ).strip()
            if not step.connected:
                line = self.env._("%(line)s (no targets set)", line=line)
            elif step in slower:
                line = self.env._("%(line)s (slower than a promise below it)", line=line)
            yield line
