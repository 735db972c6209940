"""Which ways there is something to decide about: by hand on one road with places along it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_poc.coverage.deciding import DecidingWay, deciding_ways
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.grid import Grid
from geo_poc.inputs import read_inputs
from geo_poc.plan import Asset, PlanFile, PlanSpec, Standard
from geo_poc.routing.field import Tables
from geo_poc.run import analyse
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
SIDE_M = 20_000.0
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, SIDE_M, SIDE_M),
    grid=Grid(rows=20, cols=20, cell_size_m=1000.0, left_m=0.0, top_m=SIDE_M, crs=CRS),
    marking="UNCLASSIFIED",
)
PATROL = Asset(mover="wheeled_patrol", bases="all", notice=600.0, source="test")
# 60 km/h along y = 10.5 km from the base at x = 1.5 km: a minute a km, after 10 minutes of notice.
ALONG_KM = (3.5, 7.5, 11.5, 15.5, 18.5)


def plan(
    standard_min: float, *assets: Asset, light: str = "day", cut_off_s: float = 1e6
) -> PlanFile:
    return PlanFile(
        plan=PlanSpec(name="test", season="dry", light=light),  # type: ignore[arg-type]
        standard=Standard(response=standard_min * 60.0, cut_off=cut_off_s, source="test"),
        bases=[],
        assets=list(assets) or [PATROL],
    )


def tables(people: list[float]) -> Tables:
    def points(prefix: str, *x_km: float) -> gpd.GeoDataFrame:
        names = [f"{prefix}{n}" for n in range(len(x_km))]
        table = {"id": names, "name": names, "aviation": False, "contingent": ""}
        at = [shapely.Point(x * 1000.0, 10_500.0) for x in x_km]
        return gpd.GeoDataFrame(table, geometry=at, crs=CRS)

    roads = pd.DataFrame(
        {
            "road_class": ["primary"],
            "surface": "",
            "speed_kmh": 60.0,
            "length_m": np.nan,
            "oneway": False,
            "bridge": False,
        }
    )
    line = shapely.LineString([(1500.0, 10_500.0), (18_500.0, 10_500.0)])
    areas = {"id": [], "name": [], "kind": [], "barrier": [], "contingents": []}
    none = pd.Series([], dtype="datetime64[s]")
    return Tables(
        bases=points("b", 1.5, 1.5),
        places=points("p", *ALONG_KM[: len(people)]).assign(people=people),
        roads=gpd.GeoDataFrame(roads, geometry=[line], crs=CRS),
        areas=gpd.GeoDataFrame(
            pd.DataFrame(areas).assign(from_date=none, to_date=none), geometry=[], crs=CRS
        ),
    )


def found(
    people: list[float], by: PlanFile, *, asked: list[bool] | None = None, most: int = 5
) -> tuple[DecidingWay, ...]:
    of = tables(people)
    return deciding_ways(THEATRE, by, of, np.array(asked or [True] * len(people)), most=most)


def test_late_places_are_shown_most_people_first_unknown_last() -> None:
    # Minutes from the alert: 12, 16, 20, 24, 27; the standard is 15.
    ways = found([900.0, 10.0, np.nan, 50.0, 20.0], plan(15))
    assert [way.place_id for way in ways] == ["p3", "p4", "p1", "p2"]
    assert [way.seconds / 60 for way in ways] == pytest.approx([24, 27, 16, 20], rel=1e-3)
    assert {way.base_id for way in ways} == {"b0"}
    assert {way.mover for way in ways} == {"wheeled_patrol"}


def test_a_place_within_the_standard_is_not_shown_beside_a_late_one() -> None:
    # 12 and 16 minutes.
    (way,) = found([900.0, 10.0], plan(14))
    assert way.place_id == "p1"


def test_a_place_that_is_reached_only_after_approval_is_shown_with_the_wait() -> None:
    # Two hours after the alert those who wait leave; 10 min of notice and 14 min of way follow.
    of = tables([5.0, 7.0, 9.0, 11.0])
    held = pd.DataFrame(
        {
            "id": ["a"], "name": "held", "kind": "host_state", "barrier": False, "contingents": "",
            "rule": "needs_approval", "delay_s": 7200.0, "roads": "", "source": "test",
            "from_date": pd.NaT, "to_date": pd.NaT,
        }
    )  # fmt: skip
    box = shapely.box(13_000, 0, 20_000, 20_000)
    of = dataclasses.replace(of, areas=gpd.GeoDataFrame(held, geometry=[box], crs=CRS))
    (way,) = deciding_ways(THEATRE, plan(60), of, np.ones(4, dtype=bool))
    assert way.place_id == "p3"
    assert way.seconds / 60 == pytest.approx(120 + 10 + 14, rel=1e-3)


def test_no_more_are_shown_than_wanted() -> None:
    assert [way.place_id for way in found([1.0, 2, 3, 4, 5], plan(1), most=2)] == ["p4", "p3"]


def test_where_nobody_is_late_the_reached_ones_are_shown() -> None:
    assert [way.place_id for way in found([5.0, 7.0], plan(60))] == ["p1", "p0"]


def test_a_place_beyond_the_cut_off_is_shown_as_long_as_there_is_a_way() -> None:
    ways = found([5.0, 7.0], plan(5, cut_off_s=600.0))
    assert [way.place_id for way in ways] == ["p1", "p0"]


def test_places_that_are_not_asked_for_are_left_out() -> None:
    assert [way.place_id for way in found([5.0, 7.0], plan(5), asked=[True, False])] == ["p0"]


def test_the_way_has_the_seconds_of_the_plans_own_conditions() -> None:
    # By night half as long again; notice is no part of the way.
    slow = dataclasses.replace(PATROL, figures={"night_time_factor": 1.5})
    (way,) = found([5.0], plan(5, slow, light="night"))
    assert way.way.seconds[-1] / 60 == pytest.approx(2 * 1.5, rel=1e-3)
    assert way.seconds / 60 == pytest.approx(10 + 2 * 1.5, rel=1e-3)


def test_the_mover_that_is_first_is_shown() -> None:
    # On foot without notice 2 km at 4 km/h take 30 min; the patrol needs 10 + 2 min.
    foot = Asset(mover="foot_patrol", bases="all", notice=0.0, source="test")
    assert [way.mover for way in found([5.0], plan(5, foot))] == ["foot_patrol"]
    assert [way.mover for way in found([5.0], plan(5, foot, PATROL))] == ["wheeled_patrol"]


def test_without_a_mover_of_known_time_there_is_nothing_to_show() -> None:
    assert found([5.0], plan(5, light="night")) == ()
    flown = Asset(mover="mi8", bases="all", notice=0.0, source="test")
    assert found([5.0], plan(5, flown)) == ()


def test_ways_of_a_run_take_the_times_that_the_run_found(tmp_path: Path) -> None:
    recipe = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=1)
    make_theatre(tmp_path, recipe)
    plan_file = (tmp_path / "plan.toml").read_text(encoding="utf-8")
    assert 'response = "3 h"' in plan_file
    late = plan_file.replace('response = "3 h"', 'response = "20 min"')
    (tmp_path / "plan.toml").write_text(late, encoding="utf-8")
    findings = analyse(read_inputs(tmp_path / "theatre.toml", tmp_path / "plan.toml"))
    answers = findings.coverage.answers
    here = (answers["season"] == findings.conditions.season) & (
        answers["light"] == findings.conditions.light
    )
    first = answers[here & (answers["kind"] != "air")].sort_values("seconds", kind="stable")
    first = first.drop_duplicates("id").set_index("id")
    people = findings.coverage.places.set_index("id")["people"]
    slow = first.index[np.isfinite(first["seconds"]) & (first["seconds"] > 20 * 60)]
    largest = people[slow].dropna().sort_values(ascending=False).index[:5]
    assert len(findings.ways) == 5
    assert [way.place_id for way in findings.ways] == largest.tolist()
    for way in findings.ways:
        answer = first.loc[way.place_id]
        assert way.seconds == pytest.approx(answer["seconds"], rel=1e-4)
        assert (way.base_id, way.mover) == (answer["base"], answer["mover"])
        assert way.way.length_m.sum() == pytest.approx(answer["distance_m"], rel=1e-4)
