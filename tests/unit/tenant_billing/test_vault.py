"""Secrets at rest (D-07)."""

import pickle

import pytest
from cp.tenant_billing.adapters.vault import Vault, VaultError
from cryptography.fernet import Fernet

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRET = "0123456789abcdef-key"


def code_of(call):
    with pytest.raises(VaultError) as caught:
        call()
    assert SECRET not in str(caught.value) and NEW not in str(caught.value)
    return caught.value.code


def test_secret_comes_back_and_is_not_readable():
    """D-07: stored as key id and token."""
    vault = Vault(f"k1:{OLD}")
    stored = vault.encrypt(SECRET)
    assert stored.startswith("k1$") and SECRET not in stored
    assert vault.decrypt(stored) == SECRET
    assert stored != vault.encrypt(SECRET)


def test_rotation_moves_to_the_newest_key():
    """D-07: old keys still read; rotating twice changes nothing."""
    stored = Vault(f"k1:{OLD}").encrypt(SECRET)
    both = Vault(f" k2:{NEW} , k1:{OLD}")
    assert both.newest == "k2" and both.decrypt(stored) == SECRET
    moved = both.rotate(stored)
    assert both.is_current(moved) and not both.is_current(stored)
    assert both.rotate(moved) == moved
    assert Vault(f"k2:{NEW}").decrypt(moved) == SECRET
    assert code_of(lambda: Vault(f"k2:{NEW}").decrypt(stored)) == "vault_unknown_key"


@pytest.mark.parametrize("text", [None, "", "  ", ","])
def test_without_keys_a_clear_error(text):
    """D-07: connections are refused, not stored in clear."""
    assert code_of(lambda: Vault(text)) == "vault_no_keys"


def test_damaged_input():
    """D-07: a code for each way, and no key or secret in the text."""
    vault = Vault(f"k1:{OLD}")
    assert code_of(lambda: vault.decrypt("")) == "vault_damaged"
    assert code_of(lambda: vault.decrypt(SECRET)) == "vault_damaged"
    assert code_of(lambda: vault.decrypt(vault.encrypt("x")[:-4] + "AAAA")) == "vault_damaged"
    assert code_of(lambda: Vault("k1")) == "vault_key_syntax"
    assert code_of(lambda: Vault("k1:short")) == "vault_key_syntax"
    assert code_of(lambda: Vault(f"k 1:{NEW}")) == "vault_key_syntax"
    assert code_of(lambda: Vault(f"k1:{NEW},k1:{OLD}")) == "vault_key_duplicate"


def test_vault_does_not_show_or_pickle_keys():
    """D-07: neither log nor cache can hold a key."""
    vault = Vault(f"k2:{NEW},k1:{OLD}")
    assert repr(vault) == "Vault(k2, k1)"
    with pytest.raises(TypeError):
        pickle.dumps(vault)
