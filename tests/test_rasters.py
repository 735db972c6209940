"""Raster files -> the theatre's grid: totals kept, unknown stays unknown, damage is named."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import CRS, Geod
from rasterio.features import geometry_mask

from geo_poc.errors import ConfigError, CrsError, SourceError
from geo_poc.layers.area import read_area
from geo_poc.layers.rasters import (
    LAND_COVERS,
    cell_areas_km2,
    known_share,
    read_elevation,
    read_land_cover,
    read_population,
)
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, RasterSpec, TheatreSpec

DATA = Path(os.environ.get("GEO_POC_DATA", Path(__file__).parents[2] / "shared" / "data"))
BOX = (30.0, 4.0, 31.0, 5.0)
TENTH = Affine(0.1, 0.0, 29.8, 0.0, -0.1, 5.2)
"""14 x 14 cells from 29.8 E, 5.2 N: the theatre's box and two cells more on each side."""


def theatre(cell_size_m: float = 5_000.0) -> Theatre:
    spec = TheatreSpec(
        name="Box", as_of=dt.date(2024, 1, 1), cell_size=cell_size_m, area=AreaSpec(bbox=BOX),
        marking="UNCLASSIFIED",
    )  # fmt: skip
    return theatre_over(spec, read_area(spec.area, folder=Path()))


def write(
    path: Path,
    values: np.ndarray,
    transform: Affine = TENTH,
    crs: str | None = "EPSG:4326",
    **profile: object,
) -> RasterSpec:
    bands = values if values.ndim == 3 else values[None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with rasterio.open(
            path, "w", driver="GTiff", count=len(bands), height=bands.shape[1], width=bands.shape[2],
            dtype=values.dtype, transform=transform, crs=crs, **profile,
        ) as raster:  # fmt: skip
            raster.write(bands)
    return RasterSpec(path=path.name, kind="count")


def as_kind(spec: RasterSpec, kind: str, **classes: str) -> RasterSpec:
    return RasterSpec(path=spec.path, kind=kind, classes=classes)  # type: ignore[arg-type]


@pytest.mark.parametrize("latitude", [0.0, 4.0, 45.0])
def test_cell_area_is_the_geodesic_one(latitude: float) -> None:
    cell = Affine(0.1, 0.0, 10.0, 0.0, -0.1, latitude)
    laea = f"+proj=laea +lat_0={latitude} +lon_0=12 +datum=WGS84 +units=m"
    area = cell_areas_km2(cell, (1, 1), crs=CRS("EPSG:4326"), equal_area=laea)[0, 0]
    lon, lat = [10.0, 10.1, 10.1, 10.0], [latitude, latitude, latitude - 0.1, latitude - 0.1]
    geodesic_m2, _ = Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)
    assert area == pytest.approx(abs(geodesic_m2) / 1e6, rel=1e-4)


def test_mercator_cell_is_measured_on_the_ground_and_not_on_the_map() -> None:
    x, y = 3_339_584.72, 5_621_521.49  # 30 E, 45 N in Web Mercator
    cell = Affine(1000.0, 0.0, x, 0.0, -1000.0, y)
    laea = "+proj=laea +lat_0=45 +lon_0=30 +datum=WGS84 +units=m"
    area = cell_areas_km2(cell, (2, 3), crs=CRS("EPSG:3857"), equal_area=laea)
    assert area.shape == (2, 3)
    assert area == pytest.approx(np.full((2, 3), 0.5), rel=0.01)  # cos(45)^2


def test_uniform_density_is_density_times_area(tmp_path: Path) -> None:
    spec = write(tmp_path / "a.tif", np.full((14, 14), 8.0, dtype=np.float32))
    where = theatre()
    people, record = read_population(
        as_kind(spec, "density_per_km2"), folder=tmp_path, theatre=where
    )
    assert people.dtype == np.float32
    assert people[where.inside] == pytest.approx(8.0 * 25.0, rel=1e-6)
    assert np.isnan(people[~where.inside]).all()
    assert (record.read, record.kept, record.rejected) == (196, 196, 0)
    assert len(record.sha256) == 64


