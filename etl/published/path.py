"""The compiled models as a path that can be walked again from other inputs."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Model:
    """A compiled model, or a seed, which has no SQL."""

    name: str
    schema: str
    relation: str
    sql: str
    parents: tuple[str, ...]


class ModelPath:
    """The models of one build.

    Instead of repeating a rule of measurement elsewhere, whoever wants its result for other inputs takes the compiled
    SQL of the models on the way and puts common table expressions in the place of some of their inputs.
    """

    def __init__(self, models: dict[str, _Model]) -> None:
        self._models = models

    @classmethod
    def of_manifest(cls, path: Path) -> ModelPath:
        """Read the compiled models of a dbt run.

        Args:
            path: dbt's `manifest.json`, written by a run that compiled all models.
        """
        nodes = json.loads(path.read_text(encoding="utf-8"))["nodes"]
        return cls(
            {
                node["name"]: _Model(
                    name=node["name"],
                    schema=node["schema"],
                    relation=node["relation_name"],
                    sql=(node.get("compiled_code") or "").strip(),
                    parents=tuple(
                        nodes[parent]["name"]
                        for parent in node.get("depends_on", {}).get("nodes", ())
                        if parent in nodes
                    ),
                )
                for node in nodes.values()
                if node["resource_type"] in ("model", "seed")
            }
        )

    def expressions(self, target: str, given: Collection[str]) -> str:
        """Return the named expressions that lead from given inputs to a model, to stand in a `with` clause.

        Args:
            target: The model whose rows are wanted.
            given: Models for which expressions of the same names stand before, in their place.

        Returns:
            `name as (...)`, separated by commas; `target` is the last. Models on which no given one bears are read
            from the file, as `schema.name`.

        Raises:
            KeyError: A name is no model.
        """
        for name in (target, *given):
            if name not in self._models:
                raise KeyError(f"there is no model {name}")
        ordered: list[str] = []
        self._collect(target, frozenset(given), ordered, {})
        if target not in ordered:
            raise KeyError(f"{target} depends on none of {', '.join(given)}")
        replaced = {*given, *ordered}
        return ",\n".join(f"{name} as (\n{self._rewritten(name, replaced)}\n)" for name in ordered)

    def _collect(self, name: str, given: frozenset[str], ordered: list[str], seen: dict[str, bool]) -> bool:
        """Put `name` after its parents into `ordered` if a given model bears on it; say whether one does."""
        if name in given:
            return True
        if name not in seen:
            bears = [self._collect(parent, given, ordered, seen) for parent in self._models[name].parents]
            seen[name] = any(bears)
            if seen[name]:
                ordered.append(name)
        return seen[name]

    def _rewritten(self, name: str, replaced: Collection[str]) -> str:
        """Return a model's SQL with its parents read from expressions or, without a database's name, from the file."""
        sql = self._models[name].sql
        for parent_name in self._models[name].parents:
            parent = self._models[parent_name]
            sql = sql.replace(
                parent.relation, parent_name if parent_name in replaced else f"{parent.schema}.{parent.name}"
            )
        return sql
