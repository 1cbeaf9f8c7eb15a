"""Settings of a Superset on this machine that reads orebloc; what a server for others needs: docs/connect.md."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy.engine.url import URL

HOME = Path(os.environ.get("SUPERSET_HOME", Path.home() / ".superset"))
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)


def _secret() -> str:
    """Return the key of this installation, made at its first start: sessions and passwords hang on it."""
    file = HOME / "secret_key"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(42))
    except FileExistsError:
        pass
    return file.read_text(encoding="utf-8")


SECRET_KEY = os.environ.get("SUPERSET_SECRET_KEY") or _secret()
SQLALCHEMY_DATABASE_URI = os.environ.get("SUPERSET_METADATA_URI", f"sqlite:///{HOME / 'superset.db'}")
# Pages load from this server alone: no maps, no fonts, no picture that counts installations.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}


def DB_CONNECTION_MUTATOR(  # noqa: N802 - the name is Superset's
    uri: URL, params: dict[str, Any], username: str, security_manager: object, source: object
) -> tuple[URL, dict[str, Any]]:
    """Open the current release under the name of its own folder.

    In one process DuckDB opens a path once: while requests overlap, the path that all releases share would go on giving
    the old one. The pointer beside it names the current one.
    """
    pointer = Path(uri.database or "").parent / "current.json"
    if uri.get_backend_name() == "duckdb" and pointer.is_file():
        folder = json.loads(pointer.read_text(encoding="utf-8"))["release_id"]
        release = pointer.parent / "releases" / folder / Path(uri.database or "").name
        if release.is_file():
            return uri.set(database=str(release)), params
    return uri, params
