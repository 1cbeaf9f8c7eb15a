"""One build at a time.

The lock is the operating system's advisory lock on a file, so that it ends with its owner however the owner ends: a
dead owner's lock is simply free again. The file says who holds it, for the message to whoever comes second.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockHeld(Exception):
    """Raised where another live build holds the lock."""

    def __init__(self, path: Path, pid: int | None, host: str, age_seconds: float | None) -> None:
        self.path, self.pid, self.host, self.age_seconds = path, pid, host, age_seconds
        who = f"process {pid} on {host}" if pid else "another process"
        since = f", for {age_seconds:.0f} s" if age_seconds is not None else ""
        super().__init__(f"A build is running: {who}{since} ({path.name}). Wait for it, or stop that process.")


@contextmanager
def build_lock(path: Path) -> Iterator[None]:
    """Hold the build lock at `path` for the duration of the block.

    Raises:
        LockHeld: Another live process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(path, file.name) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _held(path: Path, name: str) -> LockHeld:
    try:
        owner = json.loads(Path(name).read_text(encoding="utf-8"))
        return LockHeld(path, int(owner["pid"]), str(owner["host"]), max(time.time() - float(owner["since"]), 0.0))
    except (OSError, ValueError, KeyError):
        return LockHeld(path, None, "", None)
