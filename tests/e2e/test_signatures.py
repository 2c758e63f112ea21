"""PG-100, TRADE 11: who signs answers with one click, from the list, the mail and the review."""

import re
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.partner_governance.tests.common import DISTRIBUTOR, ProgramMixin


@tagged("standard", "-at_install", "post_install")
class TestSignatures(ProgramMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_programme()

    def asked(self, company="Nordwind Industriebedarf"):
        """A deal of tier 3 that waits for signatures, the implementation lead's first."""
        deal = self.deal(self.sub, company=company, answers=DISTRIBUTOR)
        deal.action_request_review()
        return deal.sudo().review_ids

    def tour(self, name, user, url="/odoo/programme-signatures"):
        self.start_tour(url, name, login=user.login)
        self.env.invalidate_all()

    def signer(self, review):
        return self.signer_of(review.approval_ids.sorted("sequence")[0])

    def link_of_mail(self, review, person):
        """The link in the reminder's mail, without the host."""
        person.email = "signs@hanse.example"
        approval = review.approval_ids.sorted("sequence")[0]
        before = self.env["mail.mail"].search([])
        with patch.object(type(before), "send", lambda mails, **kw: True):
            approval._outbox_signature_due()
        mail = self.env["mail.mail"].search([]) - before
        self.assertIn(person.partner_id, mail.recipient_ids)
        (link,) = re.findall(r'href="([^"]+)"', str(mail.body_html))
        return re.sub(r"^https?://[^/]+", "", link)

    def test_sign_from_the_list(self):
        """PG-100, TRADE 11: one click; the next signature is another's."""
        review = self.asked()
        first = review.approval_ids.sorted("sequence")[0]
        signer = self.signer_of(first)
        self.tour("programme_sign", signer)
        self.assertEqual((first.state, first.user_id), ("approved", signer))

    def test_ask_and_refuse_from_the_list(self):
        """PG-100, TRADE 11: one click and one sentence each; a question leaves it waiting."""
        review = self.asked()
        first = review.approval_ids.sorted("sequence")[0]
        self.tour("programme_ask_then_refuse", self.signer_of(first))
        self.assertEqual(first.question, "Which warehouse system is it?")
        self.assertEqual(
            (review.state, review.sign_reason), ("refused", "Nobody is free before June")
        )

    def test_the_mails_link_opens_the_signature_after_logging_in(self):
        """PG-100, TRADE 11: logged out, log in, one click."""
        review = self.asked()
        first = review.approval_ids.sorted("sequence")[0]
        person = new_test_user(
            self.env,
            login="signs.mail",
            groups=self.group_of(first),
            program_partner_id=first.node_id.id,
        )
        self.start_tour(self.link_of_mail(review, person), "programme_sign_from_mail")
        self.env.invalidate_all()
        self.assertEqual((first.state, first.user_id), ("approved", person))

    def test_refuse_from_the_mail(self):
        """PG-100, TRADE 11: one click and the reason, which stands on the signature."""
        review = self.asked()
        signer = self.signer(review)
        self.tour("programme_refuse_from_mail", signer, self.link_of_mail(review, signer))
        self.assertEqual(review.state, "refused")

    def test_refuse_from_the_review(self):
        """PG-100: who opens what is to be signed need not go back to say no."""
        review = self.asked()
        self.tour("programme_refuse_from_review", self.signer(review))
        self.assertEqual((review.state, review.sign_reason), ("refused", "No margin"))

    def group_of(self, approval):
        (name,) = approval.group_id.get_external_id().values()
        return name
