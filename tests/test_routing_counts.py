"""Whatever the theatre, mover, season and light: every pair, place and cell is counted once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import ALL_CONDITIONS, Asset, PlanFile, PlanSpec, Standard
from geo_poc.routing.response import response_times
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELL_M, SIDE = 5_000.0, 8
GRID = Grid(rows=SIDE, cols=SIDE, cell_size_m=CELL_M, left_m=0.0, top_m=SIDE * CELL_M, crs=CRS)
# A corner is cut off, so that there are cells outside the area.
AREA = shapely.Polygon([(0, 0), (40_000, 0), (40_000, 25_000), (25_000, 40_000), (0, 40_000)])
THEATRE = Theatre(
    name="Counts",
    as_of=dt.date(2026, 6, 1),
    area=AREA,
    grid=GRID,
    marking="UNCLASSIFIED",
    fictional=True,
)
NEEDED: dict[str, dict[str, float]] = {
    "wheeled_patrol": {},
    "apc": {"road_cap_kmh": 40.0},
    "truck_convoy": {"road_cap_kmh": 30.0, "column_km": 2.0},
    "foot_patrol": {},
    "mi8": {"range_km": 60.0},
}
KNOWN: dict[str, dict[str, float | bool]] = {
    "wheeled_patrol": {"night_time_factor": 1.5},
    "apc": {"night_time_factor": 2.0},
    "truck_convoy": {"night_time_factor": 1.2},
    "foot_patrol": {"wet_time_factor": 1.4},
    "mi8": {"night": False},
}


def position(rng: np.random.Generator) -> shapely.Point | None:
    """Mostly in the area; else beside it, off the grid, on a border, or unknown."""
    at = rng.choice(["somewhere", "on a border", "off the grid", "unknown"], p=[0.7, 0.1, 0.1, 0.1])
    if at == "unknown":
        return None
    if at == "off the grid":
        return shapely.Point(-rng.uniform(1, 9_000), 10_000)
    if at == "on a border":
        return shapely.Point(rng.integers(0, SIDE + 1, 2) * CELL_M)
    return shapely.Point(rng.uniform(0, SIDE * CELL_M, 2))


def points(rng: np.random.Generator, size: int) -> gpd.GeoDataFrame:
    names = [f"n{n}" for n in range(size)]
    table = {"id": names, "name": names, "aviation": rng.random(size) < 0.6, "contingent": "A"}
    at = gpd.GeoSeries([position(rng) for _ in names], crs=CRS)
    return gpd.GeoDataFrame(table, geometry=at, index=range(size))


def roads_of(rng: np.random.Generator) -> gpd.GeoDataFrame:
    size = int(rng.integers(0, 6))
    ends = rng.uniform(-3_000, SIDE * CELL_M, (size, 2, 2))
    table = pd.DataFrame(
        {
            "road_class": rng.choice(["", "primary", "track", "footway"], size),
            "surface": "",
            "speed_kmh": rng.choice([np.nan, 0.5, 50.0], size),
            "length_m": np.nan,
            "oneway": rng.random(size) < 0.3,
            "bridge": False,
            "wet_state": rng.choice(["", "open", "difficult", "closed"], size),
        },
        index=range(size),
    )
    return gpd.GeoDataFrame(table, geometry=list(shapely.linestrings(ends)), crs=CRS)


def areas_of(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Closures, caveats, no-fly areas and a river; each holds a cell's centre, so that none is empty."""
    size = int(rng.integers(0, 5))
    centres = (rng.integers(0, SIDE // 2, (size, 2)) + 0.5) * CELL_M
    kinds = rng.choice(["closure", "caveat", "no_fly", "water"], size)
    table = {
        "id": [f"a{n}" for n in range(size)],
        "name": "area",
        "kind": kinds,
        "barrier": kinds == "water",
        "from_date": pd.Series(pd.NaT, index=range(size), dtype="datetime64[s]"),
        "to_date": pd.Series(pd.NaT, index=range(size), dtype="datetime64[s]"),
        "contingents": "",
        "source": "test",
    }
    shapes = [shapely.Point(at).buffer(rng.uniform(3_000, 12_000)) for at in centres]
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=shapes, crs=CRS)


def assets_of(rng: np.random.Generator, mover: str, bases: int) -> list[Asset]:
    figures: dict[str, float | bool] = {**NEEDED[mover]}
    if rng.random() < 0.5:
        figures |= KNOWN[mover]
    where = rng.choice(["all", "aviation", "some"])
    named = [f"n{n}" for n in range(bases) if rng.random() < 0.5]
    at: object = named or "all" if where == "some" else str(where)
    return [Asset(mover=mover, bases=at, notice=900.0, source="test", figures=figures)]  # type: ignore[arg-type]


def all_times(seed: int, mover: str) -> tuple[TravelTime, ...]:
    rng = np.random.default_rng(seed)
    bases, places = points(rng, int(rng.integers(1, 5))), points(rng, int(rng.integers(1, 8)))
    plan = PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=3_600.0, cut_off=float(rng.choice([7_200.0, 1e5])), source="t"),
        bases=[],
        assets=assets_of(rng, mover, len(bases)),
    )
    codes = rng.integers(-1, len(LAND_COVERS), GRID.shape).astype(np.int16)
    return response_times(
        theatre=THEATRE,
        plan=plan,
        bases=bases,
        places=places,
        roads=roads_of(rng),
        areas=areas_of(rng),
        land_cover=LandCover(grid=GRID, codes=codes) if rng.random() < 0.5 else None,
    )


def counted(time: TravelTime) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Number that goes in, seconds and reasons: of the pairs, the places and the cells."""
    pairs = len(time.base_ids) * len(time.place_ids)
    yield pairs, time.seconds.ravel(), time.reasons.ravel()
    for rank in (0, 1):
        nearest = time.nearest(rank)
        yield len(time.place_ids), nearest.seconds, nearest.reason
    inside = THEATRE.inside.ravel()
    reasons = np.array(list(Reason), dtype=object)[time.cell_reasons.ravel()]
    yield int(inside.sum()), time.cell_seconds.ravel()[inside], reasons[inside]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(NEEDED)))
def test_reached_unreached_and_unknown_add_up(seed: int, mover: str) -> None:
    times = all_times(seed, mover)
    assert tuple(time.conditions for time in times) == ALL_CONDITIONS
    for time in times:
        for n_in, seconds, reasons in counted(time):
            n_reached = int((reasons == Reason.REACHED).sum())
            n_unknown = int((reasons == Reason.UNKNOWN).sum())
            n_unreached = sum(
                int((reasons == reason).sum())
                for reason in Reason
                if reason not in {Reason.REACHED, Reason.UNKNOWN}
            )
            assert n_in == n_reached + n_unreached + n_unknown
            assert n_reached == np.isfinite(seconds).sum()
            assert n_unknown == np.isnan(seconds).sum()
            assert n_unreached == np.isposinf(seconds).sum()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(NEEDED)))
def test_cells_outside_the_area_are_never_reached(seed: int, mover: str) -> None:
    for time in all_times(seed, mover):
        outside = ~THEATRE.inside
        assert outside.any()
        assert np.isnan(time.cell_seconds[outside]).all()
        assert (time.cell_owner[outside] == -1).all()


def test_the_random_theatres_hold_every_reason() -> None:
    found = {
        str(reason)
        for seed in range(40)
        for mover in NEEDED
        for time in all_times(seed, mover)
        for reason in time.reasons.ravel()
    }
    assert found == {str(reason) for reason in Reason}
