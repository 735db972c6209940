"""GeoPackage, GeoJSON and Shapefile, whole and damaged."""

from __future__ import annotations

import os
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import LineString, MultiLineString

from geo_poc.errors import ConfigError, CrsError, SourceError
from geo_poc.layers.sources.vector import read, require_well_formed
from geo_poc.theatre_file import Source

DATA = Path(os.environ.get("GEO_POC_DATA", Path(__file__).parents[2] / "shared" / "data"))
COUNT = 400


def sample(crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    lines = [LineString([(30 + i / 100, 4), (30 + i / 100, 5)]) for i in range(COUNT)]
    names = [f"road {i}" for i in range(COUNT)]
    return gpd.GeoDataFrame({"name": names, "fclass": "track"}, geometry=lines, crs=crs)


def write(table: gpd.GeoDataFrame, path: Path, **options: str) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table.to_file(path, **options)
    return path


def zipped_shapefile(folder: Path, inside: str = "deep/down/") -> Path:
    shp = write(sample(), folder / "roads.shp")
    with zipfile.ZipFile(folder / "roads.zip", "w") as archive:
        for part in ("shp", "shx", "dbf", "prj"):
            archive.write(shp.with_suffix(f".{part}"), f"{inside}roads.{part}")
    return folder / "roads.zip"


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
def test_formats_give_the_same_roads(name: str, tmp_path: Path) -> None:
    raw = read(write(sample(), tmp_path / name), Source(), layer="roads")
    assert raw.crs == "EPSG:4326"
    assert raw.table.index[[0, -1]].tolist() == [1, COUNT]
    assert raw.table["road_class"].unique().tolist() == ["track"]
    assert raw.table["geometry"].iloc[0].equals(sample().geometry.iloc[0])
    assert raw.file_columns == {"road_class": "fclass", "name": "name"}


def test_zipped_shapefile_is_read_from_a_folder_inside(tmp_path: Path) -> None:
    raw = read(zipped_shapefile(tmp_path), Source(), layer="roads")
    assert len(raw.table) == COUNT


def test_other_layers_keep_the_columns_of_the_file(tmp_path: Path) -> None:
    raw = read(write(sample(), tmp_path / "a.gpkg"), Source(), layer="areas")
    assert raw.table.columns.tolist() == ["name", "fclass", "geometry"]


def test_feature_of_several_lines_stays_one_row(tmp_path: Path) -> None:
    parts = MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]])
    table = gpd.GeoDataFrame({"id": ["x"]}, geometry=[parts], crs="EPSG:4326")
    raw = read(write(table, tmp_path / "a.gpkg"), Source(), layer="roads")
    assert [line.geom_type for line in raw.table["geometry"]] == ["MultiLineString"]


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_missing_crs_is_none_unless_the_theatre_file_states_it(name: str, tmp_path: Path) -> None:
    file = write(sample(crs=None), tmp_path / name)
    assert read(file, Source(), layer="roads").crs is None
    assert read(file, Source(crs="EPSG:32636"), layer="roads").crs == "EPSG:32636"


def test_crs_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    file = write(sample(), tmp_path / "a.gpkg")
    assert read(file, Source(crs="EPSG:4326"), layer="roads").crs == "EPSG:4326"
    with pytest.raises(CrsError, match="EPSG:32636, while the file itself states WGS 84"):
        read(file, Source(crs="EPSG:32636"), layer="roads")
    with pytest.raises(CrsError, match="must be a coordinate system that PROJ knows"):
        read(file, Source(crs="WGS 48"), layer="roads")


