from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..engine import responsibility as engine
from .governance_raci_mixin import ROLE_FIELDS


class GovernanceResponsibility(models.Model):
    """Who answers for what: a partner's own matrix, and where a deal or project deviates."""

    _name = "governance.responsibility"
    _description = "Responsibility"
    _inherit = ["governance.raci.mixin", "program.node.mixin"]
    _order = "program_node_id, sequence, id"

    template_id = fields.Many2one(
        "governance.responsibility.template", string="Line", required=True, ondelete="restrict"
    )
    name = fields.Char(related="template_id.name")
    code = fields.Char(related="template_id.code", store=True, index=True)
    sequence = fields.Integer(related="template_id.sequence", store=True)
    deal_id = fields.Many2one("program.deal", index=True, ondelete="cascade")
    project_id = fields.Many2one("project.project", index=True, ondelete="cascade")
    is_own = fields.Boolean(compute="_compute_is_own", store=True, index=True)
    deviates = fields.Boolean(compute="_compute_deviates", store=True)
    reason = fields.Char(help="Why it is not as the template has it.")

    _own_uniq = models.UniqueIndex(
        "(program_node_id, code) WHERE is_own", "This line stands in the partner's matrix already."
    )
    _deal_uniq = models.UniqueIndex(
        "(deal_id, code) WHERE deal_id IS NOT NULL", "The deal deviates in this line already."
    )
    _project_uniq = models.UniqueIndex(
        "(project_id, code) WHERE project_id IS NOT NULL",
        "The project deviates in this line already.",
    )

    @api.model
    def _subject_fields(self):
        """``{model: field}`` of what a line may deviate for; upper addons add theirs."""
        return {"program.deal": "deal_id", "project.project": "project_id"}

    @api.constrains(lambda self: tuple(self._subject_fields().values()))
    def _check_one_subject(self):
        """Whose record it is decides who may make the line, so it is about one alone."""
        names = list(self._subject_fields().values())
        for line in self:
            if sum(bool(line[name]) for name in names) > 1:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” can deviate for one record only, and it names several "
                        "(%(kinds)s). Keep one and add a line for each other.",
                        line=line.display_name,
                        kinds=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in names
                            if line[name]
                        ),
                    )
                )

    def _compute_display_name(self):
        for line in self:
            line.display_name = line.template_id.name or ""

    @api.depends(lambda self: tuple(self._subject_fields().values()))
    def _compute_is_own(self):
        names = self._subject_fields().values()
        for line in self:
            line.is_own = not any(line[name] for name in names)

    @api.depends("is_own", "template_id", *ROLE_FIELDS)
    def _compute_deviates(self):
        for line in self:
            line.deviates = not line.is_own or line._roles() != line.template_id._roles()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line in lines:
            subject = line._subject()
            if subject:
                # Safe: a line belongs to whose record it deviates for.
                line.sudo().program_node_id = subject.sudo().program_node_id
        lines._check_settled(lines._standing())
        return lines

    def write(self, vals):
        self._check_place(vals)
        before = {line.id: line.accountable for line in self}
        done = super().write(vals)
        if set(ROLE_FIELDS) & vals.keys():
            self._check_settled(before)
            for line in self:
                if before[line.id] != line.accountable:
                    line._note(before[line.id])
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_deviation(self):
        if any(line.is_own for line in self):
            raise UserError(
                self.env._("A partner's matrix is complete: change the line, do not remove it.")
            )
        # Without the deviation the standing line holds again: that is a change of hands too.
        self._check_settled(self._standing())

    def _check_place(self, vals):
        """What a line is about is settled by its making; another duty or deal is another line.

        :raise AccessError: a partner moves a line
        """
        isolation = self.env["program.isolation"]
        if not isolation._scope().fenced:
            return
        for name in {"template_id", *self._subject_fields().values()} & vals.keys():
            if not isolation._harmless(self, name, vals[name]):
                raise AccessError(
                    self.env._("A line stays where it is: remove this one and add another.")
                )

    def _note(self, old):
        self.env["governance.event"]._record(
            "responsibility",
            self,
            node=self.sudo().program_node_id,
            old=old or "",
            new=self.accountable,
            reason=self.reason or "",
        )

    def _subject(self):
        """The deal, project … that the line deviates for; empty for a partner's own line."""
        self.ensure_one()
        for name in self._subject_fields().values():
            if self[name]:
                return self[name]
        return None

    def _standing(self):
        """``{line id: who is accountable without it}``"""
        own = self._own_lines(self.program_node_id)
        return {
            line.id: own.get((line.program_node_id.id, line.code), line.browse()).accountable
            for line in self
        }

    def _check_settled(self, before):
        """A partner settles what stays on its own side; all else the platform enters.

        :param before: {line id: party accountable until now}
        """
        scope = self.env["program.isolation"]._scope()
        if not scope.fenced:
            return
        for line in self:
            # Safe: whose record it is, compared with the caller's own node.
            foreign = line.sudo().program_node_id.id != scope.node_id
            settled = engine.may_settle(before[line.id] or None, line.accountable)
            if foreign or line.is_own or not settled:
                raise AccessError(
                    self.env._(
                        "“%(line)s” names another party than before as accountable. Ask the "
                        "programme desk to enter it.",
                        line=line.display_name,
                    )
                )

    # Filling.

    @api.model
    def _complete(self, nodes):
        """Give ``nodes`` the lines of their model that they lack."""
        templates = self.env["governance.responsibility.template"]._of_models(
            nodes.commercial_model_id
        )
        own = self._own_lines(nodes)
        # Safe: the template's lines on a partner's own matrix.
        self.sudo().create(
            [
                {"template_id": line.id, "program_node_id": node.id, **self._values(line)}
                for node in nodes
                for line in templates[node.commercial_model_id]
                if (node.id, line.code) not in own
            ]
        )

    @api.model
    def _complete_all(self):
        """With an upgrade: partners from before a line was shipped get it."""
        self._complete(
            self.env["program.partner"]
            .with_context(active_test=False)
            .search([("commercial_model_id", "!=", False)])
        )

    @api.model
    def _follow_model(self, nodes):
        """After a change of model: lines as the template had them become the new template's."""
        templates = self.env["governance.responsibility.template"]._of_models(
            nodes.commercial_model_id
        )
        for line in self._own_lines(nodes).values():
            new = templates[line.program_node_id.commercial_model_id].filtered(
                lambda each, code=line.code: each.code == code
            )[:1]
            if new and new != line.template_id and not line.deviates:
                line.write({"template_id": new.id, **self._values(new)})
            elif not new and not line.deviates:
                line._drop()
        self._complete(nodes)

    def _drop(self):
        """A line that the new model does not know and nobody changed."""
        return super().unlink()

    @api.model
    def _values(self, template):
        return {name: template[name] for name in (*ROLE_FIELDS, "cadence_days")}

    @api.model
    def _own_lines(self, nodes):
        """``{(node id, code): line}`` of the partners' own matrices."""
        # Safe: who is accountable on a partner's matrix is no secret of anybody who may ask.
        found = self.sudo().search([("program_node_id", "in", nodes.ids), ("is_own", "=", True)])
        return {(line.program_node_id.id, line.code): line for line in found}

    # Asking.

    @api.model
    def _matrix(self, record):
        """The lines that hold for a partner, or a record of one: {code: line}, as the system."""
        node = record if record._name == "program.partner" else record.sudo().program_node_id
        own = {code: line for (_node, code), line in self._own_lines(node).items()}
        deviations = [
            {line.code: line for line in self.sudo().search(Domain(name, "=", subject.id))}
            for name, subject in self._subjects(record)
        ]
        return engine.effective(own, *deviations)

    @api.model
    def _subjects(self, record):
        """``[(field, record)]`` whose deviations hold for ``record``, the nearest last; hook."""
        name = self._subject_fields().get(record._name)
        return [(name, record)] if name and record.id else []

    @api.model
    def _accountable(self, code, record):
        """The partner of the programme that answers for line ``code`` on ``record``.

        :param record: a partner, or a record with ``program_node_id``
        :return: ``program.partner``; empty where the customer answers, or nobody (a gap)
        """
        line = self._matrix(record).get(code)
        Partner = self.env["program.partner"].sudo()
        if not line:
            return Partner
        return self._parties(record)[line.accountable].filtered("active")

    @api.model
    def _parties(self, record):
        """``{party: partner of the programme}`` as they stand for ``record``."""
        Partner = self.env["program.partner"].sudo()
        root = Partner._root()
        node = record if record._name == "program.partner" else record.program_node_id
        node = node.sudo()
        engaged = Partner
        if "engagement_ids" in record._fields and record._name != "program.partner":
            running = record.sudo().engagement_ids.filtered(
                lambda each: each.state == "running" and each.role == "delivery"
            )
            engaged = running[:1].partner_id
        return {
            "partner": node,
            "upline": node.upline_id or root,
            "platform": root,
            "delivery": engaged or node,
            "customer": Partner,
        }

    @api.model
    def _gaps(self, nodes):
        """``{node id: names of lines that nobody answers for}`` (PG-123)."""
        templates = self.env["governance.responsibility.template"]._of_models(
            nodes.commercial_model_id
        )
        own = self._own_lines(nodes)
        found = {}
        for node in nodes:
            there = {"partner": node.active, "upline": (node.upline_id or node).active}
            expected = templates[node.commercial_model_id]
            owners = {
                line.code: bool(own.get((node.id, line.code)))
                and there.get(own[node.id, line.code].accountable, True)
                for line in expected
            }
            codes = engine.gaps(expected.mapped("code"), owners)
            found[node.id] = expected.filtered(lambda line, c=codes: line.code in c).mapped("name")
        return found
