"""MetricFlow accepts the metrics, and answers each with what plain SQL finds in the release."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from tests.conftest import ROOT

Row = tuple[object, ...]
YEAR = "metric_time__year"
SHARE = [
    *(
        "bloc",
        "bloc_share__party_scope",
        "mineral",
        "bloc_share__basis",
        "bloc_share__stage",
        "bloc_share__measure",
        YEAR,
    ),
    *("bloc_share__source", "bloc_share__edition", "bloc_share__membership_rule", "bloc_share__eu_treatment"),
]
DEFAULT_SHARE = [
    *("bloc", "mineral", "bloc_share__basis", "bloc_share__stage", "bloc_share__measure", YEAR),
    *("bloc_share__source", "bloc_share__edition"),
]
SERIES = [
    *("observation__source", "observation__edition", "mineral", "observation__basis", "observation__stage"),
    *("observation__measure", YEAR),
]
PARTIES = "select bloc, year, count(distinct party) filter (where {}) from marts.alliance_membership_by_year"
# Of each metric: what it is grouped by, and the same asked of the marts in other words.
ASKED: dict[str, tuple[list[str], str]] = {
    "bloc_share": (
        SHARE,
        "select bloc, party_scope, mineral, basis, stage, measure, year, source, edition, membership_rule, "
        "eu_treatment, share from marts.mineral_bloc_share",
    ),
    "bloc_share_at_year_end": (
        DEFAULT_SHARE,
        "select bloc, mineral, basis, stage, measure, year, source, edition, share from marts.mineral_bloc_share "
        "where (party_scope, membership_rule, eu_treatment) = ('partners', 'year_end', 'as_signed')",
    ),
    "shares_left_open": (["bloc"], "select bloc, count(*) from marts.mineral_bloc_share group by bloc"),
    "least_bloc_share": (
        ["bloc", "mineral"],
        "select bloc, mineral, (array_agg(share order by share nulls last))[1] from marts.mineral_bloc_share "
        "group by all",
    ),
    "greatest_bloc_share": (
        ["bloc", "mineral"],
        "select bloc, mineral, (array_agg(share order by share desc nulls last))[1] from marts.mineral_bloc_share "
        "group by all",
    ),
    "bloc_share_at_least": (["mineral"], "select mineral, min(share_low) from marts.mineral_bloc_share group by all"),
    "bloc_share_at_most": (["mineral"], "select mineral, max(share_high) from marts.mineral_bloc_share group by all"),
    "members_at_year_end": (
        ["bloc", YEAR],
        f"{PARTIES.format('member_year_end')} where via = 'direct' group by all",
    ),
    "members_on_any_day": (["bloc", YEAR], f"{PARTIES.format('member_any_day')} where via = 'direct' group by all"),
    "members_at_year_start": (
        ["bloc", YEAR],
        f"{PARTIES.format('member_year_start')} where via = 'direct' group by all",
    ),
    "memberships_day_weighted": (
        ["bloc", YEAR],
        "select bloc, year, sum(member_day_share) from marts.alliance_membership_by_year where via <> 'EUU' "
        "group by all",
    ),
    "source_conflicts": (["conflict__kind"], "select kind, count(*) from marts.source_conflict group by all"),
    "open_source_conflicts": (
        ["conflict__document_a"],
        "select document_a, count(*) from marts.source_conflict where chosen is null group by all",
    ),
    "policy_events": (
        ["party", "policy_event__category", YEAR],
        "select actor, category, year, n_events from marts.policy_events_by_year where n_events > 0",
    ),
    "observations": (
        ["observation__source", "observation__edition"],
        "select source, edition, count(*) from marts.fct_observation group by all",
    ),
    # The marts of shares add up the same rows on another path.
    "observed_tonnes": (
        SERIES,
        "select distinct source, edition, mineral, basis, stage, measure, year, world_named_rows "
        "from marts.mineral_bloc_share",
    ),
    "series_left_open": (
        ["observation__source", "mineral"],
        "select source, mineral, count(*) from (select distinct source, edition, mineral, basis, stage, measure, "
        "series, table_kind, year from marts.fct_observation where party <> 'WORLD' and party <> 'OTHER') "
        "group by all",
    ),
    "tonnes_of_parties": (
        ["mineral"],
        "select mineral, sum(value_tonnes) from marts.fct_observation "
        "anti join (values ('WORLD'), ('OTHER')) as sums(party) using (party) group by all",
    ),
}


class _Renders:
    """All that MetricFlow needs to write SQL for DuckDB; the release's own connection runs it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class Metrics:
    """The metrics of the project, asked of a release."""

    def __init__(self, engine: MetricFlowEngine, release: duckdb.DuckDBPyConnection) -> None:
        self._engine = engine
        self._release = release

    def ask(self, metrics: Sequence[str], by: Sequence[str] = (), where: Sequence[str] = ()) -> set[Row]:
        """The rows of an answer: the groups in their order, then the metrics; a year as a number."""
        request = MetricFlowQueryRequest.create(
            metric_names=list(metrics), group_by_names=list(by), where_constraints=list(where)
        )
        sql = self._engine.explain(request).sql_statement.sql
        return told(self._release.sql(sql).select(*map(duckdb.ColumnExpression, (*by, *metrics))))


