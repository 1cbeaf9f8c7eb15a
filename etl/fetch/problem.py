"""Why a file could not be fetched."""

from __future__ import annotations


class Problem(Exception):
    """Raised where a file cannot be fetched.

    Args:
        what: What happened, in a phrase.
        hint: What to do.
        again: Whether another attempt may go better.
        wait: Seconds that the server asks to wait before it.
    """

    def __init__(self, what: str, hint: str = "", *, again: bool = False, wait: float | None = None) -> None:
        self.what = what
        self.hint = hint
        self.again = again
        self.wait = wait
        super().__init__(what)


class Missing(Problem):
    """There is nothing at an address."""


class WebPage(Problem):
    """There is a web page at an address, and no file."""


class Changed(Problem):
    """There is other content at an address than what is pinned."""
