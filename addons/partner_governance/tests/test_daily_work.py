from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form

from odoo.addons.base.models.res_company import ResCompany

from .common import SIMPLE, ProgramCase


class TestDailyWork(ProgramCase):
    """X-05, X-07: what partner staff do all day in Odoo's own CRM works inside the fence."""

    def sales(self, model):
        return self.as_user(self.sub, "sales", model)

    def test_register_note_activity(self):
        """X-05: register a deal, post a note, schedule an activity for a colleague."""
        deal = self.deal(self.sub)
        self.assertEqual(deal.reference, "D-0001")
        self.assertEqual(deal.lead_ids.program_node_id, self.sub)
        self.assertEqual(deal.lead_ids.company_id, self.sub.company_id)
        deal.message_post(body="Called them", subtype_xmlid="mail.mt_note")
        colleague = self.user(self.sub, "delivery")
        wizard = (
            self.sales("mail.activity.schedule")
            .with_context(active_model="program.deal", active_ids=deal.ids)
            .create(
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "activity_user_id": colleague.id,
                    "summary": "Look at the warehouses",
                }
            )
        )
        wizard.action_schedule_activities()
        self.assertEqual(deal.activity_ids.user_id, colleague)
        mine = self.as_user(self.sub, "delivery", "mail.activity").search(
            [("user_id", "=", colleague.id)]
        )
        self.assertEqual(mine.summary, "Look at the warehouses")
        mine.action_done()

    def test_a_new_partner_keeps_its_own_books(self):
        """DESIGN 4.4: a partner's country neither installs a localisation nor loads a chart."""
        contact = self.env["res.partner"].create(
            {"name": "Polska ERP", "is_company": True, "country_id": self.env.ref("base.pl").id}
        )
        with patch.object(ResCompany, "install_l10n_modules", return_value=True) as installed:
            node = self.env["program.partner"].create(
                {
                    "partner_id": contact.id,
                    "upline_id": self.root.id,
                    "commercial_model_id": self.env.ref("partner_governance.model_resale").id,
                }
            )
        installed.assert_not_called()
        self.assertEqual(node.company_id.country_id, self.env.ref("base.pl"))
        self.assertFalse(node.company_id.chart_template)

    def test_five_fields_and_one_save(self):
        """PG-025, TRADE 11: the form asks for one thing and takes five."""
        with Form(self.sales("program.deal")) as form:
            form.company_name = "Nordwind Industriebedarf"
            form.country_id = self.env.ref("base.de")
            form.identity = "nordwind.example"
            form.contact_name = "Jörn"
            form.expected_month = "2027-03-01"
        deal = form.record
        self.assertEqual(deal.state, "registered")
        self.assertEqual(deal.lead_ids.partner_name, "Nordwind Industriebedarf")

    def test_a_lead_is_converted_lost_and_found(self):
        """X-07: core's convert and lost wizards; the registration follows the opportunity."""
        lead = self.sales("crm.lead").create(
            {"name": "Trade fair contact", "type": "lead", "email_from": "x@y.example"}
        )
        self.assertFalse(lead.program_deal_id)
        wizard = (
            self.sales("crm.lead2opportunity.partner")
            .with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids)
            .create({"name": "convert", "action": "create"})
        )
        wizard.action_apply()
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id.program_node_id, self.sub)
        self.assertEqual(lead.program_deal_id.state, "registered")
        reason = self.env["crm.lost.reason"].search([], limit=1)
        self.sales("crm.lead.lost").with_context(
            active_model="crm.lead", active_ids=lead.ids
        ).create(
            {"lead_ids": [Command.set(lead.ids)], "lost_reason_id": reason.id}
        ).action_lost_reason_apply()
        self.assertEqual(lead.program_deal_id.state, "lost")

    def test_ten_leads_are_imported(self):
        """X-05: the import of the web client, as partner staff."""
        rows = "\n".join(f"Company {number},lead,info{number}@x.example" for number in range(10))
        wizard = self.sales("base_import.import").create(
            {
                "res_model": "crm.lead",
                "file": f"name,type,email\n{rows}".encode(),
                "file_type": "text/csv",
                "file_name": "leads.csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True}
        result = wizard.execute_import(
            ["name", "type", "email_from"], ["name", "type", "email"], options
        )
        self.assertFalse(result["messages"])
        leads = self.sales("crm.lead").browse(result["ids"])
        self.assertEqual(len(leads), 10)
        self.assertEqual(leads.program_node_id, self.sub)

    def test_a_passed_deal_is_won_with_the_button(self):
        """PG-081: the Won button of the web client, rainbow included."""
        deal = self.deal(self.sub, answers=SIMPLE)
        lead = deal.lead_ids
        self.assertTrue(lead.action_set_won_rainbowman())
        self.assertEqual(lead.won_status, "won")

    def test_contacts_belong_to_one_node(self):
        """X-05: the same company known to two partners is two records."""
        ours = self.sales("res.partner").create({"name": "Nordwind", "is_company": True})
        person = self.sales("res.partner").create({"name": "Jörn", "parent_id": ours.id})
        self.assertEqual(person.program_node_id, self.sub)
        theirs = self.as_user(self.stranger, "sales", "res.partner").create({"name": "Nordwind"})
        self.assertEqual(theirs.program_node_id, self.stranger)
        with self.assertRaises(AccessError):
            ours.with_user(self.user(self.stranger, "sales")).read(["name"])

    def test_colleagues_talk_and_competitors_stay_out(self):
        """X-05: a chat with a colleague, a channel of one's own; nobody outside can be added."""
        colleague = self.user(self.sub, "delivery").partner_id
        foreign = self.user(self.stranger, "sales").partner_id
        Channel = self.sales("discuss.channel")
        chat = Channel._get_or_create_chat(colleague.ids)
        chat.message_post(body="Are you there?", message_type="comment")
        mine = self.user(self.sub, "sales").partner_id
        self.assertEqual(chat.sudo().channel_member_ids.partner_id, mine | colleague)
        team = Channel._create_channel("Team", None)
        with self.assertRaises(AccessError):
            team._add_members(partners=foreign)
        with self.assertRaises(AccessError):
            Channel._create_group([foreign.id], name="Everybody")
        # Core drops whom the caller cannot find: a talk with oneself.
        alone = Channel._get_or_create_chat(foreign.ids)
        self.assertEqual(alone.sudo().channel_member_ids.partner_id, mine)

    def test_a_manager_makes_a_project(self):
        """PG-045: partner staff act on their own: a project, its task, and nobody else's alias."""
        project = self.as_user(self.sub, "manager", "project.project").create({"name": "Rollout"})
        self.assertEqual(project.program_node_id, self.sub)
        task = self.as_user(self.sub, "delivery", "project.task").create(
            {"name": "Look at the warehouses", "project_id": project.id}
        )
        self.assertEqual(task.program_node_id, self.sub)
        alias = self.env["project.project"].create({"name": "Theirs"}).alias_id
        with self.assertRaises(AccessError):
            self.as_user(self.sub, "manager", "project.project").create(
                {"name": "Taken", "alias_id": alias.id}
            )
