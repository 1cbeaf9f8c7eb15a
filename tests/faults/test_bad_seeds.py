"""A spoiled seed: one clear message per fault, all of them at once, and the published release stays as it was."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import RunCli

ARTICLES = "seeds/articles/zhang2024/zhang2024__"
BAD_INPUT = 3


def edit(path: Path, change: Callable[[list[list[str]]], None]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def hashes_of(warehouse: Path) -> dict[str, str]:
    """What readers may open; the run log beside it grows with every run."""
    files = (path for path in warehouse.iterdir() if path.is_file() and path.name != "runs.jsonl")
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def set_cell(row: int, column: str, value: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[row][rows[0].index(column)] = value

    return change


def spoil_encoding(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))


SPOILED = [
    ("country", f"{ARTICLES}memberships.csv", set_cell(3, "party", "AUZ"), ["[party]", "'AUZ'", "'AUS'"]),
    ("mineral", f"{ARTICLES}claims.csv", set_cell(5, "mineral", "cobolt"), ["[mineral]", "'cobolt'", "'cobalt'"]),
    ("alliance", f"{ARTICLES}memberships.csv", set_cell(2, "bloc", "mps"), ["[bloc]", "'mps'", "'msp'"]),
    ("unit", f"{ARTICLES}claims.csv", set_cell(4, "unit", "wan_tt"), ["[unit]", "'wan_tt'", "'wan_t'"]),
    (
        "document",
        f"{ARTICLES}claims.csv",
        set_cell(4, "document", "zhang2042"),
        ["[document]", "'zhang2042'", "'zhang2024'"],
    ),
    (
        "source",
        "seeds/sources/usgs_mcs/usgs_mcs__corrections.csv",
        set_cell(5, "source", "usgs_msc"),
        ["usgs_mcs__corrections.csv:6", "[source]", "'usgs_msc'", "'usgs_mcs'"],
    ),
    ("column", f"{ARTICLES}claims.csv", set_cell(0, "mineral", "minral"), ["[minral]", "unknown column", "'mineral'"]),
    ("date", f"{ARTICLES}events.csv", set_cell(2, "event_date", "2023-13-01"), ["[event_date]", "'2023-13-01'"]),
    ("number", f"{ARTICLES}claims.csv", set_cell(4, "value", "1,5"), ["[value]", "'1,5'"]),
    ("key", f"{ARTICLES}events.csv", lambda rows: rows.append(rows[1]), ["duplicate key", "zhang2024__events.csv:2"]),
    ("encoding", f"{ARTICLES}claims.csv", spoil_encoding, ["is not UTF-8", "zhang2024__claims.csv:"]),
    ("file", f"{ARTICLES}claims.csv", Path.unlink, ["zhang2024__claims.csv is missing"]),
    ("reference", "seeds/reference/units.csv", Path.unlink, ["seeds/reference/units.csv is missing"]),
]


@pytest.mark.parametrize(
    ("path", "change", "expected"), [case[1:] for case in SPOILED], ids=[case[0] for case in SPOILED]
)
def test_a_spoiled_seed_is_named(
    project_copy: Path, cli: RunCli, path: str, change: Callable[..., None], expected: list[str]
) -> None:
    target = project_copy / path
    change(target) if change in (spoil_encoding, Path.unlink) else edit(target, change)
    # What a build says first; that it publishes nothing is the next test's.
    done = cli("check-seeds", "--project", str(project_copy))
    assert done.returncode == BAD_INPUT, done.stdout + done.stderr
    for part in expected:
        assert part in done.stderr
    assert "Traceback" not in done.stderr


def test_all_faults_of_a_run_come_together_and_the_release_stays(
    project_copy: Path, warehouse: Path, cli: RunCli, tmp_path: Path
) -> None:
    own = tmp_path / "warehouse"  # a failing build leaves its trail
    shutil.copytree(warehouse, own)
    before = hashes_of(own)
    edit(project_copy / f"{ARTICLES}memberships.csv", set_cell(3, "party", "AUZ"))
    edit(project_copy / f"{ARTICLES}events.csv", set_cell(2, "event_date", "soon"))
    edit(project_copy / "seeds/articles/hui2024/hui2024__claims.csv", set_cell(2, "measure", "prodction"))
    done = cli("build", "--project", str(project_copy), "--warehouse", str(own))
    assert done.returncode == BAD_INPUT
    assert "3 fault(s)" in done.stderr
    for part in ("'AUZ'", "'soon'", "'prodction'", "'production'"):
        assert part in done.stderr
    assert hashes_of(own) == before


def test_an_undeclared_seed_is_not_overlooked(project_copy: Path, cli: RunCli) -> None:
    stray = project_copy / "seeds/articles/xu2024/xu2024__list_entries.csv"
    header = (
        (project_copy / "seeds/articles/hui2024/hui2024__list_entries.csv").read_text(encoding="utf-8").split("\n")[0]
    )
    stray.write_text(header + "\n", encoding="utf-8")
    (project_copy / "seeds/articles/xu2024/xu2024__clams.csv").write_text("a\n1\n", encoding="utf-8")
    done = cli("check-seeds", "--project", str(project_copy))
    assert done.returncode == BAD_INPUT
    assert "xu2024__list_entries.csv is not declared" in done.stderr
    assert "xu2024__clams.csv matches no seed contract" in done.stderr
