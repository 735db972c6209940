"""``geo-poc critical-roads``: files read back, options, and failures that leave files alone."""

from __future__ import annotations

import dataclasses
import io
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from rich.console import Console
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.critical_roads import Asked, FoundCritical, critical_roads, write_critical_roads
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.errors import ConfigError, NetworkError, OutputError
from geo_poc.grid import WGS84
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.report.critical_roads import COLUMNS, LAYER, write_critical_file
from geo_poc.routes import Wanted, routes
from geo_poc.screen.critical_roads import critical_tables
from geo_poc.wording import text

RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=1)
HOSTILE = "=cmd|' /C calc'!A0<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    return folder


@pytest.fixture(scope="module")
def inputs(theatre: Path) -> Inputs:
    return read_inputs(theatre / "theatre.toml", theatre / "plan.toml")


@pytest.fixture(scope="module")
def found(inputs: Inputs) -> FoundCritical:
    return critical_roads(inputs, Asked())


def command(theatre: Path, out: Path, *options: str) -> list[str]:
    plan = ["--plan", str(theatre / "plan.toml"), "--out", str(out)]
    return ["critical-roads", str(theatre / "theatre.toml"), *plan, *options]


def read_back(path: Path) -> pd.DataFrame:
    if path.suffix == ".csv":
        return pd.read_csv(path)
    return gpd.read_file(path, layer=LAYER) if path.suffix == ".gpkg" else gpd.read_file(path)


def printed(found: FoundCritical, width: int = 80) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width)
    for part in critical_tables(found, Path("out.csv")):
        console.print(part, markup=False, highlight=False)
    return stream.getvalue()


def test_the_three_files_hold_the_same_list(theatre: Path, tmp_path: Path) -> None:
    read = {}
    for ending in (".csv", ".geojson", ".gpkg"):
        out = tmp_path / f"roads{ending}"
        found = write_critical_roads(theatre / "theatre.toml", theatre / "plan.toml", out, Asked())
        read[ending] = read_back(out)
    assert len(found.table)
    for table in read.values():
        assert tuple(table.columns[: len(COLUMNS)]) == COLUMNS
        assert table["rank"].tolist() == list(range(1, len(found.table) + 1))
        assert set(table["marking"]) == {found.theatre.marking}
        for column in ("km", "people_cut_off", "people_delayed", "extra_minutes", "places"):
            assert table[column].to_numpy(float) == pytest.approx(
                found.table[column].to_numpy(float), nan_ok=True
            )
    assert read[".geojson"].crs == WGS84
    assert read[".gpkg"].crs == found.theatre.grid.crs
    apart_m = (
        read[".geojson"]
        .to_crs(found.theatre.grid.crs)
        .geometry.hausdorff_distance(
            gpd.GeoSeries(found.table.geometry.to_numpy(), crs=found.theatre.grid.crs)
        )
    )
    assert apart_m.max() < 0.2


