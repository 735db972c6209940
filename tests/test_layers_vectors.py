"""Layers from shapes: coordinate systems, clipping, mending, and what is refused."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPoint, Point, Polygon

from geo_poc.errors import CrsError, GeoPocError, LayerError
from geo_poc.grid import WGS84
from geo_poc.layers.clipping import box_m
from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

BOX = (30.0, 4.0, 32.0, 6.0)
Read = Callable[..., Layer]


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    spec = TheatreSpec(
        name="Testland",
        as_of=dt.date(2021, 12, 31),
        cell_size=10_000.0,
        area=AreaSpec(bbox=BOX),
        marking="UNCLASSIFIED",
    )
    return theatre_over(spec, shapely.box(*BOX))


@pytest.fixture
def read(tmp_path: Path, theatre: Theatre) -> Read:
    """Layer of one GeoPackage that holds the given shapes and columns."""

    def one(
        layer: str,
        shapes: list[Any],
        of_file: str | None = WGS84,
        table: dict[str, list[Any]] | None = None,
        **options: Any,
    ) -> Layer:
        frame = gpd.GeoDataFrame(table or {}, geometry=shapes, crs=of_file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame.to_file(tmp_path / "a.gpkg")
        source = Source(path="a.gpkg", format="vector", **options)
        return read_layer(layer, [source], folder=tmp_path, theatre=theatre)

    return one


def lonlat(layer: Layer) -> list[tuple[float, float]]:
    points = layer.table.geometry.to_crs(WGS84)
    return [(round(p.x, 6), round(p.y, 6)) for p in points]


def reasons(layer: Layer) -> list[tuple[int, str, str]]:
    return [(r["row"], r["kind"], r["reason"]) for r in layer.rejects.to_dict("records")]


def test_crs_that_contradicts_the_file_is_refused(read: Read) -> None:
    with pytest.raises(CrsError, match="must not contradict the file"):
        read("camps", [Point(31, 5)], crs="EPSG:32636")


@pytest.mark.parametrize("crs", ["EPSG:32636", "EPSG:3857", "EPSG:21036"])
def test_shapes_in_any_system_are_reprojected_once(read: Read, crs: str) -> None:
    point = gpd.GeoSeries([Point(31, 5)], crs=WGS84).to_crs(crs)[0]
    (found,) = lonlat(read("camps", [point], crs))
    assert found == pytest.approx((31.0, 5.0), abs=1e-5)


def test_roads_and_areas_in_metres_are_kept_with_their_shape(read: Read, theatre: Theatre) -> None:
    line = LineString([(30.5, 4.5), (31.5, 5.5)])
    in_utm = gpd.GeoSeries([line], crs=WGS84).to_crs("EPSG:32636")[0]
    roads = read("roads", [in_utm], "EPSG:32636")
    expected = gpd.GeoSeries([line], crs=WGS84).to_crs(theatre.grid.crs)[0]
    assert roads.table.geometry[0].hausdorff_distance(expected) < 0.01
    assert roads.counts == {"read": 1, "kept": 1, "rejected": 0}
    area = shapely.box(30.5, 4.5, 31.5, 5.5)
    values = {"kind": "admin"}
    areas = read("areas", [area], values=values)
    expected = gpd.GeoSeries([area], crs=WGS84).to_crs(theatre.grid.crs)[0]
    assert areas.table.geometry[0].symmetric_difference(expected).area < 1.0


def test_columns_of_shapes_are_known_by_header(read: Read) -> None:
    table = {"Nom": ["Alpha"], "PDI": [12], "code": ["S1"]}
    layer = read("camps", [Point(31, 5)], table=table, values={"kind": "idp"})
    assert layer.table.loc[0, ["name", "people", "kind"]].tolist() == ["Alpha", 12.0, "idp"]
    assert layer.table["id"].tolist() == ["a-1"]


def test_where_chooses_among_shapes(tmp_path: Path, theatre: Theatre) -> None:
    columns = {"status": ["open", "closed"]}
    table = gpd.GeoDataFrame(columns, geometry=[Point(31, 5), Point(31, 5)], crs=WGS84)
    table.to_file(tmp_path / "a.geojson")
    source = Source(path="a.geojson", format="vector", where={"status": "open"})
    layer = read_layer("camps", [source], folder=tmp_path, theatre=theatre)
    assert layer.counts == {"read": 2, "kept": 1, "rejected": 1}
    assert reasons(layer)[0][:2] == (2, "not selected")


ROAD = LineString([(30.5, 4.5), (31.5, 5.5)])


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("open", "open"),
        ("Passable", "open"),
        ("Ouverte", "open"),
        ("passable with difficulty", "difficult"),
        ("Praticable avec difficulté", "difficult"),
        ("Closed for all traffic", "closed"),
        ("May not be passable", "closed"),
        ("Fermée", "closed"),
        ("inconnu", ""),
        ("n/a", ""),
        (None, ""),
    ],
)
def test_state_in_the_rains_is_read_in_english_and_french(
    read: Read, word: str | None, state: str
) -> None:
    layer = read("roads", [ROAD, ROAD], table={"Rainy season status": [word, "open"]})
    assert layer.table["wet_state"].tolist() == [state, "open"]


def test_road_whose_state_in_the_rains_is_no_known_word_is_refused_with_the_words(
    read: Read,
) -> None:
    layer = read("roads", [ROAD, ROAD], table={"wet_state": ["muddy", "closed"]})
    assert layer.counts == {"read": 2, "kept": 1, "rejected": 1}
    assert reasons(layer) == [(1, "invalid", "is not one of open, difficult, closed")]


def test_one_state_in_the_rains_can_be_set_for_a_whole_file(read: Read) -> None:
    assert read("roads", [ROAD], values={"wet_state": "fermée"}).table["wet_state"][0] == "closed"
    with pytest.raises(
        LayerError, match=r"is not one of open, difficult, closed. Found: wet_state = 'muddy'"
    ):
        read("roads", [ROAD], values={"wet_state": "muddy"})


def test_column_that_an_openstreetmap_file_lacks_is_named_with_what_it_has(
    tmp_path: Path, theatre: Theatre
) -> None:
    nodes = (
        '<node id="1" version="1" lat="5" lon="31"/><node id="2" version="1" lat="5" lon="31.1"/>'
    )
    way = '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="track"/></way>'
    (tmp_path / "a.osm").write_text(f'<osm version="0.6" generator="t">{nodes}{way}</osm>')
    source = Source(path="a.osm", columns={"wet_state": "status"})
    with pytest.raises(LayerError, match=r"wet_state = 'status'; the file has .*tracktype"):
        read_layer("roads", [source], folder=tmp_path, theatre=theatre)


def test_tracktype_and_smoothness_keep_the_words_of_the_file(read: Read) -> None:
    words = {"tracktype": ["grade3", ""], "smoothness": ["bad", "bumpy"]}
    table = read("roads", [ROAD, ROAD], table=words).table
    assert table[["tracktype", "smoothness"]].to_dict("list") == words
    nothing = read("roads", [ROAD]).table
    assert nothing.loc[0, ["tracktype", "smoothness", "wet_state"]].tolist() == ["", "", ""]


GOOD = [Point(30.5 + n / 10, 4.5) for n in range(4)]


@pytest.mark.parametrize(
    ("shape", "kind", "reason"),
    [
        (None, "invalid", "no geometry"),
        (Point(), "invalid", "no geometry"),
        (LineString([(31, 5), (31, 5.1)]), "invalid", "LineString"),
        (Point(31, float("nan")), "invalid", "non-finite coordinate"),
        (Point(0, 0), "invalid", "0, 0 stands for a missing position"),
        (Point(5, 31), "invalid", "swapped"),
        (Point(31, 95), "invalid", "-90 to 90"),
        (Point(231, 5), "invalid", "-180 to 180"),
        (Point(40, 5), "outside", "outside"),
        (MultiPoint([(31, 5), (31.1, 5)]), "invalid", "MultiPoint"),
    ],
)
def test_shape_that_is_no_place_is_one_reject(
    read: Read, shape: Any, kind: str, reason: str
) -> None:
    layer = read("camps", [*GOOD, shape])
    assert layer.counts == {"read": 5, "kept": 4, "rejected": 1}
    ((row, found_kind, found),) = reasons(layer)
    assert (row, found_kind) == (5, kind)
    assert reason in found
    assert layer.rejects["column"].tolist() == ["geometry"]


def test_single_point_in_a_multipoint_is_a_point(read: Read) -> None:
    assert lonlat(read("camps", [MultiPoint([(31, 5)])])) == [(31.0, 5.0)]


def test_height_of_a_point_is_left_out(read: Read) -> None:
    layer = read("camps", [Point(31, 5, 450)])
    assert not layer.table.geometry.has_z.any()


def test_file_with_most_points_swapped_says_to_write_it_again(read: Read) -> None:
    with pytest.raises(LayerError, match=r"2 of 3 rows.*with longitude first"):
        read("camps", [Point(5, 31), Point(5, 30.5), Point(31, 5)])


def test_metres_in_a_file_that_claims_degrees_are_refused_row_by_row(read: Read) -> None:
    layer = read("camps", [Point(500_000, 550_000), Point(31, 5)])
    assert layer.counts["kept"] == 1
    assert "-90 to 90" in reasons(layer)[0][2]


def test_line_beyond_the_world_cannot_be_projected(read: Read) -> None:
    far = LineString([(31, 5), (31, 1e6)])
    layer = read("roads", [far, LineString([(31, 5), (31.1, 5)])])
    assert layer.counts["kept"] == 1
    assert reasons(layer)[0][:2] == (1, "invalid")


def test_road_that_leaves_and_returns_is_two_lines_of_one_row(read: Read, theatre: Theatre) -> None:
    left, _, right, top = box_m(theatre.grid)
    x = (left + right) / 2
    line = LineString([(x, top - 3e3), (x, top + 1e3), (x + 2e3, top + 1e3), (x + 2e3, top - 1e3)])
    layer = read("roads", [line], theatre.grid.crs, {"id": ["r"], "length_m": [16.0]})
    assert layer.counts == {"read": 1, "kept": 1, "rejected": 0}
    assert layer.table["id"].tolist() == ["r/1", "r/2"]
    assert layer.table["length_m"].tolist() == [pytest.approx(6.0), pytest.approx(2.0)]
    assert set(layer.table.geom_type) == {"LineString"}


def test_lines_outside_the_box_are_refused_as_outside(read: Read) -> None:
    inside, outside = LineString([(31, 5), (31.1, 5)]), LineString([(40, 5), (41, 5)])
    layer = read("roads", [outside, inside])
    assert [line[:2] for line in reasons(layer)] == [(1, "outside")]


def test_area_is_cut_at_the_box(read: Read, theatre: Theatre) -> None:
    left, bottom, right, top = box_m(theatre.grid)
    wide = shapely.box(left - 1e5, bottom - 1e5, right + 1e5, top + 1e5)
    layer = read("areas", [wide], theatre.grid.crs, values={"kind": "country"})
    assert layer.table.geometry[0].area == pytest.approx((right - left) * (top - bottom))


def test_area_without_extent_is_refused(read: Read) -> None:
    flat = Polygon([(30.5, 4.5), (31.5, 4.5), (30.5, 4.5), (30.5, 4.5)])
    layer = read("areas", [flat, shapely.box(31, 5, 31.1, 5.1)], values={"kind": "water"})
    assert layer.counts == {"read": 2, "kept": 1, "rejected": 1}


def test_line_of_no_length_does_not_stop_the_others(read: Read) -> None:
    dot = LineString([(31, 5), (31, 5)])
    layer = read("roads", [dot, LineString([(31, 5), (31.1, 5)])])
    assert layer.counts["read"] == 2
    assert layer.counts["kept"] + layer.counts["rejected"] == 2


def test_two_layers_of_one_file_without_ids_are_no_duplicates(
    tmp_path: Path, theatre: Theatre
) -> None:
    for name in ("lakes", "rivers"):
        box = shapely.box(31, 5, 31.1, 5.1)
        gpd.GeoDataFrame({"name": [name]}, geometry=[box], crs=WGS84).to_file(
            tmp_path / "water.gpkg", layer=name
        )
    sources = [
        Source(path="water.gpkg", format="vector", layer=name, values={"kind": "water"})
        for name in ("lakes", "rivers")
    ]
    layer = read_layer("areas", sources, folder=tmp_path, theatre=theatre)
    assert layer.table["name"].tolist() == ["lakes", "rivers"]
    assert layer.table["id"].is_unique


def test_damaged_files_and_missing_crs_are_told_at_once(tmp_path: Path, theatre: Theatre) -> None:
    (tmp_path / "bad.gpkg").write_bytes(b"SQLite format 3\x00" + b"\x00" * 50)
    sources = [Source(path=f"{name}.gpkg", format="vector") for name in ("bad", "none")]
    with pytest.raises(GeoPocError) as e:
        read_layer("camps", sources, folder=tmp_path, theatre=theatre)
    assert len(e.value.faults) == 2


def test_points_of_many_rows_keep_their_order(read: Read) -> None:
    rng = np.random.default_rng(7)
    places = np.column_stack([rng.uniform(30.2, 31.8, 50), rng.uniform(4.2, 5.8, 50)]).round(4)
    layer = read("camps", [Point(*xy) for xy in places])
    np.testing.assert_allclose(lonlat(layer), places, atol=1e-6)
