"""Compiled loop over pairs of incidents: every shuffle of the days looks at all of them."""

from __future__ import annotations

import numpy as np
from numba import njit


def compiled(function):
    """The function compiled without the interpreter's lock, kept beside it or in the user's cache folder."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # pragma: no cover  (neither folder can be written)
        return njit(nogil=True)(function)


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
