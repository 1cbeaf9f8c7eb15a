"""Text that its author did not write: words of programs, signs of lost characters, formulas, letters of two scripts."""

from __future__ import annotations

import re

from etl.spreadsheet import FORMULA

# Letters of two scripts in one word: the one looks like the other, and no search finds it.
_MIXED = re.compile("[A-Za-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][A-Za-z]")
# What programs write where they have lost a character, or have no value.
_LOST = re.compile(r"\?\?|" + "\ufffd")
_NOTHING = frozenset(
    {"null", "nan", "nat", "#n/a", "#ref!", "#div/0!", "#value!", "#name?", "#num!", "#null!", "undefined"}
)


def unwritten(text: str) -> tuple[str, str, str] | None:
    """Return why a text is not what its author wrote: (problem, offending text, hint), or None where it may be."""
    if text.casefold() in _NOTHING:
        return "is a program's word for no value", text, "Leave the cell blank, or write the value"
    lost = _LOST.search(text)
    if lost:
        return "holds signs in the place of lost characters", text, "Save the file as UTF-8"
    mixed = _MIXED.search(text)
    if mixed:
        return "mixes letters of two scripts in one word", mixed.group(), "Write the word in one script"
    if FORMULA.match(text):
        hint = "Let it begin with another character"
        return "begins like a formula, and a spreadsheet would run it", text, hint
    return None
