"""Damaged inputs by the thousand: each is refused, changes nothing, is caught by a gate, or counted as it gets by."""
