"""How fast a mover is on each road and over each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import ConfigError
from geo_poc.grid import Grid
from geo_poc.routing.catalogue import (
    DEFAULT_TERRAIN,
    IMPASSABLE_TERRAIN,
    Foot,
    Vehicle,
    slowest_road,
)
from geo_poc.routing.movers import no_such

if TYPE_CHECKING:
    from geo_poc.layers.rasters import LandCover

NOT_USABLE = ("construction", "proposed", "ferry")
NOT_DRIVEN = ("footway", "steps", "cycleway", "pedestrian", "bridleway", "corridor")
_WATER = ("seasonal_water", "wetland")


def road_speeds_kmh(mover: Vehicle | Foot, roads: pd.DataFrame) -> NDArray[np.float64]:
    """Speed on each road in km/h; 0 on a road that the mover cannot use.

    A vehicle drives at the road file's speed; without one, at the speed of the road class, not above
    the cap of the surface; on a road of unknown class, at the slowest sourced speed; never above its
    own cap. Classes ``construction`` and ``proposed`` are nobody's, footways and steps no vehicle's; a
    ferry carries nobody, because its hours and load are unknown.

    Parameters
    ----------
    mover : Vehicle or Foot
    roads : DataFrame
        Columns ``road_class, surface, speed_kmh`` (nan unknown).

    Returns
    -------
    float64 array (roads,)

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> roads = pd.DataFrame({
    ...     "road_class": ["primary", "primary_link", "", "primary"],
    ...     "surface": ["", "dirt", "", "dirt"],
    ...     "speed_kmh": [np.nan, np.nan, np.nan, 48.0],
    ... })
    >>> road_speeds_kmh(known_movers()["wheeled_patrol"], roads).tolist()
    [65.0, 30.0, 10.0, 48.0]
    """
    road_class = roads["road_class"].astype(str).str.removesuffix("_link")
    if isinstance(mover, Foot):
        return np.where(road_class.isin(NOT_USABLE), 0.0, mover.road_kmh.value)
    by_class = {name: figure.value for name, figure in mover.road_kmh.items()}
    caps = {name: figure.value for name, figure in mover.surface_cap_kmh.items()}
    of_class = road_class.map(by_class).fillna(slowest_road(mover).value).to_numpy(np.float64)
    cap = roads["surface"].astype(str).map(caps).to_numpy(np.float64)
    published = roads["speed_kmh"].to_numpy(np.float64)
    speed = np.where(published > 0, published, np.fmin(of_class, cap))
    if mover.road_cap_kmh is not None:
        speed = np.minimum(speed, mover.road_cap_kmh.value)
    return np.where(road_class.isin(NOT_USABLE + NOT_DRIVEN), 0.0, speed)


def default_terrain_kmh(mover: Vehicle | Foot) -> float:
    """Speed over ground of unknown land cover."""
    return _terrain_speed_kmh(mover, DEFAULT_TERRAIN)


def cell_speeds_kmh(
    mover: Vehicle | Foot, grid: Grid, land_cover: LandCover | None
) -> NDArray[np.float64]:
    """Speed over each cell in km/h, off any road; 0 on permanent water.

    Walking pace by land cover; a vehicle's own pace where the plan gives it, but in wetland and
    seasonal water never above the walking pace. Unknown land cover counts as shrub.

    Parameters
    ----------
    mover : Vehicle or Foot
    grid : Grid
    land_cover : LandCover or None

    Returns
    -------
    float64 array (rows, cols)

    Raises
    ------
    GridError
        If the land cover lies on another grid.
    ConfigError
        If a class of land cover has no pace; all such classes are named.

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> grid = Grid(rows=1, cols=2, cell_size_m=1000.0, left_m=0.0, top_m=0.0, crs="EPSG:32636")
    >>> cell_speeds_kmh(known_movers()["foot_patrol"], grid, None).tolist()
    [[3.0, 3.0]]
    """
    default = default_terrain_kmh(mover)
    if land_cover is None:
        return np.full(grid.shape, default)
    grid.require_same(land_cover.grid, where="land cover")
    known = {*mover.terrain_kmh, IMPASSABLE_TERRAIN}
    faults = [
        no_such("land cover: classes", name, "class of land cover with a pace", known)
        for name in land_cover.names
        if name not in known
    ]
    if faults:
        raise ConfigError(faults)
    speeds = np.array([*(_terrain_speed_kmh(mover, name) for name in land_cover.names), default])
    return speeds[land_cover.codes]


def _terrain_speed_kmh(mover: Vehicle | Foot, name: str) -> float:
    if name == IMPASSABLE_TERRAIN:
        return 0.0
    walking = mover.terrain_kmh[name].value
    if isinstance(mover, Foot) or mover.off_road_kmh is None:
        return walking
    own = mover.off_road_kmh.value
    return min(own, walking) if name in _WATER else own
