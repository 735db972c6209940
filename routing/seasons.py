"""One mover's pace in the dry and the wet season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import SEASONS, Ferries, Light, Season
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.crews import crew_speeds_kmh
from geo_poc.routing.pace import Pace
from geo_poc.routing.slopes import slope_table
from geo_poc.routing.speeds import cell_speeds_kmh, default_terrain_kmh, road_speeds_kmh
from geo_poc.theatre import Theatre

if TYPE_CHECKING:
    from geo_poc.layers.rasters import LandCover


@dataclass(frozen=True, kw_only=True, eq=False)
class SeasonPace:
    """One mover's pace in a season, and as it would be if season and night closed no road or ferry."""

    as_is: Pace
    opened: Pace

    def same(self, other: SeasonPace) -> bool:
        """Whether all speeds are those of the other."""
        return all(
            np.array_equal(a.cells_kmh, b.cells_kmh) and np.array_equal(a.roads_kmh, b.roads_kmh)
            for a, b in ((self.as_is, other.as_is), (self.opened, other.opened))
        )


def season_paces(
    mover: Vehicle | Foot,
    theatre: Theatre,
    roads: gpd.GeoDataFrame,
    *,
    crew: Foot | None = None,
    land_cover: LandCover | None = None,
    elevation_m: NDArray[np.float32] | None = None,
    ferries: Ferries | None = None,
    light: Light = "day",
    fixed_share: float = 1.0,
) -> dict[Season, SeasonPace]:
    """A mover's pace in each season, and as it would be if the rains closed no road.

    Parameters
    ----------
    mover : Vehicle or Foot
    theatre : Theatre
    roads : GeoDataFrame
    crew : Foot, optional
        Who walks where a vehicle is slower off the roads than people on foot.
    land_cover : LandCover, optional
    elevation_m : float32 array (rows, cols), optional
    ferries : Ferries, optional
        Without them nobody uses a ferry.
    light : "day" or "night"
        By night only ferries that are known to run then are used.
    fixed_share : float
        As of `geo_poc.routing.pace.Pace`.

    Returns
    -------
    dict of season to SeasonPace
    """
    passable = roads
    if "wet_state" in roads and (roads["wet_state"] == "closed").any():
        passable = roads.assign(wet_state=roads["wet_state"].replace("closed", "difficult"))

    running = ferries if ferries is not None and ferries.run_by(light) else None

    def pace(season: Season, table: gpd.GeoDataFrame, run: Ferries | None) -> Pace:
        limit = mover.off_road_limit_km
        cells_kmh = cell_speeds_kmh(mover, theatre.grid, land_cover, season=season)
        default_kmh = default_terrain_kmh(mover, season=season)
        if crew is not None and isinstance(mover, Vehicle):
            walked_kmh, walked_default_kmh = crew_speeds_kmh(
                mover, crew, theatre.grid, land_cover, season=season, elevation_m=elevation_m
            )
            cells_kmh = np.maximum(cells_kmh, walked_kmh)
            default_kmh = max(default_kmh, walked_default_kmh)
        return Pace(
            cells_kmh=cells_kmh,
            default_kmh=default_kmh,
            roads_kmh=road_speeds_kmh(mover, table, season=season, ferries=run),
            oneway=isinstance(mover, Vehicle),
            off_road_limit_m=np.inf if limit is None else limit.value * 1000,
            slope_factor=slope_table(mover),
            height_m=elevation_m,
            wait_s=0.0 if run is None else run.wait,
            fixed_share=fixed_share,
        )

    paces: dict[Season, SeasonPace] = {}
    for season in SEASONS:
        as_is = pace(season, roads, running)
        closing = (season == "wet" and passable is not roads) or running is not ferries
        opened = pace(season, passable, ferries) if closing else as_is
        paces[season] = SeasonPace(as_is=as_is, opened=opened)
    return paces
