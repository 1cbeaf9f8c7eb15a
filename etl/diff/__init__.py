"""What changed from one release to another: two DuckDB files, attached read-only and compared.

sides.py         the two files: tables, columns, keys and macros of each
finding.py       what a comparison says: findings by level, rows per table, coverage per edition
schema.py        tables, columns, keys and macros
rows.py          rows added, removed and changed, table by table
examples.py      rows that show a change, the most telling first
values.py        jumps of the size of a unit, jumps of a bloc's share
coverage.py      editions, minerals and cells of official figures
losses.py        codes and rows of documents that are no longer there, tables that shrank
membership.py    who joined, left, or belongs under another date or role
conflicts.py     disagreements that are new, gone or decided
causes.py        why something is gone, as far as the manifests tell
acknowledged.py  changes that are meant, from seeds/decisions/acknowledged_changes.csv
compare.py       all of it in order
document.py      diff.json, whose keys diff.schema.json describes
page.py          diff.md
write.py         both, into a release's folder
previous.py      the build's step: against the release before
show.py          what the build says of it
command.py       `orebloc diff`
"""
