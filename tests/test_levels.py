"""``geo-poc levels`` and its log: files, page and terminal, on a theatre of two districts made by hand."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from rich.console import Console
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.data import embedded_theatre
from geo_poc.errors import GeoPocError, InputError, OutputError, SourceError
from geo_poc.levels import write_levels
from geo_poc.levels_record import read_levels
from geo_poc.palette import DAY
from geo_poc.report.level_page import write_level_page
from geo_poc.report.level_strip import Strip, axis_svg, strip_svg
from geo_poc.screen.levels import level_parts

MADE = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC)
STAMP = "2026-01-15T12:00"
FILES = {"levels.csv", "levels.html", "levels.json", "run.json", "triggers.csv"}
EXAMPLE = Path(__file__).parent.parent / "examples" / "fictional_indicators.toml"
CHROMIUM = shutil.which("chromium")
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}\"'`|\u202e&amp;"
FORMULA = "=cmd|' /C calc'!A0"

THEATRE = """
[theatre]
name = "Two districts"
as_of = 2026-01-15
cell_size = "10 km"
marking = "CONFIDENTIAL"
area = { bbox = [29.0, 3.0, 30.0, 4.0] }
[[incidents]]
path = "incidents.csv"
label = "reports"
date = 2026-01-15
[[areas]]
path = "areas.geojson"
label = "districts"
values = { kind = "admin" }
"""
# Weekly: 18 and 25 December, 1, 8 and 15 January. West has attacks on 31 December (2), 2 and 9 January.
INDICATORS = """
[assess]
step = "week"
from = 2025-12-18
source = "two offices"
[levels]
names = ["watch", "warning"]
rule = "worst"
policies = ["read the reports", "decide"]
[record]
from = 2025-11-01
quiet_days = 7
[[areas]]
every = "admin"
[[series]]
name = "price"
path = "prices.csv"
valid_days = 20
label = "market"
[[indicators]]
name = "Attacks"
measure = "events"
target = "one_sided"
window_days = 7
up = [1, 2]
down = [1, 2]
fall_after_days = 14
[[indicators]]
name = "Price"
measure = "value"
series = "price"
worse = "higher"
areas = ["East"]
up = [150, 200]
down = [120, 180]
fall_after_days = 0
[[triggers]]
name = "Warned"
level = "W2"
decision = "Whether to go there"
decide_within_days = 3
"""
INCIDENTS = [
    ("a1", "2025-12-31", "one_sided", 29.2, ""),
    ("a2", "2025-12-31", "one_sided", 29.3, ""),
    ("a3", "2026-01-02", "one_sided", 29.2, "yes"),
    ("a4", "2026-01-09", "one_sided", 29.4, ""),
    ("b1", "2025-12-31", "non_state", 29.7, ""),
]
PRICES = "date,area,value\n2025-12-20,East,100\n"


def theatre_in(folder: Path, *, west: str = "West", ids: str = "") -> Path:
    """The theatre file of a folder with everything it needs beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "theatre.toml").write_text(THEATRE, encoding="utf-8")
    with (folder / "incidents.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "date_start", "kind", "lon", "sensitive", "lat", "deaths_best"])
        writer.writerows([[ids + row[0], *row[1:], 3.5, 1] for row in INCIDENTS])
    districts = gpd.GeoDataFrame(
        {"id": ["W", "E"], "name": [west, "East"]},
        geometry=[shapely.box(29, 3, 29.5, 4), shapely.box(29.5, 3, 30, 4)],
        crs="EPSG:4326",
    )
    (folder / "areas.geojson").write_text(districts.to_json(), encoding="utf-8")
    (folder / "indicators.toml").write_text(INDICATORS, encoding="utf-8")
    (folder / "prices.csv").write_text(PRICES, encoding="utf-8")
    return folder / "theatre.toml"


@pytest.fixture
def theatre(tmp_path: Path) -> Path:
    return theatre_in(tmp_path / "in")


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def command(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def run(theatre: Path, out: Path, *more: object) -> tuple[int, str]:
    indicators = theatre.parent / "indicators.toml"
    words = ("levels", theatre, "--indicators", indicators, "--out", out, "--made", STAMP)
    return command(*words, *more)


def written(theatre: Path, out: Path, *more: object) -> dict[str, object]:
    code, output = run(theatre, out, *more)
    assert code == 0, output
    return json.loads((out / "levels.json").read_text(encoding="utf-8"))


def area(content: dict[str, object], name: str) -> dict[str, object]:
    return next(each for each in content["areas"] if each["name"] == name)


def test_levels_of_both_districts_are_those_worked_out_by_hand(theatre, tmp_path):
    content = written(theatre, tmp_path / "out")
    west, east = area(content, "West"), area(content, "East")
    # 25 Dec: none; 1 Jan: two attacks; 8 Jan: one, a1 and a2 are 8 days old; 15 Jan: one.
    # Two weeks below have passed on 22 January.
    assert [day["level"] for day in west["history"]] == ["W0", "W0", "W2", "W2", "W2"]
    assert (west["level"], west["computed"], west["could_be"]) == ("W2", "W2", "W2")
    assert (west["since"], west["since_or_earlier"], west["before"]) == ("2026-01-01", False, "W2")
    (attacks,) = west["indicators"]
    assert (attacks["value"], attacks["crossed"], attacks["level"]) == (1, 1, "W2")
    assert (attacks["ids"], attacks["newest"], attacks["sources"]) == (
        ["a4"],
        "2026-01-09",
        ["reports"],
    )
    assert (attacks["below_since"], attacks["falls_on"]) == ("2026-01-08", "2026-01-22")
    # The price of 20 December is valid to 9 January.
    assert [day["unknown"] for day in east["history"]] == [1, 0, 0, 0, 1]
    assert (east["level"], east["could_be"], east["at_least"]) == ("W0", "W2", True)
    assert [each["unknown"] for each in east["indicators"]] == [False, True]
    assert content["cannot_be_judged"] == [{"trigger": "Warned", "area": "East"}]
    assert content["marking"] == "CONFIDENTIAL"
    assert next(iter(content)) == "marking"
    assert content["levels"][0]["name"] == "no warning recorded"
    assert content["record"] == [{"source": "reports", "from": "2025-11-01", "to": "2026-01-16"}]


def test_the_trigger_names_its_day_values_and_events_and_hides_sensitive_ids(theatre, tmp_path):
    content = written(theatre, tmp_path / "out")
    (trigger,) = content["triggers"]
    assert (trigger["area"], trigger["fired"], trigger["holds"]) == ("West", "2026-01-01", True)
    assert (trigger["state"], trigger["days"], trigger["days_left"]) == ("overdue", 14, -11)
    assert [one["ids"] for one in trigger["indicators"]] == [["a2", "a1"]]
    whole = "".join((tmp_path / "out" / name).read_text("utf-8") for name in FILES - {"run.json"})
    assert "a3" not in re.findall(r"\b[ab]\d\b", whole)


def test_every_file_is_written_and_carries_the_marking(theatre, tmp_path):
    out = tmp_path / "out"
    written(theatre, out)
    assert {path.name for path in out.iterdir()} == FILES
    for name in FILES:
        assert "CONFIDENTIAL" in (out / name).read_text(encoding="utf-8"), name
    rows = table(out / "levels.csv")
    assert len(rows) == 10
    assert {row["marking"] for row in rows} == {"CONFIDENTIAL"}
    east = [row for row in rows if row["area"] == "East"]
    assert [row["Price: value"] for row in east] == ["", "100.0", "100.0", "100.0", ""]
    assert [row["could_be"] for row in east] == ["W2", "W0", "W0", "W0", "W2"]
    (trigger,) = table(out / "triggers.csv")
    assert (trigger["state"], trigger["values"]) == ("overdue", "Attacks: 2 (2)")


def test_the_same_inputs_give_the_same_bytes(theatre, tmp_path):
    for name in ("one", "two"):
        written(theatre, tmp_path / name)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_terminal_says_the_worst_first(theatre, tmp_path):
    code, output = run(theatre, tmp_path / "out")
    flat = " ".join(output.split())
    assert code == 0
    assert "1 of 2 areas is at W2 (warning), the highest level reached." in flat
    assert "1 trigger has no decision recorded in time." in flat
    assert "The level of 1 area may be higher" in flat
    assert "No log of decisions was given" in flat
    assert flat.index("West") < flat.index("East")


def entry_words(theatre: Path, out: Path, log: Path) -> dict[str, tuple[object, ...]]:
    code = json.loads((out / "levels.json").read_text())["triggers"][0]["code"]
    levels = ("--levels", out / "levels.json", "--who", "A. Analyst, JMAC", "--reason", "because")
    return {
        "decide": ("decide", log, *levels, "--trigger", code, "--what", "We go", "--at", STAMP),
        "override": ("override", log, *levels, "--area", "East", "--level", "W1"),
    }


def test_a_decision_and_an_override_are_recorded_and_shown(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    words = entry_words(theatre, out, log)
    assert command(*words["decide"][:-1], "2026-01-03T10:00")[0] == 0
    until = ("--until", "2026-01-20", "--at", "2026-01-08T09:00")
    assert command(*words["override"], *until)[0] == 0
    note = ("note", log, "--levels", out / "levels.json", "--who", "B", "--text", "I dissent")
    code, output = command(*note, "--area", "West", "--at", "2026-01-09T09:00")
    assert (code, "line 3 added" in output) == (0, True)
    content = written(theatre, out, "--log", log)
    east = area(content, "East")
    assert (east["level"], east["computed"]) == ("W1", "W0")
    assert east["override"]["who"] == "A. Analyst, JMAC"
    assert [day["override"] for day in east["history"]] == [None, None, None, "W1", "W1"]
    (trigger,) = content["triggers"]
    assert (trigger["state"], trigger["days"]) == ("decided", 2)
    assert content["log"]["lines"] == 3
    page = (out / "levels.html").read_text(encoding="utf-8")
    assert (
        "Set to W1 by A. Analyst, JMAC until 20\u00a0JAN\u00a026; computed at least W0, could be W2. because"
        in page
    )
    assert "decided by A. Analyst, JMAC, 03\u00a0JAN\u00a026" in page
    assert "I dissent" in page
    (row,) = table(out / "triggers.csv")
    assert (row["decided_by"], row["decided_what"]) == ("A. Analyst, JMAC", "We go")


def test_without_a_time_the_clock_gives_it(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    before = dt.datetime.now(tz=dt.UTC).replace(second=0, microsecond=0)
    note = ("note", log, "--levels", out / "levels.json", "--who", "B", "--text", "t")
    assert command(*note)[0] == 0
    at = dt.datetime.fromisoformat(json.loads(log.read_text())["at"])
    assert before <= at <= dt.datetime.now(tz=dt.UTC)


def test_entries_after_the_day_of_the_theatre_are_said_not_to_be_counted(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    note = ("note", log, "--levels", out / "levels.json", "--who", "B", "--text", "LATER")
    said = "1 entry later than as_of (15\u00a0JAN\u00a026) is not counted."
    assert "not counted" not in command(*note, "--at", "2026-01-15T23:59")[1]
    assert said in command(*note, "--at", "2026-01-16T00:00")[1]
    code, output = run(theatre, out, "--log", log)
    assert (code, " ".join(said.split()) in " ".join(output.split())) == (0, True)
    assert said in (out / "levels.html").read_text(encoding="utf-8")
    content = json.loads((out / "levels.json").read_text(encoding="utf-8"))
    assert content["log"]["later_than_as_of"] == 1
    assert "2 entries later than as_of" in command(*note, "--at", "2026-02-01T00:00")[1]


def test_a_level_set_to_the_lowest_shows_who_set_it_and_the_lead_counts_the_computed(
    theatre, tmp_path
):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    words = ("override", log, "--levels", out / "levels.json", "--who", "Ada", "--reason", "r")
    until = ("--until", "2026-01-20", "--at", STAMP)
    assert command(*words, "--area", "West", "--level", "W0", *until)[0] == 0
    _, output = run(theatre, out, "--log", log)
    page = (out / "levels.html").read_text(encoding="utf-8")
    flat = " ".join(output.split())
    for shown in (flat, page):
        assert "1 of 2 areas is at W2" in shown
        assert "1 level is set by an analyst: West to W0, computed W2." in shown
    assert "set to W0 by Ada, computed W2" in page
    west = page.index(">West<")
    assert "no warning recorded" not in page[page.rindex("<tr", 0, west) : west]


def test_going_back_to_the_computed_level_needs_no_last_day(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    words = ("override", log, "--levels", out / "levels.json", "--who", "Ada", "--reason", "r")
    until = ("--until", "2026-01-20", "--at", "2026-01-08T09:00")
    assert command(*words, "--area", "West", "--level", "W0", *until)[0] == 0
    back = (*words, "--area", "West", "--at", "2026-01-09T09:00", "--level")
    assert command(*back, "computed")[0] == 0
    assert json.loads(log.read_text().splitlines()[1])["until"] == "2026-01-09"
    west = area(written(theatre, out, "--log", log), "West")
    assert (west["level"], west["override"]) == ("W2", None)
    code, output = command(*back, "W1")
    assert (code, "--until: must not be before" in " ".join(output.split())) == (2, True)


def test_an_expired_override_is_shown_and_not_applied(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    until = ("--until", "2026-01-14", "--at", "2026-01-08T09:00")
    assert command(*entry_words(theatre, out, log)["override"], *until)[0] == 0
    east = area(written(theatre, out, "--log", log), "East")
    assert (east["level"], east["override"]) == ("W0", None)
    assert [each["until"] for each in east["expired_overrides"]] == ["2026-01-14"]
    assert "over after" in (out / "levels.html").read_text(encoding="utf-8")


def test_a_late_decision_says_how_late_it_was(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    assert command(*entry_words(theatre, out, log)["decide"])[0] == 0
    written(theatre, out, "--log", log)
    page = (out / "levels.html").read_text(encoding="utf-8")
    assert "decided by A. Analyst, JMAC, 15\u00a0JAN\u00a026, 11 days late" in page


def test_every_fault_of_an_entry_is_named_at_once(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    levels = ("--levels", out / "levels.json", "--who", " ", "--at", "2025-12-31T00:00")
    code, output = command(
        "override",
        log,
        *levels,
        "--area",
        "Est",
        "--level",
        "W9",
        "--until",
        "2025-12-30",
        "--reason",
        "",
    )
    assert code == 2
    for part in (
        "5 faults",
        "--area: must be one",
        "did you mean 'East'?",
        "--level: must be one",
        "--until: must not be before",
        "override: who: must be said",
        "override: reason: must be said",
    ):
        assert part in output
    code, output = command(
        "decide", log, *levels, "--trigger", "nope", "--what", "", "--reason", "r"
    )
    assert (code, output.count("must be")) == (2, 3)
    code, output = command("note", log, *levels, "--area", "zzzzz", "--text", "t")
    assert (code, "use one of West, East" in output) == (2, True)
    assert not log.exists()


def test_a_decision_from_before_the_trigger_fired_is_refused(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    code, output = command(*entry_words(theatre, out, log)["decide"][:-1], "2025-12-31T23:59")
    assert (code, "must not be before the trigger fired on 2026-01-01" in output) == (2, True)


def test_levels_that_are_none_are_refused(theatre, tmp_path):
    for name, content in (("a", None), ("b", "[]"), ("c", "{"), ("d", '{"theatre": 1}')):
        path = tmp_path / name
        if content is not None:
            path.write_text(content, encoding="utf-8")
        with pytest.raises(SourceError, match=r"must be the levels\.json"):
            read_levels(path)


def test_a_log_that_lost_its_end_is_refused_and_the_earlier_output_stays(theatre, tmp_path):
    out, log = tmp_path / "out", tmp_path / "log.jsonl"
    written(theatre, out)
    note = ("note", log, "--levels", out / "levels.json", "--who", "B", "--text")
    for words in ("one", "two"):
        assert command(*note, words)[0] == 0
    written(theatre, out, "--log", log)
    before = (out / "levels.json").read_bytes()
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    for more in (("--log", log), ()):
        code, output = run(theatre, out, *more)
        assert (code, "no line is ever removed" in " ".join(output.split())) == (2, True)
    assert command(*note, "three")[0] == 2
    assert (out / "levels.json").read_bytes() == before


def test_faults_of_indicators_series_and_log_come_together(theatre, tmp_path):
    folder = theatre.parent
    (folder / "prices.csv").write_text("date,area,value\n1,East,2\n", encoding="utf-8")
    text = INDICATORS.replace("2025-12-18", "2026-02-01").replace('["East"]', '["Est"]')
    (folder / "indicators.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        write_levels(
            theatre,
            folder / "indicators.toml",
            tmp_path / "out",
            made=MADE,
            log_path=tmp_path / "no",
        )
    wheres = [fault.where.split("/")[-1] for fault in caught.value.faults]
    assert wheres == [
        "indicators.toml: [indicators] 2 areas",
        "indicators.toml: [assess] from",
        "prices.csv: line 2: date",
        "no",
    ]
    assert not (tmp_path / "out").exists()


def test_a_folder_that_another_command_made_is_left_alone(theatre, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text('{"geo_poc": "0", "command": "patrols"}', encoding="utf-8")
    with pytest.raises(OutputError, match="results of geo-poc patrols"):
        write_levels(theatre, theatre.parent / "indicators.toml", out, made=MADE)


def test_a_theatre_without_incidents_is_unknown_and_not_quiet(tmp_path):
    theatre = theatre_in(tmp_path / "in")
    text = THEATRE.replace(THEATRE[THEATRE.index("[[incidents]]") : THEATRE.index("[[areas]]")], "")
    theatre.write_text(text, encoding="utf-8")
    content = written(theatre, tmp_path / "out")
    assert {(a["level"], a["could_be"]) for a in content["areas"]} == {("W0", "W2")}
    page = (tmp_path / "out" / "levels.html").read_text(encoding="utf-8")
    assert "No source of incidents has a record." in page
    assert "No warning is recorded in 2 areas." in page


def test_an_assessment_older_than_the_day_of_the_theatre_says_so(theatre, tmp_path):
    indicators = theatre.parent / "indicators.toml"
    indicators.write_text(INDICATORS.replace("2025-12-18", "2025-12-20"), encoding="utf-8")
    code, output = run(theatre, tmp_path / "out")
    assert code == 0
    assert "5 days older than 15\u00a0JAN\u00a026" in " ".join(output.replace("\n", " ").split(" "))


def test_the_first_assessment_has_no_change(theatre, tmp_path):
    indicators = theatre.parent / "indicators.toml"
    indicators.write_text(INDICATORS.replace("2025-12-18", "2026-01-15"), encoding="utf-8")
    west = area(written(theatre, tmp_path / "out"), "West")
    # One attack in the week before; what was before it is not remembered.
    assert (west["level"], west["before"], west["since_or_earlier"]) == ("W1", None, True)
    page = (tmp_path / "out" / "levels.html").read_text(encoding="utf-8")
    assert "first assessment" in page
    assert "15\u00a0JAN\u00a026 or earlier" in page


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Output with hostile text in names, ids, indicators, triggers and the log."""
    theatre = theatre_in(tmp_path / "in", west=HOSTILE, ids=HOSTILE)
    folder, out, log = theatre.parent, tmp_path / "out", tmp_path / "log.jsonl"
    text = INDICATORS
    for old in (
        '"Attacks"',
        '"two offices"',
        '"read the reports"',
        '"Whether to go there"',
        '"watch"',
    ):
        text = text.replace(old, json.dumps(HOSTILE), 1)
    text = text.replace('"Warned"', json.dumps(FORMULA)).replace('"market"', json.dumps(HOSTILE))
    (folder / "indicators.toml").write_text(text, encoding="utf-8")
    written(theatre, out)
    words = {
        name: tuple(HOSTILE if word in {"because", "We go"} else word for word in each)
        for name, each in entry_words(theatre, out, log).items()
    }
    assert command(*words["decide"])[0] == 0
    until = ("--until", "2026-01-20", "--at", "2026-01-08T09:00")
    assert command(*words["override"], *until)[0] == 0
    note = ("note", log, "--levels", out / "levels.json", "--who", HOSTILE, "--text", HOSTILE)
    assert command(*note, "--at", STAMP)[0] == 0
    written(theatre, out, "--log", log)
    return out


def test_hostile_text_is_shown_and_not_run(hostile):
    page = (hostile / "levels.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "{{7*7}}" in page
    assert "\u202e" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") > 10
    assert "default-src 'none'" in page
    for name in ("levels.csv", "triggers.csv"):
        for row in table(hostile / name):
            assert not any(cell.startswith(("=", "@", "+")) for cell in (*row, *row.values()))


def test_no_name_steers_the_terminal(theatre, tmp_path):
    text = INDICATORS.replace('"warning"', '"\\u001b[31mred"').replace(
        '"Attacks"', '"\\u001b]0;x\\u0007"'
    )
    (theatre.parent / "indicators.toml").write_text(text, encoding="utf-8")
    code, output = run(theatre, tmp_path / "out")
    assert code == 0
    assert "\x1b" not in output
    assert "\x07" not in output


@pytest.mark.browser
@pytest.mark.enable_socket
@pytest.mark.parametrize("width", [1366, 820, 390])
def test_no_page_is_wider_than_its_window_and_none_asks_for_anything(hostile, width):
    sync = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    flags = ["--headless", "--no-sandbox", "--disable-gpu"]
    with sync.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        page, seen = browser.new_page(viewport={"width": width, "height": 800}), []
        page.on("request", lambda request: seen.append(request.url))
        page.on("console", lambda message: seen.append(message.text))
        page.on("dialog", lambda dialog: seen.append("dialog"))
        page.goto((hostile / "levels.html").as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert seen == [(hostile / "levels.html").as_uri()]
    assert wide <= width


def test_strips_show_level_doubt_and_override():
    days = tuple(dt.date(2026, 1, 1) + dt.timedelta(days=7 * n) for n in range(4))
    strip = Strip(
        days=days,
        level=(0, 1, 1, 2),
        could_be=(0, 1, 2, 2),
        override=(None, None, None, 0),
        top=2,
        label="a < b",
    )
    svg = strip_svg(strip, DAY)
    assert svg.count(f'fill="{DAY.warning_level(1)}"') == 2
    assert svg.count(f'fill="{DAY.warning_level(2)}"') == 1
    assert svg.count("url(#levels-hatch)") == 1
    assert svg.count("<line") == 1
    assert 'aria-label="a &lt; b"' in svg


@pytest.mark.parametrize(
    ("first", "weeks", "labels"),
    [
        (dt.date(2025, 12, 20), 1, []),
        (dt.date(2025, 9, 1), 40, ["Oct", "2026", "Apr"]),
        (dt.date(2019, 6, 1), 150, ["2020", "2021", "2022"]),
    ],
)
def test_the_axis_names_months_or_years(first, weeks, labels):
    days = [first + dt.timedelta(days=7 * n) for n in range(weeks)]
    assert re.findall(r">([^<]+)</text>", axis_svg(days, DAY)) == labels


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """Levels of the example on the embedded theatre."""
    out = tmp_path_factory.mktemp("example") / "out"
    return write_levels(embedded_theatre() / "theatre.toml", EXAMPLE, out, made=MADE), out


def test_counts_of_the_example_are_those_of_the_files_themselves(example):
    levels, out = example
    raw = pd.read_csv(embedded_theatre() / "incidents.csv")
    points = gpd.points_from_xy(raw["longitude"], raw["latitude"], crs="EPSG:4326")
    districts = gpd.read_file(embedded_theatre() / "areas.geojson").query("kind == 'admin'")
    civilian = (raw["type_of_violence"] == 3) | (raw["deaths_civilians"] > 0)
    end = pd.to_datetime(raw["date_end"])
    usable = civilian & (raw["where_prec"] <= 3) & (raw["date_prec"] <= 4)
    rows = pd.read_csv(out / "levels.csv", parse_dates=["day"])
    rows = rows[rows["area"].isin(districts["name"])]
    inside = {
        name: pd.Series(points.intersects(shape), index=raw.index)
        for name, shape in zip(districts["name"], districts.geometry, strict=True)
    }
    expected = [
        (usable & inside[name] & (end < day) & (end >= day - pd.Timedelta(days=30))).sum()
        for name, day in zip(rows["area"], rows["day"], strict=True)
    ]
    assert len(rows) == 8 * len(levels.found.days)
    assert rows["Attacks on civilians, 30 days: value"].tolist() == expected
    assert sum(expected) > 0


def test_the_example_shows_every_part(example, tmp_path):
    levels, out = example
    assert {each.state for each in levels.triggers} == {"open", "overdue"}
    assert "FICTIONAL" in (out / "levels.html").read_text(encoding="utf-8")
    console = Console(file=io.StringIO(), width=100)
    for part in level_parts(levels, out):
        console.print(part)
    assert "more firing" in console.file.getvalue()
    write_level_page(levels, tmp_path / "again.html", made=MADE, version="0.1.0")
    assert "could be W3" in (tmp_path / "again.html").read_text(encoding="utf-8")


def test_errors_have_no_traceback(theatre, tmp_path):
    code, output = run(theatre, theatre)
    assert (code, "Traceback" in output, "fault" in output) == (2, False, True)
    with pytest.raises(GeoPocError):
        write_levels(theatre, tmp_path / "none.toml", tmp_path / "out", made=MADE)
