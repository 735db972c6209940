import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import LAND_COVER, Land, blob, fractal, land_cover, make_land


@pytest.fixture(scope="module")
def land() -> Land:
    return make_land(Recipe(cell_m=2000), "Testland (fictional)")


def _at_river(land, surface):
    inside = land.river.intersection(land.theatre.area)
    steps = np.arange(0, inside.length, 1000.0)
    points = shapely.get_coordinates(shapely.line_interpolate_point(land.river, steps))
    points = points[shapely.contains_xy(land.theatre.area, *points.T)]
    return surface[land.theatre.grid.cell_of(*points.T)]


def test_country_is_as_wide_and_high_as_asked(land):
    west, south, east, north = land.border_lonlat.bounds
    geod = Geod(ellps="WGS84")
    _, _, width_m = geod.inv(west, (south + north) / 2, east, (south + north) / 2)
    _, _, height_m = geod.inv((west + east) / 2, south, (west + east) / 2, north)
    assert width_m == pytest.approx(300_000, rel=0.002)
    assert height_m == pytest.approx(300_000, rel=0.002)
    assert land.border_lonlat.is_valid


def test_river_parts_the_country_in_two(land):
    banks = shapely.get_parts(shapely.difference(land.theatre.area, land.river.buffer(1.0)))
    large = [bank.area for bank in banks if bank.area > 0.1 * land.theatre.area.area]
    assert len(large) == 2


def test_river_flows_downhill(land):
    height = _at_river(land, land.elevation_m)
    assert height[0] - height[-1] > 150
    assert np.max(height - np.minimum.accumulate(height)) < 40


def test_river_lies_lower_than_the_land_beside_it(land):
    away = (land.river_m > 10_000) & (land.river_m < 15_000)
    assert _at_river(land, land.elevation_m).mean() < land.elevation_m[away].mean()


def test_distance_from_the_river_agrees_with_shapely(land):
    x, y = land.theatre.grid.centres()
    exact = shapely.distance(shapely.points(x, y), land.river)
    assert np.abs(exact - land.river_m).max() < 125


def test_escarpment_is_there(land):
    heights = land.elevation_m[land.theatre.inside]
    assert np.quantile(heights, 0.95) - np.quantile(heights, 0.3) > 300


def test_lake_and_swamp_are_off_the_river_and_inside_the_country(land):
    for shape in (land.lake, land.swamp):
        assert shape.is_valid
        assert shape.distance(land.river) > 0
        assert land.theatre.area.buffer(1).contains(shape)


def test_lake_is_level(land):
    assert np.ptp(land.elevation_m[land.mask(land.lake)]) == 0


def test_tributary_ends_in_the_river(land):
    mouth = shapely.get_point(land.tributary, -1)
    assert mouth.distance(land.river) < 1


def test_land_cover_uses_only_the_named_classes_and_shows_lake_and_swamp(land):
    cover = land_cover(land, np.zeros((1, 2)), np.array([100_000]), np.random.default_rng(1))
    assert set(np.unique(cover)) <= set(LAND_COVER)
    assert set(LAND_COVER.values()) >= {LAND_COVER[code] for code in np.unique(cover)}
    assert (cover[land.mask(land.lake)] == 80).all()
    assert 90 in cover[land.mask(land.swamp)]
    row, col = land.theatre.grid.cell_of(np.zeros(1), np.zeros(1))
    assert cover[row[0], col[0]] == 50


def test_smoother_spectrum_has_smaller_steps():
    rough = fractal((60, 60), 1000.0, np.random.default_rng(1), longest_m=20_000.0, slope=1.5)
    smooth = fractal((60, 60), 1000.0, np.random.default_rng(1), longest_m=20_000.0, slope=4.0)
    assert np.abs(np.diff(smooth)).mean() < 0.5 * np.abs(np.diff(rough)).mean()


def test_blob_is_valid_and_holds_its_centre():
    for seed in range(20):
        shape = blob(np.array([5.0, 5.0]), 10.0, np.random.default_rng(seed), roughness=0.6)
        assert shape.is_valid
        assert shape.contains(shapely.Point(5, 5))
