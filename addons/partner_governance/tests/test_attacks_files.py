"""PG-052, X-05: a file is not swapped behind the back of the record that it is evidence of."""

from odoo.exceptions import UserError

from .common import DISTRIBUTOR, Command
from .test_artefacts import ArtefactCase

STAY = "so its files stay as they are"


class TestAttacksFiles(ArtefactCase):
    def file_of(self, record, field, user):
        """The attachment behind a field, as ``user`` reaches it over the API."""
        found = self.env["ir.attachment"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("res_field", "=", field),
            ]
        )
        self.assertEqual(len(found), 1, record)
        return found.with_user(user)

    def check_stays(self, file, record, field=False, named=False):
        """None of the ways to another content works, whether here or from another file.

        ``named``: a field of the record names its files, so one beside them says nothing
        """
        Attachment = file.env["ir.attachment"]
        other = Attachment.create({"name": "other.txt", "raw": b"other"})
        place = {"res_model": record._name, "res_id": record.id, "res_field": field}
        before = file.sudo().raw
        ways = (
            lambda: file.write({"raw": b"swapped"}),
            lambda: file.write({"datas": "c3dhcHBlZA=="}),
            lambda: file.write({"name": "other.txt"}),
            lambda: file.write({"res_id": False, "res_model": False}),
            lambda: file.write({"res_field": False}),
            file.unlink,
            # The chatter deletes as the system.
            lambda: file.sudo()._delete_and_notify(),
            lambda: other.write(place),
        )
        added = (
            lambda: Attachment.create({"name": "other.txt", "raw": b"other", **place}),
            lambda: Attachment.with_context(
                default_res_model=record._name, default_res_id=record.id
            ).create({"name": "other.txt", "raw": b"other"}),
        )
        for go in ways if named else ways + added:
            with self.assertRaisesRegex(UserError, STAY), self.env.cr.savepoint():
                go()
        self.env.invalidate_all()
        self.assertEqual(file.sudo().raw, before)

    def test_evidence_of_onboarding(self):
        """PG-052: free while it is brought, fixed from its submission on, free once refused."""
        node = self.invited(upline=self.master)
        boss = self.user(node, "manager")
        item = node.onboarding_item_ids.filtered(lambda one: one.state == "open")[0]
        own = item.with_user(boss)
        own.evidence_file = "Zmlyc3Q="
        file = self.file_of(item, "evidence_file", boss)
        file.write({"raw": b"second"})
        own.action_submit()
        self.check_stays(file, item, "evidence_file")
        judge = self.user(self.master, "manager")
        item.with_user(judge).action_refuse("Not this one")
        file.write({"raw": b"third"})
        own.action_submit()
        item.with_user(judge).action_accept()
        self.check_stays(file, item, "evidence_file")

    def test_records_of_a_model(self):
        """PG-014: wherever the document was uploaded; taken back by the record alone."""
        boss = self.user(self.sub, "manager")
        Attachment = self.env["ir.attachment"].with_user(boss)
        loose = Attachment.create({"name": "brand.txt", "raw": b"first"})
        record = (
            self.env["program.model.record"]
            .with_user(boss)
            .create(
                {
                    "requirement_id": self.env.ref("partner_governance.demand_sla_design").id,
                    "summary": "Agreed",
                    "attachment_ids": [Command.set(loose.ids)],
                }
            )
        )
        loose.write({"raw": b"second"})
        record.action_submit()
        self.check_stays(loose, record, named=True)
        record.with_user(self.user(self.master, "manager")).action_accept()
        self.check_stays(loose, record, named=True)
        # The form uploads first, then names the file.
        more = Attachment.create(
            {"name": "more.txt", "raw": b"more", "res_model": record._name, "res_id": record.id}
        )
        self.assertEqual(record.state, "accepted")
        record.attachment_ids = [Command.link(more.id)]
        self.assertEqual(record.state, "draft")
        loose.write({"raw": b"third"})

    def test_what_is_published_certified_signed_off_or_answered(self):
        """PG-055, PG-060, PG-056, PG-092: versions, certificates, checklists, flags."""
        boss = self.user(self.master, "manager")
        version = self.artefact(self.master).version_id
        draft = version.env["program.artefact.version"].create(
            {"artefact_id": version.artefact_id.id, "file": "Zmlyc3Q="}
        )
        file = self.file_of(draft, "file", boss)
        file.write({"raw": b"second"})
        draft.action_publish()
        self.check_stays(file, draft, "file")

        certificate = self.certify(self.sub)
        certificate.evidence_file = "Zmlyc3Q="
        self.check_stays(
            self.file_of(certificate, "evidence_file", self.staff()), certificate, "evidence_file"
        )

        checklist = version._make_checklist(self.sub)
        line, lead = checklist.sudo().line_ids, self.user(self.sub, "delivery")
        line.with_user(lead).write({"file": "Zmlyc3Q=", "result": "pass"})
        file = self.file_of(line, "file", lead)
        file.write({"raw": b"second"})
        checklist.with_user(self.user(self.sub, "manager")).action_sign()
        self.check_stays(file, line, "file")

        deal = self.deal(self.sub, answers={**DISTRIBUTOR, "pricing_documented": False})
        flag = deal.sudo().qualification_id.flag_ids[:1]
        sales = self.user(self.sub, "sales")
        flag.with_user(sales).document = "Zmlyc3Q="
        self.check_stays(self.file_of(flag, "document", sales), flag, "document")
        # Its own way is open: without the document the flag is open again.
        flag.with_user(sales).document = False
        self.assertEqual(flag.state, "open")
