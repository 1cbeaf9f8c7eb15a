"""Who belongs, since when, on whose word; and why somebody whom documents name does not count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from etl.ask.names import Named
from etl.ask.release import rows
from etl.explain import queries
from etl.explain.model import Composition, Membership, MembershipClaim
from etl.explain.words import day_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EU = "EUU"


@dataclass(frozen=True, slots=True)
class Roll:
    """All that documents say about who belongs to a bloc and to its forum."""

    bloc: str
    forums: dict[str, str]
    parties: dict[str, Named]
    intervals: dict[str, list[dict[str, Any]]]
    spells: dict[str, list[Membership]]
    claims: dict[str, list[MembershipClaim]]

    @property
    def named(self) -> set[str]:
        """Every party that any document names, dated or not, and those that belong through the EU."""
        return {*self.intervals, *self.spells, *self.claims}

    def party(self, code: str) -> Named:
        """The party's names; a code that has none stands for itself."""
        return self.parties.get(code) or Named(code, code)

    def memberships(self, party: str, composition: Composition, year: int) -> tuple[Membership, ...]:
        """The intervals that the scope and the treatment of the EU let count, of the year unless the rule is fixed."""
        in_scope = [
            spell
            for spell in self.spells.get(party, [])
            if (composition.scope != "partners" or spell.bloc == self.bloc)
            and (composition.eu == "expanded" or spell.via == "direct")
        ]
        of_year = [
            spell
            for spell in in_scope
            if spell.counted_from.year <= year and (spell.valid_to is None or spell.valid_to > date(year, 1, 1))
        ]
        return tuple(in_scope if composition.rule == "fixed" else of_year)

    def absence(self, party: str, composition: Composition, year: int) -> str:
        """Say why a party does not count under a composition, from all that is known of it."""
        if party == EU and composition.eu == "expanded":
            return "its member states stand in its place"
        reasons = [self._interval_reason(row, composition, year) for row in self.intervals.get(party, [])]
        through = [spell for spell in self.spells.get(party, []) if spell.via == EU]
        if through and not reasons:
            reasons += [_through_reason(spell, composition, year) for spell in through]
        if not reasons:
            claims = self.claims.get(party, [])
            reasons += [f"named by {claim.document}, claim rejected" for claim in claims if claim.is_rejected]
            reasons += [f"named by {claim.document}, without a date" for claim in claims if not claim.is_rejected]
        return "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or "not named"

    def _interval_reason(self, row: dict[str, Any], composition: Composition, year: int) -> str:
        since = day_text(row["valid_from"], row["valid_from_precision"])
        if row["role"] == "observer":
            return f"observer since {since}, no member"
        if row["role"] == "institution":
            return f"an institution, with no ground of its own, since {since}"
        if row["status"] not in ("in_force", "ended"):
            return f"only {row['status']} ({since})"
        left = row["valid_to"]
        if left is not None and (composition.rule == "fixed" or left.year <= year):
            return f"left on {left.isoformat()}"
        return f"forum member since {since}" if row["bloc"] in self.forums else f"joined {since}"


def _through_reason(spell: Membership, composition: Composition, year: int) -> str:
    """Say why a state of the EU does not count through it."""
    if composition.eu == "as_signed":
        return "a state of the EU that did not sign itself"
    if spell.valid_to is not None and (composition.rule == "fixed" or spell.valid_to.year <= year):
        return f"through the EU until {spell.valid_to.isoformat()}"
    return f"through the EU since {day_text(spell.valid_from, spell.precision)}"


def read_roll(connection: DuckDBPyConnection, bloc: str) -> Roll:
    """Read who belongs to a bloc and its forum, with documents and claims."""
    values = {"bloc": bloc}
    intervals = rows(connection, queries.INTERVALS, values)
    claims = _by_party(MembershipClaim(**_texts(row)) for row in rows(connection, queries.CLAIMS, values))
    evidence = {
        (row["bloc"], row["party"], row["valid_from"]): _with_own_locator(row, claims.get(row["party"], []))
        for row in intervals
    }
    spells: dict[str, list[Membership]] = defaultdict(list)
    for row in rows(connection, queries.SPELLS, values):
        spells[row["party"]].append(_membership(row, evidence))
    related: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in intervals:
        if row["bloc"] != "eu" or bloc == "eu":
            related[row["party"]].append(row)
    parties = {
        row["party"]: Named(row["party"], row["name_en"], row["name_zh"] or "")
        for row in rows(connection, queries.PARTIES, {})
    }
    forums = {row["bloc"]: row["name_en"] for row in rows(connection, queries.FORUMS, values)}
    return Roll(bloc, forums, parties, dict(related), dict(spells), claims)


_Evidence = dict[tuple[str, str, date], dict[str, Any]]


def _membership(spell: dict[str, Any], evidence: _Evidence) -> Membership:
    """Join a spell to the interval that it comes from; through the EU, to the EU's own interval in the bloc."""
    signatory = spell["party"] if spell["via"] == "direct" else EU
    source = evidence.get((spell["bloc"], signatory, spell["valid_from"])) or next(
        (row for (bloc, party, _), row in evidence.items() if (bloc, party) == (spell["bloc"], signatory)), None
    )
    proof = source or {"document": "", "locator": "", "n_claims": 0, "resolution": ""}
    return Membership(
        bloc=spell["bloc"],
        via=spell["via"],
        role=spell["role"],
        valid_from=spell["valid_from"],
        precision=spell["valid_from_precision"],
        counted_from=spell["effective_from"],
        valid_to=spell["valid_to"],
        status=spell["status"],
        document=proof["document"] or "",
        locator=proof["locator"] or "",
        n_claims=proof["n_claims"],
        resolution=proof["resolution"] or "",
    )


def _with_own_locator(row: dict[str, Any], claims: list[MembershipClaim]) -> dict[str, Any]:
    """Keep a locator only beside the document it belongs to: a decision can name another than the dated claim."""
    places = [claim.locator for claim in claims if (claim.bloc, claim.document) == (row["bloc"], row["document"])]
    if not places or row["locator"] in places:
        return row
    return {**row, "locator": "; ".join(places)}


def _by_party(claims: Iterable[MembershipClaim]) -> dict[str, list[MembershipClaim]]:
    grouped: dict[str, list[MembershipClaim]] = defaultdict(list)
    for claim in claims:
        grouped[claim.party].append(claim)
    return dict(grouped)


_TEXTS = ("joined_precision", "locator", "printed_zh", "note", "role")


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value or "" if name in _TEXTS else value for name, value in row.items()}
