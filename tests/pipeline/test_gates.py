"""The two gates, in both directions: what is right passes, what is planted is found, named and shown."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml

from etl.faults import FaultsFound
from etl.gates.gate import GateFailure, GateResult, run_gate
from etl.gates.landing import write_landed
from etl.gates.suites import load_suites
from etl.seeds.contract import load_contracts

ROOT = Path(__file__).resolve().parents[2]
EXPECTATIONS = ROOT / "expectations"
# Coverage and the anchors of the real data: a fixture of a few rows cannot hold them.
NEEDS_REAL_DATA = {
    "expect_table_row_count_to_be_between",
    "expect_column_distinct_values_to_contain_set",
    "cobalt_of_the_msp_in_2022",
    "msp_partners_complete",
    "papers_with_too_few_claims",
    "quad_within_the_msp",
    "armenia_and_the_scma",
    "every_macro_is_described",
}


def names(text: str) -> list[str]:
    """Split a list of column names."""
    return text.split()


CLAIMS = names(
    "document locator text_line printed subject subject_zh measure mineral party bloc year as_of value value_low "
    "value_high unit basis qualifier claim_flag note"
)
MEMBERSHIPS = names("document locator text_line printed_zh bloc party role joined joined_precision left_on status note")


def suites_of(folder: Path, gate: str, *tables: str, name: str = "") -> Path:
    """Copy the real suites of `tables`, without what only real data can meet; with a name, what is called so alone."""
    (folder / gate).mkdir(parents=True)
    for table in tables:
        spec = yaml.safe_load((EXPECTATIONS / gate / f"{table}.yml").read_text(encoding="utf-8"))
        named = [(e.get("name", e["type"]), e) for e in spec["expectations"]]
        spec["expectations"] = [e for called, e in named if called not in NEEDS_REAL_DATA and name in ("", called)]
        (folder / gate / f"{table}.yml").write_text(yaml.safe_dump(spec, allow_unicode=True), encoding="utf-8")
    return folder


def suite_in(folder: Path, text: str, table: str = "share", gate: str = "publishable") -> Path:
    """Write one suite and return the folder of gates."""
    (folder / gate).mkdir(parents=True, exist_ok=True)
    (folder / gate / f"{table}.yml").write_text(text, encoding="utf-8")
    return folder


def frame(columns: list[str], *rows: dict[str, str]) -> pd.DataFrame:
    """Return rows of text with blanks filled in, and where they stand."""
    records = [
        dict.fromkeys(columns, "") | row | {"_file": "seeds/x.csv", "_row": str(i)} for i, row in enumerate(rows, 2)
    ]
    return pd.DataFrame(records, columns=[*columns, "_file", "_row"])


def landed_frames() -> dict[str, pd.DataFrame]:
    """A small landing without fault."""
    claim = {
        "document": "zhang2024",
        "locator": "Table 5",
        "text_line": "165",
        "printed": "79%",
        "subject": "share of cobalt",
        "subject_zh": "钴占比",
        "measure": "production_share",
        "mineral": "cobalt",
        "bloc": "msp",
        "year": "2022",
        "value": "79",
        "unit": "percent",
        "qualifier": "exact",
        "claim_flag": "ok",
    }
    member = {"document": "zhang2024", "locator": "Table 1", "printed_zh": "印度", "bloc": "msp", "party": "IND"}
    member |= {"role": "partner", "joined": "2023-06-01", "joined_precision": "month", "status": "in_force"}
    units = names("unit name_en name_zh dimension base_unit to_base to_tonnes")
    percent = dict(zip(units, ["percent", "percent", "百分之", "ratio", "percent", "1", ""], strict=True))
    wan_t = dict(zip(units, ["wan_t", "ten thousand tonnes", "万吨", "mass", "t", "10000", "10000"], strict=True))
    tonnes = {"measure": "production", "printed": "19.7万吨", "value": "19.7", "unit": "wan_t"}
    return {
        "claims": frame(CLAIMS, claim, claim | tonnes),
        "memberships": frame(MEMBERSHIPS, member),
        "units": frame(units, percent, wan_t),
        "documents": frame(["document", "kind"], {"document": "zhang2024", "kind": "paper"}),
        "exclusions": frame(["document", "line_from", "line_to", "literal", "reason"]),
    }


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    """A landed file that bears the name of its schema: the ambiguous case in DuckDB."""
    path = tmp_path / "landed.duckdb"
    write_landed(landed_frames(), path)
    return path


MARTS = """
    create schema marts;
    create table marts.mineral_bloc_share as
        select 'msp' as bloc, 'partners' as party_scope, mineral, 'content' as basis, 'mine' as stage,
            'production' as measure, 2022 as year, 'usgs_mcs' as source, '2024' as edition, rule as membership_rule,
            date '2022-12-31' as membership_as_of, 'as_signed' as eu_treatment, 9350.0 as bloc_value,
            197000.0 as world_published, 196940.0 as world_all_rows, 190340.0 as world_named_rows, 't' as unit,
            9350 / 197000 as share, 9350 / 197000 as share_low, 0.0813 as share_high,
            9350 / 196940 as share_of_all_rows, 9350 / 190340 as share_of_named_rows, 12 as n_members,
            3 as n_members_reporting, 'AUS, CAN, USA' as member_parties
        from (values ('cobalt')) as m (mineral), (values ('year_end'), ('any_day')) as r (rule);
    create table marts.alliance_membership_by_year as
        select 'msp' as bloc, year::integer as year, 'P' || n as party, 'partner' as role, 'partner' as party_scope,
            'direct' as via, true as member_year_end, true as member_any_day, true as member_year_start,
            1.0::double as member_day_share, date '2022-01-01' as valid_from, null::date as valid_to,
            'day' as date_precision
        from (values (2022, 11), (2023, 14), (2024, 15)) as v (year, members), range(members) as r (n)
        union all
        select 'msp', 2024, 'F' || n, 'forum_member', 'forum', 'direct', true, true, false, 0.5, date '2024-07-02',
            null, 'day'
        from range(15) as r (n);
