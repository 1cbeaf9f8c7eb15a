"""What time it is: asked in one place, so that a test can set the clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time of this machine's clock, in UTC. It may have been set back or forward since it was last asked."""
    return datetime.now(UTC)
