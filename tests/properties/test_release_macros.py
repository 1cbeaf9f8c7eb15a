"""Every table macro of the releases: against the marts, against the facts, and against sums done in pandas."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pytest

from etl.published.install import table_macros

Connection = duckdb.DuckDBPyConnection
NEAR = 1e-12
SERIES = ["source", "edition", "mineral", "basis", "stage", "measure", "year"]
SHARE_KEY = ["year", "party_scope", "basis", "stage", "source", "edition", "membership_rule", "eu_treatment"]

# One call of each macro. A macro without one fails the first test below.
CALLS = {
    "members_on": "'msp', '2023-12-31'",
    "bloc_share": "'msp', 'cobalt', 'production', 'year_end', 'as_signed'",
    "bloc_share_if": "'msp', 'nickel', 'production', ['IDN'], []",
    "bloc_union_share": "'msp', 'quad', 'lithium', 'production'",
    "bloc_intersection_share": "'msp', 'quad', 'lithium', 'production'",
    "bloc_exclusive_share": "'msp', 'quad', 'lithium', 'production'",
    "bloc_share_change_under": "'msp', 'nickel', 'production', 'fixed', 'expanded'",
    "membership_as_known_on": "'2024-03-01'",
    "observations_as_published": "'2024-03-01'",
    "bloc_share_as_known_on": "'msp', 'cobalt', 'production', '2024-03-01'",
}


def facts(connection: Connection, where: str) -> pd.DataFrame:
    """Tonnes by series and party from the published facts, sub-series of one party summed."""
    return connection.execute(
        f"select {', '.join(SERIES)}, party, sum(value_tonnes) as tonnes from marts.fct_observation "
        f"where table_kind in ('world', 'parts', 'production', 'shares') and {where} "
        "group by all having tonnes is not null"
    ).df()


def worlds_of(values: pd.DataFrame) -> pd.Series:
    """The printed world total of each series; where there is none, the sum of its rows."""
    printed = values[values["party"] == "WORLD"].set_index(SERIES)["tonnes"]
    summed = values[values["party"] != "WORLD"].groupby(SERIES)["tonnes"].sum()
    world = printed.combine_first(summed)
    return world[world > 0]


def alike(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The same rows with numbers to be met but for the order in which they were summed."""
    return [
        tuple(pytest.approx(cell, rel=1e-9, abs=NEAR) if isinstance(cell, float) else cell for cell in row)
        for row in rows
    ]


def members(connection: Connection, bloc: str, year: int) -> set[str]:
    """Who had signed and belonged at the end of a year."""
    return {
        row[0]
        for row in connection.execute(
            "select party from marts.alliance_membership_by_year where bloc = ? and year = ? and via = 'direct' "
            "and member_year_end and role <> 'institution'",
            [bloc, year],
        ).fetchall()
    }


def test_every_macro_is_called_and_answers(published: Connection) -> None:
    assert set(CALLS) == {macro.name for macro in table_macros()}
    for name, arguments in CALLS.items():
        assert published.execute(f"select count(*) > 0 from marts.{name}({arguments})").fetchone() == (True,), name


def test_every_macro_says_in_the_file_what_it_is(release: Connection) -> None:
    found = dict(
        release.execute(
            "select function_name, comment from duckdb_functions() where schema_name = 'marts' "
            "and function_type = 'table_macro'"
        ).fetchall()
    )
    assert found == {macro.name: macro.comment for macro in table_macros()}
    for name, comment in found.items():
        assert f"{name}(" in comment, name


def test_optional_arguments_are_those_of_the_default_reading(published: Connection) -> None:
    for short, whole in (
        ("bloc_share('msp', 'cobalt', 'production')", f"bloc_share({CALLS['bloc_share']})"),
        ("bloc_share_if('msp', 'cobalt', 'production')", "bloc_share_if('msp', 'cobalt', 'production', [], [])"),
        (
            "bloc_share_if('msp', 'cobalt', 'production', null, null)",
            "bloc_share_if('msp', 'cobalt', 'production', [], [])",
        ),
        (
            "bloc_share_change_under('msp', 'cobalt', 'production')",
            "bloc_share_change_under('msp', 'cobalt', 'production', 'year_end', 'as_signed')",
        ),
    ):
        found = [published.execute(f"from marts.{call}").fetchall() for call in (short, whole)]
        assert found[0] == alike(found[1]), short


# Membership on a day


