"""From deals and ownerships to identities, and the ownerships that may mean the same company."""

from odoo.fields import Domain

from ..engine import matching


def of_deal(deal):
    """What a registration tells of its company; its contact may be a mail address."""
    return matching.identify(
        deal.company_name or "", deal.country_id.code or "", deal.identity, deal.contact_name
    )


def of_contact(contact):
    """What a company's own record tells."""
    return matching.identify(
        contact.name or "",
        contact.country_id.code or "",
        contact.vat,
        contact.website,
        contact.email,
    )


def of_ownership(ownership):
    return matching.Identity(
        ownership.vat_key or "",
        ownership.domain_key or "",
        ownership.name_key or "",
        ownership.country_code or "",
    )


def key_values(identity):
    """Values of ``program.ownership``."""
    return {
        "vat_key": identity.vat,
        "domain_key": identity.domain,
        "name_key": identity.name,
        "name_block": identity.block,
        "country_code": identity.country,
    }


def candidates(identity):
    """The domain of ownerships that may mean the same company; always the same three ways."""
    ways = [
        Domain("vat_key", "=", identity.vat) if identity.vat else Domain.FALSE,
        Domain("domain_key", "=", identity.domain) if identity.domain else Domain.FALSE,
    ]
    if identity.block and identity.country:
        ways.append(
            Domain("name_block", "=", identity.block)
            & Domain("country_code", "=", identity.country)
        )
    return Domain.OR(ways)
