import json

from odoo import models
from odoo.exceptions import UserError

from ..adapters import annex as adapter
from ..engine.errors import BillingError
from ..engine.ubl import ubl
from ..exceptions import engine_message

FORMATS = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "pdf": "application/pdf",
}


class BillingStatement(models.Model):
    """A statement as files: its charges as XLSX and JSON, the electronic invoice, the PDF."""

    _inherit = "billing.statement"

    def _file(self, kind):
        """One of `FORMATS` as bytes. The caller has checked that the reader may read it.

        :raises UserError: where it cannot be made
        """
        self.ensure_one()
        # Safe: the reader is a party to this statement, and what is made of it says nothing else.
        own = self.sudo().with_company(self.sudo().seller_id.company_id)
        return getattr(own, f"_file_{kind}")()

    def _file_name(self, kind):
        return f"{self.invoice_name or self.reference}.{kind}".replace("/", "-")

    def _file_json(self):
        return json.dumps(self._export(), ensure_ascii=False, indent=1).encode()

    def _file_xlsx(self):
        return adapter.annex(self._export(), self._headings())

    def _headings(self):
        charge = self.env["billing.charge"]
        labels = {
            name: field._description_string(self.env)
            for model in (charge, self)
            for name, field in model._fields.items()
            if name in {*adapter.COLUMNS, "reference", "billing_day", "order_number"}
        }
        return {
            **labels,
            "charges": self.env._("Charges"),
            "statement": self.env._("Statement"),
            "seller": self.env._("Seller"),
            "buyer": self.env._("Buyer"),
            "currency": self.env._("Currency"),
            "total": self.env._("Total"),
            "tenant": self.env._("Tenant"),
            "component": self.env._("Component"),
        }

    def _file_xml(self):
        """Core's electronic invoice where one was posted here, else UBL of the statement."""
        if self.state != "issued":
            raise UserError(self.env._("%(reference)s is a draft.", reference=self.reference))
        move = self._invoice()
        if move:
            builder = move.partner_id._get_edi_builder(move.partner_id.invoice_edi_format or BIS3)
            content, errors = builder._export_invoice(move)
            if errors:
                raise UserError("\n".join(sorted(errors)))
            return content
        if not self.charge_ids:
            raise UserError(self.env._("%(reference)s is empty.", reference=self.reference))
        try:
            tax = self._own_tax()
            note = self.env._("For the seller's own books, which add the taxes.")
            if self.tax_inside:
                note = self.env._("For the seller's own books. The prices include tax.")
            return ubl(adapter.ubl_document(self, "" if tax else note, tax))
        except BillingError as error:
            raise UserError(engine_message(self.env, error)) from error

    def _file_pdf(self):
        """The invoice, or the statement where no invoice is made here."""
        move = self._invoice()
        report, record = "tenant_billing.report_statement", self
        if move.state == "posted":
            report, record = "account.account_invoices", move
        return self.env["ir.actions.report"]._render_qweb_pdf(report, record.ids)[0]

    def _download(self, kind):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/billing/statement/{self.id}.{kind}",
            "target": "self",
        }

    def action_export_json(self):
        return self._download("json")

    def action_export_xlsx(self):
        return self._download("xlsx")

    def action_export_ubl(self):
        return self._download("xml")

    def action_export_pdf(self):
        return self._download("pdf")


BIS3 = "ubl_bis3"
