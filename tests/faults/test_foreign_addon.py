"""X-05: an addon that nobody classified, installed on top of a running programme."""

from controlplane import databases, places

FILL = """
import json
master, sub = (env["program.partner"].browse(ident) for ident in ({root}, {sub}))
category = env["maintenance.equipment.category"].create({{"name": "Racks"}})
user = env["res.users"].search([("login", "=", "{sales_login}")])
# Even with every right that the addon knows.
user.group_ids |= env.ref("maintenance.group_equipment_manager")
equipment = env["maintenance.equipment"].create(
    {{"name": "Rack 7", "category_id": category.id, "technician_user_id": user.id}}
)
env["maintenance.request"].create(
    {{"name": "Fan", "equipment_id": equipment.id, "user_id": user.id, "owner_user_id": user.id}}
)
env.cr.commit()
print(json.dumps(sorted(
    name for name, model in env.registry.items()
    if name.startswith("maintenance.") and not model._abstract
)))
"""


def test_a_foreign_addon_shows_nothing(stage):
    """X-05: core's Maintenance, which lets all internal users read and write, is denied to
    partner staff until its models stand in a table: no record is read, made or found."""
    made = stage.programme()
    log = places.LOGS / "foreign-addon.log"
    databases.batch(stage.server, stage.name, log, "-i", "maintenance", "--without-demo")
    models = stage.shell(FILL.format(**made))
    assert "maintenance.request" in models
    port = stage.serve()
    for key in (made["sales"], made["master"]):
        for model in models:
            for method, body in (
                ("search_read", {"domain": [], "fields": ["display_name"]}),
                ("name_search", {}),
                ("create", {"vals_list": [{"name": "Mine"}]}),
            ):
                answer = stage.call(port, key, model, method, **body)
                denied = isinstance(answer, dict) and 400 <= answer["status"] < 500
                assert answer == [] or denied, (model, method, answer)
    assert stage.sql("SELECT count(*) FROM maintenance_request") == [["1"]]
    assert stage.sql("SELECT count(*) FROM maintenance_equipment") == [["1"]]
    # What the programme shows goes on as before.
    deals = stage.call(port, made["sales"], "program.deal", "search_read", domain=[], fields=["id"])
    assert len(deals) == 1
