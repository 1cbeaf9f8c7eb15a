"""Explain a share: who counts, on whose word, what each reports, what other rules give, and what the papers print."""
