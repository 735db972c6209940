"""Response times of every mover of a plan under every set of conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.errors import CrsError, Fault, GridError
from geo_poc.plan import ALL_CONDITIONS, Conditions, Ferries, Light, PlanFile, Season
from geo_poc.routing.air import AirFlights, air_flights, air_reach
from geo_poc.routing.airspace import Airspace
from geo_poc.routing.cases import case_of, place_times, travel_time
from geo_poc.routing.catalogue import Aircraft, Foot, Mover, Vehicle
from geo_poc.routing.closures import closed_table, restricted_ground
from geo_poc.routing.ground import Ground, points_m
from geo_poc.routing.landing import Landing, landing_cells
from geo_poc.routing.movers import (
    crew_of,
    fixed_share,
    movers_of,
    night_factor,
    notice_s,
    wet_factor,
)
from geo_poc.routing.network import is_ferry
from geo_poc.routing.reach import Reach, ground_reaches
from geo_poc.routing.refuelling import fuel_at
from geo_poc.routing.restrictions import Restrictions, caveats_of, restrictions_on
from geo_poc.routing.seasons import SeasonPace, season_paces
from geo_poc.routing.stages import Stage, soonest, stages
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
    airfields: gpd.GeoDataFrame | None = None,
    land_cover: LandCover | None = None,
    elevation_m: NDArray[np.float32] | None = None,
    progress: Progress | None = None,
) -> tuple[TravelTime, ...]:
    """Time from the alert to the arrival of each mover from each base at each place and cell.

    On the ground: quickest way over roads and open country together (`geo_poc.routing.ground`); in
    the air: round no-fly areas and within the range, with a last leg on foot where landing is checked
    (`geo_poc.routing.air`). The season is in the speeds, light is a factor on the time under way; where
    a factor is unknown so is the time.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
    bases, places, roads, areas : GeoDataFrame
        With the columns of their layers, in the theatre's CRS. Of places only ``id`` is read.
    airfields : GeoDataFrame, optional
        With the columns of their layer.
    land_cover : LandCover, optional
        On the theatre's grid; without it all ground counts as shrub, and landing is not checked.
    elevation_m : float32 array (rows, cols), optional
        On the theatre's grid, nan unknown; without it all ground counts as level, and landing is not
        checked.
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
        If land cover or elevation lies on another grid.
    CrsError
        If a table is not in the theatre's CRS; all such tables are named.
    NetworkError
        If a closure in force closes nothing.
    """
    tables = {"bases": bases, "places": places, "roads": roads, "areas": areas}
    _require_crs(theatre, tables if airfields is None else {**tables, "airfields": airfields})
    _require_shape(theatre, elevation_m)
    movers = movers_of(plan)
    notices = [notice_s(plan, mover.key, bases) for mover in movers]
    restrictions = restrictions_on(areas, theatre.as_of)
    ground = restricted_ground(
        theatre=theatre,
        roads=roads,
        areas=areas,
        restrictions=restrictions,
        bases=bases.geometry,
        places=places.geometry,
    )
    closed_table(ground, areas, restrictions)
    scene = _Scene(
        theatre=theatre,
        bases=bases,
        places=places,
        roads=roads,
        areas=areas,
        airfields=airfields,
        land_cover=land_cover,
        elevation_m=elevation_m,
        restrictions=restrictions,
        ground=ground,
        walker=crew_of(movers),
        ferries=plan.ferries if is_ferry(roads).any() else None,
    )
    ids = tuple(bases["id"].astype(str)), tuple(places["id"].astype(str))
    times: list[TravelTime] = []
    for mover, notice in zip(movers, notices, strict=True):
        told = _of_mover(mover.key, progress)
        for conditions, reach, in_light in _reaches(scene, mover, np.isfinite(notice), told):
            case = case_of(mover, conditions, notice, plan.standard.cut_off)
            time = travel_time(reach, case, theatre=theatre, ids=ids)
            if in_light is not None:
                lit = Conditions(season=conditions.season, light="day")
                case = case_of(mover, lit, notice, plan.standard.cut_off)
                time = replace(time, in_light=place_times(in_light, case))
            times.append(time)
        told(1.0)
    return tuple(times)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Scene:
    """All that the movers of one plan have in common."""

    theatre: Theatre
    bases: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    airfields: gpd.GeoDataFrame | None
    land_cover: LandCover | None
    elevation_m: NDArray[np.float32] | None
    restrictions: Restrictions
    ground: Ground
    walker: Foot
    ferries: Ferries | None

    @property
    def nights_differ(self) -> bool:
        """Whether other ways are open by night than by day."""
        by_day_only = self.ferries is not None and not self.ferries.run_by("night")
        return bool(self.restrictions.at_night) or by_day_only

    @property
    def some_fixed(self) -> bool:
        """Whether there is anything on the way that light and halts do not lengthen."""
        limits = self.restrictions
        return bool(limits.approval_s or limits.clearing_s) or self.ferries is not None

    def stages(self, light: Light) -> tuple[Stage, ...]:
        """What is shut for whom by day or night, approval by approval."""
        bound = caveats_of(self.bases, self.areas, self.restrictions.caveats)
        return stages(self.restrictions, bound, light)

    def paces(
        self, mover: Vehicle | Foot, light: Light = "day", share: float = 1.0
    ) -> dict[Season, SeasonPace]:
        """Pace of a mover in each season, with the ferries of a day or night."""
        return season_paces(
            mover,
            self.theatre,
            self.roads,
            crew=self.walker,
            land_cover=self.land_cover,
            elevation_m=self.elevation_m,
            ferries=self.ferries,
            light=light,
            fixed_share=share,
        )


_Found = tuple[Conditions, Reach, Reach | None]
"""Reach under some conditions; and by day under the rules of the night, where those differ."""


def _reaches(
    scene: _Scene, mover: Mover, stationed: NDArray[np.bool_], told: Callable[[float], None]
) -> Iterator[_Found]:
    """Reach of a mover under each of the conditions, computed once where it is the same."""
    if isinstance(mover, Aircraft):
        yield from _by_air(scene, mover, stationed)
        return

    @cache
    def reaches(rules: Light, share: float) -> dict[Season, Reach]:
        return _on_ground(scene, mover, stationed, told, (rules, share))

    for conditions in ALL_CONDITIONS:
        rules: Light = conditions.light if scene.nights_differ else "day"
        shares = [
            fixed_share(mover, light) if scene.some_fixed else 1.0
            for light in (conditions.light, "day")
        ]
        in_light = reaches(rules, shares[1])[conditions.season] if rules == "night" else None
        yield conditions, reaches(rules, shares[0])[conditions.season], in_light


def _on_ground(
    scene: _Scene,
    mover: Vehicle | Foot,
    stationed: NDArray[np.bool_],
    told: Callable[[float], None],
    under: tuple[Light, float],
) -> dict[Season, Reach]:
    """Reach in each season under the rules of a day or night, with a share of what nothing lengthens."""
    rules, share = under
    paces, steps = scene.paces(mover, rules, share), scene.stages(rules)
    found = [
        ground_reaches(
            scene.ground,
            paces,
            theatre=scene.theatre,
            stationed=stationed,
            closures=step.closures,
            caveats=step.caveats,
            progress=told,
        )
        for step in steps
    ]
    delays_s = [step.delay_s for step in steps]
    return {season: soonest([each[season] for each in found], delays_s, share) for season in paces}


def _by_air(scene: _Scene, aircraft: Aircraft, stationed: NDArray[np.bool_]) -> Iterator[_Found]:
    """Reach by air under each of the conditions, which bear on landing and the last leg on foot."""
    cells = _landing_cells(scene, aircraft)

    @cache
    def flying(rules: Light) -> list[AirFlights]:
        return [_flights(scene, aircraft, step) for step in scene.stages(rules)]

    @lru_cache(maxsize=1)  # a reach holds every base and cell, and the next one seldom is the same
    def reach(rules: Light, season: Season, light: Light) -> Reach:
        steps = scene.stages(rules)
        landings: Sequence[Landing | None] = [None] * len(steps)
        if cells is not None:
            paces = scene.paces(scene.walker, rules)
            conditions = Conditions(season=season, light=light)
            landings = [
                _landing(scene, cells, paces, conditions, stationed, step) for step in steps
            ]
        found = [air_reach(*both) for both in zip(flying(rules), landings, strict=True)]
        return soonest(found, [step.delay_s for step in steps])

    walked: dict[Light, Light] = {"day": "day", "night": "day" if cells is None else "night"}
    for conditions in ALL_CONDITIONS:
        season: Season = "dry" if cells is None else conditions.season
        rules: Light = conditions.light if scene.nights_differ else "day"
        in_light = reach(rules, season, "day") if rules == "night" else None
        yield conditions, reach(rules, season, walked[conditions.light]), in_light


def _flights(scene: _Scene, aircraft: Aircraft, step: Stage) -> AirFlights:
    airspace = Airspace(
        areas=scene.areas,
        no_fly=scene.restrictions.no_fly,
        caveats=step.caveats,
        elevation_m=scene.elevation_m,
        closed=step.closures & scene.restrictions.no_landing,
    )
    return air_flights(
        aircraft,
        airspace,
        theatre=scene.theatre,
        bases=scene.bases.geometry,
        places=scene.places.geometry,
        fuel=fuel_at(scene.bases, scene.airfields),
    )


def _landing_cells(scene: _Scene, aircraft: Aircraft) -> NDArray[np.bool_] | None:
    fields = gpd.GeoSeries([]) if scene.airfields is None else scene.airfields.geometry
    with_aviation = scene.bases.geometry[fuel_at(scene.bases).bases]
    return landing_cells(
        aircraft,
        scene.theatre.grid,
        elevation_m=scene.elevation_m,
        land_cover=scene.land_cover,
        sites=np.concatenate([points_m(fields), points_m(with_aviation)]),
        zones=scene.areas.geometry.iloc[scene.restrictions.landing_zones],
    )


def _landing(
    scene: _Scene,
    cells: NDArray[np.bool_],
    paces: Mapping[Season, SeasonPace],
    conditions: Conditions,
    stationed: NDArray[np.bool_],
    step: Stage,
) -> Landing:
    """Where the aircraft lands, and the walk from there; its factor is unknown where the rains' is."""
    known = not np.isnan(wet_factor(scene.walker, conditions.season))
    return Landing(
        cells=cells,
        ground=scene.ground,
        pace=paces[conditions.season].as_is,
        factor=night_factor(scene.walker, conditions.light) if known else np.nan,
        closures=step.closures,
        caveats=step.caveats,
        stationed=stationed,
    )


def _of_mover(key: str, progress: Progress | None) -> Callable[[float], None]:
    return lambda share: None if progress is None else progress(f"travel time: {key}", share)


def _require_crs(theatre: Theatre, tables: Mapping[str, gpd.GeoDataFrame]) -> None:
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


def _require_shape(theatre: Theatre, elevation_m: NDArray[np.float32] | None) -> None:
    if elevation_m is not None and elevation_m.shape != theatre.grid.shape:
        raise GridError(
            Fault(
                where="elevation",
                found=f"{elevation_m.shape} cells",
                rule=f"must be on the theatre's grid of {theatre.grid.shape} cells",
                repair="read it with geo_poc.layers.rasters.read_elevation",
            )
        )
