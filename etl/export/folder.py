"""A folder that is there whole or not at all: written beside its place, then renamed into it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Says what the folder is and which files belong to it; nothing else is ever replaced or removed.
MARKER = "orebloc-export.json"


class Occupied(Exception):
    """Raised where something stands in the place of the folder that must not be replaced."""


def check_place(target: Path, *, force: bool) -> None:
    """Refuse a place that holds anything, or with `force` anything but an earlier export.

    Raises:
        Occupied: It does.
    """
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir():
        raise Occupied(f"{target} is a file. Name a folder with --to.")
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()}
    if not found and not any(target.iterdir()):
        return
    if not force:
        raise Occupied(
            f"{target} is not empty. Name another folder with --to, or replace an earlier export with --force."
        )
    foreign = sorted(found - _own(target))
    if foreign:
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        raise Occupied(
            f"{target} holds what no export has written ({', '.join(foreign[:3])}{more}), which --force would remove. "
            "Move it away, or name another folder with --to."
        )


def _own(target: Path) -> set[str]:
    """Return the files that an earlier export says it has written."""
    try:
        said = json.loads((target / MARKER).read_text(encoding="utf-8"))
        return {MARKER, *(str(entry["path"]) for entry in said["files"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


@contextmanager
def whole_folder(target: Path, *, force: bool) -> Iterator[Path]:
    """Yield a folder beside `target` to write into, and put it in its place at the end; on any error leave nothing.

    Raises:
        Occupied: `target` holds what must not be replaced.
        OSError: It cannot be written there.
    """
    check_place(target, force=force)
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        made = scratch / "new"
        made.mkdir()
        yield made
        check_place(target, force=force)  # somebody may have put something there meanwhile
        if target.exists():
            target.rename(scratch / "old")
        try:
            made.rename(target)
        except BaseException:
            if (scratch / "old").exists():
                (scratch / "old").rename(target)
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_marker(folder: Path, said: dict[str, Any]) -> None:
    """Write what the folder is: `said`, and every file in it with its size."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    entries = [{"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size} for path in files]
    content = json.dumps({**said, "files": entries}, ensure_ascii=False, indent=2)
    (folder / MARKER).write_text(content + "\n", encoding="utf-8")
