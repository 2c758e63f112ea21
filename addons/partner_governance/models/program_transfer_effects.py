from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..adapters import matching as adapter
from ..engine import matching
from ..engine import transfer as engine


class ProgramTransfer(models.Model):
    """What a change of hands does: ownership, tree, open deals, signatures, rights."""

    _inherit = "program.transfer"

    # What it is about; all of it as the system.

    def _ownerships(self):
        """The running entries that the giver has and that move or end."""
        running = self.env["program.ownership"]._running_domain()
        mine = Domain("program_node_id", "=", self.program_node_id.id)
        if self.kind == "upline":
            return self.env["program.ownership"]
        found = self.env["program.ownership"].search(running & mine)
        if self.kind == "exit":
            return found
        customer, chosen = self.customer_id.commercial_partner_id, self.ownership_id
        known = [adapter.of_contact(customer)] if customer else []
        known += [adapter.of_ownership(one) for one in chosen]
        return found.filtered(
            lambda one: (
                one == chosen
                or (
                    customer
                    and customer
                    in (one.customer_id | one.deal_id.lead_ids.partner_id.commercial_partner_id)
                )
                or any(matching.rule(each, adapter.of_ownership(one)) for each in known)
            )
        )

    def _open_deals(self):
        return self._ownerships().deal_id.filtered(
            lambda deal: deal.state in ("registered", "conflict")
        )

    def _open_signatures(self):
        """Signatures that somebody owes who has nothing to do with it any more."""
        waiting = Domain("state", "=", "waiting")
        Approval = self.env["governance.approval"]
        if self.kind == "upline":
            return Approval.search(
                waiting
                & Domain("program_node_id", "child_of", self.node_id.id)
                & Domain("node_id", "=", self.old_upline_id.id)
                & Domain("res_model", "!=", self._name)
            )
        if self.kind == "end":
            return Approval
        if self.kind == "exit":
            # Whatever it signed for itself and, as their upline, for those below it.
            return Approval.search(
                waiting
                & Domain("node_id", "=", self.node_id.id)
                & ~(Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id))
            )
        return Approval.search(
            waiting
            & Domain("deal_id", "in", self._open_deals().ids)
            & Domain("node_id", "=", self.program_node_id.id)
        )

    def _ending_rights(self):
        Right = self.env["program.right"]
        running = Right._running_domain(self.day)
        if self.kind == "upline":
            return Right.search(
                running
                & Domain("holder_id", "=", self.node_id.id)
                & Domain("granter_id", "=", self.old_upline_id.id)
            )
        if self.kind == "exit":
            return Right.search(
                running
                & (
                    Domain("holder_id", "=", self.node_id.id)
                    | Domain("granter_id", "=", self.node_id.id)
                )
            )
        customer = self.customer_id.commercial_partner_id
        # A right for nobody in particular is not one for a customer that is no contact.
        return Right.search(
            running
            & Domain("granter_id", "=", self.program_node_id.id)
            & Domain("customer_id", "in", customer.ids)
        )

    def _moving_nodes(self):
        return {"upline": self.node_id, "exit": self.node_id.downline_ids}.get(
            self.kind, self.node_id.browse()
        )

    # The preview.

    def _preview(self):
        self.ensure_one()
        # Kept: on the day the tree may have moved already.
        self.old_upline_id = self.kind == "upline" and self.node_id.upline_id
        lines = [
            {**values, "sequence": place} for place, values in enumerate(self._preview_lines())
        ]
        self.write(
            {
                "line_ids": [Command.clear(), *map(Command.create, lines)],
                "previewed_for": self._mark(),
                "problem": False,
            }
        )

    def _preview_lines(self):
        """Values of the lines; upper addons add theirs."""
        giver, receiver = self.program_node_id.name, self.receiver_id.name or ""
        lines = [
            {
                "topic": "tree",
                "name": node.name,
                "before": node.upline_id.name,
                "after": receiver,
            }
            for node in self._moving_nodes()
        ]
        for one in self._ownerships():
            lines.append(
                {
                    "topic": "owner",
                    "name": one.company_name,
                    "before": giver,
                    "after": receiver or self.env._("nobody"),
                }
            )
        lines += self._preview_readers()
        for deal in self._open_deals():
            lines.append(
                {"topic": "deal", "name": deal.company_name, "before": giver, "after": receiver}
            )
        for each in self._open_signatures():
            lines.append(
                {
                    "topic": "approval",
                    "name": each.display_name,
                    "before": each.node_id.name,
                    "after": receiver,
                }
            )
        for right in self._ending_rights():
            lines.append(
                {
                    "topic": "right",
                    "name": right.display_name,
                    "before": str(right.date_until or ""),
                    "after": self.env._("ends on %(day)s", day=self.day),
                }
            )
        return lines

    def _preview_readers(self):
        """Who reads the operational history from the day on, and who no longer does."""
        if self.kind == "end":
            return []
        before = self.program_node_id._above()
        after = self.receiver_id._above()
        if self.kind == "upline":
            before, after = before - self.node_id, after
        return [
            {
                "topic": "reads",
                "name": node.name,
                "before": self.env._("reads it") if node in before else "",
                "after": self.env._("reads it, and no earlier price")
                if node in after
                else self.env._("documents it is party to, nothing newer"),
            }
            for node in (before | after)
            if not (node in before and node in after)
        ]

    # Doing it.

    def _carry_out(self):
        """All or nothing; as the system."""
        self.ensure_one()
        if self.state != "planned":
            return
        ownerships, deals = self._ownerships(), self._open_deals()
        signatures, rights = self._open_signatures(), self._ending_rights()
        moving = self._moving_nodes()
        self._move_signatures(signatures)
        rights.write({"date_until": self.day})
        self._move_ownerships(ownerships, deals)
        # Their new upline grants anew what ended with the old one.
        moving.filtered(
            lambda each: each.upline_id != self.receiver_id
        ).upline_id = self.receiver_id
        if self.kind in ("end", "exit"):
            self._leave()
        self.write({"state": "done", "problem": False})
        self._tell("done")

    def _move_signatures(self, signatures):
        """Who has it from now on signs."""
        signatures.write({"node_id": self.receiver_id.id})

    def _move_ownerships(self, ownerships, deals):
        """End the giver's entries; the receiver's begin on the day, open deals go along."""
        why = self.env._("change of hands")
        for one in ownerships:
            contact = one.customer_id and (self.receiver_customer_id or False)
            values = {
                "customer_id": contact and contact.id,
                "date_from": self.day,
                "note": self.env._("from %(giver)s", giver=self.program_node_id.name),
            }
            one._end(why, self.day)
            if self.kind == "end":
                continue
            if one.deal_id in deals:
                values["deal_id"] = one.deal_id.id
            # What was only registered stays so, until the same day.
            customer = one.reason in ("customer", "transfer", "taken_over")
            self.env["program.ownership"]._claim(
                self.receiver_id,
                adapter.of_ownership(one),
                one.company_name,
                "transfer",
                until=False if customer else one.deal_id.protected_until,
                **values,
            )
        if self.kind == "end":
            deals.write({"state": "lost"})
        else:
            deals._change_hands(self.receiver_id)

    def _leave(self):
        """The checklist of a customer that leaves; a partner that leaves is archived when
        nobody depends on it any more."""
        if self.kind == "end":
            self.env["program.transfer.step"].create(
                [
                    {
                        "transfer_id": self.id,
                        "code": code,
                        "due_date": fields.Date.add(self.day, days=days),
                    }
                    for code, days in engine.EXIT_STEPS
                ]
            )
            return
        self.caretaker_until = engine.caretaker_until(self.day)
        self._archive_leaver()

    def _archive_leaver(self):
        """Ended and archived, once nobody depends on who has left."""
        node = self.node_id
        if node._archive_obstacles():
            return
        if node.state != "ended":
            node._go("ended")
        node.active = False

    @api.model
    def _look_after_leavers(self, today):
        """Each night: who has left is archived as soon as it can be; a caretaker whose time is
        over is told once, and stands on the Monday list (PG-151)."""
        for one in self.search(self._caretaker_domain()):
            one._archive_leaver()
            if one.node_id.active and one.caretaker_until <= today and not one.caretaker_told:
                one.caretaker_told = True
                one._caretaker_over()

    @api.model
    def _caretaker_domain(self):
        """Exits whose partner is not archived yet."""
        return (
            Domain("kind", "=", "exit")
            & Domain("state", "=", "done")
            & Domain("node_id.active", "=", True)
        )

    def _caretaker_over(self):
        reason = "; ".join(self.node_id._archive_obstacles())
        self.env["governance.event"]._record(
            "caretaker_over",
            self,
            node=self.receiver_id,
            new=str(self.caretaker_until),
            reason=reason,
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            self.caretaker_until,
            summary=self.env._("The caretaker's time is over: find receivers, or end it"),
            note=reason,
            user_id=self.receiver_id._first_person().id or self.env.uid,
        )
