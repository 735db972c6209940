"""Points, roads and areas of vector files: checked, reprojected, cut at the box, and counted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from geo_poc.errors import CrsError, LayerError
from geo_poc.layers.clipping import box_m, clipped, mended, share_left, single_lines
from geo_poc.layers.layer import Layer
from geo_poc.layers.read import read_layer
from geo_poc.layers.schemas import validated
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

BOX = (30.0, 4.0, 32.0, 6.0)
SQUARE = shapely.box(0, 0, 10, 10)


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


def read(
    folder: Path, theatre: Theatre, layer: str, table: gpd.GeoDataFrame, **options: Any
) -> Layer:
    table.to_file(folder / "a.gpkg", layer="a")
    source = Source(path="a.gpkg", format="vector", **options)
    return read_layer(layer, [source], folder=folder, theatre=theatre)


def frame(shapes: list[Any], crs: str | None = "EPSG:4326", **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def reasons(layer: Layer) -> dict[int, tuple[str, str]]:
    return {r["row"]: (r["kind"], r["reason"]) for r in layer.rejects.to_dict("records")}


def test_points_of_another_crs_come_to_the_same_place(tmp_path: Path, theatre: Theatre) -> None:
    degrees = frame([shapely.Point(31.0, 5.0)], Nom=["Élie"], type=["PDI"])
    there = read(tmp_path, theatre, "camps", degrees)
    (tmp_path / "a.gpkg").unlink()
    again = read(tmp_path, theatre, "camps", degrees.to_crs("EPSG:32636"))
    assert there.table["name"].tolist() == ["Élie"]
    assert there.table["kind"].tolist() == ["idp"]
    assert there.table.geometry[0].distance(again.table.geometry[0]) < 0.001
    assert np.hypot(there.table.geometry.x[0], there.table.geometry.y[0]) < 0.001


def test_shapes_without_a_crs_are_an_error_until_the_theatre_file_states_it(
    tmp_path: Path, theatre: Theatre
) -> None:
    frame([shapely.Point(31.0, 5.0)]).to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    source = Source(path="a.shp", format="vector")
    with pytest.raises(CrsError, match=r"a\.shp.*no CRS.*crs = 'EPSG:4326'"):
        read_layer("camps", [source], folder=tmp_path, theatre=theatre)
    source = Source(path="a.shp", format="vector", crs="EPSG:4326")
    layer = read_layer("camps", [source], folder=tmp_path, theatre=theatre)
    assert layer.counts["kept"] == 1


def test_rows_without_a_usable_point_are_refused(tmp_path: Path, theatre: Theatre) -> None:
    shapes = [
        shapely.Point(31.0, 5.0),
        None,
        shapely.Point(),
        shapely.box(30.5, 4.5, 30.6, 4.6),
        shapely.MultiPoint([(30.5, 4.5)]),
        shapely.MultiPoint([(30.5, 4.5), (30.6, 4.6)]),
        shapely.Point(0.0, 0.0),
        shapely.Point(10.0, 10.0),
        shapely.Point(31.0, 95.0),
        shapely.Point(200.0, 5.0),
    ]
    layer = read(tmp_path, theatre, "camps", frame(shapes))
    assert layer.table["id"].tolist() == ["a-1", "a-5"]
    assert reasons(layer) == {
        2: ("invalid", "no geometry"),
        3: ("invalid", "no geometry"),
        4: ("invalid", "is a Polygon; must be a Point"),
        6: ("invalid", "is a MultiPoint; must be a Point"),
        7: ("invalid", "0, 0 stands for a missing position"),
        8: ("outside", "outside the area of Testland"),
        9: ("invalid", "latitude is not from -90 to 90"),
        10: ("invalid", "longitude is not from -180 to 180"),
    }


def test_swapped_points_of_a_vector_file_are_recognised(tmp_path: Path, theatre: Theatre) -> None:
    right, swapped = shapely.Point(31.0, 5.5), shapely.Point(5.5, 31.0)
    layer = read(tmp_path, theatre, "camps", frame([right, right, swapped]))
    assert "look swapped" in reasons(layer)[3][1]
    (tmp_path / "a.gpkg").unlink()
    with pytest.raises(LayerError, match="longitude first"):
        read(tmp_path, theatre, "camps", frame([right, swapped, swapped]))


def test_degrees_called_metres_are_outside_and_metres_called_degrees_invalid(
    tmp_path: Path, theatre: Theatre
) -> None:
    line = shapely.LineString([(500_000, 500_000), (600_000, 500_000)])
    layer = read(tmp_path, theatre, "roads", frame([line]))
    assert reasons(layer)[1] == ("invalid", "latitude is not from -90 to 90")
    (tmp_path / "a.gpkg").unlink()
    degrees = frame([shapely.LineString([(30.5, 4.5), (31.5, 4.5)])], crs="EPSG:32636")
    assert reasons(read(tmp_path, theatre, "roads", degrees))[1][0] == "outside"


def test_what_cannot_be_projected_is_refused_with_the_reason(
    tmp_path: Path, theatre: Theatre
) -> None:
    far = frame([shapely.Point(1e12, 1e12)], crs="EPSG:32636")
    layer = read(tmp_path, theatre, "camps", far)
    assert reasons(layer)[1] == (
        "invalid",
        "cannot be projected: its coordinates are not of the stated system",
    )


def test_road_is_cut_at_the_box_and_its_length_with_it(tmp_path: Path, theatre: Theatre) -> None:
    middle, right = 0.0, box_m(theatre.grid)[2]
    line = shapely.LineString([(middle, 0.0), (2 * right, 0.0)])
    roads = frame([line], crs=theatre.grid.crs, length_m=[1000.0], highway=["track"])
    layer = read(tmp_path, theatre, "roads", roads)
    assert layer.table["length_m"].tolist() == [pytest.approx(500.0, abs=0.01)]
    assert layer.table.geometry[0].length == pytest.approx(right, abs=0.1)
    assert layer.table["road_class"].tolist() == ["track"]


def test_road_of_several_lines_is_one_record_with_its_length_shared(
    tmp_path: Path, theatre: Theatre
) -> None:
    two = shapely.MultiLineString([[(0, 0), (3000, 0)], [(5000, 0), (6000, 0)]])
    one = shapely.MultiLineString([[(0, 0), (0, 3000)]])
    roads = frame([two, one], crs=theatre.grid.crs, id=["r", "s"], length_m=[8.0, 5.0])
    layer = read(tmp_path, theatre, "roads", roads)
    assert layer.table["id"].tolist() == ["r/1", "r/2", "s"]
    assert layer.table["length_m"].to_numpy() == pytest.approx([6.0, 2.0, 5.0], rel=1e-6)
    assert layer.counts == {"read": 2, "kept": 2, "rejected": 0}


def test_road_that_is_no_line_or_has_no_length_is_refused(tmp_path: Path, theatre: Theatre) -> None:
    point = shapely.LineString([(30.5, 4.5), (30.5, 4.5)])
    away = shapely.LineString([(10.0, 10.0), (11.0, 10.0)])
    shapes = [point, shapely.Point(30.5, 4.5), away]
    layer = read(tmp_path, theatre, "roads", frame(shapes))
    assert layer.table.empty
    assert reasons(layer) == {
        1: ("invalid", "has no length"),
        2: ("invalid", "is a Point; must be a LineString or MultiLineString"),
        3: ("outside", "outside the box of the grid of Testland"),
    }


def test_one_way_road_keeps_its_direction_when_cut(tmp_path: Path, theatre: Theatre) -> None:
    left, _, right, _ = box_m(theatre.grid)
    westward = shapely.LineString([(2 * right, 100.0), (2 * left, 100.0)])
    roads = frame([westward], crs=theatre.grid.crs, oneway=["yes"])
    layer = read(tmp_path, theatre, "roads", roads)
    first, last = (layer.table.geometry[0].coords[i] for i in (0, -1))
    assert first[0] == pytest.approx(right, abs=0.1)
    assert last[0] == pytest.approx(left, abs=0.1)
    assert layer.table["oneway"].tolist() == [True]


def test_area_that_crosses_itself_is_mended_and_height_is_dropped(
    tmp_path: Path, theatre: Theatre
) -> None:
    bow_tie = shapely.Polygon([(0, 0, 7), (4000, 4000, 7), (4000, 0, 7), (0, 4000, 7)])
    areas = frame([bow_tie], crs=theatre.grid.crs)
    layer = read(tmp_path, theatre, "areas", areas, values={"kind": "water", "barrier": True})
    shape = layer.table.geometry[0]
    assert shape.is_valid
    assert not shape.has_z
    assert shape.area == pytest.approx(8e6, rel=1e-6)
    assert layer.table["barrier"].tolist() == [True]


def test_areas_are_cut_at_the_box_and_lines_stay_lines(tmp_path: Path, theatre: Theatre) -> None:
    left, bottom, right, top = box_m(theatre.grid)
    wide = shapely.box(2 * left, bottom / 2, 2 * right, top / 2)
    river = shapely.LineString([(0, 0), (2 * right, 0)])
    touching = shapely.box(right, bottom, 2 * right, top)
    areas = frame([wide, river, touching], crs=theatre.grid.crs, kind=["swamp", "River", "water"])
    layer = read(tmp_path, theatre, "areas", areas)
    assert layer.table.geom_type.tolist() == ["Polygon", "LineString"]
    assert layer.table.geometry[0].area == pytest.approx(
        (right - left) * (top - bottom) / 2, rel=1e-6
    )
    assert layer.table["kind"].tolist() == ["swamp", "water"]
    assert reasons(layer)[3][0] == "outside"


def test_area_with_neither_kind_nor_value_is_an_error(tmp_path: Path, theatre: Theatre) -> None:
    with pytest.raises(LayerError, match=r"needs.*kind.*values = \{ kind"):
        read(tmp_path, theatre, "areas", frame([shapely.box(30.5, 4.5, 31, 5)]))


def test_dates_of_a_closure_are_read_from_a_vector_file(tmp_path: Path, theatre: Theatre) -> None:
    areas = frame(
        [shapely.box(30.5, 4.5, 31, 5)], kind=["closure"], date_debut=["2021-06-01"], to_date=[None]
    )
    layer = read(tmp_path, theatre, "areas", areas)
    assert layer.table["from_date"].dt.date.tolist() == [dt.date(2021, 6, 1)]
    assert layer.table["to_date"].isna().all()


def test_column_map_of_a_vector_file_beats_its_headers(tmp_path: Path, theatre: Theatre) -> None:
    camps = frame([shapely.Point(31, 5)], name=["wrong"], label=["right"], kind2=["refugee"])
    columns = {"name": "label", "kind": "kind2"}
    layer = read(tmp_path, theatre, "camps", camps, columns=columns, where={"name": "wrong"})
    assert layer.table["name"].tolist() == ["right"]
    assert layer.table["kind"].tolist() == ["refugee"]


coordinates = st.floats(min_value=-20, max_value=20, allow_nan=False)


@example([(-1.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
@given(st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=6, unique=True))
def test_cut_line_lies_in_the_box_and_is_never_longer(points: list[tuple[float, float]]) -> None:
    whole = gpd.GeoSeries([shapely.LineString(points)])
    cut = clipped(whole, (0.0, 0.0, 10.0, 10.0), keep_order=True)
    share = share_left(whole, cut)[0]
    assert 0.0 <= share <= 1.0 + 1e-12
    # What runs along the edge itself may be left out.
    inner = whole[0].intersection(SQUARE).difference(SQUARE.boundary.buffer(1e-9))
    if cut[0] is None:
        assert inner.length <= 1e-6
    else:
        assert SQUARE.buffer(1e-9).covers(cut[0])
        assert cut[0].length <= whole[0].length + 1e-6
        assert inner.difference(cut[0].buffer(1e-6)).length <= 1e-6


@given(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=6, unique=True))
def test_mended_polygon_is_a_valid_polygon_or_nothing(points: list[tuple[float, float]]) -> None:
    whole = mended(shapely.Polygon(points))
    if whole is not None:
        assert whole.is_valid
        assert shapely.get_dimensions(whole) == 2


def test_shape_within_the_box_is_left_as_it_is() -> None:
    shapes = gpd.GeoSeries([shapely.LineString([(1, 1), (2, 2), (1, 1), (3, 3)]), None])
    cut = clipped(shapes, (0.0, 0.0, 10.0, 10.0), keep_order=True)
    assert cut[0].equals_exact(shapes[0], 0.0)
    assert cut[1] is None


def test_no_roads_are_no_lines() -> None:
    assert single_lines(gpd.GeoDataFrame({"geometry": []}, geometry="geometry")).empty


def test_table_that_a_reader_let_through_wrongly_is_a_defect() -> None:
    table = gpd.GeoDataFrame(
        {"id": ["a", "a"], "kind": ["cob", "castle"]},
        geometry=[shapely.Point(0, 0), shapely.box(0, 0, 1, 1)],
        crs="EPSG:32636",
    )
    with pytest.raises(LayerError, match="defect of geo-poc") as error:
        validated("bases", table)
    assert {"bases: id", "bases: kind"} <= {fault.where for fault in error.value.faults}
