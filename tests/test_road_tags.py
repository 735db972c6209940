"""Road attributes of many publishers -> the columns of the roads layer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from shapely import LineString

from geo_poc.layers.sources.road_tags import (
    oneway_direction,
    speed_kmh_of,
    tag_is_set,
    with_road_columns,
)

LINE = LineString([(30.0, 4.0), (30.1, 4.0), (30.2, 4.1)])


def roads(**columns: list[object]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    index = pd.RangeIndex(1, count + 1, name="row")
    return pd.DataFrame({**columns, "geometry": [LINE] * count}, index=index)


@pytest.mark.parametrize(
    ("tag", "kmh"),
    [
        ("50", 50.0),
        ("50 mph", 80.4672),
        ("10 knots", 18.52),
        ("60 km/h", 60.0),
        ("80;60", 60.0),
        (["80", "30 mph"], 48.28032),
        (np.int64(40), 40.0),
    ],
)
def test_speed_is_in_km_per_hour_and_the_lowest_counts(tag: object, kmh: float) -> None:
    assert speed_kmh_of(tag) == pytest.approx(kmh)


@pytest.mark.parametrize(
    "tag", ["none", "signals", "RO:urban", "walk", "", None, float("nan"), 0, "0"]
)
def test_a_limit_without_a_figure_is_unknown(tag: object) -> None:
    assert math.isnan(speed_kmh_of(tag))


@pytest.mark.parametrize("highway", ["highway", "fclass", "class", "type", "Road_Class", "Classe"])
def test_class_is_found_under_the_names_that_publishers_use(highway: str) -> None:
    table, used = with_road_columns(roads(**{highway: ["track"]}), columns={})
    assert table["road_class"].tolist() == ["track"]
    assert used["road_class"] == highway


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("tracktype", "tracktype"),
        ("Type de piste", "tracktype"),
        ("smoothness", "smoothness"),
        ("État de surface", "smoothness"),
        ("wet_state", "wet_state"),
        ("Rainy season status", "wet_state"),
        ("État saison des pluies", "wet_state"),
    ],
)
def test_state_of_a_road_is_found_under_english_and_french_names(header: str, ours: str) -> None:
    table, used = with_road_columns(roads(**{header: ["a word", None]}), columns={})
    assert table[ours].tolist() == ["a word", ""]
    assert used[ours] == header


def test_state_of_a_road_is_found_under_the_name_in_the_theatre_file() -> None:
    given = {"tracktype": "a", "smoothness": "b", "wet_state": "c"}
    table, _ = with_road_columns(roads(a=["grade3"], b=["bad"], c=["closed"]), columns=given)
    assert table[list(given)].to_numpy().tolist() == [["grade3", "bad", "closed"]]


def test_distance_is_in_metres_and_a_km_column_is_converted() -> None:
    metres, _ = with_road_columns(roads(distance=[1500.0]), columns={})
    kilometres, _ = with_road_columns(roads(length_km=["1.5"]), columns={})
    assert metres["length_m"].tolist() == kilometres["length_m"].tolist() == [1500.0]


def test_unreadable_length_is_unknown() -> None:
    table, _ = with_road_columns(roads(length=["long"]), columns={})
    assert np.isnan(table["length_m"].iloc[0])


def test_columns_of_the_theatre_file_come_before_known_names() -> None:
    table, used = with_road_columns(
        roads(highway=["track"], wegtyp=["primary"]), columns={"road_class": "wegtyp"}
    )
    assert table["road_class"].tolist() == ["primary"]
    assert used["road_class"] == "wegtyp"


def test_nothing_known_is_empty_text_nan_and_false() -> None:
    table, used = with_road_columns(roads(other=[1]), columns={})
    row = table.iloc[0]
    texts = ["road_class", "surface", "tracktype", "smoothness", "wet_state", "name", "id"]
    assert row[texts].tolist() == [""] * 7
    assert np.isnan([row["speed_kmh"], row["length_m"]]).all()
    assert row[["oneway", "bridge", "restricted"]].tolist() == [False] * 3
    assert used == {}


def test_own_columns_of_the_file_stay_for_where() -> None:
    table, _ = with_road_columns(roads(oneway=["-1"], highway=["track"]), columns={})
    assert table["oneway (file)"].tolist() == ["-1"]
    assert table["highway"].tolist() == ["track"]


def test_road_against_its_points_is_turned_round_and_no_coordinate_changes() -> None:
    table, _ = with_road_columns(roads(oneway=["-1", "yes", "no"]), columns={})
    assert table["oneway"].tolist() == [True, True, False]
    backward, forward, both = (list(line.coords) for line in table["geometry"])
    assert backward == list(LINE.coords)[::-1]
    assert forward == both == list(LINE.coords)


def test_geofabrik_letters_are_not_taken_for_true_and_false() -> None:
    table, _ = with_road_columns(roads(oneway=["B", "F", "T"]), columns={})
    assert table["oneway"].tolist() == [False, True, True]
    assert list(table["geometry"].iloc[2].coords) == list(LINE.coords)[::-1]


def test_true_and_false_are_not_taken_for_geofabrik_letters() -> None:
    table, _ = with_road_columns(roads(oneway=[True, False]), columns={})
    assert table["oneway"].tolist() == [True, False]
    assert list(table["geometry"].iloc[0].coords) == list(LINE.coords)


@pytest.mark.parametrize(
    ("tag", "road_class", "junction", "direction"),
    [
        (None, "motorway", "", 1),
        (None, "primary", "roundabout", 1),
        (None, "primary", "circular", 1),
        ("no", "motorway", "", 0),
        ("-1", "motorway", "", -1),
        ("reversible", "primary", "", 0),
        (None, "motorway_link", "", 0),
    ],
)
def test_motorways_and_roundabouts_are_one_way_unless_they_say_no(
    tag: object, road_class: str, junction: str, direction: int
) -> None:
    assert oneway_direction(tag, road_class=road_class, junction=junction) == direction


def test_bridge_is_set_by_any_kind_of_bridge() -> None:
    assert [tag_is_set(v) for v in ("yes", "viaduct", True, 1, "T")] == [True] * 5
    assert [tag_is_set(v) for v in ("no", "", None, False, 0, "F", float("nan"))] == [False] * 7


def test_private_roads_are_flagged_and_stay() -> None:
    access = ["private", "no", "yes", None]
    table, _ = with_road_columns(roads(access=access), columns={})
    assert table["restricted"].tolist() == [True, True, False, False]


def test_several_classes_count_as_the_lowest_and_an_unknown_one_is_not_hidden() -> None:
    classes = [["primary", "track"], "path;residential", ["primary", "goat_road"]]
    table, _ = with_road_columns(roads(highway=classes), columns={})
    assert table["road_class"].tolist() == ["track", "path", "goat_road"]


def test_ferry_is_a_class_where_the_way_is_not_a_road_as_well() -> None:
    table, _ = with_road_columns(
        roads(highway=[None, "track", None], route=["ferry", "ferry", "bus"]), columns={}
    )
    assert table["road_class"].tolist() == ["ferry", "track", ""]


@pytest.mark.parametrize("ids", [["a", "a"], ["1", "2"], [1, 2], [None, None]])
def test_ids_that_do_not_tell_roads_apart_are_left_empty(ids: list[object]) -> None:
    table, _ = with_road_columns(roads(id=ids), columns={})
    assert table["id"].tolist() == ["", ""]
    assert table["id (file)"].tolist() == ids


def test_ids_of_the_file_are_kept_where_they_can_be() -> None:
    assert with_road_columns(roads(id=["a", "b"]), columns={})[0]["id"].tolist() == ["a", "b"]
    given, _ = with_road_columns(roads(link=[7, 8]), columns={"id": "link"})
    assert given["id"].tolist() == ["7", "8"]


def test_table_without_geometry_is_read_too() -> None:
    table, _ = with_road_columns(pd.DataFrame({"oneway": ["-1"]}), columns={})
    assert table["oneway"].tolist() == [True]
