"""The origin card beside a fetched file: whose it is, whence and when it came, and which bytes it is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Card:
    """An origin card.

    Attributes:
        url: The address that it came from; blank for a file that was there before, as is all else about its coming.
        final_url: The address that answered, after redirects.
        via: Who keeps the copy, where it did not come from the publisher.
        retrieved: When it came, UTC.
        publisher_url: The publisher's address in whose place a copy stands in, blank where none is known.
        publisher_said: What was found there instead.
        unpacked: SHA-256 by name of what was taken out of it, below `unpacked_to`.
    """

    name: str
    source: str
    edition: str
    publisher: str
    citation: str
    licence: str
    url: str
    final_url: str
    via: str
    retrieved: str
    sha256: str
    bytes: int
    etag: str = ""
    last_modified: str = ""
    unpacked_to: str = ""
    publisher_url: str = ""
    publisher_said: str = ""
    unpacked: dict[str, str] = field(default_factory=dict)


def card_path(target: Path) -> Path:
    """Return where the card of a file lies."""
    return target.with_name(f"{target.name}.origin.json")


def write_card(target: Path, card: Card) -> Path:
    """Write a file's card, whole or not at all."""
    path = card_path(target)
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(asdict(card), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    part.replace(path)
    return path


def read_card(target: Path) -> Card | None:
    """Read a file's card; None where there is none that can be read."""
    try:
        return Card(**json.loads(card_path(target).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
