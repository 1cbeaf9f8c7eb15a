"""The sections about members: who counts and on whose word, and what each of them reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from etl.explain.layout.marks import Marks
from etl.explain.model import Bystander, Cell, Explanation, Member, Membership
from etl.explain.sheet import Grid, Section, grid
from etl.explain.words import day_text, percent, plain, tonnes, weight_text

_SILENT = {
    "no_row": "No row in this table (null, not zero)",
    "through_its_states": "No row of its own, as only its states report",
}
# "official statement over 15 other claim(s)": the number differs by party, and stands beside its name.
_OTHER_CLAIMS = re.compile(r" over \d+ other claim\(s\)")


def who_section(explanation: Explanation, marks: Marks) -> Section:
    """Say who counts, since when and on whose word, and who is named with the bloc but does not count."""
    grids = [_members_grid(explanation.members, marks)]
    if explanation.bystanders:
        grids.append(_bystanders_grid(explanation.bystanders))
    return Section(
        "Who counts, and on whose word",
        grids=tuple(grids),
        notes=marks.documents(),
        details=(_intervals_grid(explanation, marks), _claims_grid(explanation.members)),
    )


def _members_grid(members: tuple[Member, ...], marks: Marks) -> Grid:
    """One row for all who joined on the same day on the same word; behind each name the claims that speak of it."""
    known = sorted((_joining(member, marks), member.party.name_en, _n_claims(member)) for member in members)
    rows = [
        (since, until, way, ", ".join(f"{name} ({claims})" for _, name, claims in group), word)
        for (since, until, way, word), group in groupby(known, key=lambda entry: entry[0])
    ]
    columns = ("since", "until", "how", "members (claims that speak of each)", "on whose word")
    return grid(columns, rows).without_empty_columns()


def _joining(member: Member, marks: Marks) -> tuple[str, str, str, str]:
    if not member.memberships:
        return ("not dated", "", "", "")
    spell = member.memberships[0]
    way = "through the EU" if spell.via != "direct" else ""
    return (_since(spell), _until(spell), way, f"{_place(spell, marks)}: {_how(spell)}")


def _since(spell: Membership) -> str:
    return day_text(spell.valid_from, spell.precision)


def _until(spell: Membership) -> str:
    return spell.valid_to.isoformat() if spell.valid_to else ""


def _way(spell: Membership) -> str:
    return "signed itself" if spell.via == "direct" else "through the EU"


def _place(spell: Membership, marks: Marks) -> str:
    return f"{marks.document(spell.document)} {spell.locator}".strip()


def _how(spell: Membership) -> str:
    return _OTHER_CLAIMS.sub(" over the other claims", spell.resolution) or "not said"


def _n_claims(member: Member) -> int:
    return member.memberships[0].n_claims if member.memberships else 0


def _bystanders_grid(bystanders: tuple[Bystander, ...]) -> Grid:
    """Those who hold something in a table; the others below it, by reason."""
    holding = [entry for entry in bystanders if entry.holding.value_tonnes]
    others = sorted((entry for entry in bystanders if not entry.holding.value_tonnes), key=lambda entry: entry.because)
    rows = [
        (
            _party(entry.party.name_en, entry.party.code),
            tonnes(entry.holding.value_tonnes),
            percent(entry.holding.part, 2),
            entry.because,
        )
        for entry in holding
    ]
    groups = [
        f"{', '.join(sorted(entry.party.name_en for entry in group))} ({reason})"
        for reason, group in groupby(others, key=lambda entry: entry.because)
    ]
    below = (f"Not counted either, and without an amount in this table: {'; '.join(groups)}.",) if groups else ()
    columns = ("party", ">tonnes", ">of world", "because")
    return grid(columns, rows, title="Named with the bloc, but not counted under this rule", below=below)


def _intervals_grid(explanation: Explanation, marks: Marks) -> Grid:
    """Every interval of every member, in full."""
    rows = [
        (
            _party(member.party.name_en, member.party.code),
            spell.bloc,
            spell.role.replace("_", " "),
            _way(spell),
            _since(spell),
            spell.counted_from.isoformat(),
            _until(spell),
            weight_text(member.weight),
            _place(spell, marks),
            str(spell.n_claims),
            spell.resolution,
        )
        for member in explanation.members
        for spell in member.memberships
    ]
    columns = (
        "party",
        "joined",
        "role",
        "how",
        "since",
        "counted from",
        "until",
        ">weight",
        "on whose word",
        ">claims",
        "how it was resolved",
    )
    return grid(columns, rows, title=f"Every interval ({len(rows)})").without_empty_columns()


def _claims_grid(members: tuple[Member, ...]) -> Grid:
    """Every claim about every member, those that were rejected too."""
    rows = [
        (
            _party(member.party.name_en, member.party.code),
            claim.bloc,
            claim.role.replace("_", " "),
            day_text(claim.joined, claim.joined_precision) or "no date",
            claim.document,
            claim.locator + (f", line {claim.text_line}" if claim.text_line else ""),
            claim.printed_zh,
            "rejected" if claim.is_rejected else "",
            claim.note,
        )
        for member in members
        for claim in member.claims
    ]
    columns = ("party", "bloc", "role", "joined", "document", "place", "as printed", "rejected", "note")
    return grid(columns, rows, title=f"Every claim ({len(rows)})").without_empty_columns()


def amounts_section(explanation: Explanation, marks: Marks) -> Section:
    """Set out every cell of the members; those without a cell stand below."""
    members = explanation.members
    shown = [member for member in members if member.holding.cells]
    is_plain = all(member.weight == 1 and len(member.holding.cells) == 1 for member in shown)
    units = {cell.original_unit or cell.unit for member in shown for cell in member.holding.cells}
    one_unit = units.pop() if len(units) == 1 else ""
    rows = [row for member in shown for row in _cell_rows(member, marks, is_plain, bool(one_unit))]
    answer = explanation.answer
    rows.append(("sum", "", "", tonnes(answer.bloc_tonnes), percent(answer.share, 2), "", "", ""))
    silent: dict[str, list[str]] = {}
    for member in members:
        if not member.holding.cells:
            silent.setdefault(member.holding.reports, []).append(member.party.name_en)
    columns = (
        "party",
        ">cell, tonnes",
        ">weight",
        ">tonnes" if is_plain else ">counted, tonnes",
        ">of world",
        "value is",
        f"as printed ({one_unit})" if one_unit else "as printed",
        "where",
    )
    below = [f"{_SILENT[reports]}: {', '.join(names)}." for reports, names in silent.items()]
    below += [f"{member.party.name_en}: {note}" for member in shown for note in _telling_notes(member)]
    table = grid(columns, rows, strong=frozenset({len(rows) - 1}), below=tuple(below))
    return Section(
        "What each member reports",
        grids=(table.without_empty_columns(),),
        notes=marks.files(),
        details=(_cells_grid(shown, marks),),
    )


def _telling_notes(member: Member) -> Iterator[str]:
    """Notes on cells that are no plain figure; the others stand in the details."""
    for cell in member.holding.cells:
        if cell.note and (cell.value is None or cell.is_corrected):
            yield cell.note


def _cells_grid(members: list[Member], marks: Marks) -> Grid:
    """Every cell of every member, in full."""
    rows = [
        (
            _party(member.party.name_en, member.party.code),
            cell.party_printed,
            cell.sub_series,
            plain(cell.value),
            plain(cell.value_low),
            plain(cell.value_high),
            cell.unit,
            plain(cell.value_tonnes),
            flag_text(cell),
            cell.original_value,
            cell.original_unit,
            marks.place(cell),
            cell.note,
        )
        for member in members
        for cell in member.holding.cells
    ]
    columns = (
        "party",
        "party as printed",
        "series",
        ">value",
        ">low",
        ">high",
        "unit",
        ">tonnes",
        "value is",
        "as printed",
        "unit as printed",
        "where",
        "note",
    )
    return grid(columns, rows, title=f"Every cell ({len(rows)})").without_empty_columns()


def _cell_rows(member: Member, marks: Marks, is_plain: bool, is_one_unit: bool) -> Iterator[tuple[str, ...]]:
    """One row per cell; weight and sum stand beside the first. A unit that all share stands in the header."""
    part = member.holding.part
    for at, cell in enumerate(member.holding.cells):
        is_first = at == 0
        yield (
            _party(member.party.name_en, member.party.code) if is_first else f"  {cell.sub_series or 'further row'}",
            "" if is_plain else tonnes(cell.value_tonnes),
            weight_text(member.weight) if is_first and not is_plain else "",
            tonnes(member.counted_tonnes) if is_first else "",
            percent(None if part is None else member.weight * part, 2) if is_first else "",
            flag_text(cell),
            (cell.original_value or "empty") + ("" if is_one_unit else f" ({cell.original_unit or cell.unit})"),
            marks.place(cell),
        )


def flag_text(cell: Cell) -> str:
    """Say what a literal means: its flag, whether it was revised or corrected, and the limits it gives."""
    words = [cell.value_flag.replace("_", " ")]
    words += ["revised"] if cell.is_revised and cell.value_flag != "revised" else []
    words += ["corrected here"] if cell.is_corrected else []
    if cell.value is None and (cell.value_low is not None or cell.value_high is not None):
        words.append(f"{plain(cell.value_low) or '?'} to {plain(cell.value_high) or '?'} {cell.unit}")
    return ", ".join(words)


def _party(name: str, code: str) -> str:
    return f"{name} ({code})"
