"""Which table is taken where several would do: the order of sources, stages, editions and bases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# USGS first: it is public domain, covers most minerals and prints a world total; World Mining Data covers as many; the
# Minerals Yearbook few; BGS prints no world total.
SOURCES = ("usgs_mcs", "wmd", "usgs_myb", "bgs")
_STAGES = ("mine", "smelter", "refinery", "processing")
_LAST_BASES = ("gross_ore", "product", "unspecified")

Rank = Callable[[str], tuple[Any, ...]]


def _among(order: tuple[str, ...]) -> Rank:
    """Order by a list of preferences; what is not in it comes last, in the order of the alphabet."""
    return lambda value: (order.index(value) if value in order else len(order), value)


def _newest(edition: str) -> tuple[int, ...]:
    return tuple(-ord(sign) for sign in edition)


def _basis(basis: str) -> tuple[int, str]:
    """Contained metal, then oxides, then what is not reduced to either."""
    return (0 if basis == "content" else 2 if basis in _LAST_BASES else 1, basis)


# The least comes first.
RANKS: dict[str, Rank] = {"stage": _among(_STAGES), "source": _among(SOURCES), "edition": _newest, "basis": _basis}
