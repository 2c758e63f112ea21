from contextlib import nullcontext

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ..adapters import matching as adapter
from ..engine import matching

# Look-ups of one partner within an hour before the desk looks itself; parameter
# partner_governance.lookups_per_hour.
LOOKUPS = 30


class ProgramOwnership(models.Model):
    """Whose a customer or a lead is, from when, until when and why; nothing is overwritten
    (PG-013, PG-028)."""

    _name = "program.ownership"
    _description = "Ownership of a customer"
    _inherit = ["program.node.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "company_name"

    company_name = fields.Char(string="Customer", required=True)
    deal_id = fields.Many2one("program.deal", index=True, ondelete="restrict")
    customer_id = fields.Many2one("res.partner", string="Contact", index=True, ondelete="restrict")
    date_from = fields.Date(string="Since", required=True, default=fields.Date.context_today)
    date_until = fields.Date(string="Until", index=True, help="First day on which it is over.")
    reason = fields.Selection(
        [
            ("registered", "Registered first"),
            ("customer", "Won as customer"),
            ("desk", "Decision of the programme desk"),
            ("transfer", "Change of hands"),
            ("taken_over", "Taken over at the start"),
        ],
        required=True,
        default="registered",
    )
    ended_why = fields.Char(string="Ended because")
    note = fields.Char()
    vat_key = fields.Char(index=True)
    domain_key = fields.Char(index=True)
    name_key = fields.Char()
    name_block = fields.Char(index=True)
    country_code = fields.Char()

    _period = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)",
        "An ownership cannot end before it begins.",
    )

    @api.model
    def _running_domain(self, day=None):
        day = day or fields.Date.context_today(self)
        return Domain("date_from", "<=", day) & (
            Domain("date_until", "=", False) | Domain("date_until", ">", day)
        )

    @api.model
    def _match(self, identity, node, day=None):
        """The running ownership of somebody else that means the same company.

        :param identity: the engine's ``Identity``
        :return: (ownership or none, the rule that decides or an empty text)
        """
        # Safe: whether somebody else owns it is answered by the caller with one sentence.
        found = self.sudo().search(
            self._running_domain(day)
            & Domain("program_node_id", "!=", node.id)
            & adapter.candidates(identity),
            order="date_from, id",
        )
        order = ("vat", "domain", "name")
        best = min(
            (
                (order.index(rule), place, one)
                for place, one in enumerate(found)
                if (rule := matching.rule(identity, adapter.of_ownership(one)))
            ),
            key=lambda each: each[:2],
            default=None,
        )
        return (best[2], order[best[0]]) if best else (self.sudo().browse(), "")

    @api.model
    def _claim(self, node, identity, name, reason, until=False, **values):
        """From today on ``node`` owns the company."""
        return self.sudo().create(
            {
                "program_node_id": node.id,
                "company_name": name,
                "reason": reason,
                "date_until": until,
                **adapter.key_values(identity),
                **values,
            }
        )

    def _contact(self):
        """The owner's own contact of the customer, where it has made one."""
        return self.customer_id or self.deal_id.lead_ids.partner_id.commercial_partner_id[:1]

    def _end(self, why, day=None):
        """Over from ``day`` on, and because of what; whose day came before keeps that day."""
        day = day or fields.Date.context_today(self)
        for one in self.sudo():
            over = one.date_until and one.date_until <= day
            if over and one.ended_why:
                continue
            until = one.date_until if over else max(day, one.date_from)
            one.write({"date_until": until, "ended_why": why})

    def _still_running(self, day=None):
        """Those that nobody has ended and whose last day has not passed."""
        day = day or fields.Date.context_today(self)
        return self.filtered(
            lambda one: not one.ended_why and (not one.date_until or one.date_until > day)
        )

    @api.model
    def _of_customer(self, contact, day=None):
        """The running ownership of a company's contact."""
        return self.sudo().search(
            self._running_domain(day)
            & Domain("customer_id", "=", contact.commercial_partner_id.id),
            limit=1,
        )


class ProgramLookup(models.Model):
    """Who asked whether a company, or an address for a log-in, is free: counted, and told to the
    desk."""

    _name = "program.lookup"
    _description = "Look-up of a company"
    _inherit = ["program.node.mixin"]
    _order = "id desc"

    company_name = fields.Char(string="Company or address")
    user_id = fields.Many2one("res.users", string="Asked by", required=True, ondelete="restrict")
    asked_at = fields.Datetime(required=True, default=fields.Datetime.now, index=True)

    @api.model
    def _count(self, node, what):
        """Note a look-up; how many the partner has made within the hour, this one included.

        :param what: the company, or the address, that is asked for
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        with self._cursor() as cr:
            self._counter(cr, node).create(
                {
                    "company_name": what,
                    "user_id": self.env.uid,
                    "program_node_id": node.id,
                }
            )
        # After its commit: of two at one instant each counts the other too, and none slips below
        # the limit.
        with self._cursor() as cr:
            return self._counter(cr, node).search_count(
                [("program_node_id", "=", node.id), ("asked_at", ">", since)]
            )

    @api.model
    def _counter(self, cr, node):
        # Safe: a counter of the system.
        counter = api.Environment(cr, SUPERUSER_ID, {})[self._name]
        known = (
            counter.env["program.partner"].browse(node.id).exists()
            and counter.env["res.users"].browse(self.env.uid).exists()
        )
        # Made in this very transaction: only it can count for them.
        return counter if known else self.sudo()

    @api.model
    def _cursor(self):
        """A partner's look-up is counted for good before anything is compared: whoever learns
        the answer from an error, which takes the registration back, has asked all the same."""
        own = self.env.registry.ready and self.env["program.isolation"]._scope_of_person().fenced
        return self.env.registry.cursor() if own else nullcontext(self.env.cr)

    @api.model
    def _is_too_often(self, node, what):
        """Note a look-up; whether the partner has asked so often that nothing is compared."""
        return self._count(node, what) > self._limit()

    @api.model
    def _limit(self):
        # Safe: a number of the programme.
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param("partner_governance.lookups_per_hour", LOOKUPS))

    @api.autovacuum
    def _gc_lookups(self):
        old = fields.Datetime.subtract(fields.Datetime.now(), days=90)
        self.search([("asked_at", "<", old)], limit=5000).unlink()
