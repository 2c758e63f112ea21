from odoo import api, fields, models
from odoo.exceptions import UserError

from ..adapters import gates as adapter
from ..engine import gates as engine
from ..exceptions import GateClosed, message


class GovernanceGate(models.Model):
    """A checkpoint: what must be there before a record may move on."""

    _name = "governance.gate"
    _description = "Gate"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    door = fields.Selection(
        [
            ("won", "A deal is won or its contract is signed"),
            ("go_live", "A project goes live"),
            ("change", "Something changes in production"),
        ],
        string="Stands before",
        required=True,
        default="won",
    )
    minimum_tier = fields.Integer(string="From tier", default=1, required=True)
    needs_answers = fields.Boolean(string="Needs the answers", default=True)
    after_ids = fields.Many2many(
        "governance.gate",
        "governance_gate_order_rel",
        "gate_id",
        "after_id",
        string="Comes after",
    )
    is_architecture = fields.Boolean(
        string="Compares with the template",
        help="Its review compares scope, integrations, data rules and deployment (PG-112).",
    )
    mode = fields.Selection(
        [("observe", "Observe"), ("warn", "Warn"), ("enforce", "Enforce")],
        required=True,
        default="enforce",
        help="Observe and warn let a record pass and list what would have been refused.",
    )
    mode_ids = fields.One2many("governance.gate.mode", "gate_id", string="Modes from a day on")
    signature_ids = fields.One2many(
        "governance.tier.signature", "gate_id", string="Signatures by tier"
    )
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A gate with this code exists already.")

    @api.model
    def _of(self, door):
        """The gates before a door, in their order."""
        return self.search([("door", "=", door)])

    def _applies(self, record, deal, tier):
        """Whether this kind and tier of deal meets this gate at all."""
        if tier < self.minimum_tier:
            return False
        return deal.kind not in self._exempt_kinds()

    def _exempt_kinds(self):
        """Kinds of deals that do not meet this gate. A kind without a set, or with a set that
        names no gate, meets every gate: what nobody has filled opens nothing."""
        return {
            kind
            for kind, asked in self.env["governance.question.set"]._by_kind().items()
            if asked.gate_ids and self not in asked.gate_ids
        }

    def _items(self, record):
        """Hook: what else is missing at this gate, each with the record on which it is mended.
        Upper addons and other parts add theirs (a scorecard's hard stops, an unfilled role).

        :rtype: list[adapter.Lack]
        """
        return []

    def _missing(self, record):
        """What a record lacks at this gate, as sentences that a person can act on."""
        return [lack.text for lack in self._lacks(record)]

    def _lacks(self, record):
        """What a record lacks at this gate, each with the record on which it is mended;
        others extend it.

        :rtype: list[adapter.Lack]
        """
        self.ensure_one()
        if not record:
            text = self.env._("the registration of the deal (menu Deals)")
            return [] if self.after_ids else [adapter.Lack(text, record)]
        today = fields.Date.context_today(self)
        items = self._items(record)
        found = engine.missing(adapter.subject(self, record, items, today), today)
        places = adapter.places(self, record, items, found)
        return [
            adapter.Lack(self._say(one), place) for one, place in zip(found, places, strict=True)
        ]

    def _say(self, one):
        """The sentence of one missing thing, with the button that mends it."""
        names = ", ".join(one.names)
        texts = {
            "protected": lambda: self.env._(
                "the answer of the programme desk: this company is protected"
            ),
            "answers": lambda: self.env._("answers to: %(names)s (button “Qualify”)", names=names),
            "flag": lambda: self.env._(
                "a document or an accepted risk for “%(names)s” (button “Qualify”)", names=names
            ),
            "item": lambda: names,
            "earlier_gate": lambda: self.env._("first the gate “%(names)s”", names=names),
            "lapsed": lambda: self.env._(
                "the gate “%(names)s” of the deal: it was passed until a day that is over (button "
                "“Ask for review” of the deal)",
                names=names,
            ),
            "review": lambda: self.env._(
                "the review of tier %(names)s (button “Ask for review”)", names=names
            ),
            "refused": lambda: self.env._(
                "a new review, since the last one was refused: %(names)s (button “Ask for review”)",
                names=names,
            ),
            "no_signatures": lambda: self.env._(
                "the signatures of this tier: none is defined, ask the platform"
            ),
            "signature": lambda: self.env._("signature of %(names)s", names=names),
            "expired": lambda: self.env._(
                "a new review: the conditional pass ended on %(names)s (button “Ask for review”)",
                names=names,
            ),
            "condition": lambda: self.env._(
                "the condition “%(names)s”, which is past its day (menu Actions)", names=names
            ),
        }
        return texts[one.code]()

    def _mode_for(self, record):
        """The gate's mode today for the partner of a record."""
        node = record.program_node_id
        path = [int(ident) for ident in (node.parent_path or "").split("/") if ident]
        today = fields.Date.context_today(self)
        return engine.mode_of(self.mode, adapter.modes(self.mode_ids), path, today)

    def _guard(self, record, what):
        """Refuse, warn or note when ``record`` may not pass; the same sentence at every door.

        :raise GateClosed: naming each missing item, with what opens it
        """
        refused, lacking = [], []
        for gate in self:
            # Safe: whether the gate is open is the same for everybody who can move the record.
            subject = record.sudo()
            lacks = gate.sudo()._lacks(subject)
            if not lacks:
                continue
            missing = "; ".join(lack.text for lack in lacks)
            text = message(self.env, "gate_closed", what=what, gate=gate.name, missing=missing)
            if not subject or gate.sudo()._mode_for(subject) == "enforce":
                refused.append(text)
                lacking += lacks
            else:
                gate.sudo()._let_through(subject, text)
        if refused:
            raise GateClosed("\n".join(refused), adapter.fixes(self.env, lacking))

    def _let_through(self, record, text):
        """Observe and warn: the record passes, and what would have been refused is kept."""
        mode = self._mode_for(record)
        review = record._review_of(self)
        if review.state == "let_through" and review.fingerprint == record._gate_mark():
            return
        self._make_review(record, state="let_through", sign_reason=text)
        self.env["governance.event"]._record(
            f"gate_{mode}", record, node=record.program_node_id, reason=text
        )
        if mode == "warn":
            record.message_post(body=text)

    def _is_open(self, record):
        """Whether a record may pass: nothing is missing, or the gate only looks on."""
        # Safe: told to whoever moves the record, at every door alike.
        subject = record.sudo()
        return all(
            not gate._missing(subject) or gate._mode_for(subject) != "enforce"
            for gate in self.sudo()
        )

    def _make_review(self, record, **values):
        # Safe: reviews are made by the system from the policy, never typed.
        return (
            self.env["governance.review"]
            .sudo()
            .create(
                {
                    "gate_id": self.id,
                    **record._gate_review_values(),
                    "requester_id": self.env.uid,
                    "fingerprint": record._gate_mark(),
                    "tier_id": record._gate_tier().id,
                    **values,
                }
            )
        )

    def _demanded(self, record):
        """The signatures that a record's tier demands at this gate; visible before asking."""
        tier = record._gate_tier()
        return self.signature_ids.filtered(lambda each: each.tier_id == tier)

    def _open_review(self, record, by_rule="", requester=None):
        """Ask for a passage: one review with the signatures that the tier demands.

        :param by_rule: why no signature is needed; the review passes at once
        :raise UserError: when the tier has no signatures and no rule passes the record
        """
        self.ensure_one()
        demanded = self.sudo()._demanded(record.sudo())
        if not by_rule and not demanded:
            raise UserError(
                self.env._(
                    "Nobody signs for “%(tier)s” at the gate “%(gate)s”: the platform has to "
                    "define its signatures first.",
                    tier=record.sudo()._gate_tier().name or "",
                    gate=self.name,
                )
            )
        review = self._make_review(record.sudo())
        if by_rule:
            review._pass(by_rule)
        else:
            review._ask_tier_signatures(requester=requester)
        return review.sudo(False)
