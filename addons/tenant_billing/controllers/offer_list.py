from odoo import http
from odoo.fields import Date, Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager


class OfferList(CustomerPortal):
    """A customer's own hosting offers under ``/my``, whoever sells them (TB-070)."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        offers = self._offers()
        if "hosting_offer_count" in counters:
            values["hosting_offer_count"] = offers.search_count(self._offers_domain())
        if "hosting_offer_open_count" in counters:
            waiting = self._offers_domain() & self._open_domain()
            values["hosting_offer_open_count"] = offers.search_count(waiting)
        return values

    def _offers(self):
        # Safe: read by `_offers_domain` alone; the page of one offer asks the same.
        return request.env["billing.offer"].sudo()

    def _offers_domain(self):
        """What was sent to the reader's company; nothing to people who are no customer's."""
        user = request.env.user
        mine = user.commercial_partner_id
        if not user._is_portal() or not mine:
            return Domain.FALSE
        return Domain("partner_id.commercial_partner_id", "=", mine.id) & Domain(
            "state", "!=", "draft"
        )

    def _open_domain(self):
        """What the customer may still answer."""
        today = Date.context_today(request.env.user)
        return (
            Domain("state", "=", "sent")
            & Domain("signed_on", "=", False)
            & (Domain("valid_until", "=", False) | Domain("valid_until", ">=", today))
        )

    def _offers_sortings(self):
        return {
            "newest": {"label": request.env._("Newest"), "order": "id desc"},
            "valid": {"label": request.env._("Valid until"), "order": "valid_until, id desc"},
            "reference": {"label": request.env._("Offer"), "order": "reference, id"},
            "state": {"label": request.env._("Status"), "order": "state, id desc"},
        }

    @http.route(
        ["/my/hosting-offers", "/my/hosting-offers/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def offers(self, page=1, sortby=None, **_ignored):
        """The list, a page at a time."""
        sortings = self._offers_sortings()
        sortby = sortby if sortby in sortings else "newest"
        domain, offers = self._offers_domain(), self._offers()
        pager = portal_pager(
            url="/my/hosting-offers",
            total=offers.search_count(domain),
            page=page,
            step=self._items_per_page,
            url_args={"sortby": sortby},
        )
        found = offers.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        sellers = {offer: offer._quote_seller() for offer in found}
        faces = {seller: seller._face() for seller in set(sellers.values())}
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="hosting_offers",
            default_url="/my/hosting-offers",
            offers=found,
            faces=list(faces.values()),
            face_of={offer.id: faces[seller] for offer, seller in sellers.items()},
            pager=pager,
            sortby=sortby,
            searchbar_sortings=sortings,
        )
        return request.render("tenant_billing.billing_offer_list", values)
