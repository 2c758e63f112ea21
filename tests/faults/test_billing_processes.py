"""Billing in several processes, and processes that die: one charge and one invoice each."""

import time
from pathlib import Path
from random import Random

BENCH = Path(__file__).resolve().parents[1] / "bench"
NUMBER = 6
# What the bench's portfolio costs a month: 120 + 60 + 15 + 9.50, and no usage.
MONTH = "204.50"
PORTFOLIO = f"""
import json, sys
number = {NUMBER}
sys.path.insert(0, {str(BENCH)!r})
import portfolio
env = env(su=True)
root = portfolio.seller(env)
book = portfolio.book(env, root)
def legs(customer):
    return [{{
        "seller_id": root.id, "customer_id": customer.id, "price_book_id": book.id,
        "currency_id": book.currency_id.id,
    }}]
made = portfolio.subscriptions(env, root, portfolio.plan(env, root), number, legs)
env["ir.config_parameter"].set_param("tenant_billing.catch_up_months", "60")
env.cr.commit()
print(json.dumps(made.ids))
"""
# A run as the scheduler goes through it: the open one, or a new one as of a day.
RUN = """
import json
env = env(su=True)
Run = env["billing.run"]
left = [("state", "!=", "done"), ("single", "=", False)]
run = not {new} and Run.search(left, limit=1) or Run._open({day!r})
env.cr.commit()
while run.state != "done" and run._step(env["ir.cron"]._commit_progress):
    pass
print(json.dumps(str(run.state)))
"""


def run(day, new=False):
    return RUN.format(day=day, new=new)


# One that is killed at a place: before or after the method, in the nth call.
KILL = """
import os, signal
def dies(model, method, when, skip=0):
    kind = type(env[model])
    original, calls = getattr(kind, method), []
    def replaced(self, *args, **more):
        calls.append(1)
        if when == "before" and len(calls) > skip:
            os.kill(os.getpid(), signal.SIGKILL)
        found = original(self, *args, **more)
        if when == "after" and len(calls) > skip:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    setattr(kind, method, replaced)
"""
FAILPOINTS = [
    ("booked, not committed", ("billing.run", "_do_book", "after", 0)),
    ("booking committed", ("ir.cron", "_commit_progress", "after", 0)),
    ("statement made, no invoice yet", ("billing.statement", "_make_invoices", "before", 0)),
    ("invoices made, charges not placed", ("billing.charge", "_place", "before", 0)),
    ("drafts made, not committed", ("billing.run", "_do_draft", "after", 0)),
    ("posted, statement still a draft", ("billing.statement", "_make_vendor_bills", "before", 0)),
    ("issued, not committed", ("billing.run", "_do_post", "after", 0)),
    ("all but the last commit", ("ir.cron", "_commit_progress", "before", 4)),
]


def killed(process):
    process.communicate()
    return process.returncode == -9


def invariants(stage, months, number=NUMBER):
    """Each customer has one posted invoice a month, of the right amount, with its own number;
    each key of the ledger stands once and on one document; nothing is left in between."""
    (row,) = stage.sql(
        "SELECT count(*), count(DISTINCT name), sum(amount_untaxed), "
        "count(*) FILTER (WHERE state <> 'posted') FROM account_move "
        "WHERE billing_statement_id IS NOT NULL AND move_type LIKE 'out_%'"
    )
    want = number * months
    assert [int(row[0]), int(row[1]), int(row[3])] == [want, want, 0], row
    assert abs(float(row[2]) - want * float(MONTH)) < 0.005, row
    ((twice,),) = stage.sql(
        "SELECT count(*) FROM (SELECT 1 FROM billing_charge GROUP BY leg_id, component_code, "
        "kind, period_start HAVING count(*) > 1) AS rows"
    )
    ((loose,),) = stage.sql("SELECT count(*) FROM billing_charge WHERE statement_id IS NULL")
    ((charges,),) = stage.sql("SELECT count(*) FROM billing_charge WHERE amount <> 0")
    assert (int(twice), int(loose), int(charges)) == (0, 0, want * 4)
    numbers = sorted(
        int(row[0])
        for row in stage.sql(
            "SELECT sequence_number FROM account_move WHERE billing_statement_id IS NOT NULL "
            "AND move_type LIKE 'out_%'"
        )
    )
    assert numbers == list(range(1, want + 1)), "invoice numbers have a gap"


def test_killed_at_every_step(stage):
    """R-01, B-11: a kill between any two steps of a run; the next process finishes it, and each
    month is charged and invoiced once."""
    stage.shell(PORTFOLIO)
    for month, (name, place) in enumerate(FAILPOINTS, start=1):
        script = run(f"2026-{month:02}-01")
        process = stage.start_shell(KILL + f"dies(*{place!r})\n" + script)
        assert killed(process), f"“{name}” was never reached"
        assert stage.shell(script) == "done"
        invariants(stage, month)


