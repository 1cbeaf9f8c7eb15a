"""The run log: every run leaves one whole line, and no run fails for it."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from etl.run.runlog import RunRecord, append_run, runs_of
from tests.conftest import ROOT, RunCli
from tests.faults.test_bad_seeds import ARTICLES, edit, set_cell

BAD_INPUT, ENVIRONMENT, LOCKED, TERMINATED = 3, 6, 5, 143
KEYS = {
    "started",
    "finished",
    "seconds",
    "outcome",
    "exit_code",
    "release_id",
    "previous_release_id",
    "inputs_sha256",
    "checks",
    "message",
    "faults",
    "orebloc",
    "landing",
    "scheduled",
}


def record(number: int, **said: object) -> RunRecord:
    return RunRecord(started=f"run {number}", **said)  # type: ignore[arg-type]


def numbers(path: Path) -> list[int]:
    return [int(json.loads(line)["started"].split()[1]) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lines_of_many_writers_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: append_run(path, record(number, message="·" * 2000)), range(200)))
    assert sorted(numbers(path)) == list(range(200))


def test_a_log_grown_long_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    for number in range(10):
        append_run(path, record(number, message="x" * 1000), most_bytes=5000)
    older = path.with_name("runs.jsonl.1")
    assert path.stat().st_size <= 5000
    assert older.stat().st_size <= 5000
    assert numbers(older) + numbers(path) == list(range(10))[-len(numbers(older) + numbers(path)) :]
    assert [run["started"] for run in runs_of(path)][:2] == ["run 9", "run 8"]


def test_moving_aside_loses_no_line_of_another_writer(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    size = len(record(0, message="x" * 1000).as_json())
    with ThreadPoolExecutor(16) as pool:
        list(
            pool.map(
                lambda number: append_run(path, record(number, message="x" * 1000), most_bytes=70 * size), range(100)
            )
        )
    assert sorted(numbers(path.with_name("runs.jsonl.1")) + numbers(path)) == list(range(100))


def test_a_full_disk_leaves_the_log_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    append_run(path, record(1))
    before = path.read_bytes()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, hard))  # room for a part of a line
    try:
        with pytest.raises(OSError):
            append_run(path, record(2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert path.read_bytes() == before
    append_run(path, record(3))
    assert numbers(path) == [1, 3]


def test_half_a_line_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text('{"started": "run 1"}\n' + "[" * 200_000 + '\n{"started": "ru', encoding="utf-8")
    append_run(path, record(2))
    assert [run["started"] for run in runs_of(path)] == ["run 2", "run 1"]


def test_a_failed_run_is_logged_and_says_the_same_as_json(project_copy: Path, warehouse: Path, cli: RunCli) -> None:
    place = project_copy / "warehouse"
    shutil.copytree(warehouse, place)
    (place / "runs.jsonl").unlink()
    current = json.loads((place / "current.json").read_text(encoding="utf-8"))["release_id"]
    edit(project_copy / f"{ARTICLES}memberships.csv", set_cell(3, "party", "AUZ"))

    done = cli("build", "--project", str(project_copy), "--json", "--scheduled")
    assert done.returncode == BAD_INPUT
    (line,) = (place / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    said = json.loads(line)
    assert done.stdout == line + "\n"
    assert set(said) == KEYS
    assert (said["outcome"], said["exit_code"]) == ("bad_input", BAD_INPUT)
    assert (said["release_id"], said["previous_release_id"]) == (None, current)
    assert len(said["inputs_sha256"]) == 64
    assert len(said["faults"]) == 1
    assert "'AUZ'" in said["faults"][0]
    assert "'AUZ'" in done.stderr
    assert said["scheduled"]
    assert said["started"] <= said["finished"]
    assert said["orebloc"]["version"]


def test_nothing_to_do_is_told_apart_from_published(warehouse: Path, cli: RunCli) -> None:
    done = cli("build", "--warehouse", str(warehouse), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "nothing_to_do"
    outcomes = [run["outcome"] for run in runs_of(warehouse / "runs.jsonl")]
    assert outcomes[0] == "nothing_to_do"
    first = next(run for run in runs_of(warehouse / "runs.jsonl") if run["outcome"] == "published")
    assert first["checks"]["passed"] == first["checks"]["run"] > 200
    assert first["release_id"] == json.loads(done.stdout)["release_id"]


def test_a_log_that_cannot_be_written_is_said_and_changes_nothing(warehouse: Path, cli: RunCli, tmp_path: Path) -> None:
    place = tmp_path / "warehouse"
    shutil.copytree(warehouse, place)
    (place / "runs.jsonl").unlink()
    (place / "runs.jsonl").mkdir()
    done = cli("build", "--warehouse", str(place), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["outcome"] == "nothing_to_do"
    assert "The run log could not be written" in done.stderr


def test_a_broken_environment_and_a_held_lock_have_their_outcomes(
    project_copy: Path, cli: RunCli, tmp_path: Path
) -> None:
    nowhere = cli("build", "--project", str(tmp_path), "--json")
    assert (nowhere.returncode, json.loads(nowhere.stdout)["outcome"]) == (ENVIRONMENT, "environment")
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = cli("build", "--project", str(project_copy), "--warehouse", str(tmp_path / "file" / "x"), "--json")
    assert (blocked.returncode, json.loads(blocked.stdout)["outcome"]) == (ENVIRONMENT, "environment")
    assert "Traceback" not in blocked.stderr

    lock = project_copy / "warehouse" / "build.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        held = cli("build", "--project", str(project_copy), "--json")
    finally:
        holder.kill()
        holder.wait()
    assert (held.returncode, json.loads(held.stdout)["outcome"]) == (LOCKED, "locked")
    assert str(holder.pid) in json.loads(held.stdout)["message"]


HOLDER = """
import sys, time
from pathlib import Path
from etl.run.lock import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(120)
"""
