"""What billing refuses or parks: one text per code, the same in the client, the API and the log."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.partner_governance.exceptions import render

_lt = LazyTranslate(__name__)

MESSAGES = {
    # Codes of the engine (engine/*.py, `BillingError.code`).
    "bad_anchor_day": _lt("The anchor day must be a day of the month, 1 to 31."),
    "bad_billing_day": _lt("The billing day must be a day of the month, 1 to 31."),
    "bad_interval": _lt("The interval must be day, week, month or year."),
    "bad_interval_count": _lt("The interval must be at least 1."),
    "before_start": _lt("%(day)s lies before the start of the subscription, %(start)s."),
    "duplicate_component": _lt("The component “%(component)s” occurs twice."),
    "duplicate_key": _lt("Two charges have the same key: %(key)s."),
    "duplicate_revision": _lt("The ledger holds revision %(revision)s of %(key)s twice."),
    "metered_in_advance": _lt(
        "“%(component)s” is metered: its usage is known when the period is over, so it cannot be "
        "charged in advance."
    ),
    "mixed_layout": _lt("Charges of one buyer disagree on how its invoice is laid out."),
    "no_tier": _lt("No tier of the price reaches the quantity %(quantity)s."),
    "not_finite": _lt("%(value)s is no amount of money."),
    "too_many_charges": _lt(
        "One run would book %(count)s charges, more than the %(most)s allowed (parameter "
        "tenant_billing.max_charges). Look at its calendar and changes; raise the bound if they "
        "are right."
    ),
    "unknown_aggregation": _lt("The meter of “%(component)s” adds up in an unknown way."),
    "unknown_component": _lt("No component has the code “%(component)s”."),
    "unknown_kind": _lt("The component “%(component)s” is of an unknown kind."),
    "unknown_model": _lt("“%(model)s” is no price model."),
    "unknown_timing": _lt("“%(component)s” must be charged in advance or in arrears."),
    "unknown_zone": _lt("“%(zone)s” is no known time zone."),
    "zone_data_missing": _lt("This machine has no time zone data: install tzdata."),
    # Codes of prices (`PriceProblem.code`).
    "negative": _lt("A price must not be negative (%(path)s)."),
    "not_positive": _lt("The size of a package must be above 0 (%(path)s)."),
    "no_tiers": _lt("A graduated or volume price needs at least one tier."),
    "tier_after_open_end": _lt("A tier follows one without an end (%(path)s)."),
    "tiers_overlap": _lt("A tier must end above the one before it (%(path)s)."),
    "last_tier_limited": _lt("The last tier must be open, or larger quantities have no price."),
    # Codes of the models.
    "line_subtotal": _lt("Line %(line)s of the document is not the sum of its charges."),
    "price_missing": _lt(
        "The price book “%(book)s” has no price for %(codes)s. Add one; 0.00 where it costs "
        "nothing."
    ),
    "index_missing": _lt(
        "The unique index of the charge ledger is missing, so nothing is billed. Upgrade the "
        "addon and look at the log for why it could not be built."
    ),
    "account_missing": _lt(
        "The journal “%(journal)s” has no default income account, so no invoice can be made. Set "
        "one in the journal."
    ),
    "catch_up": _lt(
        "It was %(months)s months behind or more, so this run billed it up to %(day)s only "
        "(parameter tenant_billing.catch_up_months). The next run goes on from there; “Retry” "
        "does it now."
    ),
    "rate_missing": _lt(
        "No rate of %(currency)s is known for %(company)s on %(day)s. Enter one of that day or "
        "an earlier one."
    ),
    "customer_archived": _lt(
        "%(customer)s is archived. Restore it, or end its subscriptions: the final bill is made "
        "then."
    ),
    "tax_archived": _lt(
        "The tax “%(tax)s”, which the charges were booked with, is archived. Restore it until "
        "they are billed."
    ),
    "subscription_busy": _lt(
        "It is being billed right now, or somebody changes it. Try again in a minute."
    ),
    "chain_broken": _lt("The chain of contracts from the platform to the customer is broken."),
    # Codes of the vault, the address guard and calls to a tenant.
    "vault_no_keys": _lt(
        "Keys of tenants are kept encrypted, and this server has no key to do it: set "
        "CONTROL_PLANE_FERNET_KEYS and start it again."
    ),
    "vault_key_syntax": _lt("CONTROL_PLANE_FERNET_KEYS cannot be read: %(detail)s."),
    "vault_key_duplicate": _lt("CONTROL_PLANE_FERNET_KEYS names the key %(detail)s twice."),
    "vault_unknown_key": _lt(
        "The stored secret was encrypted with a key that this server no longer has (%(detail)s). "
        "Add it to CONTROL_PLANE_FERNET_KEYS, or store a new secret."
    ),
    "vault_damaged": _lt("The stored secret cannot be read any more. Store a new one."),
    "address_refused": _lt(
        "%(url)s is not an address that this server connects to (%(detail)s). A tenant is reached "
        "at https://its.public.name; any other host:port must stand in CONTROL_PLANE_ALLOW_HOSTS."
    ),
    "key_missing": _lt("%(connection)s has no API key yet. Enter one, then test it."),
    "key_syntax": _lt("This is no API key: it holds blanks or letters that no key has."),
    "database_syntax": _lt("This is no name of a database."),
    "tls_verify": _lt("The certificate of a tenant is always checked."),
    "connection_failed": _lt("The tenant does not answer."),
    "dns_failed": _lt("The name of the tenant's address cannot be found."),
    "tls_failed": _lt("The tenant's certificate is not valid."),
    "timeout": _lt("The tenant took too long to answer."),
    "deadline": _lt("The tenant took too long to answer."),
    "connection_lost": _lt("The connection to the tenant broke off."),
    "key_refused": _lt("The tenant refuses the API key."),
    "access_denied": _lt("The API key lacks a right on the tenant: %(detail)s."),
    "database_unknown": _lt("The tenant's server does not know this database."),
    "answer_not_json": _lt("What answers there is not Odoo's JSON-2 API."),
    "uuid_changed": _lt(
        "This is another database than the one that this connection was made for. Keys work on "
        "copies too, so nothing is sent."
    ),
    # Codes of the provisioners.
    "not_offered": _lt("“%(kind)s” is not offered by this provisioner (%(provisioner)s)."),
    "operation_open": _lt(
        "“%(kind)s” is under way for %(environment)s. Wait for its end, or look at it."
    ),
    "provisioner_missing": _lt("No provisioner is set up. Ask the platform for one."),
    "local_folder_missing": _lt(
        "This server makes no tenants: CONTROL_PLANE_LOCAL_FOLDER is not set."
    ),
    "local_command_failed": _lt(
        "Odoo's command line could not finish “%(command)s”. The log %(log)s says why."
    ),
    "local_not_up": _lt("The tenant's server on port %(port)s did not come up; see %(log)s."),
    "local_default_password": _lt(
        "The new database still lets admin in with the password that everybody knows, so it was "
        "not opened."
    ),
    "local_no_port": _lt("No free port was found from %(port)s on."),
    "webhook_refused": _lt("The provisioner's address answered %(status)s."),
    "webhook_failed": _lt("The provisioner could not be reached (%(detail)s)."),
}


def message(env, code, **values):
    """The text of ``code`` in the user's language, with ``values`` filled in."""
    return render(env, MESSAGES, code, **values)


def engine_message(env, error):
    """The text of an engine's ``BillingError``."""
    return message(env, error.code, **error.params)
