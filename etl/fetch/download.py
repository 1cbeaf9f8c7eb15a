"""Get one file: in pieces, going on where a broken attempt stopped, trying again within bounds."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from etl.fetch.catalogue import RemoteFile
from etl.fetch.content import check_size, check_start, check_type, check_whole
from etl.fetch.limits import Limits
from etl.fetch.problem import Problem
from etl.fetch.web import Deadline, NoSuchPiece, TimeOver, request

CHUNK = 1 << 16
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_RANDOM = random.SystemRandom()
_PARTIAL = 206
# Is told how many bytes there are, and of how many if the server says so.
Progress = Callable[[int, int | None], None]
Got = TypeVar("Got")


@dataclass(frozen=True, slots=True)
class Received:
    """What came: its address after redirects, the server's words for its version, and its hash."""

    url: str
    etag: str
    last_modified: str
    sha256: str


class Part:
    """The unfinished file, and beside it a note of which version it is a part.

    Args:
        target: The name that the finished file will get.
    """

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._about = target.with_name(f"{target.name}.part.json")

    def begun(self, url: str) -> tuple[int, str]:
        """Return how many bytes of this address are there, and the validator of their version, blank for none."""
        try:
            about = json.loads(self._about.read_text(encoding="utf-8"))
            size = self.path.stat().st_size
        except (OSError, ValueError):
            return 0, ""
        if not isinstance(about, dict) or about.get("url") != url:
            return 0, ""
        # A weak ETag does not promise the same bytes.
        etag = str(about.get("etag", ""))
        return size, etag if etag and not etag.startswith("W/") else str(about.get("last_modified", ""))

    def remember(self, url: str, headers: http.client.HTTPMessage) -> None:
        """Note of which version the part is."""
        about = {"url": url, "etag": headers.get("ETag", ""), "last_modified": headers.get("Last-Modified", "")}
        self._about.write_text(json.dumps(about), encoding="utf-8")

    def drop(self) -> None:
        """Remove the part."""
        self.path.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)

    def finish(self, target: Path) -> None:
        """Give the file its name: from one moment to the next, and so that a crash of the machine keeps it."""
        with self.path.open("rb") as stream:
            os.fsync(stream.fileno())
        self.path.replace(target)
        self._about.unlink(missing_ok=True)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def insist(limits: Limits, deadline: Deadline, attempt: Callable[[], Got]) -> Got:
    """Try something until it works, waiting longer from time to time.

    Raises:
        Problem: It did not work within the bounds, or cannot.
    """
    for count in range(1, limits.attempts + 1):
        try:
            return attempt()
        except Problem as problem:
            if not problem.again or count == limits.attempts:
                what = f"{problem.what}, {count} times" if problem.again and count > 1 else problem.what
                raise type(problem)(what, problem.hint, again=problem.again) from None
            longest = limits.backoff * 2 ** (count - 1)
            # The random part keeps many clients from coming back all at once.
            wait = _RANDOM.uniform(longest / 2, longest) if problem.wait is None else problem.wait
            time.sleep(max(0.0, min(wait, limits.longest_wait, deadline.left)))
    raise Problem("was not tried", "Allow at least one attempt")


@dataclass(frozen=True, slots=True)
class _Job:
    """One download: what, from where, to where, within which bounds, told to whom."""

    file: RemoteFile
    url: str
    part: Part
    limits: Limits
    deadline: Deadline
    progress: Progress


def download(
    file: RemoteFile, url: str, target: Path, limits: Limits, *, deadline: Deadline, progress: Progress
) -> Received:
    """Download a file to its part, check it whole, and give it its name.

    Args:
        file: What is asked for.
        url: Where it lies.
        target: Its name on disk.
        limits: Bounds.
        deadline: When it must be there.
        progress: Is told how far it is.

    Raises:
        Problem: It could not be had, or is not what was asked for. Nothing stands under its name then that did not
            stand there before.
    """
    job = _Job(file, url, Part(target), limits, deadline, progress)
    try:
        received = insist(limits, job.deadline, lambda: _attempt(job))
    except Problem as problem:
        # Only a part that can be gone on with stays.
        if not (problem.again or isinstance(problem, TimeOver)):
            job.part.drop()
        raise
    job.part.finish(target)
    return received


def _attempt(job: _Job) -> Received:
    begun, validator = job.part.begun(job.url)
    # Without a validator the rest may be of another version; a pinned hash would tell.
    if not begun or not (validator or job.file.is_pinned):
        begun = 0
        job.part.drop()
    headers = {"Range": f"bytes={begun}-"} if begun else {}
    if begun and validator:
        headers["If-Range"] = validator
    try:
        with request(job.url, headers, job.limits, job.deadline) as response:
            check_type(job.file, response.headers.get("Content-Type", ""))
            begun = _start_of(response, begun)
            _take(job, response, begun)
            final, version = response.url, response.headers
    except NoSuchPiece:
        job.part.drop()
        raise
    try:
        sha256 = check_whole(job.file, job.part.path)
    except Problem as problem:
        job.part.drop()
        # Pieces of two versions: once more from the start. A whole that is wrong stays wrong.
        raise type(problem)(problem.what, problem.hint, again=begun > 0) from None
    return Received(final, version.get("ETag", ""), version.get("Last-Modified", ""), sha256)


def _start_of(response: http.client.HTTPResponse, begun: int) -> int:
    """Return the byte that the answer begins with: where the part ends, or 0 where the server sends all again."""
    if response.status != _PARTIAL:
        return 0
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if found is None or int(found[1]) != begun:
        raise Problem("the server sends another piece than was asked for", "Delete the .part file and run it again")
    return begun


def _take(job: _Job, response: http.client.HTTPResponse, begun: int) -> None:
    """Write the body to the part; what came stays there if the rest does not come."""
    length = response.headers.get("Content-Length", "")
    expected = begun + int(length) if length.isdigit() else None
    if expected is not None:
        check_size(job.file, expected)
    most = job.file.bytes or job.limits.most_bytes
    size = begun
    with _opened(job, response, begun) as stream:
        while expected is None or size < expected:
            job.deadline.check()
            chunk = response.read1(CHUNK)
            if not chunk:
                break
            if size == 0:
                check_start(job.file, chunk)
            size += len(chunk)
            if size > most or (expected is not None and size > expected):
                raise Problem("is longer than it may be or is said to be", "Look at the address in a browser")
            _write(stream, chunk)
            job.progress(size, expected)
    if expected is not None and size < expected:
        what = f"the connection closed after {size:,} of {expected:,} bytes"
        raise Problem(what, "Run it again: it goes on where it stopped", again=True)


def _opened(job: _Job, response: http.client.HTTPResponse, begun: int) -> IO[bytes]:
    """Open the part: to go on with it, or anew with a note of which version it is."""
    try:
        job.part.path.parent.mkdir(parents=True, exist_ok=True)
        if not begun:
            job.part.remember(job.url, response.headers)
        return job.part.path.open("ab" if begun else "wb")
    except OSError as error:
        raise no_room(error) from None


def _write(stream: IO[bytes], chunk: bytes) -> None:
    try:
        stream.write(chunk)
    except OSError as error:
        raise no_room(error) from None


def no_room(error: OSError) -> Problem:
    """Turn a failure of the disk into a problem."""
    return Problem(f"cannot be written ({error.strerror})", "Check the landing folder: its rights and the space left")