@pytest.mark.parametrize(("year", "expected"), [(2021, 0), (2022, 11), (2023, 14), (2024, 15)])
def test_members_of_the_msp_at_the_end_of_a_year(release: Connection, year: int, expected: int) -> None:
    found = release.execute("select count(*) from marts.members_on('msp', ?)", [date(year, 12, 31)]).fetchone()
    assert found == (expected,)


def test_members_on_the_last_day_are_those_of_the_year(release: Connection) -> None:
    by_year = release.execute(
        "select bloc, year, list(distinct party order by party) from marts.alliance_membership_by_year "
        "where via = 'direct' and member_year_end and year >= 2019 group by all"
    ).fetchall()
    expected = {(bloc, year): parties for bloc, year, parties in by_year}
    blocs = [row[0] for row in release.execute("select bloc from marts.dim_bloc").fetchall()]
    assert len(blocs) > 60
    for bloc in blocs:
        for year in range(2019, 2026) if bloc in ("msp", "eu", "quad") else (2023,):
            found = release.execute("select party from marts.members_on(?, ?)", [bloc, date(year, 12, 31)]).fetchall()
            assert [row[0] for row in found] == expected.get((bloc, year), []), (bloc, year)


def test_a_membership_begins_on_its_day_and_not_before(release: Connection) -> None:
    for day, is_member in (("2023-06-21", False), ("2023-06-22", True)):
        found = release.execute("select 'IND' in (select party from marts.members_on('msp', ?))", [day]).fetchone()
        assert found == (is_member,)
    for day, is_member in (("2020-01-31", True), ("2020-02-01", False)):
        found = release.execute("select 'GBR' in (select party from marts.members_on('eu', ?))", [day]).fetchone()
        assert found == (is_member,)


def test_overlap_is_that_of_sets(release: Connection) -> None:
    years = release.execute(
        "select distinct bloc, year, party from marts.alliance_membership_by_year "
        "where via = 'direct' and member_year_end and role <> 'institution'"
    ).df()
    sets = years.groupby(["bloc", "year"])["party"].agg(frozenset)
    found = {
        row[:3]: row[3:]
        for row in release.execute(
            "select bloc_a, bloc_b, year, n_a, n_b, n_both, jaccard, parties_both from marts.bloc_overlap"
        ).fetchall()
    }
    expected = {
        (bloc_a, bloc_b, year): (len(a), len(b), len(a & b), len(a & b) / len(a | b), ", ".join(sorted(a & b)) or None)
        for year, of_year in sets.groupby("year")
        for (bloc_a, _), a in of_year.items()
        for (bloc_b, _), b in of_year.items()
        if bloc_a != bloc_b
    }
    assert found == expected


# Shares


@pytest.mark.parametrize("bloc", ["msp", "msp_forum", "quad", "eu", "lobito_corridor"])
@pytest.mark.parametrize(("mineral", "measure"), [("nickel", "production"), ("lithium", "reserves")])
def test_with_nothing_changed_it_is_the_mart(published: Connection, bloc: str, mineral: str, measure: str) -> None:
    numbers = ["bloc_value", "world_published", "share", "share_low", "share_high", "n_members", "n_members_reporting"]
    columns = ", ".join([*SHARE_KEY, "member_parties", "unit", *numbers])
    of_macro = published.execute(
        f"select {columns}, difference from marts.bloc_share_if(?, ?, ?, [], []) order by all", [bloc, mineral, measure]
    ).fetchall()
    of_mart = published.execute(
        f"select {columns} from marts.mineral_bloc_share where bloc = ? and mineral = ? and measure = ? order by all",
        [bloc, mineral, measure],
    ).fetchall()
    assert len(of_macro) == len(of_mart) > 0
    assert [row[:-1] for row in of_macro] == alike(of_mart)
    assert all(row[-1] is None or abs(row[-1]) < NEAR for row in of_macro)


@pytest.mark.parametrize("rule", ["year_end", "any_day", "year_start", "day_weighted", "fixed"])
@pytest.mark.parametrize("treatment", ["as_signed", "expanded"])
def test_bloc_share_is_the_mart(published: Connection, rule: str, treatment: str) -> None:
    columns = (
        "year, party_scope, basis, stage, source, edition, bloc_value, share, share_low, share_high, member_parties"
    )
    for bloc, mineral, measure in (("msp", "cobalt", "reserves"), ("eu", "copper", "production")):
        of_macro = published.execute(
            f"select {columns} from marts.bloc_share(?, ?, ?, ?, ?) order by all",
            [bloc, mineral, measure, rule, treatment],
        ).fetchall()
        of_mart = published.execute(
            f"select {columns} from marts.mineral_bloc_share where bloc = ? and mineral = ? and measure = ? "
            "and membership_rule = ? and eu_treatment = ? order by all",
            [bloc, mineral, measure, rule, treatment],
        ).fetchall()
        assert of_macro == of_mart


