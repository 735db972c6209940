"""Uncovered high-risk zones: where they are, who lives there, which base is nearest and why it is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.coverage.classes import NOT_PROTECTED, shortest_s
from geo_poc.coverage.patches import bearing_name, cell_mgrs, outline, patch_of_cell
from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.threat.surface import Threat
from geo_poc.plan import Conditions
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

ZONE_COLUMNS = [
    "rank",
    "name",
    "people",
    "residents",
    "site_people",
    "sites",
    "sites_unknown_people",
    "threat_level",
    "expected_30d",
    "base",
    "base_name",
    "mover",
    "seconds",
    "reason",
    "distance_m",
    "approval_s",
    "walked_m",
    "area_km2",
    "mgrs",
    "geometry",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Surroundings:
    """What zones are made from, all on one grid and under one set of conditions.

    Parameters
    ----------
    theatre : Theatre
    conditions : Conditions
    cell_class : str array (rows, cols)
    threat : Threat
    threat_level : int8 array (rows, cols)
    people : float array (rows, cols) or None
        Residents per cell, nan unknown.
    places : GeoDataFrame
        Camps and places with ``id, layer, name, people, geometry`` and their class ``class``.
    bases : GeoDataFrame
    travel : sequence of TravelTime
    """

    theatre: Theatre
    conditions: Conditions
    cell_class: NDArray[np.str_]
    threat: Threat
    threat_level: NDArray[np.int8]
    people: NDArray[np.float32] | None
    places: gpd.GeoDataFrame
    bases: gpd.GeoDataFrame
    travel: Sequence[TravelTime]


class _Nearest(NamedTuple):
    """Nearest base of each cell by any mover; by straight line where nothing reaches."""

    base: NDArray[np.int64]
    mover: NDArray[np.int64]
    seconds: NDArray[np.float64]


def gap_zones(around: Surroundings, *, high_risk_level: int) -> gpd.GeoDataFrame:
    """Patches of high threat that nothing reaches within the standard, most people first.

    A zone is a group of cells of class ``N`` with threat level at or above ``high_risk_level`` that share one
    nearest base; patches with a gap of up to 10 km (at least two cells) between them are one zone. Zones
    without a known resident or site are left out.
    ``people`` is residents plus displaced people at known sites (without a population raster: people of known
    places plus those sites); displaced people whom the raster already moved are counted twice.

    Parameters
    ----------
    around : Surroundings
    high_risk_level : int
        1 to 5.

    Returns
    -------
    GeoDataFrame
        Columns as in :class:`geo_poc.coverage.findings.Findings`, ranked by ``people``.
    """
    nearest = _nearest(around)
    risky = (around.cell_class == NOT_PROTECTED) & (around.threat_level >= high_risk_level)
    zone_of_cell = patch_of_cell(risky, nearest.base, around.theatre.grid)
    rows = [
        _zone(around, nearest, zone_of_cell == number, number, zone_of_cell)
        for number in range(1, int(zone_of_cell.max()) + 1)
    ]
    table = pd.DataFrame(rows, columns=[c for c in ZONE_COLUMNS if c != "rank"])
    table = table[(table["people"] > 0) | (table["sites"] > 0)].sort_values(
        ["people", "expected_30d", "mgrs"], ascending=[False, False, True], ignore_index=True
    )
    table.insert(0, "rank", range(1, len(table) + 1))
    return gpd.GeoDataFrame(table, geometry="geometry", crs=around.theatre.grid.crs)


def _nearest(around: Surroundings) -> _Nearest:
    """Nearest base, mover and time of every cell under the chosen conditions."""
    times = [t for t in around.travel if t.conditions == around.conditions]
    x, y = around.theatre.grid.centres()
    base = _straight_line_base(x, y, around.bases)
    mover = np.full(x.shape, -1)
    seconds = np.full(x.shape, np.inf)
    for number, time in enumerate(times):
        better = time.cell_seconds < seconds
        base = np.where(better, time.cell_owner, base)
        mover = np.where(better, number, mover)
        seconds = np.where(better, time.cell_seconds, seconds)
    unknown = np.isnan(shortest_s([t.cell_seconds for t in times], x.shape))
    return _Nearest(base, mover, np.where(unknown, np.nan, seconds))


def _straight_line_base(
    x: NDArray[np.float64], y: NDArray[np.float64], bases: gpd.GeoDataFrame
) -> NDArray[np.int64]:
    best, least = np.zeros(x.shape, np.int64), np.full(x.shape, np.inf)
    for number, (point, role) in enumerate(zip(bases.geometry, bases["role"], strict=True)):
        away = np.hypot(x - point.x, y - point.y) if role != "candidate" else np.inf
        best, least = np.where(away < least, number, best), np.minimum(away, least)
    return best


def _zone(
    around: Surroundings,
    nearest: _Nearest,
    mask: NDArray[np.bool_],
    number: int,
    zone_of_cell: NDArray[np.int64],
) -> dict[str, object]:
    sites = _sites_in(around, number, zone_of_cell)
    row, col = _anchor(around, mask, sites)
    camps = sites[sites["layer"] == "camp"]
    residents = _residents(around, mask, sites)
    return (
        {
            "name": _name(around, sites, row, col),
            "people": float(np.nansum([residents, camps["people"].sum()])),
            "residents": residents,
            "site_people": float(camps["people"].sum(min_count=1)) if len(camps) else 0.0,
            "sites": len(sites),
            "sites_unknown_people": int(sites["people"].isna().sum()),
            "threat_level": _level(around, mask),
            "expected_30d": _expected(around, mask),
        }
        | _answer(around, nearest, (row, col), _largest(sites))
        | {
            "area_km2": float(mask.sum() * around.theatre.grid.cell_area_km2),
            "mgrs": cell_mgrs(around.theatre, row, col),
            "geometry": outline(around.theatre, mask),
        }
    )


def _sites_in(
    around: Surroundings, number: int, zone_of_cell: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    """Sites of the zone that are themselves not reached in time, judged by their own time."""
    points = around.places.geometry
    cell = nearest_inside(
        around.theatre.inside, around.theatre.grid, points.x.to_numpy(), points.y.to_numpy()
    )
    here = (cell >= 0) & (zone_of_cell.ravel()[cell] == number)
    late = (around.places["class"] == NOT_PROTECTED).to_numpy()
    return around.places[here & late]


def _anchor(
    around: Surroundings, mask: NDArray[np.bool_], sites: gpd.GeoDataFrame
) -> tuple[int, int]:
    """Cell that stands for the zone: of its largest site, else with most residents, else most threat."""
    if len(sites):
        largest = sites.loc[sites["people"].fillna(-1.0).idxmax()].geometry
        at = np.array([largest.x]), np.array([largest.y])
        cell = int(nearest_inside(around.theatre.inside, around.theatre.grid, *at)[0])
        return cell // mask.shape[1], cell % mask.shape[1]
    weight = around.threat.expected if around.people is None else around.people
    weight = np.where(mask & np.isfinite(weight), weight, -1.0)
    weight = np.where(mask, weight, -2.0)
    row, col = np.unravel_index(int(weight.argmax()), mask.shape)
    return int(row), int(col)


def _residents(around: Surroundings, mask: NDArray[np.bool_], sites: gpd.GeoDataFrame) -> float:
    """Residents of the zone, nan when none of its cells or places has a number."""
    if around.people is None:
        places = sites.loc[sites["layer"] == "place", "people"]
        return float(places.sum(min_count=1)) if len(places) else float("nan")
    inside = around.people[mask]
    return float(np.nansum(inside)) if np.isfinite(inside).any() else float("nan")


def _level(around: Surroundings, mask: NDArray[np.bool_]) -> int:
    """Highest level at which, or above, half of the zone's residents live; half of its cells without any.

    The level of its single worst cell would stand beside people who live under a lower one.
    """
    level = around.threat_level[mask]
    living = np.zeros(level.size) if around.people is None else np.nan_to_num(around.people[mask])
    weight = living if living.sum() > 0 else np.ones(level.size)
    falling = np.argsort(-level, kind="stable")
    half = np.searchsorted(np.cumsum(weight[falling]), weight.sum() / 2)
    return int(level[falling[half]])


def _expected(around: Surroundings, mask: NDArray[np.bool_]) -> float:
    return float(np.nansum(around.threat.expected[mask]) * around.theatre.grid.cell_area_km2)


def _largest(sites: gpd.GeoDataFrame) -> str:
    """Id of the site with the most people; empty where there is no site."""
    return str(sites.loc[sites["people"].fillna(-1.0).idxmax(), "id"]) if len(sites) else ""


def _answer(
    around: Surroundings, nearest: _Nearest, cell: tuple[int, int], site: str
) -> dict[str, object]:
    row, col = cell
    times = [t for t in around.travel if t.conditions == around.conditions]
    number, mover = int(nearest.base[row, col]), int(nearest.mover[row, col])
    base = around.bases.iloc[number]
    x, y = around.theatre.grid.centres()
    away_m = float(np.hypot(x[row, col] - base.geometry.x, y[row, col] - base.geometry.y))
    reason = Reason.REACHED if mover >= 0 else _why_not(times, row, col)
    return {
        "base": base["id"],
        "base_name": base["name"],
        "mover": times[mover].mover if mover >= 0 else "",
        "seconds": float(nearest.seconds[row, col]),
        "reason": str(reason),
        "distance_m": away_m,
    } | _held_up(times[mover] if mover >= 0 else None, number, site)


def _held_up(time: TravelTime | None, base: int, site: str) -> dict[str, float]:
    """Waiting for approval and last leg on foot on the way to a site; nan where not known.

    Times to cells do not say what they are made of, so that of the site that stands for them counts.
    """
    if time is None:
        return {"approval_s": np.nan, "walked_m": np.nan}
    place = time.place_ids.index(site) if site in time.place_ids else -1
    known = place >= 0 and np.isfinite(time.seconds[base, place])
    amounts = {"approval_s": time.approval_s, "walked_m": time.walked_m}
    return {
        name: 0.0 if of_all is None else float(of_all[base, place]) if known else np.nan
        for name, of_all in amounts.items()
    }


def _why_not(times: Sequence[TravelTime], row: int, col: int) -> Reason:
    """The reason that weighs most among the movers, in the order of :class:`Reason`."""
    order = list(Reason)
    found = [order[int(t.cell_reasons[row, col])] for t in times]
    return min(found, key=order.index, default=Reason.NO_ASSET)


def _name(around: Surroundings, sites: gpd.GeoDataFrame, row: int, col: int) -> str:
    """The zone's largest site, else where it lies from the nearest named place."""
    if len(sites):
        return str(sites.loc[sites["people"].fillna(-1.0).idxmax(), "name"])
    x, y = around.theatre.grid.centres()
    return bearing_name(around.places, float(x[row, col]), float(y[row, col]))
