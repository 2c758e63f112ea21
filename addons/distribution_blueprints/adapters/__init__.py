"""Reading and writing a tenant. Imports nothing here, so that parts load without Odoo."""
