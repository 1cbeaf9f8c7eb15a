"""The real command line, killed by its own hand just before one chosen file operation, which no clock could hit.

`python -m tests.chaos.trapped MOMENT NUMBER ARGUMENT...` runs `orebloc ARGUMENT...`. Where a moment is a run of many
operations (files are sealed, a release is removed), NUMBER says before which of them the process ends.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl.run.releases import MANIFEST

_WRITABLE = 0o222


def _moves_into(name: str) -> Callable[[str, tuple[Any, ...]], bool]:
    """The renaming that puts a staged file in the place where readers look."""

    def comes(event: str, arguments: tuple[Any, ...]) -> bool:
        if event != "os.rename":
            return False
        source, target = (Path(os.fsdecode(path)) for path in arguments[:2])
        return target.name == name and source.parent.name.endswith(".serve")

    return comes


def _folder_moves(event: str, arguments: tuple[Any, ...]) -> bool:
    return event == "os.rename" and Path(os.fsdecode(arguments[1])).parent.name == "releases"


def _file_is_sealed(event: str, arguments: tuple[Any, ...]) -> bool:
    return event == "os.chmod" and not arguments[1] & _WRITABLE


def _manifest_goes(event: str, arguments: tuple[Any, ...]) -> bool:
    path = Path(os.fsdecode(arguments[0])) if event == "os.remove" else Path()
    return path.name == MANIFEST and path.parent.parent.name == "releases"


class _Going:
    """A file that goes while one of the folders in `place` is removed; whoever removes names it relative to it."""

    def __init__(self, place: str) -> None:
        self._place, self._under_way = place, False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "shutil.rmtree":
            path = Path(os.fsdecode(arguments[0]))
            self._under_way = path.parent.name == self._place and path.exists()
        return self._under_way and event in ("os.remove", "os.rmdir")


# Moments by name, in the order in which a build comes to them, and how many operations each is a run of, at least.
MOMENTS: dict[str, tuple[Callable[[str, tuple[Any, ...]], bool], int]] = {
    "heal": (_Going("builds"), 3),
    "publish: sealing": (_file_is_sealed, 45),
    "publish: folder": (_folder_moves, 1),
    "publish: stable file": (_moves_into("orebloc.duckdb"), 1),
    "publish: pointer": (_moves_into("current.json"), 1),
    "prune: manifest": (_manifest_goes, 1),
    "prune: files": (_Going("releases"), 45),
}


def set_trap(moment: str, number: int) -> None:
    """Let this process kill itself just before operation `number` of a moment."""
    comes, _ = MOMENTS[moment]
    count = 0

    def on_event(event: str, given: tuple[Any, ...]) -> None:
        nonlocal count
        if comes(event, given):
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(on_event)


def main(moment: str, number: int, arguments: list[str]) -> None:
    from etl.cli import main as orebloc

    sys.argv = ["orebloc", *arguments]
    set_trap(moment, number)
    orebloc()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
