"""The machinery behind the commands in ``setup/``: environment, servers, engine loader."""
