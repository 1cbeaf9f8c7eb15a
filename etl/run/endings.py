"""How a run can end: for every error its outcome, its exit code and what is said of it, in one place."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any

from etl.faults import FaultsFound
from etl.options import Exit
from etl.project import NoProject, Project
from etl.run.inputs import NoLandingFolder
from etl.run.report import Report
from etl.run.signals import Interrupted
from etl.run.trouble import memory_ran_short, trouble_of

if TYPE_CHECKING:
    from etl.diff.previous import ChangesStop
    from etl.run.build import GateClosed, TransformFailed

_NOTHING_DONE = "nothing was published"
# A shell tells a process that a signal ended by this much more than the signal's number.
_BY_SIGNAL = 128


class Outcome(StrEnum):
    """What a run came to."""

    PUBLISHED = "published"
    NOTHING_TO_DO = "nothing_to_do"
    BAD_INPUT = "bad_input"
    GATE_CLOSED = "gate_closed"
    CHANGES_STOP = "changes_stop"
    LOCKED = "locked"
    TRANSFORM_FAILED = "transform_failed"
    ENVIRONMENT = "environment"
    INTERRUPTED = "interrupted"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run failed.

    Attributes:
        message: What happened, in a line.
        faults: Each thing that is wrong, in words.
        show: Says it to people, on standard error.
    """

    outcome: Outcome
    exit_code: int
    message: str
    faults: tuple[str, ...]
    show: Callable[[Report], None]


def ending_of(error: BaseException, place: Project | None) -> Ending:
    """Say how a run ended that raised `error`.

    Args:
        error: Whatever was raised.
        place: The project, if it was found.
    """
    trouble = trouble_of(error, _said_within(error))
    if trouble:
        return _lacking(trouble)
    kinds = chain(_EARLY, _late(error))
    outcome, exit_code, describe = next(kind[1:] for kind in kinds if isinstance(error, kind[0]))
    shortage = memory_ran_short() if outcome is Outcome.UNEXPECTED else None
    if shortage:
        return _lacking(shortage)
    message, faults, show = describe(error, place)
    if outcome is Outcome.INTERRUPTED:
        exit_code = _BY_SIGNAL + _signal_of(error)
    return Ending(outcome, exit_code, message, tuple(faults), show)


def _said_within(error: BaseException) -> tuple[str, ...]:
    """What dbt's process and the gates said: of a lack that they met, only the words come through.

    By the names of what such errors carry: their modules cannot always be loaded where something lacks.
    """
    found = getattr(error, "faults", ()) or getattr(getattr(error, "result", None), "errors", ())
    return tuple(str(getattr(one, "message", "")) for one in found)


def _lacking(trouble: str) -> Ending:
    message, _, show = _plain(f"{trouble} So {_NOTHING_DONE}.")
    return Ending(Outcome.ENVIRONMENT, Exit.ENVIRONMENT, message, (), show)


_Described = tuple[str, list[str], Callable[[Report], None]]
_Kind = tuple[type[BaseException], Outcome, int, Callable[[Any, Project | None], _Described]]


def _plain(message: str, faults: list[str] | None = None) -> _Described:
    found = faults or []
    return message, found, lambda report: report.fail(message, found)


def _said(error: BaseException, _place: Project | None) -> _Described:
    return _plain(str(error))


def _of_faults(error: FaultsFound, _place: Project | None) -> _Described:
    count = len(error.faults)
    return _plain(f"{count} fault(s) in the {error.step}; {_NOTHING_DONE}", [str(fault) for fault in error.faults])


def _of_landing(error: NoLandingFolder, _place: Project | None) -> _Described:
    return _plain(f"{error.strerror}: {error.filename}. Name the folder that holds one subfolder per source.")


def _of_module(error: ModuleNotFoundError, _place: Project | None) -> _Described:
    return _plain(f"The environment lacks {error.name}. Run `make build` to set it up.")


def _of_system(error: OSError, _place: Project | None) -> _Described:
    where = f": {error.filename}" if error.filename else ""
    return _plain(f"{error.strerror or error}{where}; {_NOTHING_DONE}")


def _of_interruption(error: BaseException, _place: Project | None) -> _Described:
    return _plain(f"Ended by {signal.Signals(_signal_of(error)).name}; {_NOTHING_DONE}")


