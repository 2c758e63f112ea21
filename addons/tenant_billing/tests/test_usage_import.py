import base64
import io
from datetime import datetime, timedelta

import openpyxl

from odoo.exceptions import AccessError, UserError

from .common import BillingCase

HEADINGS = ["time", "tenant", "meter", "value"]


class TestUsageImport(BillingCase):
    """TB-032: a file of usage is looked at, then taken whole or not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tenant = cls.subscription().tenant_id

    def rows(self, count=3):
        return [
            [f"2026-01-{number + 1:02}", self.tenant.usage_uuid, "storage_gb", str(60 + number)]
            for number in range(count)
        ]

    def csv(self, *rows, mark=",", headings=HEADINGS):
        return "\n".join(mark.join(map(str, row)) for row in [headings, *rows]).encode()

    def xlsx(self, *rows, headings=HEADINGS):
        book = openpyxl.Workbook()
        for row in [headings, *rows]:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def wizard(self, data, role="finance", node=None, name="usage.csv"):
        Wizard = self.as_user(node or self.sub, role, "billing.usage.import")
        return Wizard.create({"file": base64.b64encode(data), "file_name": name, "timezone": "UTC"})

    def preview(self, data, **values):
        wizard = self.wizard(data, **values)
        wizard.action_preview()
        return wizard

    def problems(self, wizard):
        return [(one.row, one.column, one.text, one.sentence) for one in wizard.problem_ids]

    def events(self):
        return self.env["billing.usage.event"].search([("tenant_id", "=", self.tenant.id)])

    def test_looked_at_and_taken(self):
        """Finance and delivery of the partner, by usage id or reference; nothing before the
        second step."""
        for role, name in (
            ("finance", self.tenant.usage_uuid),
            ("delivery", self.tenant.reference),
        ):
            with self.subTest(role):
                rows = [[f"2026-01-05 0{len(role) % 10}:00", name, "storage_gb", "70"]]
                before = len(self.events())
                wizard = self.preview(self.csv(*rows), role=role)
                self.assertEqual((wizard.state, wizard.fresh_count), ("preview", 1))
                self.assertFalse(wizard.problem_ids)
                self.assertEqual(
                    wizard.total_ids.mapped(lambda one: (one.tenant, one.rows, one.sum)),
                    [(self.tenant.display_name, 1, 70.0)],
                )
                self.assertEqual(len(self.events()), before)
                wizard.action_take()
                self.assertEqual(wizard.state, "done")
                self.assertEqual(len(self.events()), before + 1)

    def test_the_same_file_twice(self):
        """R-22: as CSV, then as XLSX: nothing new; one with another value is a conflict."""
        self.preview(self.csv(*self.rows(), mark=";")).action_take()
        self.assertEqual(len(self.events()), 3)
        again = self.preview(self.xlsx(*self.rows()), name="usage.xlsx")
        self.assertEqual((again.fresh_count, again.known_count), (0, 3))
        again.action_take()
        self.assertEqual(len(self.events()), 3)
        changed = self.rows()
        changed[1][3] = "99"
        wizard = self.preview(self.csv(*changed))
        self.assertEqual(
            self.problems(wizard), [(3, "", "", "This id was reported with another payload.")]
        )

    def test_every_bad_cell_is_named(self):
        """TB-032: row, column, what stands there, and a sentence; the file as a whole stays out."""
        rows = self.rows(6)
        rows[0][0] = "10.01.2026"
        rows[1][1] = "T-9999"
        rows[2][2] = "disk"
        rows[3][3] = "-5"
        rows[4][3] = "1,5"
        wizard = self.preview(self.xlsx(*rows), name="usage.xlsx")
        self.assertEqual(
            self.problems(wizard),
            [
                (
                    2,
                    "A",
                    "10.01.2026",
                    "time must be a date and time like 2026-02-01 00:00.",
                ),
                (3, "B", "T-9999", "tenant names no tenant that you may report."),
                (4, "C", "disk", "meter names no meter."),
                (5, "D", "-5", "value must not be negative."),
                (6, "D", "1,5", "value must have a point as its decimal mark."),
            ],
        )
        with (
            self.assertRaisesRegex(UserError, "Nothing was taken: 5 cells"),
            self.env.cr.savepoint(),
        ):
            wizard.action_take()
        self.assertFalse(self.events())

    def test_formulas_are_text_that_is_refused(self):
        """R-58: neither evaluated nor kept."""
        rows = self.rows(2)
        rows[0][3] = "=60+10"
        rows[1].append('=HYPERLINK("http://evil")')
        wizard = self.preview(self.xlsx(*rows, headings=[*HEADINGS, "dimension:disk"]))
        self.assertEqual(
            [(one.row, one.column) for one in wizard.problem_ids], [(2, "D"), (3, "E")]
        )

    def test_files_that_are_no_table(self):
        """R-30: one sentence each, whatever it is."""
        deep = io.BytesIO(b"PK\x03\x04" + b"\x00" * 1000).getvalue()
        for data, text in (
            (b"", "headings are missing"),
            (b"\xff\xfe\x00", "not in UTF-8"),
            (deep, "no XLSX workbook"),
            (b'time,tenant\n"open', "Row 2 is no CSV"),
            (b"x" * (10 * 1024 * 1024 + 1), "holds 10 MB at most"),
        ):
            with self.subTest(text):
                wizard = self.wizard(data or b" ")
                if text == "headings are missing":
                    wizard.action_preview()
                    self.assertIn(text, wizard.problem_ids[0].sentence)
                    continue
                with self.assertRaisesRegex(UserError, text):
                    wizard.action_preview()

    def test_who_may_import_what(self):
        """X-05: finance its own node's tenants; the branch is read, not reported; sales nothing."""
        data = self.csv(*self.rows(1))
        for node, role in ((self.master, "finance"), (self.stranger, "finance")):
            wizard = self.preview(data, role=role, node=node)
            self.assertEqual(
                wizard.problem_ids.sentence, "tenant names no tenant that you may report."
            )
        with self.assertRaises(AccessError):
            self.wizard(data, role="sales")
        wizard = self.wizard(data)
        other = wizard.with_user(self.user(self.sub, "delivery"))
        with self.assertRaises(AccessError):
            other.action_preview()

    def test_ten_thousand_rows(self):
        """TB-032: in a number of queries that does not follow the rows."""
        start = datetime(2026, 1, 10)
        rows = [
            [
                f"{start + timedelta(minutes=number)}",
                self.tenant.usage_uuid,
                "integration_messages",
                number,
            ]
            for number in range(10_000)
        ]
        wizard = self.preview(self.csv(*rows))
        self.assertEqual((wizard.fresh_count, wizard.problem_count), (10_000, 0))
        before = self.env.cr.sql_log_count
        wizard.action_take()
        self.assertLess(self.env.cr.sql_log_count - before, 80)
        self.assertEqual(len(self.events()), 10_000)
