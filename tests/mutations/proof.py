"""The proof that the stages tell the truth: some mutants of each class go through the real command line."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from etl.project import find_project
from etl.seeds.check import load_seeds
from tests.chaos.counts import record
from tests.conftest import copy_project, run_cli
from tests.mutations.corpus import Corpus, seed_inputs
from tests.mutations.judge import DIFF, FIGURE, GATE, REJECTED, SAME, WORDS

# What `orebloc build --scheduled` ends with: published, bad input, a gate or the diff stays closed, a dbt test failed.
EXIT_CODES = {REJECTED: {3}, GATE: {4, 7}, DIFF: {4}, SAME: {0}, WORDS: {0}, FIGURE: {0}}


def prove(sample: Sequence[tuple[int, str]], seed: int, folder: Path) -> list[str]:
    """Build damaged seeds by the real command over a good release; return where it decides otherwise.

    Args:
        sample: Numbers of mutants of seeds, with the class that each was given.
        seed: The number from which they are drawn.
        folder: A folder of its own.
    """
    if not sample:
        return []
    project = copy_project(folder / "project")
    warehouse = folder / "warehouse"
    built = run_cli("build", "--warehouse", str(warehouse), cwd=project)
    assert built.returncode == 0, built.stdout + built.stderr
    frames, _ = load_seeds(find_project(project))
    corpus = Corpus(seed_inputs(), frames, {}, seed)
    wrong = []
    for number, kind in sample:
        mutant = corpus.mutant(number)
        path = project / mutant.input.name
        whole = path.read_bytes()
        path.write_bytes(mutant.change.content)
        own = shutil.copytree(warehouse, folder / "own")
        done = run_cli("build", "--scheduled", "--warehouse", str(own), "--project", str(project), cwd=project)
        path.write_bytes(whole)
        shutil.rmtree(own)
        if done.returncode not in EXIT_CODES[kind] or "Traceback" in done.stderr:
            said = done.stderr.strip()[-300:]
            wrong.append(
                f"{mutant.input.name} {mutant.mutator}: {kind}, but the build ended with {done.returncode}: {said}"
            )
    record("damaged inputs, by the real command", built=len(sample), decided_otherwise=len(wrong))
    return wrong
