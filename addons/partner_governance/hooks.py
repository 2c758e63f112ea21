"""What an installation needs that data files cannot say."""


def post_init_hook(env):
    """Make the root node of the main company and hand the programme to its administrator."""
    root = env["program.partner"]._ensure_root()
    staff = env.ref("partner_governance.group_platform_administrator")
    administrator = env.ref("base.user_admin")
    administrator.write({"group_ids": [(4, staff.id)], "program_partner_id": root.id})
    env["res.partner"]._program_adopt_orphans(root)
    env["crm.lead"]._program_adopt_orphans(root)
