from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..adapters.complete_invoices import differences, overrides

# Invoices that a run makes both ways, at most: one of each shape.
SAMPLES = 20


class BillingRun(models.Model):
    """How a run makes its invoices: with all lines given at once where nothing speaks against
    it, else the ordinary way, line by line."""

    _inherit = "billing.run"

    ordinary_reason = fields.Text(
        string="Invoices made line by line",
        readonly=True,
        help="Why this run does not give Odoo all lines of an invoice at once.",
    )
    sampled_shapes = fields.Json(readonly=True)

    def _make_moves(self, invoices, values):
        """Create draft invoices.

        :param invoices: an `Invoices` of the selling company
        :param values: list of values of ``account.move``
        :return: ``account.move`` in the order of ``values``
        """
        if not self._completes(invoices.company):
            return invoices.Move.create(values)
        try:
            with self.env.cr.savepoint():
                moves, found = self._make_complete(invoices, values)
                if not found:
                    return moves
                # Nothing of it stays: the savepoint takes it all back.
                raise _Differs(self.env._("they would differ in %(names)s", names=", ".join(found)))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the ordinary way decides
            moves = invoices.Move.create(values)
            self.ordinary_reason = self.env._(
                "All lines at once gave no good invoice (%(error)s). Tell the platform's "
                "administrators; amounts are right.",
                error=error,
            )
            return moves

    def _completes(self, company):
        if not self.ordinary_reason and (found := overrides(self.env)):
            self.ordinary_reason = self.env._(
                "Other modules change how Odoo finds the lines of an invoice: %(found)s.",
                found=", ".join(found),
            )
        return company.billing_complete_lines and not self.ordinary_reason

    def _make_complete(self, invoices, values):
        fit = [each for each in values if invoices.supports(each)]
        rest = [each for each in values if not invoices.supports(each)]
        made = {
            id(each): move
            for part, create in ((fit, invoices.make), (rest, invoices.Move.create))
            if part
            for each, move in zip(part, create(part), strict=True)
        }
        found = set()
        for each in self._samples(invoices, fit):
            found |= set(self._compare(invoices, each, made[id(each)]))
        return invoices.Move.browse([made[id(each)].id for each in values]), sorted(found)

    def _samples(self, invoices, values):
        """One of each shape that this run has not made both ways yet."""
        seen = list(self.sampled_shapes or [])
        samples = []
        for each in values:
            shape = invoices.shape(each)
            if shape not in seen and len(seen) < SAMPLES:
                seen.append(shape)
                samples.append(each)
        if samples:
            self.sampled_shapes = seen
        return samples

    def _compare(self, invoices, values, move):
        """Fields in which an invoice differs from the same one made the ordinary way, which is
        taken back at once."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            return differences(move, invoices.Move.create([values]))
        finally:
            savepoint.close(rollback=True)


class _Differs(Exception):
    """The two ways do not make the same invoice."""
