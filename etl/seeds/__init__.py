"""Seeds: reading the bundled CSV files strictly and checking them against their contracts."""
