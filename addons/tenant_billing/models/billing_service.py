from odoo import api, fields, models

from ..engine.services import Clause, Commitment, best_commitment, verdict

# The four classes of what a customer asks for; support cases use the same.
CASE_CLASSES = [
    ("defect", "Product defect"),
    ("incident", "Hosting incident"),
    ("implementation", "Implementation issue"),
    ("change", "Change request"),
]
WINDOWS = [("8x5", "Working days, eight hours"), ("24x7", "Around the clock")]


class BillingServiceClause(models.Model):
    """What a service includes, and what it does not (TB-034)."""

    _name = "billing.service.clause"
    _description = "Boundary of a service"
    _order = "component_id, is_excluded, sequence, id"

    component_id = fields.Many2one(
        "billing.plan.component", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What", required=True, translate=True)
    is_excluded = fields.Boolean(string="Not included", help="It is offered or billed apart.")
    case_class = fields.Selection(
        CASE_CLASSES,
        string="Decides",
        help="What a request of this class is: included, or billed apart. Empty: it decides none.",
    )


class BillingPlanComponent(models.Model):
    _inherit = "billing.plan.component"

    clause_ids = fields.One2many(
        "billing.service.clause", "component_id", string="Included and excluded", copy=True
    )
    response_hours = fields.Float(
        string="Response (hours)", help="First answer within; 0: no commitment (TB-035)."
    )
    response_window = fields.Selection(WINDOWS, string="Support window", default="8x5")

    _response_hours = models.Constraint(
        "CHECK (COALESCE(response_hours, 0) >= 0)", "Hours are 0 or more."
    )

    def _commitment(self):
        return Commitment(self.id, self.response_hours or 0, self.response_window or "8x5")

    def _best_commitment(self):
        """The component that answers first of several, and its sentence; empty where none does."""
        best = best_commitment(one._commitment() for one in self)
        if not best:
            return self.browse(), ""
        windows = dict(self._fields["response_window"]._description_selection(self.env))
        found = self.browse(best.id)
        sentence = self.env._(
            "First answer within %(hours)g hours, %(window)s",
            hours=best.hours,
            window=windows[best.window].lower(),
        )
        return found, sentence

    def _boundaries(self):
        """What customers read of each service: dict of name, included, excluded (texts)."""
        return [
            {
                "name": one.name,
                "included": one.clause_ids.filtered(lambda c: not c.is_excluded).mapped("name"),
                "excluded": one.clause_ids.filtered("is_excluded").mapped("name"),
            }
            for one in self
            if one.clause_ids
        ]


class BillingPlan(models.Model):
    _inherit = "billing.plan"

    review_months = fields.Integer(
        string="Account review every (months)", help="0: none is agreed (TB-037)."
    )

    _review_months = models.Constraint("CHECK (review_months >= 0)", "Months are 0 or more.")


class BillingSubscription(models.Model):
    """What a customer has bought beside its machines: boundaries, response, reviews."""

    _inherit = "billing.subscription"

    review_months = fields.Integer(related="plan_id.review_months")
    response_commitment = fields.Char(compute="_compute_services")
    sla_note = fields.Char(string="Service levels", compute="_compute_sla_note")
    review_note = fields.Char(string="Next review", compute="_compute_review_note")
    clause_ids = fields.Many2many("billing.service.clause", compute="_compute_services")

    @api.depends("item_ids.quantity", "item_ids.valid_from", "item_ids.ends", "start_date")
    def _compute_services(self):
        for one in self:
            parts = one._standing_components()
            one.response_commitment = parts._best_commitment()[1]
            one.clause_ids = parts.clause_ids

    def _compute_sla_note(self):
        """Hook: whoever measures service levels says how they stand; until then it says so."""
        self.sla_note = self.env._("not connected")

    def _compute_review_note(self):
        """Hook: whoever keeps account reviews says when the next one is; until then it says so."""
        self.review_note = self.env._("not connected")

    def _standing_components(self, day=None):
        """The components that are part of it on ``day`` (default: today)."""
        self.ensure_one()
        if day is None:
            day = max(self._today(), self.start_date or self._today())
        return self.plan_id.component_ids.filtered(
            lambda one: (now := self._standing(one.code, day)) and now.there(one.kind)
        )


class HostingTenant(models.Model):
    _inherit = "hosting.tenant"

    @api.private
    def _service_verdict(self, case_class, day=None):
        """Whether a request of a customer is billed apart; for support cases (TB-034).

        :param case_class: a key of ``CASE_CLASSES``
        :return: ``(verdict, clause)``: ``included``, ``billable``, or ``unsaid`` where no
            service of the tenant says anything; the clause that decides
        """
        self.ensure_one()
        # Safe: boundaries of the tenant's own services, without any price.
        running = self.sudo().subscription_ids.filtered(
            lambda one: one.state in ("active", "suspended")
        )
        clauses = running.env["billing.service.clause"]
        for one in running:
            clauses |= one._standing_components(day).clause_ids
        found = verdict(
            (Clause(clause.id, clause.case_class, clause.is_excluded) for clause in clauses),
            case_class,
        )
        return found.verdict, clauses.browse(found.clause)


class BillingOffer(models.Model):
    _inherit = "billing.offer"

    response_commitment = fields.Char(compute="_compute_response_commitment")

    @api.depends("line_ids.component_id", "line_ids.quantity")
    def _compute_response_commitment(self):
        for offer in self:
            offer.response_commitment = offer._service_components()._best_commitment()[1]

    def _service_components(self):
        there = self.line_ids.filtered(lambda line: line.kind == "metered" or line.quantity > 0)
        return there.component_id

    def _print(self):
        """Services, policies, upgrades and reviews as well, as the customer reads them."""
        plan, parts = self.plan_id, self._service_components()
        promises = [self.response_commitment] if self.response_commitment else []
        if self.release_control == "own":
            promises.append(self.env._("Your system is upgraded when you say so."))
        elif self.release_control == "shared":
            promises.append(self.env._("New releases come to all customers in turn, tested."))
        if plan.upgrade_months:
            promises.append(
                self.env._(
                    "A new version every %(count)s months, %(price)s.",
                    count=plan.upgrade_months,
                    price=self._upgrade_price_text(),
                )
            )
        if plan.review_months:
            promises.append(
                self.env._(
                    "We review the service with you every %(n)s months.", n=plan.review_months
                )
            )
        return {
            **super()._print(),
            "policies": self.profile_id._policies() if self.profile_id else [],
            "boundaries": parts._boundaries(),
            "promises": promises,
        }

    def _upgrade_price_text(self):
        return {
            "included": self.env._("included"),
            "hours": self.env._("by the hour"),
        }.get(self.plan_id.upgrade_price, self.env._("by offer"))