@pytest.mark.parametrize(
    ("bloc", "mineral", "added", "removed"),
    [
        ("msp", "nickel", ["IDN"], []),
        ("msp", "cobalt", [], ["AUS", "CAN"]),
        ("quad", "copper", ["CHL", "PER"], ["USA"]),
    ],
)
def test_a_changed_bloc_is_that_of_a_sum_by_hand(
    published: Connection, bloc: str, mineral: str, added: list[str], removed: list[str]
) -> None:
    values = facts(
        published,
        f"mineral = '{mineral}' and measure = 'production' and unit in (select unit from "
        "marts.dim_unit where dimension = 'mass')",
    )
    world = worlds_of(values)
    rows = published.execute(
        "from marts.bloc_share_if(?, ?, 'production', ?, ?) where membership_rule = 'year_end' "
        "and eu_treatment = 'as_signed' and party_scope = 'partners'",
        [bloc, mineral, added, removed],
    ).df()
    first_year = published.execute("select min(year) from marts.alliance_membership_by_year where bloc = ?", [bloc])
    began = first_year.fetchone()
    assert began is not None
    checked = 0
    for row in rows.to_dict("records"):
        parties = (members(published, bloc, row["year"]) | set(added)) - set(removed)
        assert row["member_parties"] == ", ".join(sorted(parties))
        key = tuple({**row, "mineral": mineral, "measure": "production"}[name] for name in SERIES)
        table = values[(values[SERIES] == list(key)).all(axis=1)].set_index("party")["tonnes"]
        held = table[table.index.isin(parties)]
        assert row["n_members_reporting"] == len(held)
        if len(held) and key in world.index and row["world_published"] in (world[key], None):
            assert row["bloc_value"] == pytest.approx(held.sum(), rel=NEAR)
            assert row["share"] == pytest.approx(held.sum() / world[key], rel=NEAR)
            checked += 1
    assert checked > 0
    assert set(rows["year"]) <= {year for year in values["year"] if year >= began[0]}


def test_the_msp_without_the_congo_and_with_indonesia(release: Connection) -> None:
    """Cobalt reserves of MCS 2024: 8,350,000 t with the Forum, 6,000,000 of them Congolese; Indonesia adds 500,000."""
    where = "where party_scope = 'partners_and_forum' and membership_rule = 'year_end' and eu_treatment = 'as_signed'"
    ask = f"select share from marts.bloc_share_if('msp', 'cobalt', 'reserves', $added, $removed) {where}"
    without = release.execute(ask, {"added": [], "removed": ["COD"]}).fetchone()
    with_more = release.execute(ask, {"added": ["IDN"], "removed": []}).fetchone()
    assert without == (pytest.approx(2.35 / 11),)
    assert with_more == (pytest.approx(8.85 / 11),)


def test_what_is_added_never_lowers_and_what_is_removed_never_raises(published: Connection) -> None:
    for bloc, mineral, party in (
        ("msp", "nickel", "IDN"),
        ("msp", "cobalt", "COD"),
        ("quad", "copper", "EUU"),
        ("eu", "copper", "POL"),
        ("eu_kaz_2022_11", "copper", "EUU"),
    ):
        for change, sign in (("[?], []", 1), ("[], [?]", -1)):
            found = published.execute(
                "select min(? * difference), count(*) filter (where difference <> 0) from "
                f"marts.bloc_share_if('{bloc}', '{mineral}', 'production', {change})",
                [sign, party],
            ).fetchone()
            assert found is not None
            assert found[0] is None or found[0] >= -NEAR, (bloc, party, change)


