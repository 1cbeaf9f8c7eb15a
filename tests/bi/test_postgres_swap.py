"""A publication while others read: no query fails, nobody sees two releases at once, nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.bi.conftest import Database, Publish, publish_into
from tests.bi.releases import altered

LOCKED = 5
COUNTS = "select count(*) from marts.bloc_overlap", "select count(*) from marts.dim_document"
RELEASE = "select release_id from marts.build_info"
Seen = tuple[object, ...]


@pytest.fixture(scope="module")
def pair(small: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two releases that differ in each of three tables."""
    folder = tmp_path_factory.mktemp("pair")
    fewer = "delete from marts.bloc_overlap where year < 2024"
    return {
        "a": altered(small, folder / "a", "a"),
        "b": altered(small, folder / "b", "b", fewer, "update marts.dim_party set name_en = 'b'"),
    }


def one_statement(connection: psycopg.Connection) -> Seen:
    query = f"select ({RELEASE}), ({COUNTS[0]}), (select max(name_en) from marts.dim_party where party = 'IDN')"
    return connection.execute(query).fetchone() or ()


def of_transaction(connection: psycopg.Connection) -> Seen:
    """Three statements with pauses between them, in whatever isolation the connection has."""
    with connection.transaction():
        found = []
        for query in (COUNTS[0], RELEASE, "select max(name_en) from marts.dim_party where party = 'IDN'"):
            found.append((connection.execute(query).fetchone() or ("nothing",))[0])
            time.sleep(0.02)
    return found[1], found[0], found[2]


def late_reader(connection: psycopg.Connection) -> Seen:
    """A snapshot that is older than what it reads."""
    with connection.transaction():
        connection.execute("select count(*) from pg_class")
        time.sleep(0.3)
        return one_statement(connection)


def through_view(connection: psycopg.Connection) -> Seen:
    return connection.execute("select * from public.overview").fetchone() or ()


def prepared(connection: psycopg.Connection) -> Seen:
    query = f"select ({RELEASE}), ({COUNTS[0]}), (select max(name_en) from marts.dim_party where party = 'IDN')"
    return connection.execute(query, prepare=True).fetchone() or ()


def hand_over(database: Database, view: str) -> None:
    """Give a view to the account that publishes, and the right to renew it."""
    database.run(f"alter view {view} owner to {database.user}; grant create on schema public to {database.user}")


class Poller(threading.Thread):
    """Reads in a loop until it is stopped, and keeps what it saw and what failed."""

    def __init__(self, database: Database, read: Callable[[psycopg.Connection], Seen], isolation: int | None) -> None:
        super().__init__()
        self.seen: Counter[Seen] = Counter()
        self.failed: list[str] = []
        self.longest = 0.0
        self._database, self._read, self._isolation = database, read, isolation
        self.stop = threading.Event()

    def run(self) -> None:
        with self._database.server.connect(self._database.name) as connection:
            if self._isolation:
                connection.isolation_level = psycopg.IsolationLevel(self._isolation)
            while not self.stop.is_set():
                began = time.monotonic()
                try:
                    self.seen[self._read(connection)] += 1
                except psycopg.Error as error:
                    self.failed.append(str(error))
                self.longest = max(self.longest, time.monotonic() - began)
                time.sleep(0.01)


def test_readers_see_one_release_or_the_other_and_never_an_error(
    database: Database, publish: Publish, pair: dict[str, Path]
) -> None:
    assert publish(place=pair["a"]).exit_code == 0
    database.run(
        "create view public.overview with (security_barrier = true) as "
        f"select ({RELEASE}), ({COUNTS[0]}), (select max(name_en) from marts.dim_party where party = 'IDN')"
    )
    hand_over(database, "public.overview")
    repeatable = psycopg.IsolationLevel.REPEATABLE_READ.value
    pollers = [
        Poller(database, one_statement, None),
        Poller(database, prepared, None),
        Poller(database, through_view, None),
        Poller(database, of_transaction, None),
        Poller(database, of_transaction, repeatable),
        Poller(database, late_reader, repeatable),
    ]
    with database.server.connect(database.name) as connection:
        allowed = {one_statement(connection)}
    for poller in pollers:
        poller.start()
    try:
        for name in ("b", "a", "b", "a", "b"):
            done = publish(place=pair[name])
            assert done.exit_code == 0, done.stderr
            with database.server.connect(database.name) as connection:
                allowed.add(one_statement(connection))
            time.sleep(0.5)
    finally:
        for poller in pollers:
            poller.stop.set()
        for poller in pollers:
            poller.join()
    assert len(allowed) == 2
    for poller in pollers:
        assert poller.failed == []
        assert set(poller.seen) == allowed


