"""What the machine lacks rather than the data: room, the right to write, memory. Said so that somebody can act."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path

from etl.faults import FaultsFound

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
_FULL_ADVICE = (
    "Free some space, keep fewer releases (--keep) or choose another disk (--warehouse), then build again: a build "
    "needs about three times the size of its release beside those that are kept."
)
_CLOSED_ADVICE = "Let this account read and write there, or choose another folder (--warehouse, --landing)."
_MEMORY_ADVICE = "End what else takes it, or give the build more, then build again."
# What the libraries below a build say; from a child process, a query or a gate only the words come through.
_SAID = (
    (r"no space left|disk quota exceeded|file too large|could not write all", "The disk is full", _FULL_ADVICE),
    (r"read-only file system", "The warehouse cannot be written", _CLOSED_ADVICE),
    (
        r"out of memory|memoryerror|cannot allocate|unable to allocate|bad_alloc|can't start new thread"
        # The interpreter itself without room for the error that it should raise.
        r"|failed to map segment|systemerror: .*without (?:exception set|setting an exception)",
        "The memory is used up",
        _MEMORY_ADVICE,
    ),
    (
        r"ended by signal",
        "A process of the build was killed or broke down",
        f"Most often memory is short. {_MEMORY_ADVICE}",
    ),
)
_LONGEST_LINE = 200
# Above this part of what the process may take, the next allocation of any size may fail.
_NEARLY_ALL = 0.85
_KIBIBYTE = 1024


def trouble_of(error: BaseException, further: tuple[str, ...] = ()) -> str | None:
    """Say what the machine lacks where that is why a run failed.

    Args:
        error: What was raised; what led to it counts as well.
        further: What else is known of it: messages of a child process, of nodes or of checks.

    Returns:
        What happened and what to do; None where the reason lies elsewhere.
    """
    if isinstance(error, FaultsFound) or not isinstance(error, Exception):
        return None
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno in _FULL:
            return f"The disk is full{_at(one)}. {_FULL_ADVICE}"
        if isinstance(one, OSError) and one.errno in _CLOSED:
            return f"{one.strerror}{_at(one)}. {_CLOSED_ADVICE}"
    words = "\n".join((*(f"{type(one).__name__}: {one}" for one in _chain(error)), *further))
    for pattern, happened, advice in _SAID:
        found = re.search(pattern, words, re.IGNORECASE)
        if found:
            return f"{happened} ({_line_around(words, found)}). {advice}"
    return None


def memory_ran_short() -> str | None:
    """Say that the memory this process may take is nearly used up, if it is.

    Without memory an interpreter fails in ways that no list of messages covers; where nothing else explains an error,
    this does. None where no limit is set, or the system does not tell.
    """
    try:
        import resource  # noqa: PLC0415 - not on every platform

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except (ImportError, OSError):
        return None
    peak = re.search(r"VmPeak:\s+(\d+) kB", status)
    if limit == resource.RLIM_INFINITY or peak is None or int(peak[1]) * _KIBIBYTE < limit * _NEARLY_ALL:
        return None
    return f"The memory is used up (this process may take {limit // 10**6:,} MB). {_MEMORY_ADVICE}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _at(error: OSError) -> str:
    return f": {error.filename}" if error.filename else ""


def _line_around(words: str, found: re.Match[str]) -> str:
    start = words.rfind("\n", 0, found.start()) + 1
    end = words.find("\n", found.end())
    line = words[start : end if end >= 0 else None].strip().rstrip(".: ")
    return line if len(line) <= _LONGEST_LINE else f"…{found.group()}…"
