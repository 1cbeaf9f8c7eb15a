"""What asks a run to end: an exception where it comes, and later where something is half started."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASK_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_BY_DEFAULT = (signal.SIG_DFL, signal.default_int_handler)
# The signals that have asked the present run to end.
_asked: list[int] = []


class Interrupted(BaseException):
    """Raised where a signal asks the run to end: no handler of errors on the way may hold it up."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


@contextmanager
def signals_end_the_run() -> Iterator[None]:
    """Let a request to end be an exception, so that the run ends what it started, and says so."""

    def end(number: int, _frame: FrameType | None) -> None:
        _asked.append(number)
        raise Interrupted(number)

    # Who ignores a signal (nohup) means it.
    before = {number: signal.getsignal(number) for number in _ASK_TO_END}
    heeded = {number: handler for number, handler in before.items() if handler in _BY_DEFAULT}
    _asked.clear()
    for number in heeded:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in heeded.items():
            signal.signal(number, handler)


def asked_to_end() -> Interrupted | None:
    """Say what has asked the run to end, also where a library made an error of its own of it.

    DuckDB, whose query a signal breaks off, raises a RuntimeError instead, and a gate would call that a failed check.
    """
    return Interrupted(_asked[0]) if _asked else None


@contextmanager
def signals_wait() -> Iterator[list[int]]:
    """Hold back what asks the run to end until the block is done: nobody could end what is half started.

    Only what is an exception is held back; a signal that ends the process at once, or is ignored, does as before.

    Yields:
        The signals that came. A block after which there is nothing left to end clears the list.
    """
    came: list[int] = []

    def keep(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    # Only the main thread is interrupted, and only it may say what a signal does.
    here = threading.current_thread() is threading.main_thread()
    handlers = {number: signal.getsignal(number) for number in _ASK_TO_END if here}
    held = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in held:
        signal.signal(number, keep)
    try:
        yield came
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
        for asked in came:
            signal.raise_signal(asked)
