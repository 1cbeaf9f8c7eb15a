"""Gather everything that stands behind one share, from the published file alone; nothing is printed here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from etl.ask.release import rows
from etl.explain import queries
from etl.explain.amounts import Table, bound_steps, describe_world, read_table
from etl.explain.model import (
    Bystander,
    Composition,
    Difference,
    Document,
    Edition,
    Explanation,
    Member,
    Move,
    OtherSeries,
    Question,
    Reading,
    Release,
    Series,
)
from etl.explain.printed import Here, read_conflicts, read_printed
from etl.explain.reproduce import sql_of
from etl.explain.who import EU, Roll, read_roll
from etl.explain.words import day_text, rule_words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Weights = dict[Composition, dict[str, float]]


def explain(connection: DuckDBPyConnection, question: Question) -> Explanation:
    """Explain the share that a question asks for.

    Args:
        connection: The published file, open for reading.
        question: A question that `etl.explain.question.resolve` has found an answer to.
    """
    readings = _readings(connection, question)
    answer = _reading(readings, question.series, question.composition)
    against = _reading(readings, question.series, question.against)
    weights = _weights(connection, question)
    roll = read_roll(connection, question.bloc.code)
    table = read_table(connection, question)
    documents = _documents(connection)
    members = _members(question, weights, roll, table)
    printed = read_printed(
        connection,
        Here(question, answer, readings, table, roll, documents),
        {*weights.get(question.composition, {}), *weights.get(question.against, {})} - {EU},
    )
    return Explanation(
        release=_release(connection),
        question=question,
        edition=_edition(connection, question.series),
        answer=answer,
        rule_words=_rule_words(question, answer, roll, members),
        members=members,
        bystanders=_bystanders(question, weights, roll, table),
        world=describe_world(table, answer),
        bounds=bound_steps(table, members, answer),
        readings=tuple(reading for reading in readings if reading.series == question.series),
        other_series=_other_series(readings, question),
        difference=_difference(question, answer, against, weights=weights, roll=roll, table=table),
        printed=printed,
        conflicts=read_conflicts(connection, printed, roll),
        documents=_cited(members, documents),
        sql=sql_of(question),
    )


def _readings(connection: DuckDBPyConnection, question: Question) -> tuple[Reading, ...]:
    values = {
        "bloc": question.bloc.code,
        "mineral": question.mineral.code,
        "measure": question.series.measure,
        "year": question.series.year,
    }
    return tuple(_reading_of(row) for row in rows(connection, queries.READINGS, values))


def _reading_of(row: dict[str, Any]) -> Reading:
    return Reading(
        series=Series(row["source"], row["edition"], row["measure"], row["stage"], row["basis"], row["year"]),
        composition=Composition(row["membership_rule"], row["party_scope"], row["eu_treatment"]),
        as_of=row["membership_as_of"],
        share=row["share"],
        share_low=row["share_low"],
        share_high=row["share_high"],
        bloc_tonnes=row["bloc_value"],
        world_tonnes=row["world_all_rows"] if row["world_published"] is None else row["world_published"],
        world_published=row["world_published"],
        world_all_rows=row["world_all_rows"],
        world_named_rows=row["world_named_rows"],
        share_of_all_rows=row["share_of_all_rows"],
        share_of_named_rows=row["share_of_named_rows"],
        unit=row["unit"],
        n_members=row["n_members"],
        n_members_reporting=row["n_members_reporting"],
        members=tuple((row["member_parties"] or "").split(", ")),
    )


def _reading(readings: tuple[Reading, ...], series: Series, composition: Composition) -> Reading:
    """Find a reading; a composition that gives nobody has none, and stands here as one without members."""
    for reading in readings:
        if reading.series == series and reading.composition == composition:
            return reading
    world = next(reading for reading in readings if reading.series == series)
    return replace(
        world,
        composition=composition,
        as_of=None,
        share=None,
        share_low=None,
        share_high=None,
        bloc_tonnes=None,
        share_of_all_rows=None,
        share_of_named_rows=None,
        n_members=0,
        n_members_reporting=0,
        members=(),
    )


def _weights(connection: DuckDBPyConnection, question: Question) -> Weights:
    """Return who counts, and for how much, under every composition of the year."""
    weights: Weights = {}
    values = {"bloc": question.bloc.code, "year": question.series.year}
    for row in rows(connection, queries.MEMBERS, values):
        composition = Composition(row["membership_rule"], row["party_scope"], row["eu_treatment"])
        weights.setdefault(composition, {})[row["party"]] = row["weight"]
    return weights


def _members(question: Question, weights: Weights, roll: Roll, table: Table) -> tuple[Member, ...]:
    """Return the members, those with the largest amount first and those without one last."""
    members = []
    for code, weight in weights.get(question.composition, {}).items():
        holding = table.holding(code)
        value = holding.value_tonnes
        members.append(
            Member(
                party=roll.party(code),
                weight=weight,
                memberships=roll.memberships(code, question.composition, question.series.year),
                claims=tuple(roll.claims.get(code, ())),
                holding=holding,
                counted_tonnes=None if value is None else weight * value,
            )
        )
    return tuple(sorted(members, key=lambda member: (*_largest_first(member.counted_tonnes), member.party.name_en)))


def _bystanders(question: Question, weights: Weights, roll: Roll, table: Table) -> tuple[Bystander, ...]:
    """Return who is named with the bloc but does not count, with the reason."""
    counted = weights.get(question.composition, {})
    found = [
        Bystander(roll.party(code), roll.absence(code, question.composition, question.series.year), table.holding(code))
        for code in roll.named - set(counted)
    ]
    return tuple(sorted(found, key=lambda party: (*_largest_first(party.holding.value_tonnes), party.party.name_en)))


def _largest_first(amount: float | None) -> tuple[bool, float]:
    return (amount is None, -(amount or 0))


def _difference(
    question: Question, answer: Reading, against: Reading, *, weights: Weights, roll: Roll, table: Table
) -> Difference:
    """Split the difference of two readings by party: weight gained or lost, times the party's part of the world."""
    ours, theirs = weights.get(question.composition, {}), weights.get(question.against, {})
    moves = []
    for code in sorted({*ours, *theirs}):
        here, there = ours.get(code, 0.0), theirs.get(code, 0.0)
        if here == there:
            continue
        holding = table.holding(code)
        leaner = question.composition if here < there else question.against
        moves.append(
            Move(
                party=roll.party(code),
                weight=here,
                weight_against=there,
                value_tonnes=holding.value_tonnes,
                points=None if holding.part is None else (there - here) * holding.part,
                because=roll.absence(code, leaner, question.series.year),
            )
        )
    moves.sort(key=lambda move: (move.points is None, -abs(move.points or 0), move.party.name_en))
    known = answer.share is not None and against.share is not None
    return Difference(
        against=against,
        points=(against.share or 0) - (answer.share or 0) if known else None,
        moves=tuple(moves),
    )


