"""A release for spreadsheets and scripts: exact, safe to open, and whole or not at all."""
