"""`orebloc publish-postgres`: the command line of publishing into PostgreSQL; the application registers it."""

from __future__ import annotations

import json
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from etl.options import Exit, JsonOption, ProjectOption, WarehouseOption, project_at, release_at
from etl.run.report import Report

if TYPE_CHECKING:
    from etl.postgres.publish import Published, Target
    from etl.run.releases import Release

# What a shell says of a process that an interrupt ended.
_INTERRUPTED = 130


def publish_postgres_command(
    *,
    url: Annotated[
        str,
        typer.Argument(
            envvar="OREBLOC_POSTGRES_URL",
            show_envvar=False,
            help="The database, as postgresql://USER@HOST:PORT/NAME, else from OREBLOC_POSTGRES_URL. The password "
            "stands best in PGPASSWORD or ~/.pgpass: who can list processes sees arguments.",
        ),
    ],
    schema: Annotated[
        str, typer.Option("--schema", help="The schema to fill. It is replaced as a whole if orebloc filled it before.")
    ] = "marts",
    reader_role: Annotated[
        str,
        typer.Option(
            "--reader-role",
            help="The role that may read it and nothing else; created if it is not there. Empty: grant nobody.",
        ),
    ] = "orebloc_reader",
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds to wait for readers who keep the old tables open.")
    ] = 120,
    as_json: JsonOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Publish the tables of the current release into a PostgreSQL database, with types, keys, comments and a reader.

    All is one transaction: readers see the release before or the new one, and a publication that fails leaves nothing
    behind. Grants to read that others were given, and plain views that read the tables, follow to the new ones.

    Exit codes: 0 published; 3 the URL, a name or what stands in the schema is not fit; 5 another publication, or
    readers, hold the tables; 6 the server cannot be reached, lacks room or refuses, or there is no release.

    Example: [b]orebloc publish-postgres postgresql://publisher@localhost/minerals[/b]
    """
    place = project_at(project, warehouse)
    release = release_at(place)
    report = Report(aside=as_json)
    _check_environment(release, report)
    from etl.postgres.address import read_address
    from etl.postgres.publish import Target, publish
    from etl.postgres.refusal import CannotPublish

    began = time.monotonic()
    try:
        target = Target(read_address(url), schema, reader_role, wait)
        published = publish(release, release.database, target, report)
    except CannotPublish as error:
        report.fail(error.happened, [line for line in (error.advice, "What the server held is as it was.") if line])
        raise typer.Exit(error.code) from None
    except (KeyboardInterrupt, RuntimeError) as error:
        # DuckDB says so in its own way where a query is under way.
        if not isinstance(error, KeyboardInterrupt) and "interrupted" not in str(error):
            raise
        report.fail("Interrupted. What the server held is as it was.", [])
        raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        print(json.dumps(_record(release, target, published, time.monotonic() - began), ensure_ascii=False))
    else:
        _show(report, release, target, published)


def _check_environment(release: Release, report: Report) -> None:
    from etl.run.export import SCHEMA_VERSION

    if find_spec("psycopg") is None:
        report.fail("Publishing into PostgreSQL needs the package psycopg. Run `make postgres` to add it.", [])
        raise typer.Exit(Exit.ENVIRONMENT)
    version = release.manifest.get("schema_version")
    if version != SCHEMA_VERSION:
        report.fail(
            f"Release {release.release_id} has public schema {version}; this version publishes {SCHEMA_VERSION}. "
            "Run `orebloc build`.",
            [],
        )
        raise typer.Exit(Exit.ENVIRONMENT)


def _show(report: Report, release: Release, target: Target, published: Published) -> None:
    report.say(f"Published release {release.release_id} into schema {escape(target.schema)}")
    if published.before:
        report.say(f"  instead of {escape(published.before)}")
    if target.reader:
        made = "created; it has no login: GRANT it to those who read" if published.made_reader else "may read it"
        report.say(f"  role {escape(target.reader)}: {made}")
    for view in published.views:
        report.say(f"  view {escape(view)} reads the new tables")
    for line in published.undeclared:
        report.say(f"  no foreign key: {line}")


def _record(release: Release, target: Target, published: Published, seconds: float) -> dict[str, object]:
    return {
        "release_id": release.release_id,
        "schema": target.schema,
        "reader_role": target.reader or None,
        "replaced": published.before or None,
        "tables": {table.name: table.n_rows for table in published.tables},
        "views": list(published.views),
        "undeclared_keys": list(published.undeclared),
        "seconds": round(seconds, 3),
    }
