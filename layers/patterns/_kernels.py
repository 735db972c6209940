"""Compiled loop over pairs of incidents: every shuffle of the days looks at all of them."""

from __future__ import annotations

import numpy as np

from geo_poc.compiled import compiled


@compiled
def pairs_by_band(day, start, second, row, ends, rows):
    """Pairs by band of distance and of days, shape (rows, bands of days).

    Pairs of incident i are those from ``start[i]`` to ``start[i + 1]`` of ``second`` and ``row``.
    """
    table = np.zeros((rows, ends.size), np.int64)
    last = ends[-1]
    for i in range(day.size):
        own = day[i]
        for k in range(start[i], start[i + 1]):
            apart = abs(day[second[k]] - own)
            if apart <= last:
                column = 0
                while apart > ends[column]:
                    column += 1
                table[row[k], column] += 1
    return table
