"""Run the jobs once for real, in a warehouse and an instance of their own: `make dagster` calls it.

A first run publishes, a second finds nothing to do, and one without its landing folder fails the check of the inputs.
"""

from __future__ import annotations

import os
import tempfile

import dagster as dg
from definitions import CHECKS, MODELS, defs


def run(job: str, instance: dg.DagsterInstance) -> tuple[bool, dict[str, bool], list[dg.AssetMaterialization]]:
    """Run a job; return whether it succeeded, its checks, and what it materialized."""
    done = defs.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False)
    checks = {one.check_name: one.passed for one in done.get_asset_check_evaluations()}
    made = [event.materialization for event in done.get_asset_materialization_events() if event.materialization]
    print(f"{job}: {'done' if done.success else 'failed'}, {len(made)} assets, checks {checks}", flush=True)
    return done.success, checks, made


def outcome_of(made: list[dg.AssetMaterialization]) -> object:
    """Return the outcome of the run that the release was materialized with."""
    (release,) = (one for one in made if one.asset_key.path == ["release"])
    return release.metadata["outcome"].value


def main() -> None:
    """Run the jobs three times over."""
    with tempfile.TemporaryDirectory(prefix="orebloc-dagster-") as folder, dg.DagsterInstance.ephemeral() as instance:
        os.environ["OREBLOC_WAREHOUSE"] = f"{folder}/warehouse"
        every = dict.fromkeys((*CHECKS, "fresh"), True)
        for outcome in ("published", "nothing_to_do"):
            success, checks, made = run("rebuild", instance)
            assert (success, checks, len(made)) == (True, every, len(MODELS) + 1)
            assert outcome_of(made) == outcome
        counted = [one for one in made if "dagster/row_count" in one.metadata]
        assert len(counted) > 30, "the marts have their numbers of rows"
        assert run("monitor", instance)[:2] == (True, {"fresh": True})
        os.environ["OREBLOC_LANDING"] = f"{folder}/gone"
        success, checks, made = run("rebuild", instance)
        assert (success, checks["inputs"], made) == (False, False, [])
    print("The definitions publish, find nothing to do, and say what stopped them.")


if __name__ == "__main__":
    main()
