"""What becomes of a damaged input, told in stages, the cheapest first: contract or reader, gate, models, diff.

The stages are those of a scheduled build after a good release, in one process and only as far as the damage reaches.
A sample of each class goes through the real command line as well (`proof.py`).
"""

from __future__ import annotations

import importlib
import operator
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pandas as pd

from etl.diff.compare import compare_releases
from etl.diff.finding import Finding, Level
from etl.faults import Fault
from etl.gates.landing import LANDED_SCHEMA, write_landed
from etl.gates.suites import load_suites
from etl.project import Project
from etl.run.hashes import sha256_of
from etl.seeds import check as check_module
from etl.seeds.check import SeedFrames, check_frame, load_seeds
from etl.seeds.contract import Contract, load_contracts
from etl.seeds.read import FILE_COLUMN, ROW_COLUMN, read_seed
from etl.sources import landing as landing_module
from etl.sources.cells import Cell, Reading
from etl.sources.interpret import Interpretation, Mapping, Observation, interpret
from etl.sources.landing import Landing, land, write_landing
from tests.conftest import ROOT
from tests.mutations.rerun import Rerun, failing

# Rejected by a contract or reader; the same content; caught by a gate, or by the diff of a scheduled build; published,
# with other words alone, or with another figure, date, code or row; and what would end in a traceback.
REJECTED, SAME, GATE, DIFF, WORDS, FIGURE, CRASHED = "rejected", "same", "gate", "diff", "words", "figure", "crashed"
# Beyond the reader, where there is no release to compare with.
REACHED = "reached"
CLASSES = (REJECTED, SAME, GATE, DIFF, WORDS, FIGURE, CRASHED)
# Columns that say where a fact stands or what it is called in the release, and none that a number is computed from.
_PLACES_OF_FACTS = frozenset({"text_line", "claim_id", "observation_id", "conflict_ids", "text_line_a", "text_line_b"})
# What every release holds and the diff looks into for words and editions.
_CONTEXT = ("build_info", "data_dictionary", "dim_document", "dim_edition")
_PLACES = [FILE_COLUMN, ROW_COLUMN]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a damaged input.

    Attributes:
        kind: One of `CLASSES`.
        stage: Which check said so.
        why: In its words.
        told: Warnings of the diff where the damage gets through: the release says it of itself.
        changed: Columns that differ in what is published, by table, where the damage gets through.
    """

    kind: str
    stage: str = ""
    why: str = ""
    told: tuple[str, ...] = ()
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Judge:
    """Judges damaged seeds over the release of the bundled seeds.

    Args:
        manifest: dbt's manifest with compiled code.
        release: DuckDB file of the release.
        scratch: Folder of its own.
    """

    def __init__(self, manifest: Path, release: Path, scratch: Path) -> None:
        self.release = release
        self.scratch = scratch
        root = scratch / "project"
        for part in ("seeds", "expectations"):
            shutil.copytree(ROOT / part, root / part)
        shutil.copyfile(ROOT / "dbt_project.yml", root / "dbt_project.yml")
        self.project = Project(root, scratch / "warehouse")
        self.frames, faults = load_seeds(self.project)
        assert not faults, faults
        self._contents = {kind: _content(frame) for kind, frame in self.frames.items()}
        # Not called `landed`, as the schema is: both names would be needed everywhere.
        write_landed(self.frames, scratch / "tables.duckdb")
        self._landed = duckdb.connect(str(scratch / "tables.duckdb"), config={"threads": 1})
        self._contracts = load_contracts(self.project.contracts)
        self._parts: dict[Path, Any] = {}
        self._suites = load_suites(ROOT / "expectations" / "landed")
        self._manifest = manifest
        self._rerun: Rerun | None = None
        self._official: OfficialJudge | None = None

    @property
    def rerun(self) -> Rerun:
        """The models, made ready when the first damage reaches them."""
        if self._rerun is None:
            self._rerun = Rerun(self._manifest, self.release, self.scratch / "rerun")
        return self._rerun

    def add_official(self, judge: OfficialJudge) -> None:
        """Let the mappings of the sources be judged by what they make of the official files."""
        self._official = judge

    def judge(self, file: str, content: bytes) -> Verdict:
        """Judge one damaged seed.

        Args:
            file: Its path in the project, `seeds/…`.
            content: What it holds now.
        """
        path = self.project.root / file
        whole = path.read_bytes()
        path.write_bytes(content)
        try:
            return self._judge(path)
        except Exception as error:
            return Verdict(CRASHED, type(error).__name__, str(error)[:200])
        finally:
            path.write_bytes(whole)

    def _judge(self, path: Path) -> Verdict:
        with self._remembering(path):
            frames, faults = load_seeds(self.project)
        if faults:
            return _rejected("contract", faults)
        changed = {kind for kind, frame in frames.items() if not _content(frame).equals(self._contents[kind])}
        closed = self._gate(frames, changed) if changed else ""
        if closed:
            return Verdict(GATE, "landed", closed)
        if not changed or path.stem == "acknowledged_changes":  # which no model reads
            return Verdict(SAME, "contract")
        if path.parent.parent.name == "sources":
            return self._official.judge_mapping(frames, path.parent.name) if self._official else Verdict(SAME, "unread")
        return self._judge_models(path, pd.concat([frames[kind] for kind in changed]))

    def _judge_models(self, path: Path, rows: pd.DataFrame) -> Verdict:
        """Judge a seed by what the models make of it."""
        seed = rows[rows[FILE_COLUMN].map(lambda name: Path(name).stem) == path.stem]
        with self.rerun.replaced({path.stem: seed}) as outcome:
            if outcome.caught:
                return Verdict(GATE, outcome.stage, outcome.caught)
            return against_release(self.rerun, self.release, outcome.changed)

    @contextmanager
    def _remembering(self, damaged: Path) -> Iterator[None]:
        """Let contracts and whole files be read once only, and only what the damage can reach be checked again."""
        kinds = {
            kind
            for kind, contract in self._contracts.items()
            if any(damaged in set(self.project.seeds.glob(pattern)) for pattern in contract.files)
        }

        def remembered_read(path: Path, contract: Contract, label: str) -> Any:  # noqa: ANN401 - frame and faults
            if path == damaged:
                return read_seed(path, contract, label)
            if path not in self._parts:
                self._parts[path] = read_seed(path, contract, label)
            return self._parts[path]

        def reached(frame: pd.DataFrame, contract: Contract, frames: SeedFrames) -> Iterator[Fault]:
            refers_to = {one.references.split(".")[0] for one in contract.fields if one.references}
            return check_frame(frame, contract, frames) if kinds & {contract.kind, *refers_to} else iter(())

        with (
            mock.patch.object(check_module, "load_contracts", lambda folder: self._contracts),
            mock.patch.object(check_module, "read_seed", remembered_read),
            mock.patch.object(check_module, "check_frame", reached),
        ):
            yield

    def _gate(self, frames: SeedFrames, changed: set[str]) -> str:
        """Return what the landed gate says of changed tables."""
        run = self._landed.execute
        run("begin")
        try:
            for kind in changed:
                self._landed.register("incoming", frames[kind])
                columns = ", ".join(f'coalesce(cast("{n}" as varchar), \'\') as "{n}"' for n in frames[kind].columns)
                run(f'create or replace table {LANDED_SCHEMA}."{kind}" as select {columns} from incoming')
                self._landed.unregister("incoming")
            return failing(self._suites, self._landed, f'"tables"."{LANDED_SCHEMA}"', changed)
        finally:
            run("rollback")


class OfficialJudge:
    """Judges damaged official files, and mappings, over the release of all official files.

    Args:
        manifest: dbt's manifest with compiled code.
        release: DuckDB file of the release; None where only the readers are asked.
        data: The landing folder.
        frames: The seeds.
        scratch: Folder of its own.
    """

    def __init__(self, manifest: Path, release: Path | None, data: Path, frames: SeedFrames, scratch: Path) -> None:
        self.release = release
        self.scratch = scratch
        self._data = data
        self.frames = self._frames = frames
        self._manifest = manifest
        self._rerun: Rerun | None = None
        # What whole files came to: cells by the file's name, and what was read of each in any way.
        self._cells: dict[str, Reading] = {}
        self._known: dict[tuple[str, str], Any] = {}
        self._interpreted: dict[str, tuple[Interpretation, set[str]]] = {}
        self._base: dict[str, Landing] = {}
        self._hashes: dict[str, str] = {}

    @property
    def read_rows(self) -> dict[str, dict[str, set[int]]]:
        """The rows of each sheet of each file that its reader takes values from."""
        found: dict[str, dict[str, set[int]]] = {}
        for source in landing_module.SOURCES:
            if (self._data / source).is_dir():
                self.base(source)
        for name, reading in self._cells.items():
            rows = found.setdefault(name, {})
            for cell in reading.cells:
                rows.setdefault(cell.sheet, set()).add(cell.row)
        return found

    @property
    def rerun(self) -> Rerun:
        """The models, made ready when the first damage reaches them."""
        assert self.release is not None
        if self._rerun is None:
            self._rerun = Rerun(self._manifest, self.release, self.scratch / "rerun")
            for source in landing_module.SOURCES:
                write_landing(self.base(source), self.scratch / "whole" / source)
            shutil.copytree(self.scratch / "whole", self.scratch / "landed")
        return self._rerun

    def base(self, source: str) -> Landing:
        """What the whole files of a source come to."""
        if source not in self._base:
            folder = self.scratch / source / source
            for path in sorted((self._data / source).rglob("*")):
                if path.is_file():
                    link = folder / path.relative_to(self._data / source)
                    link.parent.mkdir(parents=True, exist_ok=True)
                    link.symlink_to(path)
            self._base[source] = self._land(source, self._frames)
            assert not self._base[source].faults, self._base[source].faults[:3]
        return self._base[source]

    def judge(self, file: str, content: bytes) -> Verdict:
        """Judge one damaged official file.

        Args:
            file: Its path in the landing folder.
            content: What it holds now.
        """
        source = file.split("/", 1)[0]
        self.base(source)
        link = self.scratch / source / file
        target = link.readlink()
        link.unlink()
        link.write_bytes(content)
        try:
            return self._compare(source, self._land(source, self._frames))
        except Exception as error:
            return Verdict(CRASHED, type(error).__name__, str(error)[:200])
        finally:
            link.unlink()
            link.symlink_to(target)

    def judge_mapping(self, frames: SeedFrames, source: str) -> Verdict:
        """Judge changed mappings of one source by what they make of its whole files."""
        self.base(source)
        return self._compare(source, self._land(source, frames))

    def _compare(self, source: str, found: Landing) -> Verdict:
        if found.faults:
            return _rejected("reader", found.faults)
        if _says(found) == _says(self.base(source)):
            return Verdict(SAME, "reader")
        if self.release is None:
            return Verdict(REACHED, "reader")
        rerun, folder = self.rerun, self.scratch / "landed" / source
        write_landing(found, folder)
        try:
            # Most damage shows in the source's own observations; the rest of the path costs many times as much.
            verdict = self._judge_models(rerun, folder, "fct_observation", source)
            if verdict.kind in (GATE, DIFF):
                return verdict
            return self._judge_models(rerun, self.scratch / "landed" / "*", None, "")
        finally:
            shutil.copytree(self.scratch / "whole" / source, folder, dirs_exist_ok=True)

    def _judge_models(self, rerun: Rerun, landed: Path, upto: str | None, source: str) -> Verdict:
        assert self.release is not None
        with rerun.replaced({}, landed, upto) as outcome:
            if outcome.caught:
                return Verdict(GATE, outcome.stage, outcome.caught)
            return against_release(rerun, self.release, outcome.changed, source)

    def _hash(self, path: Path) -> str:
        name = path.relative_to(self.scratch / path.relative_to(self.scratch).parts[0]).as_posix()
        if name not in self._hashes:
            self._hashes[name] = sha256_of(self._data / name)
        return self._hashes[name]

    def _land(self, source: str, frames: SeedFrames) -> Landing:
        with self._remembering(source, frames):
            return land(self.scratch / source, frames)

    @contextmanager
    def _remembering(self, source: str, frames: SeedFrames) -> Iterator[None]:
        """Let files that are unchanged be read once only, and their cells interpreted once for the same mappings."""
        module = importlib.import_module(f"etl.sources.{source}")
        remembered: Any = self._remembered_interpret if frames is self._frames else interpret
        with ExitStack() as patches:
            for name in ("read", "left_sheets", "read_critical_list"):
                if hasattr(module, name):
                    patches.enter_context(mock.patch.object(module, name, self._once(name, getattr(module, name))))
            patches.enter_context(mock.patch.object(landing_module, "interpret", remembered))
            # Another hash of a file is no other content: that of the whole file is given for both.
            patches.enter_context(mock.patch.object(landing_module, "sha256_of", self._hash))
            yield

    def _once(self, what: str, read: Callable[..., Any]) -> Callable[..., Any]:
        """Return a reader that reads a whole file, which is a link here, only the first time."""

        def once(path: Path, *more: str) -> Any:  # noqa: ANN401 - whatever that reader returns
            if not path.is_symlink():
                return read(path, *more)
            key = (what, path.as_posix())
            if key not in self._known:
                found = read(path, *more)
                self._known[key] = found if isinstance(found, Reading) else list(found)
                if what == "read":
                    self._cells[more[0]] = found
            return self._known[key]

        return once

    def _remembered_interpret(self, cells: list[Cell], mapping: Mapping, edition: str, file: str) -> Interpretation:
        known = self._cells.get(file)
        if known is None or known.cells is not cells:
            return interpret(cells, mapping, edition, file)
        if file not in self._interpreted:
            before = set(mapping.used_corrections)
            found = interpret(cells, mapping, edition, file)
            self._interpreted[file] = (found, mapping.used_corrections - before)
        found, used = self._interpreted[file]
        mapping.used_corrections |= used
        return found


def against_release(rerun: Rerun, release: Path, changed: list[str], source: str = "") -> Verdict:
    """Say what the diff of a scheduled build says of the changed tables.

    Args:
        rerun: The models, run over the damaged input.
        release: DuckDB file of the release before.
        changed: Published tables that were run again.
        source: The one source of which they hold the observations; blank for all.
    """
    if not changed:
        return Verdict(SAME, "models")
    folder = rerun.scratch / "changed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    rerun.write_changed(changed, folder)
    # The side before is the same for the same tables; writing it costs as much as all the rest.
    tables = sha256(" ".join([source, *changed]).encode()).hexdigest()[:16]
    before, after = rerun.scratch / f"before-{tables}.duckdb", folder / "after.duckdb"
    if not before.is_file():
        _write_release(before, release, changed, None, source)
    _write_release(after, release, changed, folder, source)
    diff = compare_releases(before, after)
    if diff.stops:
        return Verdict(DIFF, diff.stops[0].kind, diff.stops[0].message)
    differing = {
        table.table: (*table.changed_columns, *(["rows"] if table.added or table.removed else []))
        for table in diff.tables
        if table.differs
    }
    if not differing:
        return Verdict(SAME, "diff")
    kind = WORDS if _are_words(release, differing) else FIGURE
    return Verdict(kind, "", "", tuple(map(_told, filter(_is_warning, diff.findings))), differing)


def _are_words(release: Path, differing: dict[str, tuple[str, ...]]) -> bool:
    """Say whether what differs is text alone: no row, number, date or truth value.

    The ledger of cells says what was left out and why: it holds no figure.
    """
    with duckdb.connect(str(release), read_only=True) as connection:
        texts = set(
            connection.execute(
                "select table_name, column_name from information_schema.columns "
                "where table_schema = 'marts' and data_type = 'VARCHAR'"
            ).fetchall()
        )
    return all(
        table == "cell_ledger" or column in _PLACES_OF_FACTS or (table, column) in texts
        for table, columns in differing.items()
        for column in columns
    )


def _write_release(path: Path, release: Path, changed: list[str], content: Path | None, source: str) -> None:
    """Write a release of a few tables: from the release itself, or what was changed from a folder of Parquet files."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{release}' as given (read_only)")
        connection.execute("create schema marts")
        made = connection.execute(
            "select table_name, sql from duckdb_tables() where database_name = 'given' and schema_name = 'marts'"
        ).fetchall()
        for table, sql in made:
            if table not in changed and table not in _CONTEXT:
                continue
            connection.execute(sql.replace("given.marts.", "marts.", 1))
            from_file = content and table in changed
            only = f" where source = '{source}'" if source and table == "fct_observation" else ""
            connection.execute(
                f'insert into marts."{table}" select * from '
                + (f"read_parquet('{content}/{table}.parquet')" if from_file else f'given.marts."{table}"')
                + only
            )
        connection.execute("detach given")


def _is_warning(finding: Finding) -> bool:
    return finding.level is Level.WARN


def _told(finding: Finding) -> str:
    return f"{finding.kind}: {finding.message}"


def _rejected(stage: str, faults: list[Fault]) -> Verdict:
    first = sorted(faults)[0] if all(fault.row is not None for fault in faults) else faults[0]
    placeless = [fault for fault in faults if not fault.file]
    assert not placeless, placeless
    return Verdict(REJECTED, stage, str(first)[:300])


def _content(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a kind without where they stand, in an order of their own."""
    columns = [name for name in frame.columns if name not in _PLACES]
    return frame[columns].sort_values(columns, ignore_index=True) if len(frame) else frame[columns]


_SAID = operator.attrgetter(*(one.name for one in fields(Observation) if one.name != "locator"))


def _says(landing: Landing) -> tuple[Any, ...]:
    """Return what a landing says, without in which row of a file it stands."""
    observations = Counter(map(_SAID, landing.observations))
    ledger = Counter((one.file, one.original_value, one.reason) for one in landing.ledger)
    entries = sorted((one.list_key, one.mineral, one.printed) for one in landing.list_entries)
    return observations, ledger, entries, landing.files
