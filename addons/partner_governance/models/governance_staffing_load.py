from odoo import fields, models
from odoo.tools import SQL


class GovernanceStaffingLoad(models.Model):
    """What each person carries over the projects of a partner (PG-131, PG-148).

    A role is *sole* where nobody else fills it on the project and no stand-in is named.
    """

    _name = "governance.staffing.load"
    _description = "Load of people"
    _auto = False
    _order = "sole desc, seats desc, id"
    _rec_name = "user_id"
    _depends = {
        "governance.staffing": ["project_id", "program_node_id", "role_id", "user_id", "deputy_id"],
        "project.project": ["active"],
        "program.partner": ["key_person_limit", "upline_id"],
    }

    program_node_id = fields.Many2one("program.partner", string="Partner", readonly=True)
    user_id = fields.Many2one("res.users", string="Person", readonly=True)
    projects = fields.Integer(readonly=True)
    seats = fields.Integer(string="Roles", readonly=True)
    sole = fields.Integer(string="Roles as the only one", readonly=True)
    share = fields.Float(
        string="Share of all roles (%)", readonly=True, digits=(16, 1), aggregator="avg"
    )
    is_key = fields.Boolean(
        string="Key person", readonly=True, help="The only one in more roles than the limit."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH seats AS (
                SELECT DISTINCT ON (s.project_id, s.role_id, s.user_id)
                       s.program_node_id, s.project_id, s.role_id, s.user_id, s.deputy_id
                  FROM governance_staffing s
                  JOIN project_project p ON p.id = s.project_id AND p.active
                 WHERE s.user_id IS NOT NULL
                 ORDER BY s.project_id, s.role_id, s.user_id, s.deputy_id
            ), told AS (
                SELECT *,
                       deputy_id IS NULL
                       AND COUNT(*) OVER (PARTITION BY project_id, role_id) = 1 AS is_sole,
                       COUNT(*) OVER (PARTITION BY program_node_id) AS of_node
                  FROM seats
            )
            SELECT MIN(project_id)::bigint * 1000000 + user_id AS id,
                   program_node_id, user_id,
                   COUNT(DISTINCT project_id) AS projects,
                   COUNT(*) AS seats,
                   COUNT(*) FILTER (WHERE is_sole) AS sole,
                   ROUND(100.0 * COUNT(*) / MAX(of_node), 1) AS share,
                   COUNT(*) FILTER (WHERE is_sole) > (
                       SELECT key_person_limit FROM program_partner WHERE upline_id IS NULL
                   ) AS is_key
              FROM told
             GROUP BY program_node_id, user_id
            """
        )
