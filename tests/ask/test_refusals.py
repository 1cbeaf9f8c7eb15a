"""What cannot be answered is said with what is nearest, and nothing that is typed is ever more than a name."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ask.test_answers import COMMANDS, run
from tests.conftest import ROOT

_DONE, _USAGE, _BAD_INPUT, _ENVIRONMENT = 0, 2, 3, 6


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (["share", "mspp", "cobalt"], "'msp'"),
        (["share", "msp", "cobolt"], "'cobalt'"),
        (["share", "msp", "cobalt", "--rule", "year_ends"], "'year_end'"),
        (["share", "msp", "cobalt", "--source", "usgs"], "'usgs_mcs'"),
        (["share", "msp", "cobalt", "--from", "1990", "--to", "1995"], "2022-2023"),
        (["share", "msp", "cobalt", "--stage", "refinery"], "mine"),
        (["share", "quad", "cobalt", "--scope", "partners_and_forum"], "no forum"),
        (["members", "qaud"], "'quad'"),
        (["timeline", "Indonesa"], "'Indonesia'"),
        (["conflicts", "cobaltt"], "'cobalt'"),
        (["blocs", "mineralz"], "unknown bloc"),
        (["countries", "Germny"], "'Germany'"),
        (["timeline", "European Union"], "'EUU', 'eu'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(warehouse: Path, arguments: list[str], nearest: str) -> None:
    done = run(warehouse, *arguments)
    assert done.exit_code == _BAD_INPUT
    assert nearest in done.stderr
    assert done.stdout == ""


def test_a_name_is_found_in_every_spelling(warehouse: Path) -> None:
    blocs = ("msp", "MSP", "minerals  security partnership", "矿产安全伙伴关系")
    minerals = ("cobalt", "Co", "钴", "COBALT", "ｃｏｂａｌｔ")
    asked = [*((bloc, "cobalt") for bloc in blocs), *(("msp", mineral) for mineral in minerals)]
    found = {run(warehouse, "share", *names, "--json").stdout for names in asked}
    assert len(found) == 1
    assert json.loads(found.pop())[0]["bloc"] == "msp"


@pytest.mark.parametrize(
    "arguments",
    [
        ["share", "msp", "cobalt", "--json", "--csv"],
        ["share", "msp", "cobalt", "--from", "2023", "--to", "2022"],
        ["members", "msp", "--on", "2023-13-01"],
        ["members", "msp", "--on", "yesterday"],
        ["blocs", "--lang", "fr"],
    ],
)
def test_wrong_usage_says_so(warehouse: Path, arguments: list[str]) -> None:
    done = run(warehouse, *arguments)
    assert done.exit_code == _USAGE
    assert done.stdout == ""


SPOILERS = ["'", '"', "msp' or '1'='1", "$bloc", "?", "%", "[bold]x[/bold]", "\x00"]
HOSTILE = st.text(max_size=40) | st.sampled_from(SPOILERS)


@settings(max_examples=8, deadline=None)
@example(name="'; drop table marts.dim_bloc; --")
@example(name="msp') union all select * from marts.dim_bloc --")
@example(name="\x1b[2J\u202e")
@example(name="\udcff")
@example(name="[/]")
@given(name=HOSTILE)
def test_hostile_names_are_names(warehouse: Path, name: str) -> None:
    """Nothing but an answer or a refusal: a name that reached SQL would end as a broken environment."""
    before = (warehouse / "orebloc.duckdb").stat()
    for arguments in (
        ["share", "--", name, "cobalt"],
        ["share", "msp", "cobalt", f"--source={name}", f"--edition={name}", f"--basis={name}"],
        ["members", f"--on={name}", "--", name],
        ["timeline", "--json", "--", name],
        ["conflicts", "--csv", "--", name],
        ["minerals", "--", name],
    ):
        done = run(warehouse, *arguments)
        assert done.exit_code in (_DONE, _USAGE, _BAD_INPUT), (arguments, done.output)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        assert "\x1b" not in done.output
    after = (warehouse / "orebloc.duckdb").stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


@pytest.fixture
def own(warehouse: Path, tmp_path: Path) -> Path:
    """A warehouse to spoil: its release's file can be written."""
    folder = tmp_path / "warehouse"
    shutil.copytree(warehouse, folder)
    os.chmod(database_of(folder), 0o644)  # noqa: PTH101
    return folder


