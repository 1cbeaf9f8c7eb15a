"""The build lock: one owner at a time, a dead owner's lock is free, and a far one is watched for a sign of life."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etl.run import lock
from etl.run.lock import LockHeld, Owner, build_lock
from tests.conftest import ROOT, RunCli

LOCKED = 5
HOLDER = """
import sys, time
from pathlib import Path
from etl.run.lock import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock; killed at the end, if it was not before."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_live_owner_is_named_and_a_dead_one_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    with holder(path) as process:
        with pytest.raises(LockHeld) as caught, build_lock(path):
            pass
        assert caught.value.owner is not None
        assert caught.value.owner.pid == process.pid
        assert caught.value.owner.age_seconds is not None
        assert str(process.pid) in str(caught.value)
    # Killed: the lock is free, and the file still says whose it was.
    with build_lock(path) as dead:
        assert dead is not None
        assert dead.pid == process.pid
        assert json.loads(path.read_text(encoding="utf-8"))["pid"] == os.getpid()
    with build_lock(path) as dead:
        assert dead is None


@pytest.mark.parametrize("days", [-4000, 0, 4000])
def test_a_dead_owner_is_replaced_whatever_became_of_its_number_and_of_the_clock(tmp_path: Path, days: int) -> None:
    """Another process has its number now, and lives; the note may lie in the past or in the future."""
    path = tmp_path / "build.lock"
    with holder(path) as process:
        note = json.loads(path.read_text(encoding="utf-8"))
    assert process.returncode is not None
    with subprocess.Popen(["sleep", "600"]) as alive:
        note |= {"pid": alive.pid, "since": note["since"] + days * 86_400, "uptime": note["uptime"] + days * 86_400}
        path.write_text(json.dumps(note), encoding="utf-8")
        began = time.monotonic()
        with build_lock(path, watched_seconds=600) as dead:
            assert dead is not None
            assert dead.pid == alive.pid
            assert dead.age_seconds is None or dead.age_seconds >= 0
            assert json.loads(path.read_text(encoding="utf-8"))["pid"] == os.getpid()
        assert time.monotonic() - began < 600  # nobody was watched: it is this machine
        alive.kill()


def test_an_owner_that_lives_is_left_alone_whatever_the_clock_says(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    with holder(path):
        note = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**note, "since": 0.0, "uptime": 0.0}), encoding="utf-8")
        os.utime(path, (1, 1))
        with pytest.raises(LockHeld), build_lock(path, watched_seconds=0.1):
            pass


def test_two_builds_at_once(tmp_path: Path, cli: RunCli) -> None:
    with holder(tmp_path / "build.lock") as process:
        done = cli("build", "--force", "--warehouse", str(tmp_path))
        assert done.returncode == LOCKED
        assert re.search(rf"process {process.pid} on \S+, for \d+ s \(build\.lock\)", done.stderr), done.stderr
        back = cli("rollback", "--warehouse", str(tmp_path))
        assert back.returncode == LOCKED
    assert not (tmp_path / "current.json").exists()


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    with pytest.raises(RuntimeError), build_lock(path):
        raise RuntimeError
    with build_lock(path) as dead:
        assert dead is None


def note_of_another_machine(path: Path) -> None:
    note = {"pid": 4711, "host": "elsewhere", "machine": "another", "since": time.time() - 7300, "uptime": 5.0}
    path.write_text(json.dumps(note), encoding="utf-8")


def test_the_file_of_a_dead_machine_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    note_of_another_machine(path)
    with build_lock(path, watched_seconds=0.5) as dead:
        assert str(dead) == "process 4711 on elsewhere, for 2 h 1 min"
        assert json.loads(path.read_text(encoding="utf-8"))["host"] == socket.gethostname()


def test_a_machine_that_lives_is_not_pushed_aside_where_locks_do_not_reach_it(tmp_path: Path) -> None:
    """Its lock is not seen here; that it touches the file is."""
    path = tmp_path / "build.lock"
    note_of_another_machine(path)
    ended = threading.Event()

    def live() -> None:
        while not ended.wait(0.1):
            os.utime(path)

    thread = threading.Thread(target=live)
    thread.start()
    try:
        with pytest.raises(LockHeld, match="process 4711 on elsewhere"), build_lock(path, watched_seconds=30):
            pass
    finally:
        ended.set()
        thread.join()
    assert json.loads(path.read_text(encoding="utf-8"))["host"] == "elsewhere"


def test_the_owner_shows_that_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "build.lock"
    monkeypatch.setattr(lock, "_BEAT_SECONDS", 0.05)
    with build_lock(path):
        os.utime(path, (1, 1))
        until = time.monotonic() + 30
        while path.stat().st_mtime == 1 and time.monotonic() < until:
            time.sleep(0.05)
        assert path.stat().st_mtime > 1


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1} {"pid": 2}', "\x00\x01", "[" * 200_000], ids=str.__len__
)
def test_a_spoiled_lock_file_stops_nobody(tmp_path: Path, content: str) -> None:
    path = tmp_path / "build.lock"
    path.write_text(content, encoding="utf-8")
    with build_lock(path) as dead:
        assert dead is None


def test_an_age_does_not_follow_a_clock_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from etl.run import clock

    owner = Owner.myself()
    monkeypatch.setattr(clock, "utc_now", lambda: datetime(1999, 1, 1, tzinfo=UTC))
    assert owner.age_seconds is not None
    assert 0 <= owner.age_seconds < 60
    far = Owner(1, "elsewhere", "another", time.time(), 5.0)
    assert far.age_seconds is None
    assert str(far) == "process 1 on elsewhere"
