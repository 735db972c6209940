"""What a run writes for other programs, read back and compared with the hand-made run of conftest."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.coverage.findings import Findings
from geo_poc.layers.layer import REJECT_COLUMNS, Layer
from geo_poc.layers.threat.models import KEYS
from geo_poc.plan import Conditions
from geo_poc.report.exports import (
    write_layers_gpkg,
    write_places_csv,
    write_rasters,
    write_rejects_csv,
    write_tables_xlsx,
)
from geo_poc.report.tables import inert

FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1")
MOVERS = ("wheeled_patrol", "foot_patrol", "mi8")
HEADER = [
    *("id", "kind", "name", "people", "lon", "lat", "mgrs"),
    *(
        f"{mover}_{what}"
        for mover in MOVERS
        for what in ("base", "seconds", "reason", "off_road_m")
    ),
    "class",
    "threat_level",
    "season",
    "light",
    "marking",
]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reject(**changes: object) -> dict[str, object]:
    row = dict(zip(REJECT_COLUMNS, ("camps", "camps.csv", 7, "people", "-5", "", ""), strict=True))
    return row | {"reason": "must not be negative", "kind": "invalid"} | changes


def with_rejects(findings: Findings, layer: str, *rows: dict[str, object]) -> Findings:
    table = pd.DataFrame(rows, columns=list(REJECT_COLUMNS))
    changed = dataclasses.replace(findings.layers[layer], rejects=table)
    return dataclasses.replace(findings, layers={**findings.layers, layer: changed})


def with_names(findings: Findings, names: tuple[str, ...]) -> Findings:
    places = findings.coverage.places.copy()
    places.loc[: len(names) - 1, "name"] = names
    coverage = dataclasses.replace(findings.coverage, places=places)
    return dataclasses.replace(findings, coverage=coverage)


@pytest.fixture(scope="module")
def places_csv(
    sample_findings: Findings, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, str]]:
    path = tmp_path_factory.mktemp("csv") / "places.csv"
    write_places_csv(sample_findings, path)
    return rows_of(path)


@pytest.fixture(scope="module")
def book(sample_findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("xlsx") / "tables.xlsx"
    write_tables_xlsx(sample_findings, path)
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def gpkg(sample_findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gpkg") / "layers.gpkg"
    write_layers_gpkg(sample_findings, path)
    return path


@pytest.fixture(scope="module")
def rasters(sample_findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tif")
    write_rasters(sample_findings, folder)
    return folder


def sheet_rows(book: openpyxl.Workbook, name: str) -> list[dict[str, object]]:
    header, *rows = book[name].iter_rows(min_row=3, values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def test_places_csv_has_one_row_a_camp_or_place_and_the_promised_columns(
    places_csv: list[dict[str, str]],
) -> None:
    assert list(places_csv[0]) == HEADER
    assert [row["id"] for row in places_csv] == [
        "c1", "c2", "c3", "c4", "c5", "c6", "p1", "p2", "p3", "p4", "p5",
    ]  # fmt: skip


def test_places_csv_gives_the_times_of_the_plans_own_season_and_light(
    places_csv: list[dict[str, str]],
) -> None:
    juliett = places_csv[6]
    assert (juliett["kind"], juliett["name"], juliett["people"]) == ("city", "Juliett", "30000")
    assert float(juliett["wheeled_patrol_seconds"]) == 30 * 60
    assert (juliett["wheeled_patrol_base"], juliett["wheeled_patrol_reason"]) == ("A", "reached")
    assert float(juliett["wheeled_patrol_off_road_m"]) == 500
    assert float(juliett["foot_patrol_seconds"]) == 80 * 60
    assert float(juliett["mi8_seconds"]) == 25 * 60
    assert juliett["class"] == "P"


def test_places_csv_tells_unreachable_from_unknown(places_csv: list[dict[str, str]]) -> None:
    hotel, mike, foxtrot = places_csv[5], places_csv[9], places_csv[3]
    assert hotel["wheeled_patrol_seconds"] == "inf"
    assert hotel["wheeled_patrol_base"] == hotel["wheeled_patrol_off_road_m"] == ""
    assert (hotel["wheeled_patrol_reason"], hotel["mi8_reason"]) == ("no_network", "closed")
    assert mike["wheeled_patrol_seconds"] == ""
    assert (mike["wheeled_patrol_reason"], mike["class"]) == ("unknown", "?")
    assert foxtrot["people"] == ""


def test_places_csv_counts_an_aircraft_where_it_may_fly(places_csv: list[dict[str, str]]) -> None:
    assert "".join(row["class"] for row in places_csv) == "PCPCNNPCP?N"


def test_positions_come_back_within_a_metre(
    sample_findings: Findings, places_csv: list[dict[str, str]]
) -> None:
    lon = np.array([float(row["lon"]) for row in places_csv])
    lat = np.array([float(row["lat"]) for row in places_csv])
    metres = gpd.GeoSeries.from_xy(lon, lat, crs="EPSG:4326").to_crs(
        sample_findings.theatre.grid.crs
    )
    assert metres.x[0] == pytest.approx(-20_000.0, abs=1.0)
    assert metres.y[0] == pytest.approx(10_000.0, abs=1.0)


def test_a_mover_without_answers_under_these_conditions_is_unknown(
    sample_findings: Findings, tmp_path: Path
) -> None:
    answers = sample_findings.coverage.answers
    coverage = dataclasses.replace(
        sample_findings.coverage, answers=answers[answers["mover"] != "mi8"]
    )
    write_places_csv(dataclasses.replace(sample_findings, coverage=coverage), tmp_path / "p.csv")
    assert {row["mi8_seconds"] for row in rows_of(tmp_path / "p.csv")} == {""}


@pytest.mark.parametrize("name", FORMULAS)
def test_text_that_looks_like_a_formula_is_quoted_in_csv(
    sample_findings: Findings, tmp_path: Path, name: str
) -> None:
    write_places_csv(with_names(sample_findings, (name,)), tmp_path / "places.csv")
    written = rows_of(tmp_path / "places.csv")
    assert written[0]["name"] == f"'{name}".replace("\r", "\n")
    assert len(written) == 11


def test_rejects_csv_names_file_row_column_value_and_reason(
    sample_findings: Findings, tmp_path: Path
) -> None:
    findings = with_rejects(
        sample_findings, "camps", reject(), reject(row=9, value="=cmd|calc", reason="not a number")
    )
    write_rejects_csv(findings, tmp_path / "rejects.csv")
    first, second = rows_of(tmp_path / "rejects.csv")
    assert first == {
        "layer": "camps",
        "file": "camps.csv",
        "row": "7",
        "column": "people",
        "value": "-5",
        "reason": "must not be negative",
        "kind": "invalid",
        "marking": "UNCLASSIFIED",
    }
    assert (second["row"], second["value"]) == ("9", "'=cmd|calc")


def test_rejects_csv_of_a_run_without_rejects_is_only_a_header(
    sample_findings: Findings, tmp_path: Path
) -> None:
    write_rejects_csv(sample_findings, tmp_path / "rejects.csv")
    header = ",".join((*REJECT_COLUMNS, "marking"))
    assert (tmp_path / "rejects.csv").read_text() == f"{header}\n"


def test_every_row_of_a_csv_file_carries_the_theatres_own_marking(
    sample_findings: Findings, tmp_path: Path
) -> None:
    theatre = dataclasses.replace(sample_findings.theatre, marking="CONFIDENTIAL")
    findings = with_rejects(sample_findings, "camps", reject(), reject(row=9))
    findings = dataclasses.replace(findings, theatre=theatre)
    write_places_csv(findings, tmp_path / "places.csv")
    write_rejects_csv(findings, tmp_path / "rejects.csv")
    for name, count in (("places.csv", 11), ("rejects.csv", 2)):
        assert [r["marking"] for r in rows_of(tmp_path / name)] == ["CONFIDENTIAL"] * count


@given(st.text(alphabet="=+-@\t\r\n'1.e a,\""))
def test_inert_text_never_begins_like_a_formula_unless_it_is_a_number(text: str) -> None:
    written = str(inert(text))
    assert written.removeprefix("'").split() == text.removeprefix("'").split()
    assert "\r" not in written
    if written.startswith(("=", "+", "-", "@", "\t", "\n")):
        float(written)


def test_workbook_has_the_promised_sheets(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [
        "summary", "places", "answers", "zones", "events", "deaths", "links", "rejects", "sources",
        "assumptions", "risk", "backtest",
    ]  # fmt: skip


def test_every_sheet_and_the_document_carry_the_marking(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet["A1"].value == "UNCLASSIFIED"
        assert "FICTIONAL · Atlantis · Plan A · 2024-06-30" in sheet["A2"].value
        assert sheet.oddHeader.center.text == "UNCLASSIFIED"
        assert sheet.oddFooter.center.text == "UNCLASSIFIED"
        assert sheet.freeze_panes == "A4"
    assert book.properties.category == "UNCLASSIFIED"
    assert book.properties.title == "Atlantis: Plan A"


def test_summary_sheet_is_the_matrix(book: openpyxl.Workbook) -> None:
    cases = {
        (row["layer"], row["season"], row["light"], row["air"]): row
        for row in sheet_rows(book, "summary")
    }
    assert len(cases) == 16
    wet_day = cases["camp", "wet", "day", True]
    assert (wet_day["people"], wet_day["people_within"], wet_day["share"]) == (20_000, 14_800, 0.74)
    assert cases["camp", "wet", "night", True]["possible"] is False


def test_workbook_tells_unreachable_from_unknown(book: openpyxl.Workbook) -> None:
    places = {row["id"]: row for row in sheet_rows(book, "places")}
    assert places["c6"]["wheeled_patrol_seconds"] == "inf"
    assert places["p4"]["wheeled_patrol_seconds"] is None
    assert places["c4"]["people"] is None
    assert places["p1"]["people"] == 30_000


def test_answers_sheet_holds_every_place_mover_and_case(book: openpyxl.Workbook) -> None:
    rows = sheet_rows(book, "answers")
    assert len(rows) == 11 * 3 * 4
    (dry_night,) = (
        row
        for row in rows
        if (row["id"], row["mover"], row["season"], row["light"])
        == ("p3", "wheeled_patrol", "dry", "night")
    )
    assert (dry_night["base"], dry_night["seconds"]) == ("C", 36 * 60)
    assert (dry_night["second_base"], dry_night["second_seconds"]) == ("A", 2 * 36 * 60 + 1800)


def test_zones_sources_assumptions_and_backtest_are_there(book: openpyxl.Workbook) -> None:
    zones = sheet_rows(book, "zones")
    assert [(zone["rank"], zone["name"]) for zone in zones] == [(1, "Golf camp"), (2, "Hotel camp")]
    assert "geometry" not in zones[0]
    incidents = sheet_rows(book, "sources")[0]
    assert (incidents["read"], incidents["kept"], incidents["rejected"]) == (15, 12, 3)
    assert isinstance(incidents["date"], dt.datetime)
    assert incidents["date"].date() == dt.date(2024, 5, 31)
    assert sheet_rows(book, "assumptions")[1]["value"] == "200"
    tested = sheet_rows(book, "backtest")
    assert [row["key"] for row in tested[:8]] == list(KEYS.values())
    assert tested[0]["hit_05"] == pytest.approx(0.05)


def test_no_cell_of_the_workbook_is_a_formula_or_an_error(
    sample_findings: Findings, tmp_path: Path
) -> None:
    names = (*FORMULAS, "#DIV/0!", "#N/A")
    findings = with_names(with_rejects(sample_findings, "camps", reject(value="=1+1")), names)
    write_tables_xlsx(findings, tmp_path / "tables.xlsx")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    kinds = {c.data_type for sheet in book.worksheets for row in sheet.iter_rows() for c in row}
    assert kinds <= {"s", "inlineStr", "n", "b", "d"}
    cells = [row[2] for row in book["places"].iter_rows(min_row=4)]
    read = [cell.value for cell in cells[: len(names)]]
    assert read == [name.replace("\r", "\n") for name in names]
    assert all(cell.quotePrefix for cell in cells[: len(names)])
    assert sheet_rows(book, "rejects")[0]["value"] == "=1+1"
    with zipfile.ZipFile(tmp_path / "tables.xlsx") as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        assert not any(b"<f>" in archive.read(n) or b"<f " in archive.read(n) for n in sheets)


def test_control_characters_and_endless_text_do_not_break_the_workbook(
    sample_findings: Findings, tmp_path: Path
) -> None:
    findings = with_names(sample_findings, ("bell\x07", "x" * 40_000))
    write_tables_xlsx(findings, tmp_path / "tables.xlsx")
    names = [
        row["name"]
        for row in sheet_rows(openpyxl.load_workbook(tmp_path / "tables.xlsx"), "places")
    ]
    assert names[0] == "bell\N{REPLACEMENT CHARACTER}"
    assert isinstance(names[1], str)
    assert len(names[1]) == 32_767
    assert names[1].endswith("x [cut]")


def test_rows_that_do_not_fit_into_a_sheet_are_announced(
    sample_findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_poc.report.workbook._MOST_ROWS", 10)
    write_tables_xlsx(sample_findings, tmp_path / "tables.xlsx")
    places = sheet_rows(openpyxl.load_workbook(tmp_path / "tables.xlsx"), "places")
    assert len(places) == 11
    assert places[-1]["id"] == "1 more rows do not fit into a sheet"


def test_workbook_holds_no_time_of_saving(sample_findings: Findings, tmp_path: Path) -> None:
    write_tables_xlsx(sample_findings, tmp_path / "a.xlsx")
    write_tables_xlsx(sample_findings, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.properties.modified.isoformat() == "2024-06-30T00:00:00"
    assert book.properties.created.isoformat() == "2024-06-30T00:00:00"


def test_geopackage_holds_all_layers_zones_and_judged_places(gpkg: Path) -> None:
    assert [name for name, _ in pyogrio.list_layers(gpkg)] == [
        "incidents", "camps", "places", "bases", "roads", "areas", "airfields", "zones", "judged",
        "about",
    ]  # fmt: skip


def test_geopackage_layers_are_in_the_theatres_metres(
    gpkg: Path, sample_findings: Findings
) -> None:
    bases = pyogrio.read_dataframe(gpkg, layer="bases")
    assert bases.crs == sample_findings.layers["bases"].table.crs
    assert bases.geometry.x.tolist() == [-30_000.0, 30_000.0, 10_000.0]
    assert bases["aviation"].tolist() == [True, False, False]
    assert bases["strength"].tolist()[:2] == [850.0, 120.0]
    assert np.isnan(bases["strength"][2])


def test_sensitive_incidents_are_never_points(gpkg: Path) -> None:
    incidents = pyogrio.read_dataframe(gpkg, layer="incidents")
    assert sorted(incidents["id"]) == sorted(f"i{n}" for n in range(1, 13) if n != 11)
    assert b"must never be shown" not in gpkg.read_bytes()
    about = pyogrio.read_dataframe(gpkg, layer="about").set_index("what")["value"]
    assert about["sensitive_incidents_left_out"] == "1"


def test_geopackage_says_its_marking_and_that_it_is_fictional(gpkg: Path) -> None:
    about = pyogrio.read_dataframe(gpkg, layer="about").set_index("what")["value"]
    assert (about["marking"], about["fictional"]) == ("UNCLASSIFIED", "yes")
    assert (about["conditions"], about["standard_s"]) == ("wet_day", "10800")


def test_judged_places_keep_unreachable_apart_from_unknown(gpkg: Path) -> None:
    judged = pyogrio.read_dataframe(gpkg, layer="judged").set_index("id")
    assert judged.loc["c6", "wheeled_patrol_seconds"] == np.inf
    assert np.isnan(judged.loc["p4", "wheeled_patrol_seconds"])
    assert np.isnan(judged.loc["c4", "people"])
    assert judged.geometry["c1"].x == pytest.approx(-20_000.0, abs=1.0)


def test_geopackage_holds_no_time_of_saving(
    gpkg: Path, sample_findings: Findings, tmp_path: Path
) -> None:
    write_layers_gpkg(sample_findings, tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == gpkg.read_bytes()
    with closing(sqlite3.connect(gpkg)) as database:
        stamps = set(database.execute("SELECT last_change FROM gpkg_contents"))
    assert stamps == {("2024-06-30T00:00:00.000Z",)}


def test_geopackage_does_not_depend_on_the_number_of_commits(
    gpkg: Path, sample_findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GDAL commits once more whenever the clock moved on while it wrote."""

    def write_and_commit(table: pd.DataFrame, path: Path, **options: str) -> None:
        write(table, path, **options)
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE gpkg_contents SET last_change = '2001-01-01T00:00:00.000Z'")

    write = pyogrio.write_dataframe
    monkeypatch.setattr(pyogrio, "write_dataframe", write_and_commit)
    write_layers_gpkg(sample_findings, tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == gpkg.read_bytes()


def test_geopackage_replaces_an_older_file(gpkg: Path, sample_findings: Findings) -> None:
    before = gpkg.read_bytes()
    write_layers_gpkg(sample_findings, gpkg)
    assert gpkg.read_bytes() == before


def test_geopackage_of_a_run_without_incidents_has_an_empty_layer(
    sample_findings: Findings, tmp_path: Path
) -> None:
    none = sample_findings.layers["incidents"].table.iloc[:0]
    layers = {**sample_findings.layers, "incidents": Layer(name="incidents", table=none)}
    write_layers_gpkg(dataclasses.replace(sample_findings, layers=layers), tmp_path / "l.gpkg")
    assert len(pyogrio.read_dataframe(tmp_path / "l.gpkg", layer="incidents")) == 0


def read_raster(path: Path) -> Iterator[tuple[np.ndarray, rasterio.DatasetReader]]:
    with rasterio.open(path) as raster:
        yield raster.read(1), raster


def test_rasters_are_the_surfaces_on_the_theatres_grid(
    rasters: Path, sample_findings: Findings
) -> None:
    assert sorted(path.name for path in rasters.iterdir()) == [
        "people.tif", "response_foot_patrol.tif", "response_mi8.tif",
        "response_wheeled_patrol.tif", "threat.tif", "threat_level.tif",
    ]  # fmt: skip
    grid = sample_findings.theatre.grid
    for values, raster in read_raster(rasters / "threat.tif"):
        np.testing.assert_array_equal(values, sample_findings.threat.expected)
        assert raster.transform == grid.transform
        assert raster.crs == grid.crs
        assert np.isnan(raster.nodata)
    for values, raster in read_raster(rasters / "threat_level.tif"):
        np.testing.assert_array_equal(values, sample_findings.threat_level)
        assert raster.nodata == -1
    for values, _ in read_raster(rasters / "people.tif"):
        assert set(np.unique(values[np.isfinite(values)])) == {60.0}
        np.testing.assert_array_equal(np.isfinite(values), sample_findings.theatre.inside)


def test_rasters_carry_marking_unit_method_and_conditions(rasters: Path) -> None:
    for _, raster in read_raster(rasters / "response_mi8.tif"):
        tags = raster.tags()
        assert tags["marking"] == "UNCLASSIFIED"
        assert tags["fictional"] == "yes"
        assert tags["unit"].startswith("seconds")
        assert tags["conditions"] == "wet_day"
        assert "mi8" in tags["method"]


def test_response_rasters_show_the_plans_own_conditions(
    sample_findings: Findings, tmp_path: Path
) -> None:
    night = dataclasses.replace(sample_findings.plan.plan, light="night")
    plan = dataclasses.replace(sample_findings.plan, plan=night)
    write_rasters(dataclasses.replace(sample_findings, plan=plan), tmp_path)
    for values, raster in read_raster(tmp_path / "response_mi8.tif"):
        assert np.isposinf(values).all()
        assert raster.tags()["conditions"] == "wet_night"


def test_without_a_population_raster_there_is_no_people_raster(
    sample_findings: Findings, tmp_path: Path
) -> None:
    write_rasters(dataclasses.replace(sample_findings, people=None), tmp_path)
    assert not (tmp_path / "people.tif").exists()


def test_a_mover_not_computed_under_these_conditions_has_no_raster(
    sample_findings: Findings, tmp_path: Path
) -> None:
    wet_day = Conditions(season="wet", light="day")
    travel = tuple(t for t in sample_findings.travel if t.mover != "mi8" or t.conditions != wet_day)
    write_rasters(dataclasses.replace(sample_findings, travel=travel), tmp_path)
    assert not (tmp_path / "response_mi8.tif").exists()
    assert (tmp_path / "response_foot_patrol.tif").exists()


def test_the_name_of_a_mover_cannot_lead_out_of_the_folder(
    sample_findings: Findings, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    travel = tuple(dataclasses.replace(t, mover="../../Evil") for t in sample_findings.travel)
    write_rasters(dataclasses.replace(sample_findings, travel=travel), tmp_path / "out")
    assert (tmp_path / "out" / "response_evil.tif").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_rasters_are_the_same_bytes_every_time(
    rasters: Path, sample_findings: Findings, tmp_path: Path
) -> None:
    write_rasters(sample_findings, tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (rasters / path.name).read_bytes()
