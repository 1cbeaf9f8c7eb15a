"""Why a publication cannot be: what happened, what to do, and the exit code, for each error of a server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from etl.options import Exit

if TYPE_CHECKING:
    import psycopg

_LONGEST = 400


class CannotPublish(Exception):
    """Raised where a publication cannot be, or could not go on; the server holds what it held before.

    Args:
        happened: What is the case.
        advice: What to do.
        code: Exit code of the command.
    """

    def __init__(self, happened: str, advice: str = "", code: Exit = Exit.ENVIRONMENT) -> None:
        self.happened = happened
        self.advice = advice
        self.code = code
        super().__init__(f"{happened} {advice}".strip())


# By the state of SQL that the server names (its first characters): what happened, what to do, exit code.
_BY_STATE = (
    ("53100", "The disk of the server is full", "Free some space there, then run this again.", Exit.ENVIRONMENT),
    ("53200", "The memory of the server is used up", "Try again when it is less busy.", Exit.ENVIRONMENT),
    ("53300", "The server takes no more connections", "Try again when it is less busy.", Exit.ENVIRONMENT),
    (
        "42501",
        "This account may not do that",
        "Let an administrator grant what is missing, or use another account.",
        Exit.ENVIRONMENT,
    ),
    ("25006", "The server takes no changes", "Name the server that is written to, not its copy.", Exit.BAD_INPUT),
    (
        "57014",
        "The server ended the work",
        "Somebody cancelled it. Run this again.",
        Exit.ENVIRONMENT,
    ),
    ("57P", "The connection was ended by the server", "Run this again when the server is up.", Exit.ENVIRONMENT),
    ("08", "The connection was lost", "Run this again when the server can be reached.", Exit.ENVIRONMENT),
    ("22", "The server cannot hold a value", "The line above names the table and row.", Exit.ENVIRONMENT),
    (
        "23",
        "The release breaks a key",
        "Run `orebloc check`; `orebloc build` mends a fault.",
        Exit.ENVIRONMENT,
    ),
)
# What a refused connection says; the client library gives no state there.
_BY_WORDS = (
    (
        r"\binvalid (integer|port|sslmode|\w+ value)\b",
        "The address of the database cannot be read",
        "Correct the option.",
        Exit.BAD_INPUT,
    ),
    (
        r"password authentication failed|no password supplied|authentication failed|SASL|SCRAM",
        "The server does not let this account in",
        "Check user and password in the URL (or PGPASSWORD, ~/.pgpass).",
        Exit.BAD_INPUT,
    ),
    (
        r'database ".*" does not exist',
        "There is no such database",
        "Create it (createdb NAME) or name another at the end of the URL.",
        Exit.BAD_INPUT,
    ),
    (r'role ".*" does not exist', "There is no such account", "Check the user in the URL.", Exit.BAD_INPUT),
    (
        r"no pg_hba\.conf entry",
        "The server takes no connection from this machine, account or database",
        "Let an administrator add a line to its pg_hba.conf, or try sslmode=require.",
        Exit.ENVIRONMENT,
    ),
    (
        r"permission denied for database",
        "This account may not connect to the database",
        "Let an administrator GRANT CONNECT ON DATABASE to it.",
        Exit.ENVIRONMENT,
    ),
    (
        r"connection slots|too many (connections|clients)",
        "The server takes no more connections",
        "Try again when it is less busy.",
        Exit.ENVIRONMENT,
    ),
    (
        r"could not translate host name|failed to resolve host",
        "There is no such host",
        "Check the host in the URL.",
        Exit.BAD_INPUT,
    ),
    (r"starting up|shutting down|in recovery", "The server is not ready", "Try again in a minute.", Exit.ENVIRONMENT),
    (r"No space left|File too large|could not (extend|write)", *_BY_STATE[0][1:]),
    (
        r"server closed the connection|connection (is lost|is closed|was lost|reset)|terminating connection"
        r"|EOF detected|consuming input failed|the connection is closed",
        "The connection was lost",
        "Run this again when the server can be reached.",
        Exit.ENVIRONMENT,
    ),
    (
        r"Connection refused|timeout expired|timed out|No route|unreachable|No such file",
        "No server answers there",
        "Check host and port in the URL, and that the server runs.",
        Exit.ENVIRONMENT,
    ),
    (
        r"certificate|SSL|TLS|GSSAPI",
        "No agreement on encryption with the server",
        "Check sslmode in the URL.",
        Exit.ENVIRONMENT,
    ),
)


def refusal_of(error: psycopg.Error, mask: Callable[[str], str]) -> CannotPublish:
    """Say what an error of the server or of the connection means.

    Args:
        error: What the client library raised.
        mask: Takes secrets out of a text.
    """
    said = mask(_said(error))
    state = error.sqlstate or ""
    # The file system's own words come under the state of an internal error where the file, not the disk, is full.
    known = _BY_WORDS if not state or state.startswith(("XX", "58")) else _BY_STATE
    for pattern, happened, advice, code in known:
        found = re.search(pattern, said, re.IGNORECASE) if known is _BY_WORDS else state.startswith(pattern)
        if found:
            return CannotPublish(f"{happened}: {said}.", advice, code)
    return CannotPublish(f"The server said: {said}{f' ({state})' if state else ''}.")


def _said(error: psycopg.Error) -> str:
    """Return the server's words in one line, with the place in the data that it names."""
    diagnosis = error.diag
    parts = [diagnosis.message_primary or " ".join(str(error).split()), diagnosis.message_detail, diagnosis.context]
    said = "; ".join(" ".join(part.split()) for part in parts if part).rstrip(".")
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