"""
MART_SUITES = ("mineral_bloc_share", "alliance_membership_by_year")


def build_marts(path: Path, *changes: str) -> Path:
    """Write the two marts, then plant `changes`."""
    with duckdb.connect(str(path)) as connection:
        for statement in (MARTS, *changes):
            connection.execute(statement)
    return path


def only(result: GateResult, name: str) -> GateFailure:
    """Return the failure called `name`."""
    found = [failure for failure in result.failures if failure.expectation == name]
    assert found, f"{name} is not among {[str(failure) for failure in result.failures]}"
    return found[0]


@pytest.mark.long
def test_right_landing_passes_without_network(
    landed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the gate reaches for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    suites = suites_of(tmp_path, "landed", "claims", "memberships", "units", "exclusions")
    result = run_gate("landed", landed, suites, None, "landed")
    assert [str(failure) for failure in result.failures] == []
    assert result.passed
    assert result.checks_run == result.checks_passed > 20
    assert capfd.readouterr() == ("", "")


LANDED_FAULTS = [
    ("claims", "value = '179' where unit = 'percent'", "share_within_0_and_100_percent", {"value": "179"}),
    ("claims", "value_high = '10' where unit = 'percent'", "bounds_in_order", {"value_high": "10", "value": "79"}),
    ("claims", "value = '' where unit = 'percent'", "no_value_without_a_reason", {"value": "", "_row": "2"}),
    ("claims", "printed = '全球 79%。'", "printed_is_no_sentence", {"printed": "全球 79%。"}),
    ("claims", "claim_flag = 'unit_suspect'", "flag_has_a_note", {"claim_flag": "unit_suspect"}),
    ("claims", "value = '19700000' where unit = 'wan_t'", "mass_of_a_possible_size", {"unit": "wan_t"}),
    ("memberships", "joined_precision = 'year'", "joined_agrees_with_its_precision", {"joined": "2023-06-01"}),
    ("memberships", "left_on = '2020-01-01'", "joined_before_left", {"left_on": "2020-01-01"}),
    ("units", "to_base = '1000' where unit = 'wan_t'", "chinese_scales", {"to_base": "1000"}),
]


@pytest.mark.parametrize(("table", "change", "name", "row"), LANDED_FAULTS, ids=[fault[2] for fault in LANDED_FAULTS])
def test_planted_fault_is_found_at_landing(
    landed: Path, *, tmp_path: Path, table: str, change: str, name: str, row: dict[str, str]
) -> None:
    with duckdb.connect(str(landed)) as connection:
        connection.execute(f"update landed.landed.{table} set {change}")
    result = run_gate("landed", landed, suites_of(tmp_path, "landed", table, name=name), None, "landed")
    failure = only(result, name)
    assert not result.passed
    assert failure.table == table
    assert failure.n_unexpected == len(failure.rows) > 0
    assert row.items() <= failure.rows[0].items()
    assert f"landed/{table}.yml:{failure.line} " in str(failure)


def test_right_marts_pass_and_the_file_can_be_renamed(tmp_path: Path) -> None:
    database = build_marts(tmp_path / "2024-11.duckdb")
    result = run_gate("publishable", database, suites_of(tmp_path, "publishable", *MART_SUITES), None, "marts")
    assert [str(failure) for failure in result.failures] == []
    moved = database.rename(tmp_path / "moved.duckdb")
    with duckdb.connect(str(moved)) as connection:  # for writing: no connection is left behind
        connection.execute("create table marts.later (i integer)")
    assert not list(tmp_path.glob("*.wal"))


SHARE, MEMBER = MART_SUITES
MART_FAULTS = [
    (SHARE, f"update marts.{SHARE} set share = 1.2", "expect_column_values_to_be_between", {"share": 1.2}),
    (SHARE, f"update marts.{SHARE} set share_low = 0.9", "bounds_in_order", {"share_low": 0.9}),
    (SHARE, f"update marts.{SHARE} set n_members_reporting = 13", "reporting_members_are_members", {"n_members": 12}),
    (
        SHARE,
        f"update marts.{SHARE} set n_members_reporting = 0, share = 0, bloc_value = 0",
        "nobody_reports_then_unknown",
        {"n_members_reporting": 0},
    ),
    (
        SHARE,
        f"update marts.{SHARE} set world_published = 197, share = null, bloc_value = null",
        "world_of_a_possible_size",
        {"mineral": "cobalt", "world_published": 197},
    ),
    (
        SHARE,
        f"update marts.{SHARE} set world_all_rows = 150000",
        "rows_of_the_papers_minerals_add_up_to_the_world",
        {"mineral": "cobalt"},
    ),
    (
        SHARE,
        f"insert into marts.{SHARE} select * from marts.{SHARE} limit 1",
        "expect_compound_columns_to_be_unique",
        {"bloc": "msp", "mineral": "cobalt"},
    ),
    (SHARE, f"update marts.{SHARE} set eu_treatment = 'both'", "expect_column_values_to_be_in_set", {"year": 2022}),
    (
        MEMBER,
        f"delete from marts.{MEMBER} where party = 'P3' and year = 2023",
        "msp_partners_at_year_end",
        {"year": 2023, "expected": 14, "found": 13},
    ),
    (
        MEMBER,
        f"update marts.{MEMBER} set member_any_day = false where party = 'F1'",
        "rules_agree_with_one_another",
        {"party": "F1"},
    ),
]


@pytest.mark.parametrize(("table", "change", "name", "row"), MART_FAULTS, ids=[fault[2] for fault in MART_FAULTS])
def test_planted_fault_is_found_before_publication(
    tmp_path: Path, table: str, change: str, name: str, row: dict[str, Any]
) -> None:
    database = build_marts(tmp_path / "built.duckdb", change)
    result = run_gate("publishable", database, suites_of(tmp_path, "publishable", table, name=name), None, "marts")
    failure = only(result, name)
    assert not result.passed
    assert (failure.table, failure.severity) == (table, "error")
    assert failure.why
    assert failure.n_unexpected
    assert row.items() <= failure.rows[0].items()
    assert table in failure.message


def test_lost_column_is_named(tmp_path: Path) -> None:
    database = build_marts(tmp_path / "built.duckdb", f"alter table marts.{MEMBER} drop column date_precision")
    result = run_gate("publishable", database, suites_of(tmp_path, "publishable", MEMBER), None, "marts")
    assert "missing date_precision" in only(result, "expect_table_columns_to_match_set").message


def test_missing_table_fails_and_names_the_nearest(tmp_path: Path) -> None:
    database = build_marts(tmp_path / "built.duckdb", f"alter table marts.{SHARE} rename to mineral_bloc_shares")
    result = run_gate("publishable", database, suites_of(tmp_path, "publishable", *MART_SUITES), None, "marts")
    failure = only(result, "table_exists")
    assert "Table marts.mineral_bloc_share is missing" in failure.message
    assert "'mineral_bloc_shares'" in failure.message
    assert [f.table for f in result.errors] == [SHARE]


def test_missing_other_table_fails_the_expectation_that_reads_it(landed: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(landed)) as connection:
        connection.execute("alter table landed.landed.units rename to unit")
    result = run_gate("landed", landed, suites_of(tmp_path, "landed", "claims"), None, "landed")
    failure = only(result, "share_within_0_and_100_percent")
    assert "needs units, which is missing. Nearest known value: 'unit'" in failure.message


def test_no_table_at_all_is_a_failure(tmp_path: Path) -> None:
    database = tmp_path / "empty.duckdb"
    duckdb.connect(str(database)).close()
    result = run_gate("publishable", database, suites_of(tmp_path, "publishable", *MART_SUITES), None, "marts")
    assert {failure.expectation for failure in result.errors} == {"table_exists"}
    assert (result.checks_run, result.checks_passed) == (2, 0)


WRONG_SUITES = {
    "type": ("- {type: expect_column_values_to_be_betwen, column: share, min_value: 0, why: x}", "_between'"),
    "column": ("- {type: expect_column_values_to_not_be_null, column: shares, why: x}", "Nearest known value: 'share'"),
    "key": ("- {type: expect_column_values_to_not_be_null, colum: share, why: x}", "Nearest known value: 'column'"),
    "why": ("- {type: expect_column_values_to_not_be_null, column: share}", "[why] is missing"),
    "severity": (
        "- {type: expect_column_values_to_be_unique, column: share, why: x, severity: fatal}",
        "error, warning",
    ),
    "bounds": ("- {type: expect_column_values_to_be_between, column: share, why: x}", "bounds nothing"),
    "batch": ("- {type: unexpected_rows, name: a, query: select 1, why: x}", "Write {batch} for it"),
    "query": ("- {type: unexpected_rows, name: a, query: 'select shar from {batch}', why: x}", '"share"'),
    "twice": (
        "- {type: expect_column_values_to_be_unique, column: share, why: x}\n"
        "- {type: expect_column_values_to_be_unique, column: share, why: x}",
        "stands twice",
    ),
    "yaml": ("- {type: ", "is not YAML"),
}


@pytest.mark.parametrize(("expectations", "said"), WRONG_SUITES.values(), ids=WRONG_SUITES)
def test_wrong_suite_is_refused_with_its_file(tmp_path: Path, expectations: str, said: str) -> None:
    with duckdb.connect(str(tmp_path / "built.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.share as select 0.5 as share, 'cobalt' as mineral")
    folder = suite_in(tmp_path, f"table: share\nexpectations:\n{expectations}\n")
    with pytest.raises(FaultsFound) as raised:
        run_gate("publishable", tmp_path / "built.duckdb", folder, None, "marts")
    said_here = [str(fault) for fault in raised.value.faults]
    assert all("publishable/share.yml" in text for text in said_here)
    assert any(said in text for text in said_here), said_here


HARD_QUERY = r"""
table: share
expectations:
  - type: unexpected_rows
    name: braces_colons_and_percent_signs
    severity: warning
    query: |
      with odd as (select * from {batch} where not regexp_full_match(code, '\d{3}') and code not like 'a%:b')
      select odd.*, twin.code as twin from odd join {batch} as twin on odd.id = twin.id and odd.code <> ':x' -- {
      order by id;
    why: A <b>reason</b> & its history.
"""


def test_warning_is_reported_and_does_not_stop(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "built.duckdb")) as connection:
        connection.execute(
            "create schema marts; create table marts.share as select range as id, case when range = 0 then '123' "
            "when range = 1 then 'ab:b' else '<script>' || range end as code from range(30)"
        )
    docs = tmp_path / "docs" / "publishable"
    result = run_gate("publishable", tmp_path / "built.duckdb", suite_in(tmp_path, HARD_QUERY), docs, "marts")
    assert result.passed
    assert (result.checks_run, result.checks_passed, len(result.warnings)) == (2, 1, 1)
    failure = only(result, "braces_colons_and_percent_signs")
    assert (failure.n_unexpected, len(failure.rows)) == (28, 10)
    assert failure.rows[0] == {"id": 2, "code": "<script>2", "twin": "<script>2"}
    assert result.docs == docs / "index.html"
    page = result.docs.read_text(encoding="utf-8")
    assert "&lt;script&gt;2" in page
    assert "<script" not in page
    assert "A &lt;b&gt;reason&lt;/b&gt; &amp; its history." in page
    assert [path.name for path in docs.iterdir()] == ["index.html"]
    assert not re.search(r"https?://|<link|src=|url\(|@import", page)


def test_page_shows_every_check_with_its_reason(tmp_path: Path) -> None:
    database = build_marts(tmp_path / "built.duckdb", f"update marts.{SHARE} set share = 1.2")
    folder = suites_of(tmp_path, "publishable", *MART_SUITES)
    result = run_gate("publishable", database, folder, tmp_path / "docs", "marts")
    assert result.docs
    page = result.docs.read_text(encoding="utf-8")
    assert page.count('<td class="result') == result.checks_run
    assert f"{result.checks_passed} of {result.checks_run} checks hold" in page
    assert "above 1 the denominator is of another basis" in page
    assert "share is between 0 and 1" in page
    assert not re.search(r"https?://|<link|<script|src=", page)


def test_query_that_breaks_while_running_is_an_error_and_spares_the_others(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "built.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.share as select 'x' as share")
    text = """
table: share
expectations:
  - type: unexpected_rows
    name: breaks
    severity: warning
    query: select * from {batch} where cast(share as double) > 1
    why: x
  - {type: expect_column_values_to_not_be_null, column: share, why: x}
"""
    result = run_gate("publishable", tmp_path / "built.duckdb", suite_in(tmp_path, text), None, "marts")
    assert "could not be run" in only(result, "breaks").message
    assert [failure.expectation for failure in result.errors] == ["breaks"]


def type_of(column: str) -> str:
    """Guess a column's type from its name, as the public schema gives it."""
    if column.startswith(("n_", "text_line")) or column in {
        "year",
        "year_from",
        "year_to",
        "years_from_event",
        "version_year",
        "base_year",
        "target_year",
        "hs_year",
        "table_no",
    }:
        return "integer"
    if column.startswith(("member_year", "member_any", "is_", "may_")):
        return "boolean"
    if column.endswith(("_on", "_date", "valid_from", "valid_to", "joined", "as_of")) and column != "as_of":
        return "date"
    numeric = (
        r"value(_\w+)?|share(_\w+)?|\w+_share|world_\w+|bloc_value|to_tonnes|multiple|checks_\w+|warnings|hhi\w*|cr\d"
        r"|change\w*|jaccard|difference|recomputed_\w+|printed_value"
    )
    return "double" if re.fullmatch(numeric, column) else "varchar"


@pytest.mark.long
def test_suites_need_nothing_beyond_the_public_schema(tmp_path: Path) -> None:
    """On tables that have the public columns and no rows, only coverage fails; every query can be read."""
    database = tmp_path / "built.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema marts")
        for suite in load_suites(EXPECTATIONS / "publishable"):
            public = next(e for e in suite.expectations if e.type == "expect_table_columns_to_match_set")
            columns = ", ".join(f'"{name}" {type_of(name)}' for name in public.parameters["column_set"])
            connection.execute(f"create table marts.{suite.table} ({columns})")
    result = run_gate("publishable", database, EXPECTATIONS, None, "marts")
    covering = NEEDS_REAL_DATA | {"msp_partners_at_year_end", "msp_forum_at_year_end", "every_column_is_described"}
    assert [str(f) for f in result.failures if f.expectation not in covering] == []
    assert {failure.table for failure in result.errors} >= {"dim_party", "mineral_bloc_share", "policy_target"}


def test_every_seed_kind_has_a_suite() -> None:
    kinds = set(load_contracts(EXPECTATIONS / "seeds"))
    assert kinds == {suite.table for suite in load_suites(EXPECTATIONS / "landed")}


def test_empty_kind_becomes_an_empty_table(tmp_path: Path) -> None:
    write_landed(landed_frames(), tmp_path / "x.duckdb")
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
        described = connection.execute("describe landed.exclusions").fetchall()
        assert [column[0] for column in described][-2:] == ["_file", "_row"]
        assert {column[1] for column in described} == {"VARCHAR"}
        assert connection.execute("select count(*) from landed.exclusions").fetchone() == (0,)
        assert connection.execute("select count(*) from landed.claims where party = ''").fetchone() == (2,)