def test_the_same_list_gives_the_same_bytes(found: FoundCritical, tmp_path: Path) -> None:
    for ending in (".csv", ".geojson", ".gpkg"):
        for name in "ab":
            write_critical_file(
                found.table, tmp_path / f"{name}{ending}", ending=ending, theatre=found.theatre
            )
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_a_geopackage_says_its_marking(found: FoundCritical, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_critical_file(found.table, path, ending=".gpkg", theatre=found.theatre)
    about = gpd.read_file(path, layer="about").set_index("what")["value"]
    assert about["marking"] == found.theatre.marking


def test_numbers_of_the_file_add_up_to_the_places_named(
    inputs: Inputs, found: FoundCritical
) -> None:
    people = pd.concat(
        [inputs.layers[name].table.set_index("name")["people"] for name in ("camps", "places")]
    )
    for row in found.table.to_dict("records"):
        named = people[row["place_names"].split("; ")]
        assert row["places"] == len(named)
        assert row["places_unknown_people"] == named.isna().sum()
        harmed = sum(row[f"people_{what}"] for what in ("cut_off", "beyond_standard", "delayed"))
        assert harmed == pytest.approx(named.sum())


def test_hostile_names_stay_text(found: FoundCritical, tmp_path: Path) -> None:
    table = found.table.assign(name=HOSTILE, place_names=HOSTILE)
    for ending in (".csv", ".geojson", ".gpkg"):
        write_critical_file(table, tmp_path / f"a{ending}", ending=ending, theatre=found.theatre)
    assert set(pd.read_csv(tmp_path / "a.csv")["name"]) == {f"'{HOSTILE}"}
    assert set(gpd.read_file(tmp_path / "a.geojson")["name"]) == {HOSTILE}
    assert "onerror" in printed(dataclasses.replace(found, table=table), 200)


def test_an_empty_list_is_written_and_said(found: FoundCritical, tmp_path: Path) -> None:
    none = dataclasses.replace(found, table=found.table.iloc[:0], untimed=("apc", "foot_patrol"))
    for ending in (".csv", ".geojson", ".gpkg"):
        out = tmp_path / f"a{ending}"
        write_critical_file(none.table, out, ending=ending, theatre=found.theatre)
        assert len(read_back(out)) == 0
    words = printed(none, 200)
    assert "No loss of a single segment of road cuts off or delays anybody." in words
    assert "Not counted, because its time is unknown in this case" in words


def test_on_a_narrow_terminal_no_number_or_grid_reference_is_cut(found: FoundCritical) -> None:
    long = found.table.assign(
        people_delayed=123_456.0, name="A road with a very long name indeed, as roads have them"
    )
    words = printed(dataclasses.replace(found, table=long))
    assert "…" not in words
    assert words.count("120,000") == len(long)
    for reference in long["from_mgrs"]:
        assert reference in words


def test_roads_of_one_segment_are_counted_and_a_bridge_is_called_one(found: FoundCritical) -> None:
    table = found.table.iloc[:2].assign(
        name=["A1; A2; A3", ""], bridge=[True, False], road_id=["x", "r7"]
    )
    words = printed(dataclasses.replace(found, table=table), 200)
    assert "A1 and 2 more (bridge)" in words
    assert "road r7" in words


def test_the_mean_delay_is_a_dash_where_nobody_is_merely_late(found: FoundCritical) -> None:
    table = found.table.iloc[:1].assign(extra_minutes=math.nan)
    assert text("no_delay") in printed(dataclasses.replace(found, table=table), 200)


def test_the_command_prints_the_list_and_writes_the_file(theatre: Path, tmp_path: Path) -> None:
    out = tmp_path / "roads.csv"
    options = ("--top", "3", "--season", "dry", "--light", "night")
    result = CliRunner().invoke(app, command(theatre, out, *options))
    assert result.exit_code == 0, result.stderr
    assert "dry night" in result.stdout
    table = pd.read_csv(out)
    assert 0 < len(table) <= 3
    assert set(table["season"]) == {"dry"}
    assert set(table["light"]) == {"night"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--season", "humid"), "critical-roads: --season: must be dry or wet"),
        (("--light", "dusk"), "critical-roads: --light: must be day or night"),
        (("--top", "0"), "--top"),
        (("--bottom", "3"), "No such option"),
    ],
)
def test_a_wrong_option_is_refused(
    theatre: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    out = tmp_path / "roads.csv"
    result = CliRunner().invoke(app, command(theatre, out, *options))
    assert result.exit_code == 2
    assert message in result.stderr
    assert not out.exists()


def test_another_ending_is_refused(theatre: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"must end in \.csv, \.geojson or \.gpkg"):
        write_critical_roads(
            theatre / "theatre.toml", theatre / "plan.toml", tmp_path / "a.shp", Asked()
        )


def test_an_input_is_never_written_over(theatre: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_bytes((theatre / "plan.toml").read_bytes())
    with pytest.raises(OutputError, match="must not be an input"):
        write_critical_roads(theatre / "theatre.toml", plan, plan, Asked())


@pytest.mark.parametrize("ending", [".csv", ".geojson", ".gpkg"])
def test_a_failure_while_writing_leaves_the_old_file(
    theatre: Path, tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / f"roads{ending}"
    out.write_text("old", encoding="utf-8")

    def half(table: object, path: Path, **_: object) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geo_poc.critical_roads.write_critical_file", half)
    with pytest.raises(OutputError, match="no space left"):
        write_critical_roads(theatre / "theatre.toml", theatre / "plan.toml", out, Asked())
    assert out.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize(
    ("mover", "message"),
    [("mi8", "no mover on the ground"), ("wheeled_patrol", "unknown time: wheeled_patrol")],
)
def test_without_a_mover_of_known_time_there_is_no_list(
    inputs: Inputs, mover: str, message: str
) -> None:
    plan = inputs.plan
    only = dataclasses.replace(plan.assets[0], mover=mover, bases="all", count=None, figures={})
    changed = dataclasses.replace(inputs, plan_file=dataclasses.replace(plan, assets=[only]))
    with pytest.raises(ConfigError, match=message):
        critical_roads(changed, Asked(light="night"))


def test_a_closure_that_closes_nothing_is_a_fault(inputs: Inputs) -> None:
    areas = inputs.layers["areas"]
    far = areas.table.iloc[:1].assign(
        id="C9", kind="closure", geometry=[shapely.box(9e6, 9e6, 9.1e6, 9.1e6)]
    )
    far["from_date"] = far["to_date"] = pd.Series([pd.NaT], index=far.index, dtype="datetime64[ns]")
    layers = {**inputs.layers, "areas": dataclasses.replace(areas, table=far)}
    changed = dataclasses.replace(inputs, layers=layers)
    with pytest.raises(NetworkError, match="must close at least one road or cell"):
        critical_roads(changed, Asked())
    bases, places = (inputs.layers[name].table["id"].iloc[0] for name in ("bases", "places"))
    with pytest.raises(NetworkError, match="must close at least one road or cell"):
        routes(changed, Wanted(bases=(bases,), places=(places,), mover="wheeled_patrol"))


def test_progress_is_told_up_to_the_share_that_was_tried(inputs: Inputs) -> None:
    told: list[tuple[str, float]] = []
    found = critical_roads(inputs, Asked(top=1), progress=lambda *step: told.append(step))
    assert {step for step, _ in told} == {"critical roads"}
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(found.tried / found.used)


def test_lines_run_from_one_grid_reference_to_the_other(found: FoundCritical) -> None:
    from geo_poc.layers.positions import lonlat_of  # noqa: PLC0415

    for row in found.table.to_crs(WGS84).to_dict("records"):
        for at, reference in ((0, row["from_mgrs"]), (-1, row["to_mgrs"])):
            lon, lat = lonlat_of(reference)
            end = shapely.get_point(row["geometry"], at)
            assert np.hypot(end.x - lon, end.y - lat) < 2e-4
