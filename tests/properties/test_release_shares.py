"""Shares of the releases: what holds for invented blocs holds for every row that is published."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl.published.path import ModelPath

Connection = duckdb.DuckDBPyConnection
TABLE = "bloc, party_scope, mineral, basis, stage, measure, year, source, edition, membership_rule, eu_treatment"
RULES = {"year_end", "any_day", "year_start", "day_weighted", "fixed"}


def offenders(connection: Connection, sql: str) -> list[tuple[object, ...]]:
    """Some rows of a query that should have none."""
    return connection.execute(f"{sql} limit 5").fetchall()


def test_every_rule_and_treatment_is_there(published: Connection) -> None:
    found = set(
        published.execute("select distinct membership_rule, eu_treatment from marts.mineral_bloc_share").fetchall()
    )
    assert found == {(rule, treatment) for rule in RULES for treatment in ("as_signed", "expanded")}


def test_bounds_hold_the_share(published: Connection) -> None:
    assert not offenders(
        published,
        f"select {TABLE}, share_low, share, share_high from marts.mineral_bloc_share "
        "where not (0 <= share_low and share_low <= share + 1e-12 and share <= share_high + 1e-12) "
        "and n_members_reporting > 0",
    )


def test_a_share_is_null_exactly_where_no_member_reports(published: Connection) -> None:
    assert not offenders(
        published,
        f"select {TABLE} from marts.mineral_bloc_share where n_members < n_members_reporting "
        "or (n_members_reporting = 0) is distinct from (bloc_value is null) "
        "or (n_members_reporting = 0) is distinct from (share is null) "
        "or (n_members_reporting = 0) is distinct from (share_low is null) "
        "or (n_members_reporting = 0) is distinct from (share_high is null) "
        "or (bloc_value is null or world_all_rows = 0) is distinct from (share_of_all_rows is null) "
        "or (bloc_value is null or world_named_rows = 0) is distinct from (share_of_named_rows is null)",
    )
    nulls = published.execute("select count(*) from marts.mineral_bloc_share where share is null").fetchone()
    zeros = published.execute("select count(*) from marts.mineral_bloc_share where share = 0").fetchone()
    assert nulls != (0,)
    assert zeros != (0,)


def test_each_share_names_its_denominator(published: Connection) -> None:
    assert not offenders(
        published,
        f"select {TABLE} from marts.mineral_bloc_share where bloc_value is not null and not ("
        "abs(share - bloc_value / coalesce(world_published, world_all_rows)) < 1e-12 "
        "and (world_all_rows = 0 or abs(share_of_all_rows - bloc_value / world_all_rows) < 1e-12) "
        "and (world_named_rows = 0 or abs(share_of_named_rows - bloc_value / world_named_rows) < 1e-12))",
    )


@pytest.mark.parametrize(
    ("column", "narrow", "wide"),
    [
        ("membership_rule", "day_weighted", "any_day"),
        ("membership_rule", "year_end", "any_day"),
        ("membership_rule", "year_start", "any_day"),
        ("party_scope", "partners", "partners_and_forum"),
        ("eu_treatment", "as_signed", "expanded"),
    ],
)
def test_a_wider_reading_never_holds_less(published: Connection, column: str, narrow: str, wide: str) -> None:
    key = ", ".join(name for name in TABLE.split(", ") if name != column)
    pairs = (
        f"select {key}, narrow.bloc_value as of_narrow, wide.bloc_value as of_wide from marts.mineral_bloc_share as "
        f"narrow inner join marts.mineral_bloc_share as wide using ({key}) "
        f"where narrow.{column} = '{narrow}' and wide.{column} = '{wide}'"
    )
    assert not offenders(
        published,
        f"from ({pairs}) where of_narrow < 0 or coalesce(of_narrow, 0) > coalesce(of_wide, 0) * (1 + 1e-12)",
    )
    assert published.execute(f"select count(*) > 10 from ({pairs}) where of_narrow > 0").fetchone() == (True,)


def test_expanded_never_holds_more_than_those_who_signed_and_all_states(published: Connection) -> None:
    """The EU's states are in union with those that signed themselves, so that nobody is added twice."""
    by_year = "party_scope, years.year, party, max({weight}) as weight"
    weights = {
        "year_end": "member_year_end::int",
        "any_day": "member_any_day::int",
        "year_start": "member_year_start::int",
        "day_weighted": "member_day_share",
    }
    states = " union all ".join(
        f"select scopes.bloc, '{rule}' as membership_rule, scopes.{by_year.format(weight=weight)} "
        "from marts.alliance_membership_by_year as years "
        "inner join intermediate.int_shares__scopes as scopes on years.bloc = scopes.counted_bloc "
        "where years.via = 'EUU' group by all"
        for rule, weight in weights.items()
    )
    # None of the blocs that the EU signed has ended; of them, the states that have not left are the latest.
    states += (
        " union all select distinct scopes.bloc, 'fixed', scopes.party_scope, series.year, spells.party, 1 "
        "from intermediate.int_membership__spells as spells "
        "inner join intermediate.int_shares__scopes as scopes on spells.bloc = scopes.counted_bloc "
        "cross join (select distinct year from intermediate.int_shares__series) as series "
        "where spells.via = 'EUU' and spells.valid_to is null"
    )
    series = "mineral, basis, stage, measure, year, source, edition"
    key = f"bloc, party_scope, membership_rule, {series}"
    naive = (
        f"with states as ({states}), "
        f"of_states as (select {key}, sum(weight * value_tonnes) as value from states "
        "inner join intermediate.int_observations__by_party using (party, year) group by all) "
        f"select {key}, signed.bloc_value as signed, expanded.bloc_value as expanded, of_states.value as states "
        f"from marts.mineral_bloc_share as signed inner join marts.mineral_bloc_share as expanded using ({key}) "
        f"left join of_states using ({key}) "
        "where signed.eu_treatment = 'as_signed' and expanded.eu_treatment = 'expanded'"
    )
    too_much = "coalesce(expanded, 0) > (coalesce(signed, 0) + coalesce(states, 0)) * (1 + 1e-12)"
    assert not offenders(published, f"from ({naive}) where {too_much}")
    union = f"from ({naive}) where expanded < (signed + states) * (1 - 1e-12)"
    assert published.execute(f"select count(*) > 0 {union}").fetchone() == (True,)


