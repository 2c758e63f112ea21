from odoo import fields, models


class ProgramOverlap(models.Model):
    """Two masters that work in one country, region and industry (PG-016).

    One row per pair and country. A country without regions named is worked in whole, and no
    industry named means all. A master and one above it are no overlap: the branch is one.
    """

    _name = "program.overlap"
    _description = "Overlap of two master partners"
    _auto = False
    _order = "country_id, first_id, second_id"
    _depends = {
        "program.partner": [
            "active", "country_ids", "is_master", "parent_path", "state", "state_ids",
            "vertical_ids",
        ],
    }  # fmt: skip

    first_id = fields.Many2one("program.partner", string="Master", readonly=True)
    second_id = fields.Many2one("program.partner", string="And master", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    regions = fields.Char(readonly=True, help="Empty: the whole country.")
    verticals = fields.Char(string="Industries", readonly=True, help="Empty: all of them.")

    @property
    def _table_query(self):
        return """
            WITH master AS (
                SELECT id, parent_path FROM program_partner
                 WHERE is_master AND active AND upline_id IS NOT NULL AND state <> 'ended'
            ), place AS (
                SELECT r.program_partner_id AS node, r.res_country_id AS country
                  FROM program_partner_res_country_rel r JOIN master m
                    ON m.id = r.program_partner_id
            ), region AS (
                SELECT r.program_partner_id AS node, s.id, s.country_id AS country, s.name
                  FROM program_partner_res_country_state_rel r
                  JOIN res_country_state s ON s.id = r.res_country_state_id
                  JOIN master m ON m.id = r.program_partner_id
            ), vertical AS (
                SELECT r.program_partner_id AS node, v.id, v.name
                  FROM program_partner_program_vertical_rel r
                  JOIN program_vertical v ON v.id = r.program_vertical_id
                  JOIN master m ON m.id = r.program_partner_id
            ), pair AS (
                SELECT a.id AS first_id, b.id AS second_id, p.country AS country_id,
                       EXISTS (SELECT FROM region WHERE node = a.id AND country = p.country)
                           AS first_regional,
                       EXISTS (SELECT FROM region WHERE node = b.id AND country = p.country)
                           AS second_regional,
                       EXISTS (SELECT FROM vertical WHERE node = a.id) AS first_vertical,
                       EXISTS (SELECT FROM vertical WHERE node = b.id) AS second_vertical
                  FROM master a
                  JOIN place p ON p.node = a.id
                  JOIN place q ON q.country = p.country
                  JOIN master b ON b.id = q.node AND b.id > a.id
                 WHERE NOT starts_with(a.parent_path, b.parent_path)
                   AND NOT starts_with(b.parent_path, a.parent_path)
            ), shared AS (
                SELECT pair.*,
                       (SELECT string_agg(DISTINCT r.name, ', ') FROM region r
                         WHERE r.country = pair.country_id
                           AND r.node IN (pair.first_id, pair.second_id)
                           AND (NOT first_regional OR EXISTS (
                                SELECT FROM region o WHERE o.node = pair.first_id AND o.id = r.id))
                           AND (NOT second_regional OR EXISTS (
                                SELECT FROM region o WHERE o.node = pair.second_id AND o.id = r.id))
                       ) AS regions,
                       (SELECT string_agg(DISTINCT v.name ->> 'en_US', ', ') FROM vertical v
                         WHERE v.node IN (pair.first_id, pair.second_id)
                           AND (NOT first_vertical OR EXISTS (
                                SELECT FROM vertical o
                                 WHERE o.node = pair.first_id AND o.id = v.id))
                           AND (NOT second_vertical OR EXISTS (
                                SELECT FROM vertical o
                                 WHERE o.node = pair.second_id AND o.id = v.id))
                       ) AS verticals
                  FROM pair
            )
            SELECT row_number() OVER (ORDER BY first_id, second_id, country_id) AS id,
                   first_id, second_id, country_id, regions, verticals
              FROM shared
             WHERE (regions IS NOT NULL OR NOT (first_regional OR second_regional))
               AND (verticals IS NOT NULL OR NOT (first_vertical OR second_vertical))
        """
