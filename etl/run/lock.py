"""One build at a time.

The lock is the operating system's advisory lock on a file, so that it ends with its owner however the owner ends: a
dead owner's lock is simply free again. The file says who holds it, for the message to whoever comes second.

Some shared file systems do not carry such locks from one machine to another. An owner therefore touches the file while
it lives, and whoever finds a free lock with another machine's name in it watches for that sign of life first: no clock
has to agree with another, and a dead machine's note does not stop a build for longer than it is watched.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from etl.run import clock

_BEAT_SECONDS = 2.0
# Several beats, and longer than network file systems usually hold back a change of a file's times.
_WATCHED_SECONDS = 7.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds the lock, as it stands in the file.

    Attributes:
        machine: Distinguishes machines, and one machine before and after a restart.
        since: Seconds since 1970 by the owner's clock.
        uptime: Seconds by a clock of that machine which nobody sets.
    """

    pid: int
    host: str
    machine: str
    since: float
    uptime: float

    @classmethod
    def myself(cls) -> Owner:
        """Return the note of this process."""
        return cls(os.getpid(), socket.gethostname(), _machine(), clock.utc_now().timestamp(), time.monotonic())

    @property
    def age_seconds(self) -> float | None:
        """How long it has held the lock; None where the clocks contradict each other."""
        here = self.machine == _machine()
        age = time.monotonic() - self.uptime if here else clock.utc_now().timestamp() - self.since
        return age if age >= 0 else None

    def __str__(self) -> str:
        age = self.age_seconds
        return f"process {self.pid} on {self.host}" + (f", for {_duration(age)}" if age is not None else "")


class LockHeld(Exception):
    """Raised where another live build holds the lock. `owner` is None where the file does not say who."""

    def __init__(self, path: Path, owner: Owner | None) -> None:
        self.path, self.owner = path, owner
        super().__init__(
            f"A build is running: {owner or 'another process'} ({path.name}). Wait for it, or stop that process."
        )


@contextmanager
def build_lock(path: Path, watched_seconds: float = _WATCHED_SECONDS) -> Iterator[Owner | None]:
    """Hold the build lock at `path` for the duration of the block.

    Args:
        path: The lock file; it stays, empty, when the lock is let go.
        watched_seconds: How long another machine's note is watched for a sign of life.

    Yields:
        The owner that ended without letting go of the lock, if there was one.

    Raises:
        LockHeld: Another live process holds it.
        OSError: The file cannot be written, or its file system has no locks.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        _lock(descriptor, path)
        left = _owner(path)
        if left and left.machine != _machine() and _shows_life(path, watched_seconds):
            raise LockHeld(path, left)
        note = json.dumps(asdict(Owner.myself())).encode()
        # The old note's end may stand behind the new one for an instant: a reader takes the first object.
        os.pwrite(descriptor, note, 0)
        os.ftruncate(descriptor, len(note))
        try:
            with _beating(path):
                yield left
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LockHeld(path, _owner(path)) from None
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
        raise OSError(error.errno, "The file system has no locks; choose another with --warehouse", str(path)) from None


def _owner(path: Path) -> Owner | None:
    try:
        note, _ = json.JSONDecoder().raw_decode(path.read_text(encoding="utf-8"))
        return Owner(
            int(note["pid"]), str(note["host"]), str(note["machine"]), float(note["since"]), float(note["uptime"])
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _shows_life(path: Path, seconds: float) -> bool:
    before = path.stat().st_mtime_ns
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(min(0.25, seconds))
        with path.open("rb") as file:  # opening makes a network file system ask for the times anew
            if os.fstat(file.fileno()).st_mtime_ns != before:
                return True
    return False


@contextmanager
def _beating(path: Path) -> Iterator[None]:
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(_BEAT_SECONDS):
            with suppress(OSError):
                os.utime(path)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _machine() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return socket.gethostname()


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
