"""Turn an explanation into a page of text, in the order in which a reader asks."""

from __future__ import annotations

from etl.explain.layout.marks import Marks
from etl.explain.layout.members import amounts_section, who_section
from etl.explain.layout.papers import papers_section
from etl.explain.layout.shares import difference_section, readings_section, world_section
from etl.explain.model import Explanation
from etl.explain.sheet import Section, Sheet
from etl.explain.who import EU
from etl.explain.words import (
    amount_of,
    count,
    eu_in_short,
    headline,
    listed,
    percent,
    points,
    rule_in_short,
    tonnes,
)

_SHOWN_OTHERS = 6


def lay_out(explanation: Explanation) -> Sheet:
    """Return the page of an explanation; the terminal and the HTML page both set it."""
    marks = Marks(explanation)
    sections = (
        Section("The rule in words", explanation.rule_words),
        who_section(explanation, marks),
        amounts_section(explanation, marks),
        world_section(explanation, marks),
        readings_section(explanation),
        difference_section(explanation),
        papers_section(explanation),
        Section(
            "How to reproduce it",
            code=(
                ("The number, from the mart", explanation.sql["share"]),
                ("The cells it is summed from", explanation.sql["cells"]),
            ),
        ),
    )
    return Sheet(headline(explanation.question, explanation.answer), _facts(explanation), sections)


def _facts(explanation: Explanation) -> tuple[tuple[str, str], ...]:
    """Return what must be known before any detail: question, amounts, who counts, source, and the other answer."""
    question, edition = explanation.question, explanation.edition
    asked = (
        f"What does the bloc {question.bloc.name_en} ({_also(question.bloc.code, question.bloc.name_zh)}) hold of the "
        f"world's {question.mineral.name_en} ({_also(question.mineral.code, question.mineral.name_zh)}) in "
        f"{question.series.year}? Measured: {amount_of(question.series)}."
    )
    published = f", {edition.published_on}" if edition.published_on else ""
    source = f"{edition.title} ({edition.source} {edition.edition}), {edition.publisher}{published}. {edition.url}"
    facts = [
        ("question", asked),
        ("amount", _amount(explanation)),
        ("counted", _counted(explanation)),
        ("source", source),
        ("against", _against(explanation)),
    ]
    for choice in question.choices:
        others = f". Also there: {listed(choice.others, _SHOWN_OTHERS)}" if choice.others else ""
        facts.append(("chosen", f"{choice.what} {choice.chosen}: {choice.why}{others}"))
    facts.append(("release", f"{explanation.release.release_id}, built {explanation.release.built_at} UTC"))
    return tuple(facts)


def _also(code: str, name_zh: str) -> str:
    return f"{code}, {name_zh}" if name_zh else code


def _amount(explanation: Explanation) -> str:
    answer = explanation.answer
    over = "" if answer.world_published is not None else " (the sum of all rows, as no world total is published)"
    verb = "reports" if answer.n_members_reporting == 1 else "report"
    members = count(answer.n_members, "member")
    if answer.bloc_tonnes is None:
        return f"none of its {members} reports an amount; the world has {tonnes(answer.world_tonnes)} t{over}"
    return (
        f"{tonnes(answer.bloc_tonnes)} t of {tonnes(answer.world_tonnes)} t{over}; {answer.n_members_reporting} of "
        f"{members} {verb} an amount"
    )


def _counted(explanation: Explanation) -> str:
    """Say who counts; the EU only where it is a party."""
    composition = explanation.question.composition
    scope = "its own parties only" if composition.scope == "partners" else "its own parties and the forum's"
    said = [rule_in_short(explanation.answer), scope]
    if any(
        member.party.code == EU or any(spell.via == EU for spell in member.memberships)
        for member in explanation.members
    ):
        said.append(eu_in_short(composition))
    return "; ".join(said)


def _against(explanation: Explanation) -> str:
    """Say what the reading it is compared with gives, and who moves it most."""
    difference = explanation.difference
    against = difference.against
    said = f"{percent(against.share)} under {against.composition}"
    if against.share is None:
        return f"{said}: nobody counts or reports there"
    if not difference.moves:
        return f"{said}: the same parties count"
    largest = difference.moves[0]
    if not largest.points:
        return f"{said}: other parties count, but none of them moves it"
    total = "" if difference.points is None else f" of {points(difference.points)}"
    return (
        f"{said}: {rule_in_short(against)}. {largest.party.name_en} moves {points(largest.points)}{total} points: "
        f"{largest.because}"
    )
