"""What a fault came to, in numbers: printed, and kept for the summary of `make chaos`."""

from __future__ import annotations

import json
import os
from pathlib import Path

LEDGER = "OREBLOC_CHAOS_LEDGER"


def record(fault: str, **counts: object) -> None:
    """Print a fault with its counts; where OREBLOC_CHAOS_LEDGER names a file, add them to it."""
    print(f"{fault}: {', '.join(f'{name} {value}' for name, value in counts.items())}", flush=True)
    ledger = os.environ.get(LEDGER)
    if ledger:
        with Path(ledger).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"fault": fault, **counts}) + "\n")


def recorded(ledger: Path) -> list[dict[str, object]]:
    """Return what was recorded, in order."""
    if not ledger.is_file():
        return []
    return [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
