"""``geo-poc patrols``: every file, what adds up, mobile bases, options, and what survives a failure."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rich.console import Console
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.coverage.demand import demand
from geo_poc.coverage.patrols import BASE_COLUMNS, Counted, counts_of
from geo_poc.data import embedded_theatre
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.errors import ConfigError, GeoPocError
from geo_poc.grid import Grid
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.layers.positions import mgrs_of
from geo_poc.patrol_options import Asked
from geo_poc.patrols import FoundPatrols, patrols, write_patrols
from geo_poc.plan import MobileBase, Patrol
from geo_poc.report.patrols import write_patrol_files
from geo_poc.routing.mobile import mobile_point
from geo_poc.routing.response import response_times
from geo_poc.routing.travel_time import Reason
from geo_poc.screen.patrols import patrol_tables

RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=1)
STANDARD = """
[[patrols]]
name = "4 h on foot by day"
mover = "foot_patrol"
length = "4 h"
on_the_spot = "30 min"
light = "day"
source = "test"

[[patrols]]
name = "4 h on foot by night"
mover = "foot_patrol"
length = "4 h"
on_the_spot = "30 min"
light = "night"
source = "test"

[[patrols]]
name = "10 h by vehicle"
mover = "wheeled_patrol"
length = "10 h"
on_the_spot = "1 h"
light = "day"
source = "test"

[[patrols]]
name = "3 days by vehicle"
mover = "wheeled_patrol"
days = 3
on_the_spot = "2 h"
light = "day"
source = "test"

[[mobile_bases]]
name = "M1"
from = "B01"
movers = ["foot_patrol", "wheeled_patrol"]
days = 2
place = "P007"
"""
FILES = {
    "patrols.csv", "places.csv", "perimeters.csv", "mobile_bases.csv", "reach.gpkg", "run.json",
    "reach_4_h_on_foot_by_day.tif", "reach_4_h_on_foot_by_night.tif", "reach_10_h_by_vehicle.tif",
    "reach_3_days_by_vehicle.tif",
}  # fmt: skip
SITES = 11


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small theatre in which two camps have a radius, with the standard patrols."""
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    camps = pd.read_csv(folder / "camps.csv", dtype=str, keep_default_na=False)
    camps["Rayon (m)"] = ["400", "", "1500"]
    camps.to_csv(folder / "camps.csv", index=False)
    with (folder / "plan.toml").open("a", encoding="utf-8") as plan:
        plan.write(STANDARD)
    return folder


@pytest.fixture(scope="module")
def inputs(small: Path) -> Inputs:
    return read_inputs(small / "theatre.toml", small / "plan.toml")


@pytest.fixture(scope="module")
def found(inputs: Inputs) -> FoundPatrols:
    return patrols(inputs)


