import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from .governance_change_request import IMPACTS, STARTED
from .governance_review_passage import OPEN_STATES

# What the gate's two sides sign: the impacts, without money and without what only repeats one.
SIGNED = tuple(sorted(IMPACTS - {"cost_ids", "is_production", "subject_ref"}))

# The day on which changes from before the gate were let pass.
GRANDFATHERED = "partner_governance.changes_grandfathered_on"


class GovernanceChangeRequest(models.Model):
    """A change of production is a door: its gate stands before the start (DESIGN 4.2, PG-114)."""

    _name = "governance.change.request"
    _inherit = [
        "governance.change.request",
        "governance.gate.subject",
        "governance.gated.mixin",
    ]

    review_ids = fields.One2many("governance.review", "change_id", string="Gate reviews")
    gate_missing = fields.Text(
        string="Before it starts", compute="_compute_gate_missing", compute_sudo=True
    )

    @api.depends(
        "is_production",
        "state",
        "review_ids.state",
        "review_ids.valid_until",
        "review_ids.approval_ids.state",
        "review_ids.condition_ids.state",
        *SIGNED,
    )
    def _compute_gate_missing(self):
        gates = self.env["governance.gate"]._of("change")
        for change in self:
            waits = change.is_production and change.state in ("asked", "approved")
            change.gate_missing = "\n".join(
                text for gate in gates if waits for text in gate._missing(change)
            )

    # What the gate asks of its subject.

    def _gate_deal(self):
        subject = self._subject()
        if hasattr(subject, "_gate_deal"):
            return subject._gate_deal()
        return subject["deal_id"] if "deal_id" in subject._fields else self.env["program.deal"]

    def _gate_reviews(self):
        return self.review_ids

    def _gate_review_values(self):
        return {**super()._gate_review_values(), "change_id": self.id}

    def _gate_answers(self):
        """A change is judged by its own impacts, not by the answers of the deal."""
        return None

    def _gate_tier(self):
        """What no deal stands behind is signed as tier 1 is."""
        return super()._gate_tier() or self.env["governance.tier"].search([], limit=1)

    def _gate_mark(self):
        values = "\n".join(str(self[name] or "") for name in SIGNED)
        return hashlib.sha256(values.encode()).hexdigest()

    def _lapsed_gates(self, today):
        """What its deal was won on for a while is passed before production changes."""
        return self._gate_deal()._ended_passages(today)

    def _waivers_of(self, gate):
        """A waiver too is signed for the change as it stood when it was asked for."""
        mark = self._gate_mark()
        return super()._waivers_of(gate).filtered(lambda review: review.fingerprint == mark)

    def _gate_condition_kept(self, name):
        if self.state in STARTED:
            raise UserError(
                self.env._(
                    "%(change)s was started on the condition “%(name)s”, so it is met, not "
                    "dropped.",
                    change=self.display_name,
                    name=name,
                )
            )

    def _ask_reviews(self, gates, requester=None):
        """A change's review is asked for with its approval; none follows by itself."""

    # The door.

    def _gate_fields(self):
        return frozenset(("state", "is_production"))

    def _gate_stood_behind(self):
        """In work already: it is finished even when what it was started on is over."""
        self.env.cr.execute(
            """
            SELECT id
              FROM governance_change_request
             WHERE id IN %s AND is_production AND state IN %s
            """,
            [tuple(self.ids), STARTED],
        )
        return self.browse(ident for (ident,) in self.env.cr.fetchall())

    def _gate_check(self):
        gates = self.env["governance.gate"].sudo()._of("change")
        # Safe: the outcome is checked whoever moved the record, the superuser included.
        for change in self.sudo():
            if change.is_production and change.state in STARTED:
                gates._guard(change, change.display_name)

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        changes._gate_check()
        return changes

    def action_ask(self):
        done = super().action_ask()
        for change in self.filtered("is_production"):
            change._ask_gate()
        return done

    def action_request_review(self):
        """Ask again for what the gate misses: refused, reopened, or ended."""
        self.ensure_one()
        self.check_access("write")
        if not self.is_production or self.state not in ("asked", "approved"):
            raise UserError(
                self.env._(
                    "The gate reviews a change of production that has been asked for: ask for the "
                    "approval of %(change)s first (button “Ask for approval”).",
                    change=self.display_name,
                )
            )
        self._ask_gate()
        return True

    def _ask_gate(self):
        # Safe: whoever may write the change may ask; what is asked comes from the policy.
        change = self.sudo()
        for gate in self.env["governance.gate"].sudo()._of("change"):
            if gate._missing(change) and change._review_of(gate).state != "asked":
                gate._open_review(change)

    def action_start(self):
        """The button asks before the window does: what both sides have not signed does not wait
        for a night."""
        gates = self.env["governance.gate"].sudo()._of("change")
        for change in self.filtered(lambda one: one.is_production and one.state == "approved"):
            change.check_access("write")
            gates._guard(change, change.display_name)
        return super().action_start()

    def _withdraw_signatures(self, reason):
        """What takes back the approval takes back what the gate was asked, or has passed."""
        done = super()._withdraw_signatures(reason)
        self._reopen_gate(reason)
        return done

    def _sign_refused(self, reason):
        done = super()._sign_refused(reason)
        self._reopen_gate(reason)
        return done

    def _reopen_gate(self, reason):
        # Safe: reviews of the change itself, which is not signed as it stands any more.
        self.sudo().review_ids.filtered(
            lambda review: review.state in OPEN_STATES and not review.is_waiver
        )._reopen(reason)

    @api.model
    def _complete_gates(self):
        """Changes that were in work before there was a gate pass as grandfathered, at every gate;
        once: what is begun since then has met its door."""
        # Safe: with an update, as the system.
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param(GRANDFATHERED):
            return
        changes = self.search(
            [
                ("is_production", "=", True),
                ("state", "in", STARTED),
                ("review_ids", "=", False),
            ]
        )
        for gate in self.env["governance.gate"]._of("change"):
            for change in changes:
                gate._make_review(change, state="grandfathered")
        parameters.set_param(GRANDFATHERED, fields.Date.to_string(fields.Date.today()))


class GovernanceUpgrade(models.AbstractModel):
    _inherit = "governance.upgrade"

    @api.model
    def _complete_all(self):
        done = super()._complete_all()
        self.env["governance.change.request"]._complete_gates()
        return done
