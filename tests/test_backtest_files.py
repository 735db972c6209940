"""What ``geo-poc backtest`` writes and says: JSON, CSV, picture, page, terminal."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from geo_poc.cli import app
from geo_poc.coverage.findings import Findings
from geo_poc.layers.layer import file_sha256
from geo_poc.layers.threat.backtest import Backtest
from geo_poc.layers.threat.models import KEYS
from geo_poc.report.backtest_files import backtest_content
from geo_poc.report.backtest_page import backtest_html, backtest_page
from geo_poc.report.backtest_words import (
    kinds_table,
    lead,
    model_name,
    models_table,
    months_words,
)
from geo_poc.report.calibration import calibration_file, calibration_svg
from geo_poc.screen.backtest import kinds_part, models_parts
from geo_poc.wording import plain

SVG = "{http://www.w3.org/2000/svg}"
MADE = "2026-01-02T06:00"
HOSTILE = "<script>alert(1)</script>&\u202e=1+1"
HEAD = "id,date_start,date_end,lat,lon,kind,where_prec,date_prec,deaths_best,deaths_civilians\n"
FILES = {"backtest.json", "backtest.csv", "backtest.html", "calibration.svg", "run.json"}


def rows(number: int, *, where: int = 1) -> str:
    """Incidents every five days from January 2018, by turns at three places."""
    days = pd.date_range("2018-01-04", periods=number, freq="5D").strftime("%Y-%m-%d")
    return "".join(
        f"e{n},{day},{day},{5.15 + n % 3 * 0.2:.2f},30.3,"
        f"{'one_sided' if n % 2 else 'non_state'},{where},1,2,1\n"
        for n, day in enumerate(days)
    )


def bare_theatre(folder: Path, incidents: str, *, more: str = "") -> Path:
    """A theatre of an area and incidents, and nothing else."""
    folder.mkdir(exist_ok=True)
    (folder / "incidents.csv").write_text(HEAD + incidents)
    file = folder / "theatre.toml"
    file.write_text(
        '[theatre]\nname = "Bare"\nas_of = 2020-12-31\ncell_size = "10 km"\nmarking = "CONFIDENTIAL"\n'
        "fictional = true\nseed = 4\narea = { bbox = [30.0, 5.0, 31.0, 6.0] }\n"
        f'[[incidents]]\npath = "incidents.csv"\n{more}'
    )
    return file


def command(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["backtest", *map(str, arguments), "--made", MADE])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that the command wrote from 200 incidents."""
    home = tmp_path_factory.mktemp("backtest")
    folder = home / "out"
    status, said = command(bare_theatre(home / "in", rows(200)), "--out", folder, "--months", 14)
    assert status == 0, said
    return folder


@pytest.fixture(scope="module")
def content(out: Path) -> dict:
    return json.loads((out / "backtest.json").read_text())


@pytest.fixture
def sample_test(sample_findings: Findings) -> Backtest:
    return sample_findings.backtest


def changed(test: Backtest, **columns: float) -> Backtest:
    """The same test with other scores of the mixture."""
    scores = test.scores.copy()
    for name, value in columns.items():
        scores.loc[scores["key"] == "mixture", name] = value
    return dataclasses.replace(test, scores=scores)


def said(test: Backtest) -> str:
    return " ".join(map(plain, lead(test)))


# --- the command


def test_incidents_and_an_area_are_enough(out: Path) -> None:
    assert {path.name for path in out.iterdir()} == FILES


def test_every_file_carries_the_marking(out: Path) -> None:
    for name in FILES:
        assert "CONFIDENTIAL" in (out / name).read_text()


def test_record_lists_seeds_inputs_and_the_files_by_their_hash(out: Path) -> None:
    record = json.loads((out / "run.json").read_text())
    assert record["command"] == "backtest"
    assert record["seeds"] == {"theatre": 4}
    assert record["outputs"] == {name: file_sha256(out / name) for name in FILES - {"run.json"}}
    assert [source["layer"] for source in record["inputs"]] == ["incidents"]


def test_models_stand_by_name_horizon_and_kind(content: dict) -> None:
    assert list(content["models"]) == list(KEYS.values())
    for model in content["models"].values():
        for horizon in ("30", "90"):
            for target in ("all", "civilian", "one_sided"):
                entry = model[horizon][target]
                needed = {"n", "hit_01", "hit_05", "hit_10", "bits", "new_cells_hit_05"}
                assert needed <= set(entry)
                low, high = entry["interval_hit_05"]
                assert low <= entry["hit_05"] + 1e-9
                assert entry["hit_05"] <= high + 1e-9
    uniform = content["models"]["uniform"]["30"]["all"]
    assert uniform["hit_05"] == pytest.approx(0.05)
    assert uniform["places_hit_05"] is None