def _other_series(readings: tuple[Reading, ...], question: Question) -> tuple[OtherSeries, ...]:
    """Return every table of the year under the composition asked for and the one it is compared with."""
    by_key = {(reading.series, reading.composition): reading for reading in readings}
    return tuple(
        OtherSeries(
            series,
            by_key.get((series, question.composition)),
            by_key.get((series, question.against)),
            is_asked=series == question.series,
        )
        for series in dict.fromkeys(reading.series for reading in readings)
    )


def _rule_words(question: Question, answer: Reading, roll: Roll, members: tuple[Member, ...]) -> tuple[str, ...]:
    scope = question.composition.scope
    eu_belongs = any(
        spell.bloc == roll.bloc or scope != "partners" for spell in roll.spells.get(EU, ()) if spell.via == "direct"
    )
    inexact = [
        (member.party.name_en, member.memberships[0])
        for member in members
        if member.memberships and member.memberships[0].precision != "day"
    ]
    forum = next(iter(roll.forums.values()), None)
    return rule_words(question, answer, forum, eu_belongs, inexact)


def _release(connection: DuckDBPyConnection) -> Release:
    (row,) = rows(connection, queries.RELEASE, {})
    return Release(row["release_id"], f"{row['built_at']:%Y-%m-%d %H:%M}", row["git_commit"])


def _edition(connection: DuckDBPyConnection, series: Series) -> Edition:
    (row,) = rows(connection, queries.EDITION, {"source": series.source, "edition": series.edition})
    return Edition(
        source=row["source"],
        edition=row["edition"],
        publisher=row["publisher"] or "",
        title=row["title"] or "",
        url=row["url"] or "",
        published_on=day_text(row["published_on"], row["published_precision"]),
        licence=row["licence"] or "",
    )


def _documents(connection: DuckDBPyConnection) -> dict[str, Document]:
    return {
        row["document"]: Document(
            document=row["document"],
            title=row["title"] or "",
            publisher=row["publisher"] or "",
            published_on=day_text(row["published_on"], row["date_precision"]),
            kind=row["kind"] or "",
            url=row["url"] or (f"https://doi.org/{row['doi']}" if row["doi"] else ""),
            note=row["note"] or "",
        )
        for row in rows(connection, queries.DOCUMENTS, {})
    }


def _cited(members: tuple[Member, ...], documents: dict[str, Document]) -> tuple[Document, ...]:
    """Return the documents that the members' intervals rest on, in the order in which they first appear."""
    earliest = sorted(
        (spell.valid_from or date.max, spell.document) for member in members for spell in member.memberships
    )
    return tuple(documents[code] for code in dict.fromkeys(code for _, code in earliest) if code in documents)
