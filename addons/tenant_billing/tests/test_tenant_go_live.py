from odoo.addons.partner_governance.exceptions import GateClosed
from odoo.addons.partner_governance.tests.common import SIMPLE

from .hosting import HostingCase


class TestTenantGoLive(HostingCase):
    """PG-111: a tenant goes live behind the gates of its project's go-live."""

    def setUp(self):
        super().setUp()
        self.deal_won = self.deal(self.sub, answers=SIMPLE)
        self.deal_won.sudo().lead_ids.action_set_won()
        self.deal_won.action_start_project()
        self.project = self.deal_won.sudo().project_ids
        self.acme = self.provisioned()

    def go_live(self):
        self.acme.with_user(self.user(self.sub, "delivery")).action_go_live()

    def test_refused_while_a_gate_of_its_project_is_closed(self):
        """PG-111: by its project or by its deal's, in the milestone's words; nothing is kept."""
        for link in ({"project_id": self.project.id}, {"deal_id": self.deal_won.id}):
            self.acme.write({"project_id": False, "deal_id": False, **link})
            with self.assertRaisesRegex(GateClosed, "Go-live readiness"):
                self.go_live()
        self.assertEqual(self.acme.state, "provisioned")

    def test_goes_live_once_the_gates_are_passed(self):
        """PG-111: with the project's reviews signed."""
        self.without_scorecards()
        self.acme.project_id = self.project
        self.project.action_request_go_live()
        self.sign_reviews(self.project.review_ids)
        self.go_live()
        self.assertEqual(self.acme.state, "live")

    def test_a_pause_is_no_way_round(self):
        """PG-111: with a day written down, suspended and lifted, it is as it was before; what went
        live is live again."""
        self.acme.write({"project_id": self.project.id, "go_live_date": "2026-01-05"})
        self.assertEqual(self.pause(), "provisioned")
        self.acme.project_id = False
        self.go_live()
        self.assertEqual(self.pause(), "live")

    def pause(self):
        """Suspended and lifted by delivery; the state after it."""
        for method in ("action_suspend", "action_lift"):
            getattr(self.acme.with_user(self.user(self.sub, "delivery")), method)()
            self.carry_out(self.acme.operation_ids.sorted("id")[-1])
        return self.acme.state

    def test_without_a_project_there_is_no_gate(self):
        """PG-111: such as a tenant to try things."""
        self.go_live()
        self.assertEqual(self.acme.state, "live")
