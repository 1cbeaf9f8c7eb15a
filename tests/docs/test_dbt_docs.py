"""The page of dbt's docs in a release: whole, of this build, readable without a network, silent about the machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.run.dbt_docs import write_docs_page
from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def page(warehouse: Path) -> Path:
    pointer = json.loads((warehouse / "current.json").read_text(encoding="utf-8"))
    return warehouse / "releases" / pointer["release_id"] / "docs" / "dbt" / "index.html"


def inlined(text: str, name: str) -> dict[str, Any]:
    """The JSON that stands in the page's script under a name."""
    content: dict[str, Any]
    content, _ = json.JSONDecoder().raw_decode(text, re.search(rf"[{{,]{name}:(?=\{{)", text).end())  # type: ignore[union-attr]
    return content


def test_the_page_describes_every_table_of_the_release(page: Path, release: duckdb.DuckDBPyConnection) -> None:
    text = page.read_text(encoding="utf-8")
    manifest, catalog = inlined(text, "manifest"), inlined(text, "catalog")
    described = {node["name"]: node["description"] for node in manifest["nodes"].values() if node["schema"] == "marts"}
    comments = dict(
        release.execute("select table_name, comment from duckdb_tables() where schema_name = 'marts'").fetchall()
    )
    assert {name: text.strip() for name, text in described.items()} == comments
    assert {node["metadata"]["name"] for node in catalog["nodes"].values()} >= set(comments)
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert all(node["compiled_code"] for node in models)
    assert "orebloc" in manifest["docs"]["doc.orebloc.__overview__"]["block_contents"]


def test_the_page_holds_no_path_of_the_machine_and_reports_to_nobody(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert str(page.parents[2]) not in text
    assert os.path.expanduser("~") + "/" not in text  # noqa: PTH111
    # What the page would load its tracker by.
    assert inlined(text, "manifest")["metadata"]["send_anonymous_usage_stats"] is False
    assert not re.search(r"<(script|img|iframe)[^>]*\ssrc=\"?(https?:)?//", text)
    assert not re.search(r"<link[^>]*\shref=\"?(https?:)?//", text)


def test_no_text_of_ours_can_end_the_script(tmp_path: Path) -> None:
    manifest = json.dumps({"nodes": {"a": {"raw_code": "</script><b>", "root_path": "/some/where"}}})
    write_docs_page(manifest, {"nodes": {}}, "/some/where", tmp_path / "docs" / "index.html")
    text = (tmp_path / "docs" / "index.html").read_text(encoding="utf-8")
    assert "</script><b>" not in text
    assert "/some/where" not in text
    assert inlined(text, "manifest")["nodes"]["a"] == {"raw_code": "</script><b>", "root_path": ""}


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="no browser is at hand")
@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("model/model.orebloc.mineral_bloc_share", "Shares of different blocs overlap and are never added."),
        ("metric/metric.orebloc.bloc_share", "Null until the question names or groups by all of them"),
        ("exposure/exposure.orebloc.example_notebook", "how membership decides"),
    ],
)
def test_a_browser_without_a_network_shows_it(page: Path, tmp_path: Path, place: str, text: str) -> None:
    done = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=10000",
            "--dump-dom",
            f"{page.as_uri()}#!/{place}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    shown = re.sub(r"<script.*?</script>", "", done.stdout, flags=re.DOTALL)
    assert text in shown
