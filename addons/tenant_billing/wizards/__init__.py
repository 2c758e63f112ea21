from . import hosting_provision
