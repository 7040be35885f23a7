"""Charts drawn on the server: no library, no script, sharp on paper.

Each takes frozen dataclasses of plain values and gives a figure: the drawing with
one sentence for screen readers, a legend, and the numbers as a table. Colours come
from classes, so the dark theme needs nothing. Modules: `progress` (a patient's
course), `planning` (a plan on a time axis), `report` and `tables` (the owner's view),
`frame` (what they share).
"""
