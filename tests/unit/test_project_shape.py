"""The project keeps its own rules: layers, names, one description per model, seeds and contracts in step."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl.seeds.contract import load_contracts
from etl.trace.declared import CELL_PARTS, read_declaration
from tests.conftest import ROOT

LAYER = {"staging": "stg_", "intermediate": "int_", "provenance": "prov_"}


@pytest.fixture(scope="module")
def manifest(compiled_project: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(compiled_project.read_text(encoding="utf-8"))
    return found


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: dict[str, Any]) -> str:
    if node["resource_type"] == "source":
        return "landed"
    return "seeds" if node["resource_type"] == "seed" else str(node["fqn"][1])


def test_layers_read_only_the_layer_below(manifest: dict[str, Any]) -> None:
    allowed = {
        "staging": {"seeds", "landed"},
        "intermediate": {"staging", "intermediate"},
        "marts": {"staging", "intermediate"},
        # What a number rests on is read from the number and from what lies before it; nothing reads it in turn.
        "provenance": {"staging", "intermediate", "marts", "provenance"},
    }
    wrong = [
        (node["name"], parent)
        for node in models(manifest)
        for parent in node["depends_on"]["nodes"]
        if layer(manifest["nodes"].get(parent) or manifest["sources"][parent]) not in allowed[layer(node)]
    ]
    assert wrong == []


def test_names_tell_the_layer(manifest: dict[str, Any]) -> None:
    for node in models(manifest):
        prefix = LAYER.get(layer(node))
        assert node["name"].startswith(prefix) if prefix else not node["name"].startswith(tuple(LAYER.values()))
        assert Path(node["path"]).parts[1] in node["name"] or layer(node) in {"marts", "provenance"}, node["path"]


def test_every_model_has_a_description_with_its_grain_in_a_file_of_its_name(manifest: dict[str, Any]) -> None:
    for node in models(manifest):
        assert re.search(r"(One|Exactly one) row[^.]*\.?$", node["description"].strip()), node["name"]
        assert Path(node["patch_path"].split("://")[1]).stem == node["name"]


def test_every_mart_has_an_enforced_contract_a_key_and_its_test(manifest: dict[str, Any]) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "primary_key"
    }
    for node in models(manifest):
        if layer(node) == "marts":
            assert node["config"]["contract"]["enforced"], node["name"]
            assert node["config"]["meta"].get("primary_key"), node["name"]
            assert node["unique_id"] in tested or node["name"] == "build_info", node["name"]


def test_every_mart_says_where_its_rows_come_from(manifest: dict[str, Any]) -> None:
    """In its meta; a view that it names is there, and what it says of its own columns is so."""
    views = {f"{node['schema']}.{node['alias']}" for node in models(manifest) if layer(node) == "provenance"}
    seeds = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "seed"}
    for node in models(manifest):
        if layer(node) == "marts":
            provenance = read_declaration(node["name"], node["config"]["meta"].get("provenance"))
            if provenance.view:
                assert provenance.view == f"provenance.{node['name']}"
                assert provenance.view in views
            assert set(provenance.seeds) <= seeds, node["name"]
            for cell in provenance.cells:
                assert set(cell.columns.values()) <= set(node["columns"]), node["name"]


def test_a_view_of_provenance_is_named_and_keyed_like_what_it_explains(manifest: dict[str, Any]) -> None:
    """`provenance.<model>` is `prov_<model>` and begins with that model's key; then come the columns of a cell."""
    by_name = {node["name"]: node for node in models(manifest)}
    for node in models(manifest):
        if layer(node) == "provenance":
            explained = by_name[node["name"].removeprefix("prov_")]
            columns = list(node["columns"])
            key = columns[: columns.index("cell_role")]
            assert node["alias"] == explained["name"]
            assert key == explained["config"]["meta"].get("primary_key", key)
            assert columns[len(key) + 1 :][:9] == [f"cell_{part}" for part in CELL_PARTS], node["name"]
            assert node["config"]["materialized"] == "view"
            assert node["config"]["contract"]["enforced"]
            assert all((column["config"]["meta"] or {}).get("description_zh") for column in node["columns"].values())


def test_no_view_of_provenance_names_the_database(manifest: dict[str, Any]) -> None:
    """A view whose text names the database breaks when the file is renamed or attached under another name."""
    bare = re.compile(r"(?<!within_file\()\b(ref|source)\(")
    found = [node["name"] for node in models(manifest) if layer(node) == "provenance" and bare.search(node["raw_code"])]
    assert found == []


def test_no_model_joins_too_much(manifest: dict[str, Any]) -> None:
    for node in models(manifest):
        assert len(re.findall(r"\bjoin\b", node["raw_code"])) < 7, node["name"]


def test_models_end_with_final(manifest: dict[str, Any]) -> None:
    for node in models(manifest):
        assert re.search(r"select \*\s+from final(\s+order by[\s\w,.]+)?\s*$", node["raw_code"]), node["name"]


def test_engine_specific_functions_stay_behind_macros(manifest: dict[str, Any]) -> None:
    """What DuckDB and Spark write differently lives in macros/engine."""
    forbidden = re.compile(
        r"\b(string_agg|generate_series|unnest|date_diff|strftime|regexp_matches|by name|exclude|qualify)\b"
        r"|\blist_\w+\(|::"
    )
    found = [
        (node["name"], match.group()) for node in models(manifest) for match in forbidden.finditer(node["raw_code"])
    ]
    assert found == []


def test_seed_types_follow_the_contracts() -> None:
    declared = yaml.safe_load((ROOT / "seeds" / "seeds.yml").read_text(encoding="utf-8"))["seeds"]
    columns = {seed["name"]: list(seed["config"]["column_types"]) for seed in declared}
    expected = {
        path.stem: contract.names
        for contract in load_contracts(ROOT / "expectations" / "seeds").values()
        for pattern in contract.files
        if not pattern.startswith("sources/")  # read while landing, by no model
        for path in (ROOT / "seeds").glob(pattern)
    }
    assert columns == expected
    assert {kind for seed in declared for kind in seed["config"]["column_types"].values()} == {"varchar"}


def test_no_tracked_text_holds_a_machine_path_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in listed.stdout.split("\0") if name]
    forbidden = re.compile("/" + r"(work|root|home|Users)/[a-z]|--(extra-)?index-url|files\.python" + "hosted")
    found = [
        (name, match.group())
        for name in names
        if (path := ROOT / name).is_file()
        and path.suffix in {".py", ".sql", ".yml", ".md", ".lock", ".toml", ".csv", ""}
        for match in forbidden.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_detector_of_conflicts_is_counted(manifest: dict[str, Any]) -> None:
    """A detector that the register does not read finds nothing for anybody."""
    register = {"int_conflicts__found", "int_conflicts__by_line", "int_conflicts__by_member", "int_conflicts__by_bloc"}
    detectors = {node["name"] for node in models(manifest) if node["name"].startswith("int_conflicts__")} - register
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert set(project["vars"]["conflict_rules"]) == detectors
