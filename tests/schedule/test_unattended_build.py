"""One real build as a scheduler would run it, with nothing but PATH and HOME, in a folder of a hostile name, offline.

The build runs in a network namespace of its own, in which nothing can be reached and whose kernel counts every attempt.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT

HOSTILE = 'it\'s "a" $(touch x); drop table y -- % # & {z}'
PROGRAM = Path(sys.executable).parent / "orebloc"
BAD_INPUT = 3
CAN_UNSHARE = shutil.which("unshare") is not None and (
    subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode == 0
)
# Packets that a kernel would not or could not send, and connections begun, of both versions of the protocol.
COUNTERS = {"IpOutRequests", "IpOutNoRoutes", "TcpActiveOpens", "UdpOutDatagrams", "Ip6OutRequests", "Ip6OutNoRoutes"}
# A umask that forbids nothing: the account's group may write what it may, nobody else.
UMASK, KEPT_OUT = "000", 0o002
SEALED = 'umask "$1"; counts="$2"; shift 2; "$@"; code=$?; cat /proc/net/snmp /proc/net/snmp6 > "$counts"; exit "$code"'


@dataclass(frozen=True)
class Unattended:
    """What the build left."""

    done: subprocess.CompletedProcess[str]
    warehouse: Path
    home: Path
    counts: dict[str, int]

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.done.stdout)
        return found

    @property
    def release(self) -> Path:
        return self.warehouse / "releases" / str(self.said["release_id"])


def sealed(folder: Path, *command: str) -> tuple[subprocess.CompletedProcess[str], dict[str, int]]:
    """Run a command without a network and next to no environment; return what the kernel counted."""
    counts = folder / "counts.txt"
    home = folder / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        ["env", "-i", f"PATH={os.defpath}", f"HOME={home}", "unshare", "-rn", "sh", "-c", SEALED, "sh", UMASK,
         str(counts), *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )  # fmt: skip
    return done, counted(counts.read_text(encoding="ascii"))


def counted(text: str) -> dict[str, int]:
    found = {}
    lines = [line.split() for line in text.splitlines()]
    for names, values in pairwise(lines):
        if names[0].endswith(":") and names[0] == values[0] and not names[1].lstrip("-").isdigit():
            found |= {f"{names[0][:-1]}{name}": int(value) for name, value in zip(names[1:], values[1:], strict=True)}
    found |= {words[0]: int(words[1]) for words in lines if len(words) == 2 and words[1].isdigit()}
    return {name: found[name] for name in COUNTERS if name in found}


pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not CAN_UNSHARE, reason="no network namespace can be made here"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Unattended:
    folder = tmp_path_factory.mktemp("unattended")
    warehouse = folder / HOSTILE
    done, counts = sealed(folder, str(PROGRAM), "build", "--json", "--warehouse", str(warehouse))
    assert done.returncode == 0, done.stderr
    return Unattended(done, warehouse, folder / "home", counts)


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('192.0.2.1', 443), 2)",
        "socket.create_connection(('127.0.0.1', 9), 2)",
        "socket.getaddrinfo('orebloc.example', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    ],
)
def test_an_attempt_would_be_counted(tmp_path: Path, code: str) -> None:
    done, counts = sealed(tmp_path, sys.executable, "-c", f"import socket; {code}")
    assert done.returncode != 0
    if "getaddrinfo" in code and "nameserver" not in Path("/etc/resolv.conf").read_text(encoding="utf-8"):
        pytest.skip("nobody would be asked for a name here")
    assert sum(counts.values()) > 0


def test_a_child_of_a_child_is_counted_too(tmp_path: Path) -> None:
    inner = "import socket; socket.socket().connect_ex(('192.0.2.1', 443))"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    done, counts = sealed(tmp_path, sys.executable, "-c", outer)
    assert done.returncode == 0
    assert sum(counts.values()) > 0


def test_a_build_opens_no_network_connection(built: Unattended) -> None:
    assert len(built.counts) >= 5
    assert built.counts == dict.fromkeys(built.counts, 0)


def test_a_build_needs_only_path_and_home_and_leaves_nothing_there(built: Unattended) -> None:
    assert built.said["outcome"] == "published"
    assert built.said["exit_code"] == 0
    assert built.said["checks"]["passed"] == built.said["checks"]["run"]
    assert list(built.home.rglob("*")) == []
    (line,) = (built.warehouse / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    assert line + "\n" == built.done.stdout


def test_a_hostile_name_is_only_a_name(built: Unattended) -> None:
    assert not (ROOT / "x").exists()
    assert {path.name for path in built.warehouse.parent.iterdir()} == {HOSTILE, "home", "counts.txt"}
    with duckdb.connect(str(built.warehouse / "orebloc.duckdb"), read_only=True) as connection:
        counted_rows = connection.execute("select n_tables, checks_run from marts.build_info").fetchone()
    assert counted_rows == (len(list((built.release / "parquet").iterdir())), built.said["checks"]["run"])


def test_the_next_run_finds_nothing_to_do_and_says_so_in_another_word(built: Unattended, tmp_path: Path) -> None:
    done, _ = sealed(tmp_path, str(PROGRAM), "build", "--json", "--warehouse", str(built.warehouse))
    said = json.loads(done.stdout)
    assert (done.returncode, said["outcome"], said["release_id"]) == (0, "nothing_to_do", built.said["release_id"])
    assert said["previous_release_id"] == built.said["release_id"]


def files_of(folder: Path) -> Iterator[Path]:
    yield from (path for path in (folder, *folder.rglob("*")) if not path.is_symlink())


def modes_of(warehouse: Path, umask: int) -> dict[str, tuple[str, str]]:
    """Files and folders whose permissions are not what a umask leaves, with what they are and should be.

    What is published is written once: nobody may write to its files, the owner included.
    """
    wrong = {}
    for path in files_of(warehouse):
        published = path == warehouse / "orebloc.duckdb" or warehouse / "releases" in path.parents
        full = 0o777 if path.is_dir() else 0o444 if published else 0o666
        found, expected = stat.S_IMODE(path.stat().st_mode), full & ~umask
        if found != expected:
            wrong[str(path.relative_to(warehouse))] = (oct(found), oct(expected))
    return wrong


def test_under_no_umask_at_all_nobody_else_may_write(built: Unattended) -> None:
    assert modes_of(built.warehouse, KEPT_OUT) == {}


def test_under_a_strict_umask_nobody_else_may_read(warehouse: Path, project_copy: Path, tmp_path: Path) -> None:
    """What a failed build and a rollback leave; a release keeps the permissions with which it was made."""
    place = tmp_path / "private" / "warehouse"
    (project_copy / "seeds/reference/units.csv").unlink()
    words = ["--project", str(project_copy), "--warehouse", str(place)]
    strict = ["sh", "-c", 'umask 077; exec "$@"', "sh", str(PROGRAM)]
    failed = subprocess.run([*strict, "build", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert failed.returncode == BAD_INPUT, failed.stderr
    assert (place / "failed" / "failure.txt").is_file()
    assert modes_of(place, 0o077) == {}
    shutil.copytree(warehouse / "releases", place / "releases", dirs_exist_ok=True)
    (release,) = (place / "releases").iterdir()
    back = subprocess.run([*strict, "rollback", release.name, *words], cwd=ROOT, capture_output=True, check=False)
    assert back.returncode == 0, back.stderr
    assert stat.S_IMODE((place / "current.json").stat().st_mode) == 0o600


def test_under_the_usual_umask_the_permissions_are_the_usual(warehouse: Path) -> None:
    usual = os.umask(0)
    os.umask(usual)
    assert modes_of(warehouse, usual) == {}


# --- nothing of the machine in what is published -------------------------------------------------------------------

SECRET_NAMES = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|PRIVATE", re.IGNORECASE)
SECRET_SHAPES = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{30,}|\bAKIA[0-9A-Z]{16}\b|\bxox[abp]-[0-9A-Za-z-]{10,}"
    rb"|\b[a-z][a-z0-9+]{2,9}://[^\s/:@\"'<>]{1,64}:[^\s/:@\"'<>]{3,64}@"
)


def of_this_machine(warehouse: Path, home: Path) -> set[bytes]:
    """Paths and secrets that no published byte may hold."""
    paths = {str(ROOT), str(warehouse), str(warehouse.parent), str(home), sys.prefix, str(Path.home()) + "/"}
    secrets = {value for name, value in os.environ.items() if SECRET_NAMES.search(name) and len(value) >= 8}
    host = os.uname().nodename
    plain = {os.fsencode(text) for text in paths | secrets if len(text) > 5} | {os.fsencode(f'"{host}"')}
    written = {json.dumps(text)[1:-1].encode() for text in paths | secrets if len(text) > 5}
    return plain | written


def texts_of(database: Path) -> Iterator[tuple[str, bytes]]:
    """Every text of a DuckDB file, uncompressed: cells, comments, definitions."""
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where not internal and (data_type like '%VARCHAR%' or data_type like '%BLOB%')"
        ).fetchall()
        for schema, table, column in columns:
            query = (
                f'select distinct cast("{column}" as varchar) from "{schema}"."{table}" where "{column}" is not null'
            )
            for (text,) in connection.execute(query).fetchall():
                yield f"{schema}.{table}.{column}", text.encode()
        for query in (
            "select view_name, sql || coalesce(comment, '') from duckdb_views() where not internal",
            "select table_name, sql || coalesce(comment, '') from duckdb_tables() where not internal",
            "select column_name, comment from duckdb_columns() where comment is not null",
            "select function_name, macro_definition from duckdb_functions() where not internal",
        ):
            for name, text in connection.execute(query).fetchall():
                yield str(name), str(text).encode()


def texts_of_parquet(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every text of the Parquet files, uncompressed, and what they say of themselves."""
    with duckdb.connect() as connection:
        for path in sorted(folder.glob("*.parquet")):
            described = connection.execute("describe from read_parquet(?)", [str(path)]).fetchall()
            for column in [row[0] for row in described if "VARCHAR" in row[1] or "BLOB" in row[1]]:
                rows = connection.execute(
                    f'select distinct cast("{column}" as varchar) from read_parquet(?) where "{column}" is not null',
                    [str(path)],
                ).fetchall()
                yield from ((f"{path.name}.{column}", text.encode()) for (text,) in rows)
            for key, value in connection.execute(
                "select key, value from parquet_kv_metadata(?)", [str(path)]
            ).fetchall():
                yield path.name, bytes(key) + bytes(value)


