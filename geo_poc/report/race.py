"""A race as table, record and drawing layer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from shapely.geometry.base import BaseGeometry

from geo_poc.coverage.race import LETTERS, Verdict
from geo_poc.grid import WGS84, Grid
from geo_poc.plan import PlanFile
from geo_poc.report.tables import write_csv
from geo_poc.theatre import Theatre

BANDS_H = (0, 3, 6, 12, 24)
"""Edges of the bands of the drawing, in hours from the alert."""


class Tally(NamedTuple):
    """Places of one verdict, their people as far as known, and how many are of unknown people."""

    places: int
    people: float
    unknown_people: int


@dataclass(frozen=True, kw_only=True, eq=False)
class RaceProduct:
    """All that is written about a race.

    Parameters
    ----------
    theatre : Theatre
    plan : PlanFile
        With the troops that were asked for.
    alert : datetime
    sightings : GeoDataFrame
        ``name, mover, seen_at, seen_within_s, radius_m, strength, mgrs, source`` and points in the
        theatre's CRS.
    places : GeoDataFrame
        One row a camp or place, worst first, with points.
    counts : DataFrame
        As of `geo_poc.coverage.race.counted`.
    cell_s : float32 array (rows, cols)
        Earliest contact in seconds from the alert; ``inf`` none, ``nan`` outside the area.
    notes : tuple of str
        What the race rests on, in sentences.
    tables : mapping of str to GeoDataFrame
        ``bases, roads, areas``, for the drawing.
    """

    theatre: Theatre
    plan: PlanFile
    alert: dt.datetime
    sightings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    counts: pd.DataFrame
    cell_s: NDArray[np.float32]
    notes: tuple[str, ...]
    tables: Mapping[str, gpd.GeoDataFrame]

    @property
    def troops(self) -> int | None:
        """How many troops the race is about; None where it is about the first element."""
        return None if self.plan.force is None else self.plan.force.troops


def bands(grid: Grid, cell_s: NDArray[np.float32]) -> gpd.GeoDataFrame:
    """Areas that a group could reach between two hours, for drawing only.

    Parameters
    ----------
    grid : Grid
    cell_s : float32 array (rows, cols)
        Seconds from the alert.

    Returns
    -------
    GeoDataFrame
        ``from_h`` (-inf: since the sighting), ``to_h`` (``inf``: ever), in the grid's CRS; bands without
        a cell are left out, the soonest comes first.
    """
    rows: list[tuple[float, float, BaseGeometry]] = []
    edges = (-np.inf, *BANDS_H, np.inf)
    for from_h, to_h in pairwise(edges):
        hours = cell_s / 3600
        mask = np.isfinite(cell_s) & (hours > from_h) & (hours <= to_h)
        if mask.any():
            outlines = shapes(mask.astype(np.uint8), mask=mask, transform=grid.transform)
            parts = [shapely.geometry.shape(outline) for outline, _ in outlines]
            rows.append((from_h, to_h, shapely.union_all(parts)))
    return gpd.GeoDataFrame(
        {"from_h": [row[0] for row in rows], "to_h": [row[1] for row in rows]},
        geometry=[row[2] for row in rows],
        crs=grid.crs,
    )


def write_race_files(product: RaceProduct, folder: Path) -> None:
    """Write ``race.csv`` and ``race.geojson`` into an existing folder, both with the marking.

    In the CSV ``inf`` is not reached and empty is unknown; times of a group are rounded down to tenths, those
    of the mission up.

    Parameters
    ----------
    product : RaceProduct
    folder : Path
    """
    write_csv(product.places, product.theatre.marking, folder / "race.csv")
    _write_geojson(product, folder / "race.geojson")


def _write_geojson(product: RaceProduct, path: Path) -> None:
    """Bands of the reach and the circles of the sightings in WGS 84."""
    drawn = bands(product.theatre.grid, product.cell_s)
    drawn = drawn.assign(
        layer="reach",
        from_h=drawn["from_h"].where(np.isfinite(drawn["from_h"]), None),
        to_h=drawn["to_h"].where(np.isfinite(drawn["to_h"]), None),
    )
    seen = product.sightings
    circles = gpd.GeoDataFrame(
        {
            "layer": "sighting",
            "name": seen["name"],
            "seen_at": [moment.isoformat() for moment in seen["seen_at"]],
            "mover": seen["mover"],
            "radius_m": seen["radius_m"],
        },
        geometry=circles_m(seen),
        crs=seen.crs,
    )
    both = pd.concat([drawn.astype(object), circles.astype(object)], ignore_index=True)
    frame = gpd.GeoDataFrame(both, geometry="geometry", crs=seen.crs)
    frame = frame.assign(
        note="for drawing only: a place is judged by its own time, in race.csv",
        alert=product.alert.isoformat(),
        marking=product.theatre.marking,
    )
    lonlat = frame.to_crs(WGS84)
    lonlat = lonlat.set_geometry(shapely.set_precision(lonlat.geometry.to_numpy(), 1e-5))
    path.write_text(str(lonlat.to_json(drop_id=True, ensure_ascii=False)) + "\n", encoding="utf-8")


def circles_m(seen: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Circle of each sighting in metres; the point itself where its radius is 0."""
    radius_m = seen["radius_m"].to_numpy(dtype=np.float64)
    points = seen.geometry.to_numpy()
    return np.asarray(np.where(radius_m > 0, shapely.buffer(points, radius_m), points))


def race_record(product: RaceProduct) -> dict[str, object]:
    """All of a race as ``race.json`` holds it: the alert, the sightings, counts and every place."""
    theatre, seen = product.theatre, product.sightings
    return {
        "marking": theatre.marking,
        "theatre": theatre.name,
        "fictional": theatre.fictional,
        "as_of": theatre.as_of,
        "plan": product.plan.plan.name,
        "season": product.plan.plan.season,
        "light": product.plan.plan.light,
        "alert": product.alert.isoformat(),
        "troops": product.troops,
        "letters": {str(verdict): letter for verdict, letter in LETTERS.items()},
        "notes": product.notes,
        "sightings": seen.drop(columns=["geometry", "id", "contingent"]).to_dict(orient="records"),
        "counts": product.counts.to_dict(orient="records"),
        "places": product.places.drop(columns="geometry").to_dict(orient="records"),
    }


def tally(product: RaceProduct, verdict: Verdict) -> Tally:
    """The counts of one verdict."""
    row = product.counts[product.counts["verdict"] == str(verdict)].iloc[0]
    return Tally(
        places=int(row["places"]),
        people=float(row["people"]),
        unknown_people=int(row["unknown_people"]),
    )