def test_killed_at_random(stage):
    """R-02: two processes on one run of 80 subscriptions, both killed at random again and again;
    the last one finishes, and the ledger is what it would have been."""
    number, random = 80, Random(20261125)
    stage.shell(PORTFOLIO.replace(f"number = {NUMBER}", f"number = {number}"))
    script = run("2026-01-01").replace("while run", "print('begun', flush=True)\nwhile run")
    for _kill in range(4):
        processes = [stage.start_shell(script) for _host in range(2)]
        for process in processes:
            said(process, "begun")
        time.sleep(random.uniform(0.1, 1.5))
        for process in processes:
            process.kill()
            process.wait()
    # Both may have begun a run of their own.
    for _run in range(5):
        assert stage.shell(run("2026-01-01")) == "done"
        ((open_runs,),) = stage.sql("SELECT count(*) FROM billing_run WHERE state <> 'done'")
        if not int(open_runs):
            break
    else:
        raise AssertionError("a run does not come to its end")
    invariants(stage, 1, number)


def test_the_database_goes_away(stage):
    """R-04, R-05: the backend is ended between posting and the commit; the run goes on later."""
    stage.shell(PORTFOLIO)
    script = run("2026-01-01")
    gone = """
def ended(self, *args, **more):
    found = original(self, *args, **more)
    import psycopg2
    with env.registry.cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [env.cr._cnx.get_backend_pid()])
    return found
kind = type(env["billing.run"])
original = kind._do_post
kind._do_post = ended
"""
    process = stage.start_shell(gone + script)
    output, _nothing = process.communicate()
    assert '"done"' not in output, output
    ((posted,),) = stage.sql("SELECT count(*) FROM account_move WHERE state = 'posted'")
    assert int(posted) == 0
    assert stage.shell(script) == "done"
    invariants(stage, 1)


# Processes wait for one lock, until all of them do.
WAIT = """
env.cr.execute("SELECT pg_advisory_lock_shared(7)")
env.cr.rollback()
"""
STARTER = """
import time
env.cr.execute("SELECT pg_advisory_lock(7)")
env.cr.commit()
print("held", flush=True)
waiting = 0
while waiting < {count}:
    time.sleep(0.05)
    env.cr.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    waiting = env.cr.fetchone()[0]
    env.cr.rollback()
env.cr.execute("SELECT pg_advisory_unlock(7)")
"""


def said(process, word):
    for line in process.stdout:
        if word in line:
            return
    raise AssertionError(f"the process never said “{word}”")


def at_once(stage, *scripts):
    """Run scripts in processes of their own, from one instant on; what each of them printed."""
    starter = stage.start_shell(STARTER.format(count=len(scripts)))
    said(starter, "held")
    processes = [stage.start_shell(WAIT + script) for script in scripts]
    return [process.communicate(timeout=300)[0] for process in processes]


BILL_NOW = """
import json
env = env(su=True)
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
try:
    env["billing.run"]._bill_now(env["billing.subscription"].browse({ids}), "2026-01-01")
    env.cr.commit()
    print(json.dumps("billed"))
except UserError as error:
    env.cr.rollback()
    print(json.dumps("told: " + str(error)))
except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
    # The web server tries such a request again; see the next test.
    env.cr.rollback()
    print(json.dumps("retry"))
"""


def test_two_runs_and_bill_now_at_once(stage):
    """R-06, B-10: two runs and two “Bill now” start at one instant: one invoice each."""
    ids = stage.shell(PORTFOLIO)
    outputs = at_once(
        stage,
        run("2026-01-01", new=True),
        run("2026-01-01", new=True),
        BILL_NOW.format(ids=ids[:2]),
        BILL_NOW.format(ids=ids[:2]),
    )
    for output in outputs:
        assert "Traceback" not in output or "could not serialize" in output, output
    stage.shell(run("2026-01-01"))
    invariants(stage, 1)


def test_numbers_have_no_gap(stage):
    """R-07, B-14: processes that post in one journal at once give distinct numbers, no gap."""
    ids = stage.shell(PORTFOLIO)
    retry = """
for _time in range(20):
    answer = None
    from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
    try:
        env["billing.run"]._bill_now(env["billing.subscription"].browse({ids}), "2026-01-01")
        env.cr.commit()
        break
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        env.cr.rollback()
        time.sleep(0.2)
"""
    scripts = ["env = env(su=True)\nimport time\n" + retry.format(ids=[ident]) for ident in ids[:4]]
    at_once(stage, *scripts)
    stage.shell(run("2026-01-01"))
    invariants(stage, 1)


def test_a_locked_subscription_waits(stage):
    """R-12: another connection holds one subscription; the others are billed, and it is in the
    next tick."""
    ids = stage.shell(PORTFOLIO)
    holder = stage.start_shell(
        "import time\n"
        f"env.cr.execute('SELECT id FROM billing_subscription WHERE id = {ids[0]} FOR UPDATE')\n"
        "print('held', flush=True)\n"
        "time.sleep(3600)\n"
    )
    said(holder, "held")
    assert stage.shell(run("2026-01-01")) == "book"
    ((booked,),) = stage.sql("SELECT count(DISTINCT subscription_id) FROM billing_charge")
    assert int(booked) == NUMBER - 1
    holder.kill()
    holder.wait()
    assert stage.shell(run("2026-01-01")) == "done"
    invariants(stage, 1)
