"""X-05, R-41: what one process changes, the next transaction of another one sees."""


def companies(stage, port, key):
    rows = stage.call(port, key, "program.deal", "search_read", domain=[], fields=["company_name"])
    return {row["company_name"] for row in rows}


def test_a_moved_node_and_a_moved_user(stage):
    """X-05, R-41: the fence moves with the tree in a server that was running all the time."""
    made = stage.programme()
    port = stage.serve()
    assert companies(stage, port, made["master"]) == {
        "Customer of Hanse ERP",
        "Customer of Alpenland IT",
    }
    assert companies(stage, port, made["sales"]) == {"Customer of Hanse ERP"}

    stage.shell(
        f"env['program.partner'].browse({made['sub2']}).upline_id = {made['root']}\n"
        "env.cr.commit()\n"
    )
    assert companies(stage, port, made["master"]) == {"Customer of Hanse ERP"}

    stage.shell(
        f"user = env['res.users'].search([('login', '=', '{made['sales_login']}')])\n"
        f"user.program_partner_id = {made['sub2']}\n"
        "env.cr.commit()\n"
    )
    assert companies(stage, port, made["sales"]) == {"Customer of Alpenland IT"}


SEAL = """
import json, time
from odoo.addons.partner_governance.models import governance_event
env["governance.event"].search([], limit=1)
time.sleep({wait})
try:
    env["governance.event"]._cron_seal()
    env.cr.commit()
    print(json.dumps("sealed"))
except Exception as error:
    env.cr.rollback()
    print(json.dumps(type(error).__name__))
"""


def test_two_sealers_do_not_fork_the_chain(stage):
    """PG-128: two transactions that seal at once leave one chain, each number once."""
    stage.programme()
    processes = [stage.start_shell(SEAL.replace("{wait}", "3")) for _ in range(2)]
    outputs = [process.communicate()[0] for process in processes]
    assert any('"sealed"' in output for output in outputs), outputs
    stage.shell("env['governance.event']._cron_seal()\nenv.cr.commit()\n")
    broken = stage.shell(
        "import json\nprint(json.dumps(str(env['governance.event']._check_chain())))\n"
    )
    assert broken == "None"
    ((rows, numbers, highest),) = stage.sql(
        "SELECT count(*), count(DISTINCT number), max(number) FROM governance_event"
    )
    assert int(rows) >= 2
    assert rows == numbers == highest
