"""What the in-memory tenant knows: models, fields, modules, uniqueness. Data only."""

_CHAR = {"type": "char"}
_BOOL = {"type": "boolean", "default": False}
_USER = {"type": "many2one", "relation": "res.users"}
_COMPANY = {"type": "many2one", "relation": "res.company"}

DEFAULTS = {
    "active": {"type": "boolean", "default": True},
    "create_uid": _USER,
    "write_uid": _USER,
    "write_date": {"type": "datetime"},
}

SCHEMA = {
    model: {**DEFAULTS, **fields}
    for model, fields in {
        "res.company": {"name": _CHAR},
        "res.users": {
            "name": _CHAR, "login": _CHAR, "company_id": _COMPANY,
            "company_ids": {"type": "many2many", "relation": "res.company"},
        },
        "ir.config_parameter": {"key": _CHAR, "value": _CHAR},
        "ir.model.data": {
            "module": _CHAR, "name": _CHAR, "model": _CHAR,
            "res_id": {"type": "many2one_reference"}, "noupdate": _BOOL,
        },
        "ir.module.module": {
            "name": _CHAR, "state": {"type": "selection"}, "to_buy": _BOOL,
            "latest_version": _CHAR,
        },
        "product.category": {
            "name": _CHAR,
            "parent_id": {"type": "many2one", "relation": "product.category"},
            "property_cost_method": {
                "type": "selection", "company_dependent": True, "default": "standard",
                "module": "stock_account",
            },
            "property_valuation": {
                "type": "selection", "company_dependent": True, "default": "periodic",
                "module": "stock_account",
            },
        },
        "stock.warehouse": {
            "name": _CHAR,
            "code": {"type": "char", "size": 5},
            "company_id": _COMPANY,
            "reception_steps": {"type": "selection", "default": "one_step"},
            "delivery_steps": {"type": "selection", "default": "ship_only"},
            "resupply_wh_ids": {"type": "many2many", "relation": "stock.warehouse"},
        },
        "res.config.settings": {
            "group_uom": _BOOL,
            "group_stock_multi_locations": {**_BOOL, "module": "stock"},
            "group_stock_adv_location": {**_BOOL, "module": "stock"},
            "group_stock_production_lot": {**_BOOL, "module": "stock"},
            "security_lead": {"type": "float", "digits": [16, 2], "company": True,
                              "default": 0.0, "module": "stock"},
            "module_stock_barcode": {**_BOOL, "module": "stock"},
        },
    }.items()
}  # fmt: skip

# Which module a model comes with; others are in base.
MODEL_MODULE = {"stock.warehouse": "stock", "product.category": "product"}
FIRST_INSTALLED = ("base", "product")
MODULES = {
    "base": {"state": "installed", "depends": ()},
    "product": {"state": "installed", "depends": ()},
    "stock": {"state": "uninstalled", "depends": ("product",)},
    "account": {"state": "uninstalled", "depends": ()},
    "stock_account": {"state": "uninstalled", "depends": ("stock", "account")},
    "purchase": {"state": "uninstalled", "depends": ("account",)},
    "sale_management": {"state": "uninstalled", "depends": ("account",)},
    "stock_barcode": {"state": "uninstallable", "depends": ("stock",)},
}
UNIQUE = {
    "stock.warehouse": [("name", "company_id"), ("code", "company_id")],
    "ir.model.data": [("module", "name")],
}
