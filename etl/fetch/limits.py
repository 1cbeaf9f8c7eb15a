"""How long and how often a download is tried, and what stops it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file's download.

    Attributes:
        attempts: How often a file is tried in all.
        stall: Seconds without a byte after which an attempt is given up.
        total: Seconds for one file, waiting between attempts included.
        backoff: Seconds before the second attempt; doubled before each further one, each time with a random part.
        longest_wait: The most seconds to wait between two attempts, also where the server asks for more.
        most_bytes: More than any file of a publisher has.
    """

    attempts: int = 5
    stall: float = 20.0
    total: float = 600.0
    backoff: float = 0.5
    longest_wait: float = 20.0
    most_bytes: int = 1_000_000_000
