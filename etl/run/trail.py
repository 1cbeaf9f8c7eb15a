"""What a failed build leaves behind: why it failed, the failed rows, what the gates and dbt wrote; nothing else."""

from __future__ import annotations

import json
import re
import shutil
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from etl.run import clock

WHY = "failure.txt"
ROWS = "failed_rows"
# The pages of the gates, dbt's two logs, and the comparison with the release before.
_KEPT = ("docs/landed", "docs/publishable", "dbt.log", "dbt-child.log", "diff.md", "diff.json")
_Rows = Iterable[Mapping[str, Any]]


def leave_trail(folder: Path, failed: Path, error: BaseException, rows: Mapping[str, _Rows]) -> None:
    """Turn the folder of a failed build into the one kept for diagnosis, in the place of the one before.

    What cannot be written (the disk may be full, the memory used up) is left out: the failure itself is what the caller
    has to tell.

    Args:
        folder: The build's folder; it need not be there any more.
        failed: Where the trail goes.
        error: Why the build failed.
        rows: Offending rows, by the name of the check that found them.
    """
    shutil.rmtree(failed, ignore_errors=True)
    with suppress(OSError, MemoryError):
        if folder.is_dir():
            _strip(folder)  # first: it makes room for what follows
            folder.rename(failed)
        failed.mkdir(parents=True, exist_ok=True)
        (failed / WHY).write_text(_why(folder.name, error), encoding="utf-8", errors="backslashreplace")
        for name, records in rows.items():
            _write_rows(failed / ROWS, name, records)
    shutil.rmtree(folder, ignore_errors=True)


def _strip(folder: Path) -> None:
    kept = [folder / name for name in _KEPT]
    for path in sorted(folder.rglob("*"), reverse=True):
        if any(path == one or one in path.parents for one in kept):
            continue
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):  # holds something that is kept
                path.rmdir()
        else:
            path.unlink()


def _why(build: str, error: BaseException) -> str:
    lines = [f"Build {build} failed at {clock.utc_now():%Y-%m-%d %H:%M:%S} UTC.", ""]
    faults = [str(fault) for fault in getattr(error, "faults", ())]
    return "\n".join([*lines, *faults, *([""] if faults else []), *traceback.format_exception(error)])


def _write_rows(folder: Path, name: str, records: _Rows) -> None:
    found = [dict(record) for record in records]
    if found:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, ensure_ascii=False, indent=1, default=str)
        (folder / f"{re.sub(r'[^A-Za-z0-9_.-]+', '_', name)[:150]}.json").write_text(text + "\n", encoding="utf-8")
