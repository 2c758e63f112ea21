"""What billing refuses or parks: one text per code, the same in the client, the API and the log."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.partner_governance.exceptions import render

_lt = LazyTranslate(__name__)

MESSAGES = {
    # Codes of the engine (engine/*.py, `BillingError.code`).
    # A seller's own Odoo (`OwnOdooError.code`).
    "own_odoo_account_missing": _lt("Your Odoo has no account with the code %(name)s."),
    "own_odoo_buyer_differs": _lt(
        "Your Odoo knows the reference %(ref)s of %(buyer)s with another VAT number (%(theirs)s). "
        "Put right one of the two and push again."
    ),
    "own_odoo_buyer_missing": _lt(
        "Your Odoo has no contact of %(buyer)s with the VAT number %(vat)s or the reference "
        "%(ref)s. Enter it there and push again."
    ),
    "own_odoo_buyer_unknown": _lt(
        "%(buyer)s has neither a VAT number nor a reference here, so it cannot be found in your "
        "Odoo. Enter one on its contact and push again."
    ),
    "own_odoo_cancelled": _lt("It is cancelled in your Odoo."),
    "own_odoo_company": _lt(
        "Your Odoo has several companies, or has not been tested yet. Press “Test the connection” "
        "under Money → Own books, and choose the company whose books these are."
    ),
    "own_odoo_company_gone": _lt(
        "The key's user does not work in the company “%(name)s” of your Odoo any more. Let it, or "
        "test the connection and choose another company."
    ),
    "own_odoo_currency_missing": _lt("The currency %(name)s is not active in your Odoo."),
    "own_odoo_differs": _lt(
        "Your Odoo makes %(theirs)s of it, the statement says %(ours)s. Look at taxes and prices "
        "of the draft there before you post it."
    ),
    "own_odoo_gone": _lt("The invoice is no longer in your Odoo. Push it again to make a new one."),
    "own_odoo_journal_missing": _lt("Your Odoo has no sales journal with the code %(name)s."),
    "own_odoo_other": _lt(
        "Your Odoo is another database than at the first contact, a copy perhaps. Enter its "
        "address and key anew to go on with this one."
    ),
    "own_odoo_refused": _lt("Your Odoo refuses it: %(detail)s"),
    "own_odoo_reversed": _lt("It was taken back by a credit note in your Odoo."),
    "own_odoo_right": _lt(
        "The user of the key lacks a right in your Odoo: to %(operation)s %(model)s. Give it the "
        "right “Invoicing” there; it needs no settings rights."
    ),
    "own_odoo_shape": _lt("What your Odoo answers about %(model)s is not understood."),
    "own_odoo_tax_inside": _lt(
        "The tax “%(name)s” of your Odoo stands inside its prices, those of this statement are "
        "net. Name a tax that comes on top."
    ),
    "own_odoo_tax_missing": _lt("Your Odoo has no sales tax named “%(name)s”."),
    "own_odoo_tax_unknown": _lt(
        "The prices of this statement include tax. Enter the tax of this buyer under Money → Own "
        "books and push again."
    ),
    "own_odoo_twice": _lt("Your Odoo has “%(name)s” more than once, so it is not clear which."),
    "own_odoo_unclear": _lt(
        "The answer of your Odoo was lost. It is looked for there before it is made again."
    ),
    "own_odoo_unreachable": _lt("Your Odoo did not answer (%(detail)s). It is tried again."),
    "own_tax_missing": _lt(
        "No tax is stated for buyers in %(country)s. Enter one under Money → Own books."
    ),
    "bad_anchor_day": _lt("The anchor day must be a day of the month, 1 to 31."),
    "bad_billing_day": _lt("The billing day must be a day of the month, 1 to 31."),
    "bad_commission": _lt("A commission is 0 to 100 percent, not %(percent)s."),
    "bad_percents": _lt(
        "“%(line)s” is no percent of a stream: write one stream=percent a line. Streams are "
        "%(streams)s."
    ),
    "bad_discount": _lt("A discount is 0 to 100 percent, not %(percent)s."),
    "bad_interval": _lt("The interval must be day, week, month or year."),
    "bad_interval_count": _lt("The interval must be at least 1."),
    "bad_until": _lt("%(until)s is not after %(day)s: choose a later day to go back."),
    "before_start": _lt("%(day)s lies before the start of the subscription, %(start)s."),
    "commitment_in_advance": _lt(
        "“%(component)s” is a minimum commitment: what counts towards it is known when the period "
        "is over, so it is recurring and charged in arrears."
    ),
    "duplicate_component": _lt("The component “%(component)s” occurs twice."),
    "duplicate_key": _lt("Two charges have the same key: %(key)s."),
    "duplicate_revision": _lt("The ledger holds revision %(revision)s of %(key)s twice."),
    "metered_in_advance": _lt(
        "“%(component)s” is metered: its usage is known when the period is over, so it cannot be "
        "charged in advance."
    ),
    "handed_over_since": _lt(
        "It changed hands or was charged on %(since)s already. Choose a day after it instead of "
        "%(day)s."
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
    "unknown_carry": _lt("“%(carry)s” is no rule for the hours left of a retainer."),
    "bad_weights": _lt("The parts of a bundle must be above nothing."),
    "not_whole": _lt("%(amount)s has more decimals than its currency."),
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
    "amount_too_large": _lt(
        "“%(component)s” would cost %(amount)s, and a document holds amounts below %(limit)s. Look "
        "at its usage and its price."
    ),
    "price_missing": _lt(
        "The price book “%(book)s” has no price for %(codes)s. Add one; 0.00 where it costs "
        "nothing."
    ),
    "tax_inside_missing": _lt(
        "The prices include tax, and %(company)s has no tax like “%(tax)s” that stands inside the "
        "price. Copy it and set “Included in price”."
    ),
    "tax_on_top_missing": _lt(
        "The prices are without tax, and %(company)s has no tax like “%(tax)s” that comes on top. "
        "Copy it and set “Tax excluded”."
    ),
    "index_missing": _lt(
        "The unique index of the charge ledger is missing, so nothing is billed. Upgrade the "
        "addon and look at the log for why it could not be built."
    ),
    "ubl_total": _lt("The lines of %(number)s do not add up to its total."),
    "run_interrupted": _lt(
        "It was broken off %(count)s times at the same place. It goes on in smaller and smaller "
        "portions, and parks what it cannot do at last. Look at the server's log and its limits "
        "of time and memory."
    ),
    "run_overdue": _lt(
        "The scheduler began the last billing run: %(last)s. See that the server runs scheduled "
        "actions, that “Billing: book, draft, post” is active, and that no addon waits for its "
        "upgrade."
    ),
    "worker_killed": _lt(
        "The server's worker was stopped %(count)s times over it. Look at its size, the server's "
        "log, and its limits of time and memory."
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
    "not_billed": _lt(
        "It is not billed: a price, a tax, a rate or an account of one of its contracts is missing "
        "or wrong. Its seller reads which under Money → Parked, and so does the programme desk."
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
    "bad_dimension_filter": _lt("“%(line)s” is no filter: write one key=value a line."),
    # Codes of usage (`Malformed.code`, `Rejected.code`); %(field)s is what the event or the file
    # calls it.
    "usage_body_json": _lt("The body is no JSON in UTF-8."),
    "usage_body_constant": _lt("The body is no JSON: %(name)s is no number."),
    "usage_body_repeat": _lt("The body has an object with a key that stands twice."),
    "usage_body_deep": _lt("The body is nested too deeply."),
    "usage_body_large": _lt("A request holds %(bytes)s bytes at most. Send smaller batches."),
    "usage_body_events": _lt("A request holds %(events)s events at most. Send smaller batches."),
    "usage_body_batch": _lt("A batch must be a list of events."),
    "usage_body_single": _lt("One event must be an object."),
    "usage_body_shape": _lt("The body must be an event or a list of events."),
    "usage_media_type": _lt(
        "Send application/json, application/cloudevents+json or its batch form, in UTF-8 and not "
        "compressed."
    ),
    "usage_key": _lt("A bearer key with the scope usage_ingest is needed."),
    "usage_key_useless": _lt("This key may report no usage."),
    "usage_throttled": _lt("Too many requests with this key. Come again in %(seconds)s seconds."),
    "usage_object": _lt("%(field)s must be an object."),
    "usage_specversion": _lt("%(field)s must be “1.0”."),
    "usage_text": _lt("%(field)s must be a text of 1 to %(most)s characters."),
    "usage_printable": _lt("%(field)s must be printable text."),
    "usage_time": _lt("%(field)s must be an instant with its offset, like 2026-02-01T00:00:00Z."),
    "usage_too_new": _lt("%(field)s lies more than %(minutes)s minutes ahead of the clock."),
    "usage_too_old": _lt("%(field)s lies more than %(days)s days back."),
    "usage_not_number": _lt("%(field)s must be a number."),
    "usage_negative": _lt("%(field)s must not be negative."),
    "usage_too_large": _lt("%(field)s must be below %(limit)s."),
    "usage_decimals": _lt("%(field)s must have %(most)s decimals at most."),
    "usage_dimensions": _lt("%(field)s must be an object of %(most)s keys at most."),
    "usage_dimension_environment": _lt(
        "%(field)s must not name the environment; it has a field of its own."
    ),
    "usage_tenant": _lt("%(field)s names no tenant that you may report."),
    "usage_meter": _lt("%(field)s names no meter."),
    "usage_environment": _lt("%(field)s must name one environment of the tenant."),
    "usage_conflict": _lt("This id was reported with another payload."),
    # Codes of a file of usage (`Problem.code`, `Unreadable.code`).
    "sheet_large": _lt("A file holds %(megabytes)s MB at most. Split it."),
    "sheet_utf8": _lt("The file is not in UTF-8. Save it as “CSV UTF-8”, or as XLSX."),
    "sheet_csv": _lt("Row %(row)s is no CSV: look for a quotation mark that is not closed."),
    "sheet_workbook": _lt("The file is no XLSX workbook that can be read. Save it again as XLSX."),
    "sheet_rows": _lt("A file holds %(most)s rows at most. Split it."),
    "sheet_empty": _lt("The file has headings and no row."),
    "sheet_heading": _lt("“%(text)s” is no heading: use %(names)s."),
    "sheet_heading_twice": _lt("The heading “%(text)s” stands twice."),
    "sheet_heading_missing": _lt("These headings are missing in the first row: %(names)s."),
    "sheet_number": _lt("%(field)s must be a number."),
    "sheet_buyer": _lt(
        "%(field)s names none of your buyers: write its name or reference as it stands here."
    ),
    "sheet_buyer_twice": _lt(
        "%(field)s fits several of your buyers: write the reference instead of the name."
    ),
    "sheet_component": _lt("%(field)s is no code of a component of this buyer."),
    "sheet_missing": _lt("%(field)s must not be empty."),
    "sheet_month": _lt("%(field)s must be a month like 2026-01."),
    "sheet_time": _lt("%(field)s must be a date and time like 2026-02-01 00:00."),
    "sheet_formula": _lt("%(field)s begins like a formula. Put the value itself."),
    "sheet_decimal_comma": _lt("%(field)s must have a point as its decimal mark."),
    # Codes of a report of payments (`Problem.code`).
    "payment_headings": _lt(
        "The file needs the headings reference and state or amount; JSON is a list of objects with "
        "these names."
    ),
    "payment_reference": _lt("Row %(row)s: no issued statement of your own books is called so."),
    "payment_twice": _lt("Row %(row)s: this statement stands in the file twice."),
    "payment_state": _lt("Row %(row)s: the state is open, part or paid."),
    "payment_amount": _lt("Row %(row)s: the amount is no number with a point, like 115.00."),
    "payment_date": _lt("Row %(row)s: the date is written like 2026-02-01."),
    "payment_rows": _lt("Row %(row)s: a file holds 10,000 rows at most. Split it."),
    "payment_empty": _lt("The file has no row."),
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
