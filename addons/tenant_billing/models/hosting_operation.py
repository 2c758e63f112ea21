import logging
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..adapters.local_odoo import LocalError
from ..exceptions import message

_logger = logging.getLogger(__name__)
MAX_TRIES = 3
KINDS = [
    ("create", "Create"),
    ("copy", "Copy"),
    ("refresh", "Refresh from production"),
    ("domain", "Set the domain"),
    ("suspend", "Suspend"),
    ("lift", "Lift the suspension"),
    ("backup", "Back up"),
    ("restore", "Restore"),
    ("upgrade", "Upgrade"),
    ("export", "Export"),
    ("rotate_key", "Rotate the API key"),
    ("terminate", "Terminate"),
]


class HostingOperation(models.Model):
    """One thing done to a tenant's machine: asked for, carried out after the commit, once.

    ``uuid`` names it towards whoever carries it out; a second try goes on where the first
    one ended.
    """

    _name = "hosting.operation"
    _description = "Hosting operation"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    environment_id = fields.Many2one(
        "hosting.environment", required=True, readonly=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="environment_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="environment_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    provisioner_id = fields.Many2one(
        "hosting.provisioner", required=True, readonly=True, ondelete="restrict"
    )
    provisioner_kind = fields.Selection(related="provisioner_id.kind", string="Provisioned")
    user_id = fields.Many2one(
        "res.users", string="Asked for by", readonly=True, default=lambda self: self.env.user
    )
    uuid = fields.Char(
        string="Operation id", required=True, readonly=True, default=lambda self: str(uuid4())
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="requested",
        required=True,
        readonly=True,
        index=True,
    )
    progress = fields.Char(readonly=True)
    error = fields.Char(readonly=True)
    tries = fields.Integer(readonly=True)
    # What a local create has decided before it acts, so that a second try knows its own.
    database = fields.Char(readonly=True)
    result = fields.Json(string="Result as data", readonly=True)
    result_text = fields.Text(string="Result", compute="_compute_result_text")
    task_id = fields.Many2one("project.task", readonly=True, ondelete="restrict")
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)

    _uuid_uniq = models.Constraint("UNIQUE (uuid)", "This operation exists already.")
    _one_open = models.UniqueIndex(
        "(environment_id) WHERE state IN ('requested', 'running')",
        "Another operation is under way for this environment.",
    )

    @api.depends("kind", "environment_id")
    def _compute_name(self):
        for operation in self:
            operation.name = f"{operation._kind_label()}: {operation.environment_id.name or ''}"

    @api.depends("result")
    def _compute_result_text(self):
        for operation in self:
            result = operation.result or {}
            operation.result_text = "\n".join(f"{key}: {value}" for key, value in result.items())

    def _kind_label(self):
        return dict(self._fields["kind"]._description_selection(self.env)).get(self.kind, "")

    @api.model
    def _request(self, environment, kind, provisioner=None):
        """Ask for ``kind`` on an environment; carried out after the commit.

        :raise UserError: another operation is open there, or no provisioner is set up
        """
        open_one = self.search(
            [("environment_id", "=", environment.id), ("state", "in", ("requested", "running"))]
        )
        if open_one:
            raise UserError(
                message(
                    self.env,
                    "operation_open",
                    kind=open_one._kind_label(),
                    environment=environment.display_name,
                )
            )
        provisioner = (
            provisioner
            or environment.provisioner_id
            or self.env["hosting.provisioner"]._default_for(environment)
        )
        operation = self.create(
            {
                "kind": kind,
                "environment_id": environment.id,
                "provisioner_id": provisioner.id,
                "user_id": self.env.uid,
            }
        )
        operation._post()
        return operation

    def _post(self):
        self.env["program.outbox"]._post("operation", self, self.program_node_id)
        self.env["governance.event"]._record(
            "hosting_operation", self.environment_id.tenant_id, node=self.program_node_id,
            new=f"{self.kind} {self.state}",
        )  # fmt: skip

    def _outbox_operation(self):
        """Carry the operation out with commits of its own, so that what was done outside is
        known here even if this process dies in the next second."""
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env[self._name].browse(self.id)._carry_out()

    def _carry_out(self):
        if self.state not in ("requested", "running"):
            return
        values = {"state": "running", "tries": self.tries + 1, "error": False}
        self.write({**values, "started_at": self.started_at or fields.Datetime.now()})
        self._commit()
        try:
            result = self.provisioner_id._perform(self)
            if result is not None:
                self._finish(result)
            self._commit()
        except UserError as error:
            self.env.cr.rollback()
            self._fail(str(error))
            self._commit()
        except Exception as error:
            self.env.cr.rollback()
            self._not_done(error)
            self._commit()
            if self.state == "running":
                raise  # the outbox tries again later

    def _not_done(self, error):
        """A try that came to nothing. What an exception says may quote a secret: a code of
        ours has a text, of others only the class is kept."""
        text = type(error).__name__
        if isinstance(error, LocalError):
            text = message(self.env, error.code, **error.params)
        _logger.info("operation %s (%s), try %s: %s", self.uuid, self.kind, self.tries, text)
        if self.tries >= MAX_TRIES:
            self._fail(text)
        else:
            self.error = text

    def _commit(self):
        # The cursor is the operation's own: what was done outside must be remembered.
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _progress(self, text, **values):
        """Say how far it is, and keep ``values`` with it, for good."""
        self.write({"progress": text, **values})
        self._commit()

    def _fail(self, text):
        self.write({"state": "failed", "error": text, "ended_at": fields.Datetime.now()})

    def _finish(self, result):
        """The operation is done. ``result``: plain data; ``url``, ``database``, ``login``,
        ``key`` and ``expires_on`` open the connection, the key is kept encrypted alone."""
        if self.state == "done":
            return
        result = dict(result)
        key = result.pop("key", None)
        if key:
            self.environment_id._open(
                result["url"],
                result.get("database", ""),
                result.get("login", ""),
                key,
                result.get("expires_on", False),
            )
        self.environment_id.provisioner_id = self.provisioner_id
        self.write(
            {
                "state": "done",
                "result": result,
                "error": False,
                "progress": self.env._("Done."),
                "ended_at": fields.Datetime.now(),
            }
        )
        self.environment_id.tenant_id._hosting_operation_done(self)

    def action_retry(self):
        """Try a failed operation again, from where it stopped."""
        self.tenant_id.check_access("write")
        for operation in self:
            if operation.state != "failed":
                raise UserError(self.env._("Only a failed operation is tried again."))
            # Safe: the caller may write the tenant; the state has no other way in.
            operation.sudo().write({"state": "requested", "tries": 0, "ended_at": False})
            operation.sudo()._post()

    def action_done(self):
        """The person who carried a manual operation out says so."""
        self.tenant_id.check_access("write")
        for operation in self:
            if operation.provisioner_id.kind != "manual" or operation.state != "running":
                raise UserError(self.env._("Only an operation done by hand is reported by hand."))
            # Safe: as above; what it opened was entered by hand in the connection.
            operation.sudo()._finish({})
