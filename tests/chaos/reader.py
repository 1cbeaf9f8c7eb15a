"""A reader as a dashboard is one: opens the stable file again and again, and finds a whole release or says what not.

`python -m tests.chaos.reader ROLE FILE PAUSE` runs until its standard input closes, then prints what it saw as one JSON
object. A `poller` opens a new connection for every look; a `holder` keeps one open while releases come and go, and must
be given the same answer until it closes it.
"""

from __future__ import annotations

import json
import random
import select
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

_LOOKS_WHILE_HELD = 40
_MOST_ERRORS = 20


@dataclass
class Seen:
    """What a reader saw: how often it looked, which releases with which content, and what went wrong."""

    reads: int = 0
    held: int = 0
    releases: dict[str, list[str]] = field(default_factory=dict)
    changes: int = 0
    errors: list[str] = field(default_factory=list)
    n_errors: int = 0

    def fail(self, error: str) -> None:
        self.n_errors += 1
        if len(self.errors) < _MOST_ERRORS:
            self.errors.append(error)


def look(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """Return the release and what it holds; a file that contradicts itself is an error.

    Raises:
        ValueError: The rows are not those that the release says it has.
    """
    info = connection.execute("select release_id, n_tables, n_rows from marts.build_info").fetchall()
    if len(info) != 1:
        raise ValueError(f"build_info has {len(info)} rows")
    release_id, n_tables, n_rows = info[0]
    tables = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"
    ).fetchall()
    counts = [connection.execute(f"select count(*) from marts.{name}").fetchone() for (name,) in tables]
    rows = [count[0] for count in counts if count]
    if (len(rows), sum(rows)) != (n_tables, n_rows):
        raise ValueError(f"{release_id} has {len(rows)} tables, {sum(rows)} rows; it says {n_tables}, {n_rows}")
    return release_id, "/".join(map(str, rows))


def _open(file: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(file, read_only=True, config={"threads": "1"})


def _poll(file: str, seen: Seen, last: str | None) -> str | None:
    """Look once through a new connection."""
    try:
        with _open(file) as connection:
            release_id, content = look(connection)
    except (duckdb.Error, ValueError, OSError) as error:
        seen.fail(f"{type(error).__name__}: {error}")
        return last
    seen.reads += 1
    contents = seen.releases.setdefault(release_id, [])
    if content not in contents:
        contents.append(content)
    seen.changes += last is not None and last != release_id
    return release_id


def _hold(file: str, seen: Seen, pause: float) -> bool:
    """Look often through one connection; return whether to go on."""
    try:
        with _open(file) as connection:
            first = look(connection)
            for _ in range(_LOOKS_WHILE_HELD):
                if _asked_to_end(pause):
                    return False
                if look(connection) != first:
                    seen.fail(f"an open connection to {first[0]} gave another answer")
                seen.held += 1
    except (duckdb.Error, ValueError, OSError) as error:
        seen.fail(f"{type(error).__name__}: {error}")
        return not _asked_to_end(pause)
    return True


def _asked_to_end(seconds: float) -> bool:
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def main(role: str, file: str, pause: float) -> None:
    seen, rng, last = Seen(), random.Random(), None
    if role == "holder":
        while _hold(file, seen, pause):
            pass
    else:
        while not _asked_to_end(pause * rng.random()):
            last = _poll(file, seen, last)
    print(json.dumps(asdict(seen)))


class Readers:
    """Readers at work in processes of their own, while the block runs.

    Attributes:
        seen: What all of them saw together, once the block has ended.
    """

    def __init__(self, file: Path, pollers: int = 2, holders: int = 1, pause: float = 0.1) -> None:
        self._file, self._pause = file, pause
        self._roles = ["poller"] * pollers + ["holder"] * holders
        self._processes: list[subprocess.Popen[str]] = []
        self.seen = Seen()

    def __enter__(self) -> Readers:
        for role in self._roles:
            command = [sys.executable, "-m", "tests.chaos.reader", role, str(self._file), str(self._pause)]
            self._processes.append(
                subprocess.Popen(
                    command,
                    cwd=Path(__file__).resolve().parents[2],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
        return self

    def __exit__(self, *_error: object) -> None:
        contents: dict[str, Counter[str]] = {}
        for process in self._processes:
            output, _ = process.communicate()
            if process.returncode != 0:
                self.seen.fail(f"a reader ended with {process.returncode}")
                continue
            said: dict[str, Any] = json.loads(output)
            self.seen.reads += said["reads"]
            self.seen.held += said["held"]
            self.seen.changes += said["changes"]
            self.seen.n_errors += said["n_errors"]
            self.seen.errors += said["errors"]
            for release_id, found in said["releases"].items():
                contents.setdefault(release_id, Counter()).update(found)
        self.seen.releases = {release_id: sorted(found) for release_id, found in contents.items()}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
