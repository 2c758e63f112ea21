"""Data of every partner, marked so that a leak is seen wherever it comes out.

Everything that a partner owns carries its *mark* in every text; everything with money carries
its *money mark* too. Whoever reads a mark that is not in reach has found a hole.
"""

import json

from odoo import Command, fields

from .common import SIMPLE


def mark(node):
    return f"ZQ{node.id}X"


def money_mark(node):
    return f"MQ{node.id}X"


def shelf_mark(node):
    """On products and price lists: the owner's, and of nobody below or above it."""
    return f"SQ{node.id}X"


def amount_mark(node):
    """On invoices, quotations and opportunities, as an amount of the node's own."""
    return 8000007 + node.id * 10


class MarkedMixin:
    """Adds ``fill(node)`` to a programme case: one record of everything that people make."""

    @classmethod
    def fill(cls, node):
        env, text, money, shelf = cls.env, mark(node), money_mark(node), shelf_mark(node)
        user = node.user_ids[:1] if node == cls.root else cls.user(node, "manager")
        contact = env["res.partner"].create(
            {
                "name": f"{text} customer",
                "is_company": True,
                "email": f"{text}@customer.example",
                "phone": text,
                "street": text,
                "vat": False,
                "comment": text,
                "program_node_id": node.id,
            }
        )
        env["res.partner.bank"].create({"acc_number": f"{money}1", "partner_id": contact.id})
        deal = env["program.deal"].create(
            {
                "company_name": f"{text} deal",
                "contact_name": text,
                "identity": f"{text}.example",
                "program_node_id": node.id,
                "user_id": user.id,
            }
        )
        deal.qualification_id.write(SIMPLE)
        lead = deal.lead_ids
        lead.write(
            {
                "name": f"{text} {money} lead",
                "description": money,
                "email_from": text,
                "expected_revenue": amount_mark(node),
            }
        )
        env["calendar.event"].create(
            {
                "name": f"{text} meeting",
                "user_id": user.id,
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now(),
                "partner_ids": [Command.set(user.partner_id.ids)],
            }
        )
        product = env["product.template"].create(
            {"name": f"{text} {shelf} product", "program_node_id": node.id}
        )
        env["product.pricelist"].create(
            {
                "name": f"{text} {shelf} prices",
                "program_node_id": node.id,
                "company_id": node.company_id.id,
                "item_ids": [Command.create({"fixed_price": 7, "product_tmpl_id": product.id})],
            }
        )
        order = env["sale.order"].create(
            {
                "partner_id": contact.id,
                "company_id": node.company_id.id,
                "opportunity_id": lead.id,
                "client_order_ref": f"{text} {money}",
                "note": money,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.product_variant_id.id,
                            "name": f"{text} {money}",
                            "price_unit": amount_mark(node),
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        project = env["project.project"].create(
            {
                "name": f"{text} project",
                "program_node_id": node.id,
                "company_id": node.company_id.id,
                "privacy_visibility": "employees",
            }
        )
        task = env["project.task"].create(
            {"name": f"{text} task", "project_id": project.id, "program_node_id": node.id}
        )
        env["project.milestone"].create({"name": f"{text} step", "project_id": project.id})
        env["project.update"].create(
            {"name": f"{text} news", "project_id": project.id, "status": "on_track"}
        )
        env["program.brand"].create({"name": f"{text} brand", "program_node_id": node.id})
        env["program.model.record"].create(
            {
                "requirement_id": env.ref("partner_governance.demand_sla_design").id,
                "summary": text,
                "program_node_id": node.id,
            }
        )
        env["governance.event"]._record("view_as", node, node=node, reason=text)
        env["ir.filters"].create(
            {
                "name": f"{text} filter",
                "model_id": "crm.lead",
                "user_ids": [Command.set(user.ids)],
            }
        )
        for record, body in (
            (deal, text),
            (lead, f"{text} {money}"),
            (task, text),
            (contact, text),
            (order, f"{text} {money}"),
        ):
            record.message_subscribe(partner_ids=user.partner_id.ids)
            record.message_post(body=body, subtype_xmlid="mail.mt_note")
            env["ir.attachment"].create(
                {
                    "name": f"{body} file",
                    "raw": body.encode(),
                    "res_model": record._name,
                    "res_id": record.id,
                }
            )
        for record in (deal, task):
            record.activity_schedule(
                "mail.mail_activity_data_todo", summary=f"{text} to do", user_id=user.id
            )
        lead.activity_schedule(
            "mail.mail_activity_data_todo", summary=f"{text} {money} call", user_id=user.id
        )
        channel = env["discuss.channel"].create({"name": f"{text} talk"})
        channel.add_members(partner_ids=user.partner_id.ids)
        channel.message_post(body=f"{text} in the channel", message_type="comment")
        return {
            "contact": contact,
            "deal": deal,
            "lead": lead,
            "order": order,
            "task": task,
            "project": project,
            "product": product,
        }

    @classmethod
    def invoice(cls, node, contact):
        """A posted invoice of a node that bills here."""
        if not node.company_id.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=node.company_id, install_demo=False
            )
        text = f"{mark(node)} {money_mark(node)}"
        move = (
            cls.env["account.move"]
            .with_company(node.company_id)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": node.company_id.id,
                    "partner_id": contact.id,
                    "ref": text,
                    "narration": text,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": text, "price_unit": amount_mark(node), "tax_ids": False}
                        )
                    ],
                }
            )
        )
        move.action_post()
        return move

    def foreign_marks(self, user):
        """``[(mark, whose)]`` that this user must never read."""
        scope = self.env["program.isolation"].with_user(user)._scope()
        own = self.env["program.partner"].browse(scope.node_id)
        reach = self.env["program.partner"].search([("id", "child_of", own.ids)])
        shelves = own
        if scope.kind == "platform":
            reach = shelves = self.nodes
        if scope.kind == "unbound":
            reach = own = shelves = self.env["program.partner"]
        return (
            [(mark(node), node.name) for node in self.nodes - reach]
            + [(money_mark(node), f"money of {node.name}") for node in self.nodes - own]
            + [(shelf_mark(node), f"shelf of {node.name}") for node in self.nodes - shelves]
            + [(str(amount_mark(node)), f"amount of {node.name}") for node in self.nodes - own]
        )

    def leaks(self, user, answer):
        """Who is given away by what came back."""
        # Without the separators of formatted amounts.
        text = json.dumps(answer, default=str, ensure_ascii=False).replace(",", "")
        return [whose for found, whose in self.foreign_marks(user) if found in text]
