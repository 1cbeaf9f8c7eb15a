"""Zip this folder's dashboard for Superset to import, reading the release of one warehouse.

Example: .venv/bin/python bi/superset/bundle.py warehouse/orebloc.duckdb orebloc_superset.zip
"""

from __future__ import annotations

import sys
import zipfile
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer
import yaml

from etl.ask.release import Unreadable, published
from etl.faults import nearest
from etl.project import DATABASE_NAME

HERE = Path(__file__).resolve().parent
DATABASE = "databases/orebloc.yaml"
PARTS = ("metadata.yaml", DATABASE, "datasets/**/*.yaml", "charts/*.yaml", "dashboards/*.yaml")
# The folder at the top of the archive, as in Superset's own exports.
TOP = "orebloc"
# A fixed time, so that the same sources make the same archive.
_TIME = (2024, 1, 1, 0, 0, 0)


class Exit(IntEnum):
    """Exit codes, those of `orebloc`."""

    BAD_INPUT = 3
    ENVIRONMENT = 6


class NoBundle(Exception):
    """Raised where no bundle can be made: says what is wrong and what to do, and holds the exit code."""

    def __init__(self, message: str, code: Exit) -> None:
        self.code = code
        super().__init__(message)


def release_file(place: Path) -> Path:
    """Return the absolute path of the file that readers open.

    Args:
        place: That file, or the warehouse folder that holds it.

    Raises:
        NoBundle: There is none, it is no release that this version reads, or its path cannot stand in a URI.
    """
    # Not resolved: a link that stands for the current release must stay one.
    file = (place / DATABASE_NAME if place.is_dir() else place).absolute()
    if not file.is_file():
        beside = [path.name for path in file.parent.glob("*.duckdb")] if file.parent.is_dir() else []
        hint = nearest(file.name, beside) or "Run `make build` first, or name the orebloc.duckdb of your warehouse."
        raise NoBundle(f"There is no release at {file}. {hint}", Exit.BAD_INPUT)
    if "?" in str(file):
        raise NoBundle(f"A database URI cannot hold the ? of {file}. Name the warehouse otherwise.", Exit.BAD_INPUT)
    try:
        with published(file):
            return file
    except Unreadable as error:
        message = f"{file} is not a warehouse of this version ({error}). Run `make build`."
        raise NoBundle(message, Exit.ENVIRONMENT) from None


def uri(file: Path) -> str:
    """Return the SQLAlchemy URI under which Superset opens a release: read-only, whatever its settings say."""
    return f"duckdb:///{file}?access_mode=read_only"


def write_bundle(file: Path, target: Path) -> int:
    """Write the archive that Superset imports, whole or not at all.

    Args:
        file: Absolute path of the file that readers open.
        target: Archive to write; one that is there is replaced.

    Returns:
        The number of its charts.

    Raises:
        NoBundle: The archive cannot be written there.
    """
    sources = sorted(path for part in PARTS for path in HERE.glob(part))
    part = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for source in sources:
                name = source.relative_to(HERE).as_posix()
                text = source.read_text(encoding="utf-8")
                entry = zipfile.ZipInfo(f"{TOP}/{name}", _TIME)
                archive.writestr(entry, with_uri(text, file) if name == DATABASE else text, zipfile.ZIP_DEFLATED)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        message = f"Cannot write {target}: {error.strerror or error}. Name another file."
        raise NoBundle(message, Exit.ENVIRONMENT) from None
    return sum(source.parent.name == "charts" for source in sources)


def with_uri(database: str, file: Path) -> str:
    """Fill the address of a release into the YAML of the database."""
    filled: str = yaml.safe_dump(
        {**yaml.safe_load(database), "sqlalchemy_uri": uri(file)}, sort_keys=False, allow_unicode=True
    )
    return filled


def main(
    release: Annotated[Path, typer.Argument(help="The file that readers open, or the warehouse folder that holds it.")],
    target: Annotated[Path, typer.Argument(help="The archive to write.")] = Path("orebloc_superset.zip"),
) -> None:
    """Zip the dashboard for Superset to import; it will read RELEASE, and each later release in its place."""
    try:
        file = release_file(release)
        charts = write_bundle(file, target)
    except NoBundle as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(error.code) from None
    sys.stdout.write(f"{target}: one dashboard of {charts} charts, reading {file}\n")


if __name__ == "__main__":
    typer.run(main)
