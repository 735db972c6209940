"""Compiled loops over sparse surfaces: one base's times taken out of a search, and merged with others'."""

from __future__ import annotations

import numpy as np

from geo_poc.compiled import compiled
from geo_poc.routing._kernels import PAD

_INF = np.float32(np.inf)


@compiled
def taken_out(nodes, low, high, cells, stride, cut_off_s):
    """Cells from ``low`` to ``high`` reached by the cut-off, and when; every time is ``inf`` again after it.

    The cells returned are counted row by row without the border.
    """
    count = 0
    for u in range(low, high + 1):
        if nodes[u].time <= cut_off_s:
            count += 1
    cell, seconds = np.empty(count, np.int32), np.empty(count, np.float32)
    n, across = 0, stride - 2 * PAD
    for row in range(low // stride, high // stride + 1):
        for u in range(row * stride, (row + 1) * stride):
            time = nodes[u].time
            if time <= cut_off_s:
                cell[n] = (row - PAD) * across + (u - row * stride) - PAD
                seconds[n] = time
                n += 1
            if time < _INF:
                nodes[u].time = _INF
    for u in range(cells, nodes.size):
        nodes[u].time = _INF
    return cell, seconds


@compiled
def insert_ranked(best_s, best_of, cell, seconds, who):
    """Put one base's times among the quickest of each cell; of equal ones those that were there stay first.

    Parameters
    ----------
    best_s : float32 array (cells, ranks)
        In ascending order, ``inf`` where there is none yet. Changed, as is ``best_of``.
    best_of : int16 array (cells, ranks)
    cell : int32 array (n,)
    seconds : float32 array (n,)
    who : int
    """
    last = best_s.shape[1] - 1
    for i in range(cell.size):
        c, time = cell[i], seconds[i]
        if time < best_s[c, last]:
            j = last
            while j > 0 and time < best_s[c, j - 1]:
                best_s[c, j], best_of[c, j] = best_s[c, j - 1], best_of[c, j - 1]
                j -= 1
            best_s[c, j], best_of[c, j] = time, who
