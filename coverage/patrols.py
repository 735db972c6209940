"""What patrols reach: cells, residents and sites of each base, places, and outlines of camps."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes

from geo_poc.grid import Grid
from geo_poc.routing.patrol import CODE, Trip
from geo_poc.routing.patrol_reach import PatrolReach
from geo_poc.routing.perimeter import Outlines, walkable
from geo_poc.routing.travel_time import Reason

BASE_COLUMNS = (
    "cells",
    "km2",
    "residents",
    "residents_unknown_cells",
    "sites",
    "camps",
    "people_in_camps",
    "camps_unknown_people",
    "places",
    "people_in_places",
    "places_unknown_people",
    "reason",
)

PERIMETER_COLUMNS = (
    "id",
    "name",
    "people",
    "radius_m",
    "outline_m",
    "walkable_m",
    "share",
    "share_outside",
    "reason",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """What is counted where patrols get to.

    Parameters
    ----------
    grid : Grid
    sites : GeoDataFrame
        Camps and places with ``layer, people``.
    people : float32 array (rows, cols) or None
        Residents of each cell; nan unknown.
    """

    grid: Grid
    sites: gpd.GeoDataFrame
    people: NDArray[np.float32] | None


def base_counts(trip: Trip, counted: Counted) -> dict[str, object]:
    """Row of one patrol from one base.

    Parameters
    ----------
    trip : Trip
    counted : Counted

    Returns
    -------
    dict
        `BASE_COLUMNS`: ``cells`` and ``km2`` reached; ``residents`` of those cells whose number is known, to
        the nearest one, nan where none is, and how many cells are ``residents_unknown_cells``; ``sites``, and of them
        ``camps`` and ``places`` with their people, counted alike; ``reason``. All nan where it is
        unknown what the patrol reaches.
    """
    if np.isnan(trip.cell_s).any():
        return {**dict.fromkeys(BASE_COLUMNS, np.nan), "reason": str(Reason.UNKNOWN)}
    reached = np.isfinite(trip.cell_s)
    at_site = trip.codes[: len(counted.sites)] == CODE[Reason.REACHED]
    counts = counts_of(reached, at_site, counted)
    if reached.any() or at_site.any():
        return {**counts, "reason": str(Reason.REACHED)}
    return {**counts, "reason": str(_why_nothing(trip))}


def _why_nothing(trip: Trip) -> Reason:
    """Why not even the base's own cell is reached."""
    if np.isnan(trip.limit_s):
        return Reason.OUTSIDE_AREA
    return Reason.CUT_OFF if trip.limit_s < 0 else Reason.NO_NETWORK


def counts_of(
    reached: NDArray[np.bool_], at_site: NDArray[np.bool_], counted: Counted
) -> dict[str, object]:
    """`BASE_COLUMNS` without the reason of some cells and sites.

    Parameters
    ----------
    reached : bool array (cells,)
    at_site : bool array (sites,)
    counted : Counted
    """
    sites = counted.sites[at_site]
    residents, unknown = _residents(reached, counted.people)
    row: dict[str, object] = {
        "cells": int(reached.sum()),
        "km2": float(reached.sum() * counted.grid.cell_area_km2),
        "residents": residents,
        "residents_unknown_cells": unknown,
        "sites": len(sites),
    }
    for layer in ("camp", "place"):
        people = sites.loc[sites["layer"] == layer, "people"]
        known = float(people.sum(min_count=1)) if len(people) else 0.0
        row |= {
            f"{layer}s": len(people),
            f"people_in_{layer}s": known,
            f"{layer}s_unknown_people": int(people.isna().sum()),
        }
    return row


def _residents(reached: NDArray[np.bool_], people: NDArray[np.float32] | None) -> tuple[float, int]:
    """Residents of the cells, nan where no number is known, and of how many cells it is not."""
    if people is None:
        return float("nan"), int(reached.sum())
    inside = people.ravel()[reached].astype(np.float64)
    unknown = int(np.isnan(inside).sum())
    if unknown and unknown == inside.size:
        return float("nan"), unknown
    return float(np.round(np.nansum(inside))), unknown