def test_file_says_what_it_was_made_from_and_what_is_of_one_date(content: dict) -> None:
    assert (content["theatre"], content["as_of"], content["marking"], content["seed"]) == (
        "Bare", "2020-12-31", "CONFIDENTIAL", 4,
    )  # fmt: skip
    assert (content["known"], content["reason"]) == (True, "")
    assert len(content["origins"]["30"]) == 14
    assert content["origins"]["30"][-1] == "2020-12-01"
    assert content["seen_by_all_origins_as_of_one_date"] == ["population", "places"]
    months = content["totals"]["30"]["all"]["months"]
    assert [month["origin"] for month in months] == content["origins"]["30"]
    assert len(content["classes"]["90"]["all"]["mixture"]) == 10


def test_table_has_a_row_for_each_model_horizon_and_kind(out: Path) -> None:
    with (out / "backtest.csv").open() as file:
        table = list(csv.DictReader(file))
    assert len(table) == 8 * 2 * 3
    assert {row["marking"] for row in table} == {"CONFIDENTIAL"}
    assert {row["key"] for row in table} == set(KEYS.values())


def test_the_same_inputs_give_the_same_bytes(out: Path, tmp_path: Path) -> None:
    file = bare_theatre(tmp_path / "in", rows(200))
    assert command(file, "--out", tmp_path / "again", "--months", 14)[0] == 0
    for name in FILES - {"run.json"}:
        assert (out / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_months_of_the_theatre_file_hold_where_none_are_asked_for(tmp_path: Path) -> None:
    file = bare_theatre(tmp_path / "in", rows(150), more="[threat]\nbacktest_months = 3\n")
    assert command(file, "--out", tmp_path / "out")[0] == 0
    content = json.loads((tmp_path / "out/backtest.json").read_text())
    assert len(content["origins"]["30"]) == 3


def test_layers_that_a_threat_does_not_rest_on_are_not_read(tmp_path: Path) -> None:
    file = bare_theatre(
        tmp_path / "in",
        rows(3),
        more='[[roads]]\npath = "none.gpkg"\n[elevation]\npath = "none.tif"\nkind = "metres"\n',
    )
    assert command(file, "--out", tmp_path / "out")[0] == 0


@pytest.mark.parametrize(
    ("incidents", "why"),
    [
        ("", "no dated incident lies in the area"),
        (rows(1), "fewer than 10 incidents came"),
        (rows(40, where=6), "no incident is known well enough in place and time"),
    ],
    ids=["none", "one", "all vague"],
)
def test_too_few_incidents_give_not_known_with_the_reason(
    incidents: str, why: str, tmp_path: Path
) -> None:
    status, said = command(bare_theatre(tmp_path / "in", incidents), "--out", tmp_path / "out")
    assert status == 0, said
    assert f"is not known: {why}" in " ".join(said.split())
    content = json.loads((tmp_path / "out/backtest.json").read_text())
    assert content["known"] is False
    assert why in content["reason"]
    entry = content["models"]["mixture"]["30"]["all"]
    assert {entry[name] for name in ("hit_01", "hit_05", "interval_hit_05", "bits")} == {None}
    page = (tmp_path / "out/backtest.html").read_text()
    assert why in page
    assert 'class="backtest"' not in page


def test_a_theatre_that_names_no_incidents_is_not_known(tmp_path: Path) -> None:
    file = bare_theatre(tmp_path / "in", "")
    file.write_text(file.read_text().split("[[incidents]]")[0])
    status, said = command(file, "--out", tmp_path / "out")
    assert (status, "no dated incident" in said) == (0, True)


def test_a_folder_of_another_command_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/run.json").write_text('{"geo_poc": "0.1.0", "outputs": {}}')
    status, said = command(bare_theatre(tmp_path / "in", rows(3)), "--out", tmp_path / "out")
    assert status == 2
    assert "the results of geo-poc run" in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["run.json"]


def test_a_wrong_file_is_a_fault_and_no_traceback(tmp_path: Path) -> None:
    status, said = command(tmp_path / "none.toml", "--out", tmp_path / "out")
    assert status == 2
    assert "to repair" in said
    assert not (tmp_path / "out").exists()


# --- words


def test_lead_says_hit_rate_new_cells_lower_bound_and_number(sample_test: Backtest) -> None:
    test = changed(
        sample_test, events=100, hit_05=0.77, hit_05_low=0.7, hit_05_high=0.8, new_events=40,
        new_hit_05=0.2, smeared_05=0.39,
    )  # fmt: skip
    words = said(test)
    assert "77% [70% to 80%] of 100 later incidents" in words
    # 69 of the 77 hits lie in known cells, 8 in new ones.
    assert "Most of the skill is return to the same place: 90% of the hits" in words
    assert "Of the 40 incidents in cells without one 20% were hit" in words
    assert "Lower bound 39%" in words
    assert "leak" not in words


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"more_hit_05_low": 0.01, "more_hit_05_high": 0.1}, "better by more than chance"),
        ({"more_hit_05_low": -0.1, "more_hit_05_high": 0.1}, "in hits no clear difference"),
        ({"more_hit_05_low": 0.004, "more_hit_05_high": 0.1}, "[+0 to +10]: in hits no clear"),
        ({"more_hit_05_low": -0.2, "more_hit_05_high": -0.1}, "worse than the one line"),
        ({"hit_05": 0.81}, "look for a leak first"),
        ({"new_hit_05": np.nan}, "Fewer than 10 incidents came in cells without an earlier one"),
        ({"new_hit_05": 0.0, "hit_05": 0.0}, "unknown of the hits are return"),
    ],
)
def test_lead_says_what_the_figures_allow(
    columns: dict[str, float], words: str, sample_test: Backtest
) -> None:
    assert words in said(changed(sample_test, **columns))


