"""The way itself from a base to a place: where it runs, on what, how far and how long."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
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
from geo_poc.routing.network import FERRIES, JOIN_M
from geo_poc.routing.pace import Pace
from geo_poc.routing.reach import astray
from geo_poc.routing.restrictions import caveats_of, restrictions_on
from geo_poc.routing.seasons import SeasonPace, season_paces
from geo_poc.routing.stages import Stage, stages
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.ways import quickest_times_s, way_nodes
from geo_poc.theatre import Theatre

if TYPE_CHECKING:
    from geo_poc.layers.rasters import LandCover

TRACKS = ("track", "path", "footway", "bridleway")


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables:
    """What lies in a theatre: layers in its CRS, and rasters on its grid."""

    bases: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    land_cover: LandCover | None = None
    elevation_m: NDArray[np.float32] | None = None


class On(StrEnum):
    """What a part of a way runs on."""

    ROAD = "road"
    TRACK = "track"
    CROSS_COUNTRY = "cross-country"
    FERRY = "ferry"


@dataclass(frozen=True, kw_only=True, eq=False)
class Route:
    """The quickest way of one mover from a base to a place, notice and approval left out.

    Parameters
    ----------
    points_m : float64 array (points, 2)
        From base to place, in metres of the theatre's CRS.
    seconds : float64 array (points,)
        Since leaving the base.
    on : tuple of On
        What each step between two points runs on.
    road_class : tuple of str
        Class of the road of each step; "" off roads and where it is unknown.
    length_m : float64 array (points - 1,)
        Of each step, along the road as published.
    crs : str
    approval_s : float
        Waited at the base for approval before; not in ``seconds``.
    """

    points_m: NDArray[np.float64]
    seconds: NDArray[np.float64]
    on: tuple[On, ...]
    road_class: tuple[str, ...]
    length_m: NDArray[np.float64]
    crs: str
    approval_s: float = 0.0

    @property
    def line(self) -> shapely.LineString:
        """The way as a line in metres."""
        return shapely.LineString(self.points_m)

    def slowed(self, factor: float) -> Route:
        """The same way, taking so many times as long."""
        return dataclasses.replace(self, seconds=self.seconds * factor)

    def legs(self) -> pd.DataFrame:
        """One row for each stretch that runs on the same.

        Returns
        -------
        DataFrame
            ``on``, ``road_class``, ``km``, ``minutes``, and ``first, last``: the points that it joins.
        """
        rows = []
        steps = list(zip(self.on, self.road_class, strict=True))
        for (on, road_class), part in itertools.groupby(range(len(steps)), key=steps.__getitem__):
            step = list(part)
            first, last = step[0], step[-1] + 1
            rows.append(
                {
                    "on": str(on),
                    "road_class": road_class,
                    "km": float(self.length_m[step].sum() / 1000),
                    "minutes": float(self.seconds[last] - self.seconds[first]) / 60,
                    "first": first,
                    "last": last,
                }
            )
        return pd.DataFrame(rows, columns=["on", "road_class", "km", "minutes", "first", "last"])


def route(
    ground: Ground, graph: TravelGraph, roads: gpd.GeoDataFrame, *, base: int, place: int
) -> Route | None:
    """The quickest way from a base to a place, both given by their rows; None where there is none.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    roads : GeoDataFrame
        Column ``road_class``; the table that the ground was made from.
    base, place : int

    Returns
    -------
    Route or None
    """
    way = way_nodes(ground, graph, base, place)
    return None if way is None else route_along(ground, graph, roads, *way)


def route_along(
    ground: Ground,
    graph: TravelGraph,
    roads: gpd.GeoDataFrame,
    node: NDArray[np.int64],
    seconds: NDArray[np.float64],
) -> Route:
    """The way along some nodes of the ground with the seconds at each, as of `ways.way_nodes`."""
    nodes = ground.nodes
    points_m = nodes.points(node)
    start, end = node[:-1], node[1:]
    on_road = (start >= nodes.first_vertex) & (end < nodes.first_base) & (end >= nodes.first_vertex)
    on_road &= start < nodes.first_base
    length_m = np.hypot(*np.diff(points_m, axis=0).T)
    edge = graph.edges.rows(start[on_road], end[on_road])
    length_m[on_road] = graph.edges.length_m[edge]
    road_class = np.full(start.size, "", dtype=object)
    road_class[on_road] = roads["road_class"].to_numpy(dtype=object)[graph.edges.road[edge]]
    on = np.where(on_road, On.ROAD, On.CROSS_COUNTRY)
    on[on_road & np.isin(road_class.astype(str), TRACKS)] = On.TRACK
    on[on_road & np.isin(road_class.astype(str), FERRIES)] = On.FERRY
    # A base or place on a road or in the middle of a cell is a step of no length away from it.
    some_way = length_m > JOIN_M
    some_way[-1] |= not some_way.any()
    points_m, seconds = (
        np.concatenate([of_point[:1], of_point[1:][some_way]]) for of_point in (points_m, seconds)
    )
    return Route(
        points_m=points_m,
        seconds=seconds,
        on=tuple(On(kind) for kind in on[some_way]),
        road_class=tuple(str(name) for name in road_class[some_way]),
        length_m=length_m[some_way],
        crs=nodes.grid.crs,
    )


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
    restrictions = restrictions_on(tables.areas, theatre.as_of)
    caveats = caveats_of(tables.bases, tables.areas, restrictions.caveats)
    ground = restricted_ground(
        theatre=theatre,
        roads=tables.roads,
        areas=tables.areas,
        restrictions=restrictions,
        bases=tables.bases.geometry,
        places=tables.places.geometry,
    )
    closed_table(ground, tables.areas, restrictions)
    paces = season_paces(
        mover,
        theatre,
        tables.roads,
        crew=crew_of(movers_of(plan)),
        land_cover=tables.land_cover,
        elevation_m=tables.elevation_m,
        ferries=plan.ferries,
        light=light,
        fixed_share=fixed_share(mover, light),
    )
    return Field(
        theatre=theatre,
        ground=ground,
        pace=paces[season],
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


def quickest_routes(
    field: Field, between: Sequence[tuple[int, int]], *, roads: gpd.GeoDataFrame
) -> list[Route | Reason]:
    """The quickest way for each pair of base and place, halts included, or the reason where there is none.

    Where waiting for approval brings somebody there sooner, the way is that of those who wait.

    Parameters
    ----------
    field : Field
    between : sequence of (base, place)
        Their rows.
    roads : GeoDataFrame
        Columns of its layer.

    Returns
    -------
    list of Route or Reason
    """

    def quickest(base: int, place: int) -> Route | Reason:
        approval_s, graph = soonest_graph(field, base, place)
        way = route(field.ground, graph, roads, base=base, place=place)
        if way is None:
            return why_none(field, base, place)
        return dataclasses.replace(way.slowed(field.factor), approval_s=approval_s)

    return [quickest(base, place) for base, place in between]
