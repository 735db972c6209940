"""Compiled loops over sparse surfaces: one base's times taken out of a search, and merged with others'."""

from __future__ import annotations

import numpy as np

from geo_poc.routing._kernels import PAD, compiled

_INF = np.float32(np.inf)


@compiled
def taken_out(nodes, touched, cells, stride, cut_off_s):
    """Cells reached by the cut-off, counted without the border, and when; every time is ``inf`` again after it."""
    cell, seconds = np.empty(touched[0], np.int32), np.empty(touched[0], np.float32)
    n, across = 0, stride - 2 * PAD
    for i in range(1, touched[0] + 1):
        u = touched[i]
        time = nodes[u].time
        nodes[u].time = _INF
        if u < cells and time <= cut_off_s:
            row = u // stride
            cell[n] = (row - PAD) * across + (u - row * stride) - PAD
            seconds[n] = time
            n += 1
    touched[0] = 0
    return cell[:n].copy(), seconds[:n].copy()


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
