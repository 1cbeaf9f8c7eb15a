"""Take the members out of an archive, each under its own name at once or not at all."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from etl.fetch.content import digest
from etl.fetch.problem import Problem

_MOST_BYTES = 1_000_000_000


def unpack(archive: Path, folder: Path) -> dict[str, str]:
    """Unpack an archive flat into a folder.

    Args:
        archive: A zip file.
        folder: Where its members go; folders inside the archive are left off.

    Returns:
        SHA-256 of every member, by name.

    Raises:
        Problem: The archive is damaged, too big, or holds two members of one name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unpacked: dict[str, str] = {}
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            _check(members)
            for member in members:
                # The last part of the path only: a member cannot climb out of the folder.
                target = folder / PurePosixPath(member.filename.replace("\\", "/")).name
                part = target.with_name(f"{target.name}.part")
                part.write_bytes(opened.read(member))
                part.replace(target)
                unpacked[target.name] = digest(target, "sha256")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise Problem(f"is a damaged archive ({error})", "Delete it and run it again") from None
    except OSError as error:
        raise Problem(f"cannot be unpacked ({error.strerror})", "Check the landing folder") from None
    return unpacked


def _check(members: list[zipfile.ZipInfo]) -> None:
    names = [PurePosixPath(member.filename.replace("\\", "/")).name for member in members]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Problem(f"holds two members called {twice[0]}", "Unpack it by hand")
    if not names or any(name in ("", ".", "..") for name in names):
        raise Problem("holds no members that can be unpacked", "Unpack it by hand")
    if sum(member.file_size for member in members) > _MOST_BYTES:
        raise Problem(f"unpacks to more than {_MOST_BYTES:,} bytes", "Unpack it by hand")