def test_lead_of_mostly_new_places_does_not_call_them_return(sample_test: Backtest) -> None:
    test = changed(sample_test, events=100, hit_05=0.5, new_events=80, new_hit_05=0.5)
    assert "20% of the hits are return to the same place" in said(test)
    assert "Most of the skill" not in said(test)


@pytest.mark.parametrize(
    ("came", "low", "high", "words"),
    [
        (5.0, 4.0, 6.0, "no farther off than chance allows"),
        (9.0, 7.0, 11.0, "it promises too little there"),
        (1.0, 0.0, 3.0, "it promises too much there"),
    ],
)
def test_lead_says_whether_the_hottest_cells_keep_what_they_promise(
    came: float, low: float, high: float, words: str, sample_test: Backtest
) -> None:
    classes = sample_test.classes.assign(expected=5.0, came=came, low=low, high=high)
    assert words in said(dataclasses.replace(sample_test, classes=classes))


def test_lead_without_an_expected_number_or_an_interval_claims_nothing(
    sample_test: Backtest,
) -> None:
    test = dataclasses.replace(
        sample_test,
        classes=sample_test.classes.assign(expected=0.0),
        totals=sample_test.totals.assign(origins=0),
    )
    bare = changed(test, more_hit_05_low=np.nan)
    assert "too few past months for an interval" in said(bare)
    assert "Place:" not in said(bare)
    assert "those of the one line" not in said(bare)


def test_lead_and_tables_of_a_test_without_the_mixture_are_unknown(sample_test: Backtest) -> None:
    scores = sample_test.scores[sample_test.scores["key"] == "uniform"]
    test = dataclasses.replace(sample_test, scores=scores)
    assert lead(test) == ()
    assert [row[2].text for row in kinds_table(test).rows] == ["unknown"] * 6


def test_a_model_without_words_keeps_its_name() -> None:
    assert model_name("mine", "my own") == "my own"
    assert model_name("one_line", "x") == "One line"


def test_starts_are_counted(sample_test: Backtest) -> None:
    days = sample_test.origins[30]
    several = {30: days[:2], 90: ()}
    assert "2 monthly starts" in months_words(dataclasses.replace(sample_test, origins=several), 30)
    one = dataclasses.replace(sample_test, origins={30: days[:1], 90: ()})
    assert months_words(one, 30).startswith("1 monthly start,")
    assert months_words(one, 90) == "no monthly start"


def test_terminal_shows_all_models_or_none(sample_test: Backtest) -> None:
    (table,) = models_parts(sample_test)
    assert table.row_count == 8
    assert kinds_part(sample_test).row_count == 6
    unknown = dataclasses.replace(sample_test, reason="too_few")
    assert models_parts(unknown) == []
    assert kinds_part(changed(sample_test, hit_05_low=np.nan)).row_count == 6


# --- the picture


def signs(root: ET.Element) -> dict[str, int]:
    """Signs of what came month by month, without those of the key."""
    circles = [c.get("r") for c in root.iter(f"{SVG}circle")]
    hollow = [
        c for c in root.iter(f"{SVG}circle") if c.get("r") == "3.2" and c.get("fill") == "#FFFFFF"
    ]
    triangles = [p for p in root.iter(f"{SVG}path") if p.get("fill") == "#93300A"]
    return {
        "in": circles.count("3.2") - len(hollow) - 1,
        "unknown": len(hollow) - 1,
        "out": len(triangles) - 1,
    }


