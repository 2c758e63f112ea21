from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..adapters import matching as adapter
from ..engine import matching

IDENTITY_FIELDS = frozenset(("company_name", "country_id", "identity", "contact_name"))
OWNER_FIELDS = IDENTITY_FIELDS | {"kind", "user_id"}


class ProgramDeal(models.Model):
    """A registration protects its company for the partner; the second one waits for the
    programme desk, and is told that alone (PG-025, TRADE 7)."""

    _inherit = "program.deal"

    protection_state = fields.Selection(
        [("none", "None"), ("protected", "Protected"), ("lapsed", "Lapsed")],
        string="Protection",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    protected_until = fields.Date(readonly=True, copy=False)
    is_extended = fields.Boolean(string="Extended once", readonly=True, copy=False)
    last_step_on = fields.Date(string="Last step", readonly=True, copy=False)
    lapses_on = fields.Date(
        compute="_compute_lapses_on",
        store=True,
        index=True,
        help="The end of the protection, or 45 days after the last step, whichever is first.",
    )
    warned_on = fields.Date(readonly=True, copy=False)
    ownership_ids = fields.One2many(
        "program.ownership", "deal_id", string="Whose it is", readonly=True
    )
    owner_id = fields.Many2one(
        "program.partner", string="Belongs to", compute="_compute_owner", compute_sudo=True
    )
    owner_since = fields.Date(compute="_compute_owner", compute_sudo=True)
    owner_until = fields.Date(compute="_compute_owner", compute_sudo=True)
    owner_why = fields.Char(compute="_compute_owner", compute_sudo=True)

    @api.depends("protected_until", "last_step_on", "protection_state")
    def _compute_lapses_on(self):
        for deal in self:
            running = deal.protection_state == "protected" and deal.protected_until
            deal.lapses_on = running and matching.lapses_on(
                deal.protected_until, deal.last_step_on or deal.protected_until
            )

    @api.depends("ownership_ids.date_until", "ownership_ids.reason", "state", "protection_state")
    def _compute_owner(self):
        reasons = dict(
            self.env["program.ownership"]._fields["reason"]._description_selection(self.env)
        )
        today = fields.Date.context_today(self)
        for deal in self:
            # Own rows alone: what another partner owns is told to nobody.
            own = deal.ownership_ids.filtered(
                lambda one: not one.date_until or one.date_until > today
            )[:1]
            deal.owner_id = own.program_node_id
            deal.owner_since = own.date_from
            deal.owner_until = own.date_until
            deal.owner_why = reasons.get(own.reason) or self._owner_sentence(deal)

    @api.model
    def _owner_sentence(self, deal):
        if deal.state == "conflict":
            return self._fixed_sentence()
        if deal.state == "declined":
            return self._declined_sentence()
        if deal.protection_state == "lapsed":
            return self.env._("The protection has lapsed.")
        return False

    @api.model
    def _fixed_sentence(self):
        return self.env._(
            "This company is protected or under review; the programme desk answers within two "
            "working days."
        )

    @api.model
    def _declined_sentence(self):
        return self.env._("The programme desk has decided: the company is somebody else's.")

    @api.model_create_multi
    def create(self, vals_list):
        deals = super().create(vals_list)
        # Safe: the day of its own registration.
        deals.sudo().last_step_on = fields.Date.context_today(self)
        deals._program_protect()
        return deals

    def write(self, vals):
        self._check_owner_writes(vals)
        states = {deal.id: deal.state for deal in self} if "state" in vals else {}
        done = super().write(vals)
        if IDENTITY_FIELDS & vals.keys():
            self._program_protect()
        if states:
            self.filtered(lambda deal: states[deal.id] != deal.state)._follow_state()
        return done

    def _check_owner_writes(self, vals):
        """Who the company is stays the owner's to say, and rests while the desk looks at it."""
        isolation = self.env["program.isolation"]
        if not isolation._scope().fenced:
            return
        named = {
            name
            for name in OWNER_FIELDS & vals.keys()
            if not isolation._harmless(self, name, vals[name])
        }
        if named:
            self._check_own()
        if named & IDENTITY_FIELDS:
            for deal in self.filtered(lambda each: each.state in ("conflict", "declined")):
                raise UserError(
                    self.env._(
                        "%(deal)s is before the programme desk and stays as it was registered.",
                        deal=deal.display_name,
                    )
                )

    def _check_own(self):
        """:raise AccessError: somebody who is only engaged for the deal, or stands above it"""
        self.check_access("write")
        isolation = self.env["program.isolation"]
        own = isolation._is_of_own_node(self, "program_node_id")
        if isolation._scope().fenced and not own:
            raise AccessError(
                self.env._("Only the partner that has registered the deal changes this.")
            )

    def _follow_state(self):
        """Won: a customer, without an end. Lost: free. Open again: asked for again."""
        for deal in self:
            # Safe: the register follows the registration's own state.
            entries = deal.sudo().ownership_ids
            running = entries._still_running()
            if deal.state == "won":
                deal.sudo()._own_customer(running)
            elif deal.state in ("lost", "declined"):
                entries.filtered(lambda one: not one.ended_why)._end(
                    self.env._("lost") if deal.state == "lost" else self._by_desk()
                )
                deal.sudo().protection_state = "none"
            elif deal.state == "registered" and not running:
                deal._program_protect()

    def _own_customer(self, running):
        """What is won has no end; runs as the system."""
        contact = self.lead_ids[:1].partner_id.commercial_partner_id
        if running:
            running.write({"date_until": False, "reason": "customer", "customer_id": contact.id})
            return
        self.env["program.ownership"]._claim(
            self.program_node_id,
            adapter.of_deal(self),
            self.company_name,
            "customer",
            deal_id=self.id,
            customer_id=contact.id,
        )

    @api.model
    def _adopt_registered(self):
        """With an upgrade: what was registered before there was a register of owners."""
        for deal in self.sudo().search(
            [("ownership_ids", "=", False), ("state", "in", ("registered", "won"))], order="id"
        ):
            if deal.state == "won":
                deal._own_customer(deal.ownership_ids)
            elif deal.protection_state == "none":
                deal._protect()

    @api.model
    def _by_desk(self):
        return self.env._("decision of the programme desk")

    # Asking whether a company is free.

    def _program_protect(self):
        """Protect what nobody else owns; all else waits for the desk, and says only that."""
        # Safe: what the clock has ended ends, before the cron comes to it.
        self.sudo()._past_protection()._lapse()
        open_ones = self.filtered(
            lambda deal: deal.state == "registered" and deal.protection_state != "lapsed"
        )
        if open_ones:
            self._one_after_another()
        for deal in open_ones:
            deal._protect_one()

    @api.model
    def _one_after_another(self):
        """Of two first registrations at once the second is tried again, and sees the first."""
        self.env.cr.execute(
            SQL(
                "UPDATE program_partner SET write_date = write_date WHERE id = %s",
                self.env["program.partner"].sudo()._root().id,
            )
        )

    def _protect_one(self):
        Lookup, Conflict = self.env["program.lookup"], self.env["program.conflict"]
        # Safe: the deal's own words, compared with the register.
        own = self.sudo()
        if Lookup._is_too_often(own.program_node_id, own.company_name):
            # Nothing is looked up any more, so nothing can be learnt: all waits for the desk.
            Conflict._open(self, self.env["program.ownership"], "throttle")
            return
        identity = adapter.of_deal(own)
        ownership, rule = self.env["program.ownership"]._match(identity, own.program_node_id)
        if not ownership:
            own._protect(identity)
        elif own.program_node_id.is_root:
            own._check_direct(ownership)
            own._protect(identity)
        else:
            Conflict._open(self, ownership, rule)

    def _find_owner(self):
        """(ownership of somebody else that runs, rule); for the desk alone."""
        own = self.sudo()
        return self.env["program.ownership"]._match(adapter.of_deal(own), own.program_node_id)

    def _accept(self, reason):
        """Registered by the desk's decision, whoever else has it; runs as the system."""
        self._protect(reason=reason)
        self.state = "registered"

    def action_protect_again(self):
        """A lapsed protection is asked for again, as if it were registered today."""
        self._check_own()
        for deal in self.filtered(lambda each: each.protection_state == "lapsed"):
            # Safe: who may work on the deal may register it, checked above; it is looked up anew.
            deal.sudo().protection_state = "none"
            deal._program_protect()
        return True

    def _protect(self, identity=None, reason="registered"):
        """Give the company to the deal's partner; runs as the system."""
        today = fields.Date.context_today(self)
        identity = identity or adapter.of_deal(self)
        running = self.ownership_ids._still_running()
        if running:
            running.write({**adapter.key_values(identity), "company_name": self.company_name})
            return
        until = fields.Date.add(today, days=self.program_node_id._protection_days())
        self.write(
            {
                "protection_state": "protected",
                "protected_until": until,
                "last_step_on": today,
                "warned_on": False,
            }
        )
        self.env["program.ownership"]._claim(
            self.program_node_id,
            identity,
            self.company_name,
            reason,
            until=until,
            deal_id=self.id,
        )

    def _check_direct(self, ownership):
        """Channel only: no deal of the platform's own on a partner's customer (PG-024).

        :raise UserError: naming the owner, to platform staff
        """
        if self._has_exception("direct_deal", ownership):
            return
        raise UserError(
            self.env._(
                "%(company)s belongs to %(partner)s since %(day)s (%(why)s). Sell through the "
                "partner, or have an exception approved first (Customers → Ownership).",
                company=ownership.company_name,
                partner=ownership.program_node_id.name,
                day=ownership.date_from,
                why=dict(ownership._fields["reason"]._description_selection(self.env))[
                    ownership.reason
                ],
            )
        )

    @api.model
    def _has_exception(self, kind, record):
        """Whether an approved exception of ``kind`` runs for ``record``."""
        return self.env["governance.exception"]._running(kind, record)

    # Keeping it.
