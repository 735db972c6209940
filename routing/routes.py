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

from geo_poc.routing.field import Field, soonest_graph, why_none
from geo_poc.routing.ground import Ground
from geo_poc.routing.network import FERRIES, JOIN_M
from geo_poc.routing.travel_graph import TravelGraph
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.ways import way_nodes

if TYPE_CHECKING:
    pass

_LEGS = ["on", "road_class", "km", "minutes", "waiting_minutes", "first", "last"]
TRACKS = ("track", "path", "footway", "bridleway")


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
    wait_s : float64 array (steps,)
        On the clock: waiting for a ferry, or for the clearing of a mined stretch, within each step.
    approval_s : float
        Waited at the base for approval before; not in ``seconds``.
    """

    points_m: NDArray[np.float64]
    seconds: NDArray[np.float64]
    on: tuple[On, ...]
    road_class: tuple[str, ...]
    length_m: NDArray[np.float64]
    crs: str
    wait_s: NDArray[np.float64]
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
            ``on``, ``road_class``, ``km``, ``minutes``, ``waiting_minutes`` (what of them is waiting for a
            ferry or the clearing of a mined stretch), and ``first, last``: the points that it joins.
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
                    "waiting_minutes": float(self.wait_s[step].sum()) / 60,
                    "first": first,
                    "last": last,
                }
            )
        return pd.DataFrame(rows, columns=_LEGS)


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
    wait_s = np.zeros(start.size)
    wait_s[on_road] = graph.edges.wait_s[edge]
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
        wait_s=wait_s[some_way],
    )


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
