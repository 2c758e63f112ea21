from lxml import etree

from odoo import Command, api, fields, models
from odoo.tools import file_open
from odoo.tools.safe_eval import safe_eval

# How many partners a new programme pilots with before it recruits at scale (PG-072).
PILOT_CAP = 20
# Parameter: which of the following have been filled already.
FILLED = "partner_governance.filled_fields"
# What is blank together is filled together: file, model, fields. A switch is blank where the
# field beside it is: somebody may have turned it off.
SHIPPED = (
    ("questions", "governance.question.set", ("gate_ids",)),
    (
        "commercial_models",
        "program.commercial.model",
        ("stream_ids", "master_may_invite", "has_brand", "has_tenancy"),
    ),
    ("commercial_models", "program.commercial.model", ("price_authority",)),
    ("commercial_models", "program.commercial.model", ("floor_rule",)),
    ("commercial_models", "program.commercial.model", ("service_scope",)),
    ("governance_tiers", "governance.tier", ("architecture_id",)),
)


class GovernanceUpgrade(models.AbstractModel):
    """What a database from before a field or a record needs, since an update leaves alone what
    it has shipped. Runs with every update, as the system; again it changes nothing."""

    _name = "governance.upgrade"
    _description = "Completion of older databases"

    @api.model
    def _complete_all(self):
        self._fill_once()
        self._link_metrics()
        self._link_rules()
        self._set_pilot_cap()
        self._date_won_deals()
        self._tell_receivers()
        self._complete_partners()

    @api.model
    def _fill_once(self):
        """What a database lacks is filled with the first update that knows of it. What is blank
        afterwards is what somebody wants: a question set without gates meets every gate."""
        Parameter = self.env["ir.config_parameter"]
        filled = set((Parameter.get_param(FILLED) or "").split())
        for file, model, names in SHIPPED:
            if (name := f"{model}.{names[0]}") not in filled:
                self._fill_shipped(file, model, names)
                filled.add(name)
        Parameter.set_param(FILLED, " ".join(sorted(filled)))

    @api.model
    def _fill_shipped(self, file, model, names):
        """Give records of ``model`` the shipped values of ``names`` where the first is blank."""
        for ident, values in self._read_shipped(file, model, names).items():
            record = self.env.ref(f"partner_governance.{ident}", raise_if_not_found=False)
            if record and not record[names[0]]:
                record.write(values)

    @api.model
    def _read_shipped(self, file, model, names):
        """``{xml id: {field: value}}`` of those records that the file gives the first of
        ``names``."""
        with file_open(f"partner_governance/data/{file}.xml", "rb") as data:
            root = etree.parse(data).getroot()
        found = {}
        for record in root.iterfind(f".//record[@model='{model}']"):
            fields_of = {node.get("name"): node for node in record.iterfind("field")}
            if names[0] in fields_of:
                found[record.get("id")] = {
                    name: self._shipped_value(fields_of[name]) for name in names
                    if name in fields_of
                }  # fmt: skip
        return found

    @api.model
    def _shipped_value(self, node):
        if node.get("eval"):
            return safe_eval(node.get("eval"), {"Command": Command, "ref": self._ref})
        return self._ref(node.get("ref")) if node.get("ref") else node.text

    @api.model
    def _ref(self, ident):
        return self.env.ref(f"partner_governance.{ident}").id

    @api.model
    def _link_metrics(self):
        """Each shipped metric without a layer gets its own: one may have come later."""
        shipped = self._read_shipped("governance_layers", "governance.layer", ("metric_ids",))
        for ident, values in shipped.items():
            metrics = self.env["program.metric"].browse(link[1] for link in values["metric_ids"])
            metrics.filtered(lambda metric: not metric.layer_id).layer_id = self._ref(ident)

    @api.model
    def _link_rules(self):
        """Rules from before there were versions belong to the one in force."""
        # In SQL: the ORM looks for no empty value where it knows that one is required.
        self.env.cr.execute(
            "SELECT id FROM governance_qualification_rule WHERE rulebook_id IS NULL"
        )
        rules = self.env["governance.qualification.rule"].browse(
            ident for (ident,) in self.env.cr.fetchall()
        )
        rules.rulebook_id = self.env["governance.rulebook"]._running()

    @api.model
    def _set_pilot_cap(self):
        """Where nobody has said a number; 0 is one that somebody said."""
        root = self.env["program.partner"]._root()
        root.flush_recordset(["pilot_cap"])
        self.env.cr.execute(
            "SELECT 1 FROM program_partner WHERE id = %s AND pilot_cap IS NULL", (root.id,)
        )
        if self.env.cr.fetchone():
            root.pilot_cap = PILOT_CAP

    @api.model
    def _date_won_deals(self):
        """Deals won before their day was kept."""
        for deal in self.env["program.deal"].search(
            [("state", "=", "won"), ("won_on", "=", False)]
        ):
            closed = deal.lead_ids.filtered("date_closed")[:1].date_closed
            deal.won_on = closed and fields.Date.context_today(self, closed)

    @api.model
    def _tell_receivers(self):
        """Changes of hands that were asked for before it was kept who had been told."""
        asked = self.env["program.transfer"].search(
            [
                ("told_receiver_id", "=", False),
                ("receiver_id", "!=", False),
                ("state", "in", ("asked", "planned", "done")),
            ]
        )
        for one in asked:
            one.told_receiver_id = one.receiver_id

    @api.model
    def _complete_partners(self):
        """State, first term and rights of partners from before there were any."""
        Partner = self.env["program.partner"].with_context(active_test=False)
        Partner.search(
            [("onboarding_state", "=", "active"), ("state", "=", "onboarding")]
        ).state = "active"
        for node in Partner.search([("term_ids", "=", False)]):
            node._note_term(
                self.env._("as the partner came"), fields.Date.to_date(node.create_date)
            )
        running = Partner.search([("active", "=", True), ("state", "!=", "ended")])
        # What somebody let end stays ended.
        self.env["program.right"]._grant_missing(running, never_held=True)


class ResPartnerGrade(models.Model):
    _inherit = "res.partner.grade"

    @api.model
    def _give_benefits(self, shipped):
        """What the grades of core give in a programme; where somebody has said it, it stays.

        :param shipped: ``{xml id: {field: value}}``
        """
        for ident, values in shipped.items():
            grade = self.env.ref(f"partnership.{ident}", raise_if_not_found=False)
            if grade and grade._says_nothing(values):
                grade.write(values)

    def _says_nothing(self, names):
        """Whether each of the fields still has the value that a new grade begins with."""
        self.ensure_one()
        begins = self.new({})
        return all(self[name] == begins[name] for name in names)
