"""A publication that fails: the old release stays, nothing is left behind, the password is told to nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bi.conftest import Database, Publish
from tests.bi.releases import altered
from tests.bi.server import ACCOUNT, PASSWORD, as_account, free_port
from tests.conftest import ROOT

BAD_INPUT, ENVIRONMENT = 3, 6
APPLICATION = "orebloc publish-postgres"
LEFT = (
    "select nspname::text from pg_namespace where nspname like 'orebloc%' union select release_id from marts.build_info"
)


@pytest.fixture
def standing(database: Database, publish: Publish) -> Database:
    """A database in which a release stands already."""
    done = publish()
    assert done.exit_code == 0, done.stderr
    return database


@pytest.fixture(scope="module")
def big(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that takes some seconds to copy, and some tens of megabytes."""
    more = (
        "insert into marts.bloc_overlap select * exclude (n) replace (3000 + n as year) "
        "from marts.bloc_overlap, range(60) as copies(n) where year = 2024"
    )
    return altered(small, tmp_path_factory.mktemp("big") / "big", "big", more)


def check(done: object, code: int, *words: str) -> None:
    said = done.output if hasattr(done, "output") else done.stdout + done.stderr  # type: ignore[attr-defined]
    found = done.exit_code if hasattr(done, "exit_code") else done.returncode  # type: ignore[attr-defined]
    assert found == code, said
    for word in words:
        assert word in said, said
    assert "Traceback" not in said
    assert PASSWORD not in said
    assert PASSWORD.replace(" ", "%20") not in said


def test_a_wrong_password(standing: Database, publish: Publish) -> None:
    url = standing.server.url(standing.user, standing.name, "swordfish99")
    done = publish(url=url)
    check(done, BAD_INPUT, "does not let this account in", "PGPASSWORD", "What the server held is as it was")
    assert "swordfish" not in done.output


def test_no_password(database: Database, publish: Publish) -> None:
    done = publish(url=f"postgresql://{database.user}@127.0.0.1:{database.server.port}/{database.name}")
    check(done, BAD_INPUT, "does not let this account in", "no password supplied")


def test_the_password_may_come_from_the_environment(database: Database, publish: Publish) -> None:
    url = f"postgresql://{database.user}@127.0.0.1:{database.server.port}/{database.name}"
    check(publish(url=url, PGPASSWORD=PASSWORD), 0)


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("postgresql://u:swordfish@127.0.0.1:{free}/x", ENVIRONMENT, "No server answers there"),
        ("postgresql://u:swordfish@no-such-host.invalid/x", BAD_INPUT, "There is no such host"),
        ("postgresql://u:sword@fish@127.0.0.1/x", BAD_INPUT, "Write @ as %40"),
        ("postgresql://u:sword/fish@127.0.0.1/x", BAD_INPUT, "Write @ as %40"),
        ("postgresql://u:sword?fish@127.0.0.1/x", BAD_INPUT, "Write @ as %40"),
        ("postgresql://u:1234/5678@127.0.0.1:{free}/x", BAD_INPUT, "Write @ as %40"),
        ("postgresql://127.0.0.1:{free},localhost:{free}/x", ENVIRONMENT, "No server answers there"),
        ("postgresql://u:swordfish@[::1]:{free}/x", ENVIRONMENT, "No server answers there"),
        ("postgresql://u:swordfish@127.0.0.1:port/x", BAD_INPUT, "invalid"),
        ("postgresql://u:swordfish@127.0.0.1/x?sslmod=off", BAD_INPUT, "sslmod"),
        ("host=127.0.0.1 port={free} password='swordfish' dbname=x", ENVIRONMENT, "No server answers there"),
        ("host=127.0.0.1 password='swordfish", BAD_INPUT, "cannot be read"),
        ("postgresql+psycopg2://u:swordfish@127.0.0.1/x", BAD_INPUT, "Leave out what follows the plus sign"),
        ("mysql://u:swordfish@127.0.0.1/x", BAD_INPUT, "postgresql://USER@HOST:5432/DATABASE"),
        ("swordfish", BAD_INPUT, "postgresql://USER@HOST:5432/DATABASE"),
        ("", BAD_INPUT, "postgresql://USER@HOST:5432/DATABASE"),
        ("postgresql://u:swordfish@%2Fno%2Fsuch%2Ffolder/x", ENVIRONMENT, "No server answers there"),
    ],
)
def test_an_address_that_leads_nowhere(database: Database, publish: Publish, url: str, code: int, words: str) -> None:
    done = publish(url=url.replace("{free}", str(free_port())))
    check(done, code, words)
    for piece in ("swordfish", "fish", "1234", "5678"):
        assert piece not in done.output


def test_a_server_that_never_answers(database: Database, publish: Publish) -> None:
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        done = publish(url=f"postgresql://u@127.0.0.1:{port}/x?connect_timeout=2")
    check(done, ENVIRONMENT, "No server answers there")


