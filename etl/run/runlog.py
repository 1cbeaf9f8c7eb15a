"""The run log: one JSON line for every run of a build, whatever came of it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

# The log before this one is kept beside it, as runs.jsonl.1.
MOST_BYTES = 1_000_000


@dataclass(slots=True)
class RunRecord:
    """What a run came to; `orebloc build --json` prints just this.

    Attributes:
        started: ISO time with time zone, as is `finished`.
        outcome: One of `etl.run.endings.Outcome`.
        release_id: The release that the run published or found unchanged; None where it failed.
        previous_release_id: The release that readers saw when the run began, and still see where it failed.
        inputs_sha256: One hash over all inputs; None where they could not be read.
        checks: How many checks ran and passed, by kind, and how many warn; None where nothing was published.
        message: What happened, in a line.
        faults: The first faults, in words.
        orebloc: Version of the package, commit of the checkout.
        landing: Whether a landing folder was read.
        scheduled: Whether nobody was watching.
    """

    started: str
    finished: str = ""
    seconds: float = 0.0
    outcome: str = ""
    exit_code: int = 1
    release_id: str | None = None
    previous_release_id: str | None = None
    inputs_sha256: str | None = None
    checks: dict[str, int] | None = None
    message: str = ""
    faults: list[str] = field(default_factory=list)
    orebloc: dict[str, str] = field(default_factory=dict)
    landing: bool = False
    scheduled: bool = False

    def as_json(self) -> str:
        """Return the record as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def append_run(path: Path, record: RunRecord, most_bytes: int = MOST_BYTES) -> None:
    """Append a record to the log, whole or not at all; a log grown too long is moved aside first.

    Raises:
        OSError: It cannot be written; the log is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = record.as_json().encode("utf-8", "backslashreplace") + b"\n"
    with _locked(path) as descriptor:
        size = os.fstat(descriptor).st_size
        if size and size + len(line) > most_bytes:
            path.replace(path.with_name(f"{path.name}.1"))
            with _locked(path) as fresh:
                _write(fresh, line)
            return
        if size and not _ends_a_line(path):
            line = b"\n" + line  # a writer before was killed in the middle of its line
        _write(descriptor, line)


def runs_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a log and of the one before it, the latest first; what is no record is passed over."""
    for log in (path, path.with_name(f"{path.name}.1")):
        try:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in reversed(lines):
            try:
                said = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(said, dict):
                yield said


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Open a log for appending; who moves it aside holds it, so that no line goes to the log that was moved."""
    while True:
        descriptor = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(path.stat(), os.fstat(descriptor)):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _write(descriptor: int, line: bytes) -> None:
    size = os.fstat(descriptor).st_size
    whole = False
    try:
        whole = os.write(descriptor, line) == len(line)
        os.fsync(descriptor)
    finally:
        if not whole:
            os.ftruncate(descriptor, size)
    if not whole:
        raise OSError(errno.ENOSPC, "No space left for a whole line")


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
