"""What lies in deploy/ runs: units, cron lines and workflow are read as by those who run them, and run as by them."""

from __future__ import annotations

import ast
import configparser
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from etl.cli import app
from etl.run.build import Checks
from etl.run.endings import Outcome
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
FILES = [path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".pyc"]
UNITS = sorted((DEPLOY / "systemd").iterdir())
CODE, DATA = "/opt/orebloc", "/var/lib/orebloc"
# `systemd-analyze security` goes from 0 (locked up) to 10 (open).
MOST_EXPOSED = 1.0
STALE = 9


def read_unit(path: Path) -> configparser.RawConfigParser:
    """Read a unit: sections and keys as systemd has them. A key may stand twice there; the last is kept here."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def commands_of_units() -> list[tuple[str, str]]:
    return [
        (path.name, read_unit(path)["Service"]["ExecStart"])
        for path in UNITS
        if path.suffix == ".service" and "@" not in path.name
    ]


def cron_lines() -> list[list[str]]:
    text = (DEPLOY / "cron" / "orebloc").read_text(encoding="utf-8")
    return [line.split(None, 6) for line in text.splitlines() if re.match(r"[\d*]", line)]


def workflow() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((DEPLOY / "github" / "rebuild.yml").read_text(encoding="utf-8"))
    return said


def scripts() -> list[str]:
    steps = workflow()["jobs"]["build"]["steps"]
    return [step["run"] for step in steps if "run" in step]


def orebloc_calls() -> list[str]:
    """Every call of orebloc in deploy/, its page included."""
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    found = [match for text in texts for match in re.findall(r"(?:bin/|`)orebloc ((?:[\w\"$.-]+ ?)+)", text)]
    return sorted({call.strip() for call in found})


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with the checkout in the place of /opt/orebloc."""
    folder = tmp_path / "units"
    folder.mkdir()
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace(CODE, str(ROOT)).replace(DATA, str(tmp_path))
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def test_the_units_are_as_systemd_wants_them(installed: Path) -> None:
    """Without systemd-analyze a strict reading of sections, keys and values has to do, and the run says so."""
    if shutil.which("systemd-analyze") is None:
        warnings.warn("systemd-analyze is not here: the units were read by the test alone", stacklevel=1)
        known = {"Unit", "Service", "Timer", "Install"}
        for path in UNITS:
            unit = read_unit(path)
            assert set(unit.sections()) <= known
            assert all(re.fullmatch(r"[A-Z][A-Za-z]+", key) for section in unit.sections() for key in unit[section])
        return
    done = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            "--man=no",
            *(str(installed / path.name) for path in UNITS if "@" not in path.name),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
