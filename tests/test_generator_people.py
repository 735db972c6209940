import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.data.people import (
    _whole,
    make_districts,
    place_settlements,
    population,
    rural_people,
    spread_points,
    zipf_people,
)
from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import land_cover, make_land
from geo_poc.errors import GridError


@pytest.fixture(scope="module")
def country():
    recipe = Recipe(cell_m=2000)
    land = make_land(recipe, "Testland (fictional)")
    towns = place_settlements(land, recipe, [f"T{i}" for i in range(recipe.settlements)])
    return recipe, land, towns


def test_nobody_is_lost_in_the_raster(country):
    recipe, land, towns = country
    cover = land_cover(land, towns.xy_m, towns.people, recipe.rng("cover"))
    people = population(land, towns, cover, recipe.rng("people"))
    assert people[people >= 0].sum() == towns.people.sum() + rural_people(towns)
    assert ((people >= 0) == land.theatre.inside).all()
    assert (people[land.mask(land.lake)] == 0).all()


def test_largest_town_shows_in_its_own_cell(country):
    recipe, land, towns = country
    cover = land_cover(land, towns.xy_m, towns.people, recipe.rng("cover"))
    people = population(land, towns, cover, recipe.rng("people"))
    peak = np.unravel_index(np.argmax(people), people.shape)
    row, col = land.theatre.grid.cell_of(towns.xy_m[:1, 0], towns.xy_m[:1, 1])
    assert abs(peak[0] - row[0]) <= 1
    assert abs(peak[1] - col[0]) <= 1


def test_sizes_of_settlements_follow_zipf(country):
    _, _, towns = country
    rank = np.arange(1, len(towns.people) + 1)
    slope, _ = np.polyfit(np.log(rank), np.log(towns.people), 1)
    assert slope == pytest.approx(-1.0, abs=0.05)


@given(st.integers(1, 300), st.integers(0, 100))
def test_sizes_fall_with_rank(count, seed):
    people = zipf_people(count, 200_000, np.random.default_rng(seed))
    assert len(people) == count
    assert (np.diff(people) <= 0).all()
    assert people.min() >= 50


def test_kind_goes_by_size(country):
    _, _, towns = country
    for people, kind in zip(towns.people, towns.kinds, strict=True):
        assert kind == ("city" if people >= 50_000 else "town" if people >= 10_000 else "village")
    assert set(towns.kinds) == {"city", "town", "village"}


def test_settlements_keep_off_water_and_inside_the_border(country):
    _, land, towns = country
    points = shapely.points(towns.xy_m)
    assert shapely.contains(land.theatre.area, points).all()
    assert shapely.distance(points, land.river).min() >= 2000
    assert shapely.distance(points, land.lake).min() >= 2000
    assert not shapely.contains(land.swamp, points).any()


def test_settlements_are_apart(country):
    _, _, towns = country
    gap = np.hypot(*(towns.xy_m[:, None] - towns.xy_m[None]).transpose(2, 0, 1))
    assert gap[gap > 0].min() > 5000
    assert (gap > 0).sum() == gap.size - len(gap)


def test_districts_share_out_the_country(country):
    _, land, towns = country
    districts = make_districts(land, towns, ["A", "B", "C"], list("DEFGHIJK"))
    total = sum(polygon.area for polygon in districts.polygons)
    assert total == pytest.approx(land.theatre.area.area, rel=1e-6)
    assert shapely.union_all(districts.polygons).area == pytest.approx(total, rel=1e-3)
    assert set(districts.provinces) == {"A", "B", "C"}
    inner = np.array([polygon.representative_point().coords[0] for polygon in districts.polygons])
    assert districts.of(inner).tolist() == list(range(8))


@settings(max_examples=40)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.integers(0, 10_000))
def test_whole_shares_add_up_and_are_within_one_of_exact(weights, total):
    weight = np.array(weights) + 1e-3
    whole = _whole(weight, total)
    assert whole.sum() == total
    assert np.abs(whole - weight / weight.sum() * total).max() < 1 + 1e-6


def test_too_many_points_for_the_room_is_an_error_with_the_repair():
    with pytest.raises(GridError, match=r"room for 3 of 4 points.*ask for fewer settlements"):
        spread_points(np.eye(5, 2), np.array([1.0, 1, 1, 0, 0]), 4, np.random.default_rng(1))


def test_points_without_weight_are_never_drawn():
    xy = np.column_stack([np.arange(200.0), np.arange(200.0) % 7])
    drawn = spread_points(xy, (xy[:, 0] < 50).astype(float), 10, np.random.default_rng(1))
    assert drawn[:, 0].max() < 50
