{
    "name": "Distribution Blueprints",
    "summary": "Standard deployments: plan, apply and watch the configuration of tenants",
    "version": "19.0.0.1.0",
    "category": "Sales/Partner Programme",
    "author": "Partner Control Plane",
    "license": "LGPL-3",
    "application": True,
    "depends": ["tenant_billing"],
    "data": [
        # rights
        "security/ir.model.access.csv",
        # records
        "data/blueprint_multi_warehouse.xml",
        "data/crons.xml",
        "data/scorecard_criteria.xml",
        # views
        "views/blueprint_blueprint_views.xml",
        "views/program_artefact_views.xml",
        "views/blueprint_plan_views.xml",
        "views/blueprint_run_views.xml",
        "views/blueprint_drift_views.xml",
        "views/hosting_views.xml",
        "views/blueprint_scorecard_views.xml",
        "views/menus.xml",
    ],
    "demo": [],
}
