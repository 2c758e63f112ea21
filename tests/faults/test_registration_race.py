"""PG-025: who registers a company first, and how often somebody has asked, at one instant."""

import threading

TWO_PARTNERS = """
import json
from datetime import timedelta
from odoo import fields
from odoo.addons.partner_governance.tests.common import ProgramMixin
class P(ProgramMixin): pass
P.env = env
P.build_programme()
env = P.env
expires = fields.Datetime.now() + timedelta(days=1)
keys = [
    env["res.users.apikeys"].with_user(P.user(node, "sales"))._generate("rpc", "test", expires)
    for node in (P.sub, P.stranger)
]
env.cr.commit()
print(json.dumps(keys))
"""
REGISTER = """
SELECT deal.company_name, array_agg(deal.state ORDER BY deal.state),
       count(DISTINCT own.id), count(DISTINCT conflict.id)
  FROM program_deal deal
  LEFT JOIN program_ownership own ON own.deal_id = deal.id AND own.ended_why IS NULL
  LEFT JOIN program_conflict conflict ON conflict.deal_id = deal.id AND conflict.state = 'open'
 GROUP BY deal.company_name
"""
ROUNDS = 5


def at_once(calls):
    """Run all of them at one moment; their results in order."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        gate.wait()
        results[place] = call()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_company_registered_by_two_partners_at_once(stage):
    """PG-025: exactly one of them is protected, and the other waits for the desk; each time."""
    keys = stage.shell(TWO_PARTNERS)
    port = stage.serve()
    for number in range(ROUNDS):
        values = {"company_name": f"Race {number}", "identity": f"race{number}.example"}
        answers = at_once(
            [
                lambda key=key, values=values: stage.call(
                    port, key, "program.deal", "create", vals_list=[values]
                )
                for key in keys
            ]
        )
        assert all(isinstance(answer, list) for answer in answers), answers
    assert sorted(stage.sql(REGISTER)) == [
        [f"Race {number}", "{conflict,registered}", "1", "1"] for number in range(ROUNDS)
    ]


ASK = """
import json, threading
from odoo import api
from odoo.addons.partner_governance.tests.common import ProgramMixin
class P(ProgramMixin): pass
P.env = env
P.build_programme()
env = P.env
env["ir.config_parameter"].set_param("partner_governance.lookups_per_hour", {limit})
node, user = P.sub.id, P.user(P.sub, "sales").id
env.cr.commit()
gate, answers = threading.Barrier({askers}), []

def ask(number):
    with env.registry.cursor() as cr:
        own = api.Environment(cr, user, {{}})
        partner = own["program.partner"].sudo().browse(node)
        gate.wait()
        answers.append(own["program.lookup"]._is_too_often(partner, f"company {{number}}"))

threads = [threading.Thread(target=ask, args=(number,)) for number in range({askers})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps([answers.count(False), answers.count(True)]))
"""


def test_lookups_at_once_are_all_counted(stage):
    """PG-025: ten that ask at one moment leave ten rows, and no more than the limit is answered."""
    limit, askers = 4, 10
    answered, refused = stage.shell(ASK.format(limit=limit, askers=askers))
    assert answered <= limit
    assert answered + refused == askers
    rows = stage.sql("SELECT count(*), count(DISTINCT company_name) FROM program_lookup")
    assert rows == [[str(askers), str(askers)]]
