"""What the papers print about a share, and why it differs from what the file gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.ask.release import rows
from etl.explain import queries
from etl.explain.amounts import Table
from etl.explain.model import Conflict, Document, Printed, Question, Reading
from etl.explain.who import Roll
from etl.explain.words import percent, tonnes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PERCENT = {"percent": 1.0, "fraction": 100.0}
_QUALIFIERS = {
    "over": "printed as “more than”",
    "under": "printed as “less than”",
    "about": "printed as “about”",
    "lower_bound": "printed as a lower bound",
    "upper_bound": "printed as an upper bound",
}
_FLAGS = {
    "unit_suspect": "the unit cannot be as printed",
    "ocr_suspect": "the paper's text seems misread here",
}


@dataclass(frozen=True, slots=True)
class Here:
    """What printed figures are compared with."""

    question: Question
    answer: Reading
    readings: tuple[Reading, ...]
    table: Table
    roll: Roll
    documents: dict[str, Document]


def read_printed(connection: DuckDBPyConnection, here: Here, parties: set[str]) -> tuple[Printed, ...]:
    """Read the papers' figures of the mineral and measure: of the bloc, its forum, the world, the parties given."""
    values = {
        "mineral": here.question.mineral.code,
        "measure": here.question.series.measure,
        "blocs": [here.roll.bloc, *here.roll.forums],
        "parties": sorted(parties),
    }
    found = [_printed(row, here) for row in rows(connection, queries.PRINTED, values)]
    return tuple(
        sorted(found, key=lambda claim: (not claim.bloc, not claim.measure.endswith("_share"), not claim.verdict))
    )


def _printed(row: dict[str, Any], here: Here) -> Printed:
    return Printed(
        document=here.documents[row["document"]],
        locator=row["locator"] or "",
        text_line=row["text_line"],
        claim_id=row["claim_id"],
        subject=row["subject"] or "",
        measure=row["measure"],
        party=row["party"] or "",
        bloc=row["bloc"] or "",
        year=row["year"],
        printed=row["printed"] or "",
        value=row["value"],
        unit=row["unit"] or "",
        value_tonnes=row["value_tonnes"],
        qualifier=row["qualifier"] or "",
        claim_flag=row["claim_flag"] or "",
        note=row["note"] or "",
        verdict=row["verdict"] or "",
        recomputed=row["recomputed_paper_reading"],
        recomputed_year_end=row["recomputed_year_end"],
        here=_same_thing_here(row, here),
        differs=tuple(_reasons(row, here)),
    )


def _same_thing_here(row: dict[str, Any], here: Here) -> str:
    """Say what this release has for the same thing under the rule asked for."""
    is_share = row["measure"].endswith("_share")
    if row["bloc"]:
        amount = percent(here.answer.share) if is_share else f"{tonnes(here.answer.bloc_tonnes)} t"
        return f"{amount} under the rule asked for"
    if row["party"]:
        holding = here.table.holding(row["party"])
        return percent(holding.part) if is_share else f"{tonnes(holding.value_tonnes)} t"
    return "" if is_share else f"{tonnes(here.answer.world_tonnes)} t"


def _reasons(row: dict[str, Any], here: Here) -> list[str]:
    """Say what to know before comparing: how it was recomputed, which reading meets it, what the claim leaves open."""
    reasons = [_recomputed(row), _reading_that_meets(row, here)]
    series = here.question.series
    if row["year"] is None:
        reasons.append("the paper names no year")
    elif row["year"] != series.year:
        reasons.append(f"it is of {row['year']}, the question of {series.year}")
    if row["basis"] and row["basis"] != series.basis:
        reasons.append(f"it is in {row['basis']}, the table in {series.basis}")
    reasons.append(_QUALIFIERS.get(row["qualifier"], ""))
    reasons.append(_FLAGS.get(row["claim_flag"], ""))
    return [reason for reason in reasons if reason]


def _recomputed(row: dict[str, Any]) -> str:
    """Tell what a cell of a printed table gives when recomputed, and the verdict on it."""
    if not row["verdict"]:
        return ""
    verdict = f"{row['verdict'].replace('_', ' ')}: {row['reason']}"
    if row["recomputed_paper_reading"] is None:
        return verdict
    unit = "%" if row["cell_unit"] == "percent" else "in the unit that is meant"
    at_year_end = row["recomputed_year_end"]
    also = "" if at_year_end is None else f"; at the year's end it would be {at_year_end:.4g}"
    return (
        f"recomputed from {row['source']} {row['edition']} as the paper counts: {row['recomputed_paper_reading']:.4g} "
        f"{unit}{also}. {verdict[0].upper()}{verdict[1:]}"
    )


def _reading_that_meets(row: dict[str, Any], here: Here) -> str:
    """Name the reading of this release that meets the printed share of the bloc: the rule asked for first."""
    scale = _PERCENT.get(row["unit"])
    if not row["bloc"] or scale is None or row["value"] is None or row["year"] not in (None, here.answer.series.year):
        return ""
    value = scale * row["value"]
    known = [(100 * reading.share, reading) for reading in here.readings if reading.share is not None]
    if not known:
        return ""
    meeting = [pair for pair in known if _meets(pair[0], value, row["qualifier"])]
    if not meeting:
        share, closest = min(known, key=lambda pair: abs(pair[0] - value))
        return f"no reading of this release gives it; the closest is {share:.1f} % under {_reading_name(closest)}"
    share, reading = min(meeting, key=lambda pair: (*_distance(pair[1], here), abs(pair[0] - value)))
    if reading == here.answer:
        return "the rule asked for meets it"
    return f"met by {share:.1f} % under {_reading_name(reading)}"


def _meets(share: float, value: float, qualifier: str) -> bool:
    """Whether a share in percent is what is printed: beyond a bound, else within half the last digit."""
    if qualifier in ("over", "lower_bound"):
        return share >= value
    if qualifier in ("under", "upper_bound"):
        return share <= value
    decimals = len(f"{value:.10g}".partition(".")[2])
    return abs(share - value) <= 0.5 * 10.0**-decimals


def _reading_name(reading: Reading) -> str:
    series = reading.series
    return f"{reading.composition} in {series.source} {series.edition} ({series.stage}, {series.basis})"


def _distance(reading: Reading, here: Here) -> tuple[bool, bool, bool]:
    """Order readings: the asked one first, then those of the same table, then those of the same source."""
    asked = here.answer.series
    return (reading != here.answer, reading.series != asked, reading.series.source != asked.source)


def read_conflicts(connection: DuckDBPyConnection, printed: tuple[Printed, ...], roll: Roll) -> tuple[Conflict, ...]:
    """Read registered conflicts about one of the printed figures or of the claims about who belongs.

    A release without the register has none.
    """
    (found,) = rows(connection, queries.HAS_CONFLICTS, {})
    if not found["n"]:
        return ()
    figures = {f"{claim.document.document} {claim.locator}" for claim in printed}
    members = {f"{claim.document} {claim.locator}" for claims in roll.claims.values() for claim in claims}
    conflicts = rows(connection, queries.CONFLICTS, {"places": sorted(figures | members)})
    return tuple(
        Conflict(**{name: "" if value is None else str(value) for name, value in row.items()}) for row in conflicts
    )
