"""Who lives under which threat, and what is to be expected near a place."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.layers.circles import circle_areas
from geo_poc.layers.fit import require_shape
from geo_poc.layers.threat.surface import Threat

EXPOSURE_COLUMNS = ("level", "area_km2", "people", "unknown_share")
LEVELS = (5, 4, 3, 2, 1, 0)


def people_within(people: NDArray[np.floating], mask: NDArray[np.bool_]) -> tuple[float, int]:
    """People known to live in the cells of a mask, and in how many of those cells it is unknown.

    Parameters
    ----------
    people : array (rows, cols)
        Residents per cell; ``nan`` unknown.
    mask : bool array (rows, cols)

    Returns
    -------
    known_sum : float
        ``nan`` if no cell's number is known, 0 for an empty mask.
    unknown_cells : int

    Raises
    ------
    GridError
        If the two differ in shape.

    Examples
    --------
    >>> people_within(np.array([[10.0, np.nan, 5.0]]), np.array([[True, True, False]]))
    (10.0, 1)
    """
    require_shape(people, mask.shape, where="people")
    chosen = people[mask].astype(np.float64)
    unknown = int(np.isnan(chosen).sum())
    none_known = unknown == chosen.size > 0
    return (float("nan") if none_known else float(np.nansum(chosen))), unknown


def exposed(
    people: NDArray[np.floating] | None, threat: Threat, level: NDArray[np.int8]
) -> pd.DataFrame:
    """Area and people at each threat level, worst first.

    Parameters
    ----------
    people : array (rows, cols), optional
        Residents per cell; ``nan`` unknown. Without it all are unknown.
    threat : Threat
        Gives the grid.
    level : int8 array (rows, cols)
        From `geo_poc.layers.threat.threat_levels`.

    Returns
    -------
    DataFrame
        Columns ``level, area_km2, people, unknown_share``, one row for each of levels 5 to 0.
        ``people`` is ``nan`` where no cell's number is known. ``unknown_share`` is the share of the
        level's area without a number of people, ``nan`` where the level has no area.

    Raises
    ------
    GridError
        If a shape differs from the threat's grid.

    Examples
    --------
    >>> import datetime as dt
    >>> grid = Grid(rows=1, cols=2, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636")
    >>> threat = Threat(
    ...     grid=grid, expected=np.array([[0.5, 0.1]], dtype=np.float32),
    ...     as_of=dt.date(2021, 1, 1), horizon_days=30, method="", incidents_used=1, newest=None,
    ... )
    >>> level = np.array([[5, 1]], dtype=np.int8)
    >>> exposed(np.array([[200.0, np.nan]]), threat, level).iloc[[0, 4]]
       level  area_km2  people  unknown_share
    0      5     100.0   200.0            0.0
    4      1     100.0     NaN            1.0
    """
    residents = np.full(threat.grid.shape, np.nan) if people is None else people
    require_shape(level, threat.grid.shape, where="threat levels")
    require_shape(residents, threat.grid.shape, where="people")
    rows = []
    for number in LEVELS:
        mask = level == number
        cells = int(mask.sum())
        known, unknown = people_within(residents, mask)
        share = unknown / cells if cells else float("nan")
        rows.append((number, cells * threat.grid.cell_area_km2, known, share))
    return pd.DataFrame(rows, columns=list(EXPOSURE_COLUMNS))


def expected_near(
    threat: Threat,
    grid: Grid,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    radius_m: float,
) -> NDArray[np.float64]:
    """Incidents expected in 30 days within a distance of each point, shape (n,).

    The sum over the cells of expected incidents per km2 times the area that the cell has in common
    with the circle, exactly. So a uniform field of e gives ``e * pi * radius**2`` wherever the point
    lies in its cell. Only the part of the circle in the area counts; ``nan`` if none of it is there or
    the threat is unknown.

    Parameters
    ----------
    threat : Threat
    grid : Grid
        Of the points; must be the threat's.
    x_m, y_m : arrays (n,)
        In metres of the grid's CRS.
    radius_m : float
        Above 0.

    Raises
    ------
    GridError
        If the grid is not the threat's, or the radius not above 0.

    Examples
    --------
    >>> import datetime as dt
    >>> grid = Grid(rows=1, cols=2, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636")
    >>> threat = Threat(
    ...     grid=grid, expected=np.array([[0.5, 0.1]], dtype=np.float32),
    ...     as_of=dt.date(2021, 1, 1), horizon_days=30, method="", incidents_used=1, newest=None,
    ... )
    >>> x_m, y_m = np.array([5_000.0]), np.array([5_000.0])
    >>> round(float(expected_near(threat, grid, x_m, y_m, 1_000.0)[0]), 4)  # 0.5 * pi * 1 km2
    1.5708
    """
    grid.require_same(threat.grid, where="threat")
    areas = circle_areas(grid, x_m, y_m, radius_m=radius_m)
    expected = threat.expected.ravel().astype(np.float64)
    known = np.isfinite(expected)
    in_area = areas @ known.astype(np.float64) > 0
    return np.where(in_area, areas @ np.where(known, expected, 0.0), np.nan)
