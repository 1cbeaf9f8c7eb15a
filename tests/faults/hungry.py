"""A build whose landing takes all memory that the process may have, to the last block, and does not let go of it.

Run as `python -m tests.faults.hungry WAREHOUSE`; ends as `orebloc build` does.
"""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path
from typing import NoReturn

from etl.cli import main as orebloc
from etl.run import build

_SPARE_BYTES = 32 * 2**20
_SMALLEST_BYTES = 16
_taken: list[bytearray] = []


def eat(*_: object) -> NoReturn:
    """Take what is left of a little spare memory, in ever smaller blocks."""
    taken = re.search(r"VmSize:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert taken is not None
    limit = int(taken[1]) * 1024 + _SPARE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    size = _SPARE_BYTES
    while size >= _SMALLEST_BYTES:
        try:
            _taken.append(bytearray(size))
        except MemoryError:
            size //= 2
    raise MemoryError


def main(warehouse: str) -> None:
    build._land = eat  # type: ignore[assignment]
    sys.argv = ["orebloc", "build", "--force", "--warehouse", warehouse]
    orebloc()


if __name__ == "__main__":
    main(sys.argv[1])
