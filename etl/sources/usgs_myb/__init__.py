"""USGS Minerals Yearbook, volume I: the annual-tables workbooks, one commodity each, and Data Series 140 workbooks.

Read are the world production tables by country; `left_sheets` lists every other sheet with the reason.

workbook    opens a workbook: text of every cell
formats     superscripts and indentation, which only the formatting says
labels      what a row's label says: footnote marks, country, product
tables      finds the parts of a world table's sheet: title, unit, headers, body, footnotes
rows        which country and group each row belongs to
ds140       the one-sheet workbooks of Data Series 140
planning    editions; what is left alone
"""

from etl.sources.usgs_myb.planning import left_sheets, plan
from etl.sources.usgs_myb.reading import read

__all__ = ["left_sheets", "plan", "read"]
