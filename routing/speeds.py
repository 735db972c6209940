"""How fast a mover is on each road and over each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import ConfigError
from geo_poc.grid import Grid
from geo_poc.plan import Ferries, Season
from geo_poc.routing.catalogue import (
    DEFAULT_TERRAIN,
    IMPASSABLE_TERRAIN,
    Figures,
    Foot,
    Vehicle,
    slowest_road,
)
from geo_poc.routing.movers import no_such, wet_factor
from geo_poc.routing.network import FERRIES

if TYPE_CHECKING:
    from geo_poc.layers.rasters import LandCover

NOT_USABLE = ("construction", "proposed", "no_ferry", *FERRIES)
NOT_DRIVEN = ("footway", "steps", "cycleway", "pedestrian", "bridleway", "corridor")
_WATER = ("seasonal_water", "wetland")


def road_speeds_kmh(
    mover: Vehicle | Foot,
    roads: pd.DataFrame,
    *,
    season: Season,
    ferries: Ferries | None = None,
) -> NDArray[np.float64]:
    """Speed on each road in km/h in a season; 0 on a road that the mover cannot use.

    A vehicle drives at the road file's speed; without one, at the speed of the road class, on a road of
    unknown class at the slowest sourced speed, but not above the caps of surface, tracktype and
    smoothness; never above its own cap. Of several words (``grade3;grade5``) the lowest cap counts; a
    cap of 0 holds against the file's speed too. Classes ``construction`` and ``proposed`` are nobody's,
    footways and steps no vehicle's, a path only where the file gives its speed. A ferry carries nobody
    without the plan's ``ferries``; with them it runs at its own speed, else at theirs, which is not the
    mover's and which the rains do not slow.

    In the wet season nobody uses a road in the state ``closed``; on an ``open`` one the speed is that
    of the dry season; on one that is ``difficult`` or of unknown state, it is that divided by the
    mover's wet factor. Where the factor is unknown it is the dry speed, and the time unknown.

    Parameters
    ----------
    mover : Vehicle or Foot
    roads : DataFrame
        Columns ``road_class, surface, speed_kmh`` (nan unknown); ``tracktype, smoothness, wet_state``
        where they are known.
    season : str
        ``dry`` or ``wet``.
    ferries : Ferries, optional
        Where they run.

    Returns
    -------
    float64 array (roads,)

    Examples
    --------
    >>> from geo_poc.routing.catalogue import known_movers
    >>> roads = pd.DataFrame({
    ...     "road_class": ["primary", "primary_link", "", "primary"],
    ...     "surface": ["", "dirt", "", "dirt"],
    ...     "smoothness": ["", "very_bad", "", ""],
    ...     "wet_state": ["open", "difficult", "closed", ""],
    ...     "speed_kmh": [np.nan, np.nan, np.nan, 48.0],
    ... })
    >>> truck = known_movers()["wheeled_patrol"]
    >>> road_speeds_kmh(truck, roads, season="dry").tolist()
    [65.0, 15.0, 10.0, 48.0]
    >>> road_speeds_kmh(truck, roads, season="wet").tolist()
    [65.0, 5.0, 0.0, 16.0]
    """
    road_class = roads["road_class"].astype(str).str.removesuffix("_link")
    if isinstance(mover, Foot):
        dry_kmh = np.where(road_class.isin(NOT_USABLE), 0.0, mover.road_kmh.value)
    else:
        driven_kmh = _driven_kmh(mover, road_class, roads)
        # Cars are kept off most paths, and a way that ends at one is not to be promised.
        unsure = (road_class == "path") & ~(roads["speed_kmh"] > 0)
        dry_kmh = np.where(road_class.isin(NOT_USABLE + NOT_DRIVEN) | unsure, 0.0, driven_kmh)
    ferry_kmh = _ferries_kmh(mover, road_class, roads, ferries)
    if season == "dry":
        return np.fmax(dry_kmh, ferry_kmh)
    state = _words(roads, "wet_state")
    wet_kmh = np.where(state == "open", dry_kmh, dry_kmh / _slowing(mover, season))
    return np.where(state == "closed", 0.0, np.fmax(wet_kmh, ferry_kmh))


def _ferries_kmh(
    mover: Vehicle | Foot, road_class: pd.Series, roads: pd.DataFrame, ferries: Ferries | None
) -> NDArray[np.float64]:
    """Speed of the ferries that carry a mover; 0 of all other roads, and of ferries of unknown speed."""
    if ferries is None:
        return np.zeros(len(roads))
    carrying = road_class.isin(
        ("ferry", f"{'foot' if isinstance(mover, Foot) else 'vehicle'}_ferry")
    )
    published = roads["speed_kmh"].to_numpy(np.float64)
    speed_kmh = np.where(published > 0, published, ferries.speed_kmh or 0.0)
    return np.where(carrying, speed_kmh, 0.0)


def _driven_kmh(
    vehicle: Vehicle, road_class: pd.Series, roads: pd.DataFrame
) -> NDArray[np.float64]:
    """Dry speed of a vehicle, whatever the road class says on who may drive there."""
    by_class = {name: figure.value for name, figure in vehicle.road_kmh.items()}
    of_class = road_class.map(by_class).fillna(slowest_road(vehicle).value).to_numpy(np.float64)
    cap = np.minimum.reduce(
        [
            _caps_kmh(_words(roads, "surface"), vehicle.surface_cap_kmh),
            _caps_kmh(_words(roads, "tracktype"), vehicle.tracktype_cap_kmh),
            _caps_kmh(_words(roads, "smoothness"), vehicle.smoothness_cap_kmh),
        ]
    )
    published = roads["speed_kmh"].to_numpy(np.float64)
    speed = np.where((published > 0) & (cap > 0), published, np.minimum(of_class, cap))
    own_cap = np.inf if vehicle.road_cap_kmh is None else vehicle.road_cap_kmh.value
    return np.minimum(speed, own_cap)


def _words(roads: pd.DataFrame, column: str) -> pd.Series:
    """Words of a column in lower case; ``""`` on every road where the table has no such column."""
    if column not in roads:
        return pd.Series("", index=roads.index, dtype=object)
    return roads[column].astype(str).str.lower()


def _caps_kmh(words: pd.Series, caps: Figures) -> NDArray[np.float64]:
    """Lowest cap of the words of each road; inf where none of them has one."""
    lowest = {
        text: min((caps[word].value for word in _parts(text) if word in caps), default=np.inf)
        for text in words.unique()
    }
    return words.map(lowest).to_numpy(np.float64)


def _parts(text: str) -> list[str]:
    return [word.strip() for word in text.split(";")]


def _slowing(mover: Vehicle | Foot, season: Season) -> float:
    """Dry speed / speed in a season where nothing better is known; 1 where it is not known."""
    factor = wet_factor(mover, season)
    return 1.0 if np.isnan(factor) else factor


def default_terrain_kmh(mover: Vehicle | Foot, *, season: Season) -> float:
    """Speed over ground of unknown land cover in a season."""
    return _terrain_speed_kmh(mover, DEFAULT_TERRAIN) / _slowing(mover, season)


def cell_speeds_kmh(
    mover: Vehicle | Foot, grid: Grid, land_cover: LandCover | None, *, season: Season
) -> NDArray[np.float64]:
    """Speed over each cell in km/h in a season, off any road; 0 on permanent water.

    Walking pace by land cover; a vehicle's own pace where the plan gives it, but in wetland and
    seasonal water never above the walking pace. Unknown land cover counts as shrub. In the wet season
    all of it divided by the mover's wet factor; where that is unknown, as in the dry.

    Parameters
    ----------
    mover : Vehicle or Foot
    grid : Grid
    land_cover : LandCover or None
    season : str
        ``dry`` or ``wet``.

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
    >>> cell_speeds_kmh(known_movers()["foot_patrol"], grid, None, season="dry").tolist()
    [[3.0, 3.0]]
    >>> cell_speeds_kmh(known_movers()["wheeled_patrol"], grid, None, season="wet").tolist()
    [[1.0, 1.0]]
    """
    default = default_terrain_kmh(mover, season=season)
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
    dry_kmh = np.array([_terrain_speed_kmh(mover, name) for name in land_cover.names])
    return np.append(dry_kmh / _slowing(mover, season), default)[land_cover.codes]


def _terrain_speed_kmh(mover: Vehicle | Foot, name: str) -> float:
    if name == IMPASSABLE_TERRAIN:
        return 0.0
    walking = mover.terrain_kmh[name].value
    if isinstance(mover, Foot) or mover.off_road_kmh is None:
        return walking
    own = mover.off_road_kmh.value
    return min(own, walking) if name in _WATER else own
