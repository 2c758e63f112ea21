from .common import ProgramCase


class TestMenus(ProgramCase):
    """X-01: menus follow work, few headings with what belongs together below them."""

    def test_partners_has_few_headings_in_one_order(self):
        """X-01: no entry stands beside the headings, and no two share a place."""
        top = self.env.ref("partner_governance.menu_partners")
        headings = top.child_id
        self.assertLessEqual(len(headings), 6)
        self.assertFalse(headings.filtered("action"), "entries stand below a heading")
        for menu in top | headings:
            places = menu.child_id.mapped("sequence")
            self.assertTrue(places, menu.name)
            self.assertEqual(len(places), len(set(places)), menu.name)

    def test_about_us_stands_beside_my_onboarding(self):
        """X-01: what a partner fills in first is side by side."""
        own = self.env.ref("partner_governance.menu_partners_own")
        self.assertEqual(
            own.child_id.sorted("sequence")[:2],
            self.env.ref("partner_governance.menu_welcome")
            | self.env.ref("partner_governance.menu_my_onboarding"),
        )

    def test_a_sales_person_sees_no_empty_heading(self):
        """X-05: headings without an entry for the role are not shown."""
        user = self.user(self.sub, "sales")
        shown = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        top = shown[self.env.ref("partner_governance.menu_partners").id]
        self.assertTrue(top["children"])
        for ident in top["children"]:
            self.assertTrue(shown[ident]["children"], shown[ident]["name"])
