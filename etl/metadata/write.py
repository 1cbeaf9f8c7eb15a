"""Write every form of a release's metadata into its folder."""

from __future__ import annotations

import json
from pathlib import Path

from etl.metadata.citation import bibliography, citation_page
from etl.metadata.croissant import croissant
from etl.metadata.datapackage import datapackage
from etl.metadata.dcat import dcat
from etl.metadata.described import DescribedRelease


def write_metadata(release: DescribedRelease, folder: Path) -> None:
    """Write `datapackage.json`, `croissant.json`, `dcat.jsonld`, `CITATION.md` and `references.bib`."""
    for name, form in (("datapackage.json", datapackage), ("croissant.json", croissant), ("dcat.jsonld", dcat)):
        text = json.dumps(form(release), ensure_ascii=False, indent=2)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    (folder / "CITATION.md").write_text(citation_page(release), encoding="utf-8")
    (folder / "references.bib").write_text(bibliography(release), encoding="utf-8")
