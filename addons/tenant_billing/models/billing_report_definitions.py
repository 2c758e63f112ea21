"""What each figure of a report means: columns of its workbook, in their order.

``{model: {field: (what it is, how it is worked out, of which period)}}``
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_NONE = _lt("–")
_MONTH = _lt("the month")
_MONTH_END = _lt("the last day of the month")
_MONTH_START = _lt("the day before the month")
_SPAN = _lt("from the start of the span to the month's end")
_TO_DATE = _lt("from the first day to today")
_RATE = _lt("Sum of all steps so far, at the exchange rate of the contract's first day")
_PARTY = _lt("Party of the contract")
_TENANT = _lt("Tenant that the contract is about")

DEFINITIONS = {
    "billing.mrr.movement": {
        "day": (_lt("Day on which the step counts"), _lt("Its own, or when it was learnt"), _NONE),
        "effective_day": (_lt("Day on which the step took effect"), _lt("As stated"), _NONE),
        "kind": (
            _lt("What the step is to the seller's account"),
            _lt(
                "First contract: new. Another: expansion. Last to end: churn, one of several: "
                "contraction. Back after churn: reactivation. Moved to another seller or buyer: "
                "transfer"
            ),
            _NONE,
        ),
        "cause": (
            _lt("Why"),
            _lt("Price at the quantity before; then quantity; then pause"),
            _NONE,
        ),
        "customer_id": (_PARTY, _NONE, _NONE),
        "buyer_id": (_PARTY, _NONE, _NONE),
        "tenant_id": (_TENANT, _NONE, _NONE),
        "subscription_id": (_lt("Subscription of the contract"), _NONE, _NONE),
        "company_amount": (
            _lt("Step of monthly recurring revenue: recurring components, no usage, no one-off"),
            _lt(
                "Cost of a full period at the terms of the day ÷ months of the period, at the "
                "exchange rate of the contract's first day"
            ),
            _lt("the day"),
        ),
        "logos": (_lt("Account won (1) or lost (-1) with it"), _lt("Counted once"), _lt("the day")),
    },
    "billing.mrr.bridge": {
        "period": (_lt("Month"), _NONE, _NONE),
        "opening": (_lt("MRR"), _lt("Sum of all steps so far"), _MONTH_START),
        "new": (_lt("MRR of accounts won"), _lt("Sum of the steps"), _MONTH),
        "expansion": (_lt("More of accounts there are"), _lt("Sum of the steps"), _MONTH),
        "reactivation": (_lt("MRR of accounts come back"), _lt("Sum of the steps"), _MONTH),
        "transfer_in": (_lt("Taken over from a seller"), _lt("Sum of the steps"), _MONTH),
        "contraction": (_lt("Less of accounts there are"), _lt("Sum of the steps"), _MONTH),
        "churn": (_lt("MRR of accounts lost"), _lt("Sum of the steps"), _MONTH),
        "transfer_out": (_lt("Handed over to a seller"), _lt("Sum of the steps"), _MONTH),
        "closing": (_lt("MRR"), _lt("Opening + all steps of the month"), _MONTH_END),
        "arr": (_lt("Annual recurring revenue"), _lt("12 × MRR"), _MONTH_END),
        "accounts_opening": (_lt("Customers, or tenants of partners"), _NONE, _MONTH_START),
        "accounts_won": (_lt("New, come back or taken over"), _NONE, _MONTH),
        "accounts_lost": (_lt("Churned or handed over"), _NONE, _MONTH),
        "accounts_closing": (_lt("Customers, or tenants of partners"), _NONE, _MONTH_END),
    },
    "billing.mrr.retention": {
        "period": (_lt("Month at whose end it is looked at"), _NONE, _NONE),
        "span": (_lt("Where the span starts"), _NONE, _NONE),
        "cohort": (_lt("First month of the account"), _NONE, _NONE),
        "age": (_lt("Months since the first one recorded"), _NONE, _NONE),
        "customer_id": (_PARTY, _NONE, _NONE),
        "buyer_id": (_PARTY, _NONE, _NONE),
        "tenant_id": (_TENANT, _NONE, _NONE),
        "accounts": (_lt("Accounts at the start"), _lt("Without those handed over since"), _SPAN),
        "accounts_kept": (_lt("Those still there at the end"), _NONE, _SPAN),
        "mrr_start": (_lt("MRR at the start"), _lt("Less what was handed over since"), _SPAN),
        "contraction": (_lt("Less of accounts kept"), _lt("max(start − end, 0)"), _SPAN),
        "churn": (_lt("Start of accounts lost"), _lt("Start where none is left"), _SPAN),
        "expansion": (_lt("More of accounts kept"), _lt("max(end − start, 0)"), _SPAN),
        "mrr_end": (_lt("MRR of them at the end"), _lt("Less what was taken over since"), _SPAN),
        "grr": (
            _lt("Gross revenue retention, at most 100"),
            _lt("(start − contraction − churn) ÷ start; few accounts say little"),
            _SPAN,
        ),
        "nrr": (
            _lt("Net revenue retention"),
            _lt("GRR + expansion ÷ start; few accounts say little"),
            _SPAN,
        ),
        "logo_retention": (_lt("Accounts kept"), _lt("Kept ÷ accounts at the start"), _SPAN),
    },
    "billing.margin": {
        "day": (_lt("Day on which it was due"), _NONE, _NONE),
        "tenant_id": (_TENANT, _NONE, _NONE),
        "buyer_id": (_lt("Partner that it is sold to"), _NONE, _NONE),
        "customer_id": (_lt("Customer that it is sold to"), _NONE, _NONE),
        "subscription_id": (_lt("Subscription"), _NONE, _NONE),
        "stream": (_lt("Stream of revenue"), _lt("Of the component"), _NONE),
        "kind": (_lt("Kind of charge"), _NONE, _NONE),
        "source": (
            _lt("Where revenue and cost come from"),
            _lt("The ledger; commissions; costs that were entered, or estimated"),
            _NONE,
        ),
        "revenue": (
            _lt("Own sales, and commissions earned"),
            _lt("Charges of the ledger, without tax"),
            _lt("due then"),
        ),
        "cost": (
            _lt("Own purchases, commissions paid and own costs"),
            _lt(
                "Charges of the ledger at the last exchange rate on or before the day; own costs "
                "a month by days"
            ),
            _lt("due then"),
        ),
        "margin": (_lt("Gross margin"), _lt("Revenue − cost"), _lt("due then")),
        "margin_rate": (_lt("Gross margin in percent"), _lt("Margin ÷ revenue"), _lt("due then")),
    },
    "billing.recognition": {
        "month": (_lt("First day of the month"), _NONE, _NONE),
        "customer_id": (_PARTY, _NONE, _NONE),
        "buyer_id": (_PARTY, _NONE, _NONE),
        "tenant_id": (_TENANT, _NONE, _NONE),
        "charge_id": (_lt("Charge in advance, or its credit"), _NONE, _NONE),
        "stream": (_lt("Stream of revenue"), _lt("Of the component"), _NONE),
        "billed": (_lt("Charged in advance, without tax"), _lt("By billing day"), _MONTH),
        "recognised": (
            _lt("Revenue of the month"),
            _lt("Charge × days of the month ÷ days charged; odd cents by largest remainder"),
            _MONTH,
        ),
        "deferred": (_lt("Billed and not yet revenue"), _lt("Billed − recognised"), _MONTH_END),
    },
    "billing.lifetime": {
        "account": (_lt("Customer, or of a partner the tenant"), _NONE, _NONE),
        "buyer_id": (_PARTY, _NONE, _NONE),
        "subscription_id": (_lt("Subscription of the contract"), _NONE, _NONE),
        "date_from": (_lt("First day of the contract"), _NONE, _NONE),
        "bound_until": (
            _lt("First day not bound"),
            _lt("Known or stated end, else the end of the term"),
            _NONE,
        ),
        "mrr": (_lt("Monthly recurring revenue"), _RATE, _lt("today")),
        "value": (_lt("Charged so far, usage too, without tax"), _lt("Sum of charges"), _TO_DATE),
        "remainder": (
            _lt("What it is still bound to bring"),
            _lt("MRR × days from the last day charged to the end ÷ 30.4375; no usage"),
            _lt("from today to the end"),
        ),
        "total": (_lt("Lifetime value"), _lt("Value to date + remainder"), _lt("all")),
    },
    "billing.parked.age": {
        "bucket": (_lt("Age"), _lt("0–7, 8–30, 31–60, more than 60 days"), _NONE),
        "age": (_lt("Days since it was parked first"), _NONE, _lt("today")),
        "phase": (_lt("Where it stopped"), _NONE, _NONE),
        "subscription_id": (_lt("Subscription"), _NONE, _NONE),
        "statement_id": (_lt("Document"), _NONE, _NONE),
        "reason": (_lt("Why"), _NONE, _NONE),
        "user_id": (_lt("Who looks after it"), _NONE, _NONE),
        "attempts": (_lt("How often it was tried"), _NONE, _TO_DATE),
        "at_stake": (
            _lt("What the platform waits for, on its own contracts"),
            _lt("MRR of what is not booked; charges of what is on no document, or on a draft"),
            _lt("a month; the document"),
        ),
    },
}
