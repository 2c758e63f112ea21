from odoo import api, fields, models


class HostingTenant(models.Model):
    """Go-live makes the customer success account with its reviews, and moves them (CS-002)."""

    _inherit = "hosting.tenant"

    cs_account_ids = fields.One2many("cs.account", "tenant_id", string="Customer success")
    health_score = fields.Float(compute="_compute_health", digits=(5, 2))
    health_band = fields.Selection(
        lambda self: self.env["cs.account"]._fields["band"].selection, compute="_compute_health"
    )

    @api.depends("cs_account_ids.score", "cs_account_ids.band")
    def _compute_health(self):
        for tenant in self:
            account = tenant.cs_account_ids[:1]
            tenant.health_score = account.score
            tenant.health_band = account.band

    @api.model_create_multi
    def create(self, vals_list):
        tenants = super().create(vals_list)
        tenants.filtered("go_live_date")._cs_ensure()
        return tenants

    def write(self, vals):
        moving = self if "go_live_date" in vals else self.browse()
        before = {tenant.id: tenant.go_live_date for tenant in moving}
        done = super().write(vals)
        moving.filtered(lambda tenant: tenant.go_live_date != before[tenant.id])._cs_move(before)
        if vals.get("state") == "terminated":
            # Safe: closes the accounts of tenants that the caller may terminate.
            self.sudo().cs_account_ids._close()
        return done

    def action_open_cs_account(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "cs.account",
            "res_id": self.cs_account_ids[:1].id,
            "view_mode": "form",
        }

    def _program_went_live(self):
        """CS-002, CS-059: the customer is looked after from its first day."""
        result = super()._program_went_live()
        self._cs_ensure().filtered(
            lambda account: account.stage == "implementation"
        ).stage = "adoption"
        return result

    def _cs_move(self, before):
        """Move what is planned from the old go-live, ``{tenant id: day}``, to the new one."""
        # Safe: the caller has just moved the go-live of these tenants.
        known = self.sudo().with_context(active_test=False).cs_account_ids
        changed = known._plan_reviews()
        moved = known.browse([account.id for account in known if account.id in changed])
        moved._log_moved({account.id: before[account.tenant_id.id] for account in moved})
        self.filtered("go_live_date")._cs_ensure()

    def _cs_ensure(self):
        """The accounts of these tenants, as superuser, made where they are missing."""
        # Safe: an account is made for tenants that the caller may put live.
        tenants = self.sudo().with_context(active_test=False)
        missing = tenants.filtered(lambda tenant: not tenant.cs_account_ids)
        owners = missing._cs_owners()
        self.env["cs.account"].sudo().create(
            [
                {
                    "tenant_id": tenant.id,
                    "user_id": owners[tenant.id][0],
                    "backup_id": owners[tenant.id][1],
                    "stage": "adoption" if tenant.state == "live" else "implementation",
                }
                for tenant in missing
            ]
        )
        return tenants.cs_account_ids

    @api.model
    def _cs_ensure_live(self):
        """Every live customer has an account and an owner (CS-050)."""
        # Safe: run by the system over all partners; nothing is shown to anybody.
        return (
            self.sudo()
            .search([("state", "=", "live"), ("cs_account_ids", "=", False)])
            ._cs_ensure()
        )

    def _cs_owners(self):
        """``{tenant id: (owner's id, backup's id or False)}``.

        The owner is the person in charge of the tenant if that person works for the tenant's
        partner, else a manager there, else one of the nearest partner above. The backup is a
        second person of the same partner. Two queries.
        """
        nodes = self.program_node_id
        paths = {node.id: _path(node) for node in nodes}
        delivery = self.env.ref("partner_governance.group_partner_delivery")
        manager = self.env.ref("partner_governance.group_partner_manager")
        people = (
            self.env["res.users"]
            .with_context(active_test=True)
            .search(
                [
                    (
                        "program_partner_id",
                        "in",
                        list({node for p in paths.values() for node in p}),
                    ),
                    ("all_group_ids", "in", delivery.ids),
                ]
            )
        )
        at_node = people.grouped(lambda user: user.program_partner_id.id)
        nobody = people.browse()
        owners = {}
        for tenant in self:
            node, charge = tenant.program_node_id, tenant.user_id
            own = at_node.get(node.id, nobody)
            candidates = [charge & own]
            if node.is_root:
                candidates.append(charge.filtered("active"))
            for each in paths.get(node.id, ()):
                staff = at_node.get(each, nobody)
                candidates.append(staff.filtered(lambda user: manager in user.all_group_ids))
            candidates += [charge, self.env.user]
            owner = next(users[:1] for users in candidates if users)
            owners[tenant.id] = owner.id, (own - owner)[:1].id
        return owners


def _path(node):
    """The ids of a node and of all above it, the nearest first."""
    return [
        int(ident) for ident in reversed((node.parent_path or "").strip("/").split("/")) if ident
    ]
