"""Hashes of big files, remembered between runs, so that official files are read only when they have changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

# Smaller files are hashed faster than they are looked up.
_BIG = 256 * 1024
# A file that changed so shortly before it was read may change again within the same tick of a coarse clock.
_SETTLED_NS = 3_000_000_000


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class KnownHashes:
    """Remembers SHA-256 by what the file system says of a file: device, inode, size, and when content and node changed.

    The time at which the node changed is the kernel's own, and cannot be set back as that of the content can: a file
    that is written in place, replaced, or given its old date again is read again.

    Args:
        path: Where they are kept; None remembers nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known = _read(path) if path else {}
        self._used: dict[str, str] = {}

    def sha256_of(self, path: Path) -> str:
        """Return the SHA-256 of a file's content, from memory where the file is surely the one that was read."""
        before = path.stat()
        if self._path is None or before.st_size < _BIG:
            return sha256_of(path)
        key = _key(before)
        known = self._known.get(key)
        if known is None:
            now = time.time_ns()
            known = sha256_of(path)
            settled = max(before.st_mtime_ns, before.st_ctime_ns) + _SETTLED_NS < now
            if not settled or _key(path.stat()) != key:
                return known
        self._used[key] = known
        return known

    def save(self) -> None:
        """Keep what this run used. A cache that cannot be written is no fault."""
        if self._path is None or self._used == self._known or not self._path.parent.is_dir():
            return
        note = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            note.write_text(json.dumps(self._used, indent=0), encoding="utf-8")
            note.replace(self._path)


def _key(stat: os.stat_result) -> str:
    return f"{stat.st_dev}:{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}"


def _read(path: Path) -> dict[str, str]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {key: value for key, value in said.items() if isinstance(value, str)}
