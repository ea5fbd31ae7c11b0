"""The state between runs: ledger, runs, journal and lease, in SQLite or PostgreSQL."""
