"""The state store in SQLite or PostgreSQL: one module of rows per table, engines, migrations."""