@pytest.mark.parametrize(
    ("bloc_a", "bloc_b", "mineral", "measure"),
    [
        ("msp", "quad", "lithium", "production"),
        ("msp", "eu", "copper", "production"),
        ("eu", "msp", "nickel", "production"),
        ("ipef", "quad", "cobalt", "reserves"),
        ("msp", "msp_forum", "cobalt", "production"),
        ("quad", "quad", "copper", "production"),
    ],
)
def test_union_intersection_and_difference_make_up_both(
    published: Connection, bloc_a: str, bloc_b: str, mineral: str, measure: str
) -> None:
    found = published.execute(
        f"""
        with a as (from marts.mineral_bloc_share where bloc = $a and mineral = $mineral and measure = $measure),
        b as (from marts.mineral_bloc_share where bloc = $b and mineral = $mineral and measure = $measure),
        either as (from marts.bloc_union_share($a, $b, $mineral, $measure)),
        together as (from marts.bloc_intersection_share($a, $b, $mineral, $measure)),
        alone as (from marts.bloc_exclusive_share($a, $b, $mineral, $measure))
        select
            {", ".join(SHARE_KEY)},
            coalesce(a.share, 0), coalesce(b.share, 0), coalesce(either.share, 0), coalesce(together.share, 0),
            coalesce(alone.share, 0)
        from either
        full join together using ({", ".join(SHARE_KEY)})
        full join alone using ({", ".join(SHARE_KEY)})
        full join a using ({", ".join(SHARE_KEY)})
        full join b using ({", ".join(SHARE_KEY)})
        where party_scope = 'partners'
        """,
        {"a": bloc_a, "b": bloc_b, "mineral": mineral, "measure": measure},
    ).fetchall()
    assert found
    for *key, a, b, either, together, alone in found:
        assert either <= a + b + NEAR, key
        assert either >= max(a, b) - NEAR, key
        assert either + together == pytest.approx(a + b, abs=1e-9), key
        assert together + alone == pytest.approx(a, abs=1e-9), key
    assert any(row[-3] > 0 for row in found)


# Change


def test_the_parts_of_every_change_sum_to_it(published: Connection) -> None:
    found = published.execute(
        "select count(*), max(abs(change_membership + change_output + change_interaction - change)), "
        "max(abs(share_to - share_from - change)), max(abs(change_joiners + change_leavers - change_membership)), "
        "count(*) filter (where year_from >= year_to) from marts.bloc_share_change"
    ).fetchone()
    assert found is not None
    assert found[0] > 100
    assert max(found[1:4]) < 1e-9
    assert found[4] == 0


def test_changes_are_those_of_pandas(published: Connection) -> None:
    """Who joined, who left and what each mined: recomputed from memberships and facts."""
    values = facts(
        published,
        "measure = 'production' and source in ('usgs_mcs', 'wmd') and mineral in ('cobalt', "
        "'copper', 'lithium', 'nickel', 'tin') and year >= 2012",
    )
    world = worlds_of(values)
    named = values[~values["party"].isin(["WORLD", "OTHER"])].set_index(SERIES)
    named = named.join(world.rename("world"), how="inner").reset_index()
    parts = named.assign(part=named["tonnes"] / named["world"])
    parts = {key: group.set_index("party")["part"] for key, group in parts.groupby(SERIES)}
    checked = 0
    for row in (
        published.execute(
            "from marts.bloc_share_change where bloc in ('msp', 'quad', 'eu') and party_scope = 'partners' "
            "and measure = 'production' and source in ('usgs_mcs', 'wmd') and year_from >= 2012 "
            "and mineral in ('cobalt', 'copper', 'lithium', 'nickel', 'tin')"
        )
        .df()
        .to_dict("records")
    ):
        old, new = (
            (
                members(published, row["bloc"], row[f"year_{end}"]),
                parts[
                    tuple(
                        {**row, "edition": row[f"edition_{end}"], "year": row[f"year_{end}"]}[name] for name in SERIES
                    )
                ],
            )
            for end in ("from", "to")
        )
        for name, expected in _change(*old, *new).items():
            assert row[name] == pytest.approx(expected, abs=1e-9), (row, name)
        checked += 1
    assert checked >= 6


def _change(old: set[str], old_parts: pd.Series, new: set[str], new_parts: pd.Series) -> dict[str, Any]:
    parties = sorted(old | new)
    was, now = (pd.Series([float(party in of) for party in parties], parties) for of in (old, new))
    before, after = (parts.reindex(parties).fillna(0) for parts in (old_parts, new_parts))
    return {
        "change": (now * after).sum() - (was * before).sum(),
        "change_membership": ((now - was) * before).sum(),
        "change_output": (was * (after - before)).sum(),
        "change_interaction": ((now - was) * (after - before)).sum(),
    }


