"""Who lives under which threat, and what is to be expected near a place."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import Fault, GridError
from geo_poc.grid import Grid
from geo_poc.layers.fit import require_shape
from geo_poc.layers.threat.surface import Threat

EXPOSURE_COLUMNS = ("level", "area_km2", "people", "unknown_share")
LEVELS = (5, 4, 3, 2, 1, 0)
_ROUNDING = 1e-12


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
    if not radius_m > 0:
        raise GridError(
            Fault(
                where="expected_near: radius_m",
                found=f"{radius_m}",
                rule="must be above 0",
                repair="give the distance in metres, for example 10_000",
            )
        )
    points = zip(np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float), strict=True)
    return np.array([_expected_in_circle(threat, x, y, radius_m) for x, y in points], dtype=float)


def _expected_in_circle(threat: Threat, x_m: float, y_m: float, radius_m: float) -> float:
    grid = threat.grid
    if not (np.isfinite(x_m) and np.isfinite(y_m)):
        return float("nan")
    size = grid.cell_size_m
    left, right = (
        int(np.clip(np.floor((x_m + d - grid.left_m) / size), 0, grid.cols - 1))
        for d in (-radius_m, radius_m)
    )
    top, bottom = (
        int(np.clip(np.floor((grid.top_m - y_m + d) / size), 0, grid.rows - 1))
        for d in (-radius_m, radius_m)
    )
    x_edge = np.asarray(grid.left_m + np.arange(left, right + 2.0) * size - x_m)
    y_edge = np.asarray(grid.top_m - np.arange(top, bottom + 2.0) * size - y_m)
    corner = area_left_below(x_edge[None, :], y_edge[:, None], radius_m)
    area_m2 = corner[:-1, 1:] - corner[1:, 1:] - corner[:-1, :-1] + corner[1:, :-1]
    density = threat.expected[top : bottom + 1, left : right + 1].astype(np.float64)
    counted = np.isfinite(density) & (area_m2 > _ROUNDING * radius_m**2)
    expected = (density * area_m2)[counted].sum() / 1e6
    return float(expected) if counted.any() else float("nan")


def area_left_below(
    x_m: NDArray[np.float64], y_m: NDArray[np.float64], radius_m: float
) -> NDArray[np.float64]:
    """Area in m2 of the part of a circle around 0, 0 that is left of x and below y.

    With half height ``h(t) = sqrt(r**2 - t**2)`` and ``a = sqrt(r**2 - y**2)`` the line y cuts the
    circle where ``|t| < a``: there the height below it is ``y + h(t)``, elsewhere ``2 h(t)`` for a
    y above 0 and nothing for one below. The area of any rectangle in the circle follows from its
    four corners.

    Examples
    --------
    >>> float(area_left_below(np.array(0.0), np.array(9.0), 1.0)) * 2 / np.pi
    1.0
    """
    x, y = (np.clip(v, -radius_m, radius_m) for v in np.broadcast_arrays(x_m, y_m))
    half_chord = np.sqrt(radius_m**2 - y**2)
    x_cut = np.clip(x, -half_chord, half_chord)
    start_cut = _below_arc(-half_chord, radius_m)
    cut = y * (x_cut + half_chord) + _below_arc(x_cut, radius_m) - start_cut
    beside = (
        _below_arc(x, radius_m)
        - _below_arc(np.asarray(-radius_m), radius_m)
        - (_below_arc(x_cut, radius_m) - start_cut)
    )
    return np.asarray(cut + np.where(y > 0, 2 * beside, 0.0))


def _below_arc(x_m: NDArray[np.float64], radius_m: float) -> NDArray[np.float64]:
    """Integral of ``sqrt(r**2 - t**2)`` from 0 to x."""
    ratio = np.clip(x_m / radius_m, -1.0, 1.0)
    return np.asarray(radius_m**2 / 2 * (ratio * np.sqrt(1 - ratio**2) + np.arcsin(ratio)))
