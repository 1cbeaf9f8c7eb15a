"""Reading commands open the published file read-only, with everything else shut off; and change nothing."""

from __future__ import annotations

import ast
import json
import os
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from etl.diff.sides import attached
from etl.run.sealed import open_sealed
from tests.conftest import ROOT, RunCli

CODE = sorted((ROOT / "etl").rglob("*.py"))
# Who makes or changes a file: the build, before anybody can see it.
WRITERS = {
    "etl/run/build.py",
    "etl/gates/landing.py",
    "etl/sources/landing.py",  # in memory
    "etl/diff/sides.py",  # in memory, with both releases attached read-only, then sealed
}
READERS = [
    ["status"],
    ["status", "--check"],
    ["releases"],
    ["check"],
    ["trace", "dim_unit", "t"],
    ["explain", "msp", "cobalt", "--measure", "reserves"],
    ["share", "msp", "cobalt"],
    ["members", "msp"],
    ["timeline", "IDN"],
    ["conflicts", "cobalt"],
    ["diff", "current", "current"],
]


def calls(path: Path, *names: str) -> list[ast.Call]:
    """Calls in a module of functions of these dotted names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]


def words_of(call: ast.Call) -> dict[str | None, str]:
    return {word.arg: ast.unparse(word.value) for word in call.keywords}


def test_whoever_is_no_writer_opens_read_only() -> None:
    opened = {path.relative_to(ROOT).as_posix(): calls(path, "duckdb.connect") for path in CODE}
    readers = {name: found for name, found in opened.items() if found and name not in WRITERS}
    assert len(readers) >= 3
    assert [
        name for name, found in readers.items() for call in found if words_of(call).get("read_only") != "True"
    ] == []
    assert {name for name in WRITERS if not opened[name]} == set()


def test_no_shell_reads_anything_and_nothing_is_evaluated() -> None:
    forbidden = {
        "os.system",
        "os.popen",
        "eval",
        "exec",
        "subprocess.getoutput",
        "pickle.load",
        "pickle.loads",
    }
    found = [(path.name, ast.unparse(call.func)) for path in CODE for call in calls(path, *forbidden)]
    assert found == []
    started = [call for path in CODE for call in calls(path, "subprocess.run", "subprocess.Popen")]
    assert len(started) >= 3
    assert [ast.unparse(call) for call in started if words_of(call).get("shell", "False") != "False"] == []


@pytest.fixture
def guarded(warehouse: Path, tmp_path: Path) -> Path:
    """A warehouse without a run log, of which every file is remembered."""
    folder = tmp_path / "warehouse"
    shutil.copytree(warehouse, folder)
    return folder


def state_of(folder: Path) -> dict[str, tuple[int, int, int]]:
    found = {}
    for path in folder.rglob("*"):
        told = path.stat()
        size = 0 if stat.S_ISDIR(told.st_mode) else told.st_size
        found[str(path.relative_to(folder))] = (size, told.st_mtime_ns, told.st_ino)
    return found


def test_reading_commands_change_nothing(guarded: Path, cli: RunCli, tmp_path: Path) -> None:
    before = state_of(guarded)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for arguments in READERS:
        done = cli(*arguments, "--warehouse", str(guarded), cwd=elsewhere, OREBLOC_PROJECT=str(ROOT))
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    assert state_of(guarded) == before
    assert list(elsewhere.iterdir()) == []


def test_a_sealed_file_reaches_nothing_else(guarded: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    current = guarded / "orebloc.duckdb"
    with open_sealed(current) as connection, attached(current, current) as pair:
        for one in (connection, pair.connection):
            for query in (
                f"select * from read_csv('{secret}')",
                f"select * from '{secret}'",
                f"attach '{tmp_path}/other.duckdb'",
                f"copy (select 1) to '{tmp_path}/out.csv'",
                "install httpfs",
                "load httpfs",
                "set enable_external_access = true",
                "select getenv('HOME')",
            ):
                with pytest.raises(duckdb.Error):
                    one.execute(query).fetchall()
        with pytest.raises(duckdb.Error):
            connection.execute("create table marts.mine (a integer)")
        with pytest.raises(duckdb.Error):
            pair.connection.execute("create table before.marts.mine (a integer)")
        assert connection.execute("select count(*) from marts.build_info").fetchone() == (1,)


@pytest.mark.parametrize(
    ("mart", "arguments"),
    [("dim_unit", ["trace", "dim_unit", "t"]), ("dim_mineral", ["explain", "msp", "cobalt", "--measure", "reserves"])],
)
def test_a_release_that_was_tampered_with_reads_nothing_of_the_readers(
    guarded: Path, cli: RunCli, tmp_path: Path, mart: str, arguments: list[str]
) -> None:
    """A view in the place of a table, which reads a file that the reader may read."""
    secret = tmp_path / "secret.csv"
    secret.write_text("swordfish\n", encoding="utf-8")
    database = (
        guarded / "releases" / json.loads((guarded / "current.json").read_text())["release_id"] / "orebloc.duckdb"
    )
    for path in (database, guarded / "orebloc.duckdb"):
        os.chmod(path, 0o644)  # noqa: PTH101
        with duckdb.connect(str(path)) as connection:
            columns = [row[0] for row in connection.execute(f"describe marts.{mart}").fetchall()]
            shown = ", ".join(f'content as "{column}"' for column in columns)
            connection.execute(f"alter table marts.{mart} rename to hidden")
            connection.execute(f"create view marts.{mart} as select {shown} from read_text('{secret}')")
            assert "swordfish" in str(connection.execute(f"from marts.{mart}").fetchall())
    done = cli(*arguments, "--warehouse", str(guarded))
    assert done.returncode not in (0, 1), done.stdout
    assert "swordfish" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
