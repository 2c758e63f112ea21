import os

from odoo import api, models
from odoo.exceptions import UserError

from ..adapters.vault import Vault, VaultError
from ..exceptions import message


class HostingVault(models.AbstractModel):
    """Secrets of tenants and provisioners: encrypted at rest, in clear only inside a call."""

    _name = "hosting.vault"
    _description = "Secrets at rest"

    @api.model
    def _vault(self):
        """The vault of this server.

        :raise UserError: without CONTROL_PLANE_FERNET_KEYS nothing is stored or used
        """
        try:
            return Vault(os.environ.get("CONTROL_PLANE_FERNET_KEYS"))
        except VaultError as error:
            raise UserError(message(self.env, error.code, detail=error.detail)) from None

    @api.model
    def _encrypt(self, secret):
        return self._vault().encrypt(secret)

    @api.model
    def _decrypt(self, stored):
        try:
            return self._vault().decrypt(stored)
        except VaultError as error:
            raise UserError(message(self.env, error.code, detail=error.detail)) from None
