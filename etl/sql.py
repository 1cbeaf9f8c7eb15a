"""Text from outside as a part of SQL, where a parameter cannot stand."""

from __future__ import annotations


def literal(text: str) -> str:
    """Return a text as a string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
