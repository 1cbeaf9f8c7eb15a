"""The exposures name exactly the marts that each thing reads."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.conftest import ROOT

SUPERSET = ROOT / "bi" / "superset"
_WORDS = re.compile(r"\w+")


@pytest.fixture
def exposures(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The exposures by name, each with the marts that it names as `marts`."""
    nodes = manifest["nodes"]
    return {
        exposure["name"]: exposure | {"marts": {nodes[parent]["name"] for parent in exposure["depends_on"]["nodes"]}}
        for exposure in manifest["exposures"].values()
    }


@pytest.fixture
def marts(release: duckdb.DuckDBPyConnection) -> set[str]:
    """The published tables."""
    listed = release.sql("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    return {name for (name,) in listed}


class Reads:
    """Finds the marts that a text names, itself or through a table macro."""

    def __init__(self, release: duckdb.DuckDBPyConnection, marts: set[str]) -> None:
        macros = release.sql(
            "select function_name, macro_definition from duckdb_functions() where schema_name = 'marts'"
        ).fetchall()
        self._behind = {name: set(re.findall(r'marts"?\."?(\w+)', text)) & marts for name, text in macros}
        self._behind |= {mart: {mart} for mart in marts}

    def of(self, *texts: str) -> set[str]:
        words = {word for text in texts for word in _WORDS.findall(text)}
        return set().union(*(self._behind[word] for word in words & self._behind.keys()))


@pytest.fixture
def reads(release: duckdb.DuckDBPyConnection, marts: set[str]) -> Reads:
    return Reads(release, marts)


def test_every_exposure_says_what_it_is_in_both_languages(exposures: dict[str, dict[str, Any]]) -> None:
    for name, exposure in exposures.items():
        assert exposure["owner"]["name"] == "orebloc maintainers", name
        assert exposure["label"], name
        assert exposure["maturity"] == "high", name
        assert exposure["description"].strip().endswith("."), name
        assert exposure["config"]["meta"]["description_zh"].endswith("。"), name
        assert Path(exposure["original_file_path"]) == Path("models", "exposures", f"{name}.yml")


@pytest.mark.parametrize("name", ["release", "postgres_publication"])
def test_what_is_published_whole_depends_on_every_mart(
    exposures: dict[str, dict[str, Any]], marts: set[str], name: str
) -> None:
    assert exposures[name]["marts"] == marts


@pytest.mark.parametrize(
    ("name", "pattern"), [("example_queries", "examples/*.sql"), ("example_notebook", "examples/*.py")]
)
def test_an_example_depends_on_the_marts_that_it_names(
    exposures: dict[str, dict[str, Any]], reads: Reads, name: str, pattern: str
) -> None:
    files = sorted(ROOT.glob(pattern))
    assert files
    assert exposures[name]["marts"] == reads.of(*(file.read_text(encoding="utf-8") for file in files))


@pytest.mark.parametrize(
    ("name", "module"), [("share_explained", "etl.explain.command"), ("terminal_answers", "etl.ask.command")]
)
def test_a_command_depends_on_the_marts_that_its_code_names(
    exposures: dict[str, dict[str, Any]], reads: Reads, name: str, module: str
) -> None:
    modules = imported(module)
    assert len(modules) > 10
    assert exposures[name]["marts"] == reads.of(*(text for found in modules for text in literals(found)))


def test_the_dashboard_depends_on_the_marts_of_its_datasets(exposures: dict[str, dict[str, Any]], reads: Reads) -> None:
    """The bundle's datasets: a table each, or the SQL of one that is no table."""
    if not SUPERSET.is_dir():
        pytest.skip("the dashboard is not in this checkout")
    files = sorted(file for file in SUPERSET.rglob("*.y*ml") if "datasets" in file.parts)
    assert files
    datasets = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    read = reads.of(*(dataset.get("sql") or dataset["table_name"] for dataset in datasets))
    assert exposures["superset_dashboard"]["marts"] == read


def source_of(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def imported(start: str) -> set[Path]:
    """The files of a command: its module, and all that it imports of what asks the release."""
    found: dict[str, Path] = {}
    ahead = [start]
    while ahead:
        module = ahead.pop()
        file = source_of(module)
        if module in found or file is None:
            continue
        found[module] = file
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("etl.ask", "etl.explain")):
                ahead += [str(node.module), *(f"{node.module}.{name.name}" for name in node.names)]
    return set(found.values())


def literals(file: Path) -> list[str]:
    """The texts of a module, docstrings left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
    docstrings = {body[0].value for body in bodies if body and isinstance(body[0], ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings
    ]
