"""Fixtures of the tests with real clients and a real server; collected only where they are asked for."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from etl.cli import app
from tests.bi.releases import altered, drop_all_but
from tests.bi.server import PASSWORD, Server, running_server
from tests.conftest import ROOT

HERE = Path(__file__).parent
SMALL = ("build_info", "data_dictionary", "bloc_overlap", "dim_bloc", "dim_document", "dim_party", "dim_unit")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder to `make bi`, which names it; without a server its tests fail there, and are not skipped."""
    asked = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    return None if any(path == HERE or HERE in path.parents for path in asked) else True


@dataclass(frozen=True)
class Database:
    """A database of its own, and an account that may publish into it and is no superuser."""

    server: Server
    name: str
    user: str

    @property
    def url(self) -> str:
        return str(self.server.url(self.user, self.name))

    def rows(self, query: str) -> list[tuple]:  # type: ignore[type-arg]
        with self.server.connect(self.name) as connection:
            return connection.execute(query).fetchall()

    def run(self, statement: str, user: str | None = None) -> None:
        with self.server.connect(self.name, user or "admin") as connection:
            connection.execute(statement)


Publish = Callable[..., Result]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server("fsync=off", "log_lock_waits=on") as running:
        yield running


@contextmanager
def fresh_database(server: Server) -> Iterator[Database]:
    """A database of its own, dropped at the end."""
    name = f"t{secrets.token_hex(6)}"
    user = f"publisher_{name}"
    server.run(f"create role {user} login createrole password '{PASSWORD}'")
    server.create_database(name, user)
    yield Database(server, name, user)
    server.run(f"drop database {name} with (force)")


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with fresh_database(server) as fresh:
        yield fresh


@pytest.fixture
def publish(database: Database, small: Path) -> Publish:
    """Publish into the test's own database, by default the small release."""

    def run(*arguments: str, place: Path = small, **environment: str) -> Result:
        return publish_into(database, place, *arguments, **environment)

    return run


@pytest.fixture(scope="module")
def published(server: Server, warehouse: Path) -> Iterator[Database]:
    """A database that holds the shared release; its tests only read."""
    with fresh_database(server) as fresh:
        done = publish_into(fresh, warehouse)
        assert done.exit_code == 0, done.output
        yield fresh


@pytest.fixture(scope="session")
def small(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose release has a few tables alone: for what does not depend on which they are."""
    return altered(warehouse, tmp_path_factory.mktemp("small") / "warehouse", "small", drop_all_but(*SMALL))


def publish_into(
    database: Database, place: Path, *arguments: str, url: str | None = None, **environment: str
) -> Result:
    """Run the real command in this process, with a role of readers that no other test has."""
    reader = () if "--reader-role" in arguments else ("--reader-role", f"reader_{database.name}")
    given = (
        "publish-postgres",
        database.url if url is None else url,
        "--project",
        str(ROOT),
        "--warehouse",
        str(place),
    )
    done = CliRunner().invoke(app, [*given, *reader, *arguments], env={"COLUMNS": "400", **environment})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done
