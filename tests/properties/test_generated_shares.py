"""Shares of invented blocs: the compiled models against what is counted by hand, and against what shares are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties import by_hand
from tests.properties.by_hand import RULES, Composition, Weights
from tests.properties.replay import Replay
from tests.properties.worlds import COUNTRIES, STATES, YEARS, Accession, Cell, Claim, World, worlds

examples = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# What adding numbers in another order may move, beside the size of the numbers: 64-bit floats carry 15 to 16 digits.
NEAR = 1e-12
LONG_AGO = date(2000, 1, 1)


def shares(replay: Replay) -> list[dict[str, Any]]:
    """The rows of the mart, each with the composition it is of."""
    rows: list[dict[str, Any]] = replay.frame("select * from marts.mineral_bloc_share").to_dict("records")
    return rows


def composition_of(row: dict[str, Any]) -> Composition:
    return row["bloc"], row["party_scope"], row["eu_treatment"], row["membership_rule"], row["year"]


def beside(
    rows: list[dict[str, Any]], column: str, here: str, there: str
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Rows that differ in one column alone, in pairs."""

    def key(row: dict[str, Any]) -> tuple[object, ...]:
        names = ("bloc", "party_scope", "eu_treatment", "membership_rule", "year", "edition")
        return tuple(row[name] for name in names if name != column)

    found = {key(row): row for row in rows if row[column] == there}
    return [(row, found[key(row)]) for row in rows if row[column] == here and key(row) in found]


def held(row: dict[str, Any]) -> float:
    """What a row's members hold, nothing where none reports."""
    return 0.0 if row["n_members_reporting"] == 0 else float(row["bloc_value"])


def at_most(less: float, more: float) -> bool:
    """Whether one amount is not above the other, but for the rounding of sums."""
    return less <= more + NEAR * max(1.0, abs(less), abs(more))


@examples
@given(world=worlds())
def test_who_counts_under_each_rule_is_counted_day_by_day(replay: Replay, world: World) -> None:
    replay.load(world, upto="int_shares__members")
    found: dict[Composition, Weights] = {}
    for *composition, party, weight in replay.rows(
        "select bloc, party_scope, eu_treatment, membership_rule, year, party, weight "
        "from intermediate.int_shares__members"
    ):
        found.setdefault(tuple(composition), {})[party] = weight
    expected = by_hand.compositions(world)
    fixed: dict[tuple[str, ...], set[frozenset[str]]] = {}
    for (bloc, scope, treatment, rule, _), weights in found.items():
        if rule == "fixed":
            fixed.setdefault((bloc, scope, treatment), set()).add(frozenset(weights))
    assert all(len(of_all_years) == 1 for of_all_years in fixed.values())
    assert found == {composition: pytest.approx(weights, abs=NEAR) for composition, weights in expected.items()}


@examples
@given(world=worlds())
def test_a_share_is_what_reporting_members_hold_of_the_table(replay: Replay, world: World) -> None:
    """Every bloc meets every table of the year; without a member that reports a share is null, not zero."""
    replay.load(world, upto="mineral_bloc_share")
    found = {(composition_of(row), row["edition"]): row for row in shares(replay)}
    tables = by_hand.tables(world)
    expected = {
        (composition, table.edition): (weights, table)
        for composition, weights in by_hand.compositions(world).items()
        for table in tables
        if table.year == composition[-1]
    }
    assert found.keys() == expected.keys()
    for key, (weights, table) in expected.items():
        row = found[key]
        reporting = [party for party in weights if party in table.values]
        assert (row["n_members"], row["n_members_reporting"]) == (len(weights), len(reporting))
        assert row["member_parties"] == ", ".join(sorted(weights))
        of_bloc = by_hand.held(weights, table)
        over = {
            "bloc_value": 1.0,
            "share": table.denominator,
            "share_of_all_rows": table.named + table.residual,
            "share_of_named_rows": table.named,
        }
        for column, denominator in over.items():
            if of_bloc is None or denominator == 0:
                assert row[column] != row[column], (key, column)  # not a number: null
            else:
                assert row[column] == pytest.approx(of_bloc / denominator, rel=NEAR, abs=NEAR), (key, column)
        assert (row["share_low"] != row["share_low"]) == (of_bloc is None)
        assert (row["share_high"] != row["share_high"]) == (of_bloc is None)


