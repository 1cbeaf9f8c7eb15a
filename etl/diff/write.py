"""Write a diff into a release's folder."""

from __future__ import annotations

from pathlib import Path

from etl.diff.document import to_json
from etl.diff.finding import ReleaseDiff
from etl.diff.page import to_markdown

PAGE = "diff.md"
DOCUMENT = "diff.json"


def write_diff(diff: ReleaseDiff, folder: Path) -> None:
    """Write `diff.md` for people and `diff.json` for machines into `folder`."""
    (folder / PAGE).write_text(to_markdown(diff), encoding="utf-8")
    (folder / DOCUMENT).write_text(to_json(diff), encoding="utf-8")
