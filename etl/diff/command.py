"""`orebloc diff`: the command line of the comparison; the application registers it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.options import Exit, JsonOption, ProjectOption, WarehouseOption, project_at
from etl.run.report import Report

if TYPE_CHECKING:
    from etl.diff.finding import Acknowledgement
    from etl.project import Project

_WHICH = "its id, the beginning of one, `current`, `previous`, or the path of a .duckdb file"


def diff_command(
    before: Annotated[str, typer.Argument(help=f"The older release: {_WHICH}.")] = "previous",
    after: Annotated[str, typer.Argument(help=f"The newer release: {_WHICH}.")] = "current",
    examples: Annotated[int, typer.Option(min=0, help="How many rows to show per table and finding.")] = 10,
    as_json: JsonOption = False,
    project: ProjectOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Compare two releases: schema, rows, values, coverage, membership, conflicts.

    Prints what lies in a release as [b]diff.md[/b], or with [b]--json[/b] as [b]diff.json[/b], for any two of them.

    Example: [b]orebloc diff previous current[/b]
    """
    place = project_at(project, warehouse)
    # Only now the time that importing DuckDB and pandas takes.
    from etl.diff.causes import Inputs
    from etl.diff.compare import compare_releases, inputs_beside
    from etl.diff.document import to_json
    from etl.diff.page import to_markdown
    from etl.diff.sides import NotComparable
    from etl.faults import FaultsFound
    from etl.run.releases import NoSuchRelease

    try:
        old, new = _file_of(place, before), _file_of(place, after)
        listed_old, listed_new = inputs_beside(old), inputs_beside(new)
        inputs = Inputs(listed_old, listed_new) if listed_old is not None and listed_new is not None else None
        diff = compare_releases(old, new, inputs=inputs, acknowledgements=_acknowledgements(place), examples=examples)
    except (NoSuchRelease, NotComparable) as error:
        Report().fail(str(error), [])
        raise typer.Exit(Exit.BAD_INPUT) from None
    except FaultsFound as error:
        Report().fail(f"{len(error.faults)} fault(s) in the {error.step}", error.faults)
        raise typer.Exit(Exit.BAD_INPUT) from None
    print(to_json(diff) if as_json else to_markdown(diff), end="")


def _file_of(place: Project, asked: str) -> Path:
    """Return the file that a release's name or a path stands for."""
    from etl.run.releases import NoSuchRelease, find_release

    if asked.endswith(".duckdb"):
        path = Path(asked)
        if not path.is_file():
            raise NoSuchRelease(f"There is no file {asked}.")
        return path
    return find_release(place, asked).database


def _acknowledgements(place: Project) -> list[Acknowledgement]:
    from etl.diff.acknowledged import SEED, acknowledgements_of
    from etl.faults import FaultsFound
    from etl.seeds.check import check_frame
    from etl.seeds.contract import load_contracts
    from etl.seeds.read import read_seed

    # This seed alone: a fault in another is no reason not to compare.
    contract = load_contracts(place.contracts)[SEED]
    path = place.seeds / contract.files[0]
    frame, faults = read_seed(path, contract, place.relative(path))
    faults += list(check_frame(frame, contract, {SEED: frame}))
    if faults:
        raise FaultsFound("seed of acknowledged changes", faults)
    return acknowledgements_of(frame)