def _of_engine(error: Exception, _place: Project | None) -> _Described:
    return _plain(f"The database could not go on; {_NOTHING_DONE}: {str(error).splitlines()[0]}")


def _of_transform(error: TransformFailed, _place: Project | None) -> _Described:
    def show(report: Report) -> None:
        report.fail(f"{error}; {_NOTHING_DONE}", [])
        for fault in error.faults:
            report.fail(f"{fault.kind} {fault.name}", [f"{fault.path}: {fault.message}"])
            if fault.rows:
                report.rows(fault.rows)

    faults = [f"{fault.kind} {fault.name} ({fault.path}): {fault.message}" for fault in error.faults]
    return f"{error}; {_NOTHING_DONE}", faults, show


def _of_gate(error: GateClosed, _place: Project | None) -> _Described:
    def show(report: Report) -> None:
        report.fail(f"{error}; {_NOTHING_DONE}", [])
        for failure in error.result.errors:
            report.fail(f"{failure.table}: {failure.expectation}", [failure, f"Why it matters: {failure.why}"])
            if failure.rows:
                report.rows(failure.rows)

    return f"{error}; {_NOTHING_DONE}", [str(failure) for failure in error.result.errors], show


def _of_changes(error: ChangesStop, place: Project | None) -> _Described:
    from etl.diff.show import show_stopped  # noqa: PLC0415 - loaded by now

    def show(report: Report) -> None:
        if place:
            show_stopped(report, place, error)

    return f"{error}; {_NOTHING_DONE}", [finding.message for finding in error.diff.stops], show


def _of_anything(error: Exception, place: Project | None) -> _Described:
    """Say that the program itself is at fault; what led there is kept for whoever mends it."""
    lines = "".join(traceback.format_exception(error))
    message = f"Unexpected {type(error).__name__}: {error}; {_NOTHING_DONE}"
    try:
        if place is None:
            return _plain(message, [lines])
        place.traceback_file.write_text(lines, encoding="utf-8", errors="backslashreplace")
        hint = f"This is a fault of orebloc. What led to it stands in {place.relative(place.traceback_file)}."
    except OSError:
        hint = f"This is a fault of orebloc. What led to it:\n{lines}"
    return message, [], lambda report: report.fail(message, [hint])


def _signal_of(error: BaseException) -> int:
    return error.number if isinstance(error, Interrupted) else signal.SIGINT


# What can happen before the libraries of a build are loaded; the first kind that fits counts.
_EARLY: tuple[_Kind, ...] = (
    (Interrupted, Outcome.INTERRUPTED, 0, _of_interruption),
    (KeyboardInterrupt, Outcome.INTERRUPTED, 0, _of_interruption),
    (NoProject, Outcome.ENVIRONMENT, Exit.ENVIRONMENT, _said),
    (NoLandingFolder, Outcome.BAD_INPUT, Exit.BAD_INPUT, _of_landing),
    (FaultsFound, Outcome.BAD_INPUT, Exit.BAD_INPUT, _of_faults),
    (ModuleNotFoundError, Outcome.ENVIRONMENT, Exit.ENVIRONMENT, _of_module),
    (OSError, Outcome.ENVIRONMENT, Exit.ENVIRONMENT, _of_system),
)


def _late(error: BaseException) -> Iterator[_Kind]:
    """Yield what can happen once they are loaded, as they are by now."""
    import duckdb  # noqa: PLC0415

    from etl.diff.previous import ChangesStop  # noqa: PLC0415
    from etl.run.build import GateClosed, TransformFailed  # noqa: PLC0415
    from etl.run.lock import LockHeld  # noqa: PLC0415
    from etl.run.publish import NotPublishable  # noqa: PLC0415

    yield LockHeld, Outcome.LOCKED, Exit.LOCKED, _said
    yield TransformFailed, Outcome.TRANSFORM_FAILED, Exit.TRANSFORM, _of_transform
    yield GateClosed, Outcome.GATE_CLOSED, Exit.GATE_CLOSED, _of_gate
    yield ChangesStop, Outcome.CHANGES_STOP, Exit.GATE_CLOSED, _of_changes
    yield NotPublishable, Outcome.ENVIRONMENT, Exit.ENVIRONMENT, _said
    yield duckdb.OperationalError, Outcome.ENVIRONMENT, Exit.ENVIRONMENT, _of_engine
    yield type(error), Outcome.UNEXPECTED, Exit.UNEXPECTED, _of_anything