def test_layer_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    file = write(sample(), tmp_path / "a.gpkg", layer="roads")
    write(sample().head(2), file, layer="tracks")
    assert len(read(file, Source(layer="tracks"), layer="roads").table) == 2
    with pytest.raises(SourceError, match=r"2 layers and none named.*one of: roads, tracks"):
        read(file, Source(), layer="roads")
    with pytest.raises(SourceError, match=r"'trcks'.*one of: roads, tracks"):
        read(file, Source(layer="trcks"), layer="roads")


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.97])
@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.dbf", "roads.zip"])
def test_file_cut_off_anywhere_is_refused(name: str, share: float, tmp_path: Path) -> None:
    if name == "roads.zip":
        cut = opened = zipped_shapefile(tmp_path)
    else:
        opened = write(sample(), tmp_path / name.replace("dbf", "shp"))
        cut = tmp_path / name
    whole = cut.read_bytes()
    cut.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceError, match=r"cannot be read.*download the file again"):
        read(opened, Source(), layer="roads")


def test_corrupt_member_of_a_zip_is_refused(tmp_path: Path) -> None:
    file = zipped_shapefile(tmp_path)
    content = bytearray(file.read_bytes())
    content[2000] ^= 0xFF
    file.write_bytes(bytes(content))
    with pytest.raises(SourceError, match=r"roads\.shp in it is corrupt"):
        read(file, Source(), layer="roads")


def test_shape_file_cut_off_before_it_was_zipped_is_refused(tmp_path: Path) -> None:
    zipped_shapefile(tmp_path)
    shp = tmp_path / "roads.shp"
    with zipfile.ZipFile(tmp_path / "cut.zip", "w") as archive:
        archive.writestr("roads.shp", shp.read_bytes()[:5000])
        for part in ("shx", "dbf", "prj"):
            archive.write(shp.with_suffix(f".{part}"), f"roads.{part}")
    with pytest.raises(SourceError, match=r"5000 bytes of \d+"):
        read(tmp_path / "cut.zip", Source(), layer="roads")


def test_zip_without_a_vector_file_says_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(SourceError, match="0 layers and none named"):
        read(tmp_path / "a.zip", Source(), layer="roads")


def test_missing_file_and_missing_path_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.gpkg: the file must exist"):
        read(tmp_path / "gone.gpkg", Source(), layer="roads")
    with pytest.raises(SourceError, match="no path"):
        read(None, Source(), layer="roads")


def test_column_map_naming_a_missing_column_gets_the_nearest(tmp_path: Path) -> None:
    file = write(sample(), tmp_path / "a.gpkg")
    with pytest.raises(ConfigError, match="did you mean 'fclass'"):
        read(file, Source(columns={"road_class": "fklass"}), layer="roads")


def test_table_without_geometry_is_refused(tmp_path: Path) -> None:
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), tmp_path / "a.gpkg", driver="GPKG")
    with pytest.raises(SourceError, match="a table without geometry"):
        read(tmp_path / "a.gpkg", Source(), layer="areas")


def test_text_in_another_encoding_is_named_with_the_repair(tmp_path: Path) -> None:
    table = sample().head(1).assign(name="Bôr")
    file = write(table, tmp_path / "a.shp", encoding="cp1252")
    file.with_suffix(".cpg").write_text("UTF-8")
    with pytest.raises(SourceError, match="encoding = 'cp1252'"):
        read(file, Source(encoding="utf-8"), layer="roads")
    raw = read(file, Source(encoding="cp1252"), layer="roads")
    assert raw.table["name"].tolist() == ["Bôr"]


def test_half_an_xml_file_is_not_well_formed(tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_text("<gpx><wpt>")
    with pytest.raises(SourceError, match="cannot be read"):
        require_well_formed(tmp_path / "a.gpx")


@pytest.mark.south_sudan
def test_trunk_roads_of_south_sudan_keep_their_published_lengths() -> None:
    file = DATA / "south_sudan" / "roads" / "africa_network_ssd.gpkg"
    if not file.is_file():
        pytest.skip(f"no real data in {DATA}: set GEO_POC_DATA")
    table = read(file, Source(), layer="roads").table
    assert len(table) == 142
    assert (~table["add"]).sum() == 113
    assert table["length_m"].tolist() == table["distance"].tolist()
    real = table[~table["add"]]
    minutes = real["length_m"] / 1000.0 / real["speed_kmh"] * 60.0
    assert minutes.tolist() == pytest.approx(real["duration"].tolist(), rel=0.01)
