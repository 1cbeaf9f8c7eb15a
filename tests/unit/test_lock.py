"""The build lock: one owner at a time, a dead owner's lock is free."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.run.lock import LockHeld, build_lock

HOLDER = """
import sys, time
from pathlib import Path
from etl.run.lock import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_live_owner_is_named_and_a_dead_one_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LockHeld) as caught, build_lock(path):
        pass
    assert caught.value.pid == holder.pid
    assert str(holder.pid) in str(caught.value)
    holder.kill()
    holder.wait()
    with build_lock(path):
        assert path.read_text(encoding="utf-8")


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    with pytest.raises(RuntimeError), build_lock(path):
        raise RuntimeError
    began = time.monotonic()
    with build_lock(path):
        assert time.monotonic() - began < 5
