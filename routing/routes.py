"""The way itself from a base to a place: where it runs, on what, how far and how long."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_poc.errors import ConfigError, Fault
from geo_poc.plan import Light, PlanFile, Season
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.closures import restricted_ground
from geo_poc.routing.ground import Ground
from geo_poc.routing.movers import halt_factor, night_factor, notice_s
from geo_poc.routing.network import FERRIES, JOIN_M
from geo_poc.routing.restrictions import caveats_of, restrictions_on
from geo_poc.routing.seasons import season_paces
from geo_poc.routing.stages import stages
from geo_poc.routing.travel_graph import TravelGraph, travel_graph
from geo_poc.routing.ways import way_nodes
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
    if way is None:
        return None
    node, seconds = way
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


def quickest_routes(
    between: Sequence[tuple[int, int]],
    *,
    mover: Vehicle | Foot,
    season: Season,
    theatre: Theatre,
    plan: PlanFile,
    tables: Tables,
    light: Light = "day",
) -> list[Route | None]:
    """The quickest way by day or by night for each pair of base and place, halts included.

    Closures in force hold for all, caveats for the bases of the contingents that they name, each by
    its rule. Where waiting for approval brings somebody there sooner, the way is that of those who wait.

    Parameters
    ----------
    between : sequence of (base, place)
        Their rows.
    mover : Vehicle or Foot
        With the plan's figures, as `geo_poc.routing.movers.movers_of` gives it.
    season : "dry" or "wet"
        In the wet season a mover whose factor nobody knows goes as in the dry one.
    theatre : Theatre
    plan : PlanFile
    tables : Tables
    light : "day" or "night"

    Returns
    -------
    list of Route or None
        None where there is no way.

    Raises
    ------
    ConfigError
        If nobody knows how the night slows the mover.
    """
    factor = night_factor(mover, light) * halt_factor(mover)
    if np.isnan(factor):
        raise ConfigError(_unknown_night(mover))
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
    paces = season_paces(
        mover,
        theatre,
        tables.roads,
        land_cover=tables.land_cover,
        elevation_m=tables.elevation_m,
        ferries=plan.ferries,
        light=light,
        fixed_share=1 / factor,
    )
    stationed = np.flatnonzero(np.isfinite(notice_s(plan, mover.key, tables.bases))).tolist()
    steps = stages(restrictions, caveats, light)

    @cache
    def graph(shut: frozenset[int]) -> TravelGraph:
        return travel_graph(ground, paces[season].as_is, shut, from_bases=stationed)

    def soonest(base: int, place: int) -> Route | None:
        found = []
        for step in steps:
            own = graph(step.closures | step.caveats[base])
            way = route(ground, own, tables.roads, base=base, place=place)
            if way is not None:
                seconds = way.seconds * factor
                found.append(replace(way, seconds=seconds, approval_s=step.delay_s))
        return min(found, key=lambda way: way.approval_s + way.seconds[-1], default=None)

    return [soonest(base, place) for base, place in between]


def _unknown_night(mover: Vehicle | Foot) -> Fault:
    return Fault(
        where=f"plan: {mover.key}",
        found="no night_time_factor",
        rule="must say how many times longer a way takes by night, as no source gives it",
        repair="give night_time_factor under [[assets]] figures, or ask for the way by day",
    )
