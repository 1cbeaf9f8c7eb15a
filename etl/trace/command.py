"""`orebloc trace`: the command line of tracing; the application registers it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from etl.ask.release import answering
from etl.options import Exit, JsonOption, ProjectOption, WarehouseOption, project_at, release_at
from etl.run.report import Report
from etl.trace.cells import cells_of
from etl.trace.declared import BadDeclaration
from etl.trace.key import NotFound, find_mart, read_key
from etl.trace.lineage import Lineage, NoLineage, read_lineage
from etl.trace.page import Trace, show, show_candidates
from etl.trace.row import SeveralRows, find_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


def trace_command(
    *,
    table: Annotated[str, typer.Argument(help="A table of the release, e.g. mineral_bloc_share.")],
    key: Annotated[
        list[str] | None,
        typer.Argument(
            help="Which row: column=value pairs, separated by commas or blanks, of any columns; or the values of the "
            "primary key in its order. An empty value stands for none.",
        ),
    ] = None,
    path: Annotated[
        bool, typer.Option("--path/--no-path", help="Show the path through the models, or leave it out.")
    ] = True,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow a row of a table through the models to every cell that it rests on.

    Shows the row, the models and seeds that made it, and each cell: document, address, place, line of the text, literal
    as printed; for official data source, edition, file and row. Reads the published release alone.

    Where the key leaves several rows open, the first 20 are listed. Exit codes: 0 traced; 3 no such table, column or
    row, or several rows; 6 no release.

    Example: [b]orebloc trace article_table_reproduction zhang2024,4,cobalt,share[/b]
    """
    report = Report()
    place = project_at(project, warehouse)
    release = release_at(place)
    try:
        lineage = read_lineage(release.folder)
        with answering(place, release.database) as connection:
            trace = _trace(connection, release.release_id, lineage, table, key or [])
    except (NoLineage, BadDeclaration) as error:
        report.fail(str(error), [])
        raise typer.Exit(Exit.ENVIRONMENT) from None
    except NotFound as error:
        report.fail(error.problem, [error.hint] if error.hint else [])
        raise typer.Exit(Exit.BAD_INPUT) from None
    except SeveralRows as error:
        if as_json:
            _print({"rows": error.count, "candidates": error.candidates, "open_columns": error.open_columns})
        else:
            show_candidates(report, table, error)
        raise typer.Exit(Exit.BAD_INPUT) from None
    if as_json:
        _print(trace.as_dict())
    else:
        show(report, trace, path=path)


def _trace(
    connection: duckdb.DuckDBPyConnection, release_id: str, lineage: Lineage, table: str, given: Sequence[str]
) -> Trace:
    mart = find_mart(lineage, table)
    row = find_row(connection, mart, read_key(mart, given))
    return Trace(
        release_id=release_id,
        table=mart.name,
        key={column: row[column] for column in mart.primary_key},
        row=row,
        path=lineage.upstream(mart.name),
        cells=cells_of(connection, lineage, mart, row),
    )


def _print(content: dict[str, object]) -> None:
    print(json.dumps(content, ensure_ascii=False, default=str))
