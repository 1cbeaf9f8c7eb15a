"""Forgiving names: a code in any case, a name in English or Chinese, an alias or a symbol finds its thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from etl.faults import Fault, nearest

# "rare earths (group)" is also called "rare earths".
_IN_PARENTHESES = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that has a code and names.

    Attributes:
        code: Its code in the warehouse.
        name_en: Name in English.
        name_zh: Name in Chinese, or empty.
        aliases: Other names under which documents speak of it.
        symbol: Chemical symbol or formula, or empty.
    """

    code: str
    name_en: str
    name_zh: str = ""
    aliases: tuple[str, ...] = ()
    symbol: str = ""

    @property
    def names(self) -> Iterator[str]:
        """All names but the code and the symbol, those with a remark in parentheses also without it."""
        for name in (self.name_en, self.name_zh, *self.aliases):
            if name:
                yield name
                yield _IN_PARENTHESES.sub("", unicodedata.normalize("NFKC", name)).strip()


def word(code: str) -> Named:
    """Return a thing whose name is its code read aloud: `year_end` is also "year end"."""
    return Named(code, code.replace("_", " "))


def has(thing: Named, text: str) -> bool:
    """Does the code, the symbol or a name of a thing hold a text, whatever its case?"""
    key = _key(text)
    return bool(key) and (_key(thing.symbol) == key or any(key in _key(name) for name in (thing.code, *thing.names)))


def find(said: str, known: Iterable[Named], place: str, what: str) -> Named | Fault:
    """Return the thing that `said` names, or a fault that names the nearest ones.

    The code goes before names, and names before symbols: somebody who types a code means that code.

    Args:
        said: What the user typed.
        known: The things to choose from.
        place: The argument or option it was given to, for the fault.
        what: What is looked for, in a word or two.
    """
    things = list(known)
    ways: tuple[Callable[[Named], Iterable[str]], ...] = (
        lambda thing: (thing.code,),
        lambda thing: thing.names,
        lambda thing: (thing.symbol,),
    )
    key = _key(said)
    for names_of in ways:
        found = [thing for thing in things if key and key in map(_key, names_of(thing))]
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(repr(thing.code) for thing in found)
            return Fault(place, None, "", said, f"several things are called so: {what}", f"Say which: {codes}")
    return Fault(place, None, "", said, f"unknown {what}", _hint(said, things, what))


def _hint(said: str, things: list[Named], what: str) -> str:
    """Name the nearest codes and names; where nothing is near, a few that there are."""
    near = nearest(said, {name for thing in things for name in (thing.code, *thing.names)})
    if near:
        return near
    codes = sorted(thing.code for thing in things)
    shown = ", ".join(codes[:12])
    return (
        f"Known: {shown}" + (f" and {len(codes) - 12} more" if len(codes) > 12 else "") if codes else f"No {what} yet"
    )


def _key(name: str) -> str:
    """Reduce a name to what two spellings of it share: letters and digits, in one case and one width."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())