def test_fixed_is_the_latest_composition_in_every_year(published: Connection) -> None:
    compositions = published.execute(
        "select bloc, party_scope, eu_treatment, count(distinct member_parties), count(distinct membership_as_of) "
        "from marts.mineral_bloc_share where membership_rule = 'fixed' group by all having max(n_members) > 0"
    ).fetchall()
    assert compositions
    assert {row[3:] for row in compositions} == {(1, 1)}
    latest = dict(
        published.execute(
            "select bloc, string_agg(party, ', ' order by party) from marts.fct_bloc_membership "
            "where role not in ('observer', 'institution') and status = 'in_force' and valid_to is null group by bloc"
        ).fetchall()
    )
    shown = dict(
        published.execute(
            "select distinct bloc, member_parties from marts.mineral_bloc_share where membership_rule = 'fixed' "
            "and eu_treatment = 'as_signed' and party_scope = 'partners'"
        ).fetchall()
    )
    assert shown == latest


def test_a_leavers_share_ends_with_its_membership(landed: Connection) -> None:
    """The United Kingdom left the EU on 31 January 2020, the last of its 31 days of that year."""
    rows = landed.execute(
        "select mineral, basis, stage, source, edition, "
        "max(bloc_value) filter (where membership_rule = 'year_start') as at_start, "
        "max(bloc_value) filter (where membership_rule = 'year_end') as at_end, "
        "max(bloc_value) filter (where membership_rule = 'any_day') as on_any_day, "
        "max(bloc_value) filter (where membership_rule = 'day_weighted') as by_days, "
        "max(observations.value_tonnes) as of_leaver "
        "from marts.mineral_bloc_share as shares "
        "inner join intermediate.int_observations__by_party as observations "
        "using (mineral, basis, stage, measure, source, edition, year) "
        "where bloc = 'eu' and eu_treatment = 'as_signed' and measure = 'production' and year = 2020 and party = 'GBR' "
        "group by all having of_leaver > 0 and at_end > 0"
    ).fetchall()
    assert len(rows) > 3
    for *_, at_start, at_end, on_any_day, by_days, of_leaver in rows:
        assert at_start == pytest.approx(at_end + of_leaver)
        assert on_any_day == pytest.approx(at_end + of_leaver)
        assert by_days == pytest.approx(at_end + of_leaver * 31 / 366)
    later = landed.execute(
        "select count(*) from marts.mineral_bloc_share "
        "where bloc = 'eu' and year > 2020 and member_parties like '%GBR%'"
    ).fetchone()
    assert later == (0,)


def test_a_bloc_of_all_parties_holds_all_named_rows(published: Connection, compiled_project: Path) -> None:
    """The path of the mart, walked with one bloc to which everyone belongs."""
    path = ModelPath.of_manifest(compiled_project).expressions(
        "int_shares__blocs", given=["int_membership__spells", "int_shares__scopes"]
    )
    found = published.execute(
        f"""
        with int_shares__scopes as (select 'all' as bloc, 'partners' as party_scope, 'all' as counted_bloc),
        int_membership__spells as (
            select
                'all' as bloc, party, 'direct' as via, 'member' as role, 'partner' as party_scope,
                date '1900-01-01' as valid_from, 'day' as valid_from_precision, date '1900-01-01' as effective_from,
                cast(null as date) as valid_to, 'in_force' as status
            from marts.dim_party
        ),
        {path}
        select membership_rule, eu_treatment, count(*), min(share_of_named_rows), max(share_of_named_rows)
        from int_shares__blocs where world_named_rows > 0 group by all
        """
    ).fetchall()
    assert {row[:2] for row in found} == {
        (rule, treatment) for rule in RULES for treatment in ("as_signed", "expanded")
    }
    for *_, n_tables, least, most in found:
        assert n_tables > 0
        assert (least, most) == (pytest.approx(1, abs=1e-12), pytest.approx(1, abs=1e-12))
