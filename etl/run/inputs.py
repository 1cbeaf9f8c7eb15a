"""What a build depends on, as one hash: seeds, models, rules, expectations, code, and the versions that run them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from etl.project import Project

_FOLDERS = ("seeds", "models", "macros", "expectations", "etl", "tests/dbt")
_FILES = ("dbt_project.yml", "profiles.yml", "pyproject.toml", "requirements.lock")
_SUFFIXES = {".csv", ".sql", ".yml", ".py", ".md"}
# The packages whose version can change a published number or file.
_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "pandas")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a build.

    Attributes:
        files: SHA-256 of every input file, by path relative to the project.
        versions: Version of every package that takes part.
        sha256: One hash over both.
    """

    files: dict[str, str]
    versions: dict[str, str]
    sha256: str


def read_inputs(project: Project) -> Inputs:
    """Hash every input of a build."""
    paths = [project.root / name for name in _FILES]
    for folder in _FOLDERS:
        paths += [path for path in (project.root / folder).rglob("*") if path.suffix in _SUFFIXES]
    files = {
        path.relative_to(project.root).as_posix(): sha256_of(path) for path in sorted(set(paths)) if path.is_file()
    }
    versions = {package: version(package) for package in _PACKAGES}
    total = hashlib.sha256()
    for name, value in [*sorted(files.items()), *sorted(versions.items())]:
        total.update(f"{name}\0{value}\n".encode())
    return Inputs(files, versions, total.hexdigest())


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
