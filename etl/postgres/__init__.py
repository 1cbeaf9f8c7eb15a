"""The public tables of a release in a PostgreSQL database: read, copied, swapped in at once."""
