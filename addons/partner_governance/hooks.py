"""What an installation needs that data files cannot say."""


def post_init_hook(env):
    """Make the root node of the main company and hand the programme to its administrator."""
    root = env["program.partner"]._ensure_root()
    staff = env.ref("partner_governance.group_platform_administrator")
    administrator = env.ref("base.user_admin")
    administrator.write({"group_ids": [(4, staff.id)], "program_partner_id": root.id})
    env["program.plan.step"].search([]).program_node_id = root
    _close_general_channel(env)
    env["res.partner"]._program_adopt_orphans(root)
    found = env["crm.lead"].search([("program_node_id", "=", False), ("type", "=", "opportunity")])
    env["crm.lead"]._program_adopt_orphans(root)
    found._program_grandfather()


def _close_general_channel(env):
    """Core puts every internal user into one channel: it becomes the platform's own."""
    channel = env.ref("mail.channel_all_employees", raise_if_not_found=False)
    if channel:
        channel.group_ids = env.ref("partner_governance.group_platform_staff")
        channel.group_public_id = channel.group_ids
        keep = env.ref("base.user_admin").partner_id
        channel.channel_member_ids.filtered(lambda each: each.partner_id != keep).unlink()
