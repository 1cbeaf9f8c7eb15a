"""Damaged inputs in the short form: each way of damage at least once, and none of it published in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from etl.project import find_project
from etl.seeds.check import load_seeds
from tests.chaos.counts import record
from tests.conftest import DATA, ROOT
from tests.mutations.book import BOOK_MUTATORS
from tests.mutations.corpus import Corpus, Mutant, official_inputs, seed_inputs
from tests.mutations.families import FAMILIES, FAMILY_OF
from tests.mutations.judge import CRASHED, DIFF, FIGURE, REACHED, REJECTED, SAME, Judge, OfficialJudge, Verdict
from tests.mutations.nature import is_by_nature
from tests.mutations.proof import EXIT_CODES
from tests.mutations.table import MUTATORS, Subject

PANEL = "seeds/official/usgs_mcs_2024__observations.csv"
CLAIMS = "seeds/articles/zhang2024/zhang2024__claims.csv"
MEMBERSHIPS = "seeds/articles/zhang2024/zhang2024__memberships.csv"
SEED = 7
SMALL = Subject(
    content=(
        "\ufeffCountry,Prod_kt_2022,Share,Note\r\n"
        'Peru,"1,200",3.5,a b\r\nChile,-35,1.5,a b\r\nCuba,7,0.1,c d\r\nTotal,NA,,\r\n'
    ).encode(),
    encoding="utf-8-sig",
    units=("kt", "t"),
)


@pytest.fixture(scope="module")
def judge(warehouse: Path, compiled_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(compiled_project, warehouse / "orebloc.duckdb", tmp_path_factory.mktemp("judge"))


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> OfficialJudge:
    """The readers over a few small files: every edition and workbook would take the minutes of the long form."""
    if not DATA.is_dir():
        pytest.skip("the official files are not at hand")
    data = tmp_path_factory.mktemp("data")
    for name in ("usgs_mcs/2022", "usgs_myb/beryllium.xlsx", "usgs_myb/tellurium.xlsx"):
        for path in sorted((DATA / name).rglob("*.csv")) or [DATA / name]:
            link = data / path.relative_to(DATA)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    frames, _ = load_seeds(find_project(ROOT))
    return OfficialJudge(data, None, data, frames, tmp_path_factory.mktemp("official"))


def each_way(corpus: Corpus, names: set[str], times: int, draws: int) -> Iterator[Mutant]:
    """Yield the first mutants of each kind of damage, of so many drawn."""
    wanted = Counter(dict.fromkeys(names, times))
    for number in range(draws):
        mutant = corpus.mutant(number)
        if wanted[mutant.mutator] > 0:
            wanted[mutant.mutator] -= 1
            yield mutant


def test_no_damaged_seed_is_published_in_silence(judge: Judge) -> None:
    corpus = Corpus(seed_inputs(), judge.frames, {}, SEED)
    verdicts = [
        (mutant, judge.judge(mutant.input.name, mutant.change.content))
        for mutant in each_way(corpus, set(MUTATORS), 1, 600)
    ]
    wrong = [
        (mutant.input.name, mutant.mutator, mutant.change.row, verdict)
        for mutant, verdict in verdicts
        if not is_by_nature(mutant.mutator, verdict)
    ]
    assert wrong == []
    # A message says where: the file, and what is wrong there.
    assert all(verdict.why.startswith("seeds/") for _, verdict in verdicts if verdict.kind == REJECTED)
    assert {mutant.mutator for mutant, _ in verdicts} == set(MUTATORS)
    counts = Counter(verdict.kind for _, verdict in verdicts)
    assert counts[REJECTED] > len(verdicts) / 2
    record("damaged seeds, short form", judged=len(verdicts), **dict(sorted(counts.items())))


def test_no_damaged_official_file_is_read_for_another(official: OfficialJudge) -> None:
    """Refused with its name, read as it was, or handed on to the gates and the diff, which the long form asks."""
    rows = official.read_rows
    corpus = Corpus(official_inputs(DATA, list(rows)), official.frames, rows, SEED)
    ways = set(MUTATORS) | set(BOOK_MUTATORS)
    counts = Counter[str]()
    for mutant in each_way(corpus, ways, 1, 300):
        verdict = official.judge(mutant.input.name, mutant.change.content)
        assert verdict.kind in (REJECTED, SAME, REACHED), (mutant.input.name, mutant.mutator, verdict)
        assert verdict.kind != REJECTED or verdict.why.startswith("usgs_"), verdict
        counts[verdict.kind] += 1
    assert counts.total() > 0.8 * len(ways)  # a few ways find nothing to damage in these files
    record("damaged official files, short form", judged=counts.total(), **dict(sorted(counts.items())))


@pytest.mark.parametrize(
    ("file", "old", "new", "kind", "said"),
    [
        # A plausible figure: no bound is broken, but the edition is out, and said something else.
        (PANEL, ",CUB,2023,3200,t,3200,3200,3200,", ",CUB,2023,3300,t,3300,3300,3300,", DIFF, "figure_changed"),
        (PANEL, ",CUB,2023,3200,t,3200,3200,3200,", ",CUB,2023,3200,t,3300,3200,3200,", REJECTED, ""),
        (CLAIMS, ",199.9,,,wan_t,", ",199.8,,,wan_t,", REJECTED, "does not stand in [printed]"),
        (MEMBERSHIPS, ",挪威,msp,NOR,", ",挪威,msp,FIN,", REJECTED, "is not what [printed_zh] names"),
        (MEMBERSHIPS, ",挪威,", ",????,", REJECTED, "in the place of lost characters"),
        (MEMBERSHIPS, ",挪威,", ",nan,", REJECTED, "word for no value"),
    ],
)
def test_a_plausible_slip_is_caught_by_what_contradicts_it(
    judge: Judge, file: str, old: str, new: str, kind: str, said: str
) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert old in text
    verdict = judge.judge(file, text.replace(old, new, 1).encode())
    assert verdict.kind in ({kind, "gate"} if not said else {kind}), verdict
    assert said in f"{verdict.stage} {verdict.why}"


def test_whole_inputs_are_the_same_content(judge: Judge) -> None:
    for file in (PANEL, CLAIMS):
        assert judge.judge(file, (ROOT / file).read_bytes()).kind == SAME


@pytest.mark.parametrize("name", sorted(MUTATORS))
def test_a_mutator_changes_the_file_and_says_what(name: str) -> None:
    changes = [change for seed in range(20) if (change := MUTATORS[name](SMALL, Random(seed))) is not None]
    if name == "add_byte_order_mark":  # which this file has already
        assert all(change.content == SMALL.content for change in changes)
        return
    assert any(change.content != SMALL.content for change in changes)
    assert all(change.before or change.after or change.row for change in changes)


def test_a_number_draws_the_same_mutant_every_time() -> None:
    frames, _ = load_seeds(find_project(ROOT))
    one, other = (Corpus(seed_inputs(), frames, {}, SEED) for _ in range(2))
    other.mutant(3)
    assert one.mutant(11) == other.mutant(11)
    assert one.mutant(11) != Corpus(seed_inputs(), frames, {}, SEED + 1).mutant(11)


def test_every_class_that_a_build_can_end_in_has_its_exit_codes() -> None:
    assert set(EXIT_CODES) >= {REJECTED, SAME, DIFF, FIGURE}
    assert CRASHED not in EXIT_CODES


def test_every_way_of_damage_is_of_one_family() -> None:
    assert set(FAMILY_OF) == set(MUTATORS) | set(BOOK_MUTATORS)
    assert len(FAMILY_OF) == sum(map(len, FAMILIES.values()))


@pytest.mark.parametrize(
    ("mutator", "table", "may"),
    [
        ("drop_row", "fct_observation", True),
        ("stray_quote", "policy_target", False),
        ("swap_unit", "policy_target", True),
        ("swap_unit", "fct_observation", False),
    ],
)
def test_only_what_could_be_the_truth_may_get_through(mutator: str, table: str, may: bool) -> None:
    assert is_by_nature(mutator, Verdict(FIGURE, changed={table: ("value",)})) == may
    assert not is_by_nature(mutator, Verdict(CRASHED))
