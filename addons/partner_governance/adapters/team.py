"""People and nodes as the facts of ``engine.team`` and ``engine.membership``."""

from odoo import SUPERUSER_ID

from ..engine import membership, team

GROUPS = {role: f"partner_governance.group_partner_{role}" for role in team.ROLES}
PLATFORM = "partner_governance.group_platform_staff"


def role_ids(env):
    """``{role: id of its group}``."""
    # Safe: numbers of the addon's own groups.
    return {role: env.ref(name).id for role, name in GROUPS.items()}


def actor(env):
    """Whoever is logged in, although the code may work as the system."""
    # Safe: the caller's own binding and groups.
    user = env.user.sudo()
    return team.Actor(
        uid=user.id,
        node_id=user.program_partner_id.id,
        manager=user.has_group(GROUPS["manager"]),
        administrator=env.uid == SUPERUSER_ID
        or user.has_group("partner_governance.group_platform_administrator"),
    )


def inviter(env):
    """Whoever invites a partner."""
    # Safe: the caller's own binding and groups.
    user = env.user.sudo()
    node = user.program_partner_id
    return membership.Inviter(
        node_id=node.id,
        manager=user.has_group(GROUPS["manager"]),
        master=node.is_master and not node.is_root,
        running=node.state not in ("suspended", "ended"),
        platform=env.uid == SUPERUSER_ID or user.has_group(PLATFORM),
    )


def read_team(node):
    return team.Team(
        node_id=node.id, upline_id=node.upline_id.id, upline_may_act=node.upline_may_act
    )


def read_people(users):
    """``{user id: engine.team.Person}``, with the roles given directly."""
    roles = {ident: role for role, ident in role_ids(users.env).items()}
    platform = users.env.ref(PLATFORM)
    return {
        user.id: team.Person(
            uid=user.id,
            node_id=user.program_partner_id.id,
            roles=frozenset(roles[group.id] for group in user.group_ids if group.id in roles),
            platform=platform in user.all_group_ids,
            active=user.active,
        )
        for user in users
    }


def other_managers(user):
    """Active managers of the node beside ``user``."""
    group = user.env.ref(GROUPS["manager"])
    return user.search_count(
        [
            ("program_partner_id", "=", user.program_partner_id.id),
            ("id", "!=", user.id),
            ("all_group_ids", "in", group.ids),
        ]
    )


def write_roles(user, roles):
    """The group commands that leave a person with exactly ``roles`` of a partner."""
    wanted = role_ids(user.env)
    return [(4, wanted[role]) if role in roles else (3, wanted[role]) for role in team.ROLES]