@pytest.mark.parametrize("name", ["orebloc-build.service", "orebloc-fresh.service"])
def test_the_units_are_locked_up(installed: Path, name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(installed / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    exposed = re.search(rf"exposure level for {name}: ([\d.]+)", done.stdout)
    if exposed is None and "offline" in done.stderr:
        pytest.skip("this systemd-analyze cannot judge a file")
    assert exposed is not None, done.stderr
    assert float(exposed[1]) <= MOST_EXPOSED


def test_the_build_may_write_only_where_it_has_to() -> None:
    service = read_unit(DEPLOY / "systemd" / "orebloc-build.service")["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["PrivateNetwork"] == "yes"
    assert set(service["ReadWritePaths"].split()) == {DATA, f"-{CODE}/target"}
    assert service["Environment"].split("=", 1)[1].startswith(DATA)


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".timer"], ids=lambda path: path.name)
def test_every_timer_has_its_service_and_a_time(path: Path) -> None:
    assert path.with_suffix(".service").is_file()
    timer = read_unit(path)["Timer"]
    if shutil.which("systemd-analyze"):
        subprocess.run(["systemd-analyze", "calendar", timer["OnCalendar"]], check=True, capture_output=True)
    assert timer["Persistent"] == "yes"


def test_units_that_are_named_are_there() -> None:
    for path in UNITS:
        for named in re.findall(r"OnFailure=([\w-]+@?)", path.read_text(encoding="utf-8")):
            assert (path.parent / f"{named}.service").is_file()


def run_alone(command: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command line as cron and systemd do: with next to nothing in its environment."""
    home.mkdir(exist_ok=True)
    said = [f"{name}={value}" for name, value in environment.items()]
    return subprocess.run(
        ["env", "-i", "PATH=/usr/bin:/bin", f"HOME={home}", *said, "/bin/sh", "-c", command],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.skipif(not (ROOT / ".venv/bin/orebloc").exists(), reason="the environment lies elsewhere")
@pytest.mark.parametrize(("name", "command"), commands_of_units())
def test_what_systemd_starts_runs_with_an_empty_environment(
    warehouse: Path, tmp_path: Path, name: str, command: str
) -> None:
    command = f"cd {shlex.quote(str(ROOT))} && exec {command.replace(CODE, str(ROOT))}"
    done = run_alone(command, tmp_path / "home", OREBLOC_WAREHOUSE=str(warehouse))
    assert done.returncode == 0, (name, done.stderr)
    assert not any((tmp_path / "home").iterdir())
    if "status" in command:
        none = run_alone(command, tmp_path / "home", OREBLOC_WAREHOUSE=str(tmp_path / "none"))
        assert none.returncode == STALE


@pytest.mark.skipif(not (ROOT / ".venv/bin/orebloc").exists(), reason="the environment lies elsewhere")
@pytest.mark.parametrize("fields", cron_lines(), ids=lambda fields: fields[-1][:40])
def test_the_lines_of_cron_run_and_are_silent_where_all_is_well(
    warehouse: Path, tmp_path: Path, fields: list[str]
) -> None:
    *times, user, command = fields
    assert len(times) == 5
    assert all(re.fullmatch(r"\*|\d{1,2}", time) for time in times)
    assert user == "orebloc"
    assert "%" not in command  # cron would read it as the end of the line
    done = run_alone(command.replace(CODE, str(ROOT)), tmp_path / "home", OREBLOC_WAREHOUSE=str(warehouse))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    if "status" in command:
        broken = run_alone(
            command.replace(CODE, str(ROOT)), tmp_path / "home", OREBLOC_WAREHOUSE=str(tmp_path / "none")
        )
        assert "no whole release" in broken.stdout


def test_cron_and_systemd_run_the_same_command() -> None:
    build = read_unit(DEPLOY / "systemd" / "orebloc-build.service")["Service"]["ExecStart"].removeprefix(f"{CODE}/")
    assert any(build in fields[-1] for fields in cron_lines())


def test_the_workflow_is_whole() -> None:
    said = workflow()
    triggers = said[True]  # YAML 1.1 reads the key `on` as true
    assert re.fullmatch(r"\d+ \d+ \* \* \*", triggers["schedule"][0]["cron"])
    assert "workflow_dispatch" in triggers
    assert said["permissions"] == {"contents": "read", "issues": "write"}
    job = said["jobs"]["build"]
    assert job["timeout-minutes"] <= 60
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step), step
        assert "run" not in step or step.get("name"), step
        # What a workflow's author does not control never stands in a script.
        assert "${{" not in step.get("run", ""), step
    used = [step["uses"].split("@")[0] for step in job["steps"] if "uses" in step]
    assert {"actions/checkout", "actions/cache", "actions/upload-artifact"} <= set(used)
    assert any(step.get("if") == "failure()" and "issue create" in step.get("run", "") for step in job["steps"])


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.splitlines()[0][:40])
def test_the_scripts_of_the_workflow_are_read_by_bash(script: str) -> None:
    done = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_workflow_makes_is_a_target() -> None:
    targets = re.findall(r"^([.\w/]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    made = [words[1] for script in scripts() for line in script.splitlines() if (words := line.split())[:1] == ["make"]]
    assert made
    assert set(made) <= set(targets)


def test_the_workflow_names_files_that_there_are(warehouse: Path) -> None:
    steps = workflow()["jobs"]["build"]["steps"]
    (kept,) = (step["with"]["path"].split() for step in steps if step.get("with", {}).get("name") == "orebloc")
    assert all((warehouse.parent / path).exists() for path in kept)


@pytest.mark.parametrize("call", orebloc_calls())
def test_every_call_of_orebloc_is_one_that_it_takes(call: str) -> None:
    words = shlex.split(call)
    command = get_command(app).commands[words[0]]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert [word for word in words[1:] if word.startswith("--") and word not in known] == []


def test_every_file_of_deploy_is_explained() -> None:
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in DEPLOY.iterdir() if path.is_dir() and f"`{path.name}/`" not in text] == []


def test_nothing_of_deploy_is_of_this_machine() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert sys.prefix not in text


def test_the_dagster_project_speaks_of_outcomes_and_options_that_there_are() -> None:
    """`make dagster` runs it, in an environment of its own; this is what can go stale without it."""
    tree = ast.parse((DEPLOY / "dagster" / "definitions.py").read_text(encoding="utf-8"))
    named = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(target := node.targets[0], ast.Name)
        and target.id in ("CHECKS", "STOPPED_BY", "COUNTED")
    }
    assert {*named["STOPPED_BY"]} <= {*Outcome}
    assert {*named["STOPPED_BY"].values()} == {*named["CHECKS"]}
    assert {count for counts in named["COUNTED"].values() for count in counts} <= {
        field.name for field in fields(Checks)
    }
    commands = get_command(app).commands  # type: ignore[attr-defined]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "orebloc"]
    assert len(calls) == 3
    for call in calls:
        name, *words = (ast.literal_eval(word) for word in call.args)
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert {word for word in [*words, "--json", "--project"] if word.startswith("--")} <= known
