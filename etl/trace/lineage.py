"""The models of a release with their parents and descriptions: written from dbt's manifest, read from the release."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.trace.declared import Provenance, read_declaration

LINEAGE = "lineage.json"
PUBLIC_LAYER = "marts"
_KINDS = ("model", "seed", "source")


class NoLineage(Exception):
    """Raised where a release carries no lineage that can be read."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model, a seed, or a table of what landed.

    Attributes:
        layer: seeds, landed, staging, intermediate, marts or provenance.
        relation: Where it lies in the file, as `schema.name`; of what landed nothing does.
        file: Path in the project; empty for what landed.
        parents: Names of what it is made from.
        columns: Column names in order.
        declared: Its `meta.provenance`, unread.
    """

    name: str
    layer: str
    relation: str
    file: str
    description: str
    parents: tuple[str, ...]
    columns: tuple[str, ...]
    primary_key: tuple[str, ...]
    declared: dict[str, Any] | None

    @property
    def line(self) -> str:
        """The first sentence of the description."""
        return re.split(r"(?<=[.!?])\s+(?=[A-Z])", self.description, maxsplit=1)[0]

    @property
    def provenance(self) -> Provenance:
        """Where the source of its rows is to be found.

        Raises:
            BadDeclaration: It declares none that can be understood.
        """
        return read_declaration(self.name, self.declared)


@dataclass(frozen=True, slots=True)
class Lineage:
    """All models of a release by name."""

    models: dict[str, Model]

    @property
    def marts(self) -> dict[str, Model]:
        """The public tables."""
        return {name: model for name, model in self.models.items() if model.layer == PUBLIC_LAYER}

    def upstream(self, name: str) -> dict[str, Any]:
        """Return a model with all that lies before it, as a tree.

        Returns:
            `name`, `layer`, `relation`, `file`, `line` and `parents`, a list of the same; a model that stood before in
            the tree has `repeated` true and no parents again.
        """
        return self._branch(name, set())

    def _branch(self, name: str, seen: set[str]) -> dict[str, Any]:
        model = self.models[name]
        repeated = name in seen and bool(model.parents)
        seen.add(name)
        return {
            "name": name,
            "layer": model.layer,
            "relation": model.relation,
            "file": model.file,
            "line": model.line,
            "repeated": repeated,
            "parents": [] if repeated else [self._branch(parent, seen) for parent in model.parents],
        }


def write_lineage(manifest: Path, target: Path) -> None:
    """Write the lineage of a build.

    Args:
        manifest: dbt's `manifest.json` of the build.
        target: The file to write, in the release.
    """
    parsed = json.loads(manifest.read_text(encoding="utf-8"))
    nodes = {
        key: node
        for key, node in {**parsed["nodes"], **parsed["sources"]}.items()
        if node["resource_type"] in _KINDS and node["config"].get("enabled", True)
    }
    models = {_name(node): _described(node, nodes) for node in nodes.values()}
    content = {"models": dict(sorted(models.items()))}
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_lineage(release: Path) -> Lineage:
    """Read the lineage that a release carries.

    Args:
        release: The release's folder.

    Raises:
        NoLineage: There is none, or it is no lineage.
    """
    try:
        models = json.loads((release / LINEAGE).read_text(encoding="utf-8"))["models"]
        return Lineage({name: _model(name, entry) for name, entry in models.items()})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoLineage(
            f"Release {release.name} has no {LINEAGE} that can be read ({type(error).__name__}). "
            "Run `orebloc build --force`."
        ) from error


def _name(node: dict[str, Any]) -> str:
    return f"landed.{node['name']}" if node["resource_type"] == "source" else str(node["name"])


def _described(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    is_source = node["resource_type"] == "source"
    layer = "landed" if is_source else "seeds" if node["resource_type"] == "seed" else node["fqn"][1]
    meta = node["config"].get("meta") or {}
    parents = (nodes[parent] for parent in node.get("depends_on", {}).get("nodes", ()) if parent in nodes)
    return {
        "layer": layer,
        "relation": "" if is_source else f"{node['schema']}.{node['alias']}",
        "file": "" if is_source else node["original_file_path"],
        "description": " ".join(node["description"].split()),
        "description_zh": meta.get("description_zh", ""),
        "parents": sorted(_name(parent) for parent in parents),
        "columns": list(node.get("columns", {})),
        "primary_key": meta.get("primary_key", []),
        "provenance": meta.get("provenance"),
    }


def _model(name: str, entry: dict[str, Any]) -> Model:
    return Model(
        name=name,
        layer=entry["layer"],
        relation=entry["relation"],
        file=entry["file"],
        description=entry["description"],
        parents=tuple(entry["parents"]),
        columns=tuple(entry["columns"]),
        primary_key=tuple(entry["primary_key"]),
        declared=entry["provenance"],
    )
