"""Names from outside (folders, files, options) are only ever names: not SQL, not a shell's words, not paths upwards."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import ROOT, RunCli, run_cli

DONE, USAGE, BAD_INPUT, ENVIRONMENT = 0, 2, 3, 6
NAMES = [
    "'; drop table observations; --",
    '"; select 1; "',
    "a' || (select version()) || '",
    "$(touch touched)",
    "`touch touched`",
    "; touch touched",
    "..",
    "../../../../etc/passwd",
    "%s%n{0}{x}",
    "[red]markup[/red]",
    "=1+1",
    "--help",
    "\\",
    "x" * 3000,
    "名\u202e前",
    "a\nb\x1b[2J",
]


def state_of(folder: Path) -> dict[str, str]:
    """Every file of a folder with its hash, but for the run log, which grows."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "runs.jsonl")
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def folder_name(name: str) -> str:
    return name.replace("/", "_")[:100]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """Official files of hostile names in folders of hostile names."""
    folder = tmp_path / 'it\'s a "landing"; drop table x --'
    for name in NAMES:
        if folder_name(name).isprintable() and name != "..":
            place = folder / "usgs_mcs" / folder_name(name)
            place.mkdir(parents=True)
            (place / f"{folder_name(name)}.csv").write_text("a,b\n1,2\n", encoding="utf-8")
            (folder / folder_name(name)).mkdir(exist_ok=True)
    return folder


def test_landed_files_of_hostile_names_are_named_and_nothing_else_happens(
    landing: Path, project_copy: Path, cli: RunCli, tmp_path: Path
) -> None:
    before = state_of(landing)
    done = cli("land", "--landing", str(landing), "--project", str(project_copy), cwd=tmp_path)
    assert done.returncode in (DONE, BAD_INPUT)
    assert "Traceback" not in done.stderr
    assert "drop table observations" in done.stdout + done.stderr
    assert state_of(landing) == before
    assert not list(tmp_path.rglob("touched"))


def test_a_folder_of_a_hostile_name_lands(project_copy: Path, cli: RunCli, tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s "here"; drop table x -- $(touch touched)'
    (folder / "some'body; else").mkdir(parents=True)
    moved = project_copy.rename(tmp_path / "a 'project' \"of\" mine; $(touch touched)")
    done = cli("land", "--landing", str(folder), "--project", str(moved), cwd=tmp_path)
    assert done.returncode == DONE, done.stderr
    assert {path.name for path in (moved / "target" / "landed").iterdir()} >= {"observations.parquet", "ledger.parquet"}
    assert not list(tmp_path.rglob("touched"))


UNPRINTABLE = [b"a\nb.csv", b"a\x1b[2J.csv", b"caf\xe9.csv", b"a\xe2\x80\xaeb.csv", b"\xff"]


def test_names_that_do_not_print_are_refused(project_copy: Path, tmp_path: Path) -> None:
    place = tmp_path / "landing" / "usgs_mcs" / "2024"
    place.mkdir(parents=True)
    for name in UNPRINTABLE:
        (Path(os.fsdecode(os.fsencode(place) + b"/" + name))).write_text("a\n", encoding="utf-8")
    for command in (["land"], ["build", "--json"]):
        done = run_cli(*command, "--landing", str(place.parents[1]), "--project", str(project_copy))
        assert done.returncode == BAD_INPUT, done.stderr
        assert done.stderr.count("holds a name that does not print: 'usgs_mcs/2024/") == len(UNPRINTABLE)
        assert "Traceback" not in done.stderr
        assert "\x1b" not in done.stderr
    assert json.loads(done.stdout)["outcome"] == "bad_input"
    status = run_cli("status", "--landing", str(place.parents[1]), "--project", str(project_copy))
    assert "Traceback" not in status.stderr


COMMANDS = [
    ("trace", ["trace", "{}"]),
    ("trace key", ["trace", "dim_unit", "{}"]),
    ("trace column", ["trace", "dim_unit", "{}=1"]),
    ("trace value", ["trace", "dim_unit", "unit={}"]),
    ("explain bloc", ["explain", "{}", "cobalt"]),
    ("explain mineral", ["explain", "msp", "{}"]),
    ("explain source", ["explain", "msp", "cobalt", "--source", "{}"]),
    ("explain rule", ["explain", "msp", "cobalt", "--rule", "{}"]),
    ("explain against", ["explain", "msp", "cobalt", "--against", "{}"]),
    ("diff", ["diff", "{}", "current"]),
    ("rollback", ["rollback", "{}"]),
    ("check", ["check", "{}"]),
    ("fetch", ["fetch", "{}"]),
    ("fetch edition", ["fetch", "usgs_mcs", "--edition", "{}"]),
]


@pytest.mark.parametrize("arguments", [case[1] for case in COMMANDS], ids=[case[0] for case in COMMANDS])
def test_hostile_arguments_are_refused_and_change_nothing(
    warehouse: Path, cli: RunCli, tmp_path: Path, arguments: list[str]
) -> None:
    before = state_of(warehouse)
    # The worst of the names stand for all.
    for name in (
        "'; drop table x; --",
        "\" or 1=1; attach '/tmp/x' --",
        "../../../../etc/passwd",
        "a\nb\x1b[2J$(touch touched)",
    ):
        options = ["--landing", str(tmp_path)] if arguments[0] == "fetch" else ["--warehouse", str(warehouse)]
        done = cli(*(word.replace("{}", name) for word in arguments), *options, cwd=tmp_path, OREBLOC_PROJECT=str(ROOT))
        assert done.returncode in (USAGE, BAD_INPUT), (name, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
    assert state_of(warehouse) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", ["../../etc", "/etc", "a/b", "", ".", "..", "\u0000", "x" * 300, 7, None, [], {}])
def test_a_pointer_that_says_a_path_is_no_pointer(warehouse: Path, cli: RunCli, tmp_path: Path, said: object) -> None:
    place = tmp_path / "warehouse"
    shutil.copytree(warehouse, place)
    (place / "current.json").write_text(json.dumps({"release_id": said}), encoding="utf-8")
    done = cli("status", "--check", "--warehouse", str(place))
    assert done.returncode == 9
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["what?", os.fsdecode(b"caf\xe9")], ids=ascii)
def test_a_warehouse_in_which_the_engine_cannot_work_is_refused(cli: RunCli, tmp_path: Path, name: str) -> None:
    done = cli("build", "--warehouse", str(tmp_path / name), "--json")
    assert done.returncode == ENVIRONMENT
    assert json.loads(done.stdout)["outcome"] == "environment"
    assert "Choose another folder with --warehouse" in done.stderr
    assert list(tmp_path.iterdir()) == []
