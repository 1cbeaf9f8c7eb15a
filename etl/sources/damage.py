"""Signs in a text file that no publisher writes: it was damaged on its way."""

from __future__ import annotations

import re

from etl.faults import Fault

# Control characters but tab and line ends, zero width, what turns the direction, and what stands for a lost character.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
_NAMES = {"\x00": "a NUL byte", "\ufffd": "a character that an earlier copy has lost (U+FFFD)"}


def hidden_sign(text: str, label: str) -> Fault | None:
    """Return a fault for the first sign of a file that does not show or stands for a lost one.

    Args:
        text: The whole file, without a byte-order mark at its beginning.
        label: The file's name in messages.
    """
    # A NUL byte tells most: the file is no text at all.
    found = re.search("\x00", text) or _HIDDEN.search(text)
    if found is None:
        return None
    row = text.count("\n", 0, found.start()) + 1
    sign = found.group()
    what = _NAMES.get(sign, f"a character that does not show (U+{ord(sign):04X})")
    return Fault(label, row, "", "", f"holds {what}", "Fetch the file again")
