"""Tell somebody how a run ended: a command of theirs, with the run's record on its standard input."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from enum import StrEnum

from etl.run.runlog import RunRecord

# A command that hangs must not hold the next run back.
TIME_LIMIT = 60.0


class NotifyOn(StrEnum):
    """After which runs the command is run."""

    FAILURE = "failure"
    ALWAYS = "always"


def notify(command: str, record: RunRecord, time_limit: float = TIME_LIMIT) -> str | None:
    """Run a command at the end of a run.

    No shell reads it: its words are split as a shell would, and nothing of the record stands among them. What it prints
    goes to standard error.

    Args:
        command: Program and arguments.
        record: Goes to the command's standard input as a line of JSON; its outcome stands in OREBLOC_OUTCOME.
        time_limit: Seconds after which the command and all that it started is ended.

    Returns:
        What went wrong, in a sentence; None where nothing did.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        return f"The notify command cannot be read ({error}): {command}"
    if not words:
        return "The notify command is empty."
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=sys.stderr.fileno(),
            env={**os.environ, "OREBLOC_OUTCOME": record.outcome},
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"The notify command could not be started: {error}"
    try:
        process.communicate(record.as_json().encode("utf-8", "backslashreplace") + b"\n", timeout=time_limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"The notify command took longer than {time_limit:.0f} s and was ended: {words[0]}"
    return f"The notify command ended with exit code {process.returncode}: {words[0]}" if process.returncode else None
