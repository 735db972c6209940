"""The whole path on a small fictional theatre: what is written, what adds up, what survives a failure."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.errors import GeoPocError
from geo_poc.inputs import read_inputs
from geo_poc.layers.layer import file_sha256
from geo_poc.run import run

MADE = dt.datetime(2026, 1, 2, 6, 0, tzinfo=dt.UTC)
RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=1)
FILES = {
    "map.html",
    "report.html",
    "tables.xlsx",
    "layers.gpkg",
    "places.csv",
    "places.kml",
    "rejects.csv",
    "run.json",
    "backtest.json",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    return folder


@pytest.fixture(scope="module")
def done(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results") / "out"
    run(small / "theatre.toml", small / "plan.toml", out, made=MADE)
    return out


@pytest.fixture
def broken(small: Path, tmp_path: Path) -> Path:
    """A copy of the theatre that a test may damage."""
    return Path(shutil.copytree(small, tmp_path / "theatre"))


def test_run_writes_every_output(done: Path) -> None:
    written = {p.name for p in done.iterdir()}
    assert written >= FILES
    assert any(name.endswith(".tif") for name in written)


def test_every_run_tests_all_models_on_the_past(done: Path) -> None:
    record = json.loads((done / "run.json").read_text(encoding="utf-8"))
    tested = json.loads((done / "backtest.json").read_text(encoding="utf-8"))
    assert record["backtest"] == tested["models"]
    assert (tested["marking"], tested["as_of"]) == (record["marking"], record["as_of"])
    assert "backtest" in [step["name"] for step in record["steps"]]


def test_run_json_accounts_for_every_row_of_every_layer(done: Path) -> None:
    record = json.loads((done / "run.json").read_text(encoding="utf-8"))
    assert set(record["layers"]) == {
        "incidents",
        "camps",
        "places",
        "bases",
        "roads",
        "areas",
        "airfields",
    }
    for counts in record["layers"].values():
        assert counts["read"] == counts["kept"] + counts["rejected"]
    rejects = pd.read_csv(done / "rejects.csv")
    assert len(rejects) == sum(counts["rejected"] for counts in record["layers"].values())


def test_run_json_names_hashes_versions_seeds_and_cost(done: Path, small: Path) -> None:
    record = json.loads((done / "run.json").read_text(encoding="utf-8"))
    by_file = {item["file"]: item["sha256"] for item in record["inputs"]}
    for file, digest in by_file.items():
        assert digest == file_sha256(small / file)
    for file, digest in record["outputs"].items():
        assert digest == file_sha256(done / file)
    assert record["seeds"]["theatre"] == RECIPE.seed
    assert record["parameters"]["plan"]["standard"]["response"] == 3 * 3600
    assert {"numpy", "geopandas", "python"} <= set(record["versions"])
    assert next(step["name"] for step in record["steps"]) == "read"
    assert record["peak_memory_mb"] > 0


def test_places_csv_has_one_row_for_each_camp_and_place(done: Path) -> None:
    table = pd.read_csv(done / "places.csv")
    record = json.loads((done / "run.json").read_text(encoding="utf-8"))
    assert len(table) == record["layers"]["camps"]["kept"] + record["layers"]["places"]["kept"]
    assert table["id"].is_unique
    assert set(table["class"]) <= {"P", "C", "N", "E", "?"}


def test_class_of_every_place_follows_from_its_own_seconds(done: Path) -> None:
    table = pd.read_csv(done / "places.csv")
    ground = table[["wheeled_patrol_seconds", "foot_patrol_seconds"]].min(axis=1)
    by_hand = ground.le(3 * 3600).map({True: "P", False: "N"})
    by_hand[(by_hand == "N") & (table["mi8_seconds"] <= 3 * 3600)] = "C"
    assert (by_hand == table["class"]).all()


def test_layers_and_tables_hold_the_same_places(done: Path) -> None:
    table = pd.read_csv(done / "places.csv")
    book = openpyxl.load_workbook(done / "tables.xlsx", read_only=True)
    assert "places" in book.sheetnames
    assert set(gpd.list_layers(done / "layers.gpkg")["name"]) >= {"incidents", "camps", "bases"}
    camps = gpd.read_file(done / "layers.gpkg", layer="camps")
    assert set(camps["id"]) <= set(table["id"])


def test_every_page_carries_the_marking_and_says_that_it_is_fictional(done: Path) -> None:
    for name in ("map.html", "report.html"):
        page = (done / name).read_text(encoding="utf-8")
        assert "UNCLASSIFIED" in page
        assert re.search("fictional", page, re.IGNORECASE)


def test_same_inputs_give_the_same_bytes(done: Path, small: Path, tmp_path: Path) -> None:
    again = tmp_path / "out"
    run(small / "theatre.toml", small / "plan.toml", again, made=MADE)
    first = json.loads((done / "run.json").read_text(encoding="utf-8"))["outputs"]
    second = json.loads((again / "run.json").read_text(encoding="utf-8"))["outputs"]
    assert first == second


def test_a_failed_run_leaves_the_previous_output_intact(broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(broken / "theatre.toml", broken / "plan.toml", out, made=MADE)
    before = {p.name: file_sha256(p) for p in out.iterdir()}
    (broken / "bases.csv").write_text("id,name\n1,A\n", encoding="utf-8")
    with pytest.raises(GeoPocError, match="bases"):
        run(broken / "theatre.toml", broken / "plan.toml", out, made=MADE)
    assert {p.name: file_sha256(p) for p in out.iterdir()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "theatre"]


def test_a_second_run_replaces_the_first_but_never_a_file_of_the_user(
    small: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(small / "theatre.toml", small / "plan.toml", out, made=MADE)
    run(small / "theatre.toml", small / "plan.toml", out, made=MADE)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(GeoPocError, match=r"notes\.txt"):
        run(small / "theatre.toml", small / "plan.toml", out, made=MADE)
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_faults_of_several_files_are_named_at_once(broken: Path, tmp_path: Path) -> None:
    (broken / "bases.csv").write_text("id,name\n1,A\n", encoding="utf-8")
    (broken / "camps.csv").write_bytes(b"id,name,lat,lon\n1,\xff\xfe,5,-15\n")
    with pytest.raises(GeoPocError) as caught:
        run(broken / "theatre.toml", broken / "plan.toml", tmp_path / "out", made=MADE)
    assert {"bases.csv", "camps.csv"} <= {
        name for name in ("bases.csv", "camps.csv") for f in caught.value.faults if name in f.where
    }


def test_an_asset_at_a_base_that_does_not_exist_is_refused(broken: Path, tmp_path: Path) -> None:
    plan = broken / "plan.toml"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace('bases = "aviation"', 'bases = ["Nowhere"]'),
        encoding="utf-8",
    )
    with pytest.raises(GeoPocError, match=r"'Nowhere'.*use one of"):
        run(broken / "theatre.toml", plan, tmp_path / "out", made=MADE)


def with_an_unused_file(theatre: Path) -> Path:
    """The theatre file with a second file of camps, of which ``where`` selects nothing."""
    shutil.copy(theatre.parent / "camps.csv", theatre.parent / "more.csv")
    with theatre.open("a", encoding="utf-8") as file:
        file.write('\n[[camps]]\npath = "more.csv"\nwhere = { name = "Nowhere" }\n')
    return theatre


def test_a_file_of_which_no_row_is_used_is_a_warning_and_no_fault(
    broken: Path, tmp_path: Path
) -> None:
    theatre = with_an_unused_file(broken / "theatre.toml")
    done = run(theatre, broken / "plan.toml", tmp_path / "out", made=MADE)
    (warning,) = done.warnings
    assert (warning.where, warning.rule) == ("camps: more.csv", "no row of this file is used")
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["warnings"] == [
        {
            "where": "camps: more.csv",
            "found": warning.found,
            "rule": "no row of this file is used",
            "repair": warning.repair,
        }
    ]
    rows = len(pd.read_csv(broken / "more.csv"))
    assert f"{rows} rows read, none kept ({rows} not selected)" in warning.found


def test_a_run_that_uses_every_file_has_no_warning(done: Path) -> None:
    assert json.loads((done / "run.json").read_text(encoding="utf-8"))["warnings"] == []


# --- command line ---------------------------------------------------------------------------------


def test_command_prints_headline_layers_zones_and_files(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["run", str(small / "theatre.toml"), "--plan", str(small / "plan.toml")]
    result = CliRunner().invoke(app, [*arguments, "--out", str(out), "--made", "2026-01-02T06:00"])
    assert result.exit_code == 0, result.output
    for words in (
        "later incidents fell in the 5% of the area",
        "Reached in 3",
        "Worst case",
        "incidents",
        "rejects.csv",
        "total",
        "map.html",
    ):
        assert words in result.output


def test_check_computes_and_writes_nothing(small: Path, tmp_path: Path) -> None:
    before = sorted(small.rglob("*"))
    result = CliRunner().invoke(app, ["check", str(small / "theatre.toml")])
    assert result.exit_code == 0, result.output
    assert "every input can be used" in result.output
    assert "incidents" in result.output
    assert sorted(small.rglob("*")) == before


@pytest.mark.parametrize("command", ["check", "run"])
def test_command_notes_a_file_of_which_no_row_is_used(
    broken: Path, tmp_path: Path, command: str
) -> None:
    theatre = with_an_unused_file(broken / "theatre.toml")
    arguments = [command, str(theatre), "--plan", str(broken / "plan.toml")]
    if command == "run":
        arguments += ["--out", str(tmp_path / "out"), "--made", "2026-01-02T06:00"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    notes = " ".join(result.stdout.split())
    assert "note: camps: more.csv: no row of this file is used. Found: " in notes
    assert notes.count("note: ") == 1


def test_refused_rows_are_noted_with_row_column_value_and_reason(broken: Path) -> None:
    camps = pd.read_csv(broken / "camps.csv", dtype=str, keep_default_na=False)
    camps.loc[1, "people"] = "3.500"
    camps.to_csv(broken / "camps.csv", index=False)
    result = CliRunner().invoke(app, ["check", str(broken / "theatre.toml")])
    assert result.exit_code == 0, result.output
    words = " ".join(result.output.split())
    assert "1 row(s) refused as invalid; the first is row 2, column 'people', '3.500'" in words


def test_check_names_columns_that_look_misspelt_and_counts_those_not_used(broken: Path) -> None:
    camps = pd.read_csv(broken / "camps.csv", dtype=str, keep_default_na=False)
    camps = camps.rename(columns={"people": "peopel"})
    more = {f"extra{n}": "" for n in range(9)}
    camps.assign(**more).to_csv(broken / "camps.csv", index=False)
    result = CliRunner().invoke(app, ["check", str(broken / "theatre.toml")])
    assert result.exit_code == 0, result.output
    words = " ".join(result.output.split())
    assert "there is no column for people. Found: column 'peopel'" in words
    assert re.search(r"camps: camps.csv: 1\d columns not used: .*peopel.* \.\.\.", words)


def test_check_reads_the_plan_as_well(small: Path) -> None:
    arguments = ["check", str(small / "theatre.toml"), "--plan", str(small / "plan.toml")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "bases" in result.output


def test_faults_are_shown_without_a_traceback(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(tmp_path / "none.toml")])
    assert result.exit_code == 2
    assert "1 fault to repair" in result.stderr
    assert "Traceback" not in result.output


def faults_of(*arguments: object) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 2
    return result.stderr


def test_files_in_the_wrong_order_are_said_to_be(small: Path, tmp_path: Path) -> None:
    theatre, plan = small / "theatre.toml", small / "plan.toml"
    said = faults_of("run", plan, "--plan", theatre, "--out", tmp_path / "out")
    assert "2 faults to repair" in said
    assert f"{plan}: is a file of another kind. Found: a plan file. Repair: the theatre" in said
    assert f"{theatre}: is a file of another kind. Found: a theatre file." in said


def test_a_folder_in_the_place_of_a_file_is_called_a_folder(broken: Path) -> None:
    said = faults_of("check", broken, "--plan", broken)
    assert said.count("must be a TOML file. Found: a folder. Repair: name the file") == 2
    (broken / "camps.csv").unlink()
    (broken / "camps.csv").mkdir()
    said = faults_of("check", broken / "theatre.toml")
    assert f"{broken / 'camps.csv'}: the file must exist. Found: a folder." in said


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("plan.toml", "seats = 8", "seats = 0", "[assets] 1: figures seats"),
        ("theatre.toml", '"2000 m"', '"900 km"', "[theatre] cell_size"),
    ],
)
def test_a_fault_names_its_file(broken: Path, file: str, old: str, new: str, place: str) -> None:
    path = broken / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    said = faults_of("check", broken / "theatre.toml", "--plan", broken / "plan.toml")
    assert f"  {path}: {place}: must be" in said


def test_make_theatre_writes_a_theatre_that_checks(tmp_path: Path) -> None:
    arguments = "--seed 3 --size-km 60 --cell-km 2 --settlements 8 --camps 3 --bases 3 --years 1"
    out = str(tmp_path / "t")
    made = CliRunner().invoke(app, ["make-theatre", out, *arguments.split()])
    assert made.exit_code == 0, made.output
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "t" / "theatre.toml")])
    assert checked.exit_code == 0, checked.output


def test_product_time_comes_from_the_environment_for_repeatable_builds(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767333600")
    arguments = ["run", str(small / "theatre.toml"), "--plan", str(small / "plan.toml")]
    result = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["made"] == "2026-01-02T06:00:00+00:00"


def test_data_folder_is_named_by_the_environment(
    broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theatre = broken / "theatre.toml"
    text = theatre.read_text(encoding="utf-8")
    text = text.replace("[theatre]", '[theatre]\ndata_folder = "${GEO_POC_TEST:-nowhere}"')
    theatre.write_text(text, encoding="utf-8")
    failed = CliRunner().invoke(app, ["check", str(theatre)])
    assert failed.exit_code == 2
    assert "set the environment variable GEO_POC_TEST" in failed.stderr
    monkeypatch.setenv("GEO_POC_TEST", os.fspath(broken))
    assert CliRunner().invoke(app, ["check", str(theatre)]).exit_code == 0


def test_make_theatre_never_replaces_files_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(app, ["make-theatre", str(tmp_path), "--seed", "3"])
    assert result.exit_code == 2
    assert (tmp_path / "plan.toml").read_text(encoding="utf-8") == "mine"


def test_a_run_record_of_another_program_does_not_open_a_folder(
    small: Path, tmp_path: Path
) -> None:
    (tmp_path / "run.json").write_text('{"experiment": 1}', encoding="utf-8")
    (tmp_path / "thesis.doc").write_text("mine", encoding="utf-8")
    with pytest.raises(GeoPocError, match="did not write"):
        run(small / "theatre.toml", small / "plan.toml", tmp_path, made=MADE)
    assert (tmp_path / "thesis.doc").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("theatre.toml", 'cell_size = "2000 m"', 'cell_size = "10**10**10 m"'),
        ("theatre.toml", "seed = 7", "seed = -1"),
        ("theatre.toml", "where_prec = 3", "where_prec = -9"),
        ("plan.toml", 'cut_off = "24 h"', 'cut_off = "1e400 h"'),
        ("plan.toml", 'cut_off = "24 h"', 'cut_off = "1 h"'),
    ],
)
def test_a_value_that_would_give_a_false_answer_is_refused(
    broken: Path, file: str, old: str, new: str
) -> None:
    text = (broken / file).read_text(encoding="utf-8")
    assert old in text
    (broken / file).write_text(text.replace(old, new), encoding="utf-8")
    arguments = ["check", str(broken / "theatre.toml"), "--plan", str(broken / "plan.toml")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "Repair:" in result.stderr


def test_an_unreadable_time_stamp_of_the_environment_is_a_fault(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "abc")
    arguments = ["run", str(small / "theatre.toml"), "--plan", str(small / "plan.toml")]
    result = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "SOURCE_DATE_EPOCH" in result.stderr


def test_a_terminated_run_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    arguments = ["run", str(small / "theatre.toml"), "--plan", str(small / "plan.toml")]
    command = [sys.executable, "-m", "geo_poc.cli", *arguments, "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while not any(tmp_path.iterdir()) and process.poll() is None:
            time.sleep(0.05)
        process.terminate()
        _, said = process.communicate()
    assert (process.returncode, said.decode().strip()) == (128 + signal.SIGTERM, "")
    assert list(tmp_path.iterdir()) == []


def test_a_termination_that_a_library_turned_into_its_own_error_still_ends_the_run(
    tmp_path: Path,
) -> None:
    # Compiled code that is interrupted may raise what it likes; the command's answer is the same.
    script = """
