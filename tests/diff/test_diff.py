"""Two releases compared: what changed is found, grouped and loud; what did not matter is not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from etl.diff.acknowledged import apply_acknowledgements, rows_to_paste
from etl.diff.causes import Inputs, cause_of_loss
from etl.diff.compare import compare_releases
from etl.diff.document import to_json
from etl.diff.finding import KINDS, STOPPING, Acknowledgement, Finding, Level, ReleaseDiff, ReleaseInfo
from etl.diff.page import headline, to_markdown
from etl.diff.previous import compare_with_previous
from etl.run.releases import Release
from etl.seeds.contract import load_contracts
from tests.conftest import ROOT, RunCli

BAD_INPUT = 3
Alter = Callable[..., Path]
SCHEMA: dict[str, Any] = json.loads((ROOT / "etl/diff/diff.schema.json").read_text(encoding="utf-8"))
COBALT = "mineral = 'cobalt' and measure = 'production'"
FIGURES = ("value", "value_tonnes", "value_low", "value_high")
SCALED = ", ".join(f"{name} = {name} * {{0}}" for name in FIGURES)


@pytest.fixture
def published(warehouse: Path) -> Path:
    return warehouse / "orebloc.duckdb"


@pytest.fixture
def altered(published: Path, tmp_path: Path) -> Alter:
    """Copy the release and change the copy with SQL."""
    made = 0

    def alter(*statements: str) -> Path:
        nonlocal made
        made += 1
        path = tmp_path / f"altered_{made}.duckdb"
        shutil.copyfile(published, path)
        with duckdb.connect(str(path)) as connection:
            connection.execute("use marts")
            for statement in statements:
                connection.execute(statement)
        return path

    return alter


def loud(diff: ReleaseDiff) -> list[tuple[str, str, str]]:
    return [(one.kind, one.table, one.subject) for one in diff.stops]


def of_kind(diff: ReleaseDiff, kind: str) -> list[Finding]:
    return [one for one in diff.findings if one.kind == kind]


def read(diff: ReleaseDiff) -> dict[str, Any]:
    """The diff as a machine reads it; every document of these tests meets the schema."""
    document: dict[str, Any] = json.loads(to_json(diff))
    jsonschema.validate(document, SCHEMA)
    return document


# Nothing changed


def test_the_stamp_and_the_noise_of_sums_are_no_difference(published: Path, altered: Alter) -> None:
    after = altered(
        "update build_info set release_id = 'another', built_at = now(), git_commit = 'x', warnings = 7",
        "update mineral_bloc_share set share = share * (1 + 1e-13)",
    )
    diff = compare_releases(published, after)
    assert diff.identical
    assert diff.findings == ()
    assert headline(diff) == "The two releases hold the same: every table, column, row and macro."
    assert read(diff)["identical"] is True


def test_a_release_is_itself_and_the_same_diff_is_the_same_text(published: Path, altered: Alter) -> None:
    assert compare_releases(published, published).identical
    after = altered("delete from fct_observation where party = 'AUS'")
    first, second = compare_releases(published, after), compare_releases(published, after)
    assert (to_json(first), to_markdown(first)) == (to_json(second), to_markdown(second))


# Schema


def test_what_breaks_a_query_stops_and_what_is_new_does_not(published: Path, altered: Alter) -> None:
    less = altered(
        "alter table dim_mineral drop column symbol",
        "alter table dim_party alter column m49 type integer",
        "drop table policy_focus",
        "drop macro table members_on",
        "create or replace macro bloc_share(bloc, mineral) as table select 1 as one",
    )
    diff = compare_releases(published, less)
    assert set(loud(diff)) == {
        ("table_removed", "policy_focus", "policy_focus"),
        ("column_removed", "dim_mineral", "dim_mineral.symbol"),
        ("column_retyped", "dim_party", "dim_party.m49"),
        ("macro_removed", "members_on", "members_on"),
        ("macro_parameters", "bloc_share", "bloc_share"),
    }
    read(diff)
    more = altered(
        "alter table dim_mineral add column colour varchar",
        "create table colours as select 'blue' as colour",
        "create macro colour_of(mineral) as table select 'blue' as colour",
    )
    diff = compare_releases(published, more)
    assert {one.kind for one in diff.findings} == {"column_added", "table_added", "macro_added"}
    assert diff.stops == ()


def test_an_emptied_table_is_loud(published: Path, altered: Alter) -> None:
    diff = compare_releases(published, altered("delete from policy_events_by_year"))
    assert loud(diff) == [("table_emptied", "policy_events_by_year", "policy_events_by_year")]


# Rows and values


def test_rows_are_matched_by_key(published: Path, altered: Alter) -> None:
    after = altered(
        "update fct_policy_event set title_en = title_en || '!' where document = 'xu2024'",
        "insert into dim_unit select * replace ('stone' as unit) from dim_unit where unit = 'kg'",
    )
    diff = compare_releases(published, after)
    changes = {one.table: one for one in diff.tables if one.differs}
    assert set(changes) == {"fct_policy_event", "dim_unit"}
    events, units = changes["fct_policy_event"], changes["dim_unit"]
    assert (events.added, events.removed) == (0, 0)
    assert events.changed_columns == {"title_en": events.changed}
    assert events.changed_examples[0].changes[0].new == f"{events.changed_examples[0].changes[0].old}!"
    assert (units.added, units.rows_after - units.rows_before) == (1, 1)
    assert units.added_examples[0].key == {"unit": "stone"}


@pytest.mark.parametrize("factor", ["1000", "1e6", "1e-3", "1100"])
def test_a_series_off_by_a_unit_is_one_loud_finding(published: Path, altered: Alter, factor: str) -> None:
    after = altered(
        f"update fct_observation set {SCALED.format(factor)} where {COBALT}",
        f"update mineral_bloc_share set bloc_value = bloc_value * {factor}, "
        f"world_published = world_published * {factor} where {COBALT}",
    )
    diff = compare_releases(published, after)
    assert loud(diff) == [("unit_jump", "fct_observation", "usgs_mcs/2024/cobalt/production")]
    finding = diff.stops[0]
    with duckdb.connect(str(published), read_only=True) as connection:
        moved = connection.execute(
            f"select count(*) from marts.fct_observation where {COBALT} and value > 0"
        ).fetchone()
    assert moved == (finding.count,)
    assert "mineral_bloc_share" in finding.message
    ratios = {change.ratio for change in finding.examples[0].changes if change.column == "value_tonnes"}
    assert ratios == {float(factor)}
    page = to_markdown(diff)
    assert page.index("jump of the size of a unit") < page.index("## Tables")


@pytest.mark.parametrize("factor", ["2", "0.5", "10", "100", "300", "3000", "-1000"])
def test_a_revision_is_no_jump(published: Path, altered: Alter, factor: str) -> None:
    after = altered(f"update fct_observation set {SCALED.format(factor)} where {COBALT}")
    diff = compare_releases(published, after)
    assert loud(diff) == [("figure_changed", "fct_observation", "usgs_mcs/2024/cobalt/production")]
    changed = {one.table: one.changed for one in diff.tables if one.differs}
    assert list(changed) == ["fct_observation"]


def test_a_figure_of_an_edition_does_not_change_by_itself(published: Path, altered: Alter) -> None:
    lead = f"{COBALT} and party = 'CUB' and year = 2023"
    after = altered(f"update fct_observation set {SCALED.format('1.01')} where {lead}")
    files = {"landing/usgs_mcs/2024/mcs2024-cobal_world.csv": "1"}
    named = altered("update fct_observation set file = 'usgs_mcs/2024/' || file")
    both = altered(
        "update fct_observation set file = 'usgs_mcs/2024/' || file",
        f"update fct_observation set {SCALED.format('1.01')} where {lead}",
    )
    (found,) = compare_releases(published, after).stops
    assert (found.kind, found.subject, found.count) == ("figure_changed", "usgs_mcs/2024/cobalt/production", 1)
    assert found.examples[0].key["party"] == "CUB"
    assert found.examples[0].changes[0].ratio == pytest.approx(1.01)
    inputs = Inputs(files, dict.fromkeys(files, "2"))
    (found,) = compare_releases(named, both, inputs=inputs).stops
    assert found.cause == "another content: usgs_mcs/2024/mcs2024-cobal_world.csv"
    # Another mark, note or place is none; nor is a value where there was none before, in another edition.
    noted = altered("update fct_observation set value_flag = 'revised', note = 'x', locator = 'row 1' where value > 0")
    assert compare_releases(published, noted).stops == ()


def test_two_series_that_change_their_figures_are_other_figures(published: Path, altered: Alter) -> None:
    twice = "insert into fct_observation select * replace ('x' || observation_id as observation_id, "
    twice += f"'second' as series, {', '.join(f'{n} * 2 as {n}' for n in FIGURES)}) from fct_observation where {{}}"
    cell = f"{COBALT} and party = 'CUB' and year = 2023"
    before = altered(twice.format(cell))
    after = altered(
        twice.format(cell),
        f"update fct_observation set series = case series when 'second' then '' else 'second' end where {cell}",
    )
    assert {one.kind for one in compare_releases(before, after).stops} == {"figure_changed"}
    assert compare_releases(before, before).stops == ()


def test_a_figure_where_there_was_none_is_another_figure(published: Path, altered: Alter) -> None:
    unknown = "value is null and value_low is null and value_high is null and mineral = 'cobalt'"
    after = altered(f"update fct_observation set value = 7, value_tonnes = 7, value_flag = 'reported' where {unknown}")
    assert {one.kind for one in compare_releases(published, after).stops} == {"figure_changed"}


def test_another_unit_for_the_same_mass_is_no_jump(published: Path, altered: Alter) -> None:
    after = altered(
        "update fct_observation set value = value * 1000, value_low = value_low * 1000, "
        "value_high = value_high * 1000, unit = 't' where unit = 'kt'"
    )
    diff = compare_releases(published, after)
    assert any(one.changed for one in diff.tables)
    assert diff.stops == ()
    wrong = altered("update fct_observation set value_tonnes = value_tonnes / 1000 where unit = 'kt'")
    assert {one.kind for one in compare_releases(published, wrong).stops} == {"unit_jump"}


def test_a_computed_number_jumps_only_where_its_members_and_facts_are_the_same(published: Path, altered: Alter) -> None:
    computed = (
        "update mineral_bloc_share set bloc_value = bloc_value * 1000{} where bloc = 'msp' and mineral = 'nickel'"
    )
    diff = compare_releases(published, altered(computed.format("")))
    assert {(kind, table) for kind, table, _ in loud(diff)} == {("unit_jump", "mineral_bloc_share")}
    joined = computed.format(", member_parties = member_parties || ', ZZZ'")
    assert compare_releases(published, altered(joined)).stops == ()
    touched = altered(
        computed.format(""), "update fct_observation set value = value + 1 where mineral = 'nickel' and party = 'AUS'"
    )
    diff = compare_releases(published, touched)
    assert diff.stops == ()
    assert of_kind(diff, "unit_jump")[0].level is Level.WARN


def test_a_share_that_moves_alone_is_looked_at(published: Path, altered: Alter) -> None:
    cobalt = "where bloc = 'msp' and mineral = 'cobalt' and share > 0.3"
    moved = "update mineral_bloc_share set share = share - 0.2{} " + cobalt
    found = of_kind(compare_releases(published, altered(moved.format(""))), "share_jump")
    assert found
    assert {one.level for one in found} == {Level.WARN}
    assert {one.subject.split("/")[2] for one in found} == {"cobalt"}
    joined = altered(moved.format(", member_parties = member_parties || ', ZZZ'"))
    assert of_kind(compare_releases(published, joined), "share_jump") == []


# Coverage


def test_a_lost_edition_is_loud_and_a_new_one_is_not(published: Path, altered: Alter) -> None:
    two = altered(
        "insert into fct_observation select * replace ('2023' as edition, 'x' || observation_id as observation_id) "
        "from fct_observation",
        "insert into dim_edition select * replace ('2023' as edition, 'usgs_mcs_2023' as document) from dim_edition",
        "insert into dim_document select * replace ('usgs_mcs_2023' as document) from dim_document "
        "where document = 'usgs_mcs_2024'",
    )
    lost = compare_releases(two, published)
    assert loud(lost) == [("edition_lost", "fct_observation", "usgs_mcs/2023")]
    gained = compare_releases(published, two)
    assert gained.stops == ()
    assert [one.subject for one in of_kind(gained, "edition_added")] == ["usgs_mcs/2023"]
    assert [one["edition"] for one in read(gained)["editions"]] == ["2023", "2024"]


def test_lost_minerals_cells_and_values_are_told_apart(published: Path, altered: Alter) -> None:
    after = altered(
        "delete from fct_observation where mineral = 'tin'",
        f"delete from fct_observation where {COBALT} and party = 'AUS' and year = 2022",
        "update fct_observation set value = null, value_tonnes = null, value_low = null, value_high = null, "
        "value_flag = 'withheld' where mineral = 'copper' and measure = 'reserves' and party = 'CHL'",
    )
    diff = compare_releases(published, after)
    assert loud(diff) == [
        ("mineral_lost", "fct_observation", "usgs_mcs/2024/tin"),
        ("cells_lost", "fct_observation", "usgs_mcs/2024/cobalt/production"),
        ("values_lost", "fct_observation", "usgs_mcs/2024/copper/reserves"),
    ]
    _, cells, values = diff.stops
    assert (cells.count, values.count) == (1, 1)
    assert (cells.examples[0].key["party"], cells.examples[0].key["year"]) == ("AUS", 2022)
    assert values.examples[0].key["party"] == "CHL"


def test_a_series_under_another_name_is_not_lost(published: Path, altered: Alter) -> None:
    after = altered(
        "update fct_observation set series = 'Mine production', observation_id = 'n-' || observation_id where " + COBALT
    )
    diff = compare_releases(published, after)
    assert diff.findings == ()
    (table,) = (one for one in diff.tables if one.differs)
    assert (table.added, table.removed, table.changed) == (0, 0, table.renamed)
    scaled = altered(
        f"update fct_observation set series = 'Mine production', observation_id = 'n-' || observation_id, "
        f"{SCALED.format(1000)} where {COBALT}"
    )
    assert [kind for kind, _, _ in loud(compare_releases(published, scaled))] == ["unit_jump"]


def test_a_document_may_lose_a_few_rows_but_no_more(published: Path, altered: Alter) -> None:
    one = altered(
        "delete from fct_article_claim where claim_id = "
        "(select min(claim_id) from fct_article_claim where document = 'zhang2024')"
    )
    diff = compare_releases(published, one)
    assert diff.stops == ()
    assert [(found.subject, found.count) for found in of_kind(diff, "rows_lost")] == [
        ("fct_article_claim/zhang2024", 1)
    ]
    half = altered("delete from fct_policy_event where document = 'hui2024' and year(event_date) < 2022")
    assert loud(compare_releases(published, half)) == [("rows_lost", "fct_policy_event", "fct_policy_event/hui2024")]


def test_a_code_that_is_gone_is_loud(published: Path, altered: Alter) -> None:
    diff = compare_releases(published, altered("delete from dim_bloc where bloc = 'quad'"))
    assert loud(diff) == [("code_lost", "dim_bloc", "quad")]
    back = compare_releases(altered("delete from dim_bloc where bloc = 'quad'"), published)
    assert [one.kind for one in back.findings] == ["code_added"]


# Why


LANDED = {"landing/wmd/2024/a.csv": "1", "landing/bgs/b.csv": "2", "seeds/x.csv": "3"}
OPTION = {"option/redistributable": "True"}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (LANDED | OPTION, "--redistributable"),
        ({"seeds/x.csv": "3"}, "without a landing folder"),
        ({"landing/bgs/b.csv": "2"}, "no file of wmd"),
        (
            {"landing/bgs/b.csv": "2", "landing/wmd/2024/other.csv": "9"},
            "no longer in the landing folder: wmd/2024/a.csv",
        ),
        (LANDED | {"landing/wmd/2024/a.csv": "other"}, "another content: wmd/2024/a.csv"),
        (LANDED | {"seeds/x.csv": "other"}, ""),
    ],
)
def test_a_loss_is_named_by_its_cause(after: dict[str, str], expected: str) -> None:
    found = cause_of_loss(Inputs(LANDED, after), "wmd", {"wmd/2024/a.csv"}, may_redistribute=False)
    assert expected in found
    assert bool(found) is bool(expected)
    assert cause_of_loss(None, "wmd", {"wmd/2024/a.csv"}, may_redistribute=False) == ""
    allowed = cause_of_loss(Inputs(LANDED, LANDED | OPTION), "wmd", {"wmd/2024/a.csv"}, may_redistribute=True)
    assert allowed == ""


def test_a_lost_edition_says_its_cause_on_the_page(published: Path, altered: Alter) -> None:
    before = altered("update dim_edition set may_redistribute = false")
    after = altered("delete from fct_observation", "delete from dim_edition")
    inputs = Inputs({"landing/usgs_mcs/2024/a.csv": "1"}, {"option/redistributable": "True"})
    page = to_markdown(compare_releases(before, after, inputs=inputs))
    assert "usgs_mcs/2024 is gone" in page
    assert "left out by --redistributable" in page
    assert "gone: 1 official file (`landing/usgs_mcs/2024/a.csv`)" in page


# Membership and conflicts


def test_members_who_join_leave_move_and_vanish(published: Path, altered: Alter) -> None:
    member = "update fct_bloc_membership set {} where bloc = 'msp' and party = '{}'"
    after = altered(
        "insert into fct_bloc_membership select * replace ('IDN' as party) from fct_bloc_membership "
        "where bloc = 'msp' and party = 'IND'",
        member.format("valid_from = date '2023-06-23', resolution = 'another claim'", "IND"),
        member.format("valid_to = date '2025-01-01'", "USA"),
        member.format("role = 'observer'", "JPN"),
        member.format("resolution = 'another claim'", "KOR"),
        "delete from fct_bloc_membership where bloc = 'msp' and party = 'EST'",
    )
    diff = compare_releases(published, after)
    found = {one.kind: one for one in diff.findings if one.table == "fct_bloc_membership"}
    assert {kind: (one.level.value, one.subject) for kind, one in found.items() if kind != "rows_lost"} == {
        "member_lost": ("stop", "msp/EST"),
        "member_left": ("warn", "msp"),
        "member_date": ("warn", "msp"),
        "member_role": ("warn", "msp"),
        "member_joined": ("note", "msp"),
        "member_resolution": ("note", "msp"),
    }
    (moved,) = found["member_date"].examples
    assert moved.key == {"party": "IND"}
    assert {change.column: (change.old, change.new) for change in moved.changes}["valid_from"] == (
        date(2023, 6, 22),
        date(2023, 6, 23),
    )
    assert "resolution" in {change.column for change in moved.changes}
    read(diff)


CONFLICTS = (
    "create or replace table source_conflict as select * from (values "
    "('c1', 'dates', 'MSP', 'open', '', 'high'), ('c2', 'dates', 'Quad', 'open', '', 'low'), "
    "('c3', 'units', 'cobalt', 'open', '', 'high')) "
    "as t (conflict_id, topic, subject, resolution, chosen, severity)"
)


def test_conflicts_are_new_decided_or_gone(published: Path, altered: Alter) -> None:
    before = altered(CONFLICTS)
    after = altered(
        CONFLICTS,
        "delete from source_conflict where conflict_id = 'c1'",
        "update source_conflict set resolution = 'official statement', chosen = 'a' where conflict_id = 'c2'",
        "insert into source_conflict values ('c4', 'units', 'tin', 'open', '', 'low')",
    )
    found = {one.kind: one.subject for one in compare_releases(before, after).findings}
    assert {kind: found.get(kind) for kind in ("conflict_gone", "conflict_decided", "conflict_new")} == {
        "conflict_gone": "dates",
        "conflict_decided": "dates",
        "conflict_new": "units",
    }
    without = altered("drop table if exists source_conflict")
    kinds = {one.kind for one in compare_releases(without, before).findings}
    assert not {kind for kind in kinds if kind.startswith("conflict")}
    assert "table_added" in kinds


# Acknowledgements


def acknowledgement(**other: object) -> Acknowledgement:
    values: dict[str, Any] = {
        "kind": "cells_lost",
        "table": "fct_observation",
        "subject": "usgs_mcs/2024/cobalt/production",
        "reason": "The file gave the rows of another table",
        "acknowledged_on": date(2026, 3, 1),
        "evidence": "seeds/official",
        "place": "seeds/decisions/acknowledged_changes.csv:2",
    }
    return Acknowledgement(**(values | other))


LOST = Finding(
    Level.STOP, "cells_lost", "fct_observation", "usgs_mcs/2024/cobalt/production", "3 of 4 cells are gone.", count=3
)


@pytest.mark.parametrize("subject", ["usgs_mcs/2024/cobalt/production", "usgs_mcs/2024/*", "*/cobalt/*"])
def test_an_acknowledged_stop_is_a_note_with_its_reason(subject: str) -> None:
    one = acknowledgement(subject=subject)
    (finding,), used = apply_acknowledgements([LOST], [one], datetime(2026, 2, 1, 12))
    assert (finding.level, finding.acknowledged) == (Level.NOTE, one)
    assert used.applied == (one,)


@pytest.mark.parametrize(
    "other",
    [{"kind": "mineral_lost"}, {"table": "fct_article_claim"}, {"subject": "usgs_mcs/2024/cobalt"}, {"subject": "x*"}],
)
def test_another_acknowledgement_does_not_silence(other: dict[str, Any]) -> None:
    one = acknowledgement(**other)
    (finding,), used = apply_acknowledgements([LOST], [one], datetime(2026, 2, 1, 12))
    assert finding.level is Level.STOP
    assert used.unmatched == (one,)


def test_an_acknowledgement_is_spent_once_a_later_release_is_out() -> None:
    one = acknowledgement()
    for built, level in ((datetime(2026, 3, 1, 23), Level.NOTE), (datetime(2026, 3, 2), Level.STOP)):
        (finding,), used = apply_acknowledgements([LOST], [one], built)
        assert finding.level is level
        assert used.spent == (() if level is Level.NOTE else (one,))


def test_the_seed_knows_every_kind_that_stops() -> None:
    contract = load_contracts(ROOT / "expectations/seeds")["acknowledged_changes"]
    kinds = next(field for field in contract.fields if field.name == "kind").enum
    assert kinds == STOPPING
    assert SCHEMA["$defs"]["finding"]["properties"]["kind"]["enum"] == list(KINDS)
    (line,) = rows_to_paste([LOST], date(2026, 3, 1))
    assert line.count(",") == len(contract.names) - 1


# The release before


def test_the_first_release_says_so() -> None:
    diff = compare_with_previous(None, ReleaseInfo("a", "1.0", None), Path("none.duckdb"), {}, [])
    assert diff.stops == ()
    assert not diff.identical
    assert "first release" in to_markdown(diff)
    assert read(diff)["before"] is None


def test_a_release_before_that_cannot_be_read_is_loud_and_no_error(published: Path, tmp_path: Path) -> None:
    (tmp_path / "orebloc.duckdb").write_bytes(b"nothing")
    before = Release("broken", tmp_path, {"schema_version": "1.0"})
    diff = compare_with_previous(before, ReleaseInfo("b", "1.0", None), published, {}, [])
    assert loud(diff) == [("not_comparable", "build_info", "broken")]
    read(diff)


# The command


@pytest.fixture
def two_releases(warehouse: Path, altered: Alter, tmp_path: Path) -> tuple[Path, str, str]:
    """A warehouse in which another release follows the published one, without tin."""
    folder = tmp_path / "warehouse"
    old = json.loads((warehouse / "current.json").read_text(encoding="utf-8"))["release_id"]
    shutil.copytree(warehouse / "releases" / old, folder / "releases" / old)
    new = f"9{old[1:]}"
    shutil.copytree(folder / "releases" / old, folder / "releases" / new)
    without = altered(
        "delete from fct_observation where mineral = 'tin'", f"update build_info set release_id = '{new}'"
    )
    for place in (folder / "releases" / new / "orebloc.duckdb", folder / "orebloc.duckdb"):
        shutil.copyfile(without, place)
    (folder / "current.json").write_text(json.dumps({"release_id": new, "previous": old}), encoding="utf-8")
    return folder, old, new


def test_releases_are_named_by_id_prefix_word_or_path(two_releases: tuple[Path, str, str], cli: RunCli) -> None:
    folder, old, new = two_releases
    by_words = cli("diff", "--json", "--warehouse", str(folder))
    assert by_words.returncode == 0, by_words.stderr
    document = json.loads(by_words.stdout)
    jsonschema.validate(document, SCHEMA)
    assert (document["before"]["release_id"], document["after"]["release_id"]) == (old, new)
    assert document["inputs"] == {"added": [], "removed": [], "changed": []}
    path = str(folder / "releases" / old / "orebloc.duckdb")
    by_prefix = cli("diff", path, new[:6], "--warehouse", str(folder))
    assert by_prefix.returncode == 0, by_prefix.stderr
    assert by_prefix.stdout.startswith("# What changed between releases\n\n**1 finding: 1 stops a scheduled build.")
    assert "usgs_mcs/2024/tin is gone" in by_prefix.stdout


def test_a_release_that_is_not_there_is_said_with_the_nearest(two_releases: tuple[Path, str, str], cli: RunCli) -> None:
    folder, old, _ = two_releases
    broken = folder / "broken.duckdb"
    broken.write_bytes(b"nothing")
    typo = f"{old[:3]}x{old[4:]}"
    for asked, said in ((typo, old), ("none.duckdb", "no file none.duckdb"), (str(broken), "cannot be read")):
        done = cli("diff", asked, "current", "--warehouse", str(folder))
        assert done.returncode == BAD_INPUT, done.stdout
        assert said in done.stderr
        assert "Traceback" not in done.stderr