def test_a_view_keeps_its_owner_grants_comment_and_options(
    database: Database, publish: Publish, pair: dict[str, Path]
) -> None:
    assert publish(place=pair["a"]).exit_code == 0
    database.run("create schema analysis")
    database.run(
        'create view analysis."A view" with (security_barrier = true) as '
        "select release_id, 'it''s' as word from marts.build_info"
    )
    database.run('create view analysis.second as select upper(release_id) as name from analysis."A view"')
    database.run('comment on view analysis."A view" is \'mine\'; grant select on analysis."A view" to public')
    database.run(f'alter view analysis."A view" owner to {database.user}')
    database.run(f"grant usage, create on schema analysis to {database.user}")
    state = (
        "select relowner, relacl::text, reloptions::text, obj_description(oid) from pg_class where relname = 'A view'"
    )
    before = database.rows(state)
    done = publish(place=pair["b"])
    assert done.exit_code == 0, done.stderr
    assert 'view analysis."A view" reads the new tables' in done.stdout
    assert database.rows(state) == before
    assert database.rows('select name, word from analysis.second, analysis."A view"') == [("B", "it's")]


@pytest.mark.parametrize(
    ("hangs", "words"),
    [
        ("create view public.v as select jaccard from marts.bloc_overlap", "Views of other owners"),
        ("create materialized view public.v as select * from marts.dim_bloc", "Materialised views"),
        ("create table public.mine (bloc text references marts.dim_bloc)", "hangs on the published tables"),
        (
            "create function public.f() returns bigint begin atomic select count(*) from marts.dim_bloc; end",
            "hangs on the published tables",
        ),
        ("create table marts.mine (a integer)", "also holds what orebloc did not publish: mine"),
    ],
)
def test_what_cannot_follow_stops_the_publication(
    database: Database, publish: Publish, pair: dict[str, Path], hangs: str, words: str
) -> None:
    assert publish(place=pair["a"]).exit_code == 0
    database.run(hangs)
    done = publish(place=pair["b"])
    assert done.exit_code in (3, 6)
    assert words in done.stderr
    assert database.rows(RELEASE) == [("a",)]


def test_a_view_that_needs_a_column_that_is_gone_stops_the_publication(
    database: Database, publish: Publish, pair: dict[str, Path], tmp_path: Path
) -> None:
    assert publish(place=pair["a"]).exit_code == 0
    database.run("create view public.v as select jaccard from marts.bloc_overlap")
    hand_over(database, "public.v")
    gone = altered(pair["b"], tmp_path / "gone", "gone", "alter table marts.bloc_overlap drop column jaccard")
    done = publish(place=gone)
    assert done.exit_code == 3
    assert "The view public.v cannot read the new release" in done.stderr
    assert database.rows(f"select ({RELEASE}), (select count(jaccard) > 0 from public.v)") == [("a", True)]


def test_a_foreign_schema_is_never_replaced(database: Database, publish: Publish) -> None:
    database.run("create schema marts; create table marts.precious as select 1 as a")
    done = publish()
    assert done.exit_code == 3
    assert "tables or views that orebloc did not publish" in done.stderr
    assert database.rows("select * from marts.precious") == [(1,)]


@pytest.fixture
def held(database: Database, publish: Publish, pair: dict[str, Path]) -> Iterator[psycopg.Connection]:
    """A transaction that has read a table of the release and does not end."""
    assert publish(place=pair["a"]).exit_code == 0
    with psycopg.connect(database.server.url("admin", database.name), application_name="a long report") as connection:
        connection.execute("select count(*) from marts.dim_bloc")
        yield connection


def test_a_reader_who_does_not_end_is_named_and_the_old_release_stays(
    database: Database, publish: Publish, pair: dict[str, Path], held: psycopg.Connection
) -> None:
    done = publish("--wait", "1", place=pair["b"])
    assert done.exit_code == LOCKED
    assert f"pid {held.info.backend_pid} (admin, a long report" in done.stderr
    assert held.execute(RELEASE).fetchone() == ("a",)
    assert database.rows(RELEASE) == [("a",)]


def test_a_reader_who_ends_lets_the_publication_go_on_and_others_hardly_wait(
    database: Database, pair: dict[str, Path], held: psycopg.Connection
) -> None:
    other = Poller(database, one_statement, None)
    other.start()
    publication = threading.Thread(target=publish_into, args=(database, pair["b"]))
    publication.start()
    time.sleep(6)
    assert publication.is_alive()
    held.commit()
    publication.join(60)
    other.stop.set()
    other.join()
    assert database.rows(RELEASE) == [("b",)]
    assert other.failed == []


def test_two_publications_at_once_do_not_meet(database: Database, publish: Publish, pair: dict[str, Path]) -> None:
    with database.server.connect(database.name) as other:
        other.execute("select pg_advisory_lock(hashtextextended('orebloc publish-postgres marts', 0))")
        done = publish(place=pair["a"])
    assert done.exit_code == LOCKED
    assert "Another publication" in done.stderr
