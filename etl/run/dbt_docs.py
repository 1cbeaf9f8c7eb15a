"""The page of dbt's documentation: models, columns, tests and lineage of a build, in one file that needs no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dbt.task.docs import DOCS_INDEX_FILE_PATH


def write_docs_page(manifest: str, catalog: dict[str, Any], root: str, page: Path, scratch: str = "") -> None:
    """Put a build's manifest and catalogue into dbt's own page, as `dbt docs generate --static` does.

    Other than there, the models' SQL is that of this build, no path of the machine is left, and no text of ours can end
    the page's script.

    Args:
        manifest: Text of dbt's `manifest.json` as the build left it, with compiled SQL.
        catalog: What dbt found in the finished file.
        root: Folder of the project, as dbt was told.
        page: The file to write; its folder is made.
        scratch: Folder of the build, where its target folder lies.
    """
    text = Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8")
    for name, told in (("MANIFEST", manifest), ("CATALOG", json.dumps(catalog, ensure_ascii=False))):
        content = told
        for folder in (scratch, root):  # the first may lie in the second
            content = _without_paths(content, folder) if folder else content
        text = text.replace(f'"{name}.JSON INLINE DATA"', content.replace("</", "<\\/"))
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


def _without_paths(content: str, folder: str) -> str:
    # dbt writes JSON with characters beyond ASCII escaped, we write it without.
    for written in {json.dumps(folder)[1:-1], json.dumps(folder, ensure_ascii=False)[1:-1]}:
        content = content.replace(f"{written}/", "").replace(f'"{written}"', '""')
    return content
