"""The project as dbt compiles it, for tests that read its manifest or run its SQL by themselves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def compile_project(folder: Path) -> Path:
    """Have dbt compile every model and test into a folder of their own; return its manifest.

    No build need have run, and none that runs beside disturbs it.
    """
    (folder / "target").mkdir(parents=True, exist_ok=True)
    parsed = ROOT / "target" / "partial_parse.msgpack"
    if parsed.is_file():
        shutil.copyfile(parsed, folder / parsed.name)
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "compile"),
            *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT)),
            *("--target-path", str(folder), "--log-path", str(folder), "--log-level", "error"),
            # As a build has them: with others, dbt would parse the project anew.
            *("--vars", json.dumps({"redistributable_only": False})),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "manifest.json"
