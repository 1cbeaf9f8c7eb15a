"""Get a CSV file that comes in pages, and join them."""

from __future__ import annotations

import csv
import io
from functools import partial
from pathlib import Path

from etl.fetch.catalogue import RemoteFile
from etl.fetch.content import check_start, check_type, check_whole
from etl.fetch.download import CHUNK, Part, Progress, Received, insist
from etl.fetch.limits import Limits
from etl.fetch.problem import Problem
from etl.fetch.web import Deadline, request

_MOST_PAGES = 10_000


def download_pages(
    file: RemoteFile, url: str, target: Path, limits: Limits, *, deadline: Deadline, progress: Progress
) -> Received:
    """Ask for page after page until one has no rows, and give the whole its name.

    A page with fewer rows than asked for is not the last: a server may give fewer than it is asked for.

    Args:
        file: What is asked for; `page_size` rows at a time.
        url: Address of the query, without limit and offset.
        target: Its name on disk.
        limits: Bounds.
        deadline: When all pages must be there.
        progress: Is told how far it is.

    Raises:
        Problem: A page could not be had, or does not fit the others.
    """
    part = Part(target)
    part.drop()
    part.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _join(file, url, part, limits, deadline=deadline, progress=progress)
        sha256 = check_whole(file, part.path)
    except Problem:
        # Pages cannot be gone on with: the data may have changed in between.
        part.drop()
        raise
    part.finish(target)
    return Received(url, "", "", sha256)


def _join(file: RemoteFile, url: str, part: Part, limits: Limits, *, deadline: Deadline, progress: Progress) -> None:
    head, previous, offset = "", "", 0
    with part.path.open("w", encoding="utf-8", newline="") as stream:
        for _ in range(_MOST_PAGES):
            address = f"{url}&limit={file.page_size}&offset={offset}"
            header, body, rows = insist(limits, deadline, partial(_page, file, address, limits, deadline))
            if not rows:
                stream.write("" if head else header)
                return
            if head and header != head:
                raise Problem(f"changes its columns at row {offset}", "Run it again")
            if body == previous:
                raise Problem("answers every page with the same rows", "The publisher has changed how pages are asked")
            stream.write(body if head else header + body)
            head, previous, offset = header, body, offset + rows
            progress(stream.tell(), None)
    raise Problem(f"has more than {_MOST_PAGES:,} pages", "Ask for larger pages in etl/fetch/catalogue.yml")


def _page(file: RemoteFile, url: str, limits: Limits, deadline: Deadline) -> tuple[str, str, int]:
    """Return one page taken apart."""
    content = bytearray()
    with request(url, {}, limits, deadline) as response:
        check_type(file, response.headers.get("Content-Type", ""))
        length = response.headers.get("Content-Length", "")
        expected = int(length) if length.isdigit() else None
        while expected is None or len(content) < expected:
            deadline.check()
            chunk = response.read1(CHUNK)
            if not chunk:
                break
            content += chunk
            if len(content) > limits.most_bytes:
                raise Problem(f"is longer than {limits.most_bytes:,} bytes", "Look at the address in a browser")
    if expected is not None and len(content) < expected:
        what = f"the connection closed after {len(content):,} of {expected:,} bytes"
        raise Problem(what, "Check the network, try again later", again=True)
    check_start(file, bytes(content[:4096]))
    try:
        return _taken_apart(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Problem("is no UTF-8", "Look at the address in a browser", again=True) from None


def _taken_apart(text: str) -> tuple[str, str, int]:
    """Return a page's header line, its other lines as they stand, and how many rows these are.

    Raises:
        Problem: The page is cut off.
    """
    if text and not text.endswith("\n"):
        raise Problem("has a page that is cut off", "Run it again", again=True)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        width = len(next(reader, []))
        rows = 0
        for record in reader:
            rows += 1
            if len(record) != width:
                raise Problem("has a page that is cut off or ragged", "Run it again", again=True)
    except csv.Error as error:
        raise Problem(f"has a page that is no CSV ({error})", "Run it again", again=True) from None
    end = text.find("\n") + 1
    return text[:end], text[end:], rows
