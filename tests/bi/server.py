"""A PostgreSQL server of its own for the tests, on this machine alone; gone without a trace at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

PACKAGE = "`make bi` needs a PostgreSQL server, the Debian package postgresql: run `make bi-system` as root"
# A server refuses to run as root; the Debian package brings this account.
ACCOUNT = "postgres"
PASSWORD = "correct horse"  # noqa: S105 - of a server that lives as long as the tests


@dataclass(frozen=True)
class Server:
    """A running server: its socket lies in `folder`, and it listens on `port` of the loopback address."""

    folder: Path
    port: int

    def url(self, user: str, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres", user: str = "admin") -> psycopg.Connection:
        return psycopg.connect(self.url(user, database), autocommit=True)

    def run(self, statement: str, database: str = "postgres") -> None:
        with self.connect(database) as connection:
            connection.execute(statement)

    def create_database(self, name: str, owner: str) -> None:
        command = sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner))
        with self.connect() as connection:
            connection.execute(command)

    def sessions(self, application: str) -> list[int]:
        """Process ids of the sessions of a program."""
        with self.connect() as connection:
            query = "select pid from pg_stat_activity where application_name = %s"
            return [pid for (pid,) in connection.execute(query, [application]).fetchall()]


def program(name: str) -> str:
    """The path of one of the server's programs, of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name) or ""


def as_account(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the server as an account that it accepts."""
    account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.run(arguments, check=True, capture_output=True, text=True, cwd="/", **account)  # type: ignore[call-overload]


@contextmanager
def running_server(*settings: str) -> Iterator[Server]:
    """Start a server with some settings (`name=value`), and stop it."""
    assert program("initdb"), PACKAGE
    # Sockets have short paths, and pytest's own folders let no other account in.
    folder = Path(tempfile.mkdtemp(prefix="orebloc_pg_"))
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        if os.geteuid() == 0:
            for path in (folder, secret):
                shutil.chown(path, ACCOUNT, ACCOUNT)
        data = str(folder / "data")
        initdb = (program("initdb"), "--pgdata", data, "--username", "admin", "--encoding", "UTF8", "--locale", "C")
        as_account(*initdb, "--auth", "scram-sha-256", f"--pwfile={secret}", "--wal-segsize", "1")
        port = free_port()
        options = (f"port={port}", f"unix_socket_directories={folder}", "listen_addresses=127.0.0.1", *settings)
        flags = " ".join(f"-c {option}" for option in options)
        as_account(program("pg_ctl"), "--pgdata", data, "-o", flags, "-l", str(folder / "log"), "-w", "start")
        try:
            yield Server(folder, port)
        finally:
            as_account(program("pg_ctl"), "--pgdata", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
