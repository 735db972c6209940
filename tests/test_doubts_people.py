"""Towns of the gazetteer against the raster of people."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_poc.doubts_people import people_doubts
from geo_poc.grid import Grid
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
GRID = Grid(rows=20, cols=20, cell_size_m=5000.0, left_m=0.0, top_m=100_000.0, crs=CRS)
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, 100_000, 100_000),
    grid=GRID,
    marking="UNCLASSIFIED",
)
MIDDLE = (50_000.0, 50_000.0)


def towns(people: list[float], at: tuple[float, float] = MIDDLE) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": [f"T{n}" for n in range(len(people))], "people": people},
        geometry=[shapely.Point(at)] * len(people),
        crs=CRS,
    )


def even(per_km2: float) -> np.ndarray:
    return np.full(GRID.shape, per_km2 * 25.0, dtype=np.float32)


@pytest.mark.parametrize(("people", "notes"), [(62_831, 0), (62_833, 1)])
def test_a_town_is_noted_above_twice_the_residents_of_a_circle_of_10_km(
    people: float, notes: int
) -> None:
    # 100 per km2 on pi * 10**2 km2 are 31,416 residents, twice that 62,832.
    found = people_doubts(towns([people]), even(100.0), THEATRE)
    assert len(found) == notes
    assert all(
        "1 of 1 towns" in note.found and "T0 62,833 and 31,416" in note.found for note in found
    )


def test_the_five_largest_are_named() -> None:
    (note,) = people_doubts(towns([11e3, 12e3, 13e3, 14e3, 15e3, 16e3]), even(0.0), THEATRE)
    assert note.found.startswith("6 of 6 towns of 10,000 people and more")
    assert note.found.endswith(
        "T5 16,000 and 0, T4 15,000 and 0, T3 14,000 and 0, T2 13,000 and 0, T1 12,000 and 0 and more"
    )
    assert note.rule == "ranks and shares by people rest on the raster there"


def test_small_places_places_of_unknown_people_and_no_raster_say_nothing() -> None:
    assert people_doubts(towns([9999.0, np.nan]), even(0.0), THEATRE) == []
    assert people_doubts(towns([50_000.0]), None, THEATRE) == []


def test_a_town_of_which_less_than_half_the_circle_is_known_is_not_judged() -> None:
    people = even(0.0)
    people[:, 10:] = np.nan
    assert people_doubts(towns([50_000.0], (50_500.0, 50_000.0)), people, THEATRE) == []
    assert len(people_doubts(towns([50_000.0], (49_500.0, 50_000.0)), people, THEATRE)) == 1
