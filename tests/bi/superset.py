"""A real Superset for the tests, on this machine alone: set up, served, asked; gone without a trace at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.bi.server import free_port
from tests.conftest import ROOT

PROGRAMS = ROOT / ".venv-superset" / "bin"
FOLDER = ROOT / "bi" / "superset"
ADMIN = {"username": "admin", "password": "admin"}
READY = "`make bi` sets up .venv-superset from bi/superset/requirements.lock"
_PATIENCE = 240
Message = dict[str, Any]


def environment(home: Path) -> dict[str, str]:
    """The environment of a Superset whose settings are the project's and whose own data lie in `home`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OREBLOC_", "SUPERSET_", "PYTHON"))}
    return {
        **kept,
        "PATH": f"{PROGRAMS}:{kept['PATH']}",
        "HOME": str(home),
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(FOLDER / "superset_config.py"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@dataclass
class Superset:
    """A running Superset and the session of its administrator."""

    port: int
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log_in(self) -> None:
        token = self.post("/api/v1/security/login", json={**ADMIN, "provider": "db"})["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        secret = self.get("/api/v1/security/csrf_token/")["result"]
        self.session.headers.update({"X-CSRFToken": secret, "Referer": self.url})
        # The session's cookie, for the browser.
        answer = self.session.post(f"{self.url}/login/", data={**ADMIN, "csrf_token": secret}, timeout=_PATIENCE)
        answer.raise_for_status()

    def get(self, path: str) -> Message:
        return _said(self.session.get(self.url + path, timeout=_PATIENCE))

    def post(self, path: str, **content: object) -> Message:
        return _said(self.session.post(self.url + path, timeout=_PATIENCE, **content))  # type: ignore[arg-type]

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
        assert answer["status"] == "success", answer
        rows: list[Message] = answer["data"]
        return rows


def _said(answer: requests.Response) -> Message:
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:2000]}"
    content: Message = answer.json()
    return content


@contextmanager
def running_superset(home: Path) -> Iterator[Superset]:
    """Serve a Superset that is set up in `home`, and stop it."""
    running = Superset(free_port())
    command = [PROGRAMS / "gunicorn", "--workers", "1", "--threads", "8", "--timeout", "300"]
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{running.port}", "superset.app:create_app()"],
            env=environment(home),
            cwd=home,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for(running, process, home)
            running.log_in()
            yield running
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _wait_for(running: Superset, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, (home / "log.txt").read_text()[-3000:]
        try:
            if requests.get(f"{running.url}/health", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise AssertionError("Superset does not answer")
