from odoo import api, fields, models
from odoo.exceptions import ValidationError


class GovernanceSubjectMixin(models.AbstractModel):
    """A record of governance about another record (deal, project, tenant …) of the same partner."""

    _name = "governance.subject.mixin"
    _description = "About a record of the programme"
    _inherit = ["program.node.mixin"]

    res_model = fields.Char(string="Subject's model", index=True)
    res_id = fields.Many2oneReference(
        string="Subject's number", model_field="res_model", index=True
    )
    subject_ref = fields.Reference(
        selection="_selection_subject",
        string="About",
        compute="_compute_subject_ref",
        inverse="_inverse_subject_ref",
    )
    subject_name = fields.Char(compute="_compute_subject_name", string="About what")

    @api.model
    def _selection_subject(self):
        """``[(model, name)]`` that a record may be about; upper addons add theirs."""
        names = ["program.deal", "project.project", "program.partner"]
        return [(name, self.env["ir.model"]._get(name).sudo().name) for name in names]

    @api.depends("res_model", "res_id")
    def _compute_subject_ref(self):
        known = dict(self._selection_subject())
        for record in self:
            there = record.res_model in known and record.res_id
            record.subject_ref = f"{record.res_model},{record.res_id}" if there else False

    def _inverse_subject_ref(self):
        for record in self:
            record.write(self._subject_values(record.subject_ref))

    @api.model
    def _subject_values(self, subject):
        return {"res_model": subject._name if subject else False, "res_id": subject.id or False}

    @api.depends("res_model", "res_id")
    def _compute_subject_name(self):
        isolation = self.env["program.isolation"]
        known = dict(self._selection_subject())
        for record in self:
            subject = record._subject() if record.res_model in known else None
            if subject and not record._origin and not self.env.su:
                # A form may name anything: it is told what its reader could read anyway.
                subject = isolation._visible(subject, isolation._scope())
            # Safe: a record's own reader sees the name of what it is about, and nothing more.
            record.subject_name = subject.sudo().display_name if subject else ""

    def _subject(self):
        """What it is about, or an empty partner; also when that is gone."""
        self.ensure_one()
        if self.res_model in self.env and self.res_id:
            return self.env[self.res_model].browse(self.res_id).exists()
        return self.env["program.partner"]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            model, ident = vals.get("res_model"), vals.get("res_id")
            if vals.get("subject_ref"):
                model, _comma, ident = vals.pop("subject_ref").partition(",")
                vals.update(res_model=model, res_id=int(ident))
            if not vals.get("program_node_id") and model in self.env and ident:
                node = self._node_of(self.env[model].browse(ident))
                # A partner's people write for their own node only: the system sets no other.
                if node and (self.env.su or self._works_for_platform()):
                    vals["program_node_id"] = node.id
        return super().create(vals_list)

    @api.model
    def _works_for_platform(self):
        return self.env["program.isolation"]._scope().kind == "platform"

    @api.model
    def _node_of(self, subject):
        """The node that a subject belongs to."""
        # Safe: compares whose records they are, tells nothing of them.
        subject = subject.sudo().exists()
        if subject._name == "program.partner":
            return subject
        return (
            subject["program_node_id"]
            if "program_node_id" in subject._fields
            else subject.env["program.partner"]
        )

    @api.constrains("res_model", "res_id", "program_node_id")
    def _check_subject(self):
        for record in self:
            if not record.res_model:
                continue
            known = dict(self._selection_subject())
            if record.res_model not in known or not record._subject():
                raise ValidationError(
                    self.env._(
                        "“%(record)s” must be about a record that exists: choose one.",
                        record=record.display_name,
                    )
                )
            node = self._node_of(record._subject())
            if node and node != record.program_node_id:
                raise ValidationError(
                    self.env._(
                        "“%(record)s” belongs to another partner than what it is about. Its "
                        "owner has to record it.",
                        record=record.display_name,
                    )
                )
