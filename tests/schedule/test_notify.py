"""Whoever wants to know how a run ended is told, and cannot change how it ended."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.run.notify import notify
from etl.run.runlog import RunRecord
from tests.conftest import RunCli

BAD_INPUT, USAGE = 3, 2


@pytest.fixture
def teller(tmp_path: Path) -> Path:
    """A program that writes down what it was told."""
    program = tmp_path / "tell it's done.sh"
    program.write_text(
        '#!/bin/sh\ncat > "$1"\nprintf "%s" "$OREBLOC_OUTCOME" > "$1.outcome"\necho to nobody\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return program


def test_the_command_gets_the_record_and_the_outcome(
    warehouse: Path, cli: RunCli, teller: Path, tmp_path: Path
) -> None:
    told = tmp_path / "told it's; touch shell"
    done = cli(
        "build", "--warehouse", str(warehouse), "--json", "--notify-command", shlex.join([str(teller), str(told)])
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(told.read_text(encoding="utf-8")) == json.loads(done.stdout)
    assert Path(f"{told}.outcome").read_text(encoding="utf-8") == "nothing_to_do"


def test_failures_only(warehouse: Path, cli: RunCli, teller: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    environment = {"OREBLOC_NOTIFY_COMMAND": f'"{teller}" "{told}"', "OREBLOC_NOTIFY_ON": "failure"}
    fine = cli("build", "--warehouse", str(warehouse), **environment)
    assert fine.returncode == 0
    assert not told.exists()
    failed = cli("build", "--warehouse", str(warehouse), "--landing", str(tmp_path / "gone"), "--json", **environment)
    assert failed.returncode == BAD_INPUT
    assert json.loads(told.read_text(encoding="utf-8")) == json.loads(failed.stdout)
    assert Path(f"{told}.outcome").read_text(encoding="utf-8") == "bad_input"
    assert "to nobody" in failed.stderr  # what it prints is kept away from the JSON


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("false", "ended with exit code 1: false"),
        ("no-such-program-here --now", "could not be started"),
        ("'unfinished", "cannot be read"),
        ("", "is empty"),
    ],
)
def test_a_command_that_fails_is_said_and_changes_nothing(
    warehouse: Path, cli: RunCli, command: str, said: str
) -> None:
    done = cli("build", "--warehouse", str(warehouse), "--notify-command", command, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["outcome"] == "nothing_to_do"
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_word_that_is_no_choice_is_wrong_usage(warehouse: Path, cli: RunCli) -> None:
    done = cli("build", "--warehouse", str(warehouse), "--notify-on", "sometimes")
    assert done.returncode == USAGE
    assert "sometimes" in done.stderr


def test_a_command_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "late"
    program = f'{sys.executable} -c \'import subprocess; subprocess.run(["sh", "-c", "sleep 3; touch {mark}"])\''
    trouble = notify(program, RunRecord(started="now"), time_limit=1.0)
    assert trouble is not None
    assert "took longer than 1 s" in trouble
    time.sleep(3.5)
    assert not mark.exists()


def test_a_command_that_reads_nothing_is_no_trouble() -> None:
    assert notify("true", RunRecord(started="now", message="x" * 1_000_000)) is None


def test_the_words_of_a_command_are_no_shell(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert notify(f"echo a; touch {mark}", RunRecord(started="now")) is None
    assert notify(f"echo $(touch {mark})", RunRecord(started="now")) is None
    assert not mark.exists()
    subprocess.run(["sh", "-c", f"echo a; touch {mark}"], check=True, capture_output=True)
    assert mark.exists()  # as a shell would have had it
