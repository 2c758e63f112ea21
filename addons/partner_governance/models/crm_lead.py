from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """An opportunity of a programme partner is registered as a deal and stops at its gate."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "program.node.mixin", "governance.gated.mixin"]

    program_deal_id = fields.Many2one(
        "program.deal",
        string="Deal registration",
        index=True,
        ondelete="restrict",
        copy=False,
        readonly=True,
    )
    program_tier_level = fields.Integer(related="program_deal_id.tier_level", string="Tier")
    program_gate_state = fields.Selection(
        related="program_deal_id.gate_state", string="Qualification gate"
    )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._program_adopt_company()
        leads._program_refuse_short_cut()
        leads._program_register()
        leads.flush_recordset(["won_status"])
        leads._gate_check()
        return leads

    def write(self, vals):
        done = super().write(vals)
        if vals.get("type") == "opportunity":
            self._program_refuse_short_cut()
            self._program_register()
        return done

    def _program_is_won(self):
        self.ensure_one()
        return self.won_status == "won" or (self.stage_id.is_won and self.type == "opportunity")

    def _program_refuse_short_cut(self):
        """What would be won before its deal is registered is refused without a look-up: the
        sentence is the same whoever owns the company.

        :raise UserError: where a gate would have to be passed first
        """
        # Safe: the caller's own opportunities, and whether there is a gate at all.
        for lead in self.sudo():
            if lead.program_deal_id or not lead.program_node_id or not lead._program_is_won():
                continue
            if any(gate._mode_for(lead) == "enforce" for gate in lead._gates()):
                raise UserError(
                    self.env._(
                        "“%(lead)s” waits at the gate: its deal is not registered yet. Save it in "
                        "an open stage first.",
                        lead=lead.name,
                    )
                )

    def _program_adopt_company(self):
        for lead in self.filtered("program_node_id"):
            # Safe: the lead's own node decides its company.
            lead.sudo().company_id = lead.program_node_id.company_id

    def _program_register(self):
        """Register each opportunity of a node as a deal, from what it says already."""
        for lead in self:
            if lead.program_deal_id or lead.type != "opportunity" or not lead.program_node_id:
                continue
            # Safe: the registration of the partner's own opportunity, with its own data.
            lead.sudo().program_deal_id = (
                self.env["program.deal"]
                .sudo()
                .with_context(program_deal_of_lead=True)
                .create(
                    {
                        "company_name": lead.partner_name or lead.partner_id.name or lead.name,
                        "country_id": lead.country_id.id,
                        "identity": lead.partner_id.vat or lead.website or False,
                        "contact_name": lead.contact_name or lead.email_from,
                        "expected_month": lead.date_deadline,
                        "user_id": lead.user_id.id or self.env.uid,
                        "program_node_id": lead.program_node_id.id,
                    }
                )
            )

    def _program_grandfather(self):
        """Opportunities found at installation: registered, with a passage at every gate that
        says so; nobody is asked for what was agreed before."""
        for lead in self.filtered(lambda lead: lead.type == "opportunity" and lead.program_node_id):
            lead._program_register()
            # Safe: called by the installation alone.
            deal = lead.sudo().program_deal_id
            for gate in lead._gates():
                review = gate._make_review(deal)
                review._settle(
                    "grandfathered",
                    "gate_grandfathered",
                    self.env._("found at the installation of the programme"),
                )
            deal.state = lead.won_status if lead.won_status != "pending" else "registered"

    def _gate_fields(self):
        return frozenset(
            ("stage_id", "won_status", "probability", "active", "type", "program_deal_id")
        )

    def _gate_stood_behind(self):
        """Won before, for the deal that it has now: archiving it or another won stage wins
        nothing, even when the waiver that it was won on is over."""
        self.env.cr.execute(
            """
            SELECT lead.id, lead.program_deal_id
              FROM crm_lead lead
              JOIN program_deal deal ON deal.id = lead.program_deal_id AND deal.state = 'won'
             WHERE lead.id IN %s AND lead.won_status = 'won'
            """,
            [tuple(self.ids)],
        )
        won = dict(self.env.cr.fetchall())
        # Safe: compares the deal of the record that is being written.
        return self.filtered(lambda lead: won.get(lead.id) == lead.sudo().program_deal_id.id)

    def _gate_check(self):
        # Safe: the outcome is checked whoever moved the record, the superuser included.
        for lead in self.sudo():
            if lead.program_node_id and lead._program_is_won():
                lead._program_refuse_short_cut()
                lead._program_register()
                lead._gates()._guard(lead.program_deal_id, lead.name)

    def _gates(self):
        """The gates before a deal is won."""
        # Safe: the policy, which everybody in the programme reads.
        return self.env["governance.gate"].sudo()._of("won")

    def action_set_won(self):
        self._gate_ask()
        return super().action_set_won()

    def action_set_won_rainbowman(self):
        self._gate_ask()
        return super().action_set_won_rainbowman()

    def _gate_ask(self):
        """Ask before the button works, for the better message."""
        for lead in self:
            if lead.program_node_id:
                lead._gates()._guard(lead.program_deal_id, lead.name)

    def merge_opportunity(self, *args, **kwargs):
        """Merging into a won opportunity wins what is merged."""
        if any(lead.won_status == "won" for lead in self):
            self._gate_ask()
        return super().merge_opportunity(*args, **kwargs)

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        done = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        for lead in self:
            state = lead.won_status if lead.won_status != "pending" else "registered"
            deal = lead.program_deal_id
            if deal and deal.state != state and deal.state not in ("conflict", "declined"):
                # Safe: the registration mirrors the state of its own opportunity.
                deal.sudo().write(
                    {"state": state, "won_on": state == "won" and fields.Date.context_today(deal)}
                )
                if state == "won":
                    lead._program_won()
        return done

    def _program_won(self):
        """Hook: what a won deal sets going. Upper addons extend it."""


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = ["crm.team", "program.node.mixin"]


class CrmStage(models.Model):
    _inherit = "crm.stage"

    def write(self, vals):
        winning = self.filtered(lambda stage: not stage.is_won) if vals.get("is_won") else self
        done = super().write(vals)
        if vals.get("is_won"):
            # Safe: the gate looks at every opportunity that this stage would win.
            self.env["crm.lead"].sudo().search(
                [("stage_id", "in", winning.ids), ("program_node_id", "!=", False)]
            )._gate_check()
        return done
