"""What a monitor is told: fresh or stale, in one line and one exit code."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.run.releases import MANIFEST
from etl.run.runlog import RunRecord, append_run
from etl.status.age import age_words, parse_age
from tests.conftest import RunCli

STALE, USAGE = 9, 2


@pytest.fixture
def place(warehouse: Path, tmp_path: Path) -> Path:
    """A warehouse of its own, whose run log is empty."""
    folder = tmp_path / "warehouse"
    shutil.copytree(warehouse, folder)
    (folder / "runs.jsonl").unlink()
    return folder


def release_of(place: Path) -> str:
    return str(json.loads((place / "current.json").read_text(encoding="utf-8"))["release_id"])


def built(place: Path, ago: timedelta) -> None:
    """Let the current release be built some time ago."""
    path = place / "releases" / release_of(place) / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["built_at"] = (datetime.now(UTC) - ago).replace(microsecond=0).isoformat()
    path.write_text(json.dumps(manifest), encoding="utf-8")


def ran(place: Path, outcome: str, ago: timedelta, release: str | None = None) -> None:
    finished = (datetime.now(UTC) - ago).replace(microsecond=0).isoformat()
    record = RunRecord(finished, finished, outcome=outcome, exit_code=0, release_id=release or release_of(place))
    append_run(place / "runs.jsonl", record)


def asked(cli: RunCli, place: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = cli("status", "--check", "--json", "--warehouse", str(place), *arguments)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_young_whole_release_is_fresh(place: Path, cli: RunCli) -> None:
    built(place, timedelta(hours=35))
    code, said = asked(cli, place, "--max-age", "36h")
    assert (code, said["fresh"], said["problem"]) == (0, True, "")
    assert said["max_age_seconds"] == 36 * 3600
    assert 35 * 3600 <= said["age_seconds"] < 36 * 3600
    done = cli("status", "--check", "--max-age", "36h", "--warehouse", str(place))
    assert done.returncode == 0
    assert done.stdout == f"fresh: release {release_of(place)}, built 1 d 11 h ago\n"


def test_an_old_release_is_stale(place: Path, cli: RunCli) -> None:
    built(place, timedelta(hours=37))
    code, said = asked(cli, place, "--max-age", "36h")
    assert (code, said["fresh"]) == (STALE, False)
    done = cli("status", "--check", "--max-age", "36h", "--warehouse", str(place))
    assert done.returncode == STALE
    assert done.stdout == "stale: the release is 1 d 13 h old, more than 1 d 12 h\n"
    assert asked(cli, place)[0] == 0  # whole, and no age was asked for


def test_a_run_that_found_nothing_to_do_confirms_the_release(place: Path, cli: RunCli) -> None:
    built(place, timedelta(days=9))
    ran(place, "nothing_to_do", timedelta(hours=3))
    code, said = asked(cli, place, "--max-age", "36h")
    assert (code, said["fresh"]) == (0, True)
    assert said["built_at"] < said["confirmed_at"]
    assert "confirmed 3 h" in cli("status", "--check", "--warehouse", str(place)).stdout


@pytest.mark.parametrize(
    ("outcome", "ago", "release"),
    [
        ("bad_input", timedelta(hours=1), None),
        ("nothing_to_do", timedelta(hours=40), None),
        ("nothing_to_do", timedelta(hours=1), "20200101T000000Z-00000000"),
        ("nothing_to_do", timedelta(hours=-50), None),
    ],
    ids=["failed", "long ago", "another release", "in the future"],
)
def test_other_runs_confirm_nothing(
    place: Path, cli: RunCli, outcome: str, ago: timedelta, release: str | None
) -> None:
    built(place, timedelta(days=9))
    ran(place, outcome, ago, release)
    assert asked(cli, place, "--max-age", "36h")[0] == STALE


def test_no_release_a_broken_pointer_and_a_damaged_file_are_stale(place: Path, cli: RunCli, tmp_path: Path) -> None:
    code, said = asked(cli, tmp_path / "empty", "--max-age", "36h")
    assert code == STALE
    assert "no current release" in said["problem"]
    database = place / "orebloc.duckdb"
    with database.open("ab") as file:
        file.write(b"\0" * 10)
    assert asked(cli, place)[0] == STALE
    database.unlink()
    assert asked(cli, place)[0] == STALE
    (place / "current.json").write_text('{"release_id": "../..', encoding="utf-8")
    assert asked(cli, place)[0] == STALE


def test_a_release_from_the_future_is_a_wrong_clock(place: Path, cli: RunCli) -> None:
    built(place, timedelta(hours=-5))
    code, said = asked(cli, place, "--max-age", "36h")
    assert code == STALE
    assert "is the clock right?" in said["problem"]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("90m", timedelta(minutes=90)),
        ("36h", timedelta(hours=36)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("45s", timedelta(seconds=45)),
        ("1.5H", timedelta(minutes=90)),
        (" 36 h ", timedelta(hours=36)),
    ],
)
def test_ages_are_read(text: str, age: timedelta) -> None:
    assert parse_age(text) == age


@pytest.mark.parametrize("text", ["", "36", "h", "-3h", "36 hours", "1h30m", "inf", "1e3h", "999999999w", "٣h"])
def test_what_is_no_age_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"90m, 36h"):
        parse_age(text)


def test_a_wrong_age_is_wrong_usage(place: Path, cli: RunCli) -> None:
    done = cli("status", "--check", "--max-age", "36 hours", "--warehouse", str(place))
    assert done.returncode == USAGE
    assert "Write a number and a unit: 90m, 36h, 7d" in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=0), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(hours=36), "1 d 12 h"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=3, minutes=4), "3 d"),
    ],
)
def test_ages_are_said(age: timedelta, words: str) -> None:
    assert age_words(age) == words


def test_status_names_the_last_run(place: Path, cli: RunCli) -> None:
    ran(place, "nothing_to_do", timedelta(hours=3))
    assert "last run nothing_to_do" in cli("status", "--warehouse", str(place)).stdout
    said = json.loads(cli("status", "--json", "--warehouse", str(place)).stdout)
    assert said["last_run"]["outcome"] == "nothing_to_do"
