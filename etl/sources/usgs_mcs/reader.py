"""Reads one file of any layout of the data releases."""

from __future__ import annotations

from pathlib import Path

from etl.faults import Fault
from etl.sources.cells import Reading
from etl.sources.usgs_mcs.long import read_long
from etl.sources.usgs_mcs.naming import Name, parse_name
from etl.sources.usgs_mcs.salient import read_salient
from etl.sources.usgs_mcs.table import Table, read_table
from etl.sources.usgs_mcs.trends import read_critical, read_reliance
from etl.sources.usgs_mcs.wide import read_per_commodity, read_single


def read(path: Path, label: str, edition: str) -> Reading:
    """Read every value cell of a file.

    Args:
        path: The file; its name says what kind of table it is.
        label: The file's name in messages.
        edition: The edition that it belongs to.
    """
    name = parse_name(path.name)
    if name is None:
        return Reading(faults=[Fault(label, None, "", path.name, "is a table of no known name")])
    table = read_table(path, label, encoding="cp1252" if name.kind == "long" else "utf-8")
    if not table.header:
        return Reading(faults=table.faults)
    return _read(name, table, label, edition)


def _read(name: Name, table: Table, label: str, edition: str) -> Reading:
    if name.kind == "world":
        return read_per_commodity(table, label, edition, name.table)
    by_kind = {
        "salient": read_salient,
        "single": read_single,
        "long": read_long,
        "critical": read_critical,
        "reliance": read_reliance,
    }
    return by_kind[name.kind](table, label, edition)
