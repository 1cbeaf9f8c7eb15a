"""A real Superset for the tests, on this machine alone: set up, served, asked; gone without a trace at the end."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.bi.page import PAGE, blocks
from tests.bi.server import free_port
from tests.conftest import ROOT

ADMIN = {"username": "admin", "password": "correct horse"}
READY = "`make superset` sets up .venv-superset from bi/superset/requirements.lock"
# What the page takes for granted where its blocks are run.
LINKS = ("bi", ".venv", ".venv-superset")
# Superset takes half a minute to start, and several times that on a busy machine.
_PATIENCE = 600
Message = dict[str, Any]


def page_blocks() -> tuple[str, str, str]:
    """The page's block that sets Superset up, what it prints, and the block that serves it."""
    setup, serve = (block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.superset)
    assert setup.output is not None
    return setup.code, setup.output, serve.code


def set_up(folder: Path) -> str:
    """Set Superset up with the dashboard as the page says, over `folder/warehouse`; what that prints."""
    assert (ROOT / ".venv-superset" / "bin" / "superset").exists(), READY
    for name in LINKS:
        (folder / name).symlink_to(ROOT / name)
    done = subprocess.run(
        ["bash", "-e", "-c", page_blocks()[0]],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * _PATIENCE,
    )
    log = folder / "superset.log"
    assert done.returncode == 0, done.stdout + done.stderr + (log.read_text()[-3000:] if log.exists() else "")
    return done.stdout.replace(str(folder), "/path/to/orebloc")


def _environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OREBLOC_", "SUPERSET_", "PYTHON"))}
    home = folder / "home"
    return {**kept, "HOME": str(home), "SUPERSET_HOME": str(home), "ADMIN_PASSWORD": ADMIN["password"],
            "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip


@dataclass
class Superset:
    """A running Superset and the session of its administrator."""

    port: int
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log_in(self) -> None:
        """Log in as the form of the login page does."""
        token = self.post("/api/v1/security/login", json={**ADMIN, "provider": "db"})["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        secret = self.get("/api/v1/security/csrf_token/", headers=bearer)["result"]
        self.session.headers.update({"X-CSRFToken": secret, "Referer": self.url})
        form = {**ADMIN, "csrf_token": secret}
        self.session.post(f"{self.url}/login/", data=form, timeout=_PATIENCE).raise_for_status()

    def get(self, path: str, **content: Any) -> Message:  # noqa: ANN401 - what requests takes
        return _said(self.session.get(self.url + path, timeout=_PATIENCE, **content))

    def post(self, path: str, **content: Any) -> Message:  # noqa: ANN401 - what requests takes
        return _said(self.session.post(self.url + path, timeout=_PATIENCE, **content))

    def all(self, kind: str) -> list[Message]:
        """All objects of a kind: database, dataset, chart or dashboard."""
        found = self.get(f"/api/v1/{kind}/?q=(page_size:100)")["result"]
        return [self.get(f"/api/v1/{kind}/{one['id']}")["result"] for one in found]

    def import_dashboard(self, archive: Path) -> None:
        with archive.open("rb") as bundle:
            files = {"formData": (archive.name, bundle, "application/zip")}
            self.post("/api/v1/dashboard/import/", files=files, data={"overwrite": "true"})

    def ask(self, question: Message) -> list[Message]:
        """Put the question of a chart, as the dashboard does; its rows."""
        (answer,) = self.post("/api/v1/chart/data", json=question)["result"]
        rows: list[Message] = answer["data"]
        return rows


def _said(answer: requests.Response) -> Message:
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:2000]}"
    content: Message = answer.json()
    return content


@contextmanager
def running_superset(folder: Path) -> Iterator[Superset]:
    """Serve the Superset that is set up in `folder` with the page's own command, on a port of its own, and stop it."""
    running = Superset(free_port())
    command = shlex.split(page_blocks()[2].replace(":8088", f":{running.port}"))
    programs = folder / ".venv-superset" / "bin"
    environment = _environment(folder) | {"SUPERSET_CONFIG_PATH": str(folder / "bi/superset/superset_config.py")}
    with (folder / "served.log").open("w") as log:
        process = subprocess.Popen(
            [programs / command[0], *command[1:]], env=environment, cwd=folder, stdout=log, stderr=log
        )
        try:
            _wait_for(running, process, folder / "served.log")
            running.log_in()
            yield running
        finally:
            # At once: requests that are still open matter to nobody.
            process.send_signal(signal.SIGQUIT)
            process.wait(_PATIENCE)


def _wait_for(running: Superset, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if requests.get(f"{running.url}/health", timeout=30).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise AssertionError("Superset does not answer")
