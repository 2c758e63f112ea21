from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..adapters.transport import Json2Transport, Limits, RefusedError
from ..engine.address_guard import check_url
from ..exceptions import MESSAGES, message

KEY_ALARM_DAYS = 14


class OdooConnectionMixin(models.AbstractModel):
    """The way to another Odoo over JSON-2: address, pinned identity, encrypted key (D-07)."""

    _name = "odoo.connection.mixin"
    _description = "Connection to another Odoo"

    url = fields.Char(string="Address")
    database = fields.Char()
    database_uuid = fields.Char(
        string="Identity",
        readonly=True,
        copy=False,
        help="The identity of the database at first contact. A copy of it has another one.",
    )
    login = fields.Char(string="User of the key")
    # Nobody reads it over the ORM, whatever the groups: only code in sudo, just before a call.
    key_encrypted = fields.Char(groups=fields.NO_ACCESS, copy=False)
    new_key = fields.Char(
        string="New API key",
        compute="_compute_new_key",
        inverse="_inverse_new_key",
        help="Write only: it is encrypted at once and shown to nobody.",
    )
    has_key = fields.Boolean(string="Key stored", compute="_compute_has_key", compute_sudo=True)
    key_expires_on = fields.Date(string="Key expires on", copy=False)
    key_expires_soon = fields.Boolean(
        compute="_compute_key_expires_soon", search="_search_key_expires_soon"
    )
    series = fields.Char(string="Odoo version", readonly=True, copy=False)
    last_seen = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Not tested"), ("connected", "Connected"), ("failed", "Fails")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    error = fields.Char(readonly=True, copy=False)

    def _compute_new_key(self):
        self.new_key = False

    def _inverse_new_key(self):
        for connection in self.filtered("new_key"):
            connection._set_key(connection.new_key, connection.key_expires_on)

    @api.depends("key_encrypted")
    def _compute_has_key(self):
        for connection in self:
            connection.has_key = bool(connection.key_encrypted)

    @api.depends("key_expires_on")
    def _compute_key_expires_soon(self):
        limit = fields.Date.context_today(self) + timedelta(days=KEY_ALARM_DAYS)
        for connection in self:
            expires = connection.key_expires_on
            connection.key_expires_soon = bool(expires and expires <= limit)

    def _search_key_expires_soon(self, operator, value):
        if operator != "in":
            return NotImplemented
        limit = fields.Date.context_today(self) + timedelta(days=KEY_ALARM_DAYS)
        return [("key_expires_on", "<=", limit)]

    @api.constrains("url")
    def _check_url(self):
        for connection in self.filtered("url"):
            found = check_url(connection.url, self._allow_hosts())
            if isinstance(found, str):
                raise ValidationError(connection._refusal(found))

    def write(self, vals):
        moved = self.filtered(
            lambda one: any(
                name in vals and vals[name] != one._fields[name].convert_to_write(one[name], one)
                for name in one._moved_fields()
            )
        )
        if moved:
            # Safe: takes away only. A key must not follow a changed address to another server.
            super(OdooConnectionMixin, moved.sudo()).write(moved._forgotten())
        return super().write(vals)

    @api.model
    def _forgotten(self):
        """Values of what is forgotten with an address."""
        return {"key_encrypted": False, "database_uuid": False, "state": "draft"}

    def _moved_fields(self):
        """Fields that say where it leads to."""
        return ("url", "database")

    @api.model
    def _allow_hosts(self):
        """Exceptions to the address guard. None: whoever enters the address is a partner."""
        return ()

    @api.model
    def _limits(self):
        """How long a call may take."""
        return Limits(read=10, total=20)

    def _set_key(self, key, expires_on=False):
        """Encrypt ``key`` and keep it; in clear it is nowhere else."""
        self.ensure_one()
        self.check_access("write")
        stored = self.env["hosting.vault"]._encrypt(key.strip())
        # Safe: the caller may write the connection; the field has no other way in.
        self.sudo().write({"key_encrypted": stored, "key_expires_on": expires_on, "state": "draft"})

    def _transport(self):
        """A ``Transport`` to the tenant; the key is decrypted here, just before the call.

        :raise UserError: no key, no vault, or an address that is not connected to
        """
        self.ensure_one()
        # Safe: the key goes into the transport, which shows it to nobody.
        stored = self.sudo().key_encrypted
        if not stored:
            raise UserError(message(self.env, "key_missing", connection=self.display_name))
        key = self.env["hosting.vault"]._decrypt(stored)
        try:
            return Json2Transport(
                self.url,
                key,
                self.database or "",
                allow_hosts=self._allow_hosts(),
                limits=self._limits(),
            )
        except RefusedError as error:
            raise UserError(self._refusal(error.code)) from None

    def _refusal(self, code):
        if code in MESSAGES:
            return message(self.env, code)
        return message(self.env, "address_refused", url=self.url, detail=code)

    def _probe(self):
        """First or repeated contact: version, identity, user. The problem's text, or ''.

        The identity is pinned at the first contact and compared ever after.
        """
        self.ensure_one()
        transport = self._transport()
        version = transport.version()
        if version.kind != "ok":
            return self._seen(version)
        uuid = transport.call("ir.config_parameter", "get_param", params={"key": "database.uuid"})
        if uuid.kind != "ok":
            return self._seen(uuid)
        if self.database_uuid and uuid.value != self.database_uuid:
            return self._seen(None, "uuid_changed")
        return self._seen(None, "", self._series_of(version), uuid.value)

    @api.model
    def _series_of(self, version):
        return ".".join(map(str, (version.value.get("version_info") or [])[:2]))

    def _seen(self, result, code="", series="", uuid=""):
        """Keep what a contact showed; returns the problem's text, or ''."""
        code = result.code if result else code
        detail = getattr(result, "message", "") or code
        return self._told(message(self.env, code, detail=detail) if code else "", series, uuid)

    def _told(self, text, series="", uuid=""):
        """As `_seen`, in words."""
        values = {"state": "failed", "error": text}
        if not text:
            values = {"state": "connected", "error": False, "last_seen": fields.Datetime.now()}
            values.update(series=series, database_uuid=uuid)
        # Safe: facts that the tenant itself has just answered.
        self.sudo().write(values)
        return text

    def action_test(self):
        """Ask the tenant who it is, and say what came of it."""
        self.ensure_one()
        self.check_access("read")
        problem = self._probe()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if problem else "success",
                "message": problem or self._connected(),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _connected(self):
        """What a test that went well says."""
        return self.env._("Connected to Odoo %(series)s.", series=self.series)
