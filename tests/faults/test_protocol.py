"""Publication, rollback and what is wrong with a warehouse: nothing broken becomes current, nothing good is lost."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from etl.history.inspect import inspect
from etl.project import DATABASE_NAME, Project
from etl.run import build as building
from etl.run import clock
from etl.run.heal import heal
from etl.run.inputs import Inputs
from etl.run.publish import NotPublishable, publish, roll_back
from etl.run.releases import (
    MANIFEST,
    all_releases,
    current_release,
    find_release,
    is_served,
    matching_release,
    pointed,
    reader_file,
    unchanged_release,
)
from tests.chaos.counts import record
from tests.chaos.finished import copy_of, finished_build, project_at, publish_copy, released, write_manifest
from tests.chaos.reader import look
from tests.conftest import RunCli
from tests.faults.places import fixed_file

BAD_INPUT, ENVIRONMENT, STALE = 3, 6, 9
FIRST, SECOND, THIRD, FOURTH = (f"2026010{day}T000000Z-{day}{day}{day}{day}aaaa" for day in (1, 2, 3, 4))
NUMBERS = {FIRST: 1, SECOND: 2, THIRD: 3, FOURTH: 4}


@pytest.fixture(scope="module")
def builds(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four finished builds, each with its own rows."""
    folder = tmp_path_factory.mktemp("builds")
    for release_id, number in NUMBERS.items():
        finished_build(released(warehouse), folder / release_id, release_id, number, without=number)
    return folder


@pytest.fixture
def project(builds: Path, tmp_path: Path) -> Project:
    """A warehouse with three releases, the third current."""
    project = project_at(tmp_path / "warehouse")
    for release_id in (FIRST, SECOND, THIRD):
        publish_copy(project, builds / release_id, release_id)
    return project


def seen(project: Project) -> str:
    """The release that a new connection to the stable file sees."""
    with duckdb.connect(str(project.stable_file), read_only=True) as connection:
        return look(connection)[0]


def names(project: Project) -> list[str]:
    return [release.release_id for release in all_releases(project)]


def inputs_of(release_id: str) -> Inputs:
    """The inputs of a finished build, as far as its manifest tells them apart."""
    return Inputs({}, {}, f"{release_id}/{NUMBERS[release_id]}")


def own(path: Path) -> Path:
    """Make a file one's own, that other copies may share, and writable."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    return path


def leave_wal(build: Path) -> None:
    (build / f"{DATABASE_NAME}.wal").write_bytes(b"half a transaction")


def write_in_other_storage(build: Path) -> None:
    """As DuckDB writes where nobody asks for the format that all clients open."""
    other = build / "other"
    other.mkdir()
    with duckdb.connect(str(other / DATABASE_NAME), config={"storage_compatibility_version": "v1.0.0"}) as connection:
        connection.execute(f"attach '{build / DATABASE_NAME}' as built (read_only)")
        connection.execute("copy from database built to orebloc")
    (other / DATABASE_NAME).replace(build / DATABASE_NAME)
    other.rmdir()
    state_truly(build)


def state_truly(build: Path) -> None:
    """Let the manifest give the database's size and hash as they are."""
    from etl.run.hashes import sha256_of

    manifest = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
    file = build / DATABASE_NAME
    manifest["database"] |= {"bytes": file.stat().st_size, "sha256": sha256_of(file)}
    write_manifest(build, manifest)


def change_manifest(**changes: object) -> Callable[[Path], None]:
    def change(build: Path) -> None:
        manifest = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
        write_manifest(build, {**manifest, **changes})

    return change


def cut_parquet(build: Path) -> None:
    path = own(build / "parquet" / "dim_party.parquet")
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_byte(file: Path, at: int) -> None:
    content = bytearray(own(file).read_bytes())
    content[at] ^= 0x10
    file.write_bytes(content)


