"""The cells that a row rests on: read from the row itself, from its view, or from the seeds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from etl.trace.declared import CELL_PARTS
from etl.trace.row import key_conditions, records

if TYPE_CHECKING:
    import duckdb

    from etl.trace.declared import Provenance
    from etl.trace.lineage import Lineage, Model

# The order in which people ask: the printed figure, what goes into it, what it is divided by, who counts.
_ROLES_FIRST = ("printed", "source", "numerator", "added", "denominator", "residual", "membership")


@dataclass(frozen=True, slots=True)
class Document:
    """A publication, as far as a reader needs it to find the cell."""

    document: str
    title: str
    title_zh: str | None
    publisher: str | None
    published_on: date | None
    kind: str
    url: str | None
    doi: str | None
    article_file: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a source.

    Attributes:
        role: What it does for the row.
        document: The publication; None where the cell is a row of a seed, or of the build's own making.
        locator: Where in the publication or file.
        value_tonnes: Its value in tonnes.
        more: What else the view says of it.
    """

    role: str
    document: Document | None
    source: str | None
    edition: str | None
    file: str | None
    locator: str | None
    text_line: int | None
    printed: str | None
    party: str | None
    value_tonnes: float | None
    more: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the cell for JSON."""
        return asdict(self)


def cells_of(connection: duckdb.DuckDBPyConnection, lineage: Lineage, mart: Model, row: dict[str, Any]) -> list[Cell]:
    """Return every cell that a row of a mart rests on, those first that people ask for first.

    Args:
        connection: A connection to the release's file.
        lineage: The release's models.
        mart: The table.
        row: The row, by column.

    Raises:
        BadDeclaration: The mart does not say where its rows come from.
    """
    provenance = mart.provenance
    if provenance.seeds:
        return _from_seeds(connection, lineage, mart, provenance, row)
    if provenance.build:
        return [_cell({"role": "build", "file": mart.file, "locator": provenance.build})]
    found = _from_view(connection, mart, row) if provenance.view else _from_row(provenance, row)
    documents, of_editions = _documents(connection), _documents_of_editions(connection)
    for entry in found:
        # A row of official data names its edition; the edition is a document too.
        entry["document"] = entry.get("document") or of_editions.get((entry.get("source"), entry.get("edition")))
    return sorted((_cell(entry, documents) for entry in found), key=_rank)


def _from_row(provenance: Provenance, row: dict[str, Any]) -> list[dict[str, Any]]:
    found = [
        {"role": cell.role, **{part: row[column] for part, column in cell.columns.items()}} for cell in provenance.cells
    ]
    # Of two claims that a row can name, one may be missing.
    return [entry for entry in found if entry.get("document") or entry.get("source")]


def _from_view(connection: duckdb.DuckDBPyConnection, mart: Model, row: dict[str, Any]) -> list[dict[str, Any]]:
    condition, values = key_conditions(mart, row)
    found = records(connection, f"select distinct * from {mart.provenance.view} where {condition}", values)
    return [
        {column.removeprefix("cell_"): value for column, value in entry.items() if column not in mart.primary_key}
        for entry in found
    ]


def _from_seeds(
    connection: duckdb.DuckDBPyConnection,
    lineage: Lineage,
    mart: Model,
    provenance: Provenance,
    row: dict[str, Any],
) -> list[Cell]:
    condition, values = key_conditions(mart, row)
    cells = []
    for seed in (lineage.models[name] for name in provenance.seeds):
        # Rows of a seed lie in the order of its file, whose first row is the header.
        numbers = connection.execute(f"select rowid + 2 from {seed.relation} where {condition}", values).fetchall()
        cells += [
            _cell({"role": "listed", "file": seed.file, "locator": f"row {number}", "publisher": provenance.publisher})
            for (number,) in numbers
        ]
    return cells


def _cell(found: dict[str, Any], documents: dict[str, Document] | None = None) -> Cell:
    """Return a cell from its parts; whatever is no part of a cell goes to `more`."""
    document = found.get("document")
    return Cell(
        role=found["role"],
        document=documents[document] if documents and document else None,
        source=found.get("source"),
        edition=found.get("edition"),
        file=found.get("file"),
        locator=found.get("locator"),
        text_line=found.get("text_line"),
        printed=found.get("printed"),
        party=found.get("party"),
        value_tonnes=found.get("value_tonnes"),
        more={name: value for name, value in found.items() if name not in ("role", *CELL_PARTS) and value},
    )


def _documents(connection: duckdb.DuckDBPyConnection) -> dict[str, Document]:
    columns = ", ".join(field.name for field in fields(Document))
    return {
        found["document"]: Document(**found)
        for found in records(connection, f"select {columns} from marts.dim_document")
    }


def _documents_of_editions(connection: duckdb.DuckDBPyConnection) -> dict[tuple[Any, Any], str]:
    found = connection.execute("select source, edition, document from marts.dim_edition").fetchall()
    return {(source, edition): document for source, edition, document in found}


def _rank(cell: Cell) -> tuple[int, str, str, int, str, str]:
    first = _ROLES_FIRST.index(cell.role) if cell.role in _ROLES_FIRST else len(_ROLES_FIRST)
    return first, cell.role, cell.party or "", cell.text_line or 0, cell.locator or "", str(cell.more)
