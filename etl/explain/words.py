"""Numbers, dates and rules in words, the same on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from etl.explain.model import Composition, Membership, Question, Reading, Series

_MOST_DIGITS = 3

_RULE_IN_SHORT = {
    "year_end": "its members on 31 December {year}",
    "any_day": "whoever was a member on any day of {year}",
    "year_start": "its members on 1 January {year}",
    "day_weighted": "its members, each by the days of {year} on which it was one",
    "fixed": "its latest composition known (as of {as_of}), applied to {year}",
}
_RULE_IN_FULL = {
    "year_end": "A party counts in full if it was a member on 31 December {year}, whenever in the year it joined.",
    "any_day": "A party counts in full if it was a member on any day of {year}, even if it left.",
    "year_start": "A party counts in full if it was a member on 1 January {year}. One known only to have joined in "
    "that month or year does not.",
    "day_weighted": "A party counts by the share of the days of {year} on which it was a member: its weight.",
    "fixed": "The latest composition known counts in full, for every year alike: whoever belongs as of {as_of}, even "
    "if it joined after {year}.",
}
_DATES = "A date known to the month counts from the month's first day, one known to the year from 1 July."
_EU_IN_SHORT = {
    "as_signed": "the EU as one party, which reports nothing of its own",
    "expanded": "the EU's member states in its place",
}
_EU_IN_FULL = {
    "as_signed": "The EU counts as one party and reports nothing of its own: its states count only if they signed "
    "themselves.",
    "expanded": "The EU's member states of that date stand in its place, in union with those that signed themselves; "
    "nobody counts twice.",
}
_MEASURE = {"production": "production", "reserves": "reserves", "resources": "resources", "capacity": "capacity"}


def percent(part: float | None, digits: int = 1) -> str:
    """Write a fraction as a percentage; what is too small for the digits says so, what is null is a dash."""
    if part is None:
        return "–"
    shown = f"{100 * part:.{digits}f}"
    if part and not float(shown):
        return f"<{10**-digits:.{digits}f} %" if part > 0 else f">-{10**-digits:.{digits}f} %"
    return f"{shown} %"


def points(part: float | None) -> str:
    """Write a difference of shares in percentage points, with its sign."""
    return "–" if part is None else f"{100 * part:+.2f}"


def tonnes(value: float | None) -> str:
    """Write tonnes: whole above a hundred, else to four digits; null is a dash."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.4g}"


def bounds_text(reading: Reading) -> str:
    """Write the bounds with as few digits as tell them apart."""
    low, high = reading.share_low, reading.share_high
    digits = next((n for n in range(1, _MOST_DIGITS) if percent(low, n) != percent(high, n)), _MOST_DIGITS)
    if percent(low, digits) == percent(high, digits):
        return f"{percent(low, digits)} at both bounds"
    return f"{percent(low, digits).removesuffix(' %')} to {percent(high, digits)}"


def day_text(day: date | None, precision: str | None) -> str:
    """Write a date as finely as it is known: 2023-06-22, 2023-02 or 2023."""
    if day is None:
        return ""
    return day.isoformat()[: {"year": 4, "month": 7}.get(precision or "day", 10)]


def weight_text(weight: float) -> str:
    """Write a weight: 1, or three digits."""
    return f"{weight:.3f}".rstrip("0").rstrip(".")


def listed(names: Sequence[str], most: int | None = None) -> str:
    """Join names with commas and say how many are left out."""
    shown = list(names) if most is None else list(names[:most])
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(shown) < len(names) else "")


def count(number: int, thing: str) -> str:
    """Write a number with its noun: 1 party, 2 parties."""
    if number == 1:
        return f"1 {thing}"
    return f"{number} {thing[:-1]}ies" if thing.endswith("y") else f"{number} {thing}s"


def amount_of(series: Series) -> str:
    """Say what is measured: "mine production, tonnes of content"."""
    stage = "" if series.stage == "none" else f"{series.stage} "
    return f"{stage}{_MEASURE.get(series.measure, series.measure)}, tonnes ({basis_text(series.basis)})"


def basis_text(basis: str) -> str:
    """Say what the mass is of."""
    return {
        "content": "contained metal",
        "gross_ore": "gross ore or concentrate",
        "unspecified": "basis not stated by the source",
    }.get(basis, basis.replace("_", " "))


def rule_in_short(reading: Reading) -> str:
    """Say in half a sentence who counts."""
    said = _RULE_IN_SHORT[reading.composition.rule]
    return said.format(year=reading.series.year, as_of=day_text(reading.as_of, "day") or "its last change")


def eu_in_short(composition: Composition) -> str:
    """Say in half a sentence how the EU counts."""
    return _EU_IN_SHORT[composition.eu]


def rule_words(
    question: Question, answer: Reading, forum: str | None, eu_belongs: bool, inexact: Sequence[tuple[str, Membership]]
) -> tuple[str, ...]:
    """Say what the rule, the scope and the treatment of the EU mean for this question.

    Args:
        question: The question.
        answer: Its reading.
        forum: Name of the bloc's forum, if it has one.
        eu_belongs: Whether the EU is a party of what is counted.
        inexact: Names and memberships of the members whose date is known to the month or year only.
    """
    composition = question.composition
    rule = _RULE_IN_FULL[composition.rule].format(
        year=answer.series.year, as_of=day_text(answer.as_of, "day") or "its last change"
    )
    dates = _DATES
    if inexact:
        dates += " So here: " + listed(
            [f"{name} ({day_text(spell.valid_from, spell.precision)})" for name, spell in inexact], 8
        )
        dates += "."
    eu = _EU_IN_FULL[composition.eu]
    if question.bloc.code == "eu":
        eu = "The bloc is the EU itself: its member states are its parties, under both treatments."
    elif not eu_belongs:
        eu = "The EU is no party of what is counted here: both treatments give the same."
    if forum is None:
        scope = "The bloc's own parties count; it has no forum."
    elif composition.scope == "partners":
        scope = f"The bloc's own parties count, members of the {forum} do not."
    else:
        scope = f"The bloc's own parties and the members of the {forum} count."
    words = [
        f"Rule {composition.rule}: {rule}",
        dates,
        f"EU {composition.eu}: {eu}",
        f"Scope {composition.scope}: {scope}",
        "Observers, institutions and whoever is only announced do not count.",
    ]
    if question.series.measure in ("reserves", "resources"):
        words.append("Reserves and resources belong to an edition: the year is the edition's year.")
    return tuple(words)


def headline(question: Question, answer: Reading) -> str:
    """Say question and answer in one line."""
    what = f"{question.mineral.name_en} {_MEASURE.get(question.series.measure, question.series.measure)}"
    year = question.series.year
    if answer.share is None:
        return (
            f"{question.bloc.name_en}: share of world {what} {year} is not known, as none of its "
            f"{count(answer.n_members, 'member')} reports an amount (null is not zero)"
        )
    return f"{question.bloc.name_en}: {percent(answer.share)} of world {what} in {year} ({bounds_text(answer)})"


def plain(value: float | None) -> str:
    """Write a value as it is: floats without trailing zeros, null as nothing."""
    if value is None:
        return ""
    return f"{value:,.10g}"
