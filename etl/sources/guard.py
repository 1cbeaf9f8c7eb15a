"""Workbooks that would fill the memory are refused before a reader opens them: bombs, by accident or not."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# The biggest known workbook of a publisher unpacks to 2 MB, the biggest sheet of any lays out 2,171 cells.
MOST_BYTES = 200_000_000
MOST_CELLS = 5_000_000
MOST_PARTS = 2_000
_CHUNK = 1 << 20
_LONGEST_TAG = 4096
_MOST_COLUMNS = 16_384
# Tags of rows and cells; a cell that closes at once is empty and takes no room.
_TAG = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])([^<>]*)>")
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{0,3})(\d{1,10})["']""")


class WorkbookRefused(OSError):
    """Raised where a workbook must not be opened."""


def refuse_bombs(path: Path) -> None:
    """Look into a workbook, part by part, in bounded memory.

    An old workbook (.xls) is no archive and cannot hold more than its format allows.

    Raises:
        WorkbookRefused: It unpacks to too much, lays out too many cells, or its parts are not what it says they are.
        OSError: It cannot be read.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise WorkbookRefused(f"holds {len(parts):,} parts, more than {MOST_PARTS:,}")
            size = sum(part.file_size for part in parts)
            if size > MOST_BYTES:
                raise WorkbookRefused(f"unpacks to {size:,} bytes, more than {MOST_BYTES:,}")
            for part in parts:
                _check_part(archive, part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise WorkbookRefused(f"is a damaged archive ({error})") from None


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part, which proves its size and checksum; of a sheet, measure the area that its cells lay out."""
    area = _Area()
    is_sheet = "worksheets/" in part.filename.lower().replace("\\", "/")
    for chunk in _chunks(archive, part):
        for tag, attributes in _TAG.findall(chunk) if is_sheet else ():
            area.add(tag, attributes)
    if area.cells > MOST_CELLS:
        raise WorkbookRefused(f"lays out {area.cells:,} cells in {part.filename}, more than {MOST_CELLS:,}")


@dataclass(slots=True)
class _Area:
    """How far the cells of a sheet reach; a reader makes room for the whole rectangle.

    Attributes:
        unplaced: Cells that do not say where they stand: each may stand beside the one before.
    """

    rows: int = 0
    columns: int = 0
    rows_named: int = 0
    unplaced: int = 0

    def add(self, tag: bytes, attributes: bytes) -> None:
        place = _PLACE.search(attributes)
        if tag == b"row":
            self.rows_named = max(self.rows_named + 1, int(place[2]) if place else 0)
        elif attributes.endswith(b"/"):
            return
        elif place:
            self.rows = max(self.rows, int(place[2]))
            self.columns = max(self.columns, _column(place[1]))
        else:
            self.unplaced += 1

    @property
    def cells(self) -> int:
        if self.unplaced:
            return max(self.rows, self.rows_named) * max(self.columns, min(self.unplaced, _MOST_COLUMNS))
        return self.rows * self.columns


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part piece by piece; a tag that is cut in two comes whole with the next piece."""
    with archive.open(part) as opened:
        rest = b""
        # No more than the part says it holds is ever unpacked; a part that holds more fails its checksum.
        while chunk := opened.read(_CHUNK):
            piece = rest + chunk
            cut = piece.rfind(b"<")
            rest = piece[cut:] if cut >= 0 and len(piece) - cut < _LONGEST_TAG and b">" not in piece[cut:] else b""
            yield piece[:cut] if rest else piece
        yield rest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
