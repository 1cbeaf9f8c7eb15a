"""Short marks for documents and files, so that a table row can point at a long name."""

from __future__ import annotations

import string

from etl.explain.model import Cell, Document, Explanation


class Marks:
    """Numbers for documents and letters for files, in the order in which a page first needs them."""

    def __init__(self, explanation: Explanation) -> None:
        self._documents = {entry.document: str(at) for at, entry in enumerate(explanation.documents, 1)}
        self._cited = explanation.documents
        world = explanation.world
        cells = [cell for member in explanation.members for cell in member.holding.cells]
        cells += [*world.total_cells, *world.residual_cells, *world.silent_cells]
        names = dict.fromkeys(cell.file for cell in cells)
        self._files = {name: _letter(at) for at, name in enumerate(names)}

    def document(self, code: str) -> str:
        """Return the mark of a document."""
        return f"({self._documents[code]})" if code in self._documents else code

    def place(self, cell: Cell) -> str:
        """Return where a cell stands: the mark of its file, and the place in it."""
        return f"({self._files[cell.file]}) {cell.locator}"

    def documents(self) -> tuple[str, ...]:
        """Return one line per document: its mark, what it is, where it is, and how sure of it we are."""
        return tuple(f"({self._documents[entry.document]}) {_reference(entry)}" for entry in self._cited)

    def files(self) -> tuple[str, ...]:
        """Return one line per file of the source."""
        return tuple(f"({mark}) {name}" for name, mark in self._files.items())


def _letter(at: int) -> str:
    letters = string.ascii_lowercase
    return letters[at] if at < len(letters) else f"{letters[at // len(letters) - 1]}{letters[at % len(letters)]}"


def _reference(entry: Document) -> str:
    said = ", ".join(part for part in (entry.publisher, entry.published_on) if part)
    note = f" [{entry.note}]" if entry.note else ""
    return f"{entry.title}. {said}. {entry.url or 'No address known.'}{note}"
