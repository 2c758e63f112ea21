import binascii

from odoo import SUPERUSER_ID, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request
from odoo.tools import consteq

NAME_LENGTH = 120
REASON_LENGTH = 2000
SIGNATURE_LENGTH = 1_000_000


class OfferController(http.Controller):
    """The page of a hosting offer: for whoever holds its link, its customer's portal users,
    and those of the seller who may read it. Nobody else learns whether it exists."""

    def _offer(self, ident, access_token):
        """The offer as the system sees it, in its customer's language; not found otherwise."""
        user = request.env.user
        own = request.env["billing.offer"].browse(ident)
        # Safe: shown after the token, the customer or the reader's own right was checked.
        offer = own.with_user(SUPERUSER_ID).exists()
        if not offer:
            raise request.not_found()
        token = offer.access_token
        allowed = access_token and token and consteq(token, access_token)
        if not allowed and user._is_portal():
            mine = user.commercial_partner_id
            allowed = offer.partner_id and offer.partner_id.commercial_partner_id == mine
        if not allowed and user._is_internal():
            try:
                own.check_access("read")
            except AccessError:
                raise request.not_found() from None
            allowed = True
        if not allowed:
            raise request.not_found()
        lang = offer.partner_id.lang or request.env.lang
        request.update_context(lang=lang)
        return offer.with_context(lang=lang, tz=offer.timezone)

    def _is_preview(self, ident):
        """Whether the reader is of the seller, who looks at what its customer will read."""
        offer = request.env["billing.offer"].browse(ident)
        return request.env.user._is_internal() and offer.has_access("read")

    @http.route("/my/hosting-offers/<int:ident>", type="http", auth="public", website=True)
    def page(self, ident, access_token=None, answer=None, **_ignored):
        """The offer to read, sign or refuse."""
        offer = self._offer(ident, access_token)
        preview = self._is_preview(ident)
        shown = offer.state != "draft" or preview
        values = {
            "offer": offer,
            "shown": shown,
            "preview": preview,
            "answer": answer,
            "document": offer._print(),
            "access_token": offer._portal_ensure_token(),
            "read_as": offer._read_as(),
        }
        response = request.render("tenant_billing.billing_offer_page", values)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
        return response

    @http.route("/my/hosting-offers/<int:ident>/pdf", type="http", auth="public", website=True)
    def pdf(self, ident, access_token=None, **_ignored):
        """The same as a document."""
        offer = self._offer(ident, access_token)
        if offer.state == "draft" and not self._is_preview(ident):
            raise request.not_found()
        report = offer.env["ir.actions.report"]
        body, _kind = report._render_qweb_pdf("tenant_billing.billing_offer_report", offer.ids)
        return request.make_response(
            body,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{offer.reference}.pdf")),
                ("Cache-Control", "no-store"),
            ],
        )

    @http.route(
        "/my/hosting-offers/<int:ident>/accept", type="jsonrpc", auth="public", website=True
    )
    def accept(self, ident, access_token=None, name=None, signature=None, read_as=None):
        """Name and drawn signature of the customer; exactly once, whoever clicks twice.

        ``read_as``: what `billing.offer._read_as` said when the page was read.
        """
        access_token = access_token or request.httprequest.args.get("access_token")
        read_as = read_as or request.httprequest.args.get("read_as")
        offer = self._offer(ident, access_token)
        if request.env.user._is_internal():
            return {"error": offer.env._("Only the customer signs. Press “Accepted” instead.")}
        name = (name or "").strip()[:NAME_LENGTH]
        if not name or not signature:
            return {"error": offer.env._("Enter your name and sign.")}
        try:
            image = _image(signature)
        except ValueError:
            return {"error": offer.env._("The signature could not be read. Sign again.")}
        if offer._is_open() and read_as != offer._read_as():
            return {"error": offer.env._("The offer has changed since you read it. Load the page.")}
        offer._sign(name, image, request.httprequest.remote_addr)
        # Signed a moment ago in another tab: the page says how it stands.
        return {
            "force_refresh": True,
            "redirect_url": offer.get_portal_url(query_string="&answer=signed"),
        }

    @http.route(
        "/my/hosting-offers/<int:ident>/refuse",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def refuse(self, ident, access_token=None, reason=None, **_ignored):
        """The customer's no, with its reason."""
        offer = self._offer(ident, access_token)
        reason = (reason or "").strip()[:REASON_LENGTH]
        done = not request.env.user._is_internal() and reason and offer._decline(reason)
        answer = "refused" if done else "closed"
        return request.redirect(offer.get_portal_url(query_string=f"&answer={answer}"))


def _image(signature):
    """The signature's base64 text, of a picture and of a bearable size.

    :raises ValueError:
    """
    if not isinstance(signature, str) or len(signature) > SIGNATURE_LENGTH:
        raise ValueError
    try:
        raw = binascii.a2b_base64(signature)
    except binascii.Error as error:
        raise ValueError from error
    if not raw.startswith(b"\x89PNG") and not raw.startswith(b"\xff\xd8"):
        raise ValueError
    return signature
