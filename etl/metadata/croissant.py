"""The release as a Croissant data set (MLCommons, version 1.0, JSON-LD)."""

from __future__ import annotations

from typing import Any

from etl.metadata.citation import release_citation
from etl.metadata.described import CREATOR, DESCRIPTION, KEYWORDS, NAME, Column, DescribedRelease, DescribedTable

# DuckDB type to the type of schema.org.
_DATA_TYPES = {
    "varchar": "sc:Text",
    "integer": "sc:Integer",
    "bigint": "sc:Integer",
    "double": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "timestamp": "sc:DateTime",
}
# The context that the format prescribes.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(release: DescribedRelease) -> dict[str, Any]:
    """Return the content of `croissant.json`: every Parquet file, and every table as a record set with its fields."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "description": DESCRIPTION,
        "version": release.version,
        "datePublished": release.built_at.date().isoformat(),
        "keywords": list(KEYWORDS),
        "inLanguage": ["en", "zh"],
        "creator": {"@type": "sc:Organization", "name": CREATOR},
        "license": sorted({publication.licence for publication in release.publications}),
        "citeAs": release_citation(release),
        "distribution": [_file(table) for table in release.tables],
        "recordSet": [_record_set(table) for table in release.tables],
    }


def _file(table: DescribedTable) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": table.exported.path,
        "name": table.exported.path,
        "contentUrl": table.exported.path,
        "contentSize": f"{table.exported.bytes} B",
        # The name under which the format's readers know Parquet.
        "encodingFormat": "application/x-parquet",
        "sha256": table.exported.sha256,
    }


def _record_set(table: DescribedTable) -> dict[str, Any]:
    name = table.exported.name
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": table.description,
        "key": [{"@id": f"{name}/{column.name}"} for column in table.columns if column.is_key],
        "field": [_field(table, column) for column in table.columns],
    }


def _field(table: DescribedTable, column: Column) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{table.exported.name}/{column.name}",
        "name": column.name,
        "description": column.description,
        "dataType": _DATA_TYPES.get(column.data_type, "sc:Text"),
        "source": {"fileObject": {"@id": table.exported.path}, "extract": {"column": column.name}},
    }
