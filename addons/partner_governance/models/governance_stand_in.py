from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class GovernanceStandIn(models.Model):
    """Who signs for a person who is away, from a day until a day."""

    _name = "governance.stand.in"
    _description = "Stand-in"
    _order = "date_from desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        string="Away",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    program_node_id = fields.Many2one(
        related="user_id.program_partner_id", store=True, index=True, ondelete="restrict"
    )
    stand_in_id = fields.Many2one(
        "res.users",
        string="Signs instead",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('program_partner_id', '=', program_node_id), ('id', '!=', user_id)]",
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_until = fields.Date(string="Until and with", required=True)
    note = fields.Char()

    @api.constrains("date_from", "date_until", "stand_in_id", "user_id")
    def _check_stand_in(self):
        for one in self:
            if one.date_until < one.date_from:
                raise ValidationError(self.env._("A stand-in ends on or after its first day."))
            if one.stand_in_id == one.user_id:
                raise ValidationError(self.env._("Name somebody else than yourself."))
            # Safe: compares whom both work for.
            both = (one.user_id | one.stand_in_id).sudo().program_partner_id
            if len(both) != 1:
                raise ValidationError(self.env._("A stand-in works for the same partner."))

    @api.model_create_multi
    def create(self, vals_list):
        stand_ins = super().create(vals_list)
        stand_ins._check_own()
        stand_ins._tell()
        return stand_ins

    def write(self, vals):
        self._check_own()
        done = super().write(vals)
        # A form that turned the person away into another one would sign for that one.
        self._check_own()
        if {"user_id", "stand_in_id", "date_from", "date_until"} & vals.keys():
            self._tell()
        return done

    def _check_own(self):
        """:raise UserError: a stand-in of somebody else"""
        if not self.env.su and self.user_id - self.env.user:
            raise UserError(self.env._("Everybody names the own stand-in."))

    def _tell(self):
        for one in self:
            self.env["governance.event"]._record(
                "stand_in",
                one,
                node=one.program_node_id,
                new=one.stand_in_id.sudo().name,
                reason=f"{one.date_from} – {one.date_until}",
            )

    @api.model
    def _groups_lent(self, user, requester=None):
        """The roles that ``user`` signs with for people who are away today; never for whoever
        asked for the signature, who may not sign it either."""
        away = self._away_for(user)
        return (away - requester if requester else away).all_group_ids

    @api.model
    def _away_for(self, user):
        """The people for whom ``user`` signs today."""
        today = fields.Date.context_today(self)
        # Safe: reads who has named this user, and the roles of those people at the same partner.
        running = self.sudo().search(
            [
                ("stand_in_id", "=", user.id),
                ("date_from", "<=", today),
                ("date_until", ">=", today),
                ("program_node_id", "=", user.sudo().program_partner_id.id),
            ]
        )
        return running.user_id.filtered("active")
