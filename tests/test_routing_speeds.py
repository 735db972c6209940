"""Speeds by hand: class, surface, tracktype, smoothness, caps, seasons; and what may never be faster."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_poc.errors import ConfigError, GridError
from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.routing.catalogue import Figure, Foot, Vehicle, known_movers
from geo_poc.routing.speeds import cell_speeds_kmh, default_terrain_kmh, road_speeds_kmh

COLUMNS = ("road_class", "surface", "tracktype", "smoothness", "wet_state", "speed_kmh")
UNKNOWN = ("", "", "", "", "", np.nan)
# From best to worst, by the caps of OSRM's car.lua.
SURFACES = ("", "gravel", "dirt", "clay", "mud")
TRACKTYPES = ("", "grade1", "grade2", "grade3", "grade4", "grade5")
SMOOTHNESS = (
    "", "excellent", "good", "intermediate", "bad", "very_bad", "horrible", "very_horrible",
    "impassable",
)  # fmt: skip
STATES = ("open", "difficult", "closed", "")
CLASSES = ("motorway", "primary", "tertiary", "track", "path", "", "footway", "ferry")


def figure(value: float) -> Figure:
    return Figure(value=value, low=value, high=value, source="order 1", grade="M")


def vehicle(**figures: float) -> Vehicle:
    mover = known_movers()["wheeled_patrol"]
    assert isinstance(mover, Vehicle)
    changed = {name: figure(value) for name, value in figures.items()}
    return dataclasses.replace(mover, **changed)  # type: ignore[arg-type]


def walker(**figures: float) -> Foot:
    mover = known_movers()["foot_patrol"]
    assert isinstance(mover, Foot)
    changed = {name: figure(value) for name, value in figures.items()}
    return dataclasses.replace(mover, **changed)  # type: ignore[arg-type]


def road(**values: str | float) -> pd.DataFrame:
    return pd.DataFrame([dict(zip(COLUMNS, UNKNOWN, strict=True)) | values])


def dry(mover: Vehicle | Foot, roads: pd.DataFrame) -> NDArray[np.float64]:
    return road_speeds_kmh(mover, roads, season="dry")


def wet(mover: Vehicle | Foot, roads: pd.DataFrame) -> NDArray[np.float64]:
    return road_speeds_kmh(mover, roads, season="wet")


def test_a_path_is_driven_only_at_a_speed_of_the_file_and_walked_always() -> None:
    unknown, known = road(road_class="path"), road(road_class="path", speed_kmh=12.0)
    assert (dry(vehicle(), unknown)[0], dry(vehicle(), known)[0]) == (0.0, 12.0)
    assert dry(walker(), unknown)[0] > 0


def test_road_speed_is_the_files_then_the_class_under_the_cap_of_the_surface() -> None:
    rows = [
        ("primary", "", 80.0),
        ("primary", "mud", 80.0),
        ("primary", "mud", np.nan),
        ("service", "gravel", np.nan),
        ("trunk_link", "asphalt", np.nan),
        ("", "", np.nan),
        ("ridge", "gravel", np.nan),
        ("steps", "", 5.0),
        ("construction", "", np.nan),
        ("ferry", "", np.nan),
    ]
    roads = pd.DataFrame(rows, columns=["road_class", "surface", "speed_kmh"])
    assert dry(vehicle(), roads).tolist() == [80, 80, 15, 15, 85, 10, 10, 0, 0, 0]
    capped = dry(vehicle(road_cap_kmh=40), roads)
    assert capped.tolist() == [40, 40, 15, 15, 40, 10, 10, 0, 0, 0]
    assert dry(walker(), roads).tolist() == [4.0] * 8 + [0, 0]


@pytest.mark.parametrize(
    ("column", "word", "kmh"),
    [
        ("tracktype", "grade1", 65),
        ("tracktype", "grade2", 45),
        ("tracktype", "grade3", 30),
        ("tracktype", "grade4", 20),
        ("tracktype", "grade5", 15),
        ("smoothness", "excellent", 65),
        ("smoothness", "good", 60),
        ("smoothness", "intermediate", 45),
        ("smoothness", "bad", 30),
        ("smoothness", "very_bad", 15),
        ("smoothness", "horrible", 3),
        ("smoothness", "very_horrible", 0),
        ("smoothness", "impassable", 0),
        ("smoothness", "bumpy", 65),
        ("tracktype", "Grade4", 20),
        ("tracktype", "grade2;grade4", 20),
        ("tracktype", "grade3; grade2", 30),
        ("surface", "asphalt;gravel", 45),
    ],
)
def test_a_primary_road_of_65_kmh_is_driven_at_most_at_its_cap(
    column: str, word: str, kmh: float
) -> None:
    assert dry(vehicle(), road(road_class="primary", **{column: word})).tolist() == [kmh]
    assert dry(walker(), road(road_class="primary", **{column: word})).tolist() == [4.0]


def test_the_lowest_of_all_caps_counts() -> None:
    tagged = road(road_class="primary", surface="gravel", tracktype="grade3", smoothness="very_bad")
    assert dry(vehicle(), tagged).tolist() == [15]
    assert dry(vehicle(road_cap_kmh=12), tagged).tolist() == [12]
    assert dry(vehicle(), tagged.assign(smoothness="good")).tolist() == [30]
    assert dry(vehicle(), tagged.assign(smoothness="", tracktype="grade1")).tolist() == [45]


def test_the_files_speed_holds_against_caps_but_not_where_nobody_drives() -> None:
    tagged = road(road_class="primary", tracktype="grade5", speed_kmh=80.0)
    assert dry(vehicle(), tagged).tolist() == [80]
    assert dry(vehicle(), tagged.assign(smoothness="impassable")).tolist() == [0]


@pytest.mark.parametrize(
    ("state", "kmh"), [("open", 60), ("difficult", 20), ("closed", 0), ("", 20)]
)
def test_in_the_rains_the_state_of_the_road_counts(state: str, kmh: float) -> None:
    roads = road(speed_kmh=60.0, wet_state=state)
    assert wet(vehicle(), roads).tolist() == [kmh]
    assert dry(vehicle(), roads).tolist() == [60]


@pytest.mark.parametrize(("state", "kmh"), [("open", 4), ("difficult", 2), ("closed", 0), ("", 2)])
def test_people_on_foot_go_by_the_state_of_the_road_too(state: str, kmh: float) -> None:
    assert wet(walker(wet_time_factor=2.0), road(wet_state=state)).tolist() == [kmh]


def test_where_it_is_unknown_how_much_the_rains_slow_the_speed_is_the_dry_one() -> None:
    assert wet(walker(), road()).tolist() == [4.0]
    assert wet(walker(), road(wet_state="closed")).tolist() == [0.0]
    assert default_terrain_kmh(walker(), season="wet") == 3.0


def test_a_table_without_the_columns_of_state_is_of_unknown_state() -> None:
    roads = road(road_class="primary")[["road_class", "surface", "speed_kmh"]]
    assert dry(vehicle(), roads).tolist() == [65]
    assert wet(vehicle(), roads).tolist() == pytest.approx([65 / 3])


def test_no_roads_have_no_speeds() -> None:
    assert wet(vehicle(), road().iloc[:0]).shape == (0,)
    assert dry(walker(), pd.DataFrame({name: [] for name in COLUMNS})).shape == (0,)


GRID = Grid(rows=1, cols=4, cell_size_m=10.0, left_m=0.0, top_m=0.0, crs="EPSG:32636")


def cover(*names: str) -> LandCover:
    codes = [LAND_COVERS.index(name) if name else -1 for name in names]
    return LandCover(grid=GRID, codes=np.array([codes], dtype=np.int16))


def test_without_land_cover_all_ground_is_shrub_at_the_movers_pace() -> None:
    assert cell_speeds_kmh(walker(), GRID, None, season="dry").tolist() == [[3.0] * 4]
    own = vehicle(off_road_kmh=12)
    assert cell_speeds_kmh(own, GRID, None, season="dry").tolist() == [[12.0] * 4]
    assert cell_speeds_kmh(own, GRID, None, season="wet").tolist() == [[4.0] * 4]


def test_in_the_rains_every_cell_is_slower_by_the_factor() -> None:
    ground = cover("crops", "permanent_water", "wetland", "")
    on_foot = walker(wet_time_factor=2.0)
    assert cell_speeds_kmh(on_foot, GRID, ground, season="dry").tolist() == [[2.5, 0, 0.5, 3]]
    assert cell_speeds_kmh(on_foot, GRID, ground, season="wet").tolist() == [[1.25, 0, 0.25, 1.5]]
    assert cell_speeds_kmh(walker(), GRID, ground, season="wet").tolist() == [[2.5, 0, 0.5, 3]]
    own = vehicle(off_road_kmh=12)
    slow = cell_speeds_kmh(own, GRID, ground, season="wet")
    assert slow == pytest.approx(np.array([[4, 0, 0.5 / 3, 4]]))


def test_land_cover_of_another_grid_is_refused() -> None:
    other = dataclasses.replace(GRID, cols=5)
    with pytest.raises(GridError, match="land cover"):
        cell_speeds_kmh(walker(), other, cover("", "", "", ""), season="dry")


def test_land_cover_without_a_pace_is_refused_with_its_name() -> None:
    strange = LandCover(grid=GRID, codes=np.zeros((1, 4), np.int16), names=("lava", "shrub"))
    with pytest.raises(ConfigError, match="'lava'"):
        cell_speeds_kmh(walker(), GRID, strange, season="dry")


published = st.just(np.nan) | st.floats(1, 120)
one_road = st.tuples(
    st.sampled_from(CLASSES),
    st.sampled_from(SURFACES),
    st.sampled_from(TRACKTYPES),
    st.sampled_from(SMOOTHNESS),
    st.sampled_from(STATES),
    published,
)
some_roads = st.lists(one_road, min_size=1, max_size=8).map(
    lambda rows: pd.DataFrame(rows, columns=list(COLUMNS))
)
own_figures = st.fixed_dictionaries(
    {}, optional={"road_cap_kmh": st.floats(1, 100), "wet_time_factor": st.floats(1, 5)}
)
vehicles = own_figures.map(lambda figures: vehicle(**figures))
walkers = st.floats(1, 5).map(lambda factor: walker(wet_time_factor=factor))
movers = vehicles | walkers | st.just(walker())


@given(movers, some_roads)
def test_the_rains_make_no_road_faster(mover: Vehicle | Foot, roads: pd.DataFrame) -> None:
    assert (wet(mover, roads) <= dry(mover, roads)).all()


@given(movers, st.lists(st.sampled_from([*LAND_COVERS, ""]), min_size=4, max_size=4))
def test_the_rains_make_no_ground_faster(mover: Vehicle | Foot, names: list[str]) -> None:
    speeds = [cell_speeds_kmh(mover, GRID, cover(*names), season=s) for s in ("dry", "wet")]  # type: ignore[arg-type]
    assert (speeds[1] <= speeds[0]).all()


@given(vehicles, some_roads)
def test_roads_of_unknown_state_are_all_slower_by_the_factor(
    mover: Vehicle, roads: pd.DataFrame
) -> None:
    assert mover.wet_time_factor is not None
    slowed = dry(mover, roads) / mover.wet_time_factor.value
    for state in ("", "difficult"):
        assert (wet(mover, roads.assign(wet_state=state)) == slowed).all()


@pytest.mark.parametrize(
    ("column", "words"),
    [("surface", SURFACES), ("tracktype", TRACKTYPES), ("smoothness", SMOOTHNESS)],
)
@given(vehicles, one_road)
def test_a_worse_road_is_never_faster(
    column: str, words: tuple[str, ...], mover: Vehicle, tags: tuple[str | float, ...]
) -> None:
    roads = pd.DataFrame([tags] * len(words), columns=list(COLUMNS)).assign(**{column: words})
    assert (np.diff(dry(mover, roads)) <= 0).all()
    assert (np.diff(wet(mover, roads)) <= 0).all()


@given(vehicles, one_road)
def test_a_worse_state_in_the_rains_is_never_faster(
    mover: Vehicle, tags: tuple[str | float, ...]
) -> None:
    states = ["open", "difficult", "closed"]
    roads = pd.DataFrame([tags] * 3, columns=list(COLUMNS)).assign(wet_state=states)
    assert (np.diff(wet(mover, roads)) <= 0).all()


@given(vehicles, some_roads, st.floats(1, 100))
def test_a_cap_makes_no_road_faster(mover: Vehicle, roads: pd.DataFrame, kmh: float) -> None:
    capped = dataclasses.replace(mover, road_cap_kmh=figure(kmh))
    free = dataclasses.replace(mover, road_cap_kmh=None)
    assert (dry(capped, roads) <= np.minimum(dry(free, roads), kmh)).all()
