from odoo import api, fields, models
from odoo.exceptions import UserError


class GovernanceSignedMixin(models.AbstractModel):
    """A record that takes effect when every signature that it asks for is given.

    The record says what it asks for (``_ask_signatures``) and what then happens (``_signed``,
    ``_sign_refused``); ``governance.approval`` says who may sign and keeps who did.
    """

    _name = "governance.signed.mixin"
    _description = "Takes effect when signed"

    requester_id = fields.Many2one(
        "res.users", string="Asked by", readonly=True, copy=False, ondelete="restrict"
    )
    approval_ids = fields.One2many(
        "governance.approval",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        string="Signatures",
        readonly=True,
        copy=False,
    )
    sign_state = fields.Selection(
        [
            ("draft", "Not asked yet"),
            ("asked", "Waiting for signatures"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        string="Signatures are",
        default="draft",
        required=True,
        index=True,
        readonly=True,
        copy=False,
    )
    sign_reason = fields.Char(string="Reason of refusal", readonly=True, copy=False)

    def _signed(self):
        """What happens when the last signature is given; called once, as the system."""

    def _sign_refused(self, reason):
        """What happens when a signature is refused; called once, as the system."""

    def _sign_node(self):
        """The node whose record this is: its branch reads the signatures."""
        return self.program_node_id

    def _sign_deal(self):
        """The deal that the signatures are shown with, if there is one."""
        return self["deal_id"] if "deal_id" in self._fields else self.env["program.deal"]

    def _ask_signatures(self, demands, requester=None):
        """Ask for signatures; an empty list of demands approves at once, by rule.

        :param demands: ``[{"name": "Programme manager", "node_id": 3, "group_id": 7,
            "sequence": 10, "days": 2}]``: who signs as what; equal sequences sign in any order,
            ``days`` are calendar days to answer (default 2)
        :raise UserError: when the record waits for signatures already
        """
        self.ensure_one()
        if self.sign_state == "asked":
            raise UserError(
                self.env._("“%(subject)s” waits for signatures already.", subject=self.display_name)
            )
        # Safe: signatures are demanded by the system's code from a policy, never typed.
        record = self.sudo()
        record.write(
            {
                "sign_state": "asked",
                "sign_reason": False,
                "requester_id": (requester or self.env.user).id,
            }
        )
        today = fields.Date.context_today(self)
        self.env["governance.approval"].sudo().create(
            [
                {
                    "res_model": self._name,
                    "res_id": self.id,
                    "requester_id": record.requester_id.id,
                    "program_node_id": record._sign_node().id,
                    "deal_id": record._sign_deal().id,
                    "name": demand["name"],
                    "node_id": demand["node_id"],
                    "group_id": demand["group_id"],
                    "sequence": demand.get("sequence", 10),
                    "due_date": fields.Date.add(today, days=demand.get("days", 2)),
                }
                for demand in demands
            ]
        )
        record._sign_event("signatures_asked", "asked")
        if not demands:
            record._conclude(self.env._("decided by rule: no signature is demanded"))

    def _withdraw_signatures(self, reason):
        """Take back what was asked or given: the record changed, or its asker thinks better.

        Given signatures stay as they were given; waiting ones become void.
        """
        # Safe: called by the system's code when what was to be signed has changed.
        for record in self.sudo().filtered(lambda each: each.sign_state != "draft"):
            old = record.sign_state
            record._current_approvals().filtered(lambda each: each.state == "waiting").write(
                {"state": "void", "reason": reason}
            )
            record._current_approvals().write({"is_current": False})
            record.sign_state = "draft"
            record._sign_event("signatures_withdrawn", "draft", old, reason)

    @api.model
    def _sign_group(self, role):
        """The group of a role of the programme, by its short name: ``manager`` → its record."""
        return self.env.ref(f"partner_governance.group_{role}")

    def _current_approvals(self):
        """The signatures of the last time that they were asked for."""
        return self.approval_ids.filtered("is_current")

    def _after_signature(self):
        for record in self:
            if all(each.state == "approved" for each in record._current_approvals()):
                record._conclude(self.env._("all signatures given"))

    def _conclude(self, reason):
        self.sign_state = "approved"
        self._sign_event("signatures_complete", "approved", "asked", reason)
        self._signed()

    def _refuse_signature(self, reason):
        self.write({"sign_state": "refused", "sign_reason": reason})
        waiting = self._current_approvals().filtered(lambda each: each.state == "waiting")
        waiting.write({"state": "void", "reason": reason})
        self._current_approvals().write({"is_current": False})
        self._sign_event("signatures_refused", "refused", "asked", reason)
        self._sign_refused(reason)

    def _sign_event(self, kind, new, old="", reason=""):
        self.env["governance.event"]._record(
            kind, self, node=self._sign_node(), old=old, new=new, reason=reason
        )
