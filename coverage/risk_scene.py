"""What risk areas are found in: the cells of the highest level as areas that a presence could cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.coverage.patches import bearing_name, cell_mgrs, outline, patch_of_cell
from geo_poc.grid import Grid
from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.threat.draws import FIRM, Draws
from geo_poc.layers.threat.levels import threat_levels
from geo_poc.layers.threat.surface import Threat
from geo_poc.theatre import Theatre

LEVEL = 5
TOP_SHARE = 0.05
REACH_M = 25_000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessed:
    """What risk areas are made from, all on one grid and of one day.

    Parameters
    ----------
    theatre : Theatre
    threat : Threat
    before : Threat
        As it was at the last assessment.
    draws : Draws
    places : GeoDataFrame
        Camps and places, numbered from 0: ``id, layer, name, people, geometry``.
    people : array (rows, cols) or None
        Residents per cell, ``nan`` unknown.
    others : mapping of str to float array (cells,)
        Densities of other models over the area's cells.
    cell_class : str array (rows, cols) or None
        Class of protection of each cell; None where no plan is assessed.
    """

    theatre: Theatre
    threat: Threat
    before: Threat
    draws: Draws
    places: gpd.GeoDataFrame
    people: NDArray[np.floating] | None
    others: Mapping[str, NDArray[np.float64]]
    cell_class: NDArray[np.str_] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """What all areas share.

    Parameters
    ----------
    level, before_level : int8 array (rows, cols)
    expected : float array (rows, cols)
        Incidents expected in each cell within the horizon; 0 where unknown.
    inside : bool array (rows, cols)
    firm : bool array (cells,)
    tops : mapping of str to bool array (cells,)
        Cells in the top 5 % of the area, by the name of each other model.
    place_cell : int array (places,)
        Flat cell of each camp and place; -1 outside.
    """

    level: NDArray[np.int8]
    before_level: NDArray[np.int8]
    expected: NDArray[np.float64]
    inside: NDArray[np.bool_]
    firm: NDArray[np.bool_]
    tops: Mapping[str, NDArray[np.bool_]]
    place_cell: NDArray[np.int64]


def scene_of(assessed: Assessed) -> Scene:
    """Levels, expected incidents, firm cells, and the cell of each place."""
    theatre, points, inside = assessed.theatre, assessed.places.geometry, assessed.theatre.inside
    return Scene(
        level=threat_levels(assessed.threat, theatre=theatre),
        before_level=threat_levels(assessed.before, theatre=theatre),
        expected=np.nan_to_num(in_cells(assessed.threat)),
        inside=inside,
        firm=assessed.draws.firmness == FIRM,
        tops={name: in_top(density) for name, density in assessed.others.items()},
        place_cell=nearest_inside(inside, theatre.grid, points.x.to_numpy(), points.y.to_numpy()),
    )


def in_cells(threat: Threat) -> NDArray[np.float64]:
    """Incidents expected in each cell within the horizon, (rows, cols); ``nan`` unknown."""
    per_km2_30d = threat.expected.astype(np.float64)
    return np.asarray(per_km2_30d * threat.grid.cell_area_km2 * threat.horizon_days / 30.0)


def in_top(density: NDArray[np.float64], *, share: float = TOP_SHARE) -> NDArray[np.bool_]:
    """Cells that are wholly in the top share of the area by a density (cells,); ties beyond it are out.

    Examples
    --------
    >>> in_top(np.array([0.4, 0.3, 0.1, 0.1, 0.1]), share=0.6).tolist()
    [True, True, False, False, False]
    """
    rising = np.sort(density)
    not_below = density.size - np.searchsorted(rising, density, side="left")
    return np.asarray(not_below <= share * density.size)


def area_of_cell(
    mask: NDArray[np.bool_],
    expected: NDArray[np.float64],
    grid: Grid,
    *,
    reach_m: float = REACH_M,
) -> NDArray[np.int64]:
    """Number of the area of each cell of a mask, 0 for none; none reaches further from its highest cell.

    Cells with a gap of up to 10 km (at least two cells) between them are one patch. In a patch the cell
    where most is expected takes all within ``reach_m`` of it, then the one of the rest where most is
    expected takes those of the rest, and so on.

    Parameters
    ----------
    mask : bool array (rows, cols)
    expected : float array (rows, cols)
    grid : Grid
    reach_m : float

    Examples
    --------
    >>> grid = Grid(rows=1, cols=6, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636")
    >>> expected = np.array([[0.5, 0.9, 0.2, 0.1, 0.3, 0.0]])
    >>> area_of_cell(expected > 0, expected, grid).tolist()
    [[1, 1, 1, 1, 2, 0]]
    """
    patch = patch_of_cell(mask, np.zeros(mask.shape, np.int64), grid).ravel()
    x, y = (axis.ravel() for axis in grid.centres())
    numbers = np.zeros(patch.size, np.int64)
    for one in range(1, int(patch.max(initial=0)) + 1):
        cells = np.flatnonzero(patch == one)
        own = _taken(x[cells], y[cells], expected.ravel()[cells], reach_m)
        numbers[cells] = numbers.max() + 1 + own
    return numbers.reshape(mask.shape)


def _taken(
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    expected: NDArray[np.float64],
    reach_m: float,
) -> NDArray[np.int64]:
    """Number of the cell, in their order from 0, that takes each cell; of equal ones the first of the grid."""
    taken = np.full(x_m.size, -1, np.int64)
    number = 0
    for cell in np.argsort(-expected, kind="stable"):
        if taken[cell] < 0:
            near = np.hypot(x_m - x_m[cell], y_m - y_m[cell]) <= reach_m
            taken[near & (taken < 0)] = number
            number += 1
    return taken


def where(assessed: Assessed, scene: Scene, mask: NDArray[np.bool_]) -> dict[str, object]:
    """Name, grid reference, position, size and outline of an area, by its cell where most is expected.

    The name is that of the camp or place in it with most people, else the cell's bearing from the nearest.
    """
    theatre = assessed.theatre
    flat = int(np.where(mask, scene.expected, -1.0).argmax())
    row, col = divmod(flat, theatre.grid.cols)
    x, y = theatre.grid.centres()
    lon, lat = theatre.lonlat(x[row : row + 1, col], y[row : row + 1, col])
    sites = assessed.places[places_in(scene, mask)]
    name = (
        str(sites.loc[sites["people"].fillna(-1.0).idxmax(), "name"])
        if len(sites)
        else bearing_name(assessed.places, float(x[row, col]), float(y[row, col]))
    )
    mgrs = cell_mgrs(theatre, row, col)
    return {
        "name": name or mgrs,
        "mgrs": mgrs,
        "lon": round(float(lon[0]), 6),
        "lat": round(float(lat[0]), 6),
        "area_km2": float(mask.sum() * theatre.grid.cell_area_km2),
        "peak_cell": flat,
        "geometry": outline(theatre, mask),
    }


def places_in(scene: Scene, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Camps and places in an area, mask (places,)."""
    return np.asarray((scene.place_cell >= 0) & mask.ravel()[scene.place_cell])