def test_a_database_or_account_that_is_not_there(database: Database, publish: Publish) -> None:
    check(
        publish(url=database.server.url(database.user, "nowhere")), BAD_INPUT, "There is no such database", "createdb"
    )
    check(publish(url=database.server.url("nobody_known", database.name)), BAD_INPUT, "does not let this account in")


def test_an_account_that_may_not_create(standing: Database, publish: Publish) -> None:
    standing.run(f"alter database {standing.name} owner to admin")
    done = publish()
    check(done, ENVIRONMENT, f"GRANT CREATE ON DATABASE {standing.name} TO {standing.user};")
    assert standing.rows(LEFT) == [("small",)]
    standing.run(f"grant create on database {standing.name} to {standing.user}")
    check(publish(), 0)


def test_a_schema_of_somebody_else(standing: Database, publish: Publish) -> None:
    standing.run("alter schema marts owner to admin")
    standing.run(f"grant usage on schema marts to {standing.user}")
    check(publish(), ENVIRONMENT, "belongs to admin")
    assert standing.rows(LEFT) == [("small",)]


def test_a_role_that_may_not_be_created(standing: Database, publish: Publish) -> None:
    standing.run(f"alter role {standing.user} nocreaterole")
    done = publish("--reader-role", 'no "such" role')
    check(done, ENVIRONMENT, 'CREATE ROLE "no ""such"" role" NOLOGIN;')
    check(publish("--reader-role", "", "--schema", "other"), 0)
    assert standing.rows("select nspacl is null from pg_namespace where nspname = 'other'") == [(True,)]


@pytest.mark.parametrize("role", ["admin", "{user}", "pg_read_all_data", "x" * 64])
def test_a_role_that_is_no_mere_reader(standing: Database, publish: Publish, role: str) -> None:
    check(publish("--reader-role", role.format(user=standing.user)), BAD_INPUT)
    assert standing.rows(LEFT) == [("small",)]


def test_a_database_of_another_encoding(database: Database, publish: Publish) -> None:
    name = f"{database.name}_latin"
    database.server.run(f"create database {name} owner {database.user} encoding 'LATIN1' template template0")
    check(publish(url=database.server.url(database.user, name)), BAD_INPUT, "encoded in LATIN1", "--encoding UTF8")
    database.server.run(f"drop database {name}")