@pytest.fixture(scope="module", params=["unattended", "shared"])
def published(request: pytest.FixtureRequest, built: Unattended, warehouse: Path) -> tuple[Path, set[bytes]]:
    """A release and what it must not hold; one was built with all that the test's own environment holds."""
    place = built.warehouse if request.param == "unattended" else warehouse
    home = built.home if request.param == "unattended" else Path.home()
    current = json.loads((place / "current.json").read_text(encoding="utf-8"))
    return place / "releases" / current["release_id"], of_this_machine(place, home)


def test_no_file_of_a_release_names_the_machine_or_holds_a_secret(published: tuple[Path, set[bytes]]) -> None:
    release, forbidden = published
    found = []
    for path in release.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found += [(path.name, text) for text in forbidden if text in content]
            found += [(path.name, match.group()) for match in SECRET_SHAPES.finditer(content)]
    assert found == []


def test_no_text_of_the_tables_names_the_machine_or_holds_a_secret(published: tuple[Path, set[bytes]]) -> None:
    release, forbidden = published
    texts = list(texts_of(release / "orebloc.duckdb"))
    assert len(texts) > 5000
    parquet = list(texts_of_parquet(release / "parquet"))
    assert len(parquet) > 5000
    texts += parquet
    found = [(place, text) for place, text in texts if any(one in text for one in forbidden)]
    found += [(place, text) for place, text in texts if SECRET_SHAPES.search(text)]
    assert found == []


def test_what_must_not_be_published_would_be_found(built: Unattended, tmp_path: Path) -> None:
    shutil.copyfile(built.release / "orebloc.duckdb", tmp_path / "orebloc.duckdb")
    with duckdb.connect(str(tmp_path / "orebloc.duckdb")) as connection:
        connection.execute(f"comment on table marts.build_info is 'built in {ROOT}'")
    forbidden = of_this_machine(built.warehouse, built.home)
    assert any(one in text for _, text in texts_of(tmp_path / "orebloc.duckdb") for one in forbidden)
    assert SECRET_SHAPES.search(b"see https://user:pass-word@host.example/x")
