"""Metadata of a release: the same facts about it in the forms that catalogues, libraries and people read.

described.py    reads from the finished file what it holds, in words, and on which publications each table rests
datapackage.py  Frictionless data package
croissant.py    Croissant, for data sets of machine learning
dcat.py         DCAT, for catalogues of open data
citation.py     what to cite: CITATION.md and references.bib
write.py        writes all of them into the release
"""
