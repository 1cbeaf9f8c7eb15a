"""Whether what came is what was asked for: by its first bytes, by its size, by its hash."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

from etl.fetch.catalogue import RemoteFile
from etl.fetch.problem import Changed, Problem, WebPage

_ZIP = b"PK\x03\x04"
_STARTS = {".xlsx": _ZIP, ".xlsm": _ZIP, ".zip": _ZIP, ".xls": b"\xd0\xcf\x11\xe0", ".pdf": b"%PDF"}
_TEXTS = (".csv", ".txt", ".md", ".json")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|title|\?xml|!--|\w)", re.IGNORECASE)
_TITLE = re.compile(rb"<title[^>]*>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)


def check_type(file: RemoteFile, content_type: str) -> None:
    """Refuse an answer that calls itself a web page.

    Raises:
        Problem: It does, and no page was asked for.
    """
    if content_type.split(";", maxsplit=1)[0].strip().casefold() in ("text/html", "application/xhtml+xml"):
        raise _page(file, b"")


def check_start(file: RemoteFile, start: bytes) -> None:
    """Refuse content that begins like something else than the file's name promises.

    Args:
        file: What was asked for.
        start: The first bytes of what came.

    Raises:
        Problem: It is a web page, or another kind of file.
    """
    suffix = PurePosixPath(file.name).suffix.casefold()
    if suffix != ".xml" and _MARKUP.match(start):
        raise _page(file, start)
    expected = _STARTS.get(suffix)
    if expected and start and not start.startswith(expected[: len(start)]):
        shown = start[:16].decode("latin-1")
        raise Problem(f"is no {suffix[1:]} file: it begins with {shown!r}", "Look at the address in a browser")
    if suffix in _TEXTS and (b"\0" in start or start.startswith(_ZIP)):
        raise Problem(f"is no {suffix[1:]} file but a binary one", "Look at the address in a browser")


def check_whole(file: RemoteFile, path: Path) -> str:
    """Check a finished download against what is pinned, and return its SHA-256.

    Raises:
        Problem: It is empty, or differs from what is pinned.
    """
    size = path.stat().st_size
    if size == 0:
        raise Problem("is empty", "Look at the address in a browser")
    with path.open("rb") as stream:
        check_start(file, stream.read(4096))
    check_size(file, size)
    found = digest(path, "sha256")
    for name, pinned in (("sha256", file.sha256), ("md5", file.md5)):
        actual = found if name == "sha256" else digest(path, name) if pinned else ""
        if pinned and actual != pinned:
            raise Changed(f"has {name} {actual}, and {pinned} is pinned", _CHANGED)
    return found


def check_size(file: RemoteFile, size: int) -> None:
    """Check a size against the pinned one.

    Raises:
        Problem: They differ.
    """
    if file.bytes and size != file.bytes:
        raise Changed(f"has {size:,} bytes, and {file.bytes:,} are pinned", _CHANGED)


_CHANGED = (
    "The publisher may have changed the file, or something on the way did. Look at the publisher's page; if the new "
    "content is right, pin it in etl/fetch/catalogue.yml as an edition or version of its own"
)


def digest(path: Path, name: str) -> str:
    """Return a hash of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.new(name, usedforsecurity=False)).hexdigest()


def _page(file: RemoteFile, start: bytes) -> WebPage:
    found = _TITLE.search(start)
    title = f" ({found[1].decode('utf-8', 'replace')[:80]})" if found else ""
    suffix = PurePosixPath(file.name).suffix[1:].upper() or "file"
    hint = "The publisher may be under maintenance or ask for consent: look at the address in a browser, try later"
    return WebPage(f"is a web page{title}, and a {suffix} was expected", hint)
