"""Where numbers come from: every row of every public table has its source, and its cells add up to it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from etl.trace.declared import BadDeclaration, read_declaration
from etl.trace.lineage import Lineage, Model, read_lineage
from tests.conftest import ROOT
from tests.trace.walk import Unsourced, walk

Connection = duckdb.DuckDBPyConnection


def current(warehouse: Path) -> Path:
    pointer = json.loads((warehouse / "current.json").read_text(encoding="utf-8"))
    return warehouse / "releases" / str(pointer["release_id"])


@pytest.fixture(scope="module")
def lineage(warehouse: Path) -> Lineage:
    return read_lineage(current(warehouse))


@pytest.fixture
def spoiled(warehouse: Path, tmp_path: Path) -> Iterator[Connection]:
    """A copy of the release under another name, to be spoiled."""
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(warehouse / "orebloc.duckdb", copy)
    with duckdb.connect(str(copy)) as connection:
        yield connection


def rows(connection: Connection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(sql).fetchall()


# Every row has its source.


def test_every_row_of_every_mart_has_its_source(release: Connection, lineage: Lineage) -> None:
    assert walk(release, lineage) == []


def test_every_row_from_the_official_files_has_its_source(landed: Connection, landed_warehouse: Path) -> None:
    assert walk(landed, read_lineage(current(landed_warehouse))) == []


def test_every_mart_is_declared_in_one_of_four_ways(release: Connection, lineage: Lineage) -> None:
    tables = {row[0] for row in rows(release, "select table_name from duckdb_tables() where schema_name = 'marts'")}
    assert tables == set(lineage.marts)
    for mart in lineage.marts.values():
        provenance = mart.provenance
        columns = {column for cell in provenance.cells for column in cell.columns.values()}
        assert columns <= set(mart.columns), mart.name
        assert not provenance.whole or provenance.whole.endswith("."), mart.name
        assert not provenance.seeds or provenance.publisher, mart.name


def test_a_document_that_is_gone_is_missed_wherever_it_is_cited(spoiled: Connection, lineage: Lineage) -> None:
    spoiled.execute("delete from marts.dim_document where document = 'zhang2024'")
    found = {fault.table for fault in walk(spoiled, lineage)}
    assert {
        "fct_article_claim",
        "fct_bloc_membership",
        "alliance_membership_by_year",
        "mineral_bloc_share",
        "article_table_reproduction",
        "policy_events_by_year",
        "bloc_overlap",
    } <= found
    assert "fct_observation" not in found


def test_a_place_that_is_blank_is_found(spoiled: Connection, lineage: Lineage) -> None:
    spoiled.execute(
        "update marts.fct_observation set locator = '' where mineral = 'cobalt' and party = 'AUS' and year = 2022"
    )
    found = {fault.table for fault in walk(spoiled, lineage)}
    assert {"fct_observation", "mineral_bloc_share", "mineral_concentration", "bloc_share_change"} <= found
    assert "fct_article_claim" not in found


def test_a_row_without_any_cell_is_found(spoiled: Connection, lineage: Lineage) -> None:
    spoiled.execute("delete from marts.fct_membership_claim where bloc = 'quad'")
    spoiled.execute("delete from seeds.units where unit = 't'")
    found = walk(spoiled, lineage)
    assert Unsourced("dim_unit", "not in its seed", 1) in found
    assert Unsourced("fct_bloc_membership", "without a cell", 4) in found


def test_an_edition_that_nobody_described_is_found(spoiled: Connection, lineage: Lineage) -> None:
    spoiled.execute("delete from marts.dim_edition")
    assert {"fct_observation", "mineral_concentration"} <= {fault.table for fault in walk(spoiled, lineage)}


def test_a_mart_that_declares_nothing_is_found(spoiled: Connection, lineage: Lineage) -> None:
    spoiled.execute("create table marts.undeclared as select 1 as n")
    assert walk(spoiled, lineage) == [Unsourced("undeclared", "is not in the lineage")]
    with pytest.raises(BadDeclaration, match="declares no provenance"):
        read_declaration("undeclared", None)


def test_a_row_that_names_two_claims_needs_a_place_for_each_that_it_names() -> None:
    """As a table of conflicts does: one claim may be missing, but none may hang in the air."""
    declared = {
        "cells": [
            {"role": "claim_a", "document": "document_a", "locator": "locator_a"},
            {"role": "claim_b", "document": "document_b", "locator": "locator_b"},
        ]
    }
    columns = ("id", "document_a", "locator_a", "document_b", "locator_b")
    mart = Model("conflict", "marts", "marts.conflict", "", "", (), columns, ("id",), declared)
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.dim_document as select 'paper' as document;
            create table marts.dim_edition as select 'usgs_mcs' as source, '2024' as edition;
            create table marts.conflict as from (values
                (1, 'paper', 'line 1', 'paper', 'line 2'),
                (2, 'paper', 'line 1', null, null),
                (3, 'paper', 'line 1', 'paper', null),
                (4, 'paper', 'line 1', 'nowhere', 'line 2'),
                (5, null, null, null, null)
            ) as listed(id, document_a, locator_a, document_b, locator_b)
            """
        )
        documents = Model("dim_document", "marts", "marts.dim_document", "", "", (), (), ("document",), {"build": "x"})
        editions = Model("dim_edition", "marts", "marts.dim_edition", "", "", (), (), ("source",), {"build": "x"})
        models = {model.name: model for model in (mart, documents, editions)}
        assert walk(connection, Lineage(models)) == [
            Unsourced("conflict", "without source or place", 1),
            Unsourced("conflict", "a cell without source or place", 2),
        ]


