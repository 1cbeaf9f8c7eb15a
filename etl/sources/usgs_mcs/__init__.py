"""USGS Mineral Commodity Summaries, data releases: four layouts, one reading.

Per commodity and wide (2022-2024), one wide file (2025), one long file (2026); beside them the U.S. salient statistics,
net import reliance and the critical-mineral list.
"""

from __future__ import annotations

from etl.sources.usgs_mcs.critical import list_of, read_critical_list
from etl.sources.usgs_mcs.naming import plan
from etl.sources.usgs_mcs.reader import read

__all__ = ["list_of", "plan", "read", "read_critical_list"]
