"""``geo-poc assess``: what it writes, what it compares with, what it cannot see, and what it refuses."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import rasterio.features
import shapely
from rich.console import Console
from typer.testing import CliRunner

from geo_poc.assess import Asked, FoundAssessment, assess, write_assessment
from geo_poc.cli import app
from geo_poc.coverage.assessment import Dissent
from geo_poc.coverage.demand import demand
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.decisions import Entry, append, read_log
from geo_poc.errors import ConfigError, InputError, OutputError
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.last_assessment import read_last
from geo_poc.look_back import on_day
from geo_poc.provenance import Step
from geo_poc.report.assessment_files import assessment_content
from geo_poc.report.assessment_page import assessment_html, assessment_page
from geo_poc.report_quality import too_old
from geo_poc.response_of_plan import coverage_of_plan, travel_of_plan
from geo_poc.screen.assess import areas_part, assess_tables
from geo_poc.theatre_file import FreshnessSpec

RECIPE = Recipe(seed=7, size_km=60.0, cell_m=2000.0, settlements=8, camps=3, bases=3, years=2)
MADE = dt.datetime(2026, 1, 2, 12, 0, tzinfo=dt.UTC)
AS_OF = dt.date(2026, 1, 1)
EARLIER = dt.date(2025, 10, 1)
FILES = {
    "assessment.gpkg",
    "assessment.html",
    "assessment.json",
    "firmness.tif",
    "risk_areas.csv",
    "run.json",
    "threat.tif",
    "threat_level.tif",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    return folder


@pytest.fixture(scope="module")
def out(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assessment of the theatre's own day, without a plan."""
    folder = tmp_path_factory.mktemp("out") / "now"
    write_assessment(small / "theatre.toml", None, folder, Asked(), made=MADE)
    return folder


