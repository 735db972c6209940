"""Classes, totals and straight-line facts against sums done by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import Transformer

from geo_poc.coverage.classes import class_of, coverage_of, shortest_s
from geo_poc.coverage.demand import demand
from geo_poc.coverage.proximity import nearest_base_m, proximity
from geo_poc.grid import Grid
from geo_poc.plan import ALL_CONDITIONS, Conditions
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, ProximitySpec, TheatreSpec

HOUR = 3600.0
INF, NAN = float("inf"), float("nan")
times = arrays(float, 20, elements=st.sampled_from([0.0, 60.0, 3600.0, 7200.0, INF, NAN]))


def small_theatre() -> Theatre:
    """About 44 x 44 km on the equator, 4 x 4 cells or so of 10 km, far from any land."""
    box = (-15.2, -0.2, -14.8, 0.2)
    spec = TheatreSpec(
        name="Test",
        as_of=dt.date(2026, 1, 1),
        cell_size=10_000.0,
        marking="UNCLASSIFIED",
        area=AreaSpec(bbox=box),
    )
    return theatre_over(spec, shapely.box(*box))


def sites(theatre: Theatre, layer: str, people: list[float]) -> gpd.GeoDataFrame:
    n = len(people)
    return gpd.GeoDataFrame(
        {
            "id": [f"{layer}{i}" for i in range(n)],
            "kind": "idp",
            "name": [f"{layer} {i}" for i in range(n)],
            "people": people,
            "people_estimate": False,
            "admin1": "",
        },
        geometry=gpd.points_from_xy(np.arange(n) * 1000.0, np.zeros(n)),
        crs=theatre.grid.crs,
    )


def one_travel_time(
    grid: Grid, kind: str, case: Conditions, seconds: list[float], reason: Reason | None = None
) -> TravelTime:
    """Times from one base; cells all have the time of the first place."""
    row = np.array([seconds])
    why = {True: Reason.REACHED, False: Reason.CUT_OFF}
    found = [Reason.UNKNOWN if np.isnan(s) else why[s < INF] for s in seconds]
    reasons = np.array([[reason or one for one in found]], dtype=object)
    return TravelTime(
        mover=kind,
        kind=kind,  # type: ignore[arg-type]
        conditions=case,
        grid=grid,
        base_ids=("b0",),
        place_ids=tuple(f"camp{i}" for i in range(len(seconds))),
        seconds=row,
        distance_m=np.where(np.isfinite(row), 1000.0, NAN),
        off_road_m=np.where(np.isfinite(row), 0.0, NAN),
        reasons=reasons,
        cell_seconds=np.full(grid.shape, seconds[0], np.float32),
        cell_owner=np.full(grid.shape, 0 if np.isfinite(seconds[0]) else -1, np.int32),
        cell_reasons=np.zeros(grid.shape, np.int8),
    )


@given(times, times)
def test_a_looser_standard_never_reaches_less(ground: np.ndarray, air: np.ndarray) -> None:
    strict = class_of(ground, air, standard_s=HOUR)
    loose = class_of(ground, air, standard_s=2 * HOUR)
    assert ((strict == "P") <= (loose == "P")).all()
    assert (np.isin(strict, ["P", "C"]) <= np.isin(loose, ["P", "C"])).all()


@given(times, times)
def test_unknown_and_unreachable_are_never_covered(ground: np.ndarray, air: np.ndarray) -> None:
    letters = class_of(ground, air, standard_s=HOUR)
    neither = ~np.isfinite(ground) & ~np.isfinite(air)
    assert np.isin(letters[neither], ["N", "?"]).all()


@given(times, times)
def test_shortest_time_agrees_with_a_loop(first: np.ndarray, second: np.ndarray) -> None:
    for a, b, best in zip(first, second, shortest_s([first, second], (20,)), strict=True):
        known = [t for t in (a, b) if np.isfinite(t)]
        expected = min(known) if known else NAN if np.isnan([a, b]).any() else INF
        assert best == expected or (np.isnan(best) and np.isnan(expected))


def test_a_time_equal_to_the_standard_meets_it() -> None:
    letters = class_of(
        np.array([HOUR, np.nextafter(HOUR, INF)]), np.array([INF, INF]), standard_s=HOUR
    )
    assert letters.tolist() == ["P", "N"]


def covered(theatre: Theatre, mandate: gpd.GeoDataFrame | None = None):
    """Camps of 100, 200, 400 and unknown people: by road 1, 5, inf, 1 h; by air inf, 2, 2 h, inf by day."""
    camps = sites(theatre, "camp", [100.0, 200.0, 400.0, NAN])
    travel = []
    for case in ALL_CONDITIONS:
        slow = 1.0 if case.season == "dry" else 3.0
        road = [HOUR * slow, 5 * HOUR * slow, INF, HOUR * slow]
        travel.append(one_travel_time(theatre.grid, "road", case, road))
        by_day = case.light == "day"
        air = [INF, 2 * HOUR, 2 * HOUR, INF] if by_day else [INF] * 4
        reason = None if by_day else Reason.NO_ASSET
        travel.append(one_travel_time(theatre.grid, "air", case, air, reason))
    empty = gpd.GeoDataFrame({"kind": []}, geometry=[], crs=theatre.grid.crs)
    return coverage_of(
        theatre=theatre,
        conditions=Conditions(season="wet", light="day"),
        standard_s=3 * HOUR,
        places=demand(camps, camps[:0]),
        place_level=np.zeros(4, np.int8),
        travel=travel,
        mandate=empty if mandate is None else mandate,
    )


def matrix_row(matrix: pd.DataFrame, season: str, light: str, *, air: bool) -> pd.Series:
    rows = matrix.query("season == @season and light == @light and air == @air")
    assert len(rows) == 1
    return rows.iloc[0]


def test_totals_of_each_case_agree_with_sums_by_hand() -> None:
    matrix = covered(small_theatre()).matrix
    assert len(matrix) == 8
    dry_air = matrix_row(matrix, "dry", "day", air=True)
    assert (dry_air["people"], dry_air["people_within"]) == (700.0, 700.0)
    assert (dry_air["sites"], dry_air["sites_unknown_people"], dry_air["sites_within"]) == (4, 1, 4)
    dry_ground = matrix_row(matrix, "dry", "day", air=False)
    assert dry_ground["share"] == pytest.approx(100 / 700)
    night = matrix_row(matrix, "wet", "night", air=False)
    assert night["people_within"] == 100.0


def test_a_case_in_which_no_aircraft_may_fly_is_not_possible() -> None:
    matrix = covered(small_theatre()).matrix
    assert not matrix_row(matrix, "dry", "night", air=True)["possible"]
    assert matrix_row(matrix, "dry", "night", air=False)["possible"]
    assert matrix_row(matrix, "dry", "day", air=True)["possible"]


def test_classes_hold_every_site_once_in_every_case() -> None:
    classes = covered(small_theatre()).classes
    assert len(classes) == 4 * 8
    assert not classes.duplicated(["id", "season", "light", "air"]).any()
    wet_day = classes.query("season == 'wet' and light == 'day' and air")
    assert dict(zip(wet_day["id"], wet_day["class"], strict=True)) == {
        "camp0": "P",
        "camp1": "C",
        "camp2": "C",
        "camp3": "P",
    }


def test_without_aircraft_nothing_is_protected_only_if_one_flies() -> None:
    classes = covered(small_theatre()).classes
    assert set(classes.loc[~classes["air"], "class"]) <= {"P", "N"}


def test_sites_outside_the_mandate_are_outside_in_every_case_and_in_no_total() -> None:
    theatre = small_theatre()
    mandate = gpd.GeoDataFrame(
        {"kind": ["mandate"]}, geometry=[shapely.box(-500, -500, 1500, 500)], crs=theatre.grid.crs
    )
    found = covered(theatre, mandate)
    outside = found.classes[found.classes["class"] == "E"]
    assert set(outside["id"]) == {"camp2", "camp3"}
    assert (found.matrix["sites"] == 2).all()
    assert (found.matrix["people"] == 300.0).all()
    assert "E" in found.cell_class


def test_answers_name_the_nearest_base_or_none() -> None:
    answers = covered(small_theatre()).answers
    assert len(answers) == 4 * 8
    road = answers.query("mover == 'road' and season == 'dry' and light == 'day'").set_index("id")
    assert road.loc["camp0", ["base", "seconds", "reason"]].tolist() == ["b0", HOUR, "reached"]
    assert road.loc["camp2", ["base", "seconds", "reason"]].tolist() == ["", INF, "cut_off"]
    assert (road["second_base"] == "").all()


def test_cells_have_a_class_inside_the_area_only() -> None:
    theatre = small_theatre()
    letters = covered(theatre).cell_class
    assert ((letters == "") == ~theatre.inside).all()
    assert set(letters[theatre.inside]) == {"P"}


def test_demand_keeps_every_camp_and_place() -> None:
    theatre = small_theatre()
    camps, places = sites(theatre, "camp", [1.0, 2.0]), sites(theatre, "place", [3.0])
    table = demand(camps, places)
    assert table["layer"].tolist() == ["camp", "camp", "place"]
    assert table["people"].tolist() == [1.0, 2.0, 3.0]
    assert table.crs == camps.crs


def in_theatre(theatre: Theatre, lonlat: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    to_metres = Transformer.from_crs("EPSG:4326", theatre.grid.crs, always_xy=True)
    points = [shapely.Point(to_metres.transform(lon, lat)) for lon, lat in lonlat]
    return gpd.GeoDataFrame(geometry=points, crs=theatre.grid.crs)


def test_distance_to_the_nearest_base_is_the_geodesic_of_another_library() -> None:
    theatre = small_theatre()
    here, bases = [(-15.1, 0.1), (-14.9, -0.1)], [(-15.0, 0.0), (-14.81, -0.19)]
    away = nearest_base_m(in_theatre(theatre, here), in_theatre(theatre, bases), theatre=theatre)
    for (lon, lat), metres in zip(here, away, strict=True):
        oracle = min(Geodesic.WGS84.Inverse(lat, lon, b[1], b[0])["s12"] for b in bases)
        assert metres == pytest.approx(oracle, abs=0.01)


def test_without_bases_everything_is_beyond_every_distance() -> None:
    theatre = small_theatre()
    none = in_theatre(theatre, [])
    assert nearest_base_m(in_theatre(theatre, [(-15.0, 0.0)]), none, theatre=theatre).tolist() == [
        INF
    ]


def test_proximity_counts_only_precise_incidents_since_the_date() -> None:
    theatre = small_theatre()
    incidents = in_theatre(theatre, [(-15.0, 0.0), (-15.0, 0.18), (-15.0, 0.18), (-15.0, 0.18)])
    incidents["where_prec"] = [1, 3, 4, 1]
    incidents["date_start"] = pd.to_datetime(
        ["2025-05-01", "2025-05-01", "2025-05-01", "2019-05-01"]
    )
    facts = proximity(
        incidents=incidents,
        camps=in_theatre(theatre, [(-15.0, 0.001), (-15.0, 0.19)]),
        bases=in_theatre(theatre, [(-15.0, 0.0), (-15.0, 0.19)]).assign(
            role=["fixed", "candidate"]
        ),
        spec=ProximitySpec(distance=10_000.0, since=dt.date(2024, 1, 1), where_prec=3),
        theatre=theatre,
    )
    assert (facts["incidents"], facts["incidents_beyond"]) == (2, 1)
    assert (facts["camps"], facts["camps_beyond"], facts["bases"]) == (2, 1, 1)


def test_share_is_unknown_where_the_time_to_everybody_counted_is_unknown() -> None:
    theatre = small_theatre()
    camps = sites(theatre, "camp", [100.0, NAN])
    travel = [one_travel_time(theatre.grid, "road", case, [NAN, HOUR]) for case in ALL_CONDITIONS]
    found = coverage_of(
        theatre=theatre,
        conditions=Conditions(season="wet", light="day"),
        standard_s=3 * HOUR,
        places=demand(camps, camps[:0]),
        place_level=np.zeros(2, np.int8),
        travel=travel,
        mandate=gpd.GeoDataFrame({"kind": []}, geometry=[], crs=theatre.grid.crs),
    )
    assert found.matrix["share"].isna().all()
    assert (found.matrix["sites_within"] == 1).all()


def test_a_late_time_does_not_hide_an_unknown_one_that_could_be_in_time() -> None:
    late, unknown = np.array([2 * HOUR, 0.5 * HOUR, INF]), np.array([NAN, NAN, NAN])
    shortest = shortest_s([late, unknown], (3,), standard_s=HOUR)
    nobody = np.full(3, INF)
    assert class_of(shortest, nobody, standard_s=HOUR).tolist() == ["?", "P", "?"]


def test_an_answer_has_the_waiting_and_the_last_leg_of_the_base_that_is_first() -> None:
    theatre = small_theatre()
    camps = sites(theatre, "camp", [100.0, 100.0])
    travel = [
        dataclasses.replace(
            one_travel_time(theatre.grid, "road", case, [HOUR, INF]),
            approval_s=np.array([[900.0, 0.0]]),
            walked_m=np.array([[3500.0, NAN]]),
        )
        for case in ALL_CONDITIONS
    ]
    found = coverage_of(
        theatre=theatre,
        conditions=Conditions(season="wet", light="day"),
        standard_s=3 * HOUR,
        places=demand(camps, camps[:0]),
        place_level=np.zeros(2, np.int8),
        travel=travel,
        mandate=gpd.GeoDataFrame({"kind": []}, geometry=[], crs=theatre.grid.crs),
    )
    first, never = found.answers.iloc[0], found.answers.iloc[1]
    assert (first["approval_s"], first["walked_m"]) == (900.0, 3500.0)
    assert never[["approval_s", "walked_m"]].isna().all()
