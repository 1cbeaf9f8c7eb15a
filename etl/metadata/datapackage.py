"""The release as a Frictionless data package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from etl.metadata.described import (
    DESCRIPTION,
    KEYWORDS,
    NAME,
    TITLE,
    Column,
    DescribedRelease,
    DescribedTable,
    Publication,
)

# DuckDB type to the type of Frictionless Table Schema.
_FIELD_TYPES = {
    "varchar": "string",
    "integer": "integer",
    "bigint": "integer",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
}


def datapackage(release: DescribedRelease) -> dict[str, Any]:
    """Return the content of `datapackage.json`: every table with its fields, their meanings and units, and its sources.

    `description_zh` and `unit` are properties of ours; the standard allows more than it names.
    """
    return {
        "profile": "data-package",
        "name": NAME,
        "title": TITLE,
        "description": DESCRIPTION,
        "version": release.version,
        "created": release.built_at.isoformat(),
        "keywords": list(KEYWORDS),
        "licenses": _licences(release.publications),
        "sources": _sources(release.publications),
        "resources": [_resource(table) for table in release.tables],
    }


def _resource(table: DescribedTable) -> dict[str, Any]:
    keys = [column.name for column in table.columns if column.is_key]
    origin = {"licenses": _licences(table.publications), "sources": _sources(table.publications)}
    return {
        "name": table.exported.name.replace("_", "-"),
        "title": table.exported.name,
        "description": table.description,
        "description_zh": table.description_zh,
        "path": table.exported.path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": table.exported.bytes,
        "hash": f"sha256:{table.exported.sha256}",
        # A table whose rows name no publication inherits those of the package.
        **(origin if table.publications else {}),
        "schema": {"fields": [_field(column) for column in table.columns], "primaryKey": keys},
    }


def _field(column: Column) -> dict[str, Any]:
    unit = {"unit": column.unit} if column.unit else {}
    return {
        "name": column.name,
        "type": _FIELD_TYPES.get(column.data_type, "any"),
        "description": column.description,
        "description_zh": column.description_zh,
        **unit,
    }


def _licences(publications: Iterable[Publication]) -> list[dict[str, str]]:
    """Return the terms of the publications, under the names that Open Definition has for them."""
    texts = sorted({publication.licence for publication in publications})
    return [
        {"name": "other-pd" if text.startswith("public domain") else "notspecified", "title": text} for text in texts
    ]


def _sources(publications: Iterable[Publication]) -> list[dict[str, str]]:
    return [
        {"title": publication.title, **({"path": publication.url} if publication.url else {})}
        for publication in publications
    ]
