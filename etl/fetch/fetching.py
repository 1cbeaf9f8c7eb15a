"""Fetch an edition: file after file, each whole or not at all, every failure told at the end."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from etl.faults import Fault
from etl.fetch.card import Card, read_card, write_card
from etl.fetch.catalogue import Catalogue, Edition, RemoteFile, load_catalogue
from etl.fetch.content import check_whole, digest
from etl.fetch.download import no_room
from etl.fetch.limits import Limits
from etl.fetch.places import Found, Places
from etl.fetch.problem import Problem
from etl.fetch.unpack import unpack


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file of the edition that is there now.

    Attributes:
        name: Its path below the edition's folder.
        status: `fetched`, `present` (it was there, with the right bytes) or `replaced` (other bytes were there).
        url: Where it came from; blank where that is not known.
        via: Who keeps the copy that it came from, blank where it is the publisher's.
    """

    name: str
    path: Path
    status: str
    bytes: int
    sha256: str
    url: str
    via: str


class FetchFailed(Exception):
    """Raised at the end where files could not be fetched.

    Attributes:
        faults: One per file, with what to do.
        fetched: The files that are there all the same.
    """

    def __init__(self, edition: Edition, faults: list[Fault], fetched: list[Fetched]) -> None:
        self.faults = faults
        self.fetched = fetched
        count = f"{len(faults)} of {len(edition.files)} files"
        super().__init__(f"{count} of {edition.source} {edition.edition} could not be fetched")


class Watch:
    """Is told what happens; this one keeps silent."""

    def begin(self, file: RemoteFile) -> None:
        """A file is begun."""

    def progress(self, done: int, total: int | None) -> None:
        """So many bytes are there, of so many if that is known."""

    def done(self, fetched: Fetched) -> None:
        """A file is there."""

    def failed(self, fault: Fault) -> None:
        """A file could not be fetched."""


def fetch(
    source: str,
    edition: str | None = None,
    landing: Path = Path("data/landing"),
    base_url: str | None = None,
    *,
    catalogue: Catalogue | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> list[Fetched]:
    """Fetch the files of an edition into `<landing>/<source>/<edition>/`.

    Args:
        source: The source.
        edition: The edition; the last listed if none is named.
        landing: The landing folder.
        base_url: An address instead of the publisher's; no copy is asked then.
        catalogue: The list of downloads; the project's own if none is given.
        limits: Bounds of each download.
        watch: Is told what happens.

    Raises:
        NotInCatalogue: There is no such source or edition.
        FetchFailed: Some files could not be fetched; the others are there.
    """
    wanted = (catalogue or load_catalogue()).edition(source, edition, base_url)
    folder = landing / wanted.source / wanted.edition
    watch = watch or Watch()
    places = Places(limits or Limits())
    fetched: list[Fetched] = []
    faults: list[Fault] = []
    with _alone(folder, wanted):
        for file in wanted.files:
            watch.begin(file)
            try:
                found = _fetch_file(file, wanted, folder, places, watch)
            except (Problem, OSError) as error:
                problem = error if isinstance(error, Problem) else no_room(error)
                faults.append(_fault(file, wanted, folder, problem))
                watch.failed(faults[-1])
                continue
            fetched.append(found)
            watch.done(found)
    if faults:
        raise FetchFailed(wanted, faults, fetched)
    return fetched


def _fetch_file(file: RemoteFile, edition: Edition, folder: Path, places: Places, watch: Watch) -> Fetched:
    target = folder / file.name
    card = _present(file, target)
    if card is None:
        status = "replaced" if target.exists() else "fetched"
        card = _card(file, edition, target, places.get(file, target, watch.progress))
    else:
        status = "present"
        if not card.url:
            card = _card(file, edition, target, None)
    if file.unpack:
        card = replace(card, unpacked_to=file.unpack, unpacked=_unpacked(file, target, folder, card))
    write_card(target, card)
    return Fetched(file.name, target, status, card.bytes, card.sha256, card.url, card.via)


def _present(file: RemoteFile, target: Path) -> Card | None:
    """Return the card of a file that is there with the right bytes: those pinned, or those that its card tells."""
    if not target.is_file():
        return None
    card = read_card(target)
    try:
        sha256 = check_whole(file, target)
    except Problem:
        return None
    if card is not None and card.sha256 == sha256:
        return card
    if file.is_pinned:
        return Card(file.name, "", "", "", "", "", "", "", "", "", sha256, target.stat().st_size)
    return None


def _card(file: RemoteFile, edition: Edition, target: Path, found: Found | None) -> Card:
    """Return the card of a file that came, or of one that was there: nobody knows where that one came from."""
    card = Card(
        name=file.name,
        source=edition.source,
        edition=edition.edition,
        publisher=edition.publisher,
        citation=edition.citation,
        licence=edition.licence,
        url="",
        final_url="",
        via="",
        retrieved="",
        sha256=found.received.sha256 if found else digest(target, "sha256"),
        bytes=target.stat().st_size,
    )
    if found is None:
        return card
    return replace(
        card,
        url=found.url,
        final_url=found.received.url,
        via=found.via,
        retrieved=datetime.now(UTC).isoformat(timespec="seconds"),
        etag=found.received.etag,
        last_modified=found.received.last_modified,
        publisher_url=found.instead_of,
        publisher_said=found.because,
    )


def _unpacked(file: RemoteFile, target: Path, folder: Path, card: Card) -> dict[str, str]:
    """Unpack an archive, unless everything that its card tells is there."""
    place = folder / file.unpack
    there = card.unpacked and all(
        (place / name).is_file() and digest(place / name, "sha256") == sha256 for name, sha256 in card.unpacked.items()
    )
    return dict(card.unpacked) if there else unpack(target, place)


def _fault(file: RemoteFile, edition: Edition, folder: Path, problem: Problem) -> Fault:
    by_hand = f"By hand: {edition.by_hand}, into {folder / file.name}"
    hint = f"{problem.hint}. {by_hand}" if problem.hint else by_hand
    label = f"{edition.source}/{edition.edition}/{file.name}"
    return Fault(label, None, "", file.address, problem.what, hint)


@contextmanager
def _alone(folder: Path, edition: Edition) -> Iterator[None]:
    """Hold the folder: a second fetch into it would write into the same parts."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY)
    except OSError as error:
        hint = "Check --landing: its rights, and that it is a folder"
        fault = Fault(str(folder), None, "", error.strerror or "", "cannot be written to", hint)
        raise FetchFailed(edition, [fault], []) from None
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fault = Fault(str(folder), None, "", "", "is being fetched into by another run", "Wait for it to end")
            raise FetchFailed(edition, [fault], []) from None
        yield
    finally:
        os.close(held)