def test_the_change_under_the_default_rule_is_the_mart(published: Connection) -> None:
    columns = (
        "party_scope, basis, stage, source, year_from, year_to, edition_from, edition_to, share_from, share_to, "
        "change, change_membership, change_output, change_interaction, change_joiners, change_leavers, joiners, "
        "leavers, n_reported_once"
    )
    for bloc, mineral in (("msp", "cobalt"), ("quad", "nickel"), ("eu", "copper")):
        in_mart = published.execute(
            f"select {columns} from marts.bloc_share_change "
            "where bloc = ? and mineral = ? and measure = 'production' order by all",
            [bloc, mineral],
        ).fetchall()
        by_macro = published.execute(
            f"select {columns} from marts.bloc_share_change_under(?, ?, 'production', 'year_end', 'as_signed') "
            "order by all",
            [bloc, mineral],
        ).fetchall()
        assert by_macro == alike(in_mart)
        assert in_mart


def test_under_a_fixed_membership_nothing_comes_from_membership(published: Connection) -> None:
    for treatment in ("as_signed", "expanded"):
        found = published.execute(
            "select count(*), max(abs(change_membership) + abs(change_interaction)), max(abs(change - change_output)), "
            "count(joiners) + count(leavers) "
            "from marts.bloc_share_change_under('msp', 'nickel', 'production', 'fixed', ?)",
            [treatment],
        ).fetchone()
        assert found is not None
        assert found[0] > 0
        assert found[1] == 0
        assert found[2] < 1e-9
        assert found[3] == 0


# What was known


def test_in_the_far_future_all_is_known(published: Connection) -> None:
    columns = (
        "bloc, party, role, party_scope, valid_from, valid_from_precision, valid_to, status, document, locator, "
        "known_from"
    )
    known = published.execute(
        f"select {columns} from marts.membership_as_known_on('9999-12-31') order by all"
    ).fetchall()
    assert known == published.execute(f"select {columns} from marts.fct_bloc_membership order by all").fetchall()
    # Of a document without a date nobody can say when it was known: its claims count in the mart alone.
    undated = (
        "select bloc, party, count(*) as n from marts.fct_membership_claim "
        "inner join marts.dim_document using (document) where known_by is null group by all"
    )
    counts = published.execute(
        f"select count(*) from marts.membership_as_known_on('9999-12-31') as known "
        "inner join marts.fct_bloc_membership as resolved using (bloc, party, valid_from) "
        f"left join ({undated}) as undated using (bloc, party) "
        "where known.n_claims + coalesce(undated.n, 0) <> resolved.n_claims "
        "or (undated.n is null and known.resolution <> resolved.resolution)"
    ).fetchone()
    assert counts == (0,)
    out = published.execute("select count(*) from marts.observations_as_published('9999-12-31')").fetchone()
    dated = published.execute(
        "select count(*) from marts.fct_observation inner join marts.dim_edition using (source, edition) "
        "where known_by is not null"
    ).fetchone()
    assert out == dated


def test_in_march_2024_nobody_knew_of_the_forum(release: Connection) -> None:
    known = release.execute("select bloc, party from marts.membership_as_known_on('2024-03-01')").fetchall()
    assert {party for bloc, party in known if bloc == "msp"} >= {"AUS", "IND", "ITA", "USA", "EUU"}
    assert ("msp", "EST") not in known
    assert not [party for bloc, party in known if bloc == "msp_forum"]
    later = release.execute("select bloc, party from marts.membership_as_known_on('2025-12-31')").fetchall()
    assert ("msp", "EST") in later
    assert ("msp_forum", "COD") in later


def test_what_is_known_stays_known(release: Connection) -> None:
    """Later documents add parties and claims and never take them away, but where a decision rejects a membership."""
    rejected = set(
        release.execute(
            "select bloc, party from staging.stg_decisions__membership_resolutions where action = 'reject'"
        ).fetchall()
    )
    days = [
        row[0]
        for row in release.execute("select distinct known_by from marts.dim_document order by 1").fetchall()
        if row[0]
    ]
    before: dict[tuple[str, str], tuple[int, date]] = {}
    for day in days:
        known = {
            (bloc, party): (n_claims, known_from)
            for bloc, party, n_claims, known_from in release.execute(
                "select bloc, party, n_claims, known_from from marts.membership_as_known_on(?)", [day]
            ).fetchall()
        }
        assert all(known_from <= day for _, known_from in known.values())
        for key, (n_claims, known_from) in before.items():
            assert key in known or key in rejected
            if key in known:
                assert known[key][0] >= n_claims
                assert known[key][1] == known_from
        before = known
    assert len(before) > 100


