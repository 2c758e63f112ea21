import base64
import io
import re

from lxml import html
from PIL import Image

from odoo.exceptions import AccessError, ValidationError

from .test_month_end import MonthEndCase


def logo(colour="#0b6e4f"):
    held = io.BytesIO()
    Image.new("RGB", (120, 40), colour).save(held, "PNG")
    return base64.b64encode(held.getvalue())


class TestBrandDocuments(MonthEndCase):
    """PG-026, DESIGN 4.4: what leaves under a seller's name is on its paper alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_books(cls.oem)
        cls.env["program.brand"].create(
            [
                {"name": name, "legal_name": legal, "program_node_id": node.id, "logo": logo(),
                 "primary_colour": "#0b6e4f", "footer": f"{name}, a service of {legal}",
                 "support_email": f"care@{mail}.example"}
                for node, name, legal, mail in (
                    (cls.sub, "HanseFlow", "Hanse ERP GmbH", "hanseflow"),
                    (cls.oem, "TradeFlow Back Office", "TradeFlow Commerce B.V.", "tradeflow"),
                    (cls.master, "Meridian", "Meridian Consulting AG", "meridian"),
                )
            ]
        )  # fmt: skip
        cls.root.partner_id.name = "Polaris Operations"
        cls.make_book(cls.root, {"base": 60, "storage": 1, "support": 1, "setup": 0},
                      buyer=cls.oem)  # fmt: skip
        cls.make_book(cls.oem, {"base": 120, "storage": 1, "support": 1, "setup": 0})

    def seen(self, report, record):
        """Whatever a reader or a search engine finds in a document: text, titles, addresses of
        pictures and links; not the names of style classes and of the tool's own files."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)
        root = html.fromstring(content)
        for each in root.xpath("//link | //script | //style"):
            each.drop_tree()
        found = [root.text_content()]
        for name in ("title", "alt", "href", "src", "content"):
            found += [text for text in root.xpath(f"//@{name}") if not text.startswith("data:")]
        return " ".join(found), root

    def assert_branded(self, report, record, name, legal):
        text, root = self.seen(report, record)
        for word in ("Odoo", "Polaris", "Meridian", "YourCompany", "Your logo"):
            self.assertNotIn(word.lower(), text.lower(), report)
        self.assertIn(legal, text)
        self.assertIn(f"{name}, a service of {legal}", text)
        self.assertTrue(root.xpath("//img[starts-with(@src, 'data:image/png')]"), report)
        return text

    def documents(self, node):
        offer = self.offer(node, company="Bergwind", start="2026-01-01")
        self.win(offer)
        self.run_billing("2026-01-01")
        return offer.sudo(), self.statements(node)[-1]

    def test_white_label(self):
        """PG-026: offer and statement of the sub: neither operator, nor master, nor Odoo."""
        offer, statement = self.documents(self.sub)
        brand = ("HanseFlow", "Hanse ERP GmbH")
        self.assert_branded("tenant_billing.billing_offer_document", offer, *brand)
        text = self.assert_branded("tenant_billing.report_statement", statement, *brand)
        for word in (statement.reference, "Bergwind", "180.00", "without tax"):
            self.assertIn(word, text)

    def test_oem(self):
        """PG-026: offer, statement and invoice of the OEM vendor, which bills here."""
        offer, statement = self.documents(self.oem)
        brand = ("TradeFlow Back Office", "TradeFlow Commerce B.V.")
        self.assert_branded("tenant_billing.billing_offer_document", offer, *brand)
        self.assert_branded("tenant_billing.report_statement", statement, *brand)
        move = statement._invoice()
        self.assertEqual(move.state, "posted")
        self.assert_branded("account.report_invoice", move, *brand)

    def test_tax_of_own_books(self):
        """TB-030: on the statement as on its UBL: net, tax by its name, what is to pay."""
        self.env["billing.books.tax"].create(
            {"books_id": self.env["billing.books"]._of(self.sub).id, "percent": 19}
        )
        _offer, statement = self.documents(self.sub)
        text, _root = self.seen("tenant_billing.report_statement", statement)
        for word in ("Standard rate 19 %", "34.20", "214.20"):
            self.assertIn(word, text)
        self.assertNotIn("without tax", text)

    def test_the_company_wears_its_brand(self):
        """DESIGN 4.4: logo, colour, legal name, address and footer, kept with every change."""
        company, brand = self.sub.company_id, self.sub.brand_ids
        self.assertEqual(company.primary_color, "#0b6e4f")
        self.assertIn("Hanse ERP GmbH", company.company_details)
        self.assertFalse(company.uses_default_logo)
        brand.with_user(self.user(self.sub, "manager")).write({"primary_colour": "#123456"})
        self.assertEqual(company.primary_color, "#123456")
        self.sub.partner_id.write({"street": "Kai 7", "city": "Bremen"})
        self.assertIn("Kai 7", company.company_details)
        with self.assertRaisesRegex(ValidationError, "no colour"), self.env.cr.savepoint():
            brand.write({"primary_colour": "red; } body { display: none"})
        brand.invalidate_recordset()
        brand.write({"logo": False})
        self.assertTrue(re.fullmatch("#[0-9a-f]{6}", company.primary_color))
        with self.assertRaises(AccessError):
            brand.with_user(self.user(self.master, "manager")).write({"footer": "mine"})

    def test_without_a_brand_there_is_no_foreign_picture(self):
        """PG-026: not the one that Odoo puts where a logo is missing."""
        for node in (self.stranger, self.root):
            self.assertFalse(node.company_id.logo, node.name)
        own = logo("#ff0000")
        self.stranger.company_id.logo = own
        self.stranger.partner_id.city = "Sevilla"
        self.assertEqual(self.stranger.company_id.logo, own, "its own stays")

    def test_names_are_text(self):
        """PG-026: whatever a brand is called, it is no markup on the paper."""
        self.sub.brand_ids.legal_name = "<b>Hanse</b> & Söhne"
        self.assertIn("&lt;b&gt;Hanse&lt;/b&gt; &amp; Söhne", self.sub.company_id.company_details)