@pytest.mark.parametrize(
    "declared",
    [
        {"view": "provenance.a", "build": "both"},
        {"cells": [{"locator": "locator"}]},
        {"cells": [{"document": "document", "page": "page"}]},
        {"where": "somewhere"},
    ],
)
def test_a_declaration_that_says_nothing_is_refused(declared: dict[str, object]) -> None:
    with pytest.raises(BadDeclaration):
        read_declaration("some_table", declared)


# The cells are those that the number was made from.


def test_the_cells_of_a_share_add_up_to_it(release: Connection) -> None:
    key = "bloc, party_scope, mineral, basis, stage, measure, year, source, edition, membership_rule, eu_treatment"
    differs = rows(
        release,
        f"""
        with rested as (
            select
                {key},
                sum(cell_value_tonnes * weight) as counted,
                count(distinct member) filter (where weight * cell_value_tonnes is not null) as n_reporting,
                sum(cell_value_tonnes) filter (where cell_role = 'denominator') as world,
                coalesce(sum(cell_value_tonnes) filter (where cell_role in ('numerator', 'other_row')), 0) as named,
                coalesce(bool_or(cell_role = 'residual' and cell_printed like '>%'), false) as has_bound,
                coalesce(sum(cell_value_tonnes) filter (where cell_role <> 'denominator'), 0) as all_rows,
                string_agg(distinct case when cell_source is null then member end, ', '
                    order by case when cell_source is null then member end) as members
            from provenance.mineral_bloc_share
            group by all
        )
        select {key} from marts.mineral_bloc_share join rested using ({key})
        where abs(coalesce(bloc_value, 0) - coalesce(counted, 0)) > 1e-9 * world_all_rows
            or n_reporting <> n_members_reporting
            or world <> world_published  -- one that is printed as ">x" has no value
            or abs(named - world_named_rows) > 1e-9 * world_named_rows
            or (not has_bound and abs(all_rows - world_all_rows) > 1e-9 * world_all_rows)
            or members is distinct from member_parties
        """,
    )
    assert differs == []


def test_the_cells_of_a_share_add_up_over_all_editions(landed: Connection) -> None:
    """The same of the official files, for one bloc: sub-series, withheld values and tables without a world total."""
    key = "party_scope, mineral, basis, stage, measure, year, source, edition, membership_rule, eu_treatment"
    differs = rows(
        landed,
        f"""
        with shares as (select * from marts.mineral_bloc_share where bloc = 'msp'),
        rested as (
            select {key}, sum(cell_value_tonnes * weight) as counted,
                string_agg(distinct case when cell_source is null then member end, ', '
                    order by case when cell_source is null then member end) as members
            from provenance.mineral_bloc_share where bloc = 'msp' group by all
        )
        select {key} from shares join rested using ({key})
        where abs(coalesce(bloc_value, 0) - coalesce(counted, 0)) > 1e-9 * world_all_rows
            or members is distinct from member_parties
        """,
    )
    assert differs == []


