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
_EDITION_KEYS = {"citation", "base_url", "via", "files"}
_FILE_KEYS = {"name", "url", "sha256", "md5", "bytes", "unpack", "page_size"}
_NAME = re.compile(r"[^/\\\0:*?\"<>|]+(?:/[^/\\\0:*?\"<>|]+)*")


class NotInCatalogue(Exception):
    """Raised where what is asked for is not there: a source, an edition, an address; the message says what there is."""


class BadCatalogue(Exception):
    """Raised where the catalogue itself is wrong."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file to fetch.

    Attributes:
        name: Its path below the edition's folder.
        urls: Where it may lie, in the order to try.
        sha256: Pinned hash, blank where none is known; likewise `md5` and `bytes` (0).
        unpack: Folder for the members of an archive, blank for none.
        page_size: Rows per page where it comes in pages, 0 where it comes whole.
    """

    name: str
    urls: tuple[str, ...]
    sha256: str = ""
    md5: str = ""
    bytes: int = 0
    unpack: str = ""
    page_size: int = 0

    @property
    def is_pinned(self) -> bool:
        """Whether a hash is known that the content must have."""
        return bool(self.sha256 or self.md5)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a source, with what its origin cards say."""

    source: str
    edition: str
    publisher: str
    citation: str
    licence: str
    by_hand: str
    via: str
    files: tuple[RemoteFile, ...]


class Catalogue:
    """The list of downloads.

    Args:
        content: What `catalogue.yml` says.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
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
                folder (`<source>/<edition>/<name>`), as a mirror would.

        Raises:
            NotInCatalogue: There is no such source or edition, or the address is none.
        """
        known = self.editions(source)
        chosen = edition or known[-1]
        if chosen not in known:
            raise NotInCatalogue(_unknown(f"edition of {source}", chosen, known))
        entry = self._sources[source]
        details = entry["editions"][chosen]
        own_base = details.get("base_url", entry["base_url"])
        base = _checked_base(base_url) if base_url else ""
        place = f"{source}/{chosen}"
        return Edition(
            source=source,
            edition=chosen,
            publisher=entry["publisher"],
            citation=details["citation"],
            licence=entry["licence"],
            by_hand=entry["by_hand"],
            via=details.get("via", ""),
            files=tuple(_file(file, own_base, base, place) for file in details["files"]),
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
    problems = list(_check(content))
    if problems:
        raise BadCatalogue(f"{path.name}: " + "; ".join(problems))
    return Catalogue(content)


def _unknown(what: str, value: str, known: list[str]) -> str:
    near = nearest(value, known)
    return f"There is no {what} {value!r}. {near + '. ' if near else ''}There are: {', '.join(known)}"


def _checked_base(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise NotInCatalogue(f"{base_url!r} is no address. Give one that begins with http:// or https://")
    return base_url.rstrip("/")


def _file(entry: Mapping[str, Any], own_base: str, base: str, place: str) -> RemoteFile:
    url = str(entry["url"])
    whole = url.startswith(("http://", "https://"))
    if not base:
        urls: tuple[str, ...] = (url if whole else f"{own_base.rstrip('/')}/{url}",)
    else:
        parts = urlsplit(url)
        path = f"{parts.path.lstrip('/')}{'?' + parts.query if parts.query else ''}" if whole else url
        urls = (f"{base}/{path}", f"{base}/{place}/{quote(str(entry['name']))}")
    return RemoteFile(
        name=str(entry["name"]),
        urls=urls,
        sha256=str(entry.get("sha256", "")),
        md5=str(entry.get("md5", "")),
        bytes=int(entry.get("bytes", 0)),
        unpack=str(entry.get("unpack", "")),
        page_size=int(entry.get("page_size", 0)),
    )


def _check(content: object) -> list[str]:
    if not isinstance(content, dict) or not isinstance(content.get("sources"), dict):
        return ["has no `sources`"]
    problems: list[str] = []
    for source, entry in content["sources"].items():
        problems += _keys(source, entry, _SOURCE_KEYS, _SOURCE_KEYS)
        for edition, details in (entry.get("editions") or {}).items():
            place = f"{source}/{edition}"
            problems += [] if isinstance(edition, str) else [f"{place}: quote the edition"]
            problems += _keys(place, details, _EDITION_KEYS, {"citation", "files"})
            for file in details.get("files") or []:
                problems += _check_file(place, file)
    return problems


def _check_file(place: str, file: Mapping[str, Any]) -> list[str]:
    name = str(file.get("name", ""))
    problems = _keys(f"{place}/{name}", file, _FILE_KEYS, {"name", "url"})
    if not _NAME.fullmatch(name) or ".." in PurePosixPath(name).parts:
        problems.append(f"{place}: {name!r} is no name of a file below the landing folder")
    for pin, pattern in (("sha256", r"[0-9a-f]{64}"), ("md5", r"[0-9a-f]{32}")):
        if pin in file and not re.fullmatch(pattern, str(file[pin])):
            problems.append(f"{place}/{name}: {pin} is no hash")
    return problems


def _keys(place: str, entry: Mapping[str, Any], known: set[str], needed: set[str]) -> list[str]:
    unknown = [f"{place}: unknown key {key!r}" for key in sorted(set(entry) - known)]
    return unknown + [f"{place}: lacks {key!r}" for key in sorted(needed - set(entry))]
