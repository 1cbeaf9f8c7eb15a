"""Which release is current, how fresh it is, and whether it can be served."""