def test_the_cells_of_a_change_are_those_of_its_two_shares(release: Connection) -> None:
    key = "bloc, party_scope, mineral, basis, stage, measure, source, year_from, year_to"
    differs = rows(
        release,
        f"""
        with rested as (
            select {key}, share_is,
                sum(cell_value_tonnes * weight)
                    / sum(cell_value_tonnes) filter (where cell_role = 'denominator') as share
            from provenance.bloc_share_change group by all
        )
        select * from marts.bloc_share_change
        join rested as earlier using ({key}) join rested as later using ({key})
        where earlier.share_is = 'earlier' and later.share_is = 'later'
            and (abs(share_from - earlier.share) > 1e-9 or abs(share_to - later.share) > 1e-9)
        """,
    )
    assert differs == []


@pytest.mark.parametrize(
    ("table", "number", "counted"),
    [
        (
            "mineral_concentration",
            "numbers.n_parties",
            "count(distinct cell_party) filter (where cell_role = 'numerator')",
        ),
        ("policy_events_by_year", "numbers.n_events", "count(distinct event_id) filter (where cell_role = 'led')"),
        ("policy_events_by_year", "numbers.n_events_taken_part", "count(distinct event_id)"),
        ("mineral_list_overlap", "numbers.n_a", "count(distinct counted_as) filter (where cell_role = 'listed_a')"),
        ("mineral_list_overlap", "numbers.n_b", "count(distinct counted_as) filter (where cell_role = 'listed_b')"),
        ("bloc_overlap", "numbers.n_a", "count(distinct member) filter (where member_of = bloc_a)"),
        ("bloc_overlap", "numbers.n_b", "count(distinct member) filter (where member_of = bloc_b)"),
        ("policy_event_window", "numbers.party_value", "sum(cell_value_tonnes) filter (where cell_role = 'numerator')"),
        ("policy_event_window", "1", "count(*) filter (where cell_role = 'event')"),
        ("article_table_reproduction", "1", "count(*) filter (where cell_role = 'printed')"),
        (
            "article_table_reproduction",
            "numbers.printed",
            "any_value(cell_printed) filter (where cell_role = 'printed')",
        ),
        ("dim_bloc", "true", "bool_or(cell_document = numbers.document)"),
        (
            "fct_bloc_membership",
            "true",
            "bool_or(cell_role in ('membership', 'accession') and cell_document = numbers.document)",
        ),
    ],
)
def test_as_many_cells_as_the_number_counts(
    release: Connection, lineage: Lineage, table: str, number: str, counted: str
) -> None:
    key = ", ".join(lineage.marts[table].primary_key)
    differs = rows(
        release,
        f"select {key} from marts.{table} as numbers left join provenance.{table} using ({key}) group by {key} "
        f"having ({counted}) is distinct from any_value({number})",
    )
    assert differs == []


def test_a_revision_has_both_values(landed: Connection) -> None:
    key = "source, mineral, basis, stage, measure, party, year, edition_new"
    differs = rows(
        landed,
        f"""
        with rested as (
            select {key}, sum(cell_value_tonnes) filter (where cell_role = 'earlier_value') as earlier,
                sum(cell_value_tonnes) filter (where cell_role = 'later_value') as later
            from provenance.observation_revision group by all
        )
        select {key} from marts.observation_revision left join rested using ({key})
        where value_old is distinct from earlier or value_new is distinct from later
        """,
    )
    assert differs == []
    assert rows(landed, "select count(*) > 1000 from marts.observation_revision") == [(True,)]