import os, signal
import geo_poc.cli as cli

@cli.app.command("hold")
def hold() -> None:
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except SystemExit as e:
        raise RuntimeError("a library's own error") from e

cli.main()
"""
    done = subprocess.run([sys.executable, "-c", script, "hold"], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGTERM, b"", b"")


def test_a_file_without_the_right_to_read_it_is_named(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_poc.layers.sources.vector.os.access", lambda *_: False)
    with pytest.raises(GeoPocError, match="no permission to read it"):
        run(broken / "theatre.toml", broken / "plan.toml", broken / "out", made=MADE)


def test_a_mount_point_cannot_be_the_output_folder(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.setattr("geo_poc.output.os.path.ismount", lambda path: path.name == "out")
    with pytest.raises(GeoPocError, match="a mount point"):
        run(small / "theatre.toml", small / "plan.toml", tmp_path / "out", made=MADE)


def closure_of(broken: Path, **properties: object) -> None:
    """Change the first closure of the areas."""
    path = broken / "areas.geojson"
    areas = json.loads(path.read_text(encoding="utf-8"))
    first = next(f for f in areas["features"] if f["properties"]["kind"] == "closure")
    first["properties"] |= properties
    path.write_text(json.dumps(areas), encoding="utf-8")


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"from_date": "2025-12-01", "to_date": "2025-03-01"}, "must end after it begins"),
        ({"kind": "closed"}, "must all be readable: each may be a closure"),
    ],
)
def test_a_closure_that_never_holds_or_cannot_be_read_is_a_fault(
    broken: Path, properties: dict[str, object], message: str
) -> None:
    closure_of(broken, **properties)
    result = CliRunner().invoke(app, ["check", str(broken / "theatre.toml")])
    assert result.exit_code == 2
    assert message in result.stderr


def test_check_refuses_a_closure_that_closes_nothing(broken: Path) -> None:
    # A tenth of a metre beside the lines between the centres of cells: 0.35 cells east, 0.1 north of one.
    theatre = read_inputs(broken / "theatre.toml", None).theatre
    xs, ys = theatre.grid.centres()
    middle = theatre.grid.rows // 2, theatre.grid.cols // 2
    cell_m = theatre.grid.cell_size_m
    lon, lat = theatre.lonlat(
        xs[middle] + 0.35 * cell_m + np.array([0.0, 0.1, 0.1]),
        ys[middle] + 0.1 * cell_m + np.array([0.0, 0.0, 0.1]),
    )
    ring = [[float(x), float(y)] for x, y in zip(lon, lat, strict=True)]
    path = broken / "areas.geojson"
    areas = json.loads(path.read_text(encoding="utf-8"))
    first = next(f for f in areas["features"] if f["properties"]["kind"] == "closure")
    first["properties"] |= {"from_date": None, "to_date": None}
    first["geometry"] = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    path.write_text(json.dumps(areas), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(broken / "theatre.toml")])
    assert result.exit_code == 2
    assert "no road and no cell in it" in result.stderr


def test_a_caveat_that_binds_nobody_is_a_note_with_the_nearest_contingent(broken: Path) -> None:
    path = broken / "areas.geojson"
    text = path.read_text(encoding="utf-8")
    named = next(
        f["properties"]["contingents"]
        for f in json.loads(text)["features"]
        if f["properties"]["kind"] == "caveat"
    )
    path.write_text(text.replace(named, named + "x"), encoding="utf-8")
    inputs = read_inputs(broken / "theatre.toml", broken / "plan.toml")
    (note,) = [w for w in inputs.warnings if "contingents" in w.where]
    assert note.repair == f"did you mean '{named}'?"


def notes_on_the_patrol(folder: Path, **changes: str) -> list[str]:
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    plan.write_text(text, encoding="utf-8")
    warnings = read_inputs(folder / "theatre.toml", plan).warnings
    return [w.found for w in warnings if w.where == f"{plan}: wheeled_patrol"]


def test_a_vehicle_that_may_be_slower_off_the_roads_than_its_crew_is_a_note(broken: Path) -> None:
    changes = {"off_road_kmh = 10.0, ": "", "figures = { wet_time_factor = 1.5 }": ""}
    assert notes_on_the_patrol(broken, **changes) == [
        "no off_road_kmh, and no wet_time_factor of foot_patrol"
    ]


def test_a_vehicle_whose_crew_has_a_pace_in_the_rains_needs_no_note(broken: Path) -> None:
    assert notes_on_the_patrol(broken, **{"off_road_kmh = 10.0, ": ""}) == []
