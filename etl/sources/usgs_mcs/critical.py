"""The critical-mineral lists of the data releases, for comparison with other lists."""

from __future__ import annotations

import re
from pathlib import Path

from etl.faults import FaultsFound
from etl.sources.usgs_mcs.naming import parse_name
from etl.sources.usgs_mcs.reader import read


def read_critical_list(path: Path) -> list[tuple[str, int]]:
    """Return the minerals of a critical list as printed, each with the row where it stands first.

    Args:
        path: Table 4 of the trends chapter (2023-2025), or the long file, whose flag column says which commodities are
            on the list.

    Raises:
        FaultsFound: The file is no such table, or cannot be read.
    """
    name = parse_name(path.name)
    edition = name.edition if name else ""
    reading = read(path, path.name, edition)
    if reading.faults:
        raise FaultsFound("read critical list", reading.faults)
    found: dict[str, int] = {}
    for cell in reading.cells:
        if cell.table_kind != "critical_list":
            continue
        # A shifted row has its flag among the notes.
        flag = cell.note if cell.series == "shifted row" else cell.value
        if cell.series == "entry" or flag.strip().casefold() == "yes":
            found.setdefault(cell.commodity.strip(), cell.row)
    return list(found.items())


def list_of(path: Path) -> str | None:
    """Return the key of the official list that a file holds, if it holds one.

    Table 4 of the editions 2023 to 2025 repeats the list of 2022; the long file of 2026 flags that of 2025.
    """
    if "_T4_" in path.name.upper().replace("-", "_"):
        return "us_2022"
    return "us_2025" if re.search(r"2026_Commodities_Data", path.name, re.IGNORECASE) else None