def test_a_recomputed_total_is_the_sum_of_its_cells(landed: Connection) -> None:
    """With whom the paper adds and without whom it leaves out, in the paper's own unit."""
    differs = rows(
        landed,
        """
        with rested as (
            select document, table_no, mineral, cell,
                sum(cell_value_tonnes) filter (where membership_rule = 'fixed' and cell_role in ('numerator', 'added'))
                    as paper,
                sum(cell_value_tonnes) filter (where membership_rule = 'year_end' and cell_role = 'numerator')
                    as year_end
            from provenance.article_table_reproduction where cell = 'members' group by all
        )
        select mineral, recomputed_paper_reading, paper, recomputed_year_end, year_end
        from rested
        join marts.article_table_reproduction using (document, table_no, mineral, cell)
        join staging.stg_decisions__table_reproductions as series using (document, table_no, mineral)
        where abs(recomputed_paper_reading - paper / unit_scale) > 1e-9 * abs(recomputed_paper_reading)
            or abs(recomputed_year_end - year_end / unit_scale) > 1e-9 * abs(recomputed_year_end)
        """,
    )
    assert differs == []


def test_a_share_leads_to_the_line_of_a_paper(release: Connection) -> None:
    """Norway's date of joining rests on a paper's table; the join is one."""
    found = rows(
        release,
        """
        select cell_document, cell_locator, cell_text_line, cell_printed, documents.kind
        from marts.mineral_bloc_share
        join provenance.mineral_bloc_share using (
            bloc, party_scope, mineral, basis, stage, measure, year, source, edition, membership_rule, eu_treatment)
        join marts.dim_document as documents on cell_document = documents.document
        where bloc = 'msp' and mineral = 'cobalt' and measure = 'reserves' and year = 2024 and party_scope = 'partners'
            and membership_rule = 'year_end' and eu_treatment = 'as_signed'
            and member = 'NOR' and cell_role = 'membership'
        """,
    )
    assert found == [("zhang2024", "Table 1, row 4, column 成员", 65, "挪威", "paper")]


def test_through_the_eu_a_member_has_the_eus_claim_and_its_accession(release: Connection) -> None:
    found = rows(
        release,
        "select cell_role, cell_document, cell_party, cell_locator from provenance.alliance_membership_by_year "
        "where bloc = 'msp' and year = 2023 and party = 'POL' and via = 'EUU' order by cell_role",
    )
    assert found == [
        ("accession", "eu_membership_history", "POL", "Treaty of Accession 2003"),
        ("membership_of_eu", "state_msp_2022_06_14", "EUU", "list of partners, as reported"),
    ]


# The views themselves.


def views(connection: Connection) -> list[str]:
    return [
        str(row[0]) for row in rows(connection, "select view_name from duckdb_views() where schema_name = 'provenance'")
    ]


def test_the_views_are_in_the_file_alone(release: Connection, warehouse: Path) -> None:
    assert len(views(release)) > 10
    assert rows(release, "select * from duckdb_tables() where schema_name = 'provenance'") == []
    exported = {path.stem for path in (current(warehouse) / "parquet").iterdir()}
    assert exported == set(read_lineage(current(warehouse)).marts)


def test_the_views_work_under_another_name(warehouse: Path, spoiled: Connection) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse / 'orebloc.duckdb'}' as other (read_only)")
        for view in views(spoiled):
            query = "select count(*) from {}provenance.{} where cell_document = 'zhang2024'"
            assert rows(connection, query.format("other.", view)) == rows(spoiled, query.format("", view))


def test_every_view_and_column_is_described_in_the_file(release: Connection) -> None:
    bare = rows(
        release,
        "select table_name, column_name from duckdb_columns() where schema_name = 'provenance' "
        "and coalesce(comment, '') = '' union all "
        "select view_name, '' from duckdb_views() where schema_name = 'provenance' and coalesce(comment, '') = ''",
    )
    assert bare == []


def test_every_role_is_explained(release: Connection) -> None:
    for view in views(release):
        [(comment,)] = rows(
            release,
            "select comment from duckdb_columns() "
            f"where schema_name = 'provenance' and table_name = '{view}' and column_name = 'cell_role'",
        )
        roles = {str(row[0]) for row in rows(release, f"select distinct cell_role from provenance.{view}")}
        assert {role for role in roles if not re.search(rf"\b{role}\b", str(comment))} == set(), view


def test_a_decision_names_the_seed_in_which_it_stands(release: Connection) -> None:
    for view in views(release):
        files = rows(
            release, f"select distinct cell_file from provenance.{view} where cell_role in ('decision', 'accession')"
        )
        assert all((ROOT / str(file)).is_file() for (file,) in files), view
