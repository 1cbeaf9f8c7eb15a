"""Faults on purpose: builds that are killed, releases that are published while somebody reads, and what comes of it."""