@examples
@given(world=worlds())
def test_bounds_and_readings_stand_in_order(replay: Replay, world: World) -> None:
    """Bounds hold the share; a wider reading of who belongs never holds less, nor more than its parts."""
    replay.load(world, upto="mineral_bloc_share")
    rows = shares(replay)
    for row in rows:
        if row["n_members_reporting"]:
            assert 0 <= row["share_low"] <= row["share"] + NEAR
            assert row["share"] <= row["share_high"] + NEAR
    for weighted, always in beside(rows, "membership_rule", "day_weighted", "any_day"):
        assert held(weighted) >= 0
        assert at_most(held(weighted), held(always))
    for rule in ("year_end", "year_start"):
        for some, always in beside(rows, "membership_rule", rule, "any_day"):
            assert at_most(held(some), held(always))
    for alone, with_forum in beside(rows, "party_scope", "partners", "partners_and_forum"):
        assert at_most(held(alone), held(with_forum))
    # The EU's states are in union with those that signed themselves: never less than these, never more than both.
    through_eu = by_hand.compositions(world, treatments=["through_eu"])
    tables = {(table.edition, table.year): table for table in by_hand.tables(world)}
    for signed, expanded in beside(rows, "eu_treatment", "as_signed", "expanded"):
        states = through_eu.get((*composition_of(signed)[:2], "through_eu", *composition_of(signed)[3:]), {})
        of_states = by_hand.held(states, tables[signed["edition"], signed["year"]]) or 0.0
        assert at_most(held(signed), held(expanded))
        assert at_most(held(expanded), held(signed) + of_states)


@examples
@given(world=worlds())
def test_a_bloc_of_all_parties_holds_all_named_rows(replay: Replay, world: World) -> None:
    everyone = tuple(
        Claim("beta", party, "member", LONG_AGO, "day", None, "in_force") for party in (*STATES, *COUNTRIES)
    )
    others = tuple(claim for claim in world.claims if claim.bloc != "beta")
    replay.load(replace(world, claims=others + everyone), upto="mineral_bloc_share")
    found = replay.rows(
        "select membership_rule, eu_treatment, share_of_named_rows, world_named_rows, n_members_reporting "
        "from marts.mineral_bloc_share where bloc = 'beta'"
    )
    tables = by_hand.tables(world)
    assert len(found) == len(tables) * len(RULES) * len(by_hand.TREATMENTS)
    for _rule, _treatment, share, named, reporting in found:
        assert share == (pytest.approx(1, abs=NEAR) if named > 0 else None)
        assert named == 0 or reporting > 0


