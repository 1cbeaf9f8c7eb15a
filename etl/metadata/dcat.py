"""The release as a DCAT data set (W3C, version 3, JSON-LD)."""

from __future__ import annotations

from typing import Any

from etl.metadata.described import (
    CREATOR,
    DESCRIPTION,
    KEYWORDS,
    TITLE,
    TITLE_ZH,
    DescribedRelease,
    DescribedTable,
)

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def dcat(release: DescribedRelease) -> dict[str, Any]:
    """Return the content of `dcat.jsonld`: the data set, its sources, and one distribution per Parquet file."""
    licences = sorted({publication.licence for publication in release.publications})
    return {
        "@context": _CONTEXT,
        "@id": "#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": release.release_id,
        "dct:title": [_said("en", TITLE), _said("zh", TITLE_ZH)],
        "dct:description": _said("en", DESCRIPTION),
        "dct:issued": {"@type": "xsd:dateTime", "@value": release.built_at.isoformat()},
        "dct:language": ["en", "zh"],
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": CREATOR},
        "dct:rights": [{"@type": "dct:RightsStatement", "dct:description": text} for text in licences],
        "dct:source": [{"@id": publication.url} for publication in release.publications if publication.url],
        "dcat:version": release.version,
        "dcat:keyword": list(KEYWORDS),
        "dcat:distribution": [_distribution(table) for table in release.tables],
    }


def _distribution(table: DescribedTable) -> dict[str, Any]:
    return {
        "@id": f"#{table.exported.name}",
        "@type": "dcat:Distribution",
        "dct:title": table.exported.name,
        "dct:description": [_said("en", table.description), _said("zh", table.description_zh)],
        "dcat:downloadURL": {"@id": table.exported.path},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/vnd.apache.parquet"},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(table.exported.bytes)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": table.exported.sha256},
        },
    }


def _said(language: str, text: str) -> dict[str, str]:
    return {"@language": language, "@value": text}
