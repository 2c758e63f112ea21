from odoo import models
from odoo.exceptions import UserError

from ..engine import sow as engine

# Facts about the deal that are no part of the work.
NOT_WORK = ("pricing_documented", "custom_share", "oem_channel")


class ProgramDeal(models.Model):
    """The statement of work of a deal, under its partner's brand (PG-057)."""

    _inherit = "program.deal"

    def _sow(self):
        """What the document shows.

        :return: dict with seller (`_letterhead`), scope, exclusions, assumptions (lists of
            (label, value)), workshops, template (the version that it follows)
        """
        self.ensure_one()
        self.check_access("read")
        # Safe: the reader may read the deal; its answers and its partner's brand stand on it.
        deal = self.sudo()
        answers = deal.qualification_id
        asked = self.env["governance.question.set"].sudo()._by_kind().get(deal.kind)
        questions = asked.mandatory_ids | asked.further_ids if asked else ()
        codes = [each.code for each in questions if each.code not in NOT_WORK]
        found = engine.statement([(code, answers[code]) for code in codes])
        template = self.env["program.artefact.version"]._current_for(deal.program_node_id, "sow")
        lines = template.sudo().line_ids

        def rows(part, section):
            said = [
                (self._sow_label(answers, code), self._sow_value(answers, code)) for code in part
            ]
            return said + [
                (line.name, line.expected or "")
                for line in lines.filtered(lambda line: line.section == section)
            ]

        return {
            "seller": deal.program_node_id._letterhead(),
            "scope": rows(found.scope, "scope"),
            "exclusions": [(label, "") for label, _value in rows(found.exclusions, "exclusion")],
            "assumptions": rows(found.assumptions, "assumption"),
            "workshops": deal.workshop_ids.filtered(lambda each: each.state != "dropped"),
            "classification": deal.classification or "",
            "template": template[:1].sudo().display_name or "",
        }

    def _sow_label(self, answers, code):
        return answers._fields[code]._description_string(self.env)

    def _sow_value(self, answers, code):
        field, value = answers._fields[code], answers[code]
        if str(value or "").lower() == engine.UNKNOWN or value in (False, None, ""):
            return self.env._("to be settled before the work starts")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return self.env._("included") if value is True else str(value)

    def action_print_sow(self):
        self.ensure_one()
        if not self.answered_count:
            raise UserError(
                self.env._("Answer the questions of %(deal)s first.", deal=self.display_name)
            )
        return self.env.ref("partner_governance.program_deal_report_sow").report_action(self)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def action_print_sow(self):
        """The statement of work of the opportunity's registration."""
        self.ensure_one()
        return self.program_deal_id.action_print_sow()


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _letterhead(self):
        """Name, colours and footer of the partner's documents: its brand's, or its company's."""
        self.ensure_one()
        # Safe: what the partner prints on its documents.
        node = self.sudo()
        brand, contact = node._brand_in_use(), node.partner_id
        return {
            "name": brand.name or contact.name,
            "legal_name": brand.legal_name or contact.name,
            "logo": brand.logo,
            "colour": brand.primary_colour or "#1f3a5f",
            "footer": brand.footer or "",
            "email": brand.support_email or contact.email or "",
            "address": [part for part in (contact.street, contact.zip, contact.city) if part],
        }
