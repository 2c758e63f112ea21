"""Secrets at rest: Fernet with several keys, newest first (D-07, DESIGN.md 4.7).

A stored secret reads ``<key id>$<token>``, so that rotating knows what is old and an
error can name the key that is missing. Keys come from ``CONTROL_PLANE_FERNET_KEYS``, read
by the caller: ``id:key,id:key``, each key 32 bytes in URL-safe base64.
"""

import re

from cryptography.fernet import Fernet, InvalidToken

_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}\Z")


class VaultError(Exception):
    """``code``: vault_no_keys, vault_key_syntax, vault_key_duplicate, vault_unknown_key,
    vault_damaged. ``detail`` names a key id or a position, never a key or a secret."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


class Vault:
    """Encrypts with the first key, decrypts with the key that a secret names."""

    def __init__(self, keys: str | None):
        """``keys`` is ``id:key,id:key``, newest first. VaultError when none is given."""
        self._keys: dict[str, Fernet] = {}
        entries = [entry.strip() for entry in (keys or "").split(",") if entry.strip()]
        if not entries:
            raise VaultError("vault_no_keys", "CONTROL_PLANE_FERNET_KEYS is empty")
        for position, entry in enumerate(entries, 1):
            key_id, _, key = entry.partition(":")
            if not _KEY_ID.match(key_id):
                raise VaultError("vault_key_syntax", f"entry {position}")
            if key_id in self._keys:
                raise VaultError("vault_key_duplicate", key_id)
            try:
                self._keys[key_id] = Fernet(key.strip())
            except ValueError:
                raise VaultError("vault_key_syntax", f"entry {position}") from None

    def __repr__(self) -> str:
        return f"Vault({', '.join(self._keys)})"

    def __reduce__(self):
        raise TypeError("a vault is not to be serialised")

    @property
    def newest(self) -> str:
        """The id of the key that new secrets are encrypted with."""
        return next(iter(self._keys))

    def encrypt(self, secret: str) -> str:
        """``secret`` as ``id$token``."""
        return f"{self.newest}${self._keys[self.newest].encrypt(secret.encode()).decode()}"

    def decrypt(self, stored: str) -> str:
        """The secret. VaultError when its key is not here or the text was changed."""
        key_id, separator, token = (stored or "").partition("$")
        if not separator:
            raise VaultError("vault_damaged")
        if key_id not in self._keys:
            # What stands before the dollar may be anything when the text is damaged.
            known = key_id if _KEY_ID.match(key_id) else ""
            raise VaultError("vault_unknown_key", known)
        try:
            return self._keys[key_id].decrypt(token.encode()).decode()
        except (InvalidToken, ValueError):
            raise VaultError("vault_damaged", key_id) from None

    def is_current(self, stored: str) -> bool:
        """Whether ``stored`` was encrypted with the newest key."""
        return (stored or "").partition("$")[0] == self.newest

    def rotate(self, stored: str) -> str:
        """The same secret under the newest key; unchanged where it is already."""
        return stored if self.is_current(stored) else self.encrypt(self.decrypt(stored))
