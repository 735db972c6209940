"""Theatre and grid: projection, cells, borders."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo_poc.errors import CrsError, GridError
from geo_poc.grid import Grid, require_metres
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, TheatreSpec

UTM = "EPSG:32636"


def theatre(
    cell_m: float = 5000.0, box: tuple[float, float, float, float] = (30.0, 5.0, 33.0, 8.0)
) -> Theatre:
    spec = TheatreSpec(
        name="Test",
        as_of=dt.date(2026, 1, 1),
        cell_size=cell_m,
        marking="UNCLASSIFIED",
        area=AreaSpec(bbox=box),
    )
    return theatre_over(spec, shapely.box(*box))


def test_area_of_the_cells_inside_is_the_geodesic_area_of_the_theatre() -> None:
    box = shapely.box(30.0, 5.0, 33.0, 8.0)
    geodesic_km2 = (
        abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.segmentize(box, 0.1))[0]) / 1e6
    )
    here = theatre(cell_m=1000.0)
    assert here.inside.sum() * here.grid.cell_area_km2 == pytest.approx(geodesic_km2, rel=0.005)
    assert here.area.area / 1e6 == pytest.approx(geodesic_km2, rel=1e-4)


def test_degrees_come_back_from_metres() -> None:
    here = theatre()
    lon, lat = here.lonlat(np.array([0.0]), np.array([0.0]))
    assert (lon[0], lat[0]) == pytest.approx((31.5, 6.5), abs=1e-6)
    assert here.lonlat_bounds == pytest.approx((30.0, 5.0, 33.0, 8.0), abs=0.01)


@given(
    st.floats(0.0, 30_000.0, allow_nan=False),
    st.floats(0.0, 20_000.0, allow_nan=False),
)
def test_every_point_of_the_grid_lies_in_a_cell_that_holds_it(x: float, y: float) -> None:
    grid = Grid(rows=4, cols=6, cell_size_m=5000.0, left_m=0.0, top_m=20_000.0, crs=UTM)
    rows, cols = grid.cell_of(np.array([x]), np.array([y]))
    xs, ys = grid.centres()
    assert abs(xs[rows[0], cols[0]] - x) <= 2500.0
    assert abs(ys[rows[0], cols[0]] - y) <= 2500.0


def test_cell_centres_lie_in_their_own_cells() -> None:
    grid = Grid(rows=3, cols=4, cell_size_m=10.0, left_m=-7.0, top_m=5.0, crs=UTM)
    rows, cols = grid.cell_of(*grid.centres())
    assert (rows == np.arange(3)[:, None]).all()
    assert (cols == np.arange(4)[None, :]).all()


def test_grid_of_another_origin_is_refused() -> None:
    one = Grid(rows=3, cols=4, cell_size_m=10.0, left_m=0.0, top_m=5.0, crs=UTM)
    other = Grid(rows=3, cols=4, cell_size_m=10.0, left_m=1.0, top_m=5.0, crs=UTM)
    one.require_same(one, where="threat")
    with pytest.raises(GridError, match="threat: must lie on the grid"):
        one.require_same(other, where="threat")


def test_grid_without_cells_is_refused() -> None:
    with pytest.raises(GridError, match="at least one row"):
        Grid(rows=0, cols=4, cell_size_m=10.0, left_m=0.0, top_m=5.0, crs=UTM)


@pytest.mark.parametrize(
    ("crs", "found"), [(None, "no CRS"), ("EPSG:4326", "WGS 84"), ("EPSG:2222", "ft")]
)
def test_grid_not_in_metres_is_refused(crs: str | None, found: str) -> None:
    with pytest.raises(CrsError, match="must be a projected CRS in metres") as caught:
        require_metres(crs, where="grid")
    assert found in str(caught.value)


def test_empty_area_is_refused() -> None:
    with pytest.raises(GridError, match="must hold at least one polygon"):
        spec = TheatreSpec(
            name="x",
            as_of=dt.date(2026, 1, 1),
            cell_size=1.0,
            marking="UNCLASSIFIED",
            area=AreaSpec(),
        )
        theatre_over(spec, shapely.Polygon())


def test_cell_longer_than_the_theatre_is_refused() -> None:
    with pytest.raises(GridError, match="no longer than the shorter side"):
        theatre(cell_m=1e6)


def test_grid_that_needs_more_memory_than_a_laptop_has_is_refused_with_one_that_fits() -> None:
    with pytest.raises(GridError, match="give cells of") as caught:
        theatre(cell_m=50.0)
    fitting_m = float(re.search(r"cells of (\d+) m", str(caught.value))[1])  # type: ignore[index]
    assert theatre(cell_m=fitting_m).grid.rows > 0


@pytest.mark.parametrize("box", [(-180.0, -90.0, 180.0, 90.0), (-179.0, -18.0, 179.0, -16.0)])
def test_area_wider_than_one_projection_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(GridError, match="degrees wide"):
        theatre(box=box)
