"""Text that a spreadsheet would take for more than text."""

from __future__ import annotations

import re

# What somebody who opens a table in a spreadsheet would set off, in the wide form of East Asian settings too. Numbers
# with a sign and publishers' dashes are none.
FORMULA = re.compile(r"[=@＝＠\t\r\n]|[+＋－-](?![－-]*$|\d[\d.,]*%?$)")


def harmless(text: str) -> str:
    """Return a text as a spreadsheet shows it and does not run it: what begins like a formula gets an apostrophe.

    What begins so behind apostrophes gets one more, so that every text can be had back by taking one away.
    """
    return f"'{text}" if FORMULA.match(text.lstrip("'")) else text
