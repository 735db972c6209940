"""The area of operations from a box or from polygons of a file."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import LineString, Polygon, box

from geo_poc.errors import ConfigError, CrsError, GridError, SourceError
from geo_poc.layers.area import read_area
from geo_poc.theatre_file import AreaSpec

BOW_TIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


def write(path: Path, shapes: dict[str, object], crs: str | None = "EPSG:4326") -> Path:
    table = gpd.GeoDataFrame({"iso2": list(shapes)}, geometry=list(shapes.values()), crs=crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table.to_file(path)
    return path


def test_polygons_that_match_are_joined(tmp_path: Path) -> None:
    write(
        tmp_path / "a.gpkg",
        {"SS-1": box(0, 0, 1, 1), "SS-2": box(1, 0, 2, 1), "CD-1": box(5, 5, 6, 6)},
    )
    area = read_area(AreaSpec(path="a.gpkg", where={"iso2": "SS*"}), folder=tmp_path)
    assert area.equals(box(0, 0, 2, 1))
    assert area.geom_type == "Polygon"


def test_polygons_in_metres_come_back_in_degrees(tmp_path: Path) -> None:
    metres = gpd.GeoSeries([box(30, 4, 31, 5)], crs="EPSG:4326").to_crs("EPSG:32636").iloc[0]
    write(tmp_path / "a.gpkg", {"x": metres}, crs="EPSG:32636")
    area = read_area(AreaSpec(path="a.gpkg"), folder=tmp_path)
    assert area.bounds == pytest.approx((30, 4, 31, 5), abs=1e-6)


def test_crossed_ring_is_mended_to_the_two_triangles_it_draws(tmp_path: Path) -> None:
    write(tmp_path / "a.gpkg", {"x": BOW_TIE})
    area = read_area(AreaSpec(path="a.gpkg"), folder=tmp_path)
    assert area.is_valid
    assert area.area == pytest.approx(2.0)


def test_lines_among_the_polygons_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "a.geojson", {"x": box(0, 0, 1, 1), "y": LineString([(0, 0), (9, 9)])})
    area = read_area(AreaSpec(path="a.geojson"), folder=tmp_path)
    assert area.bounds == (0, 0, 1, 1)


def test_file_without_crs_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.gpkg", {"x": box(0, 0, 1, 1)}, crs=None)
    with pytest.raises(CrsError, match="no coordinate system"):
        read_area(AreaSpec(path="a.gpkg"), folder=tmp_path)


def test_nothing_that_matches_is_an_error_that_names_the_columns(tmp_path: Path) -> None:
    write(tmp_path / "a.gpkg", {"x": box(0, 0, 1, 1)})
    with pytest.raises(GridError, match=r"0 of 1 features.*columns are iso2"):
        read_area(AreaSpec(path="a.gpkg", where={"iso2": "SS*"}), folder=tmp_path)
    with pytest.raises(ConfigError, match="did you mean 'iso2'"):
        read_area(AreaSpec(path="a.gpkg", where={"iso": "SS*"}), folder=tmp_path)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.gpkg: the file must exist"):
        read_area(AreaSpec(path="a.gpkg"), folder=tmp_path)


@pytest.mark.parametrize(
    "bbox",
    [(32.0, 3.0, 29.0, 6.0), (29.0, 6.0, 32.0, 3.0), (29.0, 3.0, 190.0, 6.0), (29.0, 3.0, 32.0, 91.0),
     (29.0, 3.0, 29.0, 6.0), (float("nan"), 3.0, 29.0, 6.0)],
)  # fmt: skip
def test_box_out_of_order_or_range_names_the_rule(
    bbox: tuple[float, float, float, float], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="west, south, east, north in degrees, west < east"):
        read_area(AreaSpec(bbox=bbox), folder=tmp_path)


def test_box_with_latitude_first_gets_the_hint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="latitude and longitude may be swapped"):
        read_area(AreaSpec(bbox=(4.0, 120.0, 5.0, 122.0)), folder=tmp_path)


@pytest.mark.parametrize("spec", [AreaSpec(), AreaSpec(path="a.gpkg", bbox=(0.0, 0.0, 1.0, 1.0))])
def test_exactly_one_of_file_and_box_is_needed(spec: AreaSpec, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="exactly one of them"):
        read_area(spec, folder=tmp_path)
