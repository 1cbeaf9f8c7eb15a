"""World Mining Data (Vienna): production by mineral and country, shares and concentration, groupings.

`files` tells which file is which table of which edition, `layouts` how the columns of each table are recognised,
`workbook` reads the official workbooks and `extract` the long CSV made from table 6.4.
"""

from __future__ import annotations

from pathlib import Path

from etl.sources.cells import Reading
from etl.sources.wmd.extract import read_extract
from etl.sources.wmd.files import plan
from etl.sources.wmd.workbook import read_workbook

__all__ = ["plan", "read"]


def read(path: Path, label: str, edition: str) -> Reading:
    """Read every value cell of one file of World Mining Data, in the publisher's own words.

    Args:
        path: The file.
        label: Its name in messages.
        edition: Year of the edition that it belongs to; the tables name their years themselves.
    """
    del edition
    return read_extract(path, label) if path.suffix.casefold() == ".csv" else read_workbook(path, label)
