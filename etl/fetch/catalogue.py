"""What can be fetched: the list in `catalogue.yml`, checked on the way in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

from etl.faults import nearest

CATALOGUE = Path(__file__).with_name("catalogue.yml")
_SOURCE_KEYS = {"publisher", "licence", "base_url", "by_hand", "editions"}
_EDITION_KEYS = {"citation", "base_url", "by_hand", "copies", "rolling", "files"}
_FILE_KEYS = {"name", "url", "copies", "rolling", "sha256", "md5", "bytes", "unpack", "page_size"}
_WEB = ("http://", "https://")
_NAME = re.compile(r"[^/\\\0:*?\"<>|]+(?:/[^/\\\0:*?\"<>|]+)*")


class NotInCatalogue(Exception):
    """Raised where what is asked for is not there: a source, an edition, an address; the message says what there is."""


class BadCatalogue(Exception):
    """Raised where the catalogue itself is wrong."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The same bytes at somebody else's, and whose."""

    url: str
    via: str


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to fetch.

    Attributes:
        name: Its path below the edition's folder.
        urls: Where its publisher may keep it, or the mirror that was named, in the order to try.
        copies: Who else keeps it; none where a mirror was named.
        is_rolling: Whether later releases follow at the publisher's address.
        sha256: Pinned hash, blank where none is known; likewise `md5` and `bytes` (0).
        unpack: Folder for the members of an archive, blank for none.
        page_size: Rows per page where it comes in pages, 0 where it comes whole.
    """

    name: str
    urls: tuple[str, ...]
    copies: tuple[Copy, ...] = ()
    is_rolling: bool = False
    sha256: str = ""
    md5: str = ""
    bytes: int = 0
    unpack: str = ""
    page_size: int = 0

    @property
    def is_pinned(self) -> bool:
        """Whether a hash is known that the content must have."""
        return bool(self.sha256 or self.md5)

    @property
    def address(self) -> str:
        """The first address, for messages."""
        return [*self.urls, *(copy.url for copy in self.copies)][0]


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a source, with what its origin cards say."""

    source: str
    edition: str
    publisher: str
    citation: str
    licence: str
    by_hand: str
    files: tuple[RemoteFile, ...]


class Catalogue:
    """The list of downloads.

    Args:
        content: What `catalogue.yml` says.

    Raises:
        BadCatalogue: It is not built as it must be.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        problems = _check(content)
        if problems:
            raise BadCatalogue("; ".join(problems))
        self._sources: dict[str, Any] = dict(content["sources"])

    @property
    def sources(self) -> list[str]:
        """Every source."""
        return list(self._sources)

    def editions(self, source: str) -> list[str]:
        """Return the editions of a source, the newest last."""
        if source not in self._sources:
            raise NotInCatalogue(_unknown("source", source, self.sources))
        return list(self._sources[source]["editions"])

    def edition(self, source: str, edition: str | None = None, base_url: str | None = None) -> Edition:
        """Return what to fetch.

        Args:
            source: The source.
            edition: The edition; the last listed if none is named.
            base_url: An address instead of the publisher's. It may keep the publisher's paths, or those of the landing
                folder (`<source>/<edition>/<name>`), as a mirror would. No copy is asked then.

        Raises:
            NotInCatalogue: There is no such source or edition, or the address is none.
        """
        known = self.editions(source)
        chosen = edition or known[-1]
        if chosen not in known:
            raise NotInCatalogue(_unknown(f"edition of {source}", chosen, known))
        entry = self._sources[source]
        details = entry["editions"][chosen]
        own_base = str(details.get("base_url", entry["base_url"])).rstrip("/")
        mirror = _checked_base(base_url) if base_url else ""
        place = f"{source}/{chosen}"
        return Edition(
            source=source,
            edition=chosen,
            publisher=entry["publisher"],
            citation=details["citation"],
            licence=entry["licence"],
            by_hand=details.get("by_hand", entry["by_hand"]),
            files=tuple(_file(file, details, own_base, mirror, place) for file in details["files"]),
        )


def load_catalogue(path: Path = CATALOGUE) -> Catalogue:
    """Read and check a catalogue.

    Raises:
        BadCatalogue: It is not built as it must be.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadCatalogue(f"{path.name}: {error}") from None
    try:
        return Catalogue(content)
    except BadCatalogue as error:
        raise BadCatalogue(f"{path.name}: {error}") from None


def _unknown(what: str, value: str, known: list[str]) -> str:
    near = nearest(value, known)
    return f"There is no {what} {value!r}. {near + '. ' if near else ''}There are: {', '.join(known)}"


