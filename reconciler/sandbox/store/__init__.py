"""The sandbox's database: resources, audit log, idempotency keys and pages."""
