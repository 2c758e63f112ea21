from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters import gates as adapter
from .governance_action import OPEN

# A passage for a while: nobody is asked again, and nothing is forgotten.
LONGEST_DAYS = 90
OPEN_STATES = ("asked", "passed", "conditional", "let_through")


class GovernanceReview(models.Model):
    """Conditions, waivers and their ends; what a passage sets going."""

    _inherit = "governance.review"

    project_id = fields.Many2one(
        "project.project", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    state = fields.Selection(
        selection_add=[
            ("conditional", "Passed with conditions"),
            ("waived", "Waived"),
            ("grandfathered", "Grandfathered"),
            ("let_through", "Let through"),
            ("expired", "Ended"),
        ],
        ondelete={
            name: "set default"
            for name in ("conditional", "waived", "grandfathered", "let_through", "expired")
        },
    )
    is_waiver = fields.Boolean(string="Waiver", readonly=True, copy=False)
    reason = fields.Char(string="Reason of the waiver", readonly=True, copy=False)
    owner_id = fields.Many2one(
        "res.users", string="Owner", readonly=True, ondelete="restrict", copy=False
    )
    valid_until = fields.Date(string="Holds until", readonly=True, copy=False, index=True)
    condition_ids = fields.One2many(
        "governance.action",
        "res_id",
        domain=[("res_model", "=", "governance.review")],
        string="Conditions",
        readonly=True,
        copy=False,
    )

    missing_links = fields.Json(
        string="Still missing",
        compute="_compute_missing_links",
        compute_sudo=True,
        help="What the deal or project lacks at this gate, each with what opens it.",
    )

    @api.depends("state", "approval_ids.state", "condition_ids.state", "deal_id", "project_id")
    def _compute_missing_links(self):
        for review in self:
            lacks = review.gate_id._lacks(review._gate_record()) if review.gate_id else []
            review.missing_links = adapter.fixes(self.env, lacks, review)

    @api.constrains("valid_until", "is_waiver", "reason", "owner_id")
    def _check_waiver(self):
        today = fields.Date.context_today(self)
        for review in self.filtered("is_waiver"):
            if not (review.reason and review.owner_id and review.valid_until):
                raise ValidationError(
                    self.env._("A waiver has a reason, an owner and a day on which it ends.")
                )
            longest = fields.Date.add(today, days=LONGEST_DAYS)
            if review.state == "asked" and not today <= review.valid_until <= longest:
                raise ValidationError(
                    self.env._(
                        "A waiver ends between today and %(day)s; after that the gate is passed "
                        "or it stays closed.",
                        day=longest,
                    )
                )

    def _gate_record(self):
        """The change, project or deal that this review is of."""
        self.ensure_one()
        return self.change_id or self.project_id or self.deal_id

    def _ask_tier_signatures(self, requester=None):
        """Ask for the signatures that the tier demands at this gate, each at the party that owes
        it."""
        root = self.env["program.partner"].sudo()._root()
        for review in self:
            node = review.program_node_id
            parties = {"own": node, "upline": node.upline_id or root, "platform": root}
            demanded = review.gate_id._demanded(review._gate_record())
            review._ask_signatures(
                [
                    {
                        "name": signature.name,
                        "sequence": signature.sequence,
                        "node_id": parties[signature.party].id,
                        "group_id": signature.group_id.id,
                        "days": signature.days,
                    }
                    for signature in demanded
                ],
                requester=requester,
            )

    @api.model
    def _ask_waiver(self, record, gate, reason, owner, valid_until):
        """Ask to pass a gate without its items until a day; the upline and the programme desk
        sign."""
        record.check_access("write")
        root = self.env["program.partner"].sudo()._root()
        node = record.sudo().program_node_id
        review = gate._make_review(
            record.sudo(),
            is_waiver=True,
            reason=reason,
            owner_id=owner.id,
            valid_until=valid_until,
        )
        demands = [
            {
                "name": self.env._("Programme desk"),
                "node_id": root.id,
                "group_id": self.env.ref("partner_governance.group_platform_programme").id,
                "sequence": 20,
            }
        ]
        if node.upline_id and node.upline_id != root:
            demands.insert(
                0,
                {
                    "name": self.env._("Upline"),
                    "node_id": node.upline_id.id,
                    "group_id": self.env.ref("partner_governance.group_partner_manager").id,
                    "sequence": 10,
                },
            )
        review._ask_signatures(demands)
        return review.sudo(False)

    def _add_condition(self, approval, name, owner, due_date):
        """A condition of the pass: an action with an owner and a day, which whoever gives
        ``approval`` confirms when it is met."""
        self.ensure_one()
        if self.state != "asked":
            raise UserError(self.env._("Conditions are set while a review waits for signatures."))
        longest = fields.Date.add(fields.Date.context_today(self), days=LONGEST_DAYS)
        if due_date > longest:
            raise UserError(self.env._("A condition is due by %(day)s at the latest.", day=longest))
        # Safe: called by whoever may sign, which the signature itself has checked.
        review = self.sudo()
        action = self.env["governance.action"]._from(
            review, name, owner, due_date, review.program_node_id
        )
        action.approval_id = approval
        review.valid_until = max(filter(None, (review.valid_until, due_date)))
        return action

    def _pass(self, reason=""):
        waivers = self.filtered("is_waiver")
        bound = (self - waivers).filtered(
            lambda review: any(each.state in OPEN for each in review.sudo().condition_ids)
        )
        waivers._settle("waived", "gate_waived", reason)
        bound._settle("conditional", "gate_passed_conditionally", reason)
        done = super(GovernanceReview, self - waivers - bound)._pass(reason)
        (self - waivers)._passed()
        (self - bound)._release()
        return done

    def _settle(self, state, kind, reason=""):
        # Safe: called when the last signature is there, or by the day; nobody writes the state.
        for review in self.sudo():
            old = review.state
            review.write({"state": state, "decided_at": fields.Datetime.now()})
            self.env["governance.event"]._record(
                kind, review, node=review.program_node_id, old=old, new=state, reason=reason
            )

    def _passed(self):
        """What a passage sets going: the reviews of the gates that come after it."""
        for review in self.sudo():
            record = review._gate_record()
            after = (
                self.env["governance.gate"].sudo().search([("after_ids", "in", review.gate_id.ids)])
            )
            record._ask_reviews(after, review.requester_id)

    def _release(self):
        """Hook: a gate has opened; what waited for it may go on."""
        for review in self:
            review.deal_id._program_gate_opened()

    def _condition_closed(self, action):
        """A condition was met, or given up."""
        for review in self.filtered(lambda review: review.state == "conditional"):
            if action.state == "dropped":
                review._gate_record()._gate_condition_kept(action.name)
                review._reopen(self.env._("condition “%(name)s” was dropped", name=action.name))
            elif all(each.state == "done" for each in review.condition_ids):
                review._pass(self.env._("all conditions met"))

    def _expire(self, today):
        """End what held until a day; the gate closes again by itself."""
        # Safe: the cron's, for every partner alike.
        ended = self.sudo().search(
            [("state", "in", ("waived", "conditional")), ("valid_until", "<", today)]
        )
        for review in ended:
            review._settle(
                "expired",
                "gate_closed_again",
                self.env._("held until %(day)s", day=review.valid_until),
            )
            (review.change_id or review.deal_id).message_post(
                body=self.env._(
                    "“%(gate)s” is closed again: what let it pass held until %(day)s.",
                    gate=review.gate_id.name,
                    day=review.valid_until,
                )
            )
        return ended
