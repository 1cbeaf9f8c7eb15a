"""The process in which dbt runs: it holds the database file locked until it ends.

Run as `python -m etl.run.dbt_child ROOT SCRATCH VARS` in the build's folder. Every line of standard output is one JSON
object: a finished node, a result, or a message of dbt's at level error.
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import Any

from dbt.artifacts.schemas.results import NodeStatus, RunStatus
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventLevel, EventMsg

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


def main(root: str, scratch: str, variables: str) -> int:
    """Run `dbt build` and write the static docs; return 0 if every node succeeded, 1 if not, 2 if dbt could not run."""
    common = ["--project-dir", root, "--profiles-dir", root, "--log-path", scratch, "--log-level", "none"]
    runner = dbtRunner(callbacks=[_on_event])
    result = runner.invoke(["build", *common, "--target-path", f"{root}/target", "--vars", variables])
    if result.exception is not None:
        _emit({"event": "error", "message": str(result.exception)})
        return 2
    # The models as compiled for this build; the target folder may serve another build next.
    shutil.copyfile(f"{root}/target/manifest.json", f"{scratch}/manifest-dbt.json")
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
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