def test_a_server_that_is_too_old(database: Database, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest supported version is set above that of the server at hand."""
    monkeypatch.setattr("etl.postgres.session.OLDEST_SERVER", 990000)
    check(publish(), ENVIRONMENT, "99 is the oldest that is supported")


def test_a_database_that_takes_no_changes(standing: Database, publish: Publish) -> None:
    standing.run(f"alter database {standing.name} set default_transaction_read_only = on")
    check(publish(), BAD_INPUT, "The server takes no changes")


def test_settings_of_the_account_do_not_matter(standing: Database, publish: Publish) -> None:
    for setting in (
        "statement_timeout = 1",
        "lock_timeout = 1",
        "search_path = 'nowhere'",
        "client_encoding = 'LATIN1'",
        "datestyle = 'SQL, DMY'",
        "default_transaction_isolation = 'serializable'",
    ):
        standing.run(f"alter role {standing.user} set {setting}")
    check(publish(), 0)


def test_a_text_that_the_server_cannot_hold(standing: Database, publish: Publish, small: Path, tmp_path: Path) -> None:
    place = altered(
        small, tmp_path / "nul", "nul", "update marts.dim_unit set name_en = 'a' || chr(0) where unit = 't'"
    )
    check(publish(place=place), ENVIRONMENT, "cannot hold a value", "dim_unit, line")
    assert standing.rows(LEFT) == [("small",)]


def test_a_key_that_the_rows_break(standing: Database, publish: Publish, small: Path, tmp_path: Path) -> None:
    twice = "insert into marts.dim_unit from marts.dim_unit where unit = 't'"
    place = altered(small, tmp_path / "twice", "twice", twice)
    check(publish(place=place), ENVIRONMENT, "breaks a key", "orebloc check")
    assert standing.rows(LEFT) == [("small",)]


def test_a_reference_that_the_rows_break_is_told_and_not_declared(
    database: Database, publish: Publish, small: Path, tmp_path: Path
) -> None:
    place = altered(small, tmp_path / "gone", "gone", "delete from marts.dim_bloc where bloc = 'msp'")
    done = publish(place=place)
    check(done, 0, "no foreign key: bloc_overlap.bloc_a", "rows name nothing of dim_bloc")


def test_a_damaged_or_missing_release(standing: Database, publish: Publish, small: Path, tmp_path: Path) -> None:
    check(publish(place=tmp_path / "nowhere"), ENVIRONMENT, "Run `orebloc build`")
    place = altered(small, tmp_path / "old", "old")
    manifest = place / "releases" / "old" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"schema_version": "1.0"', '"schema_version": "0.9"'))
    check(publish(place=place), ENVIRONMENT, "has public schema 0.9")
    place = altered(small, tmp_path / "broken", "broken")
    file = place / "releases" / "broken" / "orebloc.duckdb"
    with file.open("r+b") as content:
        content.seek(12288)
        content.write(b"\x00" * (file.stat().st_size - 12288))
    check(publish(place=place), ENVIRONMENT, "The release cannot be read")
    assert standing.rows(LEFT) == [("small",)]


@pytest.fixture
def running(standing: Database, big: Path) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, in the middle of copying."""
    arguments = ("publish-postgres", standing.url, "--warehouse", str(big), "--reader-role", f"reader_{standing.name}")
    with subprocess.Popen(
        [sys.executable, "-m", "etl.cli", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "400"},
        # A shell that runs the tests in its background has them, and what they start, ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread runs here
    ) as process:
        deadline = time.monotonic() + 60
        while not copying(standing):
            assert process.poll() is None, process.stderr.read()  # type: ignore[union-attr]
            assert time.monotonic() < deadline
        yield process
        process.kill()


def copying(database: Database) -> list[int]:
    rows = database.rows(
        "select pid from pg_stat_activity where query ilike 'copy%bloc_overlap%' and state = 'active' "
        f"and application_name = '{APPLICATION}' and datname = current_database()"
    )
    return [pid for (pid,) in rows]


def test_a_connection_that_is_ended_in_the_middle(
    standing: Database, publish: Publish, running: subprocess.Popen[str]
) -> None:
    for pid in copying(standing):
        standing.rows(f"select pg_terminate_backend({pid})")
    out, err = running.communicate(timeout=60)
    check(subprocess.CompletedProcess([], running.returncode, out, err), ENVIRONMENT, "connection was")
    assert standing.rows(LEFT) == [("small",)]
    check(publish(), 0)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_publication_that_is_killed_leaves_nothing(
    standing: Database, publish: Publish, running: subprocess.Popen[str], number: int
) -> None:
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode != 0
    assert "Traceback" not in out + err
    deadline = time.monotonic() + 30
    while standing.rows(f"select pid from pg_stat_activity where application_name = '{APPLICATION}'"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert standing.rows(LEFT) == [("small",)]
    check(publish(), 0)


@pytest.fixture
def tiny_disk(standing: Database) -> Iterator[str]:
    """A tablespace on a file system of four megabytes."""
    folder = standing.server.folder / "tiny"
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size=4m,uid={account()},mode=700", "tmpfs", str(folder)], check=True
    )
    try:
        standing.server.run(f"create tablespace tiny location '{folder}'")
        standing.run(f"grant create on tablespace tiny to {standing.user}")
        yield "tiny"
        standing.server.run("drop tablespace tiny")
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def account() -> int:
    import pwd

    return pwd.getpwnam(ACCOUNT).pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk; the next test needs none")
def test_a_full_disk(standing: Database, publish: Publish, big: Path, tiny_disk: str) -> None:
    standing.run(f"alter role {standing.user} set default_tablespace = {tiny_disk}")
    check(publish(place=big), ENVIRONMENT, "The disk of the server is full", "Free some space there")
    assert standing.rows(LEFT) == [("small",)]
    standing.run(f"alter role {standing.user} reset default_tablespace")
    check(publish(place=big), 0)


def test_a_file_that_may_not_grow(standing: Database, publish: Publish, big: Path) -> None:
    """What a quota or a limit of the server's account does: its files may not pass three megabytes."""
    # Sessions inherit it from the server's first process.
    first = (standing.server.folder / "data" / "postmaster.pid").read_text().split()[0]
    as_account("prlimit", "--pid", first, f"--fsize={3 * 2**20}:")
    try:
        check(publish(place=big), ENVIRONMENT, "The disk of the server is full")
    finally:
        as_account("prlimit", "--pid", first, "--fsize=unlimited:")
    assert standing.rows(LEFT) == [("small",)]
    check(publish(place=big), 0)


def test_without_the_package_the_command_says_how_to_get_it(small: Path, tmp_path: Path) -> None:
    """A Python that finds all packages but psycopg."""
    (tmp_path / "psycopg.py").write_text("raise ModuleNotFoundError('psycopg')", encoding="utf-8")
    hide = (
        "import sys, importlib.util as u; found = u.find_spec; "
        "u.find_spec = lambda name, *a: None if name == 'psycopg' else found(name, *a); "
        f"sys.argv = ['orebloc', 'publish-postgres', 'postgresql://x/y', '--warehouse', {str(small)!r}]; "
        "from etl.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", hide], cwd=ROOT, capture_output=True, text=True, check=False)
    check(done, ENVIRONMENT, "make postgres")
