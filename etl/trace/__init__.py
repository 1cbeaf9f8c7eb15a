"""Trace a number: from a row of a mart, over the models that made it, to the cells that it rests on.

declared.py  what a mart's YAML says of where its rows come from
lineage.py   the models with their parents, as a release carries them (`lineage.json`)
key.py       which row is meant
row.py       the row that is meant, as the release holds it
cells.py     the cells that a row rests on
page.py      how a trace is shown
command.py   `orebloc trace`
"""
