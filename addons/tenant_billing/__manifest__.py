{
    "name": "Tenant Billing",
    "summary": "Tenants and hosting, infrastructure pricing, usage, subscriptions, charge ledger",
    "version": "19.0.0.1.0",
    "category": "Sales/Partner Programme",
    "author": "Partner Control Plane",
    "license": "LGPL-3",
    "application": True,
    "depends": ["partner_governance"],
    "external_dependencies": {"python": ["cryptography", "requests"]},
    "data": [
        # rights
        "security/ir.model.access.csv",
        "security/billing_rules.xml",
        # records
        "data/hosting_profiles.xml",
        "data/hosting_provisioners.xml",
        "data/billing.xml",
        # views
        "views/hosting_tenant_views.xml",
        "views/hosting_connection_views.xml",
        "views/hosting_operation_views.xml",
        "views/hosting_tenant_operation_views.xml",
        "views/menus.xml",
        "views/hosting_menus.xml",
    ],
    "demo": [],
}