@pytest.fixture(scope="module")
def earlier(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of three months before."""
    folder = tmp_path_factory.mktemp("out") / "earlier"
    write_assessment(small / "theatre.toml", None, folder, Asked(as_of=EARLIER), made=MADE)
    return folder


@pytest.fixture(scope="module")
def planned(small: Path) -> Inputs:
    return read_inputs(small / "theatre.toml", small / "plan.toml")


def content(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "assessment.json").read_text(encoding="utf-8"))
    return found


def surface(folder: Path, name: str) -> np.ndarray:
    with rasterio.open(folder / f"{name}.tif") as raster:
        return np.asarray(raster.read(1))


def test_every_file_is_written_and_bears_the_marking(out: Path) -> None:
    assert {path.name for path in out.iterdir()} == FILES
    assert content(out)["marking"] == "UNCLASSIFIED"
    assert set(pd.read_csv(out / "risk_areas.csv")["marking"]) == {"UNCLASSIFIED"}
    about = pyogrio.read_dataframe(out / "assessment.gpkg", layer="about").set_index("what")
    assert about.loc["marking", "value"] == "UNCLASSIFIED"
    assert (out / "assessment.html").read_text(encoding="utf-8").count("UNCLASSIFIED") >= 2
    for name in ("threat", "threat_level", "firmness"):
        with rasterio.open(out / f"{name}.tif") as raster:
            assert raster.tags()["marking"] == "UNCLASSIFIED"


def test_the_same_inputs_give_the_same_bytes(small: Path, out: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    write_assessment(small / "theatre.toml", None, again, Asked(), made=MADE)
    for name in FILES - {"run.json"}:
        assert (again / name).read_bytes() == (out / name).read_bytes(), name


def test_files_agree_with_each_other(out: Path) -> None:
    areas = content(out)["areas"]
    table = pd.read_csv(out / "risk_areas.csv")
    layer = pyogrio.read_dataframe(out / "assessment.gpkg", layer="risk_areas")
    assert len(areas) == len(table) == len(layer) > 0
    assert [area["mgrs"] for area in areas] == table["mgrs"].tolist() == layer["mgrs"].tolist()
    assert [area["rank"] for area in areas] == list(range(1, len(areas) + 1))
    assert table["expected"].tolist() == pytest.approx([area["expected"] for area in areas])
    weights = [area["rank_weight"] for area in areas]
    assert weights == sorted(weights, reverse=True)


def test_what_is_expected_adds_up_to_the_surface(out: Path) -> None:
    """Cells of 4 km2, 30 days: the areas hold what the surface has at level 5, all of it the number."""
    per_cell = surface(out, "threat").astype(float) * 4.0
    level = surface(out, "threat_level")
    found = content(out)
    areas = sum(area["expected"] for area in found["areas"])
    assert areas == pytest.approx(per_cell[level == 5].sum(), rel=1e-5)
    assert found["outlook"]["expected"] == pytest.approx(np.nansum(per_cell), rel=1e-5)
    km2 = sum(area["area_km2"] for area in found["areas"])
    assert km2 == pytest.approx(4.0 * (level == 5).sum())


def test_firmness_is_of_the_area_only(out: Path) -> None:
    firmness, level = surface(out, "firmness"), surface(out, "threat_level")
    np.testing.assert_array_equal(firmness == -1, level == -1)
    assert set(np.unique(firmness)) <= {-1, 0, 1, 2}
    assert (firmness == 2).any()


def test_without_a_plan_no_posture_is_assessed(out: Path) -> None:
    found = content(out)
    assert found["plan"] is None
    assert {area["posture"] for area in found["areas"]} == {"not_assessed"}
    assert all(area["ground_s"] is None for area in found["areas"])
    assert "no plan was given" in (out / "assessment.html").read_text(encoding="utf-8")


def test_incidents_after_the_day_are_unseen(small: Path, earlier: Path, tmp_path: Path) -> None:
    """Of the same file all incidents that were not over by the day are dropped: nothing changes."""
    folder = Path(shutil.copytree(small, tmp_path / "theatre"))
    table = pd.read_csv(folder / "incidents.csv", dtype=str, keep_default_na=False)
    over = pd.to_datetime(table["date_end"]) < pd.Timestamp(EARLIER)
    assert 0 < over.sum() < len(table)
    table[over].to_csv(folder / "incidents.csv", index=False)
    toml = (folder / "theatre.toml").read_text(encoding="utf-8")
    accepted = toml.replace('path = "incidents.csv"', 'path = "incidents.csv"\naccept_stale = true')
    (folder / "theatre.toml").write_text(accepted, encoding="utf-8")
    cut = tmp_path / "cut"
    write_assessment(folder / "theatre.toml", None, cut, Asked(as_of=EARLIER), made=MADE)
    for name in FILES - {"run.json"}:
        assert (cut / name).read_bytes() == (earlier / name).read_bytes(), name


def test_a_look_back_says_so(earlier: Path, out: Path) -> None:
    found = content(earlier)
    assert (found["as_of"], found["data_of"]) == ("2025-10-01", "2026-01-01")
    assert "This looks back" in (earlier / "assessment.html").read_text(encoding="utf-8")
    assert "This looks back" not in (out / "assessment.html").read_text(encoding="utf-8")


def test_a_day_after_the_theatres_is_refused(planned: Inputs) -> None:
    with pytest.raises(ConfigError, match=r"not be later than the theatre's as_of, 2026-01-01"):
        on_day(planned, dt.date(2026, 1, 2))
    assert on_day(planned, AS_OF)[0] is planned


def test_without_last_the_picture_of_a_week_before_is_computed_anew(out: Path) -> None:
    assert content(out)["compared_with"] == {"as_of": "2025-12-25", "recorded": False}
    assert "computed anew from the same files" in (out / "assessment.html").read_text("utf-8")


def test_with_last_the_change_is_against_what_was_recorded(
    small: Path, earlier: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    write_assessment(small / "theatre.toml", None, folder, Asked(last=earlier), made=MADE)
    found = content(folder)
    assert found["compared_with"] == {"as_of": "2025-10-01", "recorded": True}
    assert found["outlook"]["before"] == content(earlier)["outlook"]["expected"]
    before, level = surface(earlier, "threat").astype(float) * 4.0, surface(folder, "threat_level")
    now = sum(area["expected_before"] for area in found["areas"])
    assert now == pytest.approx(before[level == 5].sum(), rel=1e-5)
    was = surface(earlier, "threat_level") == 5
    for area in gpd.read_file(folder / "assessment.gpkg", layer="risk_areas").itertuples():
        cells = cells_in(folder, area.geometry)
        assert (area.change == "new") == (not was[cells].any())
    for area in gpd.read_file(folder / "assessment.gpkg", layer="gone").itertuples():
        cells = cells_in(folder, area.geometry)
        assert was[cells].all()
        assert (level[cells] < 5).all()


def cells_in(folder: Path, outline: Any) -> np.ndarray:
    with rasterio.open(folder / "threat.tif") as raster:
        return np.asarray(
            ~rasterio.features.geometry_mask([outline], raster.shape, raster.transform)
        )


def test_recorded_and_computed_pictures_of_one_day_are_the_same(
    small: Path, out: Path, tmp_path: Path
) -> None:
    """Nothing came in late: last week's own output gives what computing it anew gives."""
    theatre = small / "theatre.toml"
    week = AS_OF - dt.timedelta(days=7)
    write_assessment(theatre, None, tmp_path / "week", Asked(as_of=week), made=MADE)
    write_assessment(theatre, None, tmp_path / "a", Asked(last=tmp_path / "week"), made=MADE)
    recorded, anew = content(tmp_path / "a"), content(out)
    assert [a["change"] for a in recorded["areas"]] == [a["change"] for a in anew["areas"]]
    assert recorded["gone"] == anew["gone"]
    assert recorded["outlook"] == anew["outlook"]
    assert recorded["compared_with"]["recorded"] is not anew["compared_with"]["recorded"]


@pytest.fixture
def changed(earlier: Path, tmp_path: Path) -> Path:
    """A copy of the earlier assessment that a test may change."""
    return Path(shutil.copytree(earlier, tmp_path / "last"))


def test_a_last_folder_that_was_changed_is_refused(changed: Path, planned: Inputs) -> None:
    (changed / "threat.tif").write_bytes(b"x")
    (changed / "threat_level.tif").unlink()
    with pytest.raises(InputError) as refused:
        read_last(changed, planned.theatre, horizon_days=30)
    found = [fault.found for fault in refused.value.faults]
    assert found == ["another content than was written", "no file"]


@pytest.mark.parametrize("name", ["run.json", "assessment.json"])
@pytest.mark.parametrize("text", [None, "no json", "[]"])
def test_a_last_folder_without_its_records_is_refused(
    changed: Path, planned: Inputs, name: str, text: str | None
) -> None:
    if text is None:
        (changed / name).unlink()
    else:
        (changed / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"no readable {re.escape(name)}"):
        read_last(changed, planned.theatre, horizon_days=30)


def test_a_folder_of_another_command_is_no_last_assessment(changed: Path, planned: Inputs) -> None:
    (changed / "run.json").write_text('{"geo_poc": "0", "command": "backtest"}', encoding="utf-8")
    with pytest.raises(InputError, match="no output of geo-poc assess"):
        read_last(changed, planned.theatre, horizon_days=30)


def test_a_last_assessment_of_anything_else_is_refused_with_all_that_differs(
    earlier: Path, planned: Inputs
) -> None:
    theatre = planned.theatre
    other = dataclasses.replace(
        theatre,
        name="elsewhere",
        marking="CONFIDENTIAL",
        as_of=EARLIER,
        grid=dataclasses.replace(theatre.grid, cell_size_m=1999.0),
    )
    with pytest.raises(InputError) as refused:
        read_last(earlier, other, horizon_days=90)
    text = " ".join(fault.found for fault in refused.value.faults)
    assert len(refused.value.faults) == 5
    for word in ("theatre ", "marking UNCLASSIFIED", "grid ", "horizon_days 30", "of 2025-10-01"):
        assert word in text


def test_an_assessment_of_the_unknown_can_be_the_last(
    small: Path, planned: Inputs, tmp_path: Path
) -> None:
    """Before the first incident nothing is known, which is written, read back, and no sign of safety."""
    day, folder = dt.date(2020, 1, 1), tmp_path / "unknown"
    write_assessment(small / "theatre.toml", None, folder, Asked(as_of=day), made=MADE)
    found = content(folder)
    assert found["areas"] == []
    assert found["outlook"]["expected"] is None
    assert found["newest"] is None
    page = (folder / "assessment.html").read_text(encoding="utf-8")
    assert "That is no sign of safety" in page
    assert (surface(folder, "firmness") == -1).all()
    last = read_last(folder, planned.theatre, horizon_days=30)
    assert last.newest is None
    assert last.total is not None
    assert np.isnan(last.total.expected)
    assert np.isnan(last.expected).all()


def test_classes_are_those_of_the_plan(planned: Inputs) -> None:
    """Of each area the part of what is expected in each class, worked out again cell by cell."""
    found = assess(planned, AS_OF)
    places = demand(planned.layers["camps"].table, planned.layers["places"].table)
    travel = travel_of_plan(planned, places)
    letters = coverage_of_plan(planned, places, found.level, travel).cell_class
    per_cell = found.threat.expected.astype(float) * 4.0
    for area in found.areas.itertuples():
        x, y = planned.theatre.grid.centres()
        cells = shapely.contains_xy(area.geometry, x, y)
        late = per_cell[cells & (letters == "N")].sum() / per_cell[cells].sum()
        assert area.ratio_n == pytest.approx(late, abs=1e-6)
        ground = [t for t in travel if t.kind != "air" and t.conditions == planned.plan.conditions]
        times = [t.cell_seconds.ravel()[area.peak_cell] for t in ground]
        assert area.ground_s == pytest.approx(min(times))
    assert found.under is not None
    assert found.under.plan == planned.plan.plan.name
    assert set(found.areas["posture"]) <= {
        "deploy",
        "lift",
        "patrol",
        "watch",
        "find_out",
        "inform",
    }


def test_on_an_earlier_day_no_note_names_a_later_record(planned: Inputs) -> None:
    """The newest record by 1 October is the last incident that was over by then, worked out from the table."""
    file = dataclasses.replace(planned.theatre_file, freshness=None)
    own = tuple(too_old(planned.sources, file, planned.theatre)[1])
    assert sum("newest record is of" in fault.found for fault in own) == 1
    free = dataclasses.replace(planned, theatre_file=file, warnings=own)
    back, day = on_day(free, EARLIER)
    assert day == AS_OF
    ends = planned.layers["incidents"].table["date_end"]
    newest = ends[ends <= pd.Timestamp(EARLIER)].max().date()
    age = (EARLIER - newest).days
    words = [fault.found for fault in back.warnings if "newest record is of" in fault.found]
    assert words == [f"{age} day{'s' * (age != 1)} old: its newest record is of {newest}"]
    assert len(back.warnings) == len(own)
    assert all(source.newest is None or source.newest <= EARLIER for source in back.sources)


def test_a_file_too_old_on_an_earlier_day_is_a_note(planned: Inputs) -> None:
    limits = FreshnessSpec(incidents=86_400.0)
    strict = dataclasses.replace(
        planned,
        theatre_file=dataclasses.replace(planned.theatre_file, freshness=limits),
        sources=tuple(
            dataclasses.replace(source, date=None) if source.layer == "incidents" else source
            for source in planned.sources
        ),
    )
    ends = planned.layers["incidents"].table["date_end"]
    gaps = ends.drop_duplicates().sort_values()
    quiet = gaps[gaps.diff().shift(-1).dt.days > 5].iloc[-1] + pd.Timedelta(days=4)
    back, _ = on_day(strict, quiet.date())
    assert any("must be at most 1 days old" in fault.rule for fault in back.warnings)
    before = on_day(strict, ends.min().date() - dt.timedelta(days=1))[0]
    assert any("unknown age" in fault.found for fault in before.warnings)


def few(planned: Inputs, number: int) -> Inputs:
    """The theatre with so many incidents, all placed."""
    layer = planned.layers["incidents"]
    table = layer.table[layer.table["where_prec"] == 1].head(number).reset_index(drop=True)
    layers = {**planned.layers, "incidents": dataclasses.replace(layer, table=table)}
    return dataclasses.replace(planned, layers=layers)


def test_from_fewer_than_ten_incidents_nothing_is_known_and_the_reason_is_said(
    planned: Inputs,
) -> None:
    found = assess(few(planned, 9), AS_OF)
    assert found.threat.incidents_used == 9
    assert len(found.areas) == len(found.overlooked) == 0
    assert np.isnan(found.threat.expected).all()
    assert np.isnan([found.outlook.expected, found.outlook.low, found.outlook.high]).all()
    assert set(np.unique(found.firmness)) == {-1}
    written = assessment_content(found, made="m", version="0")
    assert written["outlook"]["expected"] is None
    reason = "only 9 that were over by 01 JAN 26 can be used, and fewer than 10 are too few"
    assert reason in written["lead"][0].replace(chr(160), " ")
    assert len(written["lead"]) == 1
    assert "unknown, not zero" in written["method"]
    page = assessment_html(assessment_page(found, made=MADE, version="0", top=5))
    assert reason in page.replace(chr(160), " ")
    assert "Deploy beforehand" not in page
    assert "What other models would see is not known either" in page
    parts = assess_tables(
        FoundAssessment(
            assessment=found, warnings=(), steps=(Step(name="read", seconds=1.0, peak_mb=1.0),)
        ),
        Path("out"),
        top=5,
    )
    words = " ".join(str(part) for part in parts).replace(chr(160), " ")
    assert reason in words
    assert "No risk area can be named" in words


def test_from_ten_incidents_on_a_number_is_given(planned: Inputs) -> None:
    assert np.isfinite(assess(few(planned, 10), AS_OF).outlook.expected)


def test_what_left_the_list_is_unknown_now_where_nothing_is_known(planned: Inputs) -> None:
    whole = assess(planned, AS_OF)
    last = dataclasses.replace(whole.threat, as_of=EARLIER)
    found = assess(few(planned, 9), AS_OF, last=last)
    assert len(found.gone) == len(whole.areas)
    assert found.gone["expected"].isna().all()


@pytest.mark.parametrize("columns", [80, 100, 220])
def test_the_terminal_never_cuts_a_number(planned: Inputs, columns: int) -> None:
    found = assess(planned, AS_OF)
    areas = found.areas.assign(expected_low=0.3412, expected_high=12.3456)
    areas["exposed"] = 1_234_567.0
    table = areas_part(dataclasses.replace(found, areas=areas), top=3)
    console = Console(width=columns, file=io.StringIO(), color_system=None)
    console.print(table)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert printed.count("0.34\N{EN DASH}12") == 3
    assert printed.count("1,200,000") == 3
    assert "\N{HORIZONTAL ELLIPSIS}" not in printed


def test_views_of_named_people_are_printed_as_they_are(small: Path, tmp_path: Path) -> None:
    view = Dissent(name="<b>A. Analyst</b>", text="Kilo & Lima are missing")
    folder, log = tmp_path / "out", tmp_path / "log.jsonl"
    for day, who in (
        ("2025-12-24", "Too early"),
        ("2025-12-25", "B. First"),
        ("2026-01-01", "C. Last"),
    ):
        append(log, Entry(kind="note", at=f"{day}T09:00Z", who=who, reason="Mike"))
    append(log, Entry(kind="note", at="2026-01-02T09:00Z", who="Too late", reason="Mike"))
    asked = Asked(dissent=(view,), log=log)
    write_assessment(small / "theatre.toml", None, folder, asked, made=MADE)
    page = (folder / "assessment.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;A. Analyst&lt;/b&gt;" in page
    assert "Kilo &amp; Lima are missing" in page
    assert "<b>B. First</b>, 25\u00a0DEC\u00a025: Mike" in page
    assert content(folder)["dissent"] == [
        {"name": view.name, "text": view.text, "date": None},
        {"name": "B. First", "text": "Mike", "date": "2025-12-25"},
        {"name": "C. Last", "text": "Mike", "date": "2026-01-01"},
    ]
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["parameters"]["log_head"] == read_log(log).head


def test_the_folder_of_another_command_is_not_replaced(small: Path, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"geo_poc": "0", "command": "backtest"}', encoding="utf-8")
    with pytest.raises(OutputError, match="the results of geo-poc backtest"):
        write_assessment(small / "theatre.toml", None, tmp_path, Asked(), made=MADE)


def test_the_command_prints_answer_list_and_files(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = CliRunner().invoke(
        app,
        [
            "assess",
            str(small / "theatre.toml"),
            "--plan",
            str(small / "plan.toml"),
            "--as-of",
            "2025-12-01",
            "--top",
            "2",
            "--out",
            str(folder),
            "--made",
            "2026-01-02T12:00",
        ],
        env={"COLUMNS": "220"},
    )
    assert result.exit_code == 0, result.output
    for words in (
        "Most people are exposed at",
        "This looks back",
        "out of danger",
        "assessment.html",
    ):
        assert words in result.output
    page = (folder / "assessment.html").read_text(encoding="utf-8")
    assert page.count('<th scope="row">') >= 2
    assert content(folder)["plan"]["standard_s"] > 0
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["command"] == "assess"
    assert set(record["outputs"]) == FILES - {"run.json"}


def test_the_command_names_what_is_to_be_repaired(small: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app,
        [
            "assess",
            str(small / "theatre.toml"),
            "--as-of",
            "2027-01-01",
            "--out",
            str(tmp_path / "o"),
        ],
    )
    assert result.exit_code == 2
    assert "--as-of" in result.output
    assert not (tmp_path / "o").exists()
