from odoo import api, fields, models


class GovernanceTrace(models.AbstractModel):
    """One thread through the five layers of a deal: qualification → architecture → project
    controls → hosting → support → customer success (000 line 15). Upper addons add to it."""

    _name = "governance.trace"
    _description = "Trace of a deal through the layers"

    @api.model
    def _steps(self, deal):
        """Steps of a deal that the reader may read, in order.

        :return: ``[{"layer": str, "name": str, "state": str, "tone": str, "record": record or
            None}]``; ``tone`` is success, warning, danger or secondary; a step that nothing
            answers says "not connected"
        """
        return [
            self._qualification(deal),
            self._architecture(deal),
            self._project_controls(deal),
            self._hosting(deal),
            self._step(self.env._("Support")),
            self._step(self.env._("Customer success")),
        ]

    @api.model
    def _qualification(self, deal):
        gates = dict(deal._fields["gate_state"]._description_selection(self.env))
        tones = {"passed": "success", "refused": "danger", "open": "secondary"}
        return self._step(
            self.env._("Qualification"),
            gates.get(deal.gate_state, ""),
            tones.get(deal.gate_state, "warning"),
            deal._gate_reviews()[:1] or deal.qualification_id,
        )

    @api.model
    def _architecture(self, deal):
        """The deal's template, and how its last architecture review stands."""
        review = deal.review_ids.filtered("is_architecture").sorted("id")[-1:]
        template = deal.architecture_id.name or deal.tier_id.architecture_template
        states = dict(review._fields["state"]._description_selection(self.env))
        said = filter(None, (template or deal.classification, states.get(review.state)))
        tones = {"passed": "success", "grandfathered": "success", "refused": "danger"}
        return self._step(
            self.env._("Architecture"),
            ": ".join(said),
            tones.get(review.state, "warning") if review else "secondary",
            review or deal.qualification_id,
        )

    @api.model
    def _project_controls(self, deal):
        """The deal's project: whether it has started, and its milestones of governance."""
        # Safe: how far the reader's own deal is; the link opens by rights of the reader's own.
        project = deal.sudo().project_ids.sorted("id")[-1:]
        name = self.env._("Project controls")
        if not project:
            return self._step(name, self.env._("no project yet"))
        states = dict(project._fields["governance_state"]._description_selection(self.env))
        steps = project.milestone_ids.filtered("is_governance")
        reached = steps.filtered("is_reached")
        late = (steps - reached).filtered("is_deadline_exceeded")
        tone = "success" if project.governance_state == "started" else "warning"
        return self._step(
            name,
            self.env._(
                "%(state)s, %(reached)s of %(count)s milestones",
                state=states.get(project.governance_state, ""),
                reached=len(reached),
                count=len(steps),
            ),
            "danger" if late else tone,
            project.sudo(False),
        )

    @api.model
    def _hosting(self, deal):
        """Answered by whoever knows tenants."""
        return self._step(self.env._("Hosting"))

    @api.model
    def _step(self, name, state="", tone="secondary", record=None):
        return {
            "name": name,
            "state": state or self.env._("not connected"),
            "tone": tone,
            "record": record or None,
        }

    @api.model
    def _render(self, deals):
        """The threads of ``deals`` as HTML, with links to what the reader may open."""
        if not deals:
            return False
        threads = [
            (
                deal,
                [
                    {
                        **step,
                        "url": step["record"]
                        and step["record"]._filtered_access("read")
                        and f"/odoo/{step['record']._name}/{step['record'].id}",
                    }
                    for step in self._steps(deal)
                ],
            )
            for deal in deals
        ]
        return self.env["ir.qweb"]._render("partner_governance.trace", {"threads": threads})


class ProgramDeal(models.Model):
    _inherit = "program.deal"

    trace_html = fields.Html(string="Trace", compute="_compute_trace_html", sanitize=False)

    @api.depends("gate_state", "tier_id")
    @api.depends_context("uid")
    def _compute_trace_html(self):
        for deal in self:
            deal.trace_html = self.env["governance.trace"]._render(deal)


class ResPartner(models.Model):
    _inherit = "res.partner"

    trace_html = fields.Html(string="Trace", compute="_compute_trace_html", sanitize=False)

    @api.depends_context("uid")
    def _compute_trace_html(self):
        """Threads of the customer's deals that the reader may read."""
        # Safe: which deals name the customer; of them the reader gets what it may read anyway.
        rows = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "child_of", self.commercial_partner_id.ids),
                    ("program_deal_id", "!=", False),
                ],
                ["partner_id"],
                ["program_deal_id:recordset"],
            )
        )
        deals = {}
        for contact, found in rows:
            key = contact.commercial_partner_id.id
            deals[key] = deals.get(key, found.browse()) | found
        for partner in self:
            found = deals.get(partner.commercial_partner_id.id, self.env["program.deal"])
            mine = self.env["program.deal"].browse(found.ids)._filtered_access("read")
            partner.trace_html = self.env["governance.trace"]._render(mine[:10])
