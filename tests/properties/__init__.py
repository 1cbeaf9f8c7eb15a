"""Properties of bloc shares: on invented worlds, counted day by day, and on the releases."""
