"""Where things lie: every path of the project in one place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_MARKER = "dbt_project.yml"
# The file's stem is the name under which DuckDB knows the database: the same in a build, a release and for readers.
DATABASE_NAME = "orebloc.duckdb"


class NoProject(Exception):
    """Raised where no project folder can be found, or its warehouse can be none."""


@dataclass(frozen=True, slots=True)
class Project:
    """Paths of one checkout.

    Attributes:
        root: Folder that holds `dbt_project.yml`.
        warehouse: Folder of builds, releases and the stable file.
    """

    root: Path
    warehouse: Path

    @property
    def seeds(self) -> Path:
        """Seeds, by room."""
        return self.root / "seeds"

    @property
    def contracts(self) -> Path:
        """Contracts of the seeds."""
        return self.root / "expectations" / "seeds"

    @property
    def builds(self) -> Path:
        """Builds under way."""
        return self.warehouse / "builds"

    @property
    def releases(self) -> Path:
        """Published releases."""
        return self.warehouse / "releases"

    @property
    def failed(self) -> Path:
        """The last failed build, kept for diagnosis."""
        return self.warehouse / "failed"

    @property
    def stable_file(self) -> Path:
        """The file that readers open, whichever release it is."""
        return self.warehouse / DATABASE_NAME

    @property
    def pointer(self) -> Path:
        """Names the current release."""
        return self.warehouse / "current.json"

    @property
    def lock_file(self) -> Path:
        """Held by the build under way."""
        return self.warehouse / "build.lock"

    @property
    def run_log(self) -> Path:
        """One line per run."""
        return self.warehouse / "runs.jsonl"

    @property
    def traceback_file(self) -> Path:
        """What led to the last unexpected error."""
        return self.warehouse / "traceback.txt"

    @property
    def hash_cache(self) -> Path:
        """Hashes of big official files that have not changed."""
        return self.warehouse / "hashes.json"

    def relative(self, path: Path) -> str:
        """Return `path` relative to the project where it lies inside, else as it is."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return str(path)


def find_project(start: Path | None = None, warehouse: Path | None = None) -> Project:
    """Find the project from `start` (default: OREBLOC_PROJECT, else the working folder) upwards.

    Raises:
        NoProject: No folder on the way up holds `dbt_project.yml`, or the warehouse is where DuckDB cannot work.
    """
    origin = Path(start or os.environ.get("OREBLOC_PROJECT") or Path.cwd()).resolve()
    for folder in (origin, *origin.parents):
        if (folder / PROJECT_MARKER).is_file():
            configured = warehouse or os.environ.get("OREBLOC_WAREHOUSE")
            return Project(folder, _usable(Path(configured).resolve() if configured else folder / "warehouse"))
    raise NoProject(
        f"No {PROJECT_MARKER} in {origin} or above it. Run orebloc inside a checkout, or set OREBLOC_PROJECT."
    )


def _usable(warehouse: Path) -> Path:
    """Refuse a folder in which DuckDB cannot work: it reads a "?" as the end of a path, and names as UTF-8."""
    try:
        fits = "?" not in str(warehouse) and str(warehouse).encode() != b""
    except UnicodeEncodeError:
        fits = False
    if not fits:
        raise NoProject(
            f"DuckDB cannot work in {str(warehouse)!r}: a name on the way holds a '?' or is not UTF-8. "
            "Choose another folder with --warehouse."
        )
    return warehouse
