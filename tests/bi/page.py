"""The blocks of docs/connect.md: find each with what it prints, run it as a reader would.

`make bi` compares them; `python -m tests.bi.page WAREHOUSE` writes what they print anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bi.server import PASSWORD, Server, running_server
from tests.conftest import ROOT
from tests.readme import settled

PAGE = ROOT / "docs" / "connect.md"
_FENCE = re.compile(
    r"^```(?P<kind>\w+)(?P<not_run> not run)?(?P<superset> superset)?\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE
)
_PRINTS = re.compile(r"\n\nprints\n\n```text\n(?P<output>.*?)```", re.DOTALL)
# What each kind of block is run with; the file that holds the block is the last word.
_PROGRAMS = {
    "sh": ("bash", "-e"),
    "python": (sys.executable,),
    "r": ("Rscript", "--vanilla"),
    "java": ("java", "-cp", "/usr/share/java/postgresql.jar"),
}
_NAMES = {"java": "Shares.java"}
PACKAGES = "`make bi` needs the Debian packages of tests/bi/packages.txt: run `make bi-system` as root"


@dataclass(frozen=True)
class Block:
    """A block of the page; `output` is None where the page shows none. `superset`: run beside the real one."""

    kind: str
    code: str
    not_run: bool
    superset: bool
    output: str | None

    def __str__(self) -> str:
        return f"{self.kind}: {self.code.strip().splitlines()[0]}"


def blocks(text: str) -> Iterator[Block]:
    """Every block with what it prints; a block of what another prints is no block of its own."""
    end = 0
    for fence in _FENCE.finditer(text):
        if fence.start() < end:
            continue
        prints = _PRINTS.match(text, fence.end())
        end = prints.end() if prints else fence.end()
        output = prints["output"] if prints else None
        yield Block(fence["kind"], fence["code"], bool(fence["not_run"]), bool(fence["superset"]), output)


@dataclass(frozen=True)
class Place:
    """Where the blocks are run: a folder that holds `warehouse`, and a server with a database `minerals`."""

    folder: Path
    server: Server

    def run(self, block: Block) -> str:
        """Run a block and return what it prints, with what changes by nature put in one form.

        Raises:
            AssertionError: It failed, or its program is missing.
        """
        file = self.folder / _NAMES.get(block.kind, f"block.{block.kind}")
        file.write_text(block.code.replace("5432", str(self.server.port)), encoding="utf-8")
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "110",
            "PGPASSWORD": PASSWORD,
            "OREBLOC_PROJECT": str(ROOT),
            "OREBLOC_WAREHOUSE": str(self.folder / "warehouse"),
        }
        try:
            done = subprocess.run(
                [*_PROGRAMS[block.kind], file.name],
                cwd=self.folder,
                capture_output=True,
                text=True,
                timeout=180,
                check=False,
                env=environment,
            )
        except FileNotFoundError as error:
            raise AssertionError(f"{error.filename} is missing: {PACKAGES}") from None
        said = done.stdout + done.stderr
        # What a block shows of a refusal is meant: the last command of a `sh` block may fail with it.
        assert done.returncode == 0 or "permission denied" in said, said
        lines = "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())
        return lines.replace(str(self.server.port), "5432")


@contextmanager
def place(warehouse: Path, server: Server) -> Iterator[Place]:
    """Lay out what the page takes for granted."""
    server.run(f"create role publisher login createrole password '{PASSWORD}'")
    server.run(f"create role analyst login password '{PASSWORD}'")
    server.create_database("minerals", "publisher")
    try:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "warehouse").symlink_to(warehouse.resolve())
            yield Place(Path(folder), server)
    finally:
        server.run("drop database minerals with (force)")


def refresh(warehouse: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    with running_server("fsync=off") as server, place(warehouse, server) as here:
        for block in blocks(text):
            if block.output is None or block.superset:
                continue
            output = here.run(block)
            if settled(output) != settled(block.output):
                shown = f"{block.code}```\n\nprints\n\n```text\n"
                text = text.replace(f"{shown}{block.output}```", f"{shown}{output}```")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    refresh(Path(sys.argv[1]))
