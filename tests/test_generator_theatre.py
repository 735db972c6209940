import datetime as dt
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.data import embedded_theatre
from geo_poc.data.conflict import read_truth
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.errors import OutputError
from geo_poc.plan import read_plan_file
from geo_poc.theatre import theatre_over
from geo_poc.theatre_file import read_theatre_file

TINY = {"size_km": 60, "cell_m": 2000, "settlements": 8, "camps": 3, "bases": 3, "years": 1}
GED_COLUMNS = {
    "id", "type_of_violence", "where_prec", "date_prec", "date_start", "date_end", "deaths_a",
    "deaths_b", "deaths_civilians", "deaths_unknown", "best", "low", "high", "side_a", "side_b",
    "adm_1", "adm_2", "latitude", "longitude", "source_headline",
}  # fmt: skip
TEXT = ("*.csv", "*.geojson", "*.json", "*.toml")


@pytest.fixture(scope="module")
def folder() -> Path:
    return embedded_theatre()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("fresh")
    make_theatre(out, Recipe())
    return out


@pytest.fixture(scope="module")
def theatre(folder):
    spec = read_theatre_file(folder / "theatre.toml").theatre
    return theatre_over(spec, gpd.read_file(folder / "area.geojson").union_all())


@pytest.fixture(scope="module")
def incidents(folder):
    return pd.read_csv(folder / "incidents.csv")


def _points(path: Path, crs: str) -> gpd.GeoSeries:
    table = pd.read_csv(path)
    lon = "lon" if "lon" in table else "longitude"
    lat = "lat" if "lat" in table else "latitude"
    return gpd.GeoSeries(gpd.points_from_xy(table[lon], table[lat]), crs="EPSG:4326").to_crs(crs)


def _areas(folder: Path, crs: str) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / "areas.geojson").to_crs(crs)


def test_embedded_text_is_byte_for_byte_what_the_generator_writes(folder, fresh):
    names = sorted(path.name for pattern in TEXT for path in fresh.glob(pattern))
    assert len(names) == 11
    for name in names:
        assert (folder / name).read_bytes() == (fresh / name).read_bytes(), name
    assert {p.name for p in folder.iterdir()} == {p.name for p in fresh.iterdir()}


def test_embedded_rasters_are_what_the_generator_makes(folder, fresh):
    for name in ("elevation.tif", "land_cover.tif", "population.tif"):
        with rasterio.open(folder / name) as old, rasterio.open(fresh / name) as new:
            np.testing.assert_array_equal(old.read(1), new.read(1))
            assert (old.crs, old.transform) == (new.crs, new.transform)


def test_same_recipe_gives_the_same_bytes_and_another_seed_does_not(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_theatre(tmp_path / name, Recipe(**TINY, seed=seed))
    a, b, c = (
        {path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())}
        for name in "abc"
    )
    assert a == b
    assert all(a[name] != c[name] for name in a)


def test_folder_that_cannot_be_written_is_an_error_with_the_repair(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match=r"file: must be a folder that can be written"):
        make_theatre(tmp_path / "file", Recipe(**TINY))
    assert (tmp_path / "file").read_text() == "mine"


def test_full_disk_leaves_the_previous_theatre_as_it_was(tmp_path, monkeypatch):
    make_theatre(tmp_path, Recipe(**TINY, seed=1))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geo_poc.data.generator.plan_toml", full)
    with pytest.raises(OutputError, match="No space left on device"):
        make_theatre(tmp_path, Recipe(**TINY, seed=2))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_country_where_nothing_happened_has_an_empty_record(tmp_path):
    make_theatre(tmp_path, Recipe(**TINY, seed=0, events_per_year=1))
    incidents = pd.read_csv(tmp_path / "incidents.csv")
    assert len(incidents) == 0
    assert set(incidents.columns) >= GED_COLUMNS
    assert len(read_truth(tmp_path / "truth.json").days) == 0


def test_embedded_theatre_is_small(folder):
    sizes = [path.stat().st_size for path in folder.iterdir()]
    assert max(sizes) < 500_000
    assert sum(sizes) < 1_500_000


def test_every_file_says_that_it_is_fictional(folder):
    for path in folder.iterdir():
        if path.suffix == ".tif":
            with rasterio.open(path) as raster:
                assert "fictional" in raster.tags()["TIFFTAG_IMAGEDESCRIPTION"]
        else:
            assert "fictional" in path.read_text(encoding="utf-8").lower()


def test_theatre_and_plan_are_read_without_fault_and_name_files_that_exist(folder):
    spec, plan = read_theatre_file(folder / "theatre.toml"), read_plan_file(folder / "plan.toml")
    sources = [*spec.incidents, *spec.camps, *spec.places, *spec.roads, *spec.areas]
    sources += [*spec.airfields, *plan.bases, spec.population, spec.elevation, spec.land_cover]
    for source in sources:
        assert (folder / source.path).is_file()
        assert source.label == "fictional, geo-poc generator seed 7"
    assert spec.theatre.fictional
    assert spec.theatre.marking == "UNCLASSIFIED"
    assert spec.theatre.name.endswith("(fictional)")
    assert {a.mover: (a.notice, a.bases) for a in plan.assets} == {
        "wheeled_patrol": (1800.0, "all"),
        "foot_patrol": (900.0, "all"),
        "mi8": (3600.0, "aviation"),
    }
    assert (plan.standard.response, plan.standard.cut_off) == (3 * 3600.0, 24 * 3600.0)
    assert all(a.source == "fictional: user input of the sample plan" for a in plan.assets)