@pytest.fixture(scope="module")
def written(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "patrols"
    result = CliRunner().invoke(app, command(small, out))
    assert result.exit_code == 0, result.output
    return out


def command(folder: Path, out: Path, *more: str) -> list[str]:
    theatre, plan = str(folder / "theatre.toml"), str(folder / "plan.toml")
    return ["patrols", theatre, "--plan", plan, "--out", str(out), *more]


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv")


def with_plan(inputs: Inputs, **changes: object) -> Inputs:
    return replace(inputs, plan_file=replace(inputs.plan, **changes))  # type: ignore[arg-type]


def of(frame: pd.DataFrame, patrol: str, base: str) -> pd.Series:
    rows = frame[(frame["patrol"] == patrol) & (frame["base_id"] == base)]
    assert len(rows) == 1
    return rows.iloc[0]


# what is written


def test_all_files_are_written_and_listed_in_the_record(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == FILES
    record = json.loads((written / "run.json").read_text(encoding="utf-8"))
    assert set(record["outputs"]) == FILES - {"run.json"}
    assert record["marking"] == "UNCLASSIFIED"
    assert [
        patrol["name"] for patrol in record["totals"] for patrol in [{"name": patrol["patrol"]}]
    ]


def test_every_table_bears_the_marking(written: Path) -> None:
    for name in ("patrols", "places", "perimeters", "mobile_bases"):
        assert set(table(written, name)["marking"]) == {"UNCLASSIFIED"}


def test_there_is_one_row_for_each_patrol_and_base_mobile_ones_included(written: Path) -> None:
    rows = table(written, "patrols")
    assert len(rows) == 4 * 4
    assert not rows.duplicated(["patrol", "base_id"]).any()
    assert rows["mobile"].sum() == 4
    assert set(rows.loc[rows["mobile"], "base_id"]) == {"M1"}


def test_there_is_one_row_for_each_place_and_patrol_and_each_has_its_reason(written: Path) -> None:
    rows = table(written, "places")
    assert len(rows) == SITES * 4
    reached = rows["reason"] == "reached"
    assert np.isfinite(rows.loc[reached, ["out_s", "back_s", "spare_s"]]).all(axis=None)
    assert np.isinf(rows.loc[~reached, ["out_s", "back_s"]]).all(axis=None)
    assert rows.loc[~reached, ["spare_s", "base_id"]].isna().all(axis=None)
    assert (rows["base_id"].notna() == reached).all()
    assert set(rows["reason"]) <= {str(reason) for reason in Reason}


def test_the_times_of_a_patrol_add_up_to_its_length_to_the_tenth(written: Path) -> None:
    rows = table(written, "places")
    for patrol, length_s, spot_s in (
        ("4 h on foot by night", 14_400, 1_800), ("10 h by vehicle", 36_000, 3_600)
    ):  # fmt: skip
        own = rows[(rows["patrol"] == patrol) & (rows["reason"] == "reached")]
        assert len(own)
        total_s = own["out_s"] + own["back_s"] + own["spare_s"] + spot_s
        assert (np.abs(total_s - length_s) <= 0.21).all()


def test_a_raster_holds_the_cells_that_the_table_counts(written: Path, found: FoundPatrols) -> None:
    totals = found.totals.set_index("patrol")
    for patrol in found.product.plan.patrols:
        word = patrol.name.replace(" ", "_")
        with rasterio.open(written / f"reach_{word}.tif") as raster:
            seconds, tags = raster.read(1), raster.tags()
            assert np.isnan(raster.nodata)
        assert np.isfinite(seconds).sum() == totals.loc[patrol.name, "cells"]
        assert np.isfinite(seconds).any()
        assert np.isinf(seconds).any()
        assert tags["marking"] == "UNCLASSIFIED"
        assert tags["patrol"] == patrol.name
        assert tags["fictional"] == "yes"
        assert "without the time on the spot" in tags["unit"]


def test_drawn_areas_are_as_large_as_the_cells_reached(written: Path) -> None:
    drawn = gpd.read_file(written / "reach.gpkg", layer="reach")
    rows = table(written, "patrols")
    rows = rows[rows["cells"] > 0]
    assert len(drawn) == len(rows)
    np.testing.assert_allclose(drawn.area / 1e6, rows["km2"], rtol=1e-9)
    assert set(drawn.geom_type) == {"MultiPolygon"}
    with closing(sqlite3.connect(written / "reach.gpkg")) as database:
        about = dict(database.execute("select what, value from about"))
    assert about["marking"] == "UNCLASSIFIED"
    assert about["note"].startswith("for drawing only")


def test_the_same_inputs_give_the_same_bytes(small: Path, written: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    write_patrols(small / "theatre.toml", small / "plan.toml", again)
    for path in written.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_an_earlier_output_is_replaced_and_a_failure_leaves_it_alone(
    small: Path, written: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(written, out)
    before = (out / "patrols.csv").read_bytes()
    result = CliRunner().invoke(app, command(small, out, "--foot", "4 h"))
    assert result.exit_code == 2
    assert "lengths as options, and [[patrols]] in the plan" in result.output
    assert (out / "patrols.csv").read_bytes() == before
    result = CliRunner().invoke(app, command(small, out, "--season", "dry"))
    assert result.exit_code == 0
    assert set(table(out, "patrols")["season"]) == {"dry"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "record", ['{"geo_poc": "0.1", "outputs": {}}', '{"geo_poc": 1, "command": "x"}']
)
def test_the_results_of_another_command_are_never_replaced(
    small: Path, tmp_path: Path, record: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text(record, encoding="utf-8")
    result = CliRunner().invoke(app, command(small, out))
    assert result.exit_code == 2
    assert "the results of geo-poc" in result.output
    assert (out / "run.json").read_text(encoding="utf-8") == record


@pytest.mark.parametrize("record", ["{", "[]", "{}"])
def test_a_folder_of_somebody_else_is_refused_too(small: Path, tmp_path: Path, record: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text(record, encoding="utf-8")
    result = CliRunner().invoke(app, command(small, out))
    assert result.exit_code == 2
    assert "file(s) that geo-poc did not write" in result.output


# what is counted


def test_cells_and_sites_of_a_base_are_those_that_it_reaches_itself(
    inputs: Inputs, found: FoundPatrols
) -> None:
    alone = [
        patrols(with_plan(inputs, patrols=[replace(patrol, bases=["B02"])], mobile_bases=[]))
        for patrol in inputs.plan.patrols
    ]
    rows = pd.DataFrame(found.product.by_base)
    for patrol, single in zip(inputs.plan.patrols, alone, strict=True):
        row, total = of(rows, patrol.name, "B02"), single.totals.iloc[0]
        for column in BASE_COLUMNS[:-1]:
            assert row[column] == total[column], column
        assert list(single.product.by_base["base_id"]) == ["B02"]


def test_from_all_bases_no_fewer_are_reached_than_from_the_best_and_none_twice(
    found: FoundPatrols,
) -> None:
    rows = found.product.by_base.groupby("patrol", sort=False)
    totals = found.totals.set_index("patrol")
    for column in ("cells", "km2", "residents", "sites", "people_in_camps", "people_in_places"):
        total = totals[column].astype(float)
        assert (total >= rows[column].max().astype(float) - 1e-6).all()
        assert (total <= rows[column].sum().astype(float) + 1e-6).all()


def counted(people: np.ndarray | None) -> Counted:
    sites = gpd.GeoDataFrame(
        {
            "layer": ["camp", "camp", "place", "place"],
            "people": [100.0, np.nan, np.nan, 40.0],
        }
    )
    grid = Grid(rows=2, cols=2, cell_size_m=2000.0, left_m=0.0, top_m=4000.0, crs="EPSG:32636")
    return Counted(grid=grid, sites=sites, people=people)


ALL, NONE = np.ones(4, np.bool_), np.zeros(4, np.bool_)


def test_people_of_unknown_number_are_counted_apart() -> None:
    people = np.array([[10.0, np.nan], [5.0, 0.0]], np.float32)
    assert counts_of(ALL, ALL, counted(people)) == {
        "cells": 4,
        "km2": 16.0,
        "residents": 15.0,
        "residents_unknown_cells": 1,
        "sites": 4,
        "camps": 2,
        "people_in_camps": 100.0,
        "camps_unknown_people": 1,
        "places": 2,
        "people_in_places": 40.0,
        "places_unknown_people": 1,
    }


def test_where_no_number_is_known_the_sum_is_unknown_and_of_nobody_it_is_nought() -> None:
    people = np.array([[10.0, np.nan], [5.0, 0.0]], np.float32)
    second = np.array([False, True, False, False])
    found = counts_of(second, second, counted(people))
    assert np.isnan(found["residents"])
    assert np.isnan(found["people_in_camps"])
    assert found["people_in_places"] == 0.0
    nobody = counts_of(NONE, NONE, counted(people))
    assert nobody["residents"] == nobody["people_in_camps"] == 0.0
    assert np.isnan(counts_of(ALL, ALL, counted(None))["residents"])
    assert counts_of(ALL, ALL, counted(None))["residents_unknown_cells"] == 4


def test_a_patrol_of_unknown_pace_reaches_nobody_knows_what(inputs: Inputs) -> None:
    assets = [replace(asset, figures={}) for asset in inputs.plan.assets[:2]]
    night = replace(inputs.plan.patrols[1], name="n", mover="wheeled_patrol")
    plan = with_plan(inputs, assets=assets, patrols=[night], mobile_bases=[])
    unknown = patrols(plan)
    rows = unknown.product.by_base
    assert rows[list(BASE_COLUMNS[:-1])].isna().all(axis=None)
    assert set(rows["reason"]) == {"unknown"}
    assert rows.geometry.is_empty.all()
    assert unknown.totals.drop(columns=["patrol", "mover", "season", "light"]).isna().all(axis=None)
    places = unknown.product.places
    known = places["reason"] != "unknown"
    assert places.loc[~known, ["out_s", "back_s", "spare_s"]].isna().all(axis=None)
    told = " ".join(str(part) for part in printed(unknown))
    assert "unknown" in told


def test_a_base_off_the_grid_and_one_without_time_for_the_stay_reach_nothing(
    inputs: Inputs,
) -> None:
    bases = inputs.layers["bases"]
    moved = bases.table.geometry.where(bases.table["id"] != "B01", shapely.Point(1e6, 0))
    far = replace(bases, table=bases.table.set_geometry(moved))
    short = Patrol(
        name="short", mover="foot_patrol", on_the_spot=3600.0, light="day", source="t", length=600.0
    )
    plan = with_plan(inputs, patrols=[short], mobile_bases=[])
    rows = patrols(replace(plan, layers={**inputs.layers, "bases": far})).product.by_base
    assert rows["reason"].tolist() == ["outside_area", "cut_off", "cut_off"]
    assert (rows["cells"] == 0).all()


def test_a_base_on_the_grid_and_outside_the_area_has_no_way_off_the_roads(inputs: Inputs) -> None:
    bases = inputs.layers["bases"]
    grid = inputs.theatre.grid
    row, col = np.argwhere(~inputs.theatre.inside)[0]
    x, y = (centres[row, col] for centres in grid.centres())
    moved = bases.table.geometry.where(bases.table["id"] != "B01", shapely.Point(x, y))
    outside = replace(bases, table=bases.table.set_geometry(moved))
    day = replace(inputs.plan.patrols[0], bases=["B01"])
    plan = with_plan(inputs, patrols=[day], mobile_bases=[])
    found = patrols(replace(plan, layers={**inputs.layers, "bases": outside}))
    assert found.product.by_base["reason"].tolist() == ["no_network"]
    assert found.product.by_base["cells"].tolist() == [0]


# mobile bases


def test_a_mobile_base_is_there_when_a_response_to_its_place_would_be(
    inputs: Inputs, found: FoundPatrols
) -> None:
    places = demand(inputs.layers["camps"].table, inputs.layers["places"].table)
    travel = response_times(
        theatre=inputs.theatre,
        plan=inputs.plan,
        bases=inputs.layers["bases"].table,
        places=places,
        roads=inputs.layers["roads"].table,
        areas=inputs.layers["areas"].table,
        land_cover=inputs.land_cover,
        elevation_m=inputs.elevation_m,
    )
    column = places["id"].tolist().index("P007")
    for each in found.deployments:
        time = next(
            t for t in travel if t.mover == each.mover and t.conditions == inputs.plan.conditions
        )
        assert each.seconds == pytest.approx(time.seconds[0, column])
        assert each.reason == Reason.REACHED
    assert [(each.name, each.mover) for each in found.deployments] == [
        ("M1", "foot_patrol"),
        ("M1", "wheeled_patrol"),
    ]


def test_times_of_mobile_bases_are_written_rounded_up(written: Path, found: FoundPatrols) -> None:
    rows = table(written, "mobile_bases")
    assert list(rows) == ["base_id", "from", "mover", "seconds", "reason", "marking"]
    exact_s = np.array([each.seconds for each in found.deployments])
    assert (rows["seconds"] >= exact_s).all()
    assert (rows["seconds"] - exact_s < 0.1 + 1e-9).all()


def test_patrols_start_anew_from_a_mobile_base(inputs: Inputs, found: FoundPatrols) -> None:
    # At a place of its own, a patrol takes no time to get to the place.
    own = found.product.places
    row = own[(own["patrol"] == "4 h on foot by day") & (own["id"] == "P007")].iloc[0]
    assert row["base_id"] == "M1"
    assert row["out_s"] == row["back_s"] == 0.0
    assert row["spare_s"] == 3.5 * 3600


def test_a_patrol_longer_than_the_stay_does_not_start_there(found: FoundPatrols) -> None:
    row = of(pd.DataFrame(found.product.by_base), "3 days by vehicle", "M1")
    assert row["reason"] == "short_stay"
    assert row["cells"] == 0


def test_positions_in_degrees_and_grid_references_are_the_same_place(inputs: Inputs) -> None:
    places = demand(inputs.layers["camps"].table, inputs.layers["places"].table)
    by_id = mobile_point(inputs.plan.mobile_bases[0], places, inputs.theatre)
    lon, lat = inputs.theatre.lonlat(np.array([by_id.x]), np.array([by_id.y]))
    spec = {"name": "x", "parent": "B01", "movers": ["foot_patrol"], "days": 1}
    degrees = MobileBase(**spec, lon=float(lon[0]), lat=float(lat[0]))  # type: ignore[arg-type]
    grid = MobileBase(**spec, mgrs=mgrs_of(lon, lat, figures=10)[0])  # type: ignore[arg-type]
    assert mobile_point(degrees, places, inputs.theatre).distance(by_id) < 0.01
    assert mobile_point(grid, places, inputs.theatre).distance(by_id) < 1.5


def test_a_mobile_base_that_cannot_be_got_to_says_why_and_sends_nobody(inputs: Inputs) -> None:
    areas = inputs.layers["areas"]
    places = demand(inputs.layers["camps"].table, inputs.layers["places"].table)
    at = places.set_index("id").geometry["P007"]
    row = areas.table.iloc[[0]].assign(
        id="x", name="ring", kind="closure", barrier=False, contingents="", from_date=pd.NaT,
        to_date=pd.NaT,
    ).set_geometry([at.buffer(6_000).boundary.buffer(100)], crs=inputs.theatre.grid.crs)  # fmt: skip
    shut = replace(areas, table=pd.concat([areas.table, row], ignore_index=True))
    closed = patrols(replace(inputs, layers={**inputs.layers, "areas": shut}))
    assert {each.reason for each in closed.deployments} == {Reason.CLOSED}
    rows = pd.DataFrame(closed.product.by_base)
    rows = rows[rows["mobile"]]
    assert set(rows["reason"]) == {"closed"}
    assert (rows["cells"] == 0).all()
    told = " ".join(printed(closed))
    assert "closed" in told


def test_a_mobile_base_of_unknown_arrival_reaches_nobody_knows_what(inputs: Inputs) -> None:
    assets = [inputs.plan.assets[0], replace(inputs.plan.assets[1], figures={})]
    day = replace(inputs.plan.patrols[0], bases=["M1"])
    unknown = patrols(with_plan(inputs, assets=assets, patrols=[day]))
    assert unknown.deployments[0].reason == Reason.UNKNOWN
    assert unknown.product.by_base["reason"].tolist() == ["unknown"]


def test_a_mobile_base_that_moves_by_night_at_unknown_pace_is_unknown_also_by_day(
    inputs: Inputs,
) -> None:
    unknown = {"figures": {"off_road_kmh": 10.0}}
    assets = [replace(inputs.plan.assets[0], **unknown), inputs.plan.assets[1]]
    by_day = replace(inputs.plan.patrols[2], bases=["B02", "M1"])
    night = replace(inputs.plan.plan, light="night")
    found = patrols(with_plan(inputs, plan=night, assets=assets, patrols=[by_day]))
    assert [each.reason for each in found.deployments] == [Reason.REACHED, Reason.UNKNOWN]
    rows = found.product.by_base
    assert rows["base_id"].tolist() == ["B02", "M1"]
    assert rows["reason"].tolist() == ["reached", "unknown"]
    # What the other base reaches is known all the same, and the rest is not.
    seconds = found.product.seconds[0]
    assert np.isfinite(seconds).sum() == rows["cells"].iloc[0]
    assert not np.isinf(seconds[inputs.theatre.inside]).all()
    assert found.totals["cells"].isna().all()
    places = found.product.places
    assert {"reached", "unknown"} <= set(places["reason"])


def test_a_mobile_base_has_only_its_own_movers(inputs: Inputs) -> None:
    mobile = replace(inputs.plan.mobile_bases[0], movers=["foot_patrol"])
    rows = patrols(with_plan(inputs, mobile_bases=[mobile])).product.by_base
    assert set(rows.loc[rows["mobile"], "mover"]) == {"foot_patrol"}


# outlines


def test_outlines_are_judged_for_each_patrol_on_foot_by_night(
    inputs: Inputs, written: Path
) -> None:
    rows = table(written, "perimeters")
    assert set(rows["patrol"]) == {"4 h on foot by night"}
    assert rows["id"].tolist() == ["C001", "C002", "C003"]
    assert rows["radius_m"].tolist()[::2] == [400.0, 1500.0]
    assert np.isnan(rows["share"].iloc[1])
    assert rows["reason"].iloc[1] == "unknown"
    assert inputs.layers["camps"].table["radius_m"].tolist()[0] == 400.0


def test_the_share_is_the_length_in_cells_that_the_raster_reaches(
    inputs: Inputs, written: Path
) -> None:
    rows = table(written, "perimeters").set_index("id")
    camp = inputs.layers["camps"].table.set_index("id").geometry["C003"]
    angle = (np.arange(100_000) + 0.5) * 2 * np.pi / 100_000
    x, y = camp.x + 1500 * np.cos(angle), camp.y + 1500 * np.sin(angle)
    with rasterio.open(written / "reach_4_h_on_foot_by_night.tif") as raster:
        seconds = np.array([v[0] for v in raster.sample(zip(x, y, strict=True))])
    assert rows.loc["C003", "share"] == pytest.approx(np.isfinite(seconds).mean(), abs=0.005)


def test_without_a_patrol_on_foot_by_night_no_outline_is_judged(inputs: Inputs) -> None:
    by_day = patrols(with_plan(inputs, patrols=inputs.plan.patrols[:1]))
    assert len(by_day.product.perimeters) == 0
    assert any("No outline of a camp was judged" in part for part in printed(by_day))


# the command


def printed(found: FoundPatrols) -> list[str]:
    console = Console(width=200, record=True, file=io.StringIO())
    for part in patrol_tables(found, Path("out")):
        console.print(part)
    return [console.export_text()]


def test_the_terminal_shows_reach_mobile_bases_and_outlines(found: FoundPatrols) -> None:
    told = printed(found)[0]
    for words in ("4 h on foot by night", "M1", "gets there", "Outlines of camps", "1 outline is"):
        assert words in told


OPTIONS = ("--foot", "4 h", "--vehicle", "10 h", "--vehicle-days", "3", "--on-the-spot", "30 min")


def test_the_embedded_theatre_is_patrolled_by_options(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, command(embedded_theatre(), out, *OPTIONS))
    assert result.exit_code == 0, result.output
    rows = table(out, "patrols")
    assert rows["patrol"].unique().tolist() == [
        "wheeled_patrol by day",
        "wheeled_patrol 3 days",
        "foot_patrol by day",
        "foot_patrol by night",
    ]
    cells = rows.groupby("patrol")["cells"].sum()
    assert cells["foot_patrol by night"] < cells["foot_patrol by day"]
    assert cells["foot_patrol by day"] < cells["wheeled_patrol by day"]
    assert cells["wheeled_patrol by day"] < cells["wheeled_patrol 3 days"]
    assert table(out, "mobile_bases").empty


def without_patrols(inputs: Inputs) -> Inputs:
    return with_plan(inputs, patrols=[], mobile_bases=[])


def test_without_patrols_and_options_the_message_says_what_to_give(inputs: Inputs) -> None:
    with pytest.raises(ConfigError, match=r"no \[\[patrols\]\].*--foot \"4 h\""):
        patrols(without_patrols(inputs))


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        (Asked(foot="4 h"), "--on-the-spot: is required with a length"),
        (Asked(foot="four", on_the_spot="1 h"), "--foot: must be text with a unit.*'four'"),
        (Asked(foot="4 h", on_the_spot="x"), "--on-the-spot: must be text with a unit"),
        (Asked(vehicle_days=0, on_the_spot="1 h"), "--vehicle-days: must be 1 or more"),
        (Asked(on_the_spot="1 h"), "must give the length of a patrol, for a mover of the plan"),
        (Asked(foot="1 h", on_the_spot="1 h"), "on_the_spot: must be shorter"),
        (Asked(vehicle="20 h", on_the_spot="1 h"), "length: must not be longer than its light"),
    ],
)
def test_options_that_make_no_patrol_are_refused(inputs: Inputs, asked: Asked, match: str) -> None:
    with pytest.raises(GeoPocError, match=match):
        patrols(without_patrols(inputs), asked)


def test_an_unknown_pace_of_the_options_is_a_note(inputs: Inputs) -> None:
    assets = [inputs.plan.assets[0], replace(inputs.plan.assets[1], figures={})]
    plan = with_plan(inputs, patrols=[], mobile_bases=[], assets=assets)
    found = patrols(plan, Asked(foot="4 h", on_the_spot="1 h"))
    assert [each.found for each in found.warnings[-2:]] == [
        "no wet_time_factor of 'foot_patrol'"
    ] * 2


def test_a_season_that_is_none_is_refused(small: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, command(small, tmp_path / "out", "--season", "hot"))
    assert result.exit_code == 2
    assert "patrols: --season: must be dry or wet" in result.output


def test_the_season_of_the_option_replaces_the_plans(inputs: Inputs) -> None:
    first = with_plan(inputs, patrols=inputs.plan.patrols[2:3], mobile_bases=[])
    wet, dry = patrols(first), patrols(first, Asked(season="dry"))
    assert dry.totals["cells"][0] > wet.totals["cells"][0]
    assert dry.product.plan.plan.season == "dry"


def test_names_without_letters_of_the_alphabet_give_files_by_number(
    small: Path, inputs: Inputs, tmp_path: Path
) -> None:
    named = replace(inputs.plan.patrols[0], name="巡逻")
    product = patrols(with_plan(inputs, patrols=[named])).product
    write_patrol_files(product, tmp_path)
    assert (tmp_path / "reach_1.tif").is_file()


def test_where_every_outline_is_known_none_is_counted_as_unknown(inputs: Inputs) -> None:
    camps = inputs.layers["camps"]
    known = replace(camps, table=camps.table.assign(radius_m=300.0))
    found = patrols(replace(inputs, layers={**inputs.layers, "camps": known}))
    assert found.product.perimeters["share"].notna().all()
    assert "are unknown" not in printed(found)[0]
    unknown = replace(camps, table=camps.table.assign(radius_m=np.nan))
    found = patrols(replace(inputs, layers={**inputs.layers, "camps": unknown}))
    told = printed(found)[0]
    assert "3 outlines are unknown" in told
    assert "least first" not in told


def test_each_mover_is_told_of_its_own_mobile_bases(inputs: Inputs) -> None:
    first = replace(inputs.plan.mobile_bases[0], movers=["foot_patrol"])
    second = replace(first, name="M2", movers=["wheeled_patrol"], place="P003", parent="B02")
    found = patrols(with_plan(inputs, mobile_bases=[first, second]))
    assert [(each.name, each.parent, each.mover) for each in found.deployments] == [
        ("M1", "B01", "foot_patrol"),
        ("M2", "B02", "wheeled_patrol"),
    ]


def test_a_theatre_without_camps_has_no_outline(inputs: Inputs) -> None:
    camps = inputs.layers["camps"]
    empty = replace(camps, table=camps.table.iloc[:0])
    found = patrols(replace(inputs, layers={**inputs.layers, "camps": empty}))
    assert len(found.product.perimeters) == 0
    assert len(found.product.places) == 8 * 4
