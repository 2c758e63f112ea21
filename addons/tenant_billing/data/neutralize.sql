-- A copy of the control plane reaches no tenant and starts nothing.
UPDATE hosting_connection SET key_encrypted = NULL, state = 'draft';
UPDATE hosting_provisioner SET secret_encrypted = NULL;
UPDATE hosting_operation SET state = 'failed', error = 'Neutralised copy'
 WHERE state IN ('requested', 'running');
UPDATE program_outbox SET state = 'failed', error = 'Neutralised copy' WHERE state = 'waiting';