def told(relation: duckdb.DuckDBPyRelation) -> set[Row]:
    """The rows of a relation, each once; numbers to the digits in which the order of a sum makes no difference."""
    rows = relation.fetchall()
    comparable = {tuple(map(_comparable, row)) for row in rows}
    assert len(comparable) == len(rows)
    return comparable


def _comparable(value: object) -> object:
    match value:
        case datetime():
            return value.year
        case float():
            return float(f"{value:.12g}")
    return value


@pytest.fixture(scope="module")
def definitions(compiled_project: Path) -> Any:  # noqa: ANN401 - MetricFlow names no type of it that is meant for others
    return parse_manifest_from_dbt_generated_manifest(
        compiled_project.with_name("semantic_manifest.json").read_text(encoding="utf-8")
    )


@pytest.fixture(scope="module")
def engine(definitions: Any) -> MetricFlowEngine:  # noqa: ANN401
    return MetricFlowEngine(SemanticManifestLookup(definitions), _Renders())


@pytest.fixture
def metrics(engine: MetricFlowEngine, release: duckdb.DuckDBPyConnection) -> Metrics:
    return Metrics(engine, release)


def test_metricflow_finds_nothing_wrong_with_the_definitions(definitions: Any) -> None:  # noqa: ANN401
    assert SemanticManifestValidator().validate_semantic_manifest(definitions).all_issues == ()


def test_everything_is_described_in_both_languages(manifest: dict[str, Any]) -> None:
    for kind in ("semantic_models", "metrics"):
        for thing in manifest[kind].values():
            assert thing["label"], thing["name"]
            assert thing["description"].strip().endswith("."), thing["name"]
            assert thing["config"]["meta"]["description_zh"].endswith("。"), thing["name"]
    for model in manifest["semantic_models"].values():
        for part in (*model["dimensions"], *model["measures"]):
            assert part["description"], (model["name"], part["name"])


def test_every_metric_is_asked(manifest: dict[str, Any]) -> None:
    assert ASKED.keys() == {metric["name"] for metric in manifest["metrics"].values()}


