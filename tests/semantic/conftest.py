"""What dbt makes of the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def manifest(compiled_project: Path) -> dict[str, Any]:
    """The manifest that dbt writes."""
    content: dict[str, Any] = json.loads(compiled_project.read_text(encoding="utf-8"))
    return content
