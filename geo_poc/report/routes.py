"""Ways as GeoJSON, one line a leg, or as GPX, one track a way and one waypoint a leg."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import gpxpy.gpx
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_poc.layers.positions import mgrs_of
from geo_poc.plan import Light, Season
from geo_poc.routing.routes import Route
from geo_poc.routing.travel_time import Reason
from geo_poc.theatre import Theatre

FORMATS = (".geojson", ".gpx")
COLUMNS = (
    "base", "place", "mover", "season", "light", "way", "shared", "leg", "on", "road_class", "km",
    "minutes", "waiting_minutes", "from_mgrs", "to_mgrs", "minutes_since_start", "approval_minutes", "marking",
)  # fmt: skip
_DECIMALS = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class RouteRow:
    """One way that was asked for.

    Parameters
    ----------
    base, place, mover : str
        Names.
    season : "dry" or "wet"
    route : Route or None
        None where there is no way.
    reason : Reason
        Why there is none; of a way ``reached``, ``cut_off`` where it takes longer than the plan's cut-off,
        or ``unknown`` where nobody says how the season slows the mover.
    light : "day" or "night"
    way : int
        1 for the quickest, 2 for its first alternative and so on.
    shared : float
        Largest part of its length that an alternative shares with one better way.
    """

    base: str
    place: str
    mover: str
    season: Season
    route: Route | None
    reason: Reason
    light: Light = "day"
    way: int = 1
    shared: float = 0.0

    @property
    def name(self) -> str:
        """Base and place, and which way it is where it is not the quickest."""
        ends = f"{self.base} - {self.place}"
        return ends if self.way == 1 else f"{ends}, way {self.way}"


def leg_table(row: RouteRow, theatre: Theatre) -> pd.DataFrame:
    """One row for each leg of a way, with the grid references that it joins.

    Parameters
    ----------
    row : RouteRow
    theatre : Theatre

    Returns
    -------
    DataFrame
        :data:`COLUMNS`, and ``first, last``: points of the route. Empty where there is no way.
    """
    if row.route is None:
        return pd.DataFrame(columns=[*COLUMNS, "first", "last"])
    legs = row.route.legs()
    lon, lat = theatre.lonlat(*row.route.points_m.T)
    mgrs = np.array(mgrs_of(lon, lat), dtype=object)
    return legs.assign(
        base=row.base,
        place=row.place,
        mover=row.mover,
        season=row.season,
        light=row.light,
        way=row.way,
        shared=round(row.shared, 3),
        leg=np.arange(1, len(legs) + 1),
        from_mgrs=mgrs[legs["first"]],
        to_mgrs=mgrs[legs["last"]],
        minutes_since_start=row.route.seconds[legs["last"]] / 60,
        approval_minutes=row.route.approval_s / 60,
        marking=theatre.marking,
    )[[*COLUMNS, "first", "last"]]


def write_routes_file(
    rows: Sequence[RouteRow], path: Path, *, ending: str, theatre: Theatre
) -> None:
    """Write ways as GeoJSON or GPX in WGS 84; pairs without a way are left out.

    Parameters
    ----------
    rows : sequence of RouteRow
    path : Path
    ending : ".geojson" or ".gpx"
    theatre : Theatre
    """
    written = _gpx(rows, theatre) if ending == ".gpx" else _geojson(rows, theatre)
    path.write_text(written, encoding="utf-8")


def _lonlat(row: Route, theatre: Theatre) -> NDArray[np.float64]:
    at: NDArray[np.float64] = np.column_stack(theatre.lonlat(*row.points_m.T))
    return at.round(_DECIMALS)


def _geojson(rows: Sequence[RouteRow], theatre: Theatre) -> str:
    tables, lines = [], []
    for row in rows:
        if row.route is not None:
            at = _lonlat(row.route, theatre)
            legs = leg_table(row, theatre)
            lines += [
                shapely.LineString(at[first : last + 1])
                for first, last in zip(legs["first"], legs["last"], strict=True)
            ]
            tables.append(legs[list(COLUMNS)])
    table = pd.concat(tables) if tables else pd.DataFrame(columns=list(COLUMNS))
    frame = gpd.GeoDataFrame(
        table.reset_index(drop=True).round(
            {"km": 3, "minutes": 1, "waiting_minutes": 1, "minutes_since_start": 1}
        ),
        geometry=lines,
        crs="EPSG:4326",
    )
    return str(frame.to_json(drop_id=True, ensure_ascii=False))


def _gpx(rows: Sequence[RouteRow], theatre: Theatre) -> str:
    document = gpxpy.gpx.GPX()
    document.creator = "geo-poc"
    document.name = f"{theatre.marking} - {theatre.name}"
    document.description = theatre.marking
    for row in rows:
        if row.route is None:
            continue
        at = _lonlat(row.route, theatre)
        legs = leg_table(row, theatre)
        minutes = row.route.seconds[-1] / 60
        when = f"{row.season}, {row.light}"
        track = gpxpy.gpx.GPXTrack(
            name=row.name,
            description=f"{theatre.marking}; {row.mover}, {when}; {legs['km'].sum():.1f} km, "
            f"{minutes:.0f} min{_waiting(row.route)}",
        )
        segment = gpxpy.gpx.GPXTrackSegment(
            [gpxpy.gpx.GPXTrackPoint(latitude=lat, longitude=lon) for lon, lat in at]
        )
        track.segments.append(segment)
        document.tracks.append(track)
        document.waypoints += [
            _waypoint(row, leg, at[leg["last"]]) for leg in legs.to_dict("records")
        ]
    return str(document.to_xml(version="1.1"))


def _waiting(route: Route) -> str:
    on_the_way, before = route.wait_s.sum() / 60, route.approval_s / 60
    held = (
        f", {on_the_way:.0f} min of it for ferries and the clearing of mines" if on_the_way else ""
    )
    return f"{held}, after {before:.0f} min of waiting for approval" if before else held


def _waypoint(
    row: RouteRow, leg: dict[Hashable, Any], at: NDArray[np.float64]
) -> gpxpy.gpx.GPXWaypoint:
    """The end of a leg, named by its grid reference."""
    on = f"{leg['on']} {leg['road_class']}".rstrip()
    reached = f"{leg['km']:.1f} km, {leg['minutes_since_start']:.0f} min since start"
    if leg["waiting_minutes"]:
        reached += (
            f", {leg['waiting_minutes']:.0f} min of this leg for ferries and the clearing of mines"
        )
    return gpxpy.gpx.GPXWaypoint(
        latitude=at[1],
        longitude=at[0],
        name=leg["to_mgrs"],
        description=f"{row.name}, end of leg {leg['leg']}: {on}, {reached}",
    )
