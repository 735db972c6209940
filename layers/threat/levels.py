"""Threat levels of cells and places, relative to the theatre."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.threat.surface import Threat
from geo_poc.theatre import Theatre

LEVEL_SHARES = {5: 0.05, 4: 0.10, 3: 0.20, 2: 0.40, 1: 1.0}


def threat_levels(threat: Threat, *, theatre: Theatre) -> NDArray[np.int8]:
    """Level of each cell, shape (rows, cols): 5 very high to 1 very low, 0 no reports, -1 outside.

    Levels are relative to the theatre: 5 is the top 5 % of its area by expected incidents, 4 the
    next 5 %, 3 the next 10 %, 2 the next 20 %, 1 the rest. Cells that tie share one level, the one
    in which the middle of their group falls. 0 means that nothing was reported nearby: unknown, not
    safe.

    Raises
    ------
    GridError
        If the threat lies on another grid than the theatre's.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> import shapely
    >>> grid = Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636")
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4), grid=grid,
    ...     marking="UNCLASSIFIED",
    ... )
    >>> threat = Threat(
    ...     grid=grid, expected=np.array([[0.3, 0.1, 0.0]], dtype=np.float32), as_of=theatre.as_of,
    ...     horizon_days=30, method="", incidents_used=1, newest=None,
    ... )
    >>> threat_levels(threat, theatre=theatre).tolist()
    [[3, 1, 0]]
    """
    theatre.grid.require_same(threat.grid, where="threat")
    inside = theatre.inside
    known = inside & np.isfinite(threat.expected)
    reported = known & (threat.expected > 0) if threat.reported is None else known & threat.reported
    level = np.where(inside, 0, -1).astype(np.int8)
    values = np.where(known, threat.expected, -np.inf)[inside]
    level[inside] = _rank_levels(values)
    level[inside & ~reported] = 0
    return level


def levels_at(
    level: NDArray[np.int8],
    grid: Grid,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
) -> NDArray[np.int8]:
    """Level at each point, shape (n,); -1 outside.

    A point at the border whose own cell is outside takes the nearest of the eight cells around it
    that is not.

    Examples
    --------
    >>> grid = Grid(rows=1, cols=2, cell_size_m=1000.0, left_m=0.0, top_m=1000.0, crs="EPSG:32636")
    >>> level = np.array([[5, 0]], dtype=np.int8)
    >>> levels_at(level, grid, np.array([10.0, 1990.0, -10.0]), np.full(3, 500.0)).tolist()
    [5, 0, -1]
    """
    cell = nearest_inside(level >= 0, grid, x_m, y_m)
    return np.where(cell >= 0, level.ravel()[cell], -1).astype(np.int8)


def _rank_levels(values: NDArray[np.float64]) -> NDArray[np.int8]:
    rising = np.sort(values)
    below = np.searchsorted(rising, values, side="left")
    not_above = np.searchsorted(rising, values, side="right")
    middle = (2 * values.size - below - not_above) / (2 * values.size)
    return 5 - np.searchsorted(np.array(list(LEVEL_SHARES.values())), middle).astype(np.int8)
