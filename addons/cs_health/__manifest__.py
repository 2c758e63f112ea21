{
    "name": "Customer Success Health",
    "summary": "Customer lifecycle, reviews after go-live, health scores that explain themselves",
    "version": "19.0.0.1.0",
    "category": "Sales/Partner Programme",
    "author": "Partner Control Plane",
    "license": "LGPL-3",
    "application": True,
    "depends": ["distribution_blueprints"],
    "data": [
        # rights
        "security/ir.model.access.csv",
        # records
        "data/activity_types.xml",
        "data/metrics.xml",
        "data/profiles.xml",
        "data/crons.xml",
        # views
        "views/cs_contribution_views.xml",
        "views/cs_snapshot_views.xml",
        "views/cs_review_views.xml",
        "views/cs_sample_views.xml",
        "wizards/cs_override_views.xml",
        "views/cs_account_views.xml",
        "views/cs_metric_views.xml",
        "views/cs_profile_views.xml",
        "views/hosting_tenant_views.xml",
        "views/menus.xml",
    ],
    "demo": [],
    "assets": {"web.assets_backend": ["cs_health/static/src/**/*"]},
    "post_init_hook": "post_init_hook",
}
