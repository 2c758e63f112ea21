import json
import re
import time

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters import webhook
from ..adapters.pinned import ExchangeError
from ..adapters.transport import RefusedError
from ..engine.address_guard import check_url
from ..exceptions import message

_PATH = re.compile(r"/[A-Za-z0-9._~/-]*\Z")
RESULT = ("url", "database", "login", "key", "expires_on", "file", "version")


class HostingProvisioner(models.Model):
    _inherit = "hosting.provisioner"

    url = fields.Char(string="Address", help="https://host of the machine that carries out.")
    path = fields.Char(default="/control-plane/operation")
    # Nobody reads it over the ORM, as with the keys of tenants.
    secret_encrypted = fields.Char(groups=fields.NO_ACCESS, copy=False)
    new_secret = fields.Char(
        string="New shared secret",
        compute="_compute_new_secret",
        inverse="_inverse_new_secret",
        help="Write only: it is encrypted at once and shown to nobody.",
    )

    @api.constrains("url", "path")
    def _check_address(self):
        hosts = self.env["hosting.connection"]._allow_hosts()
        for provisioner in self.filtered("url"):
            refused = check_url(provisioner.url, hosts)
            if isinstance(refused, str) or not _PATH.match(provisioner.path or "/"):
                detail = refused if isinstance(refused, str) else provisioner.path
                raise ValidationError(
                    message(self.env, "address_refused", url=provisioner.url, detail=detail)
                )

    def _compute_new_secret(self):
        self.new_secret = False

    def _inverse_new_secret(self):
        for provisioner in self.filtered("new_secret"):
            stored = self.env["hosting.vault"]._encrypt(provisioner.new_secret.strip())
            # Safe: the caller may write the provisioner; the field has no other way in.
            provisioner.sudo().secret_encrypted = stored

    def write(self, vals):
        if "url" in vals:
            moved = self.filtered(lambda provisioner: provisioner.url != vals["url"])
            # Safe: takes away only. A secret must not follow a changed address.
            super(HostingProvisioner, moved.sudo()).write({"secret_encrypted": False})
        return super().write(vals)

    def _is_ready_webhook(self):
        # Safe: only whether there is one.
        return bool(self.url and self.sudo().secret_encrypted)

    def _secret(self):
        # Safe: used to sign and to verify, shown to nobody.
        return self.env["hosting.vault"]._decrypt(self.sudo().secret_encrypted)

    def _perform_webhook(self, operation):
        """Post the signed event; the result comes back to ``/hosting/operation/<uuid>``.

        The receiver tells a repeated event by its operation id.
        """
        try:
            status = webhook.send(
                self.url,
                self.path or "/",
                self._secret(),
                self._webhook_event(operation),
                int(time.time()),
                allow_hosts=self.env["hosting.connection"]._allow_hosts(),
            )
        except RefusedError as error:
            raise UserError(
                message(self.env, "address_refused", url=self.url, detail=error.code)
            ) from None
        except ExchangeError as error:
            operation.error = message(self.env, "webhook_failed", detail=error.code)
            raise
        if status >= 500:
            raise ExchangeError("unavailable", True)
        if status >= 300:
            raise UserError(message(self.env, "webhook_refused", status=status))
        operation.progress = self.env._("Handed over; the result comes back.")
        return None

    def _webhook_event(self, operation):
        environment = operation.environment_id
        tenant = environment.tenant_id
        base = self.env["ir.config_parameter"].get_param("web.base.url")
        return {
            "operation": operation.uuid,
            "kind": operation.kind,
            "tenant": {"reference": tenant.reference, "name": tenant.name},
            "environment": {
                "kind": environment.kind,
                "url": environment.url or "",
                "database": environment.database or "",
            },
            "profile": tenant.profile_id.name or "",
            "callback": f"{base}/hosting/operation/{operation.uuid}",
        }

    @api.model
    def _webhook_result(self, uuid, body, signature):
        """Take a result that was posted back. HTTP status: 200, 400, 401 or 404.

        A result that came before changes nothing: 200 again.
        """
        operation = self.env["hosting.operation"].search([("uuid", "=", uuid)])
        if not operation or operation.provisioner_id.kind != "webhook":
            return 404
        if not webhook.verify(
            operation.provisioner_id._secret(), body, signature, int(time.time())
        ):
            return 401
        try:
            data = json.loads(body)
            state = data["state"]
            result = {k: v for k, v in (data.get("result") or {}).items() if k in RESULT}
        except (ValueError, KeyError, TypeError, AttributeError):
            return 400
        if state not in ("running", "done", "failed"):
            return 400
        if operation.state not in ("requested", "running"):
            return 200
        text = str(data.get("progress") or data.get("error") or "")[:500]
        if state == "running":
            operation.write({"state": "running", "progress": text})
        elif state == "failed":
            operation._fail(text)
        else:
            operation._finish(result)
        return 200
