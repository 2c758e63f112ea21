from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class GovernanceAccessReview(models.Model):
    """Who has which access at a partner on a day, confirmed or corrected (PG-127)."""

    _name = "governance.access.review"
    _description = "Access review"
    _inherit = ["mail.thread", "program.node.mixin", "governance.owned.mixin"]
    _order = "review_date desc, id desc"

    name = fields.Char(compute="_compute_name", store=True)
    review_date = fields.Date(
        string="Due",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=14),
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Done")],
        default="open",
        required=True,
        index=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    line_ids = fields.One2many("governance.access.review.line", "review_id", string="Access")
    done_on = fields.Date(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")

    @api.depends("program_node_id", "review_date")
    def _compute_name(self):
        for review in self:
            review.name = f"{review.program_node_id.name or ''} {review.review_date or ''}".strip()

    @api.depends("state")
    def _compute_is_overdue(self):
        done = super()._compute_is_overdue()
        self.filtered(lambda review: review.state == "done").is_overdue = False
        return done

    @api.model
    def _search_is_overdue(self, operator, value):
        domain = super()._search_is_overdue(operator, value)
        return domain if domain is NotImplemented else [*domain, ("state", "=", "open")]

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        reviews._freeze()
        return reviews

    def _freeze(self):
        """Note every person of the node with the roles held now."""
        people = self.program_node_id.user_ids
        for review in self:
            # Safe: the people of the review's own node, written by the system as they are.
            review.sudo().line_ids = [
                Command.create(
                    {
                        "user_id": user.id,
                        "login": user.login,
                        "roles": ", ".join(sorted(_roles(user).mapped("name"))),
                        "last_login": user.login_date,
                    }
                )
                for user in people.sudo().filtered(
                    lambda user, node=review.program_node_id: user.program_partner_id == node
                )
            ]

    def action_done(self):
        for review in self:
            review.check_access("write")
            if review.state == "done":
                raise UserError(self.env._("This review is done already."))
            waiting = review.line_ids.filtered(lambda line: not line.answer)
            if waiting:
                raise UserError(
                    self.env._(
                        "Not looked at yet: %(logins)s.", logins=", ".join(waiting.mapped("login"))
                    )
                )
            # Safe: the caller may write the review; its end has no other way in.
            review.sudo().write(
                {
                    "state": "done",
                    "done_on": fields.Date.context_today(review),
                    "done_by_id": self.env.uid,
                }
            )
            self.env["governance.event"]._record(
                "access_review", review, node=review.program_node_id, old="open", new="done"
            )
        return True

    @api.model
    def _cron_open(self):
        """Every quarter: a review for each partner that has none of the last 90 days."""
        since = fields.Date.subtract(fields.Date.context_today(self), days=90)
        recent = self.search(["|", ("state", "=", "open"), ("done_on", ">", since)])
        manager = self.env.ref("partner_governance.group_partner_manager")
        # Every partner: pylint: disable-next=no-search-all
        nodes = self.env["program.partner"].search([]) - recent.program_node_id
        people = self.env["res.users"].search(
            [("program_partner_id", "in", nodes.ids), ("all_group_ids", "in", manager.ids)]
        )
        owners = {user.program_partner_id: user for user in people}
        self.create(
            [
                {"program_node_id": node.id, "owner_id": owners[node].id}
                for node in nodes
                if node in owners
            ]
        )


class GovernanceAccessReviewLine(models.Model):
    """One person's access as it was, and the answer to it."""

    _name = "governance.access.review.line"
    _description = "Access of a person"
    _order = "review_id, login"

    review_id = fields.Many2one(
        "governance.access.review", required=True, index=True, ondelete="cascade", readonly=True
    )
    program_node_id = fields.Many2one(
        related="review_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    login = fields.Char(required=True, readonly=True)
    roles = fields.Char(readonly=True)
    last_login = fields.Datetime(readonly=True)
    answer = fields.Selection([("confirmed", "Confirmed"), ("corrected", "Corrected")])
    note = fields.Char(string="What was corrected")

    def write(self, vals):
        if any(line.review_id.state == "done" for line in self):
            raise UserError(self.env._("This review is done; the next one answers anew."))
        done = super().write(vals)
        for line in self:
            if line.answer == "corrected" and not line.note:
                raise UserError(self.env._("%(login)s: say what was corrected.", login=line.login))
        return done


def _roles(user):
    """The programme's roles that a person holds, implied ones left out."""
    return user.group_ids.filtered("privilege_id")