def test_rasters_lie_on_the_grid_of_the_theatre(folder, theatre):
    for name in ("elevation.tif", "land_cover.tif", "population.tif"):
        with rasterio.open(folder / name) as raster:
            assert raster.shape == theatre.grid.shape
            assert raster.transform.almost_equals(theatre.grid.transform)
            assert rasterio.crs.CRS.from_string(theatre.grid.crs) == raster.crs


def test_people_in_the_raster_are_those_of_the_settlements_and_the_country(folder):
    with rasterio.open(folder / "population.tif") as raster:
        people = raster.read(1, masked=True).sum()
    settled = pd.read_csv(folder / "places.csv")["people"].sum()
    rural = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["rural_people"]
    assert people == settled + rural


def test_counts_are_those_of_the_recipe(folder):
    bases = pd.read_csv(folder / "bases.csv")
    camps = pd.read_csv(folder / "camps.csv")
    assert len(pd.read_csv(folder / "places.csv")) == 60
    assert len(camps) == 14
    assert camps["people"].isna().sum() in {2, 3}
    assert set(camps["kind"]) == {"idp", "refugee", "poc"}
    assert bases["kind"].value_counts().to_dict() == {"fhq": 1, "shq": 2, "cob": 5, "tob": 1}
    assert (bases.loc[bases["aviation"] == "yes", "kind"].isin(["fhq", "shq"])).all()
    assert len(pd.read_csv(folder / "airfields.csv")) == 6


@pytest.mark.parametrize("name", ["bases", "camps", "places", "airfields", "incidents"])
def test_everything_lies_inside_the_border(folder, theatre, name):
    points = _points(folder / f"{name}.csv", theatre.grid.crs)
    assert points.within(theatre.area.buffer(2)).all()
    assert pd.read_csv(folder / f"{name}.csv")["id"].is_unique


def test_written_roads_cross_the_written_river_at_bridges_only(folder):
    roads = gpd.read_file(folder / "roads.geojson")
    areas = gpd.read_file(folder / "areas.geojson")
    barriers = areas[areas["barrier"]].union_all()
    assert (roads.intersects(barriers) == roads["bridge"]).all()
    assert 3 <= roads["bridge"].sum() <= 5
    assert set(roads.geom_type) == {"LineString"}


def test_written_roads_still_meet_at_their_ends(folder):
    lines = gpd.read_file(folder / "roads.geojson").geometry.to_numpy()
    ends = [tuple(xy) for line in lines for xy in shapely.get_coordinates(line)[[0, -1]]]
    bridges = [tuple(xy) for xy in shapely.get_coordinates(lines[0])[[0, -1]]]
    assert all(ends.count(end) >= 2 for end in bridges)


def test_a_camp_and_a_settlement_have_no_road(folder, theatre):
    roads = gpd.read_file(folder / "roads.geojson").to_crs(theatre.grid.crs).union_all()
    assert _points(folder / "camps.csv", theatre.grid.crs).distance(roads).max() > 10_000
    assert _points(folder / "places.csv", theatre.grid.crs).distance(roads).max() > 3_000


def test_nobody_lives_in_the_water(folder, theatre):
    areas = _areas(folder, theatre.grid.crs)
    water = areas[areas["barrier"]].union_all()
    for name in ("places", "camps", "bases"):
        assert _points(folder / f"{name}.csv", theatre.grid.crs).distance(water).min() > 1000


def test_areas_are_complete(folder, theatre):
    areas = _areas(folder, theatre.grid.crs)
    kinds = areas["kind"].value_counts().to_dict()
    assert {k: kinds[k] for k in ("water", "swamp", "caveat", "no_fly", "closure")} == {
        "water": 3, "swamp": 1, "caveat": 1, "no_fly": 1, "closure": 2,
    }  # fmt: skip
    assert 6 <= kinds["admin"] <= 9
    assert areas.is_valid.all()
    caveat = areas[areas["kind"] == "caveat"].iloc[0]
    assert caveat["contingents"] in set(pd.read_csv(folder / "bases.csv")["contingent"])


def test_one_closure_shuts_a_bridge_now_and_the_other_is_over(folder, theatre):
    closures = _areas(folder, theatre.grid.crs).query("kind == 'closure'")
    as_of = pd.Timestamp(dt.date(2026, 1, 1))
    starts, ends = pd.to_datetime(closures["from_date"]), pd.to_datetime(closures["to_date"])
    active = (starts <= as_of) & (ends >= as_of)
    assert active.tolist() == [True, False]
    assert (ends < as_of).tolist() == [False, True]
    assert closures["note"].str.contains("source:").all()
    roads = gpd.read_file(folder / "roads.geojson").to_crs(theatre.grid.crs)
    assert roads[roads.intersects(closures.geometry.iloc[0])]["bridge"].tolist() == [True]
    assert roads.intersects(closures.geometry.iloc[1]).any()