def not_sent(reason: str) -> dict[str, object]:
    """Row of a mobile base that sends no such patrol.

    Examples
    --------
    >>> not_sent("short_stay")["cells"], not_sent("unknown")["reason"]
    (0, 'unknown')
    """
    return {**dict.fromkeys(BASE_COLUMNS, 0), "reason": reason}


def place_times(
    reach: PatrolReach, sites: gpd.GeoDataFrame, base_ids: NDArray[np.object_]
) -> pd.DataFrame:
    """Times of one patrol to each camp and place, from the base with the shortest way there and back.

    Parameters
    ----------
    reach : PatrolReach
    sites : GeoDataFrame
    base_ids : object array (bases,)

    Returns
    -------
    DataFrame
        ``id, layer, kind, name, people, out_s, back_s, spare_s, base_id, reason``. Ways are rounded up and
        what is to spare down to tenths; ``inf`` not reached in time, nan unknown; ``spare_s`` is nan for
        both.
    """
    here = slice(0, len(sites))
    unknown = reach.codes[here] == CODE[Reason.UNKNOWN]
    ways = {
        name: np.where(unknown, np.nan, np.ceil(values[here] * 10) / 10)
        for name, values in (("out_s", reach.out_s), ("back_s", reach.back_s))
    }
    columns = ["id", "layer", "kind", "name", "people"]
    table: pd.DataFrame = (
        sites[columns]
        .assign(
            **ways,
            spare_s=np.floor(reach.spare_s[here] * 10) / 10,
            base_id=np.append(base_ids, "")[reach.base[here]],
            reason=reach.reasons[here].astype(str),
        )
        .reset_index(drop=True)
    )
    return table


def perimeter_shares(
    reach: PatrolReach,
    found: Outlines,
    at_cells: NDArray[np.int64],
    camps: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Share of each camp's outline that one patrol can walk, there and back.

    Parameters
    ----------
    reach : PatrolReach
        Its last points are the cells ``at_cells``.
    found : Outlines
        Of the camps.
    at_cells : int64 array
        In ascending order; all cells of the outlines that lie on the grid.
    camps : GeoDataFrame
        ``id, name, people``.

    Returns
    -------
    DataFrame
        `PERIMETER_COLUMNS`; lengths to tenths of a metre.
    """
    reasons = np.full(found.cell.size, Reason.OUTSIDE_AREA, dtype=object)
    on_grid = found.cell >= 0
    of_cells = reach.reasons[reach.codes.size - at_cells.size :]
    reasons[on_grid] = of_cells[np.searchsorted(at_cells, found.cell[on_grid])]
    walked = walkable(found, reasons)
    outline_m = 2 * np.pi * found.radius_m
    table: pd.DataFrame = (
        camps[["id", "name", "people"]]
        .assign(
            radius_m=found.radius_m,
            outline_m=outline_m.round(1),
            walkable_m=(outline_m * walked.share).round(1),
            share=walked.share,
            share_outside=walked.outside,
            reason=[str(reason) for reason in walked.reason],
        )
        .reset_index(drop=True)
    )
    return table[list(PERIMETER_COLUMNS)]


def reached_area(grid: Grid, cell_s: NDArray[np.float32]) -> shapely.MultiPolygon:
    """Cells that are reached as one drawing; nothing is judged by it."""
    mask = np.isfinite(cell_s).reshape(grid.shape)
    parts = [
        shapely.geometry.shape(outline)
        for outline, _ in shapes(mask.astype(np.uint8), mask=mask, transform=grid.transform)
    ]
    whole = shapely.get_parts(shapely.union_all(parts))
    return shapely.MultiPolygon([part for part in whole if isinstance(part, shapely.Polygon)])
