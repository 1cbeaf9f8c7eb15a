"""What the shell offers while somebody types: codes of the current release, or nothing at all where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import typer

from etl.ask.names import Named

_Known = Callable[[str], Iterable[Named]]


def _completion(*kinds: str) -> Callable[[typer.Context, str], list[tuple[str, str]]]:
    """Return a completion of the codes of some kinds: blocs, minerals, parties, sources."""

    def complete(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        try:
            return [
                (thing.code, thing.name_en) for thing in _things(context, kinds) if thing.code.startswith(incomplete)
            ]
        except Exception:
            return []

    return complete


def _things(context: typer.Context, kinds: Iterable[str]) -> list[Named]:
    from etl.ask import known  # noqa: PLC0415 - only when a shell asks
    from etl.ask.release import published  # noqa: PLC0415
    from etl.project import find_project  # noqa: PLC0415
    from etl.run.releases import current_release  # noqa: PLC0415

    place = find_project(context.params.get("project"), context.params.get("warehouse"))
    release = current_release(place)
    if release is None or release.fault:
        return []
    with published(release.database) as connection:
        return [thing for kind in kinds for thing in getattr(known, kind)(connection)]


def _fixed(*codes: str) -> Callable[[str], list[str]]:
    """Return a completion of codes that no release changes."""

    def complete(incomplete: str) -> list[str]:
        return [code for code in codes if code.startswith(incomplete)]

    return complete


blocs = _completion("blocs")
minerals = _completion("minerals")
sources = _completion("sources")
blocs_and_parties = _completion("blocs", "parties")
things = _completion("blocs", "minerals", "parties")
rules = _fixed("year_end", "any_day", "year_start", "day_weighted", "fixed")
scopes = _fixed("partners", "partners_and_forum")
treatments = _fixed("as_signed", "expanded")
measures = _fixed("production", "reserves", "resources", "capacity")
