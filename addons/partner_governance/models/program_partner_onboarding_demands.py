from odoo import models

from .governance_raci_mixin import ROLE_FIELDS

SECOND_LINE = "support_l2"


class ProgramPartner(models.Model):
    """What onboarding asks of other parts of the programme, and tells them."""

    _inherit = "program.partner"

    def _onboarding_support(self):
        """The matrix names who above the partner gives second-line support (PG-020)."""
        missing = super()._onboarding_support()
        giver = self.env["governance.responsibility"]._accountable(SECOND_LINE, self)
        if not giver or giver == self:
            missing.append(
                self.env._(
                    "the upline as accountable for second-line support in the responsibility matrix"
                )
            )
        return missing

    def _onboarding_demands(self):
        """The records that the commercial model demands (PG-008…010)."""
        found = self._missing_demands()[self.id]
        return super()._onboarding_demands() + [
            self.env._("the record “%(what)s”", what=demand.name) for demand in found
        ]

    def _activation_missing(self):
        found = super()._activation_missing()
        # Safe: what nodes in onboarding lack; the caller decides on their state.
        for node in self.sudo().filtered(lambda each: each.onboarding_state == "onboarding"):
            # The records are named already.
            named = node._onboarding_demands()
            found[node.id] += [one for one in node._onboarding_missing() if one not in named]
        return found

    def _onboarding_finish(self, today):
        """Who is through is active in the programme too."""
        done = super()._onboarding_finish(today)
        if self.state == "invited":
            self._go("onboarding")
        if self.state == "onboarding":
            self._go("active")
        return done

    def _support_matrix(self):
        """The partner's matrix as it is printed (PG-058).

        :return: list of (line, {party: role's name}), in the matrix's order
        """
        self.ensure_one()
        self.check_access("read")
        lines = self.env["governance.responsibility"]._matrix(self).values()
        roles = dict(
            self.env["governance.responsibility"]
            ._fields[ROLE_FIELDS[0]]
            ._description_selection(self.env)
        )
        return [
            (line.name, [roles.get(line[name], "") for name in ROLE_FIELDS])
            for line in sorted(lines, key=lambda line: (line.sequence, line.id))
        ]

    def _support_matrix_parties(self):
        Line = self.env["governance.responsibility"]
        return [Line._fields[name]._description_string(self.env) for name in ROLE_FIELDS]

    def action_print_support_matrix(self):
        return self.env.ref("partner_governance.program_partner_report_matrix").report_action(self)