def test_the_page_for_those_who_connect_names_every_metric() -> None:
    page = (ROOT / "docs" / "connect.md").read_text(encoding="utf-8")
    section = page.split("\n## dbt and MetricFlow\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(ASKED)


@pytest.mark.parametrize("metric", ASKED)
def test_a_metric_is_what_plain_sql_finds(metrics: Metrics, release: duckdb.DuckDBPyConnection, metric: str) -> None:
    by, sql = ASKED[metric]
    expected = told(release.sql(sql))
    assert expected
    assert metrics.ask([metric], by) == expected


def test_a_metric_can_be_grouped_by_everything_that_is_offered(metrics: Metrics, engine: MetricFlowEngine) -> None:
    """One metric of each model by each of its dimensions, the names of blocs, parties and minerals among them."""
    grouped = 0
    for metric in ("shares_left_open", "members_on_any_day", "source_conflicts", "policy_events", "observations"):
        for dimension in engine.simple_dimensions_for_metrics([metric]):
            name = dimension.granularity_free_dunder_name
            name += "__year" if "time" in str(dimension.type).lower() else ""
            assert metrics.ask([metric], [name]), (metric, name)
            grouped += 1
    assert grouped > 50


def test_a_share_is_null_until_one_row_is_left(metrics: Metrics) -> None:
    """Never a sum or a mean over rules, scopes, treatments, sources, editions, years, blocs or minerals."""
    for left_out in SHARE:
        by = [name for name in SHARE if name != left_out]
        rows = metrics.ask(["bloc_share", "shares_left_open"], by)
        assert rows
        assert all(share is None for *_, share, left_open in rows if left_open != 1), left_out
    assert any(left_open != 1 for *_, left_open in metrics.ask(["shares_left_open"], ["bloc"]))
    assert metrics.ask(["bloc_share"]) == {(None,)}


def test_tonnes_are_null_until_one_series_is_left(metrics: Metrics) -> None:
    for left_out in SERIES:
        by = [name for name in SERIES if name != left_out]
        rows = metrics.ask(["observed_tonnes", "series_left_open"], by)
        assert all((tonnes is None) == (left_open != 1) for *_, tonnes, left_open in rows), left_out
    assert metrics.ask(["observed_tonnes"]) == {(None,)}


def test_of_several_years_the_last_says_how_many_members_there_are(metrics: Metrics) -> None:
    """Who left before is none, and the years are not added up."""
    until_2022 = "{{ TimeDimension('metric_time', 'year') }} <= '2022-01-01'"
    of_eu = ["{{ Entity('bloc') }} = 'eu'", until_2022]
    assert metrics.ask(["members_at_year_end"], [YEAR], of_eu) >= {(2019, 28), (2020, 27), (2022, 27)}
    assert metrics.ask(["members_at_year_end"], ["bloc"], of_eu) == {("eu", 27)}
    assert metrics.ask(["memberships_day_weighted"], ["bloc"], of_eu) == {("eu", 27)}


def test_a_party_of_two_blocs_is_one_party(metrics: Metrics, release: duckdb.DuckDBPyConnection) -> None:
    of_two = "{{ Entity('bloc') }} in ('msp', 'quad')"
    in_2024 = "{{ TimeDimension('metric_time', 'year') }} = '2024-01-01'"
    (expected,) = release.execute(
        "select n_a + n_b - n_both from marts.bloc_overlap where bloc_a = 'msp' and bloc_b = 'quad' and year = 2024"
    ).fetchall()
    assert metrics.ask(["members_at_year_end"], [], [of_two, in_2024]) == {expected}


@pytest.mark.parametrize("metric", ["observations", "series_left_open", "tonnes_of_parties"])
def test_a_metric_is_what_plain_sql_finds_in_official_files(
    engine: MetricFlowEngine, landed: duckdb.DuckDBPyConnection, metric: str
) -> None:
    """They have series of a world total alone, and several series of one quantity."""
    by, sql = ASKED[metric]
    assert Metrics(engine, landed).ask([metric], by) == told(landed.sql(sql))


def test_the_calendar_holds_every_year(release: duckdb.DuckDBPyConnection) -> None:
    assert years_beyond_the_calendar(release) == []


def test_the_calendar_holds_every_year_of_the_official_files(landed: duckdb.DuckDBPyConnection) -> None:
    assert years_beyond_the_calendar(landed) == []


def years_beyond_the_calendar(release: duckdb.DuckDBPyConnection) -> list[Row]:
    return release.sql(
        """
        with years as (
            select year from marts.mineral_bloc_share
            union select year from marts.alliance_membership_by_year
            union select year from marts.fct_observation
            union select year(event_date) from marts.fct_policy_event
        )
        from years select distinct year
        where not exists (from intermediate.int_calendar__days where year(day) = years.year) order by year
        """
    ).fetchall()
