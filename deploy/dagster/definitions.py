"""Dagster definitions: every dbt model as an asset, one published release, its gates as checks, two schedules.

One command makes all of them, `orebloc build --scheduled`: whoever materializes them publishes as every other way of
building does, whole or not at all. Its line of the run log becomes metadata and check results.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import build_dbt_asset_specs

ROOT = Path(__file__).resolve().parents[2]
OREBLOC = os.environ.get("OREBLOC_COMMAND", str(ROOT / ".venv" / "bin" / "orebloc"))
# What dbt knows of its models; `make dagster` writes it, and so does `dbt parse --target-path target/dagster`.
MANIFEST = ROOT / "target" / "dagster" / "manifest.json"
RELEASE = dg.AssetKey("release")
SPECS = {spec.key: spec for spec in build_dbt_asset_specs(manifest=MANIFEST)}
PARENTS = {key: [one.asset_key for one in spec.deps if one.asset_key in SPECS] for key, spec in SPECS.items()}
# Dagster takes the results of one step only in an order in which each stands behind its parents.
MODELS = [SPECS[key] for key in TopologicalSorter(PARENTS).static_order()]
CHECKS = {
    "inputs": "Every seed and every official file is what its contract says.",
    "dbt": "Every model is built, and every dbt test holds.",
    "gates": "The expectations on what landed and on what is published hold.",
    "changes": "Nothing is lost, broken or a unit apart from the release before, unless it is acknowledged.",
}
# Which check it is that has stopped a build, by the outcome of the run.
STOPPED_BY = {"bad_input": "inputs", "transform_failed": "dbt", "gate_closed": "gates", "changes_stop": "changes"}
# What a check counts, by the entries of the run log.
COUNTED = {"dbt": ("dbt_tests",), "gates": ("landed_expectations", "published_expectations", "warnings")}


def orebloc(*words: str) -> tuple[int, dict[str, Any]]:
    """Run an orebloc command; return its exit code and what it said as JSON. What it says to people goes to the log."""
    command = [OREBLOC, *words, "--json", "--project", str(ROOT)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise dg.Failure(f"orebloc {words[0]} ended with exit code {done.returncode}; the log says why.") from None
    return done.returncode, said


@dg.multi_asset(
    name="build",
    specs=[
        *MODELS,
        dg.AssetSpec(
            RELEASE,
            deps=[spec.key for spec in MODELS],
            group_name="release",
            description="The release that readers see: orebloc.duckdb, Parquet, docs, manifest.",
        ),
    ],
    check_specs=[dg.AssetCheckSpec(name, asset=RELEASE, description=text) for name, text in CHECKS.items()],
)
def build(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Build and publish, or find that nothing has changed."""
    code, run = orebloc("build", "--scheduled")
    context.log.info(run["message"])
    if run["outcome"] == "locked":
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=600)
    if code:
        faults = {
            "outcome": run["outcome"],
            "faults": dg.MetadataValue.md("\n".join(f"* {one}" for one in run["faults"])),
        }
        if run["outcome"] in STOPPED_BY:
            name = STOPPED_BY[run["outcome"]]
            yield dg.AssetCheckResult(asset_key=RELEASE, check_name=name, passed=False, metadata=faults)
        raise dg.Failure(run["message"], metadata=faults, allow_retries=False)
    _, status = orebloc("status")
    version = dg.DataVersion(run["release_id"])
    for spec in MODELS:
        rows = status["tables"].get(spec.key.path[-1])
        metadata = {"dagster/row_count": rows} if rows is not None else {}
        yield dg.MaterializeResult(spec.key, metadata=metadata, data_version=version)
    told = {name: run[name] for name in ("outcome", "release_id", "previous_release_id", "inputs_sha256", "seconds")}
    yield dg.MaterializeResult(RELEASE, metadata={**told, "built_at": status["built_at"]}, data_version=version)
    for name in CHECKS:
        counts = {kind: status["checks"][kind] for kind in COUNTED.get(name, ())}
        yield dg.AssetCheckResult(asset_key=RELEASE, check_name=name, passed=True, metadata=counts)


@dg.asset_check(asset=RELEASE, description="Readers see a whole release, built or confirmed within 36 hours.")
def fresh() -> dg.AssetCheckResult:
    """Ask as a monitor would."""
    code, said = orebloc("status", "--check", "--max-age", "36h")
    return dg.AssetCheckResult(
        passed=code == 0, metadata={name: text for name, text in said.items() if text is not None}
    )


rebuild = dg.define_asset_job("rebuild", dg.AssetSelection.assets(build) | dg.AssetSelection.checks(fresh))
monitor = dg.define_asset_job("monitor", dg.AssetSelection.checks(fresh))

defs = dg.Definitions(
    assets=[build],
    asset_checks=[fresh],
    jobs=[rebuild, monitor],
    schedules=[
        dg.ScheduleDefinition(name="every_night", job=rebuild, cron_schedule="17 2 * * *"),
        dg.ScheduleDefinition(name="every_hour", job=monitor, cron_schedule="47 * * * *"),
    ],
)
