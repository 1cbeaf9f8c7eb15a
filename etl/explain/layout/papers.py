"""The section about papers: what they print, literal by literal, and why it differs."""

from __future__ import annotations

from etl.explain.model import Conflict, Explanation, Printed
from etl.explain.sheet import Item, Section

_TITLE = "What the papers print"
_UNITS = {"percent": " %", "fraction": "", "wan_t": " 万 t"}


def papers_section(explanation: Explanation) -> Section:
    """List the printed figures, the shares first, with what this release has for the same thing."""
    question = explanation.question
    named = f"{question.mineral.name_en} {question.series.measure}"
    words = () if explanation.printed else (f"No paper prints a figure of {named} for this bloc or the parties above.",)
    items = [_item(claim) for claim in explanation.printed]
    items += [_conflict(conflict) for conflict in explanation.conflicts]
    papers = dict.fromkeys(claim.document for claim in explanation.printed)
    notes = tuple(
        f"{paper.document}: {paper.title}. {paper.publisher}, {paper.published_on}. {paper.url}" for paper in papers
    )
    return Section(_TITLE, words, items=tuple(items), notes=notes)


def _item(claim: Printed) -> Item:
    unit = _UNITS.get(claim.unit, f" {claim.unit}")
    printed = f"{claim.printed}{unit}" if claim.printed[-1:].isdigit() else f"“{claim.printed}”"
    here = f"; here {claim.here}" if claim.here else ""
    place = f"{claim.document.document}, {claim.locator}, line {claim.text_line}"
    return Item(
        f"{claim.document.document} prints {printed}{here}",
        (f"{claim.subject} ({place}).", *(f"{_sentence(reason)}." for reason in claim.differs)),
        claim.note,
    )


def _conflict(conflict: Conflict) -> Item:
    sides = (
        f"{conflict.document_a}, {conflict.locator_a}: “{conflict.claim_a}”; "
        f"{conflict.document_b}, {conflict.locator_b}: “{conflict.claim_b}”."
    )
    decided = [_sentence(part) + "." for part in (conflict.resolution, conflict.chosen, conflict.reason) if part]
    return Item(
        f"Registered conflict {conflict.conflict_id} ({conflict.kind}, {conflict.severity}): {conflict.subject}",
        (sides, *decided),
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:].rstrip(".")
