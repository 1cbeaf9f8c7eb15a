"""Folders and files that refuse: a disk that is full, a folder that cannot be written, a file that cannot be replaced.

Root may write where the mode forbids it, and not every system lets one mount: each place is made in the first way that
works here, and proved to refuse before a test relies on it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def _run(*words: str) -> bool:
    """Run a system command; say whether it is there and did what it should."""
    if shutil.which(words[0]) is None:
        return False
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _refuses(write: Callable[[], object]) -> bool:
    try:
        write()
    except OSError:
        return True
    return False


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Make `folder` a disk of its own with so many megabytes; yield whether that was possible."""
    folder.mkdir(parents=True, exist_ok=True)
    made = _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    try:
        yield made
    finally:
        if made:
            assert _run("umount", str(folder)) or _run("umount", "-l", str(folder))


@contextmanager
def closed_folder(folder: Path) -> Iterator[None]:
    """Let nobody write into `folder`: mounted read-only, else made immutable, else by its mode."""
    ways: tuple[tuple[Callable[[], bool], Callable[[], object]], ...] = (
        (lambda: _mount_read_only(folder), lambda: _run("umount", str(folder))),
        (lambda: _run("chattr", "-R", "+i", str(folder)), lambda: _run("chattr", "-R", "-i", str(folder))),
        (lambda: _change_modes(folder, 0o555), lambda: _change_modes(folder, 0o755)),
    )
    for close, open_again in ways:
        closed = close()
        if closed and _refuses((folder / "probe").touch):
            try:
                yield
            finally:
                open_again()
            return
        if closed:
            open_again()
    raise AssertionError("no folder can be closed here: nothing would be proved")


@contextmanager
def fixed_file(file: Path) -> Iterator[None]:
    """Let nobody replace `file`, as where a file in use cannot be: immutable, else with something mounted on it."""
    ways: tuple[tuple[Callable[[], bool], Callable[[], object]], ...] = (
        (lambda: _run("chattr", "+i", str(file)), lambda: _run("chattr", "-i", str(file))),
        (lambda: _run("mount", "--bind", str(file), str(file)), lambda: _run("umount", str(file))),
    )
    for fix, free in ways:
        if fix():
            try:
                assert _refuses(lambda: _replace(file))
                yield
            finally:
                free()
            return
    raise AssertionError("no file can be fixed here: nothing would be proved")


def _mount_read_only(folder: Path) -> bool:
    if not _run("mount", "--bind", str(folder), str(folder)):
        return False
    if _run("mount", "-o", "remount,ro,bind", str(folder)):
        return True
    _run("umount", str(folder))
    return False


def _change_modes(folder: Path, mode: int) -> bool:
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        path.chmod(mode)
    return True


def _replace(file: Path) -> None:
    probe = file.with_name(f"{file.name}.probe")
    shutil.copyfile(file, probe)
    try:
        os.replace(probe, file)  # noqa: PTH105 - what the protocol does, without a word between
    finally:
        with suppress(FileNotFoundError):
            probe.unlink()
