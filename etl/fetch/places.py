"""Where a file comes from: the publisher's own addresses, and a copy only where the publisher does not give it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from etl.fetch.catalogue import Copy, RemoteFile
from etl.fetch.download import Progress, Received, download
from etl.fetch.limits import Limits
from etl.fetch.pages import download_pages
from etl.fetch.problem import Changed, Missing, Problem, WebPage
from etl.fetch.web import Deadline

# After so many files in a row that no attempt could get, a server is taken to be down: one attempt each from then on.
_PATIENCE = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A file that came, and whence.

    Attributes:
        url: The address that was asked.
        received: What came.
        via: Who keeps the copy, blank where it is the publisher's.
        instead_of: The publisher's address in whose place the copy stands in.
        because: What was found there.
    """

    url: str
    received: Received
    via: str = ""
    instead_of: str = ""
    because: str = ""


class Places:
    """The servers of one run; remembers which of them are down.

    Args:
        limits: Bounds of each file.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._in_vain: dict[str, int] = {}

    def get(self, file: RemoteFile, target: Path, progress: Progress) -> Found:
        """Download a file from the first address that has it.

        Args:
            file: What is asked for.
            target: Its name on disk.
            progress: Is told how far it is.

        Raises:
            Problem: No address has it, or one has something else under its name.
        """
        deadline = Deadline(self._limits.total)
        gone: Problem | None = None
        for url in file.urls:
            try:
                return Found(url, self._download(file, url, target, deadline, progress))
            except Problem as problem:
                if not _is_gone(file, problem):
                    raise _with_copy(file, problem) from None
                gone = gone or problem
                if problem.again:
                    # The server does not answer: neither would its other addresses.
                    break
        return self._copy(file, target, deadline, progress, gone=gone)

    def _copy(
        self, file: RemoteFile, target: Path, deadline: Deadline, progress: Progress, *, gone: Problem | None
    ) -> Found:
        """Download a file from the first copy that is what is pinned."""
        failed = gone
        for copy in file.copies:
            try:
                # A copy comes whole, also of what the publisher gives in pages.
                whole = replace(file, page_size=0)
                received = self._download(whole, copy.url, target, deadline, progress)
            except Problem as problem:
                failed = _both(failed, copy, problem)
                continue
            return Found(copy.url, received, copy.via, file.urls[0] if file.urls else "", gone.what if gone else "")
        raise failed or Problem("has no address", "Give it one in etl/fetch/catalogue.yml")

    def _download(self, file: RemoteFile, url: str, target: Path, deadline: Deadline, progress: Progress) -> Received:
        """Download from one address, with less patience where its server is down."""
        server = urlsplit(url).netloc
        in_vain = self._in_vain.get(server, 0)
        limits = self._limits if in_vain < _PATIENCE else replace(self._limits, attempts=1)
        how = download_pages if file.page_size else download
        try:
            received = how(file, url, target, limits, deadline=deadline, progress=progress)
        except Problem as problem:
            self._in_vain[server] = in_vain + 1 if problem.again else 0
            raise
        self._in_vain[server] = 0
        return received


def _is_gone(file: RemoteFile, problem: Problem) -> bool:
    """Whether an address does not give the file; other content is no reason, unless later releases follow there."""
    if isinstance(problem, Changed):
        return file.is_rolling
    return problem.again or isinstance(problem, (Missing, WebPage))


def _with_copy(file: RemoteFile, problem: Problem) -> Problem:
    """Name the copy to the person who has to decide what is right."""
    if not (file.copies and isinstance(problem, Changed)):
        return problem
    return Changed(problem.what, f"{problem.hint}. What is pinned lies at {file.copies[0].url}")


def _both(before: Problem | None, copy: Copy, problem: Problem) -> Problem:
    """Tell what became of the publisher's address, and of its copy."""
    said = f"the copy at {copy.url}: {problem.what}"
    hint = "That copy is not what is pinned: do not use it" if isinstance(problem, Changed) else problem.hint
    if before is None:
        return Problem(said, hint)
    hints = dict.fromkeys(text for text in (before.hint, hint) if text)
    return Problem(f"{before.what}; {said}", ". ".join(hints))