@given(
    counts=arrays(np.float32, (8, 8), elements=st.floats(0, 1e4, width=32)),
    cell_km=st.sampled_from([2.0, 5.0, 13.0]),
)
@settings(max_examples=25, deadline=None)
def test_people_counted_inside_are_neither_lost_nor_added(
    tmp_path_factory: pytest.TempPathFactory, counts: np.ndarray, cell_km: float
) -> None:
    folder = tmp_path_factory.mktemp("people")
    everyone = np.pad(counts, 3)
    spec = write(folder / "a.tif", everyone)
    people, _ = read_population(spec, folder=folder, theatre=theatre(cell_km * 1000.0))
    assert np.nansum(people) == pytest.approx(everyone.sum(), rel=0.01, abs=1e-3)


@pytest.mark.parametrize("cells", [140, 14])
def test_people_in_a_projected_raster_are_kept_too(cells: int, tmp_path: Path) -> None:
    side = 140_000.0 / cells
    transform = Affine(side, 0.0, 152_000.0, 0.0, -side, 570_000.0)  # UTM 36 N
    counts = np.zeros((cells, cells), dtype=np.float32)
    part = slice(cells * 3 // 10, cells * 7 // 10)
    counts[part, part] = 100.0
    spec = write(tmp_path / "a.tif", counts, transform, "EPSG:32636")
    people, _ = read_population(spec, folder=tmp_path, theatre=theatre())
    assert np.nansum(people) == pytest.approx(counts.sum(), rel=0.01)


def test_no_data_and_negative_cells_are_unknown_and_counted(tmp_path: Path) -> None:
    counts = np.full((14, 14), 5.0, dtype=np.float32)
    counts[:, :7] = -9999.0
    counts[0, 13] = -3.0
    spec = write(tmp_path / "a.tif", counts, nodata=-9999.0)
    where = theatre()
    people, record = read_population(spec, folder=tmp_path, theatre=where)
    assert (record.read, record.kept, record.rejected) == (196, 97, 99)
    assert known_share(people, where) == pytest.approx(0.5, abs=0.05)
    assert np.nanmin(people) >= 0


def test_raster_over_half_the_theatre_leaves_the_rest_unknown(tmp_path: Path) -> None:
    half = Affine(0.1, 0.0, 30.5, 0.0, -0.1, 5.2)
    spec = write(tmp_path / "a.tif", np.full((14, 14), 100.0, dtype=np.float32), half)
    where = theatre()
    people, _ = read_population(spec, folder=tmp_path, theatre=where)
    assert known_share(people, where) == pytest.approx(0.5, abs=0.05)
    per_km2 = 100.0 / float(
        cell_areas_km2(half, (14, 14), crs=CRS("EPSG:4326"), equal_area=where.grid.crs)[7, 0]
    )
    of_half = per_km2 * where.area.area / 1e6 / 2
    assert np.nansum(people) == pytest.approx(of_half, rel=0.02)


@pytest.mark.parametrize("cell_m", [2_000.0, 20_000.0])
def test_plane_slope_keeps_its_heights(cell_m: float, tmp_path: Path) -> None:
    lat = 5.2 - (np.arange(14) + 0.5) * 0.1
    heights = np.repeat((lat * 100.0)[:, None], 14, axis=1).astype(np.float32)
    spec = as_kind(write(tmp_path / "a.tif", heights), "metres")
    where = theatre(cell_m)
    elevation_m, record = read_elevation(spec, folder=tmp_path, theatre=where)
    _, lats = where.lonlat(*where.grid.centres())
    inside = where.inside
    assert elevation_m[inside] == pytest.approx(lats[inside] * 100.0, abs=1.5)
    assert record.rejected == 0


def test_scale_and_offset_of_the_file_are_applied(tmp_path: Path) -> None:
    spec = as_kind(write(tmp_path / "a.tif", np.full((14, 14), 10, dtype=np.int16)), "metres")
    with rasterio.open(tmp_path / "a.tif", "r+") as raster:
        raster.scales, raster.offsets = (2.0,), (5.0,)
    elevation_m, _ = read_elevation(spec, folder=tmp_path, theatre=theatre())
    assert np.nanmax(elevation_m) == np.nanmin(elevation_m) == 25.0


def test_land_cover_is_the_most_frequent_and_unnamed_values_are_unknown(tmp_path: Path) -> None:
    values = np.full((14, 14), 10, dtype=np.uint8)
    values[:, 7:] = 80
    values[:3, :] = 99
    spec = as_kind(
        write(tmp_path / "a.tif", values), "classes", **{"10": "tree", "80": "permanent_water"}
    )
    where = theatre()
    cover, record = read_land_cover(spec, folder=tmp_path, theatre=where)
    assert cover.names == LAND_COVERS
    assert cover.grid == where.grid
    lons, lats = where.lonlat(*where.grid.centres())
    south = lats < 4.8
    assert set(cover.codes[south & (lons < 30.4)]) == {LAND_COVERS.index("tree")}
    assert set(cover.codes[south & (lons > 30.6)]) == {LAND_COVERS.index("permanent_water")}
    assert set(cover.codes[lats > 4.98]) == {-1}
    assert record.rejected == 3 * 14


def test_unknown_land_cover_names_the_nearest(tmp_path: Path) -> None:
    spec = RasterSpec(path="a.tif", kind="classes", classes={"10": "trees", "x": "grass"})
    with pytest.raises(ConfigError, match="did you mean 'tree'") as caught:
        read_land_cover(spec, folder=tmp_path, theatre=theatre())
    assert len(caught.value.faults) == 2
    with pytest.raises(ConfigError, match="no classes"):
        read_land_cover(as_kind(spec, "classes"), folder=tmp_path, theatre=theatre())


def test_kind_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must be density_per_km2 or count here"):
        read_population(RasterSpec(path="a.tif", kind="metres"), folder=tmp_path, theatre=theatre())
    with pytest.raises(ConfigError, match="must be metres here"):
        read_elevation(RasterSpec(path="a.tif", kind="count"), folder=tmp_path, theatre=theatre())


def test_raster_elsewhere_names_both_extents(tmp_path: Path) -> None:
    spec = write(
        tmp_path / "a.tif", np.ones((4, 4), dtype=np.float32), Affine(1, 0, -60, 0, -1, 40)
    )
    with pytest.raises(
        SourceError,
        match=r"longitude -60\.00 to -56\.00.*theatre is longitude (30|29)\.\d+ to 3[01]\.\d+",
    ):
        read_population(spec, folder=tmp_path, theatre=theatre())


def test_raster_without_crs_is_refused(tmp_path: Path) -> None:
    spec = write(tmp_path / "a.tif", np.ones((14, 14), dtype=np.float32), crs=None)
    with pytest.raises(CrsError, match="no coordinate system"):
        read_population(spec, folder=tmp_path, theatre=theatre())


def test_raster_of_several_bands_is_refused(tmp_path: Path) -> None:
    spec = write(tmp_path / "a.tif", np.ones((3, 14, 14), dtype=np.float32))
    with pytest.raises(SourceError, match="3 bands"):
        read_population(spec, folder=tmp_path, theatre=theatre())


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95])
def test_cut_off_raster_is_refused(share: float, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).random((140, 140)).astype(np.float32)
    spec = write(tmp_path / "a.tif", noise, TENTH @ Affine.scale(0.1), compress="deflate")
    whole = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceError, match="cannot be read"):
        read_population(spec, folder=tmp_path, theatre=theatre())


