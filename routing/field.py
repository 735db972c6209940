"""The ground of a theatre with one mover's pace on it, as ways, critical roads and patrols take it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Light, PlanFile, Season
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.closures import closed_table, restricted_ground
from geo_poc.routing.ground import Ground
from geo_poc.routing.movers import (
    crew_of,
    fixed_share,
    halt_factor,
    movers_of,
    night_factor,
    notice_s,
)
from geo_poc.routing.pace import Pace
from geo_poc.routing.reach import astray
from geo_poc.routing.restrictions import Restrictions, caveats_of, restrictions_on
from geo_poc.routing.seasons import SeasonPace, season_paces
from geo_poc.routing.stages import Stage, stages
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.ways import quickest_times_s
from geo_poc.theatre import Theatre

if TYPE_CHECKING:
    from geo_poc.layers.rasters import LandCover


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables:
    """What lies in a theatre: layers in its CRS, and rasters on its grid."""

    bases: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    land_cover: LandCover | None = None
    elevation_m: NDArray[np.float32] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Field:
    """A ground with one mover's pace in a season by day or night, and what is shut on it for whom.

    Parameters
    ----------
    factor : float
        Times the seconds of the graphs it is the time under way; ``nan`` unknown.
    stages : tuple of Stage
        In order of the wait for approval.
    """

    theatre: Theatre
    ground: Ground
    pace: SeasonPace
    factor: float
    stationed: Sequence[int]
    stages: tuple[Stage, ...]
    made: dict[frozenset[int], TravelGraph] = dataclasses.field(default_factory=dict)

    def graph(self, base: int, stage: Stage) -> TravelGraph:
        """Seconds of those who leave a base in a stage; bases that keep out of the same areas share it."""
        shut = stage.closures | stage.caveats[base]
        if shut not in self.made:
            self.made[shut] = self.opened(shut, self.pace.as_is)
        return self.made[shut]

    def opened(self, shut: frozenset[int], pace: Pace) -> TravelGraph:
        """Seconds at a pace with some areas shut."""
        return travel_graph(self.ground, pace, shut, from_bases=self.stationed)


class HeldGround(NamedTuple):
    """The ground of a theatre on its day, what restricts movement on it, and the caveats that bind each base."""

    ground: Ground
    restrictions: Restrictions
    caveats: tuple[frozenset[int], ...]


def held_ground(theatre: Theatre, tables: Tables) -> HeldGround:
    """The ground of a theatre, cut as it is for responses.

    Parameters
    ----------
    theatre : Theatre
    tables : Tables
    """
    restrictions = restrictions_on(tables.areas, theatre.as_of)
    return HeldGround(
        ground=restricted_ground(
            theatre=theatre,
            roads=tables.roads,
            areas=tables.areas,
            restrictions=restrictions,
            bases=tables.bases.geometry,
            places=tables.places.geometry,
        ),
        restrictions=restrictions,
        caveats=caveats_of(tables.bases, tables.areas, restrictions.caveats),
    )


def mover_paces(
    mover: Vehicle | Foot,
    light: Light,
    *,
    theatre: Theatre,
    tables: Tables,
    plan: PlanFile | None,
) -> dict[Season, SeasonPace]:
    """A mover's pace in each season, with the plan's crews on foot and its ferries.

    Parameters
    ----------
    mover : Vehicle or Foot
        With the plan's figures, as `geo_poc.routing.movers.movers_of` gives it.
    light : "day" or "night"
    theatre : Theatre
    tables : Tables
    plan : PlanFile or None
        Without one the crew is that of the catalogue, and nobody uses a ferry.
    """
    return season_paces(
        mover,
        theatre,
        tables.roads,
        crew=crew_of(() if plan is None else movers_of(plan)),
        land_cover=tables.land_cover,
        elevation_m=tables.elevation_m,
        ferries=None if plan is None else plan.ferries,
        light=light,
        fixed_share=fixed_share(mover, light),
    )


def field_of(
    mover: Vehicle | Foot,
    season: Season,
    light: Light = "day",
    *,
    theatre: Theatre,
    plan: PlanFile,
    tables: Tables,
) -> Field:
    """The ground of a theatre with one mover's pace on it.

    Closures in force hold for all, caveats for the bases of the contingents that they name, each by
    its rule. In the wet season a mover whose factor nobody knows goes as in the dry one.

    Parameters
    ----------
    mover : Vehicle or Foot
        With the plan's figures, as `geo_poc.routing.movers.movers_of` gives it.
    season : "dry" or "wet"
    light : "day" or "night"
    theatre : Theatre
    plan : PlanFile
    tables : Tables

    Returns
    -------
    Field

    Raises
    ------
    NetworkError
        If a closure in force closes nothing.
    """
    ground, restrictions, caveats = held_ground(theatre, tables)
    closed_table(ground, tables.areas, restrictions)
    return Field(
        theatre=theatre,
        ground=ground,
        pace=mover_paces(mover, light, theatre=theatre, plan=plan, tables=tables)[season],
        factor=night_factor(mover, light) * halt_factor(mover),
        stationed=np.flatnonzero(np.isfinite(notice_s(plan, mover.key, tables.bases))).tolist(),
        stages=stages(restrictions, caveats, light),
    )


def soonest_graph(field: Field, base: int, place: int) -> tuple[float, TravelGraph]:
    """Seconds to wait for approval, and the graph of those who are there first: at once if nobody arrives."""
    first, *others = field.stages
    best = first.delay_s, field.graph(base, first)
    if not others:
        return best
    best_s = _under_way_s(field, best[1], base, place)
    for stage in others:
        graph = field.graph(base, stage)
        arrival_s = stage.delay_s + _under_way_s(field, graph, base, place)
        if arrival_s < best_s:
            best, best_s = (stage.delay_s, graph), arrival_s
    return best


def _under_way_s(field: Field, graph: TravelGraph, base: int, place: int) -> float:
    seconds, _ = quickest_times_s(field.ground, graph, base)
    return float(seconds[place]) * (1.0 if np.isnan(field.factor) else field.factor)


def why_none(field: Field, base: int, place: int) -> Reason:
    """Why there is no way: as the reasons of the times, what alone would open one, then both together.

    Parameters
    ----------
    field : Field
    base, place : int
        Rows.

    Returns
    -------
    Reason
        ``unknown``, ``outside_area``, ``closed``, ``caveat`` or ``no_network``.
    """
    nodes, last = field.ground.nodes, field.stages[-1]
    lost, outside = astray(field.theatre, nodes.at_base[[base]], nodes.at_place[[place]])
    if lost.any() or outside.any():
        return Reason.UNKNOWN if lost.any() else Reason.OUTSIDE_AREA
    for shut, pace, reason in (
        (last.caveats[base], field.pace.opened, Reason.CLOSED),
        (last.closures, field.pace.as_is, Reason.CAVEAT),
        (frozenset[int](), field.pace.opened, Reason.CLOSED),
    ):
        seconds, _ = quickest_times_s(field.ground, field.opened(shut, pace), base)
        if np.isfinite(seconds[place]):
            return reason
    return Reason.NO_NETWORK
