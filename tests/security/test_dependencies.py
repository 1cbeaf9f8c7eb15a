"""What is installed is what the locks say, and the locks leave nothing open.

Whether an advisory names one of the versions can only be asked of a service: the workflow in deploy/ does, every night.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.conftest import ROOT

DAGSTER = "deploy/dagster/requirements.lock"
LOCKS = [
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-postgres.lock",
    "requirements-bi.lock",
    "requirements-uv.lock",
    DAGSTER,
]
_ENTRY = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE
)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(lock: str) -> dict[str, list[tuple[str, str]]]:
    """Versions, each with its remaining lines (marker, hashes), by package: one for each range of Python versions."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in _ENTRY.finditer(text):
        found.setdefault(normal(entry["name"]), []).append((entry["version"], entry["rest"]))
    return found


def versions(lock: str) -> dict[str, set[str]]:
    return {name: {version for version, _ in found} for name, found in entries(lock).items()}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_a_pinned_package_with_hashes(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert packages
    assert [line for line in packages if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+( ;.*)? \\$", line)] == []
    others = {re.match(r" +(--hash=sha256:[0-9a-f]{64}|#)", line) is not None for line in lines if line.startswith(" ")}
    assert others == {True}
    for name, found in entries(lock).items():
        assert all("--hash=sha256:" in rest for _, rest in found), name


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_takes_a_package_from_elsewhere(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"(?:git\+|https?://|file:|^-e |^--(?:extra-)?index)", text, re.MULTILINE) == []
    # A version that nobody would pin for long: made for a test, or taken back.
    early = re.compile(r"dev|rc\d|a\d+$|b\d+$")
    assert [name for name, found in versions(lock).items() for one in found if early.search(one)] == []


def test_the_locks_hold_what_the_project_asks_for_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {normal(re.split(r"[\[<>=~! ;]", line)[0]) for line in project["dependencies"]}
    for_tests = {normal(re.split(r"[\[<>=~! ;]", line)[0]) for line in project["optional-dependencies"]["dev"]}
    runtime, dev = versions("requirements.lock"), versions("requirements-dev.lock")
    assert asked - runtime.keys() == set()
    assert (asked | for_tests) - dev.keys() == set()
    assert {name for name in runtime if runtime[name] != dev.get(name)} == set()
    for extra, smaller in (("postgres", runtime), ("bi", dev)):
        found = versions(f"requirements-{extra}.lock")
        wanted = {normal(re.split(r"[\[<>=~! ;]", line)[0]) for line in project["optional-dependencies"][extra]}
        assert wanted - found.keys() == set()
        assert {name for name in smaller if smaller[name] != found.get(name)} == set()
    # Dagster reads what the build's own dbt has written.
    assert versions(DAGSTER)["dbt-core"] == runtime["dbt-core"]


def test_the_workflow_asks_for_advisories_on_the_lock_of_the_build() -> None:
    workflow = (ROOT / "deploy" / "github" / "rebuild.yml").read_text(encoding="utf-8")
    assert re.search(r"pip-audit==[\d.]+ --disable-pip --require-hashes .*--requirement requirements\.lock\n", workflow)


def test_what_is_installed_is_what_is_locked() -> None:
    # `make bi` adds its clients to the same environment.
    locked = versions("requirements-bi.lock")
    installed = {normal(found.name): found.version for found in distributions(path=site_packages())}
    assert "duckdb" in installed
    both = installed.keys() & locked.keys()
    assert {name: (installed[name], locked[name]) for name in both if installed[name] not in locked[name]} == {}
    known = locked.keys() | versions("requirements-uv.lock").keys() | {"orebloc", "pip"}
    assert installed.keys() - known == set()


def site_packages() -> list[str]:
    return [str(path) for path in Path(sys.prefix).glob("lib/python*/site-packages")]


def test_no_installed_package_lacks_or_contradicts_another() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
