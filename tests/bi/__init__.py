"""Real clients of the published file, and a real PostgreSQL server: `make bi` runs them, `make test` does not."""