def database_of(folder: Path) -> Path:
    release_id = json.loads((folder / "current.json").read_text(encoding="utf-8"))["release_id"]
    return folder / "releases" / release_id / "orebloc.duckdb"


def settle(folder: Path) -> None:
    """Let the manifest say that the spoilt file is what was published."""
    manifest = database_of(folder).with_name("manifest.json")
    os.chmod(manifest, 0o644)  # noqa: PTH101
    said = json.loads(manifest.read_text(encoding="utf-8"))
    said["database"]["bytes"] = database_of(folder).stat().st_size
    manifest.write_text(json.dumps(said), encoding="utf-8")
    (folder / "orebloc.duckdb").unlink()


def refused(folder: Path, *said: str) -> None:
    for arguments in [*COMMANDS.values(), ["explain", "msp", "cobalt"]]:
        done = run(folder, *arguments)
        assert done.exit_code == _ENVIRONMENT, (arguments, done.output)
        assert done.stdout == ""
        assert isinstance(done.exception, SystemExit)
        for part in said:
            assert part in done.stderr, done.stderr


def test_without_a_release_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    refused(tmp_path / "none", "orebloc build")


def test_a_release_of_another_schema_version_is_refused(own: Path) -> None:
    with duckdb.connect(str(database_of(own))) as connection:
        connection.execute("update marts.build_info set schema_version = '2.0'")
    settle(own)
    refused(own, "public schema is 2.0", "orebloc build")


def test_a_later_minor_version_is_read(own: Path) -> None:
    with duckdb.connect(str(database_of(own))) as connection:
        connection.execute("update marts.build_info set schema_version = '1.9'")
    settle(own)
    assert run(own, "blocs").exit_code == _DONE


@pytest.mark.parametrize("spoilt", ["cut", "no database", "without its tables"])
def test_a_broken_file_is_refused(own: Path, spoilt: str) -> None:
    file = database_of(own)
    if spoilt == "cut":
        file.write_bytes(file.read_bytes()[:20_000])
    elif spoilt == "no database":
        file.write_bytes(b"not a database " * 1000)
    else:
        with duckdb.connect(str(file)) as connection:
            connection.execute("drop table marts.build_info")
    settle(own)
    refused(own, "orebloc build")


def test_the_commands_start_without_the_database() -> None:
    code = "import sys, etl.cli; print('duckdb' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("share ms", {"msp", "msp_forum", "msp_finance_network"}),
        ("share msp cob", {"cobalt"}),
        ("members msp_f", {"msp_forum", "msp_finance_network"}),
        ("share msp cobalt --rule year", {"year_end", "year_start"}),
        ("timeline IDN", {"IDN"}),
    ],
)
def test_the_shell_offers_codes(warehouse: Path, typed: str, offered: set[str]) -> None:
    assert completions(warehouse, typed) == offered


def test_the_shell_offers_nothing_without_a_release(tmp_path: Path) -> None:
    assert completions(tmp_path / "none", "share ms") == set()


def completions(warehouse: Path, typed: str) -> set[str]:
    """Ask as bash does."""
    words = f"orebloc {typed}"
    done = subprocess.run(
        [str(Path(sys.executable).with_name("orebloc"))],
        cwd=ROOT,
        env={
            **os.environ,
            "OREBLOC_WAREHOUSE": str(warehouse),
            "_OREBLOC_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return set(done.stdout.split())
