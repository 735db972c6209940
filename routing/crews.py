"""A vehicle's crew on foot: where it is quicker than the vehicle, off the roads, it walks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.plan import Season
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.movers import halt_factor, wet_factor
from geo_poc.routing.slopes import tobler_factor
from geo_poc.routing.speeds import cell_speeds_kmh, default_terrain_kmh

if TYPE_CHECKING:
    from geo_poc.layers.rasters import LandCover


def crew_speeds_kmh(
    vehicle: Vehicle,
    crew: Foot,
    grid: Grid,
    land_cover: LandCover | None,
    *,
    season: Season,
    elevation_m: NDArray[np.float32] | None = None,
) -> tuple[NDArray[np.float64], float]:
    """Speed of a vehicle's crew on foot over each cell, and over ground of unknown land cover, in km/h.

    Walking pace of the ground in the season. On a slope it is that of the steepest slope from the cell
    to the 8 around it, climbed, so that it is never too quick. A crew that halts longer on foot than
    the vehicle does is slower by that.

    Parameters
    ----------
    vehicle : Vehicle
    crew : Foot
    grid : Grid
    land_cover : LandCover or None
    season : str
        ``dry`` or ``wet``.
    elevation_m : float32 array (rows, cols), optional
        nan, and so level, where it is not known.

    Returns
    -------
    float64 array (rows, cols), float
        0 where the season's factor on foot is not known: then nobody says that walking is quicker.

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> movers, grid = known_movers(), Grid(
    ...     rows=1, cols=2, cell_size_m=100.0, left_m=0.0, top_m=0.0, crs="EPSG:32636"
    ... )
    >>> both = movers["wheeled_patrol"], movers["foot_patrol"]
    >>> crew_speeds_kmh(*both, grid, None, season="dry")[0].tolist()
    [[3.0, 3.0]]
    >>> crew_speeds_kmh(*both, grid, None, season="wet")[0].tolist()
    [[0.0, 0.0]]
    """
    if np.isnan(wet_factor(crew, season)):
        return np.zeros(grid.shape), 0.0
    halts = min(1.0, halt_factor(vehicle) / halt_factor(crew))
    cells_kmh = halts * cell_speeds_kmh(crew, grid, land_cover, season=season)
    if elevation_m is not None:
        cells_kmh = cells_kmh / tobler_factor(_steepest(elevation_m, grid.cell_size_m))
    return cells_kmh, halts * default_terrain_kmh(crew, season=season)


def _steepest(elevation_m: NDArray[np.float32], cell_size_m: float) -> NDArray[np.float64]:
    """Largest difference of height to the 8 cells around over one cell: no move out of it is steeper."""
    rows, cols = elevation_m.shape
    padded = np.pad(elevation_m.astype(np.float64), 1, constant_values=np.nan)
    around = [padded[r : r + rows, c : c + cols] for r in range(3) for c in range(3)]
    differences = [np.nan_to_num(np.abs(other - around[4])) for other in around]
    return np.asarray(np.maximum.reduce(differences) / cell_size_m)
