"""A vehicle off the roads is never slower than its crew on foot, and no quicker for it than the ground allows."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import SEASONS, Season
from geo_poc.routing.catalogue import Figure, Foot, Vehicle, known_movers
from geo_poc.routing.crews import crew_speeds_kmh
from geo_poc.routing.movers import crew_of
from geo_poc.routing.seasons import season_paces
from geo_poc.routing.slopes import tobler_factor
from geo_poc.theatre import Theatre

GRID = Grid(rows=2, cols=3, cell_size_m=100.0, left_m=0.0, top_m=200.0, crs="EPSG:32636")
THEATRE = Theatre(
    name="a plain",
    as_of=dt.date(2026, 1, 1),
    area=shapely.box(0, 0, 300, 200),
    grid=GRID,
    marking="UNCLASSIFIED",
)
NO_ROADS = gpd.GeoDataFrame(
    {"road_class": [], "surface": [], "speed_kmh": []}, geometry=[], crs=GRID.crs
)


def figure(value: float) -> Figure:
    return Figure(value=value, low=value, high=value, source="order 1", grade="M")


def vehicle(**figures: float) -> Vehicle:
    mover = known_movers()["wheeled_patrol"]
    assert isinstance(mover, Vehicle)
    return dataclasses.replace(mover, **{n: figure(v) for n, v in figures.items()})  # type: ignore[arg-type]


def walker(**figures: float) -> Foot:
    mover = known_movers()["foot_patrol"]
    assert isinstance(mover, Foot)
    return dataclasses.replace(mover, **{n: figure(v) for n, v in figures.items()})  # type: ignore[arg-type]


def cover(names: list[str]) -> LandCover:
    codes = [LAND_COVERS.index(name) if name else -1 for name in names]
    return LandCover(grid=GRID, codes=np.array(codes, dtype=np.int16).reshape(GRID.shape))


def cells_kmh(
    mover: Vehicle | Foot,
    crew: Foot | None,
    season: Season,
    *,
    ground: LandCover | None = None,
    elevation_m: NDArray[np.float32] | None = None,
) -> NDArray[np.float64]:
    paces = season_paces(
        mover, THEATRE, NO_ROADS, crew=crew, land_cover=ground, elevation_m=elevation_m
    )
    return paces[season].as_is.cells_kmh


def test_in_the_rains_the_crew_walks_where_the_vehicle_is_slower() -> None:
    # Shrub: 3 km/h, the vehicle's factor 3, on foot 1.5.
    crew = walker(wet_time_factor=1.5)
    paces = season_paces(vehicle(), THEATRE, NO_ROADS, crew=crew)
    assert paces["wet"].as_is.cells_kmh.tolist() == [[2.0] * 3] * 2
    assert paces["wet"].as_is.default_kmh == 2.0
    assert paces["dry"].as_is.cells_kmh.tolist() == [[3.0] * 3] * 2


def test_without_a_crew_the_vehicles_own_pace_counts() -> None:
    assert cells_kmh(vehicle(), None, "wet").tolist() == [[1.0] * 3] * 2


def test_a_crew_of_unknown_pace_in_the_rains_does_not_walk() -> None:
    paces = season_paces(vehicle(), THEATRE, NO_ROADS, crew=walker())
    assert paces["wet"].as_is.cells_kmh.tolist() == [[1.0] * 3] * 2
    assert paces["wet"].as_is.default_kmh == 1.0


def test_the_crew_walks_on_the_ground_where_that_is_quicker_only() -> None:
    # 5 km/h off the roads, 5/3 in the rains; on foot 3.24 over grass and 1.67 over crops at factor 1.5.
    ground = cover(["grass", "crops", "wetland", "permanent_water", "urban", ""])
    own = cells_kmh(vehicle(off_road_kmh=5), walker(wet_time_factor=1.5), "wet", ground=ground)
    assert own.ravel() == pytest.approx([3.24, 5 / 3, 1 / 3, 0, 10 / 3, 2])


def test_a_vehicle_slower_than_its_crew_in_the_dry_is_left_for_a_walk_too() -> None:
    assert cells_kmh(vehicle(off_road_kmh=2), walker(), "dry").tolist() == [[3.0] * 3] * 2


def test_people_on_foot_have_no_crew() -> None:
    slow, quick = walker(wet_time_factor=3), walker(wet_time_factor=1)
    assert cells_kmh(slow, quick, "wet").tolist() == [[1.0] * 3] * 2


def test_a_crew_that_halts_longer_than_the_vehicle_is_slower_by_that() -> None:
    crew = walker(wet_time_factor=1, halt_min_per_h=20)
    assert cells_kmh(vehicle(), crew, "wet").tolist() == [[2.0] * 3] * 2
    halting = vehicle(halt_min_per_h=20)
    assert cells_kmh(halting, crew, "wet").tolist() == [[3.0] * 3] * 2
    assert cells_kmh(halting, walker(wet_time_factor=1), "wet").tolist() == [[3.0] * 3] * 2


def test_on_a_slope_the_crew_has_the_pace_of_the_steepest_way_up() -> None:
    # 10 m up over 100 m to the right column: exp(0.35) times as long there and beside it.
    height = np.array([[0, 0, 10], [0, 0, 10]], np.float32)
    found, default_kmh = crew_speeds_kmh(
        vehicle(), walker(), GRID, None, season="dry", elevation_m=height
    )
    climbing = 3 / np.exp(0.35)
    assert found == pytest.approx(np.array([[3, climbing, climbing]] * 2))
    assert default_kmh == 3.0
    walked = cells_kmh(vehicle(), walker(wet_time_factor=2), "wet", elevation_m=height)
    assert walked == pytest.approx(np.array([[1.5, climbing / 2, climbing / 2]] * 2))


def test_where_the_climb_is_too_steep_the_vehicles_own_pace_counts() -> None:
    height = np.array([[0, 0, 100], [0, 0, 100]], np.float32)
    found = cells_kmh(vehicle(), walker(wet_time_factor=1), "wet", elevation_m=height)
    assert found.tolist() == [[3.0, 1.0, 1.0]] * 2


def test_an_unknown_height_counts_as_level() -> None:
    height = np.array([[0, np.nan, 50], [0, np.nan, 50]], np.float32)
    found, _ = crew_speeds_kmh(vehicle(), walker(), GRID, None, season="dry", elevation_m=height)
    assert found.tolist() == [[3.0] * 3] * 2


def test_the_crew_is_the_plans_own_on_foot_or_that_of_the_catalogue() -> None:
    own = walker(wet_time_factor=2)
    assert crew_of([vehicle(), own]) is own
    assert crew_of([vehicle()]) == known_movers()["foot_patrol"]


names = st.lists(st.sampled_from([*LAND_COVERS, ""]), min_size=6, max_size=6).map(cover)
heights = st.lists(st.floats(0, 300, width=32), min_size=6, max_size=6).map(
    lambda h: np.array(h, np.float32).reshape(GRID.shape)
)
vehicles = st.fixed_dictionaries(
    {"wet_time_factor": st.floats(1, 5)}, optional={"off_road_kmh": st.floats(0.1, 30)}
).map(lambda figures: vehicle(**figures))
crews = st.just(walker()) | st.floats(1, 5).map(lambda f: walker(wet_time_factor=f))


@given(vehicles, crews, names, st.none() | heights)
def test_the_rains_make_no_ground_faster_with_a_crew(
    mover: Vehicle, crew: Foot, ground: LandCover, height: NDArray[np.float32] | None
) -> None:
    dry, wet = (
        cells_kmh(mover, crew, season, ground=ground, elevation_m=height) for season in SEASONS
    )
    assert (wet <= dry).all()


@given(vehicles, crews, names, st.sampled_from(SEASONS))
def test_on_level_ground_nobody_drives_slower_than_the_crew_walks(
    mover: Vehicle, crew: Foot, ground: LandCover, season: Season
) -> None:
    driven = cells_kmh(mover, crew, season, ground=ground)
    assert (driven >= cells_kmh(mover, None, season, ground=ground)).all()
    if season == "dry" or crew.wet_time_factor is not None:
        assert (driven >= cells_kmh(crew, None, season, ground=ground)).all()


@given(vehicles, crews, names, heights, st.sampled_from(SEASONS))
def test_no_slope_makes_the_crew_quicker_than_it_climbs_to_any_cell_around(
    mover: Vehicle, crew: Foot, ground: LandCover, height: NDArray[np.float32], season: Season
) -> None:
    walked, _ = crew_speeds_kmh(mover, crew, GRID, ground, season=season, elevation_m=height)
    level, _ = crew_speeds_kmh(mover, crew, GRID, ground, season=season)
    for (row, col), kmh in np.ndenumerate(walked):
        for (r, c), there_m in np.ndenumerate(height):
            if max(abs(r - row), abs(c - col)) == 1:
                slope = (float(there_m) - float(height[row, col])) / (
                    100 * np.hypot(r - row, c - col)
                )
                assert kmh <= level[row, col] / tobler_factor(np.array(slope)) * (1 + 1e-9) or (
                    -0.1 < slope < 0 and kmh <= level[row, col]
                )
