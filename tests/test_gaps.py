"""Uncovered high-risk zones on a grid small enough to do by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_poc.coverage.gaps import Surroundings, gap_zones
from geo_poc.coverage.patches import bearing_name
from geo_poc.grid import Grid
from geo_poc.layers.threat.surface import Threat
from geo_poc.plan import Conditions
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

CASE = Conditions(season="wet", light="day")
CRS = "+proj=laea +lat_0=0 +lon_0=-15 +datum=WGS84 +units=m +no_defs +type=crs"
GRID = Grid(rows=4, cols=6, cell_size_m=10_000.0, left_m=0.0, top_m=40_000.0, crs=CRS)
THEATRE = Theatre(
    name="Test",
    as_of=dt.date(2026, 1, 1),
    area=shapely.box(0, 0, 60_000, 40_000),
    grid=GRID,
    marking="UNCLASSIFIED",
    fictional=True,
)
INF = float("inf")
CODE = {reason: number for number, reason in enumerate(Reason)}


def threat(expected: float = 0.001) -> Threat:
    return Threat(
        grid=GRID,
        expected=np.full(GRID.shape, expected, np.float32),
        as_of=THEATRE.as_of,
        horizon_days=30,
        method="flat",
        incidents_used=1,
        newest=None,
    )


def road(
    cell_seconds: np.ndarray, owner: np.ndarray, reason: Reason = Reason.CUT_OFF
) -> TravelTime:
    codes = np.where(np.isfinite(cell_seconds), CODE[Reason.REACHED], CODE[reason])
    empty = np.zeros((2, 0))
    return TravelTime(
        mover="wheeled_patrol",
        kind="road",
        conditions=CASE,
        grid=GRID,
        base_ids=("west", "east"),
        place_ids=(),
        seconds=empty,
        distance_m=empty,
        off_road_m=empty,
        reasons=empty.astype(object),
        cell_seconds=cell_seconds.astype(np.float32),
        cell_owner=owner.astype(np.int32),
        cell_reasons=codes.astype(np.int8),
    )


def surroundings(
    *,
    letters: np.ndarray,
    level: np.ndarray,
    people: np.ndarray | None,
    sites: list[tuple[str, str, float, float, float, str]],
    travel: TravelTime | None = None,
) -> Surroundings:
    """Base ``west`` in the first column, ``east`` in the last; half of the cells belong to each."""
    columns = ["id", "layer", "people", "x", "y", "class"]
    table = pd.DataFrame(sites, columns=columns).astype({"people": float})
    owner = np.where(np.arange(6)[None, :] < 3, 0, 1) * np.ones((4, 1), int)
    return Surroundings(
        theatre=THEATRE,
        conditions=CASE,
        cell_class=letters,
        threat=threat(),
        threat_level=level,
        people=people,
        places=gpd.GeoDataFrame(
            table.assign(name=table["id"].str.title()),
            geometry=gpd.points_from_xy(table["x"], table["y"]),
            crs=CRS,
        ),
        bases=gpd.GeoDataFrame(
            {"id": ["west", "east"], "name": ["West", "East"], "role": "fixed"},
            geometry=gpd.points_from_xy([5000, 55_000], [5000, 5000]),
            crs=CRS,
        ),
        travel=[travel or road(np.full(GRID.shape, 5 * 3600.0), owner)],
    )


def all_late() -> tuple[np.ndarray, np.ndarray]:
    return np.full(GRID.shape, "N"), np.full(GRID.shape, 5, np.int8)


def test_a_zone_is_split_where_another_base_is_nearer() -> None:
    letters, level = all_late()
    people = np.full(GRID.shape, 10.0, np.float32)
    people[0, 0] = 50.0
    zones = gap_zones(
        surroundings(letters=letters, level=level, people=people, sites=[]), high_risk_level=3
    )
    assert zones["base"].tolist() == ["west", "east"]
    assert zones["people"].tolist() == [12 * 10 + 40.0, 12 * 10.0]
    assert zones["rank"].tolist() == [1, 2]
    assert zones["area_km2"].tolist() == [1200.0, 1200.0]
    assert zones.geometry.area.tolist() == [1.2e9, 1.2e9]
    assert zones["expected_30d"].tolist() == pytest.approx([1.2, 1.2], rel=1e-5)


def test_only_uncovered_cells_of_high_threat_are_in_a_zone() -> None:
    letters, level = all_late()
    letters[:, :2] = "P"
    level[:, 2] = 2
    letters[0, 3] = "C"
    letters[1, 3] = "?"
    people = np.ones(GRID.shape, np.float32)
    zones = gap_zones(
        surroundings(letters=letters, level=level, people=people, sites=[]), high_risk_level=3
    )
    assert zones["area_km2"].sum() == 100.0 * (4 * 3 - 2)
    assert not zones.intersects(shapely.box(1000, 1000, 29_000, 39_000)).any()


def test_displaced_people_add_to_residents_and_unknown_ones_are_counted_apart() -> None:
    letters, level = all_late()
    sites = [
        ("camp a", "camp", 300.0, 5000.0, 35_000.0, "N"),
        ("camp b", "camp", np.nan, 6000.0, 35_000.0, "N"),
        ("camp c", "camp", 900.0, 7000.0, 35_000.0, "P"),
        ("town", "place", 70.0, 8000.0, 35_000.0, "N"),
    ]
    people = np.ones(GRID.shape, np.float32)
    zones = gap_zones(
        surroundings(letters=letters, level=level, people=people, sites=sites), high_risk_level=3
    )
    first = zones.iloc[0]
    assert (first["name"], first["residents"], first["site_people"]) == ("Camp A", 12.0, 300.0)
    assert (first["people"], first["sites"], first["sites_unknown_people"]) == (312.0, 3, 1)


def test_without_a_population_raster_people_are_those_of_known_sites() -> None:
    letters, level = all_late()
    sites = [("town", "place", 70.0, 8000.0, 35_000.0, "N")]
    zones = gap_zones(
        surroundings(letters=letters, level=level, people=None, sites=sites), high_risk_level=3
    )
    assert zones["people"].tolist() == [70.0]
    assert zones["name"].tolist() == ["Town"]


def test_unknown_residents_stay_unknown() -> None:
    letters, level = all_late()
    sites = [("camp a", "camp", 300.0, 5000.0, 35_000.0, "N")]
    people = np.full(GRID.shape, np.nan, np.float32)
    zones = gap_zones(
        surroundings(letters=letters, level=level, people=people, sites=sites), high_risk_level=3
    )
    assert np.isnan(zones["residents"].iloc[0])
    assert zones["people"].iloc[0] == 300.0


def test_time_and_reason_are_those_of_the_cell_with_most_residents() -> None:
    letters, level = all_late()
    seconds = np.full(GRID.shape, 4 * 3600.0)
    seconds[2, 1] = 7 * 3600.0
    seconds[:, 3:] = INF
    owner = np.where(np.isfinite(seconds), 0, -1)
    people = np.ones(GRID.shape, np.float32)
    people[2, 1] = 500.0
    people[3, 4] = 400.0
    zones = gap_zones(
        surroundings(
            letters=letters,
            level=level,
            people=people,
            sites=[],
            travel=road(seconds, owner, Reason.CLOSED),
        ),
        high_risk_level=3,
    )
    assert zones["seconds"].tolist() == [7 * 3600.0, INF]
    assert zones["mover"].tolist() == ["wheeled_patrol", ""]
    assert zones["reason"].tolist() == ["reached", "closed"]
    assert zones["base_name"].tolist() == ["West", "East"]
    assert zones["distance_m"].tolist() == pytest.approx([np.hypot(1e4, 1e4), 1e4])


def test_a_zone_where_nobody_is_known_to_live_is_left_out() -> None:
    letters, level = all_late()
    people = np.zeros(GRID.shape, np.float32)
    zones = gap_zones(
        surroundings(letters=letters, level=level, people=people, sites=[]), high_risk_level=3
    )
    assert len(zones) == 0
    assert "rank" in zones.columns
    assert zones.crs == CRS


@pytest.mark.parametrize(
    ("x", "y", "direction"),
    [
        (0, 9, "N"),
        (9, 9, "NE"),
        (9, 0, "E"),
        (9, -9, "SE"),
        (0, -9, "S"),
        (-9, -9, "SW"),
        (-9, 0, "W"),
        (-9, 9, "NW"),
    ],
)
def test_directions_follow_the_compass(x: float, y: float, direction: str) -> None:
    towns = gpd.GeoDataFrame({"name": ["A"]}, geometry=gpd.points_from_xy([0], [0]))
    assert bearing_name(towns, x * 1000.0, y * 1000.0).split()[2] == direction


def test_without_places_a_position_has_no_name() -> None:
    assert bearing_name(gpd.GeoDataFrame({"name": []}, geometry=[]), 0.0, 0.0) == ""


@pytest.mark.parametrize(("col", "areas"), [(3, [200.0]), (4, [100.0, 100.0])])
def test_patches_up_to_two_cells_apart_are_one_zone_and_farther_ones_are_two(
    col: int, areas: list[float]
) -> None:
    letters, level = all_late()
    letters[:] = "P"
    letters[0, 0] = letters[0, col] = "N"
    of_west = road(np.full(GRID.shape, 5 * 3600.0), np.zeros(GRID.shape))
    zones = gap_zones(
        surroundings(
            letters=letters,
            level=level,
            people=np.ones(GRID.shape, np.float32),
            sites=[],
            travel=of_west,
        ),
        high_risk_level=3,
    )
    assert zones["area_km2"].tolist() == areas


def test_a_candidate_base_is_nobodys_nearest() -> None:
    letters, level = all_late()
    here = surroundings(
        letters=letters,
        level=level,
        people=np.ones(GRID.shape, np.float32),
        sites=[],
        travel=road(np.full(GRID.shape, INF), np.full(GRID.shape, -1)),
    )
    bases = here.bases.assign(role=["candidate", "fixed"])
    zones = gap_zones(dataclasses.replace(here, bases=bases), high_risk_level=3)
    assert set(zones["base"]) == {"east"}


def late_site(place_s: float, **amounts: np.ndarray) -> pd.Series:
    """The zone round a camp that West reaches at the time given."""
    letters, level = all_late()
    letters[:] = "P"
    letters[0, 0] = "N"
    time = dataclasses.replace(
        road(np.full(GRID.shape, 7 * 3600.0), np.zeros(GRID.shape)),
        place_ids=("camp",),
        seconds=np.array([[place_s], [np.inf]]),
        **amounts,
    )
    camp = ("camp", "camp", 50.0, 5_000.0, 35_000.0, "N")
    found = surroundings(letters=letters, level=level, people=None, sites=[camp], travel=time)
    return gap_zones(found, high_risk_level=3).iloc[0]


def test_a_zone_has_the_waiting_and_the_last_leg_of_its_site() -> None:
    waits, walks = np.array([[21_600.0], [0.0]]), np.array([[3500.0], [np.nan]])
    zone = late_site(7 * 3600.0, approval_s=waits, walked_m=walks)
    assert (zone["name"], zone["base"]) == ("Camp", "west")
    assert (zone["approval_s"], zone["walked_m"]) == (21_600.0, 3500.0)


def test_where_nobody_waits_or_walks_at_all_a_zone_has_none_of_it() -> None:
    zone = late_site(np.inf)
    assert (zone["approval_s"], zone["walked_m"]) == (0.0, 0.0)


def test_what_a_zone_waits_for_is_not_known_where_its_site_is_not_reached_from_there() -> None:
    waits, walks = np.array([[0.0], [0.0]]), np.array([[np.nan], [np.nan]])
    zone = late_site(np.inf, approval_s=waits, walked_m=walks)
    assert np.isnan([zone["approval_s"], zone["walked_m"]]).all()


def test_what_a_zone_waits_for_is_not_known_where_nothing_reaches_it_or_it_has_no_site() -> None:
    letters, level = all_late()
    people = np.ones(GRID.shape, np.float32)
    unreached = road(np.full(GRID.shape, np.inf), np.full(GRID.shape, -1))
    waiting = dataclasses.replace(
        road(np.full(GRID.shape, 7 * 3600.0), np.zeros(GRID.shape)), approval_s=np.zeros((2, 0))
    )
    for travel in (unreached, waiting):
        around = surroundings(letters=letters, level=level, people=people, sites=[], travel=travel)
        assert gap_zones(around, high_risk_level=3)["approval_s"].isna().all()


@pytest.mark.parametrize(
    ("people", "level"),
    [
        ([10.0, 30.0, 60.0], 3),  # 40 of 100 live at 4 or above
        ([10.0, 40.0, 50.0], 4),  # exactly half do
        ([0.0, 0.0, 0.0], 4),  # nobody: half of the cells
        ([np.nan, 10.0, np.nan], 4),  # unknown cells say nothing
        (None, 4),
    ],
)
def test_level_of_a_zone_is_the_highest_that_half_of_its_residents_live_under(
    people: list[float] | None, level: int
) -> None:
    letters, levels = all_late()
    letters[:] = "P"
    letters[0, :3] = "N"
    levels[0, :3] = [5, 4, 3]
    residents = None
    if people is not None:
        residents = np.zeros(GRID.shape, np.float32)
        residents[0, :3] = people
    site = ("a", "place", 10.0, 5_000.0, 35_000.0, "N")
    around = surroundings(letters=letters, level=levels, people=residents, sites=[site])
    assert gap_zones(around, high_risk_level=3)["threat_level"].tolist() == [level]
