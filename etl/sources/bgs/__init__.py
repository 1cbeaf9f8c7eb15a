"""British Geological Survey, World Mineral Statistics: the CSV exports of its OGC API.

One file holds one commodity or a few, all countries and all years; columns come in any order. `columns` says which
there are, `export` reads a file strictly, `words` turns the publisher's own words into cells, `layouts` says which
files belong to which edition.
"""

from __future__ import annotations

from etl.sources.bgs.layouts import plan
from etl.sources.bgs.words import read

__all__ = ["plan", "read"]