def test_incidents_have_the_publishers_columns_and_actors_without_a_side(incidents):
    assert set(incidents.columns) >= GED_COLUMNS
    assert set(incidents["side_a"]) | set(incidents["side_b"]) <= {
        "Group A", "Group B", "Group C", "Group D", "State forces (fictional)", "Civilians",
    }  # fmt: skip
    assert (incidents["side_a"] != incidents["side_b"]).all()
    one_sided = incidents["type_of_violence"] == 3
    assert ((incidents["side_b"] == "Civilians") == one_sided).all()
    assert set(incidents["type_of_violence"]) == {1, 2, 3}


def test_deaths_are_ordered_and_sometimes_unknown(incidents):
    known = incidents.dropna(subset=["best"])
    assert 0 < incidents["best"].isna().sum() < 0.1 * len(incidents)
    assert (known["low"] <= known["best"]).all()
    assert (known["best"] <= known["high"]).all()
    parts = ["deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"]
    whole = known.dropna(subset=parts)
    assert (whole[parts] >= 0).all(axis=None)
    assert (whole[parts].sum(axis=1) == whole["best"]).all()


def test_reported_dates_hold_the_true_day_and_end_before_as_of(folder, incidents):
    truth = read_truth(folder / "truth.json")
    days = np.floor(truth.days).astype("timedelta64[D]") + np.datetime64(truth.start)
    start = incidents["date_start"].to_numpy(dtype="datetime64[D]")
    end = incidents["date_end"].to_numpy(dtype="datetime64[D]")
    assert ((start <= days) & (days <= end)).all()
    assert end.max() < np.datetime64("2026-01-01")
    exact = (incidents["date_prec"] == 1).to_numpy()
    assert (start[exact] == end[exact]).all()
    assert set(incidents["date_prec"]) == {1, 2, 3, 4, 5}


def test_places_known_only_to_a_district_are_reported_at_its_centroid(folder, theatre, incidents):
    areas = _areas(folder, theatre.grid.crs)
    districts = areas[areas["kind"] == "admin"].set_index("name")
    reported = _points(folder / "incidents.csv", theatre.grid.crs)
    coarse = incidents["where_prec"] == 3
    assert coarse.sum() > 50
    own = districts.geometry[incidents.loc[coarse, "adm_2"]]
    gap = reported[coarse].distance(own.centroid, align=False)
    centred = own.contains(own.centroid, align=False)
    assert gap[centred.to_numpy()].max() < 5
    assert reported[coarse].within(own, align=False).all()
    province = incidents["where_prec"] == 4
    assert reported[province].nunique() <= 3
    assert incidents.loc[province, "adm_2"].isna().all()


def test_exact_places_are_the_true_ones_and_near_ones_a_settlement(folder, theatre, incidents):
    truth = read_truth(folder / "truth.json")
    exact = (incidents["where_prec"] == 1).to_numpy()
    reported = incidents[["longitude", "latitude"]].to_numpy()
    assert np.abs(reported[exact] - truth.lonlat[exact]).max() < 2e-5
    towns = pd.read_csv(folder / "places.csv").set_index("name")
    near = incidents[incidents["where_prec"] == 2]
    town = towns.loc[near["where_coordinates"], ["lon", "lat"]].to_numpy()
    assert np.abs(near[["longitude", "latitude"]].to_numpy() - town).max() < 2e-5


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    size_km=st.floats(40, 400),
    settlements=st.integers(6, 20),
    camps=st.integers(1, 5),
    bases=st.integers(1, 5),
)
def test_any_recipe_gives_a_valid_theatre(
    tmp_path_factory, seed, size_km, settlements, camps, bases
):
    out = tmp_path_factory.mktemp("any")
    recipe = Recipe(
        seed=seed, size_km=size_km, cell_m=size_km * 25, settlements=settlements, camps=camps,
        bases=bases, years=1, events_per_year=30,
    )  # fmt: skip
    path = make_theatre(out, recipe)
    spec = read_theatre_file(path)
    assert read_plan_file(out / "plan.toml").bases
    area = gpd.read_file(out / "area.geojson")
    places = theatre_over(spec.theatre, area.union_all())
    for name, count in (("places", settlements), ("camps", camps), ("bases", bases)):
        points = _points(out / f"{name}.csv", places.grid.crs)
        assert len(points) == count
        assert points.within(places.area.buffer(2)).all()
    roads = gpd.read_file(out / "roads.geojson")
    areas = gpd.read_file(out / "areas.geojson")
    assert (roads.intersects(areas[areas["barrier"]].union_all()) == roads["bridge"]).all()
    assert areas.is_valid.all()