REFUSED: list[tuple[Callable[[Path], object], str]] = [
    (leave_wal, "orebloc.duckdb.wal is left beside the database"),
    (write_in_other_storage, "is written in storage v1.0.0+, not v1.4.0+"),
    (lambda build: (build / MANIFEST).unlink(), "lacks manifest.json"),
    (lambda build: (build / DATABASE_NAME).unlink(), "lacks orebloc.duckdb"),
    (lambda build: own(build / MANIFEST).write_text("{", encoding="utf-8"), "of the build is no JSON object"),
    (lambda build: own(build / MANIFEST).write_text("[]", encoding="utf-8"), "of the build is no JSON object"),
    (change_manifest(release_id=FIRST), f"speaks of release {FIRST}"),
    (change_manifest(tables=None), "does not name the release's files"),
    (change_manifest(tables=[]), "the manifest says"),
    (change_manifest(database={"path": DATABASE_NAME, "bytes": 1, "sha256": ""}), "the manifest says 1"),
    (cut_parquet, "parquet/dim_party.parquet has"),
    (lambda build: (build / "docs" / "publishable" / "index.html").unlink(), "index.html is missing"),
    (lambda build: flip_a_byte(build / DATABASE_NAME, 5000), "its SHA-256 differs"),
]


@pytest.mark.parametrize(("spoil", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_is_not_whole_is_not_published(
    project: Project, builds: Path, spoil: Callable[[Path], object], said: str
) -> None:
    build = copy_of(builds / FOURTH, project.builds / FOURTH)
    spoil(build)
    with pytest.raises(NotPublishable, match=re.escape(said)):
        publish(project, build, FOURTH, keep=5)
    assert seen(project) == pointed(project)["release_id"] == THIRD
    assert names(project) == [THIRD, SECOND, FIRST]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system does not tell which file is written through")
def test_all_is_on_the_disk_before_it_gets_its_name(
    project: Project, builds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power failure after a rename must find the content there: files, then folder, then stable file and pointer."""
    done: list[tuple[str, str]] = []
    sync, rename, replace = os.fsync, os.rename, os.replace

    def note(path: object) -> str:
        return Path(str(path)).relative_to(project.warehouse).as_posix()

    def noted_sync(descriptor: int) -> None:
        sync(descriptor)
        done.append(("sync", note(Path(f"/proc/self/fd/{descriptor}").readlink())))

    def noted_move(move: Callable[[object, object], None], source: object, target: object) -> None:
        move(source, target)
        done.append(("move", note(target)))

    build = copy_of(builds / FOURTH, project.builds / FOURTH)
    inside = [build, *build.rglob("*")]
    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "rename", lambda *paths: noted_move(rename, *paths))
    monkeypatch.setattr(os, "replace", lambda *paths: noted_move(replace, *paths))
    publish(project, build, FOURTH, keep=5)
    monkeypatch.undo()
    folder, stable, pointer = (
        done.index(("move", name)) for name in (f"releases/{FOURTH}", DATABASE_NAME, "current.json")
    )
    assert folder < stable < pointer
    assert {("sync", note(path)) for path in inside} <= {*done[:folder]}
    assert ("sync", "releases") in done[folder:stable]
    assert ("sync", f"builds/{FOURTH}.serve/current.json") in done[:pointer]
    assert ("sync", ".") in done[pointer:]


def test_an_open_connection_keeps_its_data_and_a_new_one_sees_the_release(project: Project, builds: Path) -> None:
    looking = "import sys\nfrom tests.chaos.reader import _open, look\nwith _open(sys.argv[1]) as held:\n" + (
        "    for line in sys.stdin:\n        print(look(held)[0], flush=True)\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", looking, str(project.stable_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin is not None
    assert reader.stdout is not None

    def ask() -> str:
        reader.stdin.write("\n")
        reader.stdin.flush()
        return reader.stdout.readline().strip()

    assert ask() == THIRD
    # The release under the open connection is pruned as well.
    for number, release_id in enumerate((FOURTH, *(f"2026010{day}T000000Z-{day * 4}aaaa" for day in "56")), start=4):
        build = project.builds / release_id
        if release_id == FOURTH:
            copy_of(builds / FOURTH, build)
        else:
            finished_build(builds / FOURTH, build, release_id, number)
        publish(project, build, release_id, keep=1)
        assert seen(project) == release_id
        assert ask() == THIRD
    assert THIRD not in names(project)
    reader.stdin.close()
    assert reader.wait() == 0


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_keep_never_prunes_the_current_nor_the_last_good_one(project: Project, builds: Path, keep: int) -> None:
    roll_back(project, FIRST)
    publish_copy(project, builds / FOURTH, FOURTH, keep=keep)
    # FIRST was current before: it stays, older though it is than those that go.
    assert names(project) == {1: [FOURTH, FIRST], 2: [FOURTH, FIRST], 3: [FOURTH, THIRD, FIRST]}[keep]


def test_the_last_good_one_is_not_the_one_that_is_broken(project: Project, builds: Path) -> None:
    flip_a_byte(project.releases / THIRD / DATABASE_NAME, 100_000)
    publish_copy(project, builds / FOURTH, FOURTH, keep=1)
    assert names(project) == [FOURTH, SECOND]


def test_a_file_in_use_that_cannot_be_replaced(project: Project, builds: Path, cli: RunCli) -> None:
    """As on some shared file systems: the pointer moves, and says which file to open; the stable file follows later."""
    with fixed_file(project.stable_file):
        release = publish_copy(project, builds / FOURTH, FOURTH)
        assert seen(project) == THIRD
        said = pointed(project)
        assert said["release_id"] == FOURTH
        assert said["stable_file_holds"] == THIRD
        with duckdb.connect(str(project.warehouse / said["file"]), read_only=True) as connection:
            assert look(connection)[0] == FOURTH
        assert reader_file(project, release) == release.database
        assert inspect(project).whole
        assert "still holds release" in inspect(project).notes[0]
        # A build with nothing to do has still nothing to do, and the command says what is open to readers.
        assert heal(project) == [f"{DATABASE_NAME} is in use and cannot be replaced; {FOURTH} is in its own folder."]
        assert matching_release(project, inputs_of(FOURTH)) == release
        back = cli("rollback", SECOND, "--warehouse", str(project.warehouse))
        assert back.returncode == 0, back.stderr
        assert f"releases/{SECOND}/{DATABASE_NAME}" in back.stdout
        assert pointed(project)["release_id"] == SECOND
    assert heal(project) == [f"{DATABASE_NAME} and current.json now both say release {SECOND}."]
    assert seen(project) == SECOND
    assert "stable_file_holds" not in pointed(project)
    record("file in use", publications=2, errors=0)


def test_without_hard_links_the_stable_file_is_a_copy(
    project: Project, builds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(38, "Function not implemented")

    finished = copy_of(builds / FOURTH, project.builds / FOURTH)
    monkeypatch.setattr(os, "link", refuse)
    release = publish(project, finished, FOURTH, keep=5)
    assert not project.stable_file.samefile(release.database)
    assert is_served(project, release)
    assert seen(project) == FOURTH
    assert inspect(project).notes == []


BROKEN_POINTERS = {
    "empty": b"",
    "an open brace": b"{",
    "half of itself": b'{"release_id": "20260103T0000',
    "null": b"null",
    "a list": b"[]",
    "a text": b'"x"',
    "nothing": b"{}",
    "no text": b"\x00\xff\xfe",
    "lists without end": b"[" * 200_000,
    "a release that is not there": b'{"release_id": "20990101T000000Z-00000000"}',
    "a path": b'{"release_id": "../.."}',
    "this folder": b'{"release_id": "."}',
    "a long name": b'{"release_id": "' + b"x" * 5000 + b'"}',
    "missing": None,
}


@pytest.mark.parametrize("content", BROKEN_POINTERS.values(), ids=BROKEN_POINTERS)
def test_a_broken_pointer_is_found_and_healed(project: Project, content: bytes | None) -> None:
    project.pointer.unlink()
    if content is not None:
        project.pointer.write_bytes(content)
    found = inspect(project)
    assert found.served == ["current.json names no release that is there."]
    assert seen(project) == THIRD
    assert heal(project) == [f"{DATABASE_NAME} and current.json now both say release {THIRD}."]
    assert pointed(project)["release_id"] == THIRD
    assert inspect(project).whole


def test_commands_say_that_the_pointer_is_broken_and_rollback_mends_it(project: Project, cli: RunCli) -> None:
    where = ("--warehouse", str(project.warehouse))
    project.pointer.write_bytes(BROKEN_POINTERS["lists without end"] or b"")
    for words in (["status"], ["releases"], ["check"], ["explain", "msp", "cobalt"], ["trace", "dim_party", "AUS"]):
        done = cli(*words, *where)
        assert "Traceback" not in done.stderr
        said = " ".join((done.stdout + done.stderr).split())
        assert "current.json names no" in said, (words, said)
        assert words[0] == "check" or "orebloc rollback RELEASE" in said
        assert "No release" not in said
    assert cli("status", "--check", *where).returncode == STALE
    assert cli("rollback", SECOND, *where).returncode == 0
    assert seen(project) == pointed(project)["release_id"] == SECOND
    assert inspect(project).whole


def test_a_missing_or_foreign_stable_file_is_healed(project: Project) -> None:
    for change in (Path.unlink, lambda path: flip_a_byte(path, 9)):
        change(project.stable_file)
        assert not inspect(project).whole
        heal(project)
        assert seen(project) == THIRD
        assert inspect(project).whole


def test_somebodys_log_beside_the_stable_file_does_not_keep_readers_out(project: Project, builds: Path) -> None:
    with duckdb.connect() as connection:
        other = project.warehouse / "other.duckdb"
        connection.execute(f"attach '{other}'")
        connection.execute("set wal_autocheckpoint = '1TB'")
        connection.execute("create table other.t as select 1")
        shutil.copyfile(f"{other}.wal", f"{project.stable_file}.wal")
    assert "somebody has opened it for writing" in inspect(project).served[0]
    publish_copy(project, builds / FOURTH, FOURTH)
    assert seen(project) == FOURTH
    assert inspect(project).whole


def test_rollback_and_forward_again(project: Project, builds: Path, cli: RunCli) -> None:
    where = ("--warehouse", str(project.warehouse))
    back = cli("rollback", *where)
    assert back.returncode == 0, back.stderr
    assert f"Readers now see release {SECOND}" in back.stdout
    assert seen(project) == SECOND
    # The inputs of what was rolled back publish nothing until they change; those of others do.
    assert unchanged_release(project, inputs_of(THIRD)) == current_release(project)
    assert unchanged_release(project, inputs_of(SECOND)) == current_release(project)
    assert unchanged_release(project, inputs_of(FIRST)) is None
    further = cli("rollback", FIRST[:9], *where)
    assert further.returncode == 0, further.stderr
    assert unchanged_release(project, inputs_of(THIRD)) == unchanged_release(project, inputs_of(SECOND))
    assert find_release(project, "previous").release_id == SECOND
    shown = json.loads(cli("releases", "--json", *where).stdout)
    assert [(row["release_id"], row["current"]) for row in shown] == [(THIRD, False), (SECOND, False), (FIRST, True)]
    assert "→" in cli("releases", *where).stdout
    forward = cli("rollback", THIRD, *where)
    assert forward.returncode == 0
    assert unchanged_release(project, inputs_of(SECOND)) is None
    again = cli("rollback", THIRD, *where)
    assert f"Readers see release {THIRD}, as before" in again.stdout
    assert find_release(project, "previous").release_id == FIRST
    assert inspect(project).notes == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2026", f"3 releases begin with '2026': {THIRD}, {SECOND}, {FIRST}. Give more of the id."),
        ("20260102T000000Z-2222bbbb", f"'{SECOND}'"),
        ("../../etc", "There is no release '../../etc'"),
    ],
)
def test_a_rollback_to_nowhere_names_what_there_is(project: Project, cli: RunCli, asked: str, said: str) -> None:
    done = cli("rollback", asked, "--warehouse", str(project.warehouse))
    assert done.returncode == BAD_INPUT
    assert said.split(" ", maxsplit=1)[0] in done.stderr
    assert said in done.stderr or "Nearest known values" in done.stderr
    assert seen(project) == THIRD


def test_no_rollback_to_what_is_broken(project: Project, cli: RunCli) -> None:
    flip_a_byte(project.releases / SECOND / DATABASE_NAME, 100_000)
    done = cli("rollback", "--warehouse", str(project.warehouse))
    assert done.returncode == BAD_INPUT
    assert f"Release {SECOND} is not whole" in done.stderr
    assert "SHA-256" in done.stderr
    assert seen(project) == THIRD


def test_check_finds_every_broken_file_and_says_who_is_concerned(project: Project, cli: RunCli) -> None:
    where = ("--warehouse", str(project.warehouse))
    clean = cli("check", *where)
    assert clean.returncode == 0, clean.stdout
    assert clean.stdout.count("✓") == 4
    flip_a_byte(project.releases / FIRST / "parquet" / "dim_party.parquet", 30)
    (project.releases / SECOND / MANIFEST).unlink()
    old = cli("check", *where)
    assert old.returncode == ENVIRONMENT
    assert "parquet/dim_party.parquet is not the file that was published" in old.stdout
    assert f"{SECOND} has no {MANIFEST}" in old.stdout
    assert "Readers are not concerned" in old.stdout
    assert cli("check", "current", *where).returncode == 0
    flip_a_byte(project.releases / THIRD / DATABASE_NAME, 100_000)
    # A monitor is told so too, though the file has its size and another copy of it is served.
    stale = cli("status", "--check", *where)
    assert (stale.returncode, "SHA-256" in stale.stdout) == (STALE, True)
    current = cli("check", "--json", *where)
    assert current.returncode == ENVIRONMENT
    assert "SHA-256" in json.loads(current.stdout)["releases"][THIRD][0]
    assert "orebloc rollback" in cli("check", *where).stdout


def test_no_flipped_bit_is_served_as_another_number(project: Project) -> None:
    """DuckDB checks each block that a query reads: a damaged file is refused or gives what was published."""

    def content(file: Path) -> list[object]:
        with duckdb.connect(str(file), read_only=True) as connection:
            tables = connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
            ).fetchall()
            return [
                connection.execute(f"select '{name}', count(*), bit_xor(hash(t)) from marts.{name} as t").fetchone()
                for (name,) in tables
            ]

    damaged = project.warehouse / "damaged.duckdb"
    published, size = content(project.stable_file), project.stable_file.stat().st_size
    rng, refused, same = random.Random(3), 0, 0  # noqa: S311 - nothing here is secret
    for _ in range(200 if os.environ.get("OREBLOC_CHAOS") else 15):
        shutil.copyfile(project.stable_file, damaged)
        damaged.chmod(0o644)
        with damaged.open("r+b") as file:
            at = rng.randrange(size)
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ (1 << rng.randrange(8))]))
        try:
            assert content(damaged) == published
            same += 1
        except duckdb.Error:
            refused += 1
    assert refused > 0
    record("flipped bit in the file", refused_by_duckdb=refused, without_effect=same, served_as_another_number=0)


def test_a_cut_file_is_refused_by_every_command_that_reads_it(project: Project, cli: RunCli) -> None:
    where = ("--warehouse", str(project.warehouse))
    file = own(project.releases / THIRD / DATABASE_NAME)
    project.stable_file.unlink()
    project.stable_file.hardlink_to(file)
    with file.open("r+b") as opened:  # in place: the stable file is the same
        opened.truncate(file.stat().st_size // 2)
    for words in (["explain", "msp", "cobalt"], ["trace", "dim_party", "AUS"], ["check"], ["status"]):
        done = cli(*words, *where)
        assert done.returncode == ENVIRONMENT, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        assert "bytes" in done.stdout + done.stderr
    # The next build has something to do, whatever its inputs; until then the release before can be served.
    assert matching_release(project, inputs_of(THIRD)) is None
    assert cli("rollback", *where).returncode == 0
    assert seen(project) == SECOND


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
def test_a_clock_that_jumps(
    project: Project, builds: Path, monkeypatch: pytest.MonkeyPatch, cli: RunCli, jump: timedelta
) -> None:
    """What is newer is counted, not told by the clock: the order, what is pruned, and what comes before."""
    moment = datetime(2026, 1, 3, tzinfo=UTC)
    published = []
    for number in range(4):
        # The clock jumps before the third of them.
        moment += jump if number == 2 else timedelta(0)
        monkeypatch.setattr(clock, "utc_now", at(moment))
        release_id = building._release_id(project, clock.utc_now(), Inputs({}, {}, f"{number}" * 64))
        build = finished_build(builds / FOURTH, project.builds / release_id, release_id, 10 + number)
        publish(project, build, release_id, keep=3)
        published.append(release_id)
        assert seen(project) == release_id
    assert names(project) == published[:0:-1]
    assert find_release(project, "previous").release_id == published[2]
    assert (sorted(published) == published) is (jump > timedelta(0))
    roll_back(project)
    assert seen(project) == published[2]
    assert inspect(project).notes == []
    # Two builds of one second from the same inputs have names of their own.
    inputs = Inputs({}, {}, "3" * 64)
    assert building._release_id(project, moment, inputs) == f"{published[3]}-2"
    record("clock jump", days=jump.days, publications=4, errors=0)
