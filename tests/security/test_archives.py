"""Archives write nowhere but into their folder, and workbooks that would fill the memory are not opened."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.fetch.problem import Problem
from etl.fetch.unpack import unpack
from etl.sources import usgs_mcs, usgs_myb, wmd
from etl.sources.guard import MOST_CELLS, WorkbookRefused, refuse_bombs
from tests.conftest import DATA, ROOT

CLIMBING = [
    "../evil.csv",
    "../../../../../../tmp/evil.csv",
    "/etc/evil.csv",
    "a/../../evil.csv",
    "..\\..\\evil.csv",
    "C:\\Windows\\evil.csv",
    "\\\\server\\share\\evil.csv",
    "./evil.csv",
]


def archive_of(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return path


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("name", CLIMBING)
def test_a_member_cannot_climb_out(tmp_path: Path, name: str) -> None:
    archive = archive_of(tmp_path / "a.zip", (name, b"a,b\n"))
    unpacked = unpack(archive, tmp_path / "landing" / "world")
    assert len(unpacked) == 1
    assert everything(tmp_path) == {"a.zip", "landing", "landing/world", f"landing/world/{next(iter(unpacked))}"}


@pytest.mark.parametrize("name", ["..", "a/..", ".", "a\\.."])
def test_a_member_without_a_name_of_its_own_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem):
        unpack(archive_of(tmp_path / "a.zip", (name, b"a")), tmp_path / "landing")
    assert not list((tmp_path / "landing").iterdir())


def test_a_link_in_an_archive_becomes_a_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    folder = tmp_path / "landing"
    unpack(archive_of(tmp_path / "a.zip", (link, b"/etc/passwd")), folder)
    assert not (folder / "link.csv").is_symlink()
    assert (folder / "link.csv").read_bytes() == b"/etc/passwd"
    assert not os.access(folder / "link.csv", os.X_OK)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.fetch.unpack._MOST_BYTES", 1000)
    with pytest.raises(Problem, match="unpacks to more than"):
        unpack(archive_of(tmp_path / "a.zip", ("a.csv", b"0" * 1001)), tmp_path / "landing")


# --- workbooks -----------------------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
}


def workbook(path: Path, *rows: str, more: bytes = b"") -> Path:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    members: list[tuple[str | zipfile.ZipInfo, bytes]] = [(name, text.encode()) for name, text in PARTS.items()]
    members.append(("xl/worksheets/sheet1.xml", sheet.encode()))
    return archive_of(path, *members, *([("xl/media/image1.png", more)] if more else []))


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(f"<c r={cell!r}><v>1</v></c>" for cell in cells)}</row>'.replace("'", '"')


def far_cell(path: Path) -> Path:
    """A thousand bytes that ask a reader for room for seventeen thousand million cells."""
    return workbook(path, row(1, "A1"), row(1_048_576, "XFD1048576"))


def far_cell_in_single_quotes(path: Path) -> Path:
    return workbook(
        path, "<row r='1'><c r='A1'><v>1</v></c></row><row r='90000'><c  r = 'ZZZ90000' t='n' ><v>1</v></c></row>"
    )


def cells_without_a_place(path: Path) -> Path:
    return workbook(path, f"<row>{'<c><v>1</v></c>' * 16_000}</row>", '<row r="1000000"><c><v>1</v></c></row>')


def much_of_nothing(path: Path) -> Path:
    return workbook(path, row(1, "A1"), more=bytes(201_000_000))


def many_parts(path: Path) -> Path:
    workbook(path, row(1, "A1"))
    with zipfile.ZipFile(path, "a") as opened:
        for number in range(2000):
            opened.writestr(f"xl/worksheets/more{number}.xml", b"")
    return path


def says_less_than_it_holds(path: Path) -> Path:
    """A part of 50 MB that both directories of the archive give as 100 bytes."""
    workbook(path, row(1, "A1"), more=bytes(50_000_000))
    raw = path.read_bytes()
    size = (50_000_000).to_bytes(4, "little")
    assert raw.count(size) == 2
    path.write_bytes(raw.replace(size, (100).to_bytes(4, "little")))
    return path


BOMBS: list[Callable[[Path], Path]] = [
    far_cell,
    far_cell_in_single_quotes,
    cells_without_a_place,
    much_of_nothing,
    many_parts,
    says_less_than_it_holds,
]


@pytest.mark.parametrize("make", BOMBS, ids=lambda make: make.__name__)
def test_a_bomb_is_refused_in_little_memory_and_time(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "6.5.bomb.xlsx")
    assert path.stat().st_size < 1_000_000
    # VmHWM is the peak of this very program; ru_maxrss would begin with the peak of whoever started it.
    script = (
        "import sys; from pathlib import Path; from etl.sources.guard import refuse_bombs\n"
        "try: refuse_bombs(Path(sys.argv[1]))\n"
        "except OSError as error: print(error)\n"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(int(peak.split()[1]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    said, megabytes = done.stdout.splitlines()
    assert said
    assert int(megabytes) < 200


@pytest.mark.parametrize(
    ("module", "name"),
    [(wmd, "6.5.Share.xlsx"), (usgs_mcs, "mcs2022-cobal_salient.xlsx"), (usgs_myb, "myb1-2022-cobal-ert.xlsx")],
    ids=["wmd", "usgs_mcs", "usgs_myb"],
)
def test_every_reader_of_workbooks_looks_first(tmp_path: Path, module: object, name: str) -> None:
    path = far_cell(tmp_path / name)
    script = (
        f"import resource, sys; from pathlib import Path; import {module.__name__} as source\n"  # type: ignore[attr-defined]
        "resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "reading = source.read(Path(sys.argv[1]), 'label.xlsx', '2022')\n"
        "print(*reading.faults, sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "lays out 17,179,869,184 cells" in done.stdout


def test_ordinary_workbooks_pass(tmp_path: Path) -> None:
    refuse_bombs(workbook(tmp_path / "a.xlsx", *(row(number, f"A{number}", f"Z{number}") for number in range(1, 500))))
    empty_far = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'  # a style without a value takes no room
    refuse_bombs(workbook(tmp_path / "b.xlsx", row(1, "A1"), empty_far))
    (tmp_path / "c.xls").write_bytes(b"\xd0\xcf\x11\xe0 no archive")
    refuse_bombs(tmp_path / "c.xls")


def test_a_tag_cut_in_two_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (7, 64, 129):
        monkeypatch.setattr("etl.sources.guard._CHUNK", size)
        with pytest.raises(WorkbookRefused):
            refuse_bombs(far_cell(tmp_path / "a.xlsx"))


def test_a_damaged_archive_is_said(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", row(1, "A1"))
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x03\x04", 10) + 60
    raw[at : at + 20] = bytes(20)
    path.write_bytes(bytes(raw))
    with pytest.raises(WorkbookRefused, match="damaged archive"):
        refuse_bombs(path)


@pytest.mark.skipif(not DATA.is_dir(), reason="the official files are not at hand")
def test_no_workbook_of_a_publisher_is_refused() -> None:
    books = [path for path in DATA.rglob("*.xls*") if path.is_file()]
    assert len(books) > 30
    for path in books:
        refuse_bombs(path)


def test_the_bounds_are_far_above_what_there_is() -> None:
    assert MOST_CELLS >= 1000 * 2171
