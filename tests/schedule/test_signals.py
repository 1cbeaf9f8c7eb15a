"""A run that is asked to end ends what it started, at any moment, and says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import duckdb
import pytest

from etl.history.inspect import inspect
from etl.project import Project
from etl.run import build
from etl.run.publish import publish
from etl.run.releases import Release
from etl.run.runlog import runs_of
from etl.run.signals import Interrupted, signals_end_the_run, signals_wait
from etl.run.transform import DbtRun
from tests.chaos.finished import project_at
from tests.conftest import ROOT, answer

TERMINATED = 143
FORCED = ("build", "--force", "--json", "--warehouse")


def test_a_build_that_is_asked_to_end_ends_what_it_started_and_says_so(project_copy: Path) -> None:
    place = project_copy / "warehouse"
    process = subprocess.Popen(
        [sys.executable, "-m", "etl.cli", "build", "--project", str(project_copy), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not list(place.glob("builds/*/dbt-child.log")):  # dbt has been started
        assert time.monotonic() < until
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == TERMINATED
    assert json.loads(out)["outcome"] == "interrupted"
    assert "Ended by SIGTERM" in errors
    assert "Traceback" not in errors
    assert not list(place.glob("builds/*"))
    assert children_in(place) == []
    assert [run["outcome"] for run in runs_of(place / "runs.jsonl")] == ["interrupted"]


def test_a_signal_that_comes_while_dbt_starts_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is there, and nobody knows of it yet."""

    class AskedToEnd(subprocess.Popen[str]):
        def __init__(
            self, command: list[str], *, cwd: Path, stdin: int, stdout: int, stderr: IO[str], text: bool
        ) -> None:
            super().__init__(command, cwd=cwd, stdin=stdin, stdout=stdout, stderr=stderr, text=text)
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("etl.run.transform.subprocess.Popen", AskedToEnd)
    with signals_end_the_run():
        with pytest.raises(Interrupted), DbtRun(ROOT, tmp_path / "build", {}):
            pytest.fail("the build went on")
        assert children_in(tmp_path) == []


def test_signals_wait_for_what_is_half_started() -> None:
    done = []
    with signals_end_the_run():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
        try:
            with signals_wait():
                signal.raise_signal(signal.SIGHUP)
            with pytest.raises(Interrupted, match="SIGTERM"), signals_wait():
                signal.raise_signal(signal.SIGTERM)
                done.append("all")
        finally:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
    assert done == ["all"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_query_that_a_signal_breaks_off_is_no_fault_of_the_program(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB makes a RuntimeError of it."""

    def long_query(*_: object) -> None:
        threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
        with duckdb.connect() as connection:
            connection.execute("select count(*) from range(5_000_000_000) a").fetchall()

    monkeypatch.setattr("etl.run.build._land", long_query)
    ended = answer(*FORCED, str(tmp_path / "warehouse"))
    assert (json.loads(ended.stdout)["outcome"], ended.returncode) == ("interrupted", 128 + number)
    assert f"Ended by {number.name}; nothing was published" in ended.stderr
    assert children_in(tmp_path) == []


@pytest.mark.long
def test_a_request_that_comes_when_the_release_has_moved_is_too_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said of the run is what came of it."""

    def publish_and_be_asked_to_end(project: Project, build: Path, release_id: str, keep: int) -> Release:
        release = publish(project, build, release_id, keep)
        signal.raise_signal(signal.SIGTERM)
        return release

    monkeypatch.setattr("etl.run.build.publish", publish_and_be_asked_to_end)
    ended = answer(*FORCED, str(tmp_path / "warehouse"))
    assert (json.loads(ended.stdout)["outcome"], ended.returncode) == ("published", 0)
    assert inspect(project_at(tmp_path / "warehouse")).whole


@pytest.mark.long
def test_a_request_that_a_library_swallowed_is_heard_before_the_release_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate, say, takes a query that was broken off for a check that could not be run."""

    def tidy_and_swallow_the_request(folder: Path) -> None:
        tidy(folder)
        with suppress(Interrupted):
            signal.raise_signal(signal.SIGTERM)

    tidy = build._tidy
    monkeypatch.setattr("etl.run.build._tidy", tidy_and_swallow_the_request)
    ended = answer(*FORCED, str(tmp_path / "warehouse"))
    assert (json.loads(ended.stdout)["outcome"], ended.returncode) == ("interrupted", TERMINATED)
    assert not (tmp_path / "warehouse" / "current.json").exists()


def children_in(folder: Path) -> list[str]:
    """Processes that were started for a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if any(os.fsencode(folder) in word for word in words) and int(entry.parent.name) != os.getpid():
            found.append(b" ".join(words).decode(errors="replace"))
    return found
