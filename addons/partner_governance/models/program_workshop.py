from odoo import fields, models


class ProgramWorkshopTemplate(models.Model):
    """A workshop that projects of a tier hold: agenda and who sits in it (PG-066)."""

    _name = "program.workshop.template"
    _description = "Workshop template"
    _order = "tier_level, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    tier_level = fields.Integer(
        string="From tier", default=1, required=True, help="Held from this governance tier up."
    )
    hours = fields.Float(default=2.0)
    agenda = fields.Text(translate=True, required=True)
    role_ids = fields.Many2many("project.role", string="Roles")


class ProgramWorkshop(models.Model):
    """A workshop of one deal."""

    _name = "program.workshop"
    _description = "Workshop"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "deal_id desc, sequence, id"

    deal_id = fields.Many2one(
        "program.deal", required=True, readonly=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="deal_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    template_id = fields.Many2one(
        "program.workshop.template", readonly=True, required=True, ondelete="restrict"
    )
    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    hours = fields.Float()
    agenda = fields.Text()
    role_ids = fields.Many2many("project.role", string="Roles")
    user_id = fields.Many2one("res.users", string="Leads it", ondelete="restrict")
    held_on = fields.Datetime(string="When")
    outcome = fields.Text()
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("dropped", "Dropped")],
        default="planned",
        required=True,
        tracking=True,
    )

    _once = models.Constraint(
        "UNIQUE (deal_id, template_id)", "This deal has this workshop already."
    )


class ProgramDeal(models.Model):
    _inherit = "program.deal"

    workshop_ids = fields.One2many("program.workshop", "deal_id", string="Workshops")

    def _program_answers_changed(self, difference):
        done = super()._program_answers_changed(difference)
        self._ensure_workshops()
        return done

    def _ensure_workshops(self):
        """The workshops of the deal's tier. Those of a higher tier that it no longer has are
        dropped unless held; a dropped one comes back with its tier."""
        # Safe: workshops of the deal itself, from the policy of its tier.
        # Few rows of policy: pylint: disable-next=no-search-all
        templates = self.env["program.workshop.template"].sudo().search([])
        for deal in self.sudo():
            if not deal.qualification_id.is_complete:
                continue
            wanted = templates.filtered(lambda each, deal=deal: each.tier_level <= deal.tier_level)
            for workshop in deal.workshop_ids.filtered(lambda each: each.state != "held"):
                workshop.state = "planned" if workshop.template_id in wanted else "dropped"
            deal.workshop_ids.create(
                [
                    {
                        "deal_id": deal.id,
                        "template_id": template.id,
                        "name": template.name,
                        "sequence": template.sequence,
                        "hours": template.hours,
                        "agenda": template.agenda,
                        "role_ids": [(6, 0, template.role_ids.ids)],
                    }
                    for template in wanted - deal.workshop_ids.template_id
                ]
            )
