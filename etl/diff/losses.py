"""Codes of the dimensions and rows of documents that are no longer there, and tables that shrank."""

from __future__ import annotations

from collections.abc import Iterator

from etl.diff.causes import Inputs, cause_of_loss
from etl.diff.coverage import Coverage
from etl.diff.finding import Finding, Level, TableChange
from etl.diff.rows import added, removed
from etl.diff.sides import Pair, quoted

# How much of its rows a document may lose in a table before a scheduled build stops, and a table before it is told.
_TOLERATED = 0.05
# What they lose is told cell by cell and member by member.
_TOLD_OTHERWISE = frozenset({"fct_observation", "fct_bloc_membership"})
_SHOWN_CODES = 6


def compare_codes(pair: Pair, tables: list[TableChange], coverage: Coverage) -> Iterator[Finding]:
    """Yield the codes that a dimension lost, one by one, and those that are new.

    What belongs to a lost edition is told with it.
    """
    told = {*(f"{source}/{edition}" for source, edition in coverage.lost), *coverage.lost_documents}
    for change in tables:
        table = change.table
        if not table.startswith("dim_"):
            continue
        key = " || '/' || ".join(f"rows.{quoted(column)}" for column in change.key)
        gone = pair.rows(
            f"select {key} from {pair.before.of(table)} as rows join {removed(table)} as ids on ids.r = rows.rowid "
            "order by 1"
        )
        for (code,) in gone:
            if code not in told:
                yield Finding(Level.STOP, "code_lost", table, str(code), f"{table} no longer has {code}.", old=code)
        if change.added:
            new = pair.rows(
                f"select {key} from {pair.after.of(table)} as rows join {added(table)} as ids on ids.r = rows.rowid "
                f"order by 1 limit {_SHOWN_CODES}"
            )
            more = f" and {change.added - len(new)} more" if change.added > len(new) else ""
            message = f"{table}: {', '.join(str(code) for (code,) in new)}{more}."
            yield Finding(Level.NOTE, "code_added", table, table, message, new=change.added, count=change.added)


def compare_documents(
    pair: Pair, tables: list[TableChange], coverage: Coverage, inputs: Inputs | None
) -> Iterator[Finding]:
    """Yield per table and document how many rows were lost: a few are a warning, more a stop."""
    for change in tables:
        table = change.table
        told = table in _TOLD_OTHERWISE or table.startswith("dim_")
        if told or not change.removed or not pair.have(table, "document", "locator"):
            continue
        older, newer = (
            f"(select document, count(*) as n from {side.of(table)} group by document)"
            for side in (pair.before, pair.after)
        )
        found = pair.rows(
            f"select document, older.n, coalesce(newer.n, 0) from {older} as older "
            f"left join {newer} as newer using (document) where coalesce(newer.n, 0) < older.n order by document"
        )
        for document, old, new in found:
            if document in coverage.lost_documents:
                continue
            level = Level.STOP if old - new > _TOLERATED * old else Level.WARN
            subject = f"{table}/{document}"
            message = f"{table} had {old:,} rows of {document} and has {new:,}."
            cause = next(
                (
                    cause_of_loss(inputs, source, (), terms.may_redistribute)
                    for (source, _), terms in coverage.terms.items()
                    if terms.document == document
                ),
                "",
            )
            yield Finding(level, "rows_lost", table, subject, message, old=old, new=new, count=old - new, cause=cause)


def compare_sizes(tables: list[TableChange]) -> Iterator[Finding]:
    """Yield tables that are empty now, and tables that lost more than a few of their rows."""
    for change in tables:
        old, new = change.rows_before, change.rows_after
        told = change.table == "fct_observation" or change.table.startswith("dim_")
        message = f"{change.table} had {old:,} rows and has {new:,}."
        if old and not new:
            yield Finding(Level.STOP, "table_emptied", change.table, change.table, message, old=old, new=0, count=old)
        elif old - new > _TOLERATED * old and not told:
            yield Finding(
                Level.WARN, "table_shrunk", change.table, change.table, message, old=old, new=new, count=old - new
            )
