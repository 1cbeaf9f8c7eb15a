"""The process in which dbt runs: it holds the database file locked until it ends.

Run as `python -m etl.run.dbt_child ROOT SCRATCH VARS PARSE` in the build's folder. It parses the project, then waits
for one line of standard input, a JSON object with `release` and `selectors`, and builds: with the folder of a release,
whose file has been copied, it makes anew what is selected. Every line of standard output is one JSON object: a finished
node, a result, or a message of dbt's at level error. Standard input stays open as long as the build lives that has
started this process.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from dbt.artifacts.schemas.results import NodeResult, NodeStatus, RunStatus
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
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


def main(root: str, scratch: str, variables: str, parse: str) -> int:
    """Parse, build and write the static docs; return 0 if every node succeeded, 1 if not, 2 if dbt could not run."""
    options = [*("--project-dir", root), *("--profiles-dir", root), *("--log-path", scratch), *("--log-level", "none")]
    # A target folder of its own: another build of this checkout may be writing to the shared one, or be killed there.
    options += ["--no-use-colors", "--vars", variables, "--target-path", str(Path(scratch, "target"))]
    orders: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    manifest = _parse(root, scratch, [parse, *options])
    order = json.loads(orders.get())
    if manifest is None:
        return 2
    # Parsed once for both runs: parsing takes longer than most of what follows.
    runner = dbtRunner(manifest=manifest, callbacks=[_on_event])
    code = _run(runner, scratch, order["selectors"] if order["release"] else [], options)
    if code != 0:
        return code
    if order["release"]:
        fill_in_compiled(Path(scratch, "manifest-dbt.json"), Path(order["release"]))
    return _document(runner, root, scratch, options)


def _parse(root: str, scratch: str, options: list[str]) -> Manifest | None:
    """Parse the project, from what an earlier build of this checkout remembers of it; None where that fails."""
    parsed = Path(root, "target", PARSED)
    known = ["--partial-parse-file-path", str(parsed)] if parsed.is_file() else []
    result = dbtRunner(callbacks=[_on_event]).invoke(["parse", *options, *known])
    if result.exception is not None or not isinstance(result.result, Manifest):
        _emit({"event": "error", "message": str(result.exception)})
        return None
    _remember(Path(scratch, "target", PARSED), parsed)
    return result.result


def _run(runner: dbtRunner, scratch: str, selectors: list[str], options: list[str]) -> int:
    """Build what is selected, or everything, and report how each node ended."""
    # Unit tests prove the models, not the data: the project's own tests run them, once for all builds. Of an exposure
    # there is nothing to build.
    left_out = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
    chosen = ["--select", *selectors] if selectors else []
    result = runner.invoke(["build", *options, *chosen, *left_out])
    if result.exception is not None:
        _emit({"event": "error", "message": str(result.exception)})
        return 2
    shutil.copyfile(Path(scratch, "target", "manifest.json"), Path(scratch, "manifest-dbt.json"))
    for item in result.result or []:
        _emit(_record_of(item))
    return 0 if result.success else 1


def _record_of(item: NodeResult) -> dict[str, Any]:
    return {
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


def _remember(parsed: Path, shared: Path) -> None:
    """Keep the parsed project for the next build; a checkout that cannot be written merely parses again."""
    with suppress(OSError):
        shared.parent.mkdir(exist_ok=True)
        note = shared.with_name(f".{shared.name}.{os.getpid()}")
        shutil.copyfile(parsed, note)
        note.replace(shared)


def _listen(orders: SimpleQueue[str]) -> None:
    """Pass on what the build says, and end when it ends, however it does: its end of the pipe closes."""
    with open(0, encoding="utf-8", closefd=False) as pipe:  # not sys.stdin, which the interpreter closes on its way out
        for line in pipe:
            orders.put(line)
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
    sys.exit(main(*sys.argv[1:]))
