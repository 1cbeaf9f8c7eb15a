"""`orebloc export`: the command line of exports; the application registers it."""

from __future__ import annotations

import errno
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etl.ask.release import answering
from etl.export.chosen import Tongue
from etl.options import Exit, ProjectOption, WarehouseOption, project_at, release_at
from etl.run.report import Report

if TYPE_CHECKING:
    from etl.project import Project
    from etl.run.releases import Release

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EIO}


def export_command(
    *,
    form: Annotated[str, typer.Option("--format", help="parquet, csv, xlsx or json.")],
    tables: Annotated[
        str | None, typer.Option("--tables", help="Only these tables, with commas between them. Default: all.")
    ] = None,
    tongue: Annotated[
        Tongue, typer.Option("--lang", help="Names and descriptions in English (en), Chinese (zh) or both.")
    ] = Tongue.BOTH,
    to: Annotated[
        Path | None, typer.Option("--to", help="The folder to make. Default: orebloc-FORMAT in the working folder.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export in that folder.")] = False,
    bom: Annotated[
        bool,
        typer.Option(
            "--bom/--no-bom", help="Begin CSV files with the byte order mark by which Excel knows UTF-8, or do not."
        ),
    ] = True,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Export tables of the release for spreadsheets and scripts, whole or not at all.

    parquet: the release's own files, byte by byte. csv: UTF-8; numbers with every digit; a text that begins like a
    formula gets an apostrophe before it, so that no spreadsheet runs it. json: an array of rows per table, numbers
    exact, dates as ISO text. xlsx: one workbook with contents, sources, licences, units, columns and a sheet per table.

    With --lang en or zh, columns that only repeat another in the other language are left out. Exit codes: 0 exported;
    3 no such table or format, or the folder must not be replaced or cannot be written; 6 no whole release, or no room.

    Example: [b]orebloc export --format xlsx --tables dim_bloc,fct_bloc_membership --to blocs[/b]
    """
    from etl.ask.names import find, word
    from etl.export.writing import FORMATS
    from etl.faults import Fault

    report = Report()
    found = find(form, map(word, FORMATS), "--format", "format")
    if isinstance(found, Fault):
        report.fail("Nothing was exported:", [found])
        raise typer.Exit(Exit.BAD_INPUT)
    if found.code == "parquet" and tongue is not Tongue.BOTH:
        raise typer.BadParameter("Parquet files are the release's own, with both languages: leave --lang out.")
    place = project_at(project, warehouse)
    release = release_at(place)
    target = (to or Path(f"orebloc-{found.code}")).expanduser().resolve()
    if target.is_relative_to(place.warehouse.resolve()) or place.warehouse.resolve().is_relative_to(target):
        report.fail(f"{target} is a folder of the warehouse, which only builds change. Name another with --to.", [])
        raise typer.Exit(Exit.BAD_INPUT)
    how = {"format": found.code, "tongue": tongue, "bom": bom}
    _export(report, place, release, target, tables, how=how, force=force)


def _export(
    report: Report,
    place: Project,
    release: Release,
    target: Path,
    asked: str | None,
    *,
    how: dict[str, Any],
    force: bool,
) -> None:
    from etl.export.chosen import choose
    from etl.export.folder import Occupied, check_place, whole_folder, write_marker
    from etl.export.writing import Export, NotAsPublished, write_export

    try:
        check_place(target, force=force)
        with answering(place, release.database) as connection:
            described = _described(connection, release)
            chosen = choose(described.tables, asked, how["tongue"])
            export = Export(described, release.folder, chosen, **how)
            with report.step("export") as step, whole_folder(target, force=force) as folder:
                notes = write_export(connection, export, folder, step.note)
                rows = {table.name: table.n_rows for table in chosen}
                write_marker(
                    folder,
                    {"release_id": release.release_id, "format": export.format, "lang": export.tongue, "rows": rows},
                )
                step.outcome = f"{len(rows)} tables, {sum(rows.values()):,} rows"
    except Occupied as error:
        report.fail(str(error), [])
        raise typer.Exit(Exit.BAD_INPUT) from None
    except NotAsPublished as error:
        report.fail(f"{error} `orebloc check` says more; `orebloc build --force` builds anew.", [])
        raise typer.Exit(Exit.ENVIRONMENT) from None
    except OSError as error:
        report.fail(f"{error.strerror or error}: {error.filename or target}. {target} is as it was.", [])
        raise typer.Exit(Exit.ENVIRONMENT if error.errno in _NO_ROOM else Exit.BAD_INPUT) from None
    for note in notes:
        report.say(note)
    report.say(f"Written: {target}")


def _described(connection: Any, release: Release) -> Any:  # noqa: ANN401 - the database waits for the command
    from etl.metadata.described import describe_release
    from etl.run.export import ExportedTable

    manifest = release.manifest
    exported = [ExportedTable(**entry) for entry in manifest["tables"]]
    return describe_release(connection, exported, release.release_id, datetime.fromisoformat(manifest["built_at"]))
