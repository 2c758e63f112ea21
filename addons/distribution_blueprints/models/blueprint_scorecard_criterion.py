from odoo import fields, models


class BlueprintScorecardCriterion(models.Model):
    """What has to be ready before a go-live, as policy of the programme (PG-070)."""

    _name = "blueprint.scorecard.criterion"
    _description = "Criterion of readiness"
    _order = "pillar, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    pillar = fields.Selection(
        [
            ("1_data", "Data"),
            ("2_integration", "Integrations"),
            ("3_test", "Tests"),
            ("4_system", "System"),
            ("5_people", "People"),
            ("6_cutover", "Cutover and hypercare"),
        ],
        string="Area",
        required=True,
    )
    weight = fields.Integer(default=1, required=True)
    go_condition = fields.Text(string="GO when", required=True, translate=True)
    no_go_trigger = fields.Text(string="NO-GO when", required=True, translate=True)
    is_hard_stop = fields.Boolean(
        string="Hard stop", help="Keeps the gate closed whatever the score is, until it is ready."
    )
    needs_evidence = fields.Boolean(
        string="Needs evidence", help="Ready or partly counts only with a note, a link or a file."
    )
    source = fields.Selection(
        [
            ("person", "A person"),
            ("run", "Last application of the blueprint"),
            ("drift", "Open drift on the tenant"),
            ("checklist", "Migration checklists and test scripts"),
            ("case", "Support cases"),
        ],
        string="Answered by",
        default="person",
        required=True,
        help="What the system cannot see yet shows “not connected”, and a person answers.",
    )

    _weight_bounds = models.Constraint(
        "CHECK (weight BETWEEN 0 AND 100)", "A weight is between 0 and 100."
    )