@examples
@given(
    first=st.dates(date(2019, 1, 1), date(2022, 12, 31)),
    days=st.one_of(st.integers(1, 900), st.sampled_from([1, 365, 366, 730])),
    at_new_year=st.booleans(),
    stays=st.booleans(),
)
def test_a_leavers_share_ends_with_its_membership(
    replay: Replay, first: date, days: int, at_new_year: bool, stays: bool
) -> None:
    """The interval is half open: who leaves on a day is no member of that day, under any rule."""
    last = date(first.year + 1 + days // 365, 1, 1) if at_new_year else first + timedelta(days=days)
    leaver = Claim("beta", "COD", "member", first, "day", last, "ended")
    other = Claim("beta", "AUS", "member", first, "day", None, "in_force")
    table = [(party, value) for party, value in (("COD", 100), ("WORLD", 400))]
    cells = tuple(Cell("2024", year, party, value) for year in YEARS for party, value in table)
    replay.load(World((leaver, other) if stays else (leaver,), (), cells), upto="mineral_bloc_share")
    found = {
        (rule, year): share
        for rule, year, share in replay.rows(
            "select membership_rule, year, share from marts.mineral_bloc_share "
            "where bloc = 'beta' and eu_treatment = 'as_signed' and n_members_reporting > 0"
        )
    }
    for year in YEARS:
        new_year, next_year = date(year, 1, 1), date(year + 1, 1, 1)
        in_year = (min(last, next_year) - max(first, new_year)).days
        expected = {
            "year_end": first < next_year <= last,
            "year_start": first <= new_year < last,
            "any_day": in_year > 0,
            "day_weighted": max(in_year, 0) / (next_year - new_year).days,
            # While someone stays, who has left is no part of the latest composition.
            "fixed": not stays and year >= first.year - by_hand.FIXED_YEARS_BEFORE,
        }
        for rule, weight in expected.items():
            assert found.get((rule, year)) == (pytest.approx(0.25 * weight, abs=NEAR) if weight else None), (rule, year)


@st.composite
def _told(draw: st.DrawFn) -> tuple[World, dict[str, float]]:
    """A world with a truth: each amount is printed, given as a range, withheld or left in the residual."""
    truth = {
        party: float(amount)
        for party, amount in draw(
            st.dictionaries(st.sampled_from((*STATES, *COUNTRIES)), st.integers(0, 999), min_size=1, max_size=8)
        ).items()
    }
    cells = [Cell("2024", 2021, "WORLD", sum(truth.values()))]
    residual = 0.0
    for party, amount in truth.items():
        match draw(st.sampled_from(("printed", "printed", "range", "at_least", "withheld", "residual"))):
            case "printed":
                cells.append(Cell("2024", 2021, party, amount))
            case "range":
                low, high = amount - draw(st.integers(0, 50)), amount + draw(st.integers(0, 50))
                cells.append(Cell("2024", 2021, party, None, low=max(low, 0), high=high))
            case "at_least":
                cells.append(Cell("2024", 2021, party, None, low=max(amount - draw(st.integers(0, 50)), 0)))
            case "withheld":
                cells.append(Cell("2024", 2021, party, None))
            case "residual":
                residual += amount
    if draw(st.booleans()):
        cells.append(Cell("2024", 2021, "OTHER", residual))
    world = draw(worlds())
    return replace(world, cells=tuple(cells)), truth


@examples
@given(told=_told())
def test_the_truth_lies_between_the_bounds(replay: Replay, told: tuple[World, dict[str, float]]) -> None:
    """Whatever is withheld, limited or left in the residual: under a total printed to the tonne, bounds hold it."""
    world, truth = told
    replay.load(world, upto="mineral_bloc_share")
    weights = by_hand.compositions(world)
    for row in shares(replay):
        if row["n_members_reporting"]:
            of_bloc = sum(weight * truth.get(party, 0) for party, weight in weights[composition_of(row)].items())
            true_share = of_bloc / sum(truth.values())
            assert row["share_low"] - NEAR <= true_share <= row["share_high"] + NEAR, row


def test_the_eu_leaves_with_its_states_and_signs_with_them(replay: Replay) -> None:
    """The United Kingdom counts through the EU for 31 days of 2020, and from July as itself."""
    claims = (
        Claim("beta", "EUU", "member", date(2019, 1, 1), "day", None, "in_force"),
        Claim("beta", "GBR", "member", date(2020, 7, 1), "day", None, "in_force"),
    )
    states = (Accession("GBR", date(1973, 1, 1), date(2020, 2, 1)), Accession("FRA", date(1958, 1, 1), None))
    cells = tuple(Cell("2024", 2020, party, 100) for party in ("GBR", "FRA", "AUS", "CHL"))
    replay.load(World(claims, states, cells), upto="mineral_bloc_share")
    found = dict(
        replay.rows(
            "select (membership_rule, eu_treatment), share from marts.mineral_bloc_share "
            "where bloc = 'beta' and year = 2020"
        )
    )
    assert found["day_weighted", "expanded"] == pytest.approx((1 + (31 + 184) / 366) / 4)
    assert found["day_weighted", "as_signed"] == pytest.approx(184 / 366 / 4)
    assert found["year_start", "expanded"] == found["year_end", "expanded"] == 0.5
    assert found["year_start", "as_signed"] is None
