"""`python -m tests.mutations`: thousands of damaged seeds and official files, and what became of each kind."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.chaos.counts import record
from tests.compiled import compile_project
from tests.conftest import DATA, run_cli
from tests.mutations.families import FAMILIES, FAMILY_OF
from tests.mutations.judge import CLASSES, CRASHED, FIGURE, WORDS
from tests.mutations.nature import is_by_nature
from tests.mutations.proof import prove
from tests.mutations.worker import Bases, Result, judge, start


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="How many mutants, half of them of official files.")
    parser.add_argument("--seed", type=int, default=1, help="Draws them.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--proof", type=int, default=1, help="How many of each class go through the real command line.")
    parser.add_argument("--bundled", type=Path, help="A release of the bundled seeds; built where none is named.")
    parser.add_argument("--landed", type=Path, help="A release of all official files; built where none is named.")
    parser.add_argument("--lines", type=Path, help="Write one line of JSON per mutant to this file.")
    given = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="orebloc-mutations-"))
    try:
        has_data = DATA.is_dir()
        bases = Bases(
            manifest=compile_project(scratch / "compiled"),
            bundled=(given.bundled or _built(scratch / "bundled")).resolve(),
            landed=(given.landed or _built(scratch / "landed", "--landing", str(DATA))).resolve() if has_data else None,
            scratch=scratch,
            seed=given.seed,
        )
        results = list(_all(bases, given.count, given.workers, given.lines))
        wrong = _report(results)
        wrong += prove(_sample(results, given.proof), given.seed, scratch / "proof")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for line in wrong:
        print(f"  ✗ {line}", flush=True)
    return int(bool(wrong))


def _built(warehouse: Path, *options: str) -> Path:
    done = run_cli("build", "--quiet", "--warehouse", str(warehouse), *options)
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, "orebloc build", done.stdout, done.stderr)
    return warehouse / "orebloc.duckdb"


def _all(bases: Bases, count: int, workers: int, lines: Path | None) -> Iterator[Result]:
    """Judge all mutants in several processes; yield them as they come."""
    of_files = count // 2 if bases.landed is not None else 0
    tasks = [(number, True) for number in range(count - of_files)] + [(number, False) for number in range(of_files)]
    tasks.sort()  # seeds and files in turn, so that both are seen from the start
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=start, initargs=(bases,)) as pool:
        for done, result in enumerate(pool.map(judge, *zip(*tasks, strict=True), chunksize=5), start=1):
            if lines:
                with lines.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(_line(result), ensure_ascii=False) + "\n")
            if done % 200 == 0:
                print(f"{done} of {count} judged", flush=True)
            yield result


def _line(result: Result) -> dict[str, object]:
    verdict = result.verdict
    place = {name: getattr(result, name) for name in ("number", "name", "mutator", "row", "column", "before", "after")}
    return {
        **place,
        "class": verdict.kind,
        "stage": verdict.stage,
        "why": verdict.why,
        "told": verdict.told,
        "changed": verdict.changed,
    }


def _report(results: list[Result]) -> list[str]:
    """Print the counts and every mutant that was published; return those that should not have been."""
    _table("damage", Counter((FAMILY_OF[one.mutator], one.verdict.kind) for one in results), list(FAMILIES))
    _table("kind of damage", Counter((one.mutator, one.verdict.kind) for one in results))
    _table("kind of file", Counter((one.group, one.verdict.kind) for one in results))
    print("\nGot through:")
    for one in results:
        if one.verdict.kind in (WORDS, FIGURE):
            told = f"; told: {'; '.join(one.verdict.told)}" if one.verdict.told else ""
            print(f"  {one.verdict.kind}: {_named(one)}{told}")
    wrong = [one for one in results if one.verdict.kind == CRASHED or not is_by_nature(one.mutator, one.verdict)]
    total = Counter(one.verdict.kind for one in results)
    counts = {name: total[name] for name in CLASSES}
    record("damaged inputs", judged=len(results), **counts, not_by_nature=len(wrong))
    return [f"{one.verdict.kind}: {_named(one)} {one.verdict.stage} {one.verdict.why}" for one in wrong]


def _named(one: Result) -> str:
    place = f"{one.name}:{one.row}" if one.row else one.name
    column = f" [{one.column}]" if one.column else ""
    changed = ", ".join(f"{table} ({' '.join(columns)})" for table, columns in one.verdict.changed.items())
    return f"{one.number} {one.mutator} {place}{column} {one.before!r} → {one.after!r}: {changed}"


def _table(title: str, counts: Counter[tuple[str, str]], kinds: Sequence[str] = ()) -> None:
    """Print counts by some kind and by class, as Markdown; the kinds in the order given, else by name."""
    print(f"\n| {title} | mutants | {' | '.join(CLASSES)} |")
    print(f"| --- | {'--- | ' * (len(CLASSES) + 1)}")
    for kind in [*(kinds or sorted({kind for kind, _ in counts})), "all"]:
        row = [sum(n for (k, c), n in counts.items() if c == name and kind in (k, "all")) for name in CLASSES]
        print(f"| {kind} | {sum(row)} | {' | '.join(map(str, row))} |")


def _sample(results: list[Result], per_class: int) -> list[tuple[int, str]]:
    """Return number and class of some damaged seeds of each class, spread over the whole."""
    chosen = []
    for kind in CLASSES:
        of_kind = [one.number for one in results if one.verdict.kind == kind and one.name.startswith("seeds/")]
        # What changes mappings alone shows only where official files are landed.
        step = max(1, len(of_kind) // per_class) if per_class else 0
        chosen += [(number, kind) for number in of_kind[:: step or None][:per_class]]
    return chosen


if __name__ == "__main__":
    sys.exit(main())
