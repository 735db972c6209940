"""Reports of two sources through ``check`` and ``run``: linked, graded, aged, and none lost."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.data.generator import Recipe, make_theatre
from geo_poc.errors import InputError
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.run import run

MADE = dt.datetime(2026, 1, 2, 6, tzinfo=dt.UTC)
RECIPE = Recipe(seed=3, size_km=60, cell_m=2000, settlements=12, camps=4, bases=3, years=1)
MISSION = """
[[incidents]]
path = "mission.csv"
label = "Mission"
"""


@pytest.fixture(scope="module")
def fictional(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theatre")
    make_theatre(folder, RECIPE)
    return folder


@pytest.fixture
def theatre(fictional: Path, tmp_path: Path) -> Path:
    """A copy with a second source: the last five precise events of the first, under their ids."""
    folder = Path(shutil.copytree(fictional, tmp_path / "theatre"))
    own = pd.read_csv(folder / "incidents.csv", dtype=str, keep_default_na=False)
    own = own[(own["where_prec"] == "1") & (own["date_prec"] == "1")].tail(5)
    seen = pd.DataFrame(
        {
            "id": own["id"],
            "date": own["date_start"],
            "lat": own["latitude"],
            "lon": own["longitude"],
            "deaths": own["best"],
            "actor_a": own["side_b"],
            "actor_b": own["side_a"],
            "grade": ["A1", "b-2", "C3", "", "F6"],
            "sensitive": ["", "yes", "", "", ""],
        }
    )
    seen.to_csv(folder / "mission.csv", index=False)
    write(folder, MISSION)
    return folder


def write(folder: Path, *sections: str) -> None:
    """The theatre file with more sections."""
    file = folder / "theatre.toml"
    file.write_text(file.read_text(encoding="utf-8") + "".join(sections), encoding="utf-8")


def read(folder: Path) -> Inputs:
    return read_inputs(folder / "theatre.toml", folder / "plan.toml")


def check(folder: Path) -> tuple[int, str]:
    """Exit code and words of the command ``check``."""
    done = CliRunner().invoke(app, ["check", str(folder / "theatre.toml")])
    return done.exit_code, " ".join(done.output.split())


def test_reports_of_two_sources_with_one_id_are_all_kept_and_linked(theatre: Path) -> None:
    inputs = read(theatre)
    layer = inputs.layers["incidents"]
    assert layer.counts["read"] == layer.counts["kept"] == len(layer.table)
    ours = layer.table[layer.table["source"] == "Mission"]
    assert len(ours) == 5
    # Place, day and deaths are known equally well, and only the publisher says the kind.
    assert ours["event"].tolist() == ours["id"].str.removeprefix("Mission: ").tolist()
    assert set(ours["seen_by"]) == {2}
    assert len(layer.links) == 5
    assert set(layer.table["weight"]) == {1.0}


def test_check_says_how_many_events_two_sources_saw_and_that_grades_weigh_nothing(
    theatre: Path,
) -> None:
    code, words = check(theatre)
    assert code == 0, words
    reports = len(read(theatre).layers["incidents"].table)
    assert f"Reports of incidents: {reports:,}; events: {reports - 5:,}." in words
    assert "5 events seen by 2 sources." in words
    assert "all reports count alike. Found: 4 of" in words


def test_incidents_that_cannot_be_read_are_a_fault_of_their_own(theatre: Path) -> None:
    (theatre / "mission.csv").unlink()
    with pytest.raises(InputError) as error:
        read(theatre)
    assert ["mission.csv" in str(fault) for fault in error.value.faults] == [True]


def test_links_can_be_switched_off_in_the_file(theatre: Path) -> None:
    write(theatre, "[threat.duplicates]\nlink = false\n")
    code, words = check(theatre)
    assert code == 0
    assert "seen by" not in words


def test_weights_of_grades_reach_the_incidents_and_every_event_has_its_best(theatre: Path) -> None:
    write(
        theatre,
        "[threat.grades]\nreliability = { A = 0.9, B = 0.8, C = 0.6, F = 0.3, ungraded = 0.5 }\n",
    )
    table = read(theatre).layers["incidents"].table
    ours = table[table["source"] == "Mission"]
    # The other source has no grades: its 0.5 is the larger weight of the event graded F.
    assert ours["weight"].tolist() == [0.9, 0.8, 0.6, 0.5, 0.5]


def test_a_grade_without_a_weight_fails_with_the_key_to_add(theatre: Path) -> None:
    write(theatre, "[threat.grades]\nreliability = { A = 0.9, B = 0.8, ungraded = 1.0 }\n")
    with pytest.raises(InputError, match=r"no weight for C \(1 report\(s\)\), F \(1 report\(s\)\)"):
        read(theatre)


def old_records(folder: Path) -> None:
    """The second source without its last months."""
    seen = pd.read_csv(folder / "mission.csv", dtype=str, keep_default_na=False)
    seen.assign(date="2025-03-01").head(1).to_csv(folder / "mission.csv", index=False)


def test_a_source_beyond_the_limit_fails_with_all_other_faults(theatre: Path) -> None:
    old_records(theatre)
    write(theatre, "[threat.grades]\nreliability = { B = 0.8, ungraded = 1.0 }\n")
    with pytest.raises(InputError) as error:
        read(theatre)
    words = str(error.value)
    assert "mission.csv: must be at most 60 days old on 2026-01-01 ([freshness] incidents)" in words
    assert "Found: 306 days old: its newest record is of 2025-03-01." in words
    assert "no weight for A" in words
    code, shown = check(theatre)
    assert code != 0
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("key", "words"),
    [("accept_stale = true", "accepted so"), ("accepted_until = 2026-01-01", "accepted so")],
)
def test_an_old_source_that_the_file_accepts_is_used_and_noted(
    theatre: Path, key: str, words: str
) -> None:
    old_records(theatre)
    write(theatre, key + "\n")  # the last section of the file is the source's own
    code, shown = check(theatre)
    assert code == 0, shown
    assert words in shown
    assert "306" in shown


def test_acceptance_ends_with_its_day(theatre: Path) -> None:
    old_records(theatre)
    write(theatre, "accepted_until = 2025-12-31\n")
    assert check(theatre)[0] != 0


def test_without_a_limit_the_ages_of_incidents_are_noted(theatre: Path) -> None:
    file = theatre / "theatre.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('[freshness]\nincidents = "60 days"\n', ""), encoding="utf-8")
    old_records(theatre)
    code, shown = check(theatre)
    assert code == 0
    assert shown.count("no limit is given, so that a source of any age is used") == 2


def test_a_run_writes_events_deaths_links_and_ages_without_sensitive_ones(
    theatre: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = run(theatre / "theatre.toml", theatre / "plan.toml", out, made=MADE)
    table = done.findings.layers["incidents"].table
    book = openpyxl.load_workbook(out / "tables.xlsx", read_only=True)
    sheets = {
        name: pd.DataFrame(list(book[name].values)[3:], columns=list(book[name].values)[2])
        for name in ("events", "deaths", "links", "sources")
    }
    hidden = set(table.loc[table["sensitive"], "event"])
    assert len(hidden) >= 1
    assert set(sheets["events"]["event"]) == set(table["event"]) - hidden
    assert len(sheets["links"]) == 5 - 1
    assert not set(sheets["links"]["event"]) & hidden
    everything = sheets["deaths"].set_index("kind").loc["all"]
    assert everything["events"] == table["event"].nunique()
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["incidents"]["events_by_sources"] == {"2": 5}
    assert record["incidents"]["deaths"][-1]["deaths_best"] == everything["deaths_best"]
    ages = {source["label"]: source["age_days"] for source in record["inputs"]}
    newest = table.loc[table["source"] == "Mission", "date_end"].max().date()
    assert ages["Mission"] == (dt.date(2026, 1, 1) - newest).days
    assert "age_days" in sheets["sources"]
    assert "Reports and events" in (out / "report.html").read_text(encoding="utf-8")
