"""Seats of projects as the engine reads them, and values from its answers."""

from ..engine.staffing import Seat


def seats(records, kinds=None, holders=frozenset()):
    """``governance.staffing`` records → seats, in one read.

    :param kinds: ``{role id: id of the certificate that it needs}``
    :param holders: ``{(user id, certificate id)}`` of those who may fill a seat
    """
    kinds = kinds or {}
    return [
        Seat(
            project=seat.project_id.id,
            role=seat.role_id.id,
            person=seat.user_id.id or None,
            mandatory=seat.is_mandatory,
            fit=seat.role_id.id not in kinds
            or (seat.user_id.id, kinds[seat.role_id.id]) in holders,
        )
        for seat in records
    ]


def milestone_values(project, templates, planned, owner):
    """``project.milestone`` values of a schedule ``[(template id, deadline)]``."""
    by_id = {template.id: template for template in templates}
    return [
        {
            "name": by_id[key].name,
            "is_go_live": by_id[key].is_go_live,
            "deadline": deadline,
            "project_id": project.id,
            "user_id": owner.id,
            "is_governance": True,
            "sequence": 10 + number,
        }
        for number, (key, deadline) in enumerate(planned)
    ]
