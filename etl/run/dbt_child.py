"""The process in which dbt runs: it holds the database file locked until it ends.

Run as `python -m etl.run.dbt_child ROOT SCRATCH VARS PARSE [RELEASE SELECTOR...]` in the build's folder. With the
folder of a release, whose file has been copied, it makes anew what is selected. Every line of standard output is one
JSON object: a finished node, a result, or a message of dbt's at level error. Standard input stays open as long as the
build lives that has started this process.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from dbt.artifacts.schemas.results import NodeStatus, RunStatus
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventLevel, EventMsg

from etl.run.dbt_docs import write_docs_page
from etl.run.rebuild import fill_in_compiled

PARSED = "partial_parse.msgpack"
_GOOD = {NodeStatus.Success, NodeStatus.Pass, RunStatus.Success}


def _emit(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def _on_event(event: EventMsg) -> None:
    if event.info.name == "NodeFinished":
        node = event.data.node_info
        _emit({"event": "node", "name": node.node_name, "type": node.resource_type, "status": node.node_status})
    elif event.info.level == EventLevel.ERROR:
        _emit({"event": "error", "message": event.info.msg})


def main(root: str, scratch: str, variables: str, parse: str, release: str = "", *selectors: str) -> int:
    """Run `dbt build` and write the static docs; return 0 if every node succeeded, 1 if not, 2 if dbt could not run."""
    # A target folder of its own: another build of this checkout may be writing to the shared one, or be killed there.
    target, parsed = Path(scratch, "target"), Path(root, "target", PARSED)
    common = [
        "--project-dir",
        root,
        "--profiles-dir",
        root,
        "--log-path",
        scratch,
        "--log-level",
        "none",
        "--no-use-colors",
        parse,
    ]
    common += ["--target-path", str(target), "--vars", variables]
    known = ["--partial-parse-file-path", str(parsed)] if parsed.is_file() else []
    runner = dbtRunner(callbacks=[_on_event])
    # Unit tests prove the models, not the data: the project's own tests run them, once for all builds.
    chosen = ["--select", *selectors] if release else []
    result = runner.invoke(["build", *common, *known, *chosen, "--exclude-resource-type", "unit_test"])
    if result.exception is not None:
        _emit({"event": "error", "message": str(result.exception)})
        return 2
    shutil.copyfile(target / "manifest.json", f"{scratch}/manifest-dbt.json")
    _remember(target / PARSED, parsed)
    for item in result.result or []:
        _emit(
            {
                "event": "result",
                "name": item.node.name,
                "unique_id": item.node.unique_id,
                "type": str(item.node.resource_type),
                "status": str(item.status),
                "message": item.message or "",
                "failures": item.failures or 0,
                "path": item.node.original_file_path,
                "compiled": getattr(item.node, "compiled_code", None) or "",
                "good": item.status in _GOOD,
            }
        )
    if not result.success:
        return 1
    if release:
        fill_in_compiled(Path(scratch, "manifest-dbt.json"), Path(release))
    return _document(runner, root, scratch, common)


def _remember(parsed: Path, shared: Path) -> None:
    """Keep the parsed project for the next build; a checkout that cannot be written merely parses again."""
    with suppress(OSError):
        shared.parent.mkdir(exist_ok=True)
        note = shared.with_name(f".{shared.name}.{os.getpid()}")
        shutil.copyfile(parsed, note)
        note.replace(shared)


def _end_with_the_build() -> None:
    """End when the build ends, however it does: its end of the pipe closes."""
    while os.read(0, 1):
        pass
    os._exit(1)


def _document(runner: dbtRunner, root: str, scratch: str, options: list[str]) -> int:
    """Write the page of the docs from the build that has just ended: its parsed project and its file are at hand."""
    result = runner.invoke(["docs", "generate", "--no-compile", "--no-write-json", *options])
    if not result.success or result.result is None:
        _emit({"event": "error", "message": f"dbt docs: {result.exception or result.result}"})
        return 2
    manifest = Path(scratch, "manifest-dbt.json").read_text(encoding="utf-8")
    page = Path(scratch, "docs", "dbt", "index.html")
    write_docs_page(manifest, result.result.to_dict(omit_none=False), root, page, scratch)
    return 0


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_build, daemon=True).start()
    sys.exit(main(*sys.argv[1:]))
