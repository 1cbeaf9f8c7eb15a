"""What only the formatting of a workbook says, and no workbook reader hands on: superscripts and indentation."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

Superscripts = dict[str, tuple[str, str]]
# Depth of the label in the first column, by 0-based row.
Indents = dict[int, int]

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FIRST_COLUMN = re.compile(r"A(\d+)")


def read_formats(path: Path) -> tuple[Superscripts, dict[str, Indents]]:
    """Return where superscripts end a text, and the indentation of each sheet's first column; both may be empty."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _superscripts(archive), _indents(archive)
    except (zipfile.BadZipFile, ElementTree.ParseError):
        return {}, {}


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Return a part of the workbook; an empty element where it has none."""
    if name not in archive.namelist():
        return ElementTree.Element("none")
    return ElementTree.fromstring(archive.read(name))  # noqa: S314


def _superscripts(archive: zipfile.ZipFile) -> Superscripts:
    found: Superscripts = {}
    ambiguous: set[str] = set()
    for item in _part(archive, "xl/sharedStrings.xml").iter(f"{_NS}si"):
        runs = [(run.findtext(f"{_NS}t") or "", _is_superscript(run)) for run in item.findall(f"{_NS}r")]
        base, marks = _split_runs(runs) if runs else (item.findtext(f"{_NS}t") or "", "")
        text = base + marks
        if found.setdefault(text, (base, marks)) != (base, marks):
            ambiguous.add(text)
    return {text: split for text, split in found.items() if split[1] and text not in ambiguous}


def _is_superscript(run: ElementTree.Element) -> bool:
    mark = run.find(f"{_NS}rPr/{_NS}vertAlign")
    return mark is not None and mark.get("val") == "superscript"


def _split_runs(runs: list[tuple[str, bool]]) -> tuple[str, str]:
    """Split off the superscripts at the end; blanks and commas between them do not end them."""
    at = len(runs)
    while at and (runs[at - 1][1] or not re.sub(r"[\s,]", "", runs[at - 1][0])):
        at -= 1
    return "".join(text for text, _ in runs[:at]), "".join(text for text, _ in runs[at:])


def _indents(archive: zipfile.ZipFile) -> dict[str, Indents]:
    formats = _part(archive, "xl/styles.xml").find(f"{_NS}cellXfs")
    depths = [_depth(style) for style in formats] if formats is not None else []
    return {name: _indents_of(_part(archive, part), depths) for name, part in _sheet_parts(archive)}


def _depth(style: ElementTree.Element) -> int:
    alignment = style.find(f"{_NS}alignment")
    indent = alignment.get("indent", "0") if alignment is not None else "0"
    return int(indent) if indent.isdigit() else 0


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = _part(archive, "xl/_rels/workbook.xml.rels")
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
    for sheet in _part(archive, "xl/workbook.xml").iter(f"{_NS}sheet"):
        target = targets.get(sheet.get(_RELATION, ""), "")
        yield sheet.get("name", ""), target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _indents_of(sheet: ElementTree.Element, depths: list[int]) -> Indents:
    indents: Indents = {}
    for cell in sheet.iter(f"{_NS}c"):
        match = _FIRST_COLUMN.fullmatch(cell.get("r", ""))
        style = cell.get("s", "0")
        if match and style.isdigit() and int(style) < len(depths):
            indents[int(match[1]) - 1] = depths[int(style)]
    return indents
