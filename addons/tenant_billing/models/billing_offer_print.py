import hashlib

from odoo import models

from ..adapters.prices import decimal, engine_price
from ..engine.money import plain
from ..engine.pricing import TIERED


class BillingOffer(models.Model):
    """The offer in the customer's words: never a cost, a margin, a floor or another party."""

    _inherit = "billing.offer"

    def _printed(self):
        """Itself for a document: what it shows is not more than the customer reads, in the
        customer's language."""
        self.check_access("read")
        # Safe: the reader may read the offer; names of its own seller's brand are beside it.
        return self.sudo().with_context(
            lang=self.sudo().partner_id.lang or self.env.lang, tz=self.timezone
        )

    def _print(self):
        """What page and document show.

        Runs as the system, in the customer's language.

        :return: dict with seller (`_face`), recurring and once (`billing.offer.line._print`),
            period, term (sentences)
        """
        self.ensure_one()
        once = self.line_ids.filtered(lambda line: line.kind == "one_off")
        contact = self.deal_id.contact_name or ""
        return {
            "seller": self._quote_seller()._face(),
            "recurring": [line._print() for line in self.line_ids - once],
            "once": [line._print() for line in once],
            "period": self._period(),
            "measured": any(line.kind == "metered" for line in self.line_ids),
            "tax_included": self.price_book_id.tax_included,
            "terms": self._terms_text(),
            "discount": self._discount_text(),
            "recurring_off": self.discounted_total - self.recurring_total,
            "once_total": sum(once.mapped("subtotal")),
            "once_off": self.one_off_total - sum(once.mapped("subtotal")),
            "customer": self.partner_id.name or self.deal_id.company_name,
            "contact": contact if "@" not in contact else "",
        }

    def _read_as(self):
        """What stands for the words that the customer reads, so that nobody signs others."""
        words = {**self._print(), "seller": self._quote_seller().id}
        words["total"] = (self.discounted_total, self.one_off_total, self.currency_id.name)
        return hashlib.sha256(repr(sorted(words.items())).encode()).hexdigest()

    def _period(self):
        """“month”, “3 months”."""
        names = {
            "day": (self.env._("day"), self.env._("days")),
            "week": (self.env._("week"), self.env._("weeks")),
            "month": (self.env._("month"), self.env._("months")),
            "year": (self.env._("year"), self.env._("years")),
        }
        count = self.plan_id.interval_count
        one, many = names[self.plan_id.interval]
        return one if count == 1 else f"{count} {many}"

    def _terms_text(self):
        """Start, term, renewal, trial, discount, day of the invoice: a sentence each."""
        book, found = self.price_book_id, []
        if self.start_date:
            found.append(self.env._("Service begins on %(day)s.", day=self._day(self.start_date)))
        else:
            found.append(self.env._("Service begins on the day we agree after your signature."))
        if self.term_months:
            found.append(self.env._("The term is %(count)s months.", count=self.term_months))
            renewal = book.renewal or "auto"
            if renewal == "auto":
                found.append(self.env._("It is renewed for the same term unless you end it."))
            elif renewal == "end":
                found.append(self.env._("It ends with its term."))
            else:
                found.append(self.env._("It then goes on until one of us ends it."))
            if book.notice_days and renewal == "auto":
                found.append(
                    self.env._(
                        "Notice is given %(count)s days before the end of the term.",
                        count=book.notice_days,
                    )
                )
            if book.uplift_percent and renewal == "auto":
                found.append(
                    self.env._(
                        "At each renewal prices rise by %(percent)s %%.",
                        percent=plain(decimal(book.uplift_percent)),
                    )
                )
        if self.trial_days:
            found.append(
                self.env._("The first %(count)s days are free of charge.", count=self.trial_days)
            )
        if any(line.kind == "metered" for line in self.line_ids):
            found.append(
                self.env._(
                    "What is measured is invoiced after each %(period)s, everything else in "
                    "advance.",
                    period=self._period(),
                )
            )
        return found

    def _discount_text(self):
        if not self.discount_percent:
            return ""
        percent = plain(decimal(self.discount_percent))
        if self.discount_months:
            return self.env._(
                "Less %(percent)s %% for the first %(count)s months",
                percent=percent,
                count=self.discount_months,
            )
        return self.env._("Less %(percent)s %%", percent=percent)

    def _day(self, day):
        return self.env["ir.qweb.field.date"].value_to_html(day, {})


class BillingOfferLine(models.Model):
    _inherit = "billing.offer.line"

    def _print(self):
        """One driver: dict of name, note, quantity, rates, included, bounds, subtotal, measured."""
        component, measured = self.component_id, self.kind == "metered"
        unit = component.meter_id.unit or "" if measured else ""
        included = decimal(self.included)
        return {
            "name": component.name,
            "note": component.driver_id.explanation or "",
            "quantity": f"{plain(decimal(self.quantity))} {unit}".strip(),
            "rates": self._rates(unit),
            "included": f"{plain(included)} {unit}".strip() if included else "",
            "bounds": self._limits(),
            "subtotal": self.subtotal,
            "measured": measured,
        }

    def _rates(self, unit):
        """The price, one sentence a tier."""
        price = engine_price(self)
        per = f" / {unit}" if unit else ""
        if price.model == "flat":
            return [self._rate(price.amount)]
        if price.model == "package":
            return [
                self.env._(
                    "%(rate)s for each %(size)s %(unit)s begun",
                    rate=self._rate(price.amount),
                    size=plain(price.package_size),
                    unit=unit,
                )
            ]
        if price.model not in TIERED:
            return [self._rate(price.amount) + per]
        found = []
        for tier in price.tiers:
            rate = self._rate(tier.unit) + per
            if tier.flat:
                rate += " + " + self._rate(tier.flat)
            if tier.up_to is None:
                found.append(self.env._("above: %(rate)s", rate=rate))
            else:
                found.append(
                    self.env._("up to %(limit)s: %(rate)s", limit=plain(tier.up_to), rate=rate)
                )
        if price.model == "volume":
            found.append(self.env._("the whole quantity at the rate that it reaches"))
        return found

    def _limits(self):
        found = []
        if self.minimum:
            found.append(self.env._("at least %(sum)s", sum=self._rate(decimal(self.minimum))))
        if self.maximum:
            found.append(self.env._("at most %(sum)s", sum=self._rate(decimal(self.maximum))))
        return ", ".join(found)

    def _rate(self, rate):
        """A rate with its currency and all its decimals: 0.185 is not 0.19."""
        lang = self.env["res.lang"]._lang_get(self.env.lang) or self.env["res.lang"]._lang_get(
            "en_US"
        )
        text = plain(rate, 8)
        decimals = max(
            self.currency_id.decimal_places, len(text.partition(".")[2]) if "." in text else 0
        )
        number = lang.format(f"%.{decimals}f", float(rate), grouping=True)
        symbol = self.currency_id.symbol
        if self.currency_id.position == "before":
            return f"{symbol}\N{NO-BREAK SPACE}{number}"
        return f"{number}\N{NO-BREAK SPACE}{symbol}"
