"""The metadata of a release: valid in each of its forms, and true to the files and publications it speaks of."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from frictionless import Package

from tests.conftest import ROOT

Connection = duckdb.DuckDBPyConnection
# What the Croissant format (1.0) asks of a data set, a file and a field.
CROISSANT_DATASET = {"@context", "@type", "conformsTo", "name", "description", "license", "creator", "datePublished"}
CROISSANT_FILE = {"@type", "@id", "name", "contentUrl", "encodingFormat", "sha256"}
CROISSANT_FIELD = {"@type", "@id", "name", "description", "dataType", "source"}


@pytest.fixture
def folder(warehouse: Path) -> Path:
    pointer = json.loads((warehouse / "current.json").read_text(encoding="utf-8"))
    return warehouse / "releases" / pointer["release_id"]


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def tables_of(release: Connection) -> dict[str, list[str]]:
    rows = release.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "where schema_name = 'marts' group by table_name"
    ).fetchall()
    return dict(rows)


def hashes_of(folder: Path) -> dict[str, str]:
    return {table["path"]: table["sha256"] for table in read(folder / "manifest.json")["tables"]}


def test_the_data_package_is_valid_and_whole(folder: Path, release: Connection) -> None:
    package = read(folder / "datapackage.json")
    assert Package.validate_descriptor(package).valid
    assert all(package[key] for key in ("title", "description", "version", "created", "keywords", "licenses"))
    resources = {resource["title"]: resource for resource in package["resources"]}
    assert {
        name: [field["name"] for field in resource["schema"]["fields"]] for name, resource in resources.items()
    } == tables_of(release)
    assert {resource["path"]: resource["hash"].removeprefix("sha256:") for resource in resources.values()} == hashes_of(
        folder
    )
    for resource in resources.values():
        assert (folder / resource["path"]).is_file()
        assert resource["schema"]["primaryKey"]
        assert resource["description"]
        assert resource["description_zh"]
        assert all(field["description"] and field["description_zh"] for field in resource["schema"]["fields"])


def test_a_resource_names_the_publications_of_its_rows_and_their_terms(folder: Path) -> None:
    resources = {resource["title"]: resource for resource in read(folder / "datapackage.json")["resources"]}
    shares = resources["mineral_bloc_share"]
    assert [source["title"] for source in shares["sources"]] == [
        "Mineral Commodity Summaries 2024 (data release version 2.0)"
    ]
    assert [licence["name"] for licence in shares["licenses"]] == ["other-pd"]
    claims = resources["fct_article_claim"]
    assert len(claims["sources"]) == 5
    assert [licence["name"] for licence in claims["licenses"]] == ["notspecified"]
    fields = {field["name"]: field for field in shares["schema"]["fields"]}
    assert (fields["bloc_value"]["unit"], fields["share"]["unit"]) == ("t", "1")
    assert fields["bloc"].get("unit") is None


def test_croissant_has_what_the_format_asks_for(folder: Path, release: Connection) -> None:
    dataset = read(folder / "croissant.json")
    assert set(dataset) >= CROISSANT_DATASET
    assert dataset["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9A-Za-z.-]+", dataset["version"])
    files = {file["@id"]: file for file in dataset["distribution"]}
    assert all(set(file) >= CROISSANT_FILE for file in files.values())
    assert {name: file["sha256"] for name, file in files.items()} == hashes_of(folder)
    found = {}
    for records in dataset["recordSet"]:
        fields = {field["@id"]: field for field in records["field"]}
        assert all(set(field) >= CROISSANT_FIELD for field in fields.values())
        assert {field["source"]["fileObject"]["@id"] for field in fields.values()} <= set(files)
        assert {key["@id"] for key in records["key"]} <= set(fields)
        found[records["name"]] = [field["source"]["extract"]["column"] for field in fields.values()]
    assert found == tables_of(release)


def test_dcat_has_a_distribution_per_table(folder: Path) -> None:
    dataset = read(folder / "dcat.jsonld")
    assert dataset["@type"] == "dcat:Dataset"
    assert {title["@language"] for title in dataset["dct:title"]} == {"en", "zh"}
    assert {
        item["dcat:downloadURL"]["@id"]: item["spdx:checksum"]["spdx:checksumValue"]["@value"]
        for item in dataset["dcat:distribution"]
    } == hashes_of(folder)
    prefixes = set(re.findall(r'"([a-z]+):[A-Za-z]+"', json.dumps(dataset)))
    assert prefixes <= set(dataset["@context"])


def test_every_publication_can_be_cited(folder: Path, release: Connection) -> None:
    documents = {row[0] for row in release.execute("select document from marts.dim_document").fetchall()}
    page = (folder / "CITATION.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\* `(\w+)`: ", page, re.MULTILINE)) == documents
    entries = (folder / "references.bib").read_text(encoding="utf-8")
    assert set(re.findall(r"^@\w+\{(\w+),$", entries, re.MULTILINE)) == documents
    assert entries.count("{") == entries.count("}")
    for (citation,) in release.execute("select citation from marts.dim_edition").fetchall():
        assert citation in page


def test_a_paper_is_cited_with_its_authors_and_doi(folder: Path) -> None:
    entries = (folder / "references.bib").read_text(encoding="utf-8")
    entry = re.search(r"@article\{zhang2024,\n(.*?)\n\}\n", entries, re.DOTALL)
    assert entry is not None
    assert "author = {张伟波 and 于瑞 and " in entry[1]
    assert "doi = {10.12075/j.issn.1004-4051.20242421}" in entry[1]
    assert "not stated" not in entries


def test_no_form_holds_a_path_of_the_machine(folder: Path) -> None:
    for name in ("datapackage.json", "croissant.json", "dcat.jsonld", "CITATION.md", "references.bib"):
        text = (folder / name).read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert str(folder) not in text


def test_the_citation_file_of_the_project_is_valid() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(citation) >= {"cff-version", "message", "title", "type", "authors", "version"}
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == project["version"]
    # A licence is named where the project has one, and only there.
    assert ("license" in citation) == ("license" in project)
    assert all(set(author) == {"name"} for author in citation["authors"])