def _checked_base(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise NotInCatalogue(f"{base_url!r} is no address. Give one that begins with http:// or https://")
    return base_url.rstrip("/")


def _file(entry: Mapping[str, Any], details: Mapping[str, Any], own_base: str, mirror: str, place: str) -> RemoteFile:
    name = str(entry["name"])
    urls = [url if url.startswith(_WEB) else f"{own_base}/{url}" for url in _listed(entry)]
    return RemoteFile(
        name=name,
        urls=_mirrored(_listed(entry), urls, mirror, f"{place}/{quote(name)}") if mirror else tuple(urls),
        copies=() if mirror else tuple(_copies(entry, details)),
        is_rolling=bool(entry.get("rolling", details.get("rolling", False))),
        sha256=str(entry.get("sha256", "")),
        md5=str(entry.get("md5", "")),
        bytes=int(entry.get("bytes", 0)),
        unpack=str(entry.get("unpack", "")),
        page_size=int(entry.get("page_size", 0)),
    )


def _listed(entry: Mapping[str, Any]) -> list[str]:
    """Return the publisher's addresses of a file, as they stand in the catalogue."""
    url = entry.get("url", [])
    return [str(one) for one in url] if isinstance(url, list) else [str(url)]


def _mirrored(listed: list[str], urls: list[str], mirror: str, landed: str) -> tuple[str, ...]:
    """Return where a mirror may have a file: below the publisher's address, at its path, or as the landing folder."""
    below = [url for url in listed if not url.startswith(_WEB)]
    parted = [urlsplit(url) for url in urls]
    paths = [f"{parts.path.lstrip('/')}{'?' + parts.query if parts.query else ''}" for parts in parted]
    return tuple(dict.fromkeys(f"{mirror}/{path}" for path in (*below, *paths, landed)))


def _copies(entry: Mapping[str, Any], details: Mapping[str, Any]) -> list[Copy]:
    """Return who else keeps a file: as it says itself, else as its edition says of all."""
    if "copies" in entry:
        return [Copy(str(copy["url"]), str(copy["via"])) for copy in entry["copies"]]
    below = quote(str(entry["name"]))
    return [Copy(f"{str(copy['base_url']).rstrip('/')}/{below}", copy["via"]) for copy in details.get("copies", [])]


def _check(content: object) -> list[str]:
    if not isinstance(content, Mapping) or not isinstance(content.get("sources"), Mapping):
        return ["has no `sources`"]
    problems: list[str] = []
    for source, entry in content["sources"].items():
        problems += _keys(source, entry, _SOURCE_KEYS, _SOURCE_KEYS)
        for edition, details in (entry.get("editions") or {}).items():
            place = f"{source}/{edition}"
            problems += [] if isinstance(edition, str) else [f"{place}: quote the edition"]
            problems += _keys(place, details, _EDITION_KEYS, {"citation", "files"})
            problems += _check_copies(place, details, "base_url")
            for file in details.get("files") or []:
                problems += _check_file(place, file, details)
    return problems


def _check_file(place: str, file: Mapping[str, Any], details: Mapping[str, Any]) -> list[str]:
    name = str(file.get("name", ""))
    label = f"{place}/{name}"
    problems = _keys(label, file, _FILE_KEYS, {"name"})
    if not _NAME.fullmatch(name) or ".." in PurePosixPath(name).parts:
        problems.append(f"{place}: {name!r} is no name of a file below the landing folder")
    for pin, pattern in (("sha256", r"[0-9a-f]{64}"), ("md5", r"[0-9a-f]{32}")):
        if pin in file and not re.fullmatch(pattern, str(file[pin])):
            problems.append(f"{label}: {pin} is no hash")
    problems += _check_copies(label, file, "url")
    has_copy = bool(file.get("copies", details.get("copies")))
    if has_copy and "sha256" not in file:
        problems.append(f"{label}: has a copy but no sha256 to hold it to")
    if not (has_copy or _listed(file)):
        problems.append(f"{label}: has no address")
    return problems


def _check_copies(place: str, entry: Mapping[str, Any], address: str) -> list[str]:
    problems: list[str] = []
    for copy in entry.get("copies", []):
        problems += _keys(f"{place}: a copy", copy, {"via", address}, {"via", address})
        if not str(copy.get(address, "")).startswith(_WEB):
            problems.append(f"{place}: the {address} of a copy is no whole address")
    return problems


def _keys(place: str, entry: Mapping[str, Any], known: set[str], needed: set[str]) -> list[str]:
    unknown = [f"{place}: unknown key {key!r}" for key in sorted(set(entry) - known)]
    return unknown + [f"{place}: lacks {key!r}" for key in sorted(needed - set(entry))]
