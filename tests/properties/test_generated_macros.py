"""The table macros on invented worlds: each against the same world counted by hand, or built as it would have been."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.properties import by_hand
from tests.properties.by_hand import RULES, TREATMENTS, Composition, Table, Weights
from tests.properties.replay import Replay
from tests.properties.worlds import (
    BANK,
    BLOCS,
    PARTIES,
    Accession,
    Cell,
    Claim,
    Decision,
    Document,
    World,
    claims_about,
    worlds,
)

examples = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NEAR = 1e-12
Key = tuple[str, str, str, int, str]
"""A party scope, a treatment of the EU, a rule, a year, an edition."""


def expected_shares(world: World, compositions: dict[Composition, Weights], bloc: str) -> dict[Key, float | None]:
    """The shares of one bloc in every table, by hand."""
    return {
        (*composition[1:], table.edition): None if held is None else held / table.denominator
        for composition, weights in compositions.items()
        for table in by_hand.tables(world)
        if composition[0] == bloc and composition[-1] == table.year
        for held in [by_hand.held(weights, table)]
    }


def asked(replay: Replay, macro: str, *values: object, columns: str = "share") -> dict[Key, Any]:
    """What a macro answers, by the key of its rows."""
    marks = ", ".join("?" * len(values))
    rows = replay.rows(
        f"select party_scope, eu_treatment, membership_rule, year, edition, {columns} from marts.{macro}({marks})",
        *values,
    )
    found = {row[:5]: row[5] for row in rows}
    assert len(found) == len(rows)
    return found


def near(expected: dict[Any, float | None]) -> dict[Any, object]:
    return {key: None if value is None else pytest.approx(value, abs=NEAR) for key, value in expected.items()}


def in_the_mart(replay: Replay, bloc: str) -> dict[Key, float | None]:
    return {
        row[:5]: row[5]
        for row in replay.rows(
            "select party_scope, eu_treatment, membership_rule, year, edition, share from marts.mineral_bloc_share "
            "where bloc = ?",
            bloc,
        )
    }


def changed(world: World, bloc: str, added: tuple[str, ...], removed: tuple[str, ...]) -> dict[Composition, Weights]:
    """Who counts once parties are added, from the first day of the bloc to its end, and others removed."""
    signed = [claim for claim in world.claims if claim.bloc == bloc and claim.status in ("in_force", "ended")]
    signed = [claim for claim in signed if claim.role != "observer"]
    if signed:
        first = min(claim.counted_from for claim in signed)
        ends = [claim.left_on for claim in signed if claim.left_on]
        last = max(ends) if len(ends) == len(signed) else None
        newcomers = tuple(
            Claim(bloc, party, "institution" if party == BANK else "member", first, "day", last, "in_force")
            for party in added
        )
        world = replace(world, claims=world.claims + newcomers)
    return by_hand.compositions(world, removed)


@examples
@given(
    world=worlds(),
    bloc=st.sampled_from(("alpha", "beta")),
    parties=st.lists(st.sampled_from(PARTIES), unique=True, max_size=6),
    n_added=st.integers(0, 6),
)
def test_a_bloc_with_parties_added_and_removed(
    replay: Replay, world: World, bloc: str, parties: list[str], n_added: int
) -> None:
    added, removed = tuple(parties[:n_added]), tuple(parties[n_added:])
    replay.load(world, upto="mineral_bloc_share")
    as_it_is = in_the_mart(replay, bloc)
    columns = "[share, share_as_it_is, difference]"
    found = asked(replay, "bloc_share_if", bloc, "cobalt", "production", added, removed, columns=columns)
    shares = {key: share for key, (share, _, _) in found.items()}
    assert shares == near(expected_shares(world, changed(world, bloc, added, removed), bloc))
    assert parties or shares == near(as_it_is)
    for key, (share, before, difference) in found.items():
        assert before == as_it_is.get(key)
        if share is not None and before is not None:
            assert difference == pytest.approx(share - before, abs=NEAR)


@examples
@given(
    world=worlds(),
    bloc=st.sampled_from(("alpha", "beta")),
    parties=st.lists(st.sampled_from(PARTIES), unique=True, min_size=1, max_size=6),
)
def test_adding_never_lowers_and_removing_never_raises_a_share(
    replay: Replay, world: World, bloc: str, parties: list[str]
) -> None:
    replay.load(world, upto="mineral_bloc_share")
    as_it_is = in_the_mart(replay, bloc)
    more = asked(replay, "bloc_share_if", bloc, "cobalt", "production", parties, [])
    less = asked(replay, "bloc_share_if", bloc, "cobalt", "production", [], parties)
    assert as_it_is.keys() <= more.keys()
    assert less.keys() <= as_it_is.keys()
    for key, share in as_it_is.items():
        assert (less.get(key) or 0) - NEAR <= (share or 0) <= (more[key] or 0) + NEAR, key


# A state of the EU long before the other bloc began: the rule `fixed` is laid out for one of them alone.
BEFORE_IT_BEGAN = World(
    claims=(Claim("beta", "AUS", "member", date(2022, 6, 14), "day", None, "in_force"),),
    accessions=(Accession("FRA", date(1958, 1, 1), None),),
    cells=tuple(Cell("2024", 2003, party, value) for party, value in (("FRA", 10), ("AUS", 5), ("WORLD", 20))),
)


@examples
@example(world=BEFORE_IT_BEGAN, blocs=("eu", "beta"))
@given(world=worlds(), blocs=st.tuples(st.sampled_from(tuple(BLOCS)), st.sampled_from(tuple(BLOCS))))
def test_sets_of_two_blocs(replay: Replay, world: World, blocs: tuple[str, str]) -> None:
    """Each party once in the union; intersection and difference are what is left of it."""
    replay.load(world, upto="mineral_bloc_share")
    found = {
        name: asked(replay, f"bloc_{name}_share", *blocs, "cobalt", "production")
        for name in ("union", "intersection", "exclusive")
    }
    for name, compositions in by_hand.of_two_blocs(world, *blocs).items():
        assert found[name] == near(expected_shares(world, compositions, "set")), name
    alone = [in_the_mart(replay, bloc) for bloc in blocs]
    for key, union in found["union"].items():
        # A bloc without a forum enters the wider scope by itself.
        a, b = (of_bloc.get(key, of_bloc.get(("partners", *key[1:]))) or 0 for of_bloc in alone)
        both, only_a = (found[name].get(key) or 0 for name in ("intersection", "exclusive"))
        assert (union or 0) <= a + b + NEAR
        assert (union or 0) + both == pytest.approx(a + b, abs=NEAR)
        assert both + only_a == pytest.approx(a, abs=NEAR)


@examples
@given(
    world=worlds(),
    bloc=st.sampled_from(("alpha", "beta", "eu")),
    rule=st.sampled_from(RULES),
    treatment=st.sampled_from(TREATMENTS),
)
def test_the_parts_of_a_change_sum_to_it(replay: Replay, world: World, bloc: str, rule: str, treatment: str) -> None:
    """Between any two years: weights at the old shares, shares at the old weights, and both together."""
    replay.load(world)
    tables = {(table.edition, table.year): table for table in by_hand.tables(world)}
    compositions = by_hand.compositions(world)
    macro = "marts.bloc_share_change_under(?, 'cobalt', 'production', ?, ?)"
    rows = replay.frame(f"from {macro}", bloc, rule, treatment).to_dict("records")
    of_years = {(row["party_scope"], row["year_from"], row["year_to"]): row for row in rows}
    editions = {key: (row["edition_from"], row["edition_to"]) for key, row in of_years.items()}
    assert len(rows) == len(of_years)
    assert editions == _pairs_with_shares(tables, compositions, (bloc, treatment, rule))
    for row in rows:
        old, new = (
            (
                compositions[bloc, row["party_scope"], treatment, rule, row[f"year_{end}"]],
                tables[row[f"edition_{end}"], row[f"year_{end}"]],
            )
            for end in ("from", "to")
        )
        for name, expected in _parts(*old, *new).items():
            assert row[name] == pytest.approx(expected, abs=NEAR), name
        parts = row["change_membership"] + row["change_output"] + row["change_interaction"]
        assert parts == pytest.approx(row["change"], abs=1e-9)
        assert row["change_joiners"] + row["change_leavers"] == pytest.approx(row["change_membership"], abs=NEAR)


def _parts(weights: Weights, old: Table, new_weights: Weights, new: Table) -> dict[str, float]:
    found = dict.fromkeys(("change", "change_membership", "change_output", "change_interaction"), 0.0)
    for party in {*weights, *new_weights}:
        weight, more = weights.get(party, 0.0), new_weights.get(party, 0.0) - weights.get(party, 0.0)
        part = old.values.get(party, 0.0) / old.denominator
        grown = new.values.get(party, 0.0) / new.denominator - part
        found["change"] += (weight + more) * (part + grown) - weight * part
        found["change_membership"] += more * part
        found["change_output"] += weight * grown
        found["change_interaction"] += more * grown
    return found


def _pairs_with_shares(
    tables: dict[tuple[str, int], Table],
    compositions: dict[Composition, Weights],
    of: tuple[str, str, str],
) -> dict[tuple[str, int, int], tuple[str, str]]:
    """The pairs of years for which the chosen tables of both years give a share, with their editions."""
    bloc, treatment, rule = of
    found = {}
    for first in {year for _, year in tables}:
        for last in {year for _, year in tables if year > first}:
            early, late = ({edition for edition, year in tables if year == wanted} for wanted in (first, last))
            # One edition for both years where there is one, else the latest of each.
            chosen = (max(early & late),) * 2 if early & late else (max(early), max(late))
            for scope in by_hand.SCOPES:
                ends = [
                    by_hand.held(compositions.get((bloc, scope, treatment, rule, year), {}), tables[edition, year])
                    for edition, year in zip(chosen, (first, last), strict=True)
                ]
                if None not in ends:
                    found[scope, first, last] = chosen
    return found


DOCUMENTS = (
    Document("charter", "official_statement", date(2018, 3, 1), "day"),
    Document("study", "paper", date(2019, 1, 1), "year"),
    Document("statement", "official_statement", date(2020, 6, 1), "month"),
    Document("notice", "official_statement", date(2022, 3, 15), "day"),
)
_ON = st.one_of(
    st.dates(date(2018, 1, 1), date(2025, 12, 31)),
    st.sampled_from([document.known_by for document in DOCUMENTS] + [date(2023, 1, 31), date(2024, 1, 31)]),
)


@st.composite
def documented_worlds(draw: st.DrawFn) -> World:
    """Worlds in which documents disagree about memberships and judgements rest on documents, too."""
    names = [document.name for document in DOCUMENTS]
    blocs = ("alpha", "alpha_forum", "beta")
    claims = draw(st.lists(claims_about(blocs, ("FRA", "COD", "EUU", BANK), names), max_size=14))
    decisions = draw(
        st.lists(
            st.builds(Decision, st.sampled_from(blocs), st.sampled_from(("FRA", "COD", "EUU")), st.sampled_from(names)),
            unique_by=lambda decision: (decision.bloc, decision.party),
            max_size=2,
        )
    )
    return replace(draw(worlds()), claims=tuple(claims), documents=DOCUMENTS, decisions=tuple(decisions))


# What a paper says in 2019 is rejected on the word of a statement of 2022.
TAKEN_BACK = World(
    claims=(Claim("beta", "COD", "member", date(2019, 1, 1), "day", None, "in_force", "study"),),
    accessions=(),
    cells=(),
    documents=DOCUMENTS,
    decisions=(Decision("beta", "COD", "notice"),),
)


@pytest.mark.long
@examples
@example(world=TAKEN_BACK, day=date(2020, 1, 1))
@given(world=documented_worlds(), day=_ON)
def test_memberships_known_on_a_day_are_those_a_build_of_that_day_resolves(
    replay: Replay, world: World, day: date
) -> None:
    """No claim, decision or accession of a later day plays a part, not even one that takes something back."""
    columns = (
        "bloc, party, role, party_scope, valid_from, valid_from_precision, valid_to, status, n_claims, resolution, "
        "document, known_from"
    )
    replay.load(world, upto="fct_bloc_membership")
    known = replay.rows(f"select {columns} from marts.membership_as_known_on(?)", day)
    in_the_end = replay.rows(f"select {columns} from marts.membership_as_known_on('9999-12-31')")
    assert sorted(in_the_end) == sorted(replay.rows(f"select {columns} from marts.fct_bloc_membership"))
    replay.load(world.known_on(day), upto="fct_bloc_membership")
    assert sorted(known) == sorted(replay.rows(f"select {columns} from marts.fct_bloc_membership"))


def of_the_past(world: World) -> World:
    """The same, but no document tells of what is still to come on its day."""
    out = {document.name: document.known_by for document in world.documents}
    claims = [claim for claim in world.claims if claim.counted_from <= out[claim.document]]
    return replace(
        world,
        claims=tuple(
            replace(claim, left_on=None, status="in_force")
            if claim.left_on and claim.left_on > out[claim.document]
            else claim
            for claim in claims
        ),
    )


@pytest.mark.long
@examples
@given(world=documented_worlds().map(of_the_past), day=_ON, bloc=st.sampled_from(("alpha", "beta", "eu")))
def test_shares_known_on_a_day_are_those_a_build_of_that_day_holds(
    replay: Replay, world: World, day: date, bloc: str
) -> None:
    """Editions and memberships of that day, and no year that had not ended."""
    columns = (
        "party_scope, eu_treatment, membership_rule, year, edition, membership_as_of, share, share_low, share_high, "
        "n_members, member_parties"
    )
    replay.load(world, upto="mineral_bloc_share")
    macro = "marts.bloc_share_as_known_on(?, 'cobalt', 'production', ?)"
    known = replay.rows(f"select {columns} from {macro} order by all", bloc, day)
    replay.load(world.known_on(day), upto="mineral_bloc_share")
    expected = replay.rows(
        f"select {columns} from marts.mineral_bloc_share where bloc = ? and membership_as_of <= ? order by all",
        bloc,
        day,
    )
    assert known == expected


def test_an_end_that_is_only_announced_is_none_yet(replay: Replay) -> None:
    """Until the day on which it leaves, a party is part of the latest composition, and a bloc lasts."""
    leaver = Claim("beta", "COD", "member", date(2019, 1, 1), "day", date(2025, 1, 1), "ended")
    cells = (Cell("2023", 2021, "COD", 30), Cell("2023", 2021, "WORLD", 40))
    replay.load(World((leaver,), (), cells), upto="mineral_bloc_share")
    shares = asked(replay, "bloc_share_as_known_on", "beta", "cobalt", "production", date(2023, 6, 1))
    assert shares["partners", "as_signed", "fixed", 2021, "2023"] == 0.75


def test_a_bank_that_is_added_owns_no_ground(replay: Replay) -> None:
    member = Claim("beta", "COD", "member", date(2019, 1, 1), "day", None, "in_force")
    cells = (Cell("2023", 2021, "COD", 30), Cell("2023", 2021, "OTHER", 5), Cell("2023", 2021, "WORLD", 40))
    replay.load(World((member,), (), cells), upto="mineral_bloc_share")
    columns = "[share, share_high, n_members]"
    asked_of = ("bloc_share_if", "beta", "cobalt", "production")
    assert asked(replay, *asked_of, [BANK], [], columns=columns) == asked(replay, *asked_of, [], [], columns=columns)


def test_who_stayed_to_the_end_of_a_bloc_leaves_no_one_behind(replay: Replay) -> None:
    """The last composition of a bloc without those who made it is empty; earlier leavers do not come back."""
    stayed = Claim("beta", "COD", "member", date(2019, 1, 1), "day", date(2022, 1, 1), "ended")
    left = Claim("beta", "AUS", "member", date(2019, 1, 1), "day", date(2020, 1, 1), "ended")
    cells = tuple(Cell("2023", 2022, party, value) for party, value in (("COD", 30), ("AUS", 10), ("WORLD", 40)))
    replay.load(World((stayed, left), (), cells), upto="mineral_bloc_share")
    assert asked(replay, "bloc_share_if", "beta", "cobalt", "production", [], ["COD"]) == {}
