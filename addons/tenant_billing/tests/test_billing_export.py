import io
import json
from urllib.parse import parse_qs, urlsplit

import openpyxl

from odoo import http
from odoo.tests import HttpCase, tagged

from odoo.addons.partner_governance.adapters.workbook import unarmed, workbook

from ..models.billing_report_definitions import DEFINITIONS
from .common import BillingCase, BillingMixin

EVIL = '=HYPERLINK("http://evil.example","pay")'


def sheets(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(sheet.iter_rows()) for sheet in book.worksheets]


class TestWorkbook(BillingCase):
    """TB-059: reports as workbooks, with what each figure means."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.subscription(company=EVIL)
        cls.run_billing("2026-02-01")
        cls.env["billing.mrr.movement"]._rebuild("2026-02-01")
        cls.env["billing.recognition"]._rebuild()

    def test_text_is_never_a_formula(self):
        """CSV injection (OWASP): in cells, headings and sheet names."""
        evil = [EVIL, "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://evil.example"]
        ((head, row),) = sheets(workbook([("=1", [evil, evil])]))
        for cell in (*head, *row):
            self.assertEqual(cell.data_type, "s")
            self.assertIsNone(cell.hyperlink)
        self.assertEqual([cell.value for cell in row], evil)

    def test_each_report_with_its_definitions(self):
        """TB-059: figures, formula, period, currency and reader; columns as on screen."""
        node = self.sub
        for model, definitions in DEFINITIONS.items():
            Report = self.as_user(node, "finance", model)
            if model == "billing.parked.age":
                Report = self.env[model].with_user(self.staff())
            with self.subTest(model):
                report, defined = sheets(Report._report_workbook([]))
                fields = self.env[model]._fields
                labels = [fields[name].string for name in definitions]
                self.assertEqual([cell.value for cell in report[0]], labels)
                self.assertEqual(len(report) - 1, Report.search_count([]))
                self.assertEqual([row[0].value for row in defined[1 : len(labels) + 1]], labels)
                money = [row for row in defined[1:] if row[4].value]
                self.assertEqual(
                    {row[4].value for row in money}, {node.company_id.currency_id.name}
                )
                self.assertEqual(
                    len(money),
                    len([name for name in definitions if fields[name].type == "monetary"]),
                )
                for row in report[1:]:
                    self.assertNotIn("f", [cell.data_type for cell in row])
        self.assertIn("billing.mrr.bridge", DEFINITIONS)

    def test_every_report_has_definitions(self):
        """TB-059: none is forgotten, and none names a field that is not there."""
        mixin = self.env.registry["billing.report.mixin"]
        reports = {
            name
            for name, model in self.env.registry.items()
            if issubclass(model, mixin) and not model._abstract
        }
        self.assertEqual(reports, set(DEFINITIONS))
        for model, definitions in DEFINITIONS.items():
            self.assertLessEqual(definitions.keys(), self.env[model]._fields.keys())

    def test_the_reader_s_own_rows(self):
        """X-05: a workbook shows what the list shows."""
        for node in (self.master, self.sub):
            Report = self.as_user(node, "finance", "billing.mrr.movement")
            report, defined = sheets(Report._report_workbook([]))
            self.assertEqual(len(report), 2)
            self.assertIn(node.name, defined[1][5].value)

    def test_in_the_reader_s_language(self):
        """TB-059: headings and definitions are translatable."""
        self.env["res.lang"]._activate_lang("de_DE")
        Report = self.as_user(self.sub, "finance", "billing.mrr.bridge")
        report, _defined = sheets(Report.with_context(lang="de_DE")._report_workbook([]))
        self.assertEqual(len(report[0]), len(DEFINITIONS["billing.mrr.bridge"]))

    def test_cores_exports_of_lists_and_pivots(self):
        """CSV injection (OWASP): what core writes as it comes."""
        self.assertEqual(unarmed([EVIL, {"title": "{=1}"}, ("=1", 2), "-5"]), [
            f"'{EVIL}", {"title": "'{=1}"}, ("'=1", 2), "-5",
        ])  # fmt: skip


@tagged("standard", "-at_install", "post_install")
class TestDownload(BillingMixin, HttpCase):
    """TB-059: what the buttons download."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_billing()
        cls.running = cls.subscription(company=EVIL)
        cls.env["billing.mrr.movement"]._rebuild("2026-02-01")

    def login(self, node, role):
        user = self.user(node, role)
        self.authenticate(user.login, user.login)

    def form(self, data):
        return {"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)}

    def test_a_download(self):
        """TB-059, X-05: by the button of the list, with the reader's rights."""
        Report = self.as_user(self.sub, "finance", "billing.mrr.movement")
        action = Report.with_context(active_domain=[["kind", "=", "new"]]).action_export_xlsx()
        self.assertEqual(
            json.loads(parse_qs(urlsplit(action["url"]).query)["domain"][0]), [["kind", "=", "new"]]
        )
        self.login(self.sub, "finance")
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        report, _defined = sheets(answer.content)
        self.assertEqual(len(report), 2)
        self.assertIn(EVIL, [cell.value for cell in report[1]])
        url = "/billing/report/billing.mrr.movement.xlsx"
        for other in ("res.partner", "no.model", "billing.parked.age"):
            self.assertEqual(self.url_open(f"/billing/report/{other}.xlsx").status_code, 404)
        for domain in ("x", "5", '[["nothing","=",1]]'):
            self.assertEqual(self.url_open(f"{url}?domain={domain}").status_code, 404)
        self.login(self.sub, "delivery")
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_cores_list_export(self):
        """CSV injection (OWASP): plain and grouped, by somebody who may export."""
        self.user(self.sub, "finance").group_ids += self.env.ref("base.group_allow_export")
        self.login(self.sub, "finance")
        for groupby in ([], ["customer_id"]):
            data = {
                "model": "billing.mrr.movement",
                "fields": [
                    {"name": "customer_id", "label": "=1+1", "type": "many2one"},
                    {"name": "company_amount", "label": "MRR", "type": "monetary"},
                ],
                "ids": False,
                "domain": [],
                "groupby": groupby,
                "import_compat": False,
                "context": {},
            }
            answer = self.url_open("/web/export/xlsx", data=self.form(data))
            self.assertEqual(answer.status_code, 200)
            ((*rows,),) = sheets(answer.content)
            cells = [cell for row in rows for cell in row]
            self.assertNotIn("f", {cell.data_type for cell in cells})
            self.assertIn(EVIL, " ".join(str(cell.value) for cell in cells))

    def test_cores_pivot_export(self):
        """CSV injection (OWASP)"""
        self.login(self.sub, "finance")
        data = {
            "title": "Pivot",
            "model": "billing.mrr.movement",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [],
            "measure_headers": [{"title": "=1+1", "is_bold": False}],
            "origin_headers": [],
            "rows": [{"title": EVIL, "indent": 0, "values": [{"value": 1, "is_bold": False}]}],
        }
        answer = self.url_open("/web/pivot/export_xlsx", data=self.form(data))
        self.assertEqual(answer.status_code, 200)
        ((*rows,),) = sheets(answer.content)
        self.assertNotIn("f", {cell.data_type for row in rows for cell in row})