def test_each_month_has_one_sign_by_whether_it_lay_in_its_interval(
    sample_findings: Findings, sample_test: Backtest
) -> None:
    months = sample_test.months.copy()
    shown = (months["horizon_days"] == 30) & (months["target"] == "all")
    chosen = months.index[shown]
    months.loc[chosen, ["low", "expected", "high", "came"]] = [1.0, 2.0, 3.0, 2.0]
    months.loc[chosen[:2], "came"] = [0.0, 4.0]
    months.loc[chosen[2:5], ["low", "high"]] = np.nan
    months.loc[chosen[3], "expected"] = np.nan
    test = dataclasses.replace(sample_test, months=months)
    root = ET.fromstring(calibration_file(test, sample_findings.theatre))
    assert signs(root) == {"in": len(chosen) - 5, "out": 2, "unknown": 3}


def test_picture_in_a_page_has_a_name_and_no_marking_of_its_own(sample_test: Backtest) -> None:
    svg = calibration_svg(sample_test)
    assert 'role="img"' in svg
    assert "aria-label" in svg
    assert "UNCLASSIFIED" not in svg


@pytest.mark.parametrize("reason", ["no_incident", "no_origin", "too_few"])
def test_picture_of_a_test_that_is_not_known_can_be_drawn(reason: str, out: Path) -> None:
    """Of too few events the numbers are drawn; of no month nothing but words."""
    folder = out.parent / reason
    count = {"no_incident": "", "no_origin": rows(40), "too_few": rows(6)}[reason]
    months = 0 if reason == "no_origin" else 30
    file = bare_theatre(out.parent / f"in_{reason}", count)
    assert command(file, "--out", folder, "--months", months)[0] == 0
    root = ET.fromstring((folder / "calibration.svg").read_text())
    written = " ".join(t.text or "" for t in root.iter(f"{SVG}text"))
    assert ("is not known" in written) == (reason != "too_few")


def test_picture_leaves_out_a_model_that_was_not_tested(
    sample_findings: Findings, sample_test: Backtest
) -> None:
    classes = sample_test.classes[sample_test.classes["key"] == "uniform"]
    root = ET.fromstring(
        calibration_file(dataclasses.replace(sample_test, classes=classes), sample_findings.theatre)
    )
    assert len(list(root.iter(f"{SVG}circle"))) > 3


def test_picture_of_a_real_theatre_draws_no_line_for_an_unknown_number(
    sample_findings: Findings, sample_test: Backtest
) -> None:
    real = dataclasses.replace(sample_findings.theatre, fictional=False)
    unknown = dataclasses.replace(sample_test, classes=sample_test.classes.assign(expected=np.nan))
    for test, lines in ((sample_test, 2), (unknown, 1)):
        root = ET.fromstring(calibration_file(test, real))
        dashed = [x for x in root.iter(f"{SVG}line") if x.get("stroke-dasharray")]
        assert len(dashed) == lines
        assert "Fictional" not in "".join(t.text or "" for t in root.iter(f"{SVG}text"))


# --- the page


def test_page_asks_for_nothing_and_names_the_models(out: Path) -> None:
    html = (out / "backtest.html").read_text()
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="', html)
    assert "default-src 'none'" in html
    for name in ("One line", "Mixture", "Uniform field"):
        assert f'<th scope="row">{name}</th>' in html
    assert "Fictional country" in html
    assert html.count('<div class="marking">CONFIDENTIAL</div>') == 2


def test_hostile_names_stay_text_everywhere(
    sample_findings: Findings, sample_test: Backtest
) -> None:
    theatre = dataclasses.replace(sample_findings.theatre, name=HOSTILE)
    scores = sample_test.scores.assign(model=HOSTILE, key=HOSTILE)
    test = dataclasses.replace(sample_test, scores=scores)
    made = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    html = backtest_html(backtest_page(test, theatre, made=made, version="1"))
    svg = calibration_file(test, theatre)
    for written in (html, svg):
        assert "<script" not in written
        assert "\u202e" not in written
    assert "&lt;script&gt;" in html
    ET.fromstring(svg)


def test_unknown_is_null_and_never_a_number(
    sample_findings: Findings, sample_test: Backtest
) -> None:
    test = changed(sample_test, hit_05=np.nan, bits=-np.inf, near_events=np.nan, hit_05_low=np.nan)
    content = backtest_content(test, sample_findings.theatre, seed=1, made=MADE, version="1")
    entry = content["models"]["mixture"]["30"]["all"]
    assert entry["hit_05"] is None
    assert entry["interval_hit_05"] is None
    assert entry["bits"] is None
    assert entry["near_place_n"] is None
    json.dumps(content, allow_nan=False)


def test_tables_fit_the_width_of_the_report(sample_test: Backtest) -> None:
    assert models_table(sample_test).width_mm <= 186
    assert kinds_table(sample_test).width_mm <= 186
