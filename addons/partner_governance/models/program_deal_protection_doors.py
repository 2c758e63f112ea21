from odoo import fields, models

from ..adapters.gates import Lack


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _protection_days(self):
        """Days for which a registered deal is protected: what the partner's tier gives."""
        return self._tier_benefit("protection_days")

    def _first_person(self):
        """Who is told where nobody is named: a manager of the partner."""
        group = self.env.ref("partner_governance.group_partner_manager")
        # Safe: names whom the system writes to.
        people = self.sudo().user_ids
        return (people.filtered(lambda user: group in user.all_group_ids) or people)[:1]


class CrmLead(models.Model):
    _inherit = "crm.lead"

    program_owner_id = fields.Many2one(related="program_deal_id.owner_id", string="Belongs to")
    program_owner_since = fields.Date(related="program_deal_id.owner_since", string="Since")
    program_owner_until = fields.Date(related="program_deal_id.owner_until", string="Until")
    program_owner_why = fields.Char(related="program_deal_id.owner_why", string="Because")

    def write(self, vals):
        done = super().write(vals)
        if "stage_id" in vals:
            self.program_deal_id._program_step()
        return done


class GovernanceGate(models.Model):
    _inherit = "governance.gate"

    def _lacks(self, record):
        """A gate about a deal is closed while its company is somebody else's."""
        if record and record._name == "program.deal":
            if record.state == "declined":
                text = self.env._("the company: the programme desk has left it to somebody else")
                return [Lack(text, record)]
            if record.state == "registered" and record.protection_state == "lapsed":
                return [Lack(self.env._("a protection that runs (button “Protect again”)"), record)]
        return super()._lacks(record)
