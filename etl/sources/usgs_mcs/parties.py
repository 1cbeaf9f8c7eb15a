"""Takes the words that qualify a series off a country's name: "Brazil (beneficiated)", "Bolivia, ulexite"."""

from __future__ import annotations

import re

from etl.sources.values import fold

# What follows a bracket or comma and belongs to the name itself.
_PLACE = re.compile(
    r"kinshasa|brazzaville|(the )?(democratic |people.s |islamic )*(republic|kingdom|state|union)( of.*)?|north|south|"
    r"islamic rep.*|u\.?s\.?|rep\. of|former.*|burma|myanmar|gold coast|russian federation|ussr|"
    r"overseas (territory|department|region) of .*|special administrative region.*|province of china|hong kong|"
    r"maca[uo]|taiwan|the|"
    r"federated states.*|islas malvinas",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"(?P<name>[^(]+?)\s*\((?P<words>[^()]*)\)(?P<rest>.*)")
_COMMA = re.compile(r"(?P<name>[^,(]+?),\s*(?P<words>.+)")


def split_party(printed: str) -> tuple[str, str]:
    """Return the name of the country or aggregate, and what the cell says besides about the series.

    Footnote marks stay with the name, so that they are read as such; "rounded" stays with a total, whose flag it is.
    """
    text = fold(printed)
    for pattern in (_BRACKET, _COMMA):
        match = pattern.fullmatch(text)
        if not match:
            continue
        words = match["words"].strip()
        rest = (match.groupdict().get("rest") or "").strip()
        if _PLACE.fullmatch(words):
            return text, ""
        return _put_together(match["name"].strip(), words, rest)
    return text, ""


def _put_together(name: str, words: str, rest: str) -> tuple[str, str]:
    footnote = re.fullmatch(r"\d{1,2}|e", rest)
    more = "" if footnote else rest.strip(" ,;")
    tail = rest if footnote else ""
    if re.search(r"\brounded\b", words, re.IGNORECASE):
        words = re.sub(r"[,;]?\s*\brounded\b", "", words, flags=re.IGNORECASE).strip(" ,;")
        name = f"{name} (rounded)"
    return f"{name}{tail}", ", ".join(part for part in (words, more) if part)