def test_missing_raster_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.tif: the file must exist"):
        read_population(RasterSpec(path="a.tif", kind="count"), folder=tmp_path, theatre=theatre())


@pytest.mark.south_sudan
def test_people_of_south_sudan_are_those_of_the_file_by_the_areas_of_its_cells() -> None:
    folder = DATA / "south_sudan"
    if not folder.is_dir():
        pytest.skip(f"no real data in {DATA}: set GEO_POC_DATA")
    area = AreaSpec(path="admin/osm_admin1_CD_CF_SS.gpkg", where={"iso2": "SS*"})
    spec = TheatreSpec(
        name="x", as_of=dt.date(2021, 1, 1), cell_size=10_000.0, area=area, marking="UNCLASSIFIED"
    )
    shape = read_area(area, folder=folder)
    where = theatre_over(spec, shape)
    path = "rasters/afripop2020_worldpop_20km.tif"
    density = RasterSpec(path=path, kind="density_per_km2")
    people, _ = read_population(density, folder=folder, theatre=where)
    with rasterio.open(folder / path) as raster:
        values = raster.read(1, masked=True).filled(0.0)
        inside = geometry_mask([shape], values.shape, raster.transform, invert=True)
        rows = np.nonzero(inside)[0]
        lats = np.radians(raster.transform.f + (rows + 0.5) * raster.transform.e)
        side = raster.transform.a * 111.2
        expected = (values[inside] * side * side * np.cos(lats)).sum()
    assert np.nansum(people) == pytest.approx(expected, rel=0.03)
