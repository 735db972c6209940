"""Response times of every mover of a plan under every set of conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.errors import CrsError, Fault
from geo_poc.plan import ALL_CONDITIONS, SEASONS, PlanFile, Season
from geo_poc.routing.air import Airspace, air_reach
from geo_poc.routing.cases import case_of, travel_time
from geo_poc.routing.catalogue import Aircraft
from geo_poc.routing.closures import closed_table, restricted_ground
from geo_poc.routing.movers import movers_of, notice_s
from geo_poc.routing.reach import Reach, ground_reaches
from geo_poc.routing.restrictions import caveats_of, restrictions_on
from geo_poc.routing.seasons import season_paces
from geo_poc.routing.travel_time import TravelTime
from geo_poc.theatre import Theatre

if TYPE_CHECKING:
    from geo_poc.layers.rasters import LandCover

Progress = Callable[[str, float], None]


def response_times(
    *,
    theatre: Theatre,
    plan: PlanFile,
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    land_cover: LandCover | None = None,
    elevation_m: NDArray[np.float32] | None = None,
    progress: Progress | None = None,
) -> tuple[TravelTime, ...]:
    """Time from the alert to the arrival of each mover from each base at each place and cell.

    On the ground: quickest way over roads and open country together (`geo_poc.routing.ground`); in
    the air: straight there and back within the range (`geo_poc.routing.air`). The season is in the
    speeds, light is a factor on the time under way; where a factor is unknown so is the time.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
    bases, places, roads, areas : GeoDataFrame
        With the columns of their layers, in the theatre's CRS. Of places only ``id`` is read.
    land_cover : LandCover, optional
        On the theatre's grid; without it all ground counts as shrub.
    elevation_m : float32 array (rows, cols), optional
        Height of the cells; nan where it is not known. Without it all ground counts as flat.
    progress : callable, optional
        Called with a step such as ``travel time: mi8`` and the share of it that is done.

    Returns
    -------
    tuple of TravelTime
        Movers in the order of the plan's assets, each under `geo_poc.plan.ALL_CONDITIONS` in order.

    Raises
    ------
    ConfigError
        If the plan names a mover, figure or base that does not exist.
    GridError
        If the land cover lies on another grid.
    CrsError
        If a table is not in the theatre's CRS; all such tables are named.
    NetworkError
        If a closure in force closes nothing.
    """
    _require_crs(theatre, bases=bases, places=places, roads=roads, areas=areas)
    movers = movers_of(plan)
    notices = [notice_s(plan, mover.key, bases) for mover in movers]
    restrictions = restrictions_on(areas, theatre.as_of)
    caveats = caveats_of(bases, areas, restrictions.caveats)
    ground = restricted_ground(
        theatre=theatre,
        roads=roads,
        areas=areas,
        restrictions=restrictions,
        bases=bases.geometry,
        places=places.geometry,
    )
    closed_table(ground, areas, restrictions)
    airspace = Airspace(areas=areas, no_fly=restrictions.no_fly, caveats=caveats)
    ids = tuple(bases["id"].astype(str)), tuple(places["id"].astype(str))
    times: list[TravelTime] = []
    for mover, notice in zip(movers, notices, strict=True):
        if isinstance(mover, Aircraft):
            flown = air_reach(
                mover, airspace, theatre=theatre, bases=bases.geometry, places=places.geometry
            )
            reach: dict[Season, Reach] = dict.fromkeys(SEASONS, flown)
        else:
            reach = ground_reaches(
                ground,
                season_paces(mover, theatre, roads, land_cover=land_cover, elevation_m=elevation_m),
                theatre=theatre,
                stationed=np.isfinite(notice),
                closures=frozenset(restrictions.closures.tolist()),
                caveats=caveats,
                progress=_of_mover(mover.key, progress),
            )
        times += [
            travel_time(
                reach[conditions.season],
                case_of(mover, conditions, notice, plan.standard.cut_off),
                theatre=theatre,
                ids=ids,
            )
            for conditions in ALL_CONDITIONS
        ]
        _of_mover(mover.key, progress)(1.0)
    return tuple(times)


def _of_mover(key: str, progress: Progress | None) -> Callable[[float], None]:
    return lambda share: None if progress is None else progress(f"travel time: {key}", share)


def _require_crs(theatre: Theatre, **tables: gpd.GeoDataFrame) -> None:
    faults = [
        Fault(
            where=name,
            found="no CRS" if table.crs is None else table.crs.name,
            rule="must be in the theatre's own CRS",
            repair="reproject with .to_crs(theatre.grid.crs)",
        )
        for name, table in tables.items()
        if len(table) and (table.crs is None or table.crs != theatre.grid.crs)
    ]
    if faults:
        raise CrsError(faults)
