"""Where the engines meet the world. Imports nothing here, so that parts load without Odoo."""
