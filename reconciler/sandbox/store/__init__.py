"""The rows of the sandbox: documents, audit log, idempotency keys, pages."""
