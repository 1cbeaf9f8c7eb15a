"""One process of the long form: its judges, its corpora, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing import current_process
from pathlib import Path

from tests.conftest import DATA
from tests.mutations.corpus import Corpus, Mutant, official_inputs, seed_inputs
from tests.mutations.judge import Judge, OfficialJudge, Verdict
from tests.mutations.table import shown


@dataclass(frozen=True, slots=True)
class Bases:
    """What the damage is judged by: the releases of whole inputs, and the models behind them."""

    manifest: Path
    bundled: Path
    landed: Path | None
    scratch: Path
    seed: int


@dataclass(frozen=True, slots=True)
class Result:
    """A mutant without its content, and what became of it."""

    number: int
    name: str
    group: str
    mutator: str
    row: int
    column: str
    before: str
    after: str
    verdict: Verdict


class Worker:
    """One process's judges and corpora. `official` numbers count on after those of the seeds."""

    def __init__(self, bases: Bases) -> None:
        scratch = bases.scratch / current_process().name
        self.seeds = Judge(bases.manifest, bases.bundled, scratch / "seeds")
        self.seed_corpus = Corpus(seed_inputs(), self.seeds.frames, {}, bases.seed)
        if bases.landed is not None:
            frames = self.seeds.frames
            self.official = OfficialJudge(bases.manifest, bases.landed, DATA, frames, scratch / "official")
            self.seeds.add_official(self.official)
            rows = self.official.read_rows
            self.official_corpus = Corpus(official_inputs(DATA, list(rows)), frames, rows, bases.seed)

    def judge(self, number: int, *, is_seed: bool) -> Result:
        corpus, judge = (self.seed_corpus, self.seeds) if is_seed else (self.official_corpus, self.official)
        mutant = corpus.mutant(number)
        return _result(mutant, judge.judge(mutant.input.name, mutant.change.content))


_worker: list[Worker] = []


def start(bases: Bases) -> None:
    _worker.append(Worker(bases))


def judge(number: int, is_seed: bool) -> Result:
    return _worker[0].judge(number, is_seed=is_seed)


def _result(mutant: Mutant, verdict: Verdict) -> Result:
    change = mutant.change
    return Result(
        number=mutant.number,
        name=mutant.input.name,
        group=mutant.input.group,
        mutator=mutant.mutator,
        row=change.row,
        column=shown(change.column),
        before=shown(change.before),
        after=shown(change.after),
        verdict=verdict,
    )
