"""Notes on positions: on the edge of a barrier, far from every road."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo_poc.doubts import position_doubts, refused_rows
from geo_poc.grid import Grid
from geo_poc.layers.layer import Layer
from geo_poc.plan import Asset, PlanFile, PlanSpec, Standard
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
GRID = Grid(rows=40, cols=40, cell_size_m=1000.0, left_m=0.0, top_m=40_000.0, crs=CRS)
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, 40_000, 40_000),
    grid=GRID,
    marking="UNCLASSIFIED",
    fictional=True,
)
RIVER = shapely.LineString([(20_000, 0), (20_000, 40_000)])
ROAD = shapely.LineString([(0, 5000), (40_000, 5000)])


def layer(name: str, shapes: list[shapely.Geometry], **columns: object) -> Layer:
    table = gpd.GeoDataFrame(
        {"name": [f"{name} {n}" for n in range(len(shapes))]}, geometry=shapes, crs=CRS
    )
    return Layer(name=name, table=table.assign(**columns))


def layers(
    bases: list[tuple[float, float]],
    camps: list[tuple[float, float]],
    *,
    barriers: list[shapely.Geometry] | None = None,
    roads: list[shapely.Geometry] | None = None,
) -> dict[str, Layer]:
    never = pd.Series(pd.NaT, dtype="datetime64[s]")
    shapes = [RIVER] if barriers is None else barriers
    days = {
        "from_date": never.reindex(range(len(shapes))),
        "to_date": never.reindex(range(len(shapes))),
    }
    areas = layer(
        "areas", shapes, kind="water", barrier=True, rule="", delay_s=float("nan"), **days
    )
    return {
        "bases": layer("bases", [shapely.Point(at) for at in bases]),
        "camps": layer("camps", [shapely.Point(at) for at in camps]),
        "roads": layer("roads", [ROAD] if roads is None else roads),
        "areas": areas,
    }


def test_who_stands_within_a_cell_of_a_barrier_is_named() -> None:
    found = position_doubts(layers([(19_000, 5000), (18_999, 5000)], [(20_500, 5000)]), THEATRE)
    (note,) = found
    assert note.found == "2 within 1 km of a barrier: bases 0, camps 0"


def test_no_more_than_five_are_named() -> None:
    (note,) = position_doubts(layers([(20_000, 5000)] * 6, []), THEATRE)
    assert note.found.endswith("bases 4 and more")


@pytest.mark.parametrize(
    ("near", "far", "said"),
    [
        (4, 5, ["5 of 9 camps lie more than 5 km from every road"]),
        (5, 5, []),
        (0, 4, []),
    ],
)
def test_camps_of_which_most_and_at_least_five_lie_far_from_every_road_are_counted(
    near: int, far: int, said: list[str]
) -> None:
    at = [(5000.0, 9_999.0)] * near + [(5000.0, 10_001.0)] * far
    assert [note.found for note in position_doubts(layers([], at), THEATRE)] == said


def test_without_barriers_camps_or_roads_there_is_nothing_to_say() -> None:
    assert position_doubts(layers([(20_000, 5000)], [], barriers=[]), THEATRE) == []
    assert position_doubts(layers([], [(5000, 30_000)], roads=[]), THEATRE) == []


def test_where_a_layer_could_not_be_read_nothing_is_said() -> None:
    read = layers([(20_000, 5000)], [])
    del read["roads"]
    assert position_doubts(read, THEATRE) == []


@pytest.mark.parametrize(("kmh", "named"), [(None, True), (10.0, False)])
def test_off_road_kmh_is_asked_for_only_where_the_plan_has_none(
    kmh: float | None, named: bool
) -> None:
    given = {} if kmh is None else {"off_road_kmh": kmh}
    plan = PlanFile(
        plan=PlanSpec(name="P", season="dry", light="day"),
        standard=Standard(response=10_800.0, cut_off=86_400.0, source="s"),
        bases=[],
        assets=[Asset(mover="wheeled_patrol", bases="all", notice=0.0, source="s", figures=given)],
    )
    (note,) = position_doubts(layers([], [(5000.0, 30_000.0)] * 5), THEATRE, plan)
    assert ("off_road_kmh of wheeled_patrol" in note.repair) == named


def test_a_publishers_own_double_rows_are_not_to_be_corrected() -> None:
    line = {
        "layer": "bases",
        "file": "b.csv",
        "row": 2,
        "column": "id",
        "value": "x",
        "kind": "duplicate",
    }
    kept = "same id as row 1 of b.csv; the row with the larger NoTroops is kept"

    def repair(*reasons: str) -> str:
        rejects = pd.DataFrame([line | {"reason": reason} for reason in reasons])
        (note,) = refused_rows(dataclasses.replace(layer("bases", []), rejects=rejects))
        return note.repair

    assert repair(kept).startswith("nothing to correct: the publisher")
    assert repair(kept, "same id as row 1 of b.csv").startswith("correct them in the file")
