"""The page of a gate's results: one HTML file that reads well without a network."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.gates.gate import Check, GateFailure

# Of every page of the house.
_COMMON_STYLE = """
:root { color-scheme: light dark; --line: #8886; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; --warn: #d29922 } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
"""
_STYLE = """
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top }
.rows { overflow-x: auto; margin: .5rem 0 } .rows td, .rows th { font-size: .85em; white-space: nowrap }
.good { color: var(--good) } .error { color: var(--bad) } .warning { color: var(--warn) }
.result { white-space: nowrap; font-weight: 600 } .why { opacity: .8 } pre { white-space: pre-wrap; font-size: .85em }
nav { columns: 16rem }
"""


def write_page(folder: Path, gate: str, checks: list[Check]) -> Path:
    """Write `index.html` into `folder` and return its path.

    Args:
        folder: Made if it does not exist.
        gate: The gate's name.
        checks: All checks, those of one table side by side.
    """
    tables = [(table, list(group)) for table, group in groupby(checks, key=lambda check: check.table)]
    title = f"Gate {escape(gate)}: {sum(not c.failure for c in checks)} of {len(checks)} checks hold"
    body = f"<h1>{title}</h1>\n<nav><ul>{''.join(_link(*entry) for entry in tables)}</ul></nav>\n"
    body += "\n".join(_section(*entry) for entry in tables)
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    page.write_text(document(title, body, _STYLE), encoding="utf-8")
    return page


def document(title: str, body: str, style: str) -> str:
    """Return a page that loads nothing from elsewhere, light or dark as the reader has it.

    Args:
        title: What the window is called, escaped.
        body: What stands on the page, as HTML.
        style: CSS of this kind of page, on top of what all share.
    """
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{_COMMON_STYLE}{style}</style>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _link(table: str, checks: list[Check]) -> str:
    failures = [check.failure for check in checks if check.failure]
    state = "error" if any(f.severity == "error" for f in failures) else "warning" if failures else "good"
    count = f"{len(failures)} of {len(checks)} do not hold" if failures else f"{len(checks)} hold"
    return f'<li><a href="#{escape(table)}">{escape(table)}</a> <span class="{state}">{count}</span></li>'


def _section(table: str, checks: list[Check]) -> str:
    rows = "\n".join(_row(check) for check in checks)
    head = "<tr><th>Result</th><th>Expectation</th></tr>"
    return f'<section id="{escape(table)}">\n<h2>{escape(table)}</h2>\n<table>\n{head}\n{rows}\n</table>\n</section>'


def _row(check: Check) -> str:
    state = check.severity if check.failure else "good"
    result = {"good": "holds", "error": "fails", "warning": "warns"}[state]
    query = f"<details><summary>Query</summary><pre>{escape(check.query)}</pre></details>" if check.query else ""
    found = _failure(check.failure) if check.failure else ""
    words = f"{escape(check.words)}<div class=why>{escape(check.why)}</div>{query}{found}"
    return f'<tr><td class="result {state}">{result}</td><td>{words}</td></tr>'


def _failure(failure: GateFailure) -> str:
    text = f"<p class={failure.severity}>{escape(str(failure))}</p>"
    if not failure.rows:
        return text
    head = _cells("th", failure.rows[0])
    body = "".join(f"<tr>{_cells('td', row.values())}</tr>" for row in failure.rows)
    return f"{text}<div class=rows><table><tr>{head}</tr>{body}</table></div>"


def _cells(tag: str, values: Iterable[Any]) -> str:
    return "".join(f"<{tag}>{'' if value is None else escape(str(value))}</{tag}>" for value in values)