def test_no_edition_is_used_before_it_came_out(published: Connection) -> None:
    found = published.execute(
        "select distinct source, edition, edition_known_by from marts.observations_as_published('2024-03-01')"
    ).fetchall()
    assert ("usgs_mcs", "2024", date(2024, 1, 31)) in found
    assert all(out <= date(2024, 3, 1) for *_, out in found)
    assert not {("usgs_mcs", "2025"), ("usgs_mcs", "2026"), ("wmd", "2024")} & {row[:2] for row in found}
    latest = published.execute(
        "select count(*) filter (where is_latest_edition <> (edition = latest)) from (select *, max(edition) over ("
        f"partition by {', '.join(name for name in SERIES if name != 'edition')}) as latest "
        "from marts.observations_as_published('2025-06-30'))"
    ).fetchone()
    assert latest == (0,)


def test_a_share_of_march_2024_uses_neither_the_forum_nor_mcs_2025(published: Connection) -> None:
    rows = published.execute(
        "select source, edition, party_scope, year, membership_as_of, member_parties, membership_rule, eu_treatment "
        "from marts.bloc_share_as_known_on('msp', 'cobalt', 'production', '2024-03-01')"
    ).fetchall()
    assert {row[:2] for row in rows if row[0] == "usgs_mcs"} <= {("usgs_mcs", "2024"), ("usgs_mcs", "2022")}
    assert ("usgs_mcs", "2024") in {row[:2] for row in rows}
    for _, _, _, year, as_of, parties, rule, treatment in rows:
        assert year <= 2023 or rule in ("year_start", "fixed")
        assert as_of <= date(2024, 3, 1)
        assert not {"COD", "KAZ", "NAM", "PHL"} & set(parties.split(", "))
        assert treatment == "expanded" or "EST" not in parties
    wide, alone = (
        {(*row[:2], *row[3:]) for row in rows if row[2] == scope} for scope in ("partners_and_forum", "partners")
    )
    assert wide == alone


def test_a_share_known_once_all_is_known_is_the_mart(release: Connection) -> None:
    columns = f"{', '.join(SHARE_KEY)}, bloc_value, share, share_low, share_high, member_parties"
    for bloc, mineral in (("msp", "cobalt"), ("eu", "copper"), ("quad", "lithium")):
        known = release.execute(
            f"select {columns} from marts.bloc_share_as_known_on(?, ?, 'production', '9999-12-31') order by all",
            [bloc, mineral],
        ).fetchall()
        in_mart = release.execute(
            f"select {columns} from marts.mineral_bloc_share where bloc = ? and mineral = ? and measure = 'production' "
            "order by all",
            [bloc, mineral],
        ).fetchall()
        assert known == alike(in_mart)


# Events


def test_windows_around_events_are_the_facts(published: Connection) -> None:
    values = facts(
        published, "measure = 'production' and unit in (select unit from marts.dim_unit where dimension = 'mass')"
    )
    world = worlds_of(values)
    tonnes = values.set_index([*SERIES, "party"])["tonnes"]
    events = dict(published.execute("select event_id, event_date from marts.fct_policy_event").fetchall())
    rows = published.execute("from marts.policy_event_window").df().to_dict("records")
    assert len(rows) > 50
    n_by_total = 0
    for row in rows:
        assert row["years_from_event"] == row["year"] - events[row["event_id"]].year
        assert -3 <= row["years_from_event"] <= 3
        key = tuple({**row, "measure": "production"}[name] for name in SERIES)
        assert row["party_value"] == pytest.approx(tonnes[(*key, row["party"])])
        assert row["production_share"] == pytest.approx(row["party_value"] / row["world_value"])
        if key in world.index:
            n_by_total += row["world_value"] == pytest.approx(world[key])
    # The others have a total that is printed as a lower bound.
    assert n_by_total > 0.95 * len(rows)


def test_indonesia_before_and_after_its_ban(landed: Connection) -> None:
    """From about 27 % of the world's nickel in 2018 to about 49 % in 2022."""
    found = dict(
        landed.execute(
            "select distinct year, production_share from marts.policy_event_window where mineral = 'nickel' "
            "and party = 'IDN' and source = 'wmd' and edition = '2024' and stage = 'mine' and year in (2018, 2022)"
        ).fetchall()
    )
    assert found == {2018: pytest.approx(0.27, abs=0.01), 2022: pytest.approx(0.49, abs=0.01)}
