"""The address of a database: read, shown without its password, and kept out of every message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from etl.options import Exit
from etl.postgres.refusal import CannotPublish

_EXAMPLE = "postgresql://USER@HOST:5432/DATABASE"
_FORM = f"Write it as {_EXAMPLE}; the password stands best in PGPASSWORD or ~/.pgpass."
_SCHEMES = ("postgresql", "postgres")
# A shorter secret stands in many an innocent word.
_SHORTEST_SECRET = 3
_SECRET_KEYS = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is.

    Attributes:
        parameters: What the client library is to be given.
        shown: User, host, port and database, fit for a message.
    """

    parameters: dict[str, Any] = field(repr=False)
    shown: str
    secrets: tuple[str, ...] = field(repr=False)

    def mask(self, text: str) -> str:
        """Take the password out of a text."""
        return _mask(text, self.secrets)


def read_address(text: str) -> Address:
    """Read an address: a URL, or the `key=value` pairs of libpq.

    Raises:
        CannotPublish: It is neither; nothing of a password is repeated.
    """
    import psycopg  # noqa: PLC0415 - an optional package; who comes here has it
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    secrets = _secrets_of(text)
    scheme, separator, rest = text.partition("://")
    if separator:
        _check_url(scheme, rest)
    elif "=" not in text:
        raise CannotPublish("The address of the database is no URL.", _FORM, Exit.BAD_INPUT)
    try:
        parameters = dict(conninfo_to_dict(text))
    except psycopg.Error as error:
        said = _mask(" ".join(str(error).split()), secrets)
        raise CannotPublish(f"The address of the database cannot be read: {said}.", _FORM, Exit.BAD_INPUT) from None
    secrets += tuple(str(parameters[key]) for key in _SECRET_KEYS if parameters.get(key))
    return Address(parameters, _mask(_shown(parameters), secrets), secrets)


def _check_url(scheme: str, rest: str) -> None:
    """Refuse a URL whose password would be read as something else, and so be repeated in a message."""
    if scheme not in _SCHEMES:
        dialect = scheme.split("+", maxsplit=1)[0] in _SCHEMES
        hint = "Leave out what follows the plus sign." if dialect else _FORM
        raise CannotPublish("The address is of another kind of database or client.", hint, Exit.BAD_INPUT)
    authority = re.split(r"[/?]", rest)[0]
    # A slash or question mark in a password ends the authority early: the rest of it is then read as a port.
    path = rest.partition("?")[0]
    odd_port = any(re.search(r":(?!\d*$)[^\]]*$", host) for host in authority.split(","))
    cut_short = "@" not in authority and ("@" in path or odd_port)
    if authority.count("@") > 1 or cut_short:
        raise CannotPublish(
            "The URL cannot be told apart: user or password hold a character that has a meaning in it.",
            "Write @ as %40, / as %2F, ? as %3F and : as %3A there, or use PGPASSWORD.",
            Exit.BAD_INPUT,
        )


def _secrets_of(text: str) -> tuple[str, ...]:
    """Return all that may be a password, whole and in the parts into which a wrong reading may cut it."""
    found = re.findall(r"password\s*=\s*('(?:[^'\\]|\\.)*'|[^\s&]+)", text, re.IGNORECASE)
    _, separator, rest = text.partition("://")
    if separator and "@" in rest:
        path = rest.partition("?")[0]
        found.append((path if "@" in path else rest).rpartition("@")[0].partition(":")[2])
    pieces = [piece for secret in found for piece in (secret, *re.split(r"[@/?#:'\s]", secret))]
    return tuple(dict.fromkeys([*pieces, *map(unquote, pieces)]))


def _mask(text: str, secrets: tuple[str, ...]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return text


def _shown(parameters: dict[str, Any]) -> str:
    user = f"{parameters['user']}@" if parameters.get("user") else ""
    port = f":{parameters['port']}" if parameters.get("port") else ""
    database = f"/{parameters['dbname']}" if parameters.get("dbname") else ""
    return f"{user}{parameters.get('host') or parameters.get('hostaddr') or 'this machine'}{port}{database}"
