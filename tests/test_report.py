"""The report's facts on the made-up run, worked out by hand, and its safety against hostile text."""

import ast
import dataclasses
import datetime as dt
import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo_poc.coverage.summary import case_summary, headline_case
from geo_poc.errors import OutputError
from geo_poc.layers.layer import REJECT_COLUMNS
from geo_poc.report.blocks import Heading, Paragraph, Table
from geo_poc.report.grounds import assumptions_table, main_assumptions
from geo_poc.report.headline import areas_table, below_bar, class_bar, lead, matrix
from geo_poc.report.page import rendered, report_context, write_report
from geo_poc.report.sites import answers_in, expected, ranked_sites, zones_table
from geo_poc.routing.travel_time import Reason
from geo_poc.wording import catalogue, plain, text

MADE = dt.datetime(2024, 7, 1, 8, 30, tzinfo=dt.UTC)
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}{% raw %}\"'`\u202e\x00&amp;"
SPACE = "\u00a0"
ZONES = (
    "2 zones of raised threat with 10,000 residents and displaced people "
    "are reached by nobody in 3 h."
)


def made(findings):
    return report_context(findings, made=MADE, version="0.1.0")


def html_of(findings):
    return rendered(made(findings))


@pytest.fixture(scope="module")
def sample_report(sample_findings):
    return made(sample_findings)


@pytest.fixture(scope="module")
def sample_html(sample_report):
    return rendered(sample_report)


@pytest.fixture(scope="module")
def hostile_html(sample_findings):
    return html_of(hostile(sample_findings))


def with_places(findings, **columns):
    coverage = dataclasses.replace(
        findings.coverage, places=findings.coverage.places.assign(**columns)
    )
    return dataclasses.replace(findings, coverage=coverage)


def only_places(findings):
    """The run without a single camp."""
    coverage = findings.coverage
    kept = coverage.places[coverage.places["layer"] == "place"]
    coverage = dataclasses.replace(
        coverage,
        places=kept,
        classes=coverage.classes[coverage.classes["id"].isin(kept["id"])],
        answers=coverage.answers[coverage.answers["id"].isin(kept["id"])],
        matrix=coverage.matrix[coverage.matrix["layer"] == "place"],
    )
    return dataclasses.replace(findings, coverage=coverage)


def unassessed(findings):
    """The run with every time unknown."""
    classes = findings.coverage.classes.assign(**{"class": "?"})
    answers = findings.coverage.answers.assign(seconds=np.nan, reason="unknown")
    return dataclasses.replace(
        findings,
        coverage=dataclasses.replace(findings.coverage, classes=classes, answers=answers),
    )


def tables_of(report):
    return {b.name: b for page in report.pages for b in page if isinstance(b, Table)}


def tables(findings):
    return tables_of(made(findings))


def words(pieces):
    return plain(pieces).replace(SPACE, " ")


# Camps on a wet day with aircraft: P 10,000 + 800, C 4,000 (and one uncounted), N 2,400 + 2,800
# of which nothing reaches the 2,800; 20,000 people are known.
def test_lead_says_who_is_reached_and_who_is_not(sample_findings):
    found = lead(sample_findings)
    assert words(found.answer) == (
        "By day in the wet season, 54% of displaced people at known sites are protected within 3 h; "
        "20% more only if an aircraft flies."
    )
    assert [words(s) for s in found.bad] == [
        "5,200 displaced people at sites are not protected; 2,800 cannot be reached in 24 h by any asset.",
        ZONES,
    ]


def test_lead_counts_sites_when_nobody_was_counted(sample_findings):
    found = lead(with_places(sample_findings, people=np.nan))
    assert words(found.answer).startswith("By day in the wet season, 33% of known sites")
    assert words(found.bad[0]).startswith("2 sites are not protected; how many people live there")


def test_lead_says_that_times_are_unknown_and_not_that_nobody_is_reached(sample_findings):
    found = lead(unassessed(sample_findings))
    assert "response times are unknown" in words(found.answer)
    assert [words(s) for s in found.bad] == [
        ZONES,
        "6 sites are not assessed, because their time is unknown.",
    ]


# Places: P 30,000 + 5,000, C 9,000, ? 1,200, N 600 of 45,800.
def test_lead_speaks_of_places_where_there_is_no_camp(sample_findings):
    found = lead(only_places(sample_findings))
    assert "76% of people in known places" in words(found.answer)
    assert [words(s) for s in found.bad] == [
        "600 people in known places are not protected.",
        ZONES,
        "1 site is not assessed, because its time is unknown.",
    ]


def test_lead_of_a_night_does_not_speak_of_aircraft(sample_findings):
    plan = sample_findings.plan
    night = dataclasses.replace(plan, plan=dataclasses.replace(plan.plan, light="night"))
    found = lead(dataclasses.replace(sample_findings, plan=night))
    assert "without aircraft, 4% of displaced people" in words(found.answer)
    assert "only if" not in words(found.answer)


def test_worst_case_and_uncounted_sites_stand_below_the_bar(sample_findings):
    worst, uncounted = map(words, below_bar(sample_findings))
    assert worst == "Worst case (wet season, night, no aircraft): 4%."
    assert uncounted.startswith("1 of 6 sites has no number of people")
    assert words(below_bar(unassessed(sample_findings))[0]).startswith("The worst case is unknown")


def test_class_bar_is_made_of_known_people(sample_findings):
    bar = class_bar(sample_findings)
    assert [(p.letter, p.width) for p in bar] == [("P", 54.0), ("C", 20.0), ("N", 26.0)]


def test_matrix_shows_all_eight_cases_and_which_cannot_exist(sample_findings):
    on, off = matrix(sample_findings)
    dash = text("case_impossible")
    assert [c.share for c in on] == ["74%", dash, "74%", dash]
    assert [c.share for c in off] == ["74%", "74%", "54%", "4%"]
    assert [c.chosen for c in on] == [False, False, True, False]
    assert not any(c.chosen for c in off)
    assert [c.share for c in matrix(unassessed(sample_findings))[1]] == ["?"] * 4


# The admin area in the west holds c1, c2 and c6; of these only c6 (2,800) is late.
def test_areas_of_unnamed_sites_are_those_they_lie_in(sample_findings):
    rows = areas_table(sample_findings, most=9).rows
    assert [[cell.text for cell in row][::2] for row in rows] == [
        ["West", "2,800"],
        ["Area unknown", "2,400"],
    ]
    assert [row[3].text for row in rows] == ["3", "3 (1?)"]


def test_areas_beyond_the_room_are_summed_and_nothing_is_lost(sample_findings):
    named = with_places(sample_findings, admin1=[f"Area {n}" for n in range(11)])
    every, some = areas_table(named, most=9).rows, areas_table(named, most=2).rows
    assert len(every) == 6
    assert [row[0].text for row in some] == ["Area 5", "Area 4", "4 more areas"]
    assert some[2][3].text == "4 (1?)"
    assert some[2][2].text == "0"


def test_no_area_table_where_no_site_lies_in_a_named_area(sample_findings):
    areas = sample_findings.layers["areas"]
    bare = dataclasses.replace(areas, table=areas.table[areas.table["kind"] != "admin"])
    layers = {**sample_findings.layers, "areas": bare}
    assert areas_table(dataclasses.replace(sample_findings, layers=layers), most=9) is None


def test_zones_stand_in_their_rank_with_people_time_base_and_reason(sample_findings):
    first, second = zones_table(sample_findings).rows
    assert [c.text.replace(SPACE, " ") for c in first] == [
        "1", "Golf camp", "2", "T4", "7,400", "10 h", "Charlie, 34 km", "Road patrol too slow",
    ]  # fmt: skip
    assert first[5].tone == "late"
    assert second[5].text == "not reached"
    assert second[7].text == "no way on the ground"


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.REACHED])
def test_every_reason_has_words_for_zones_and_sites(sample_findings, reason):
    zones = sample_findings.zones.assign(seconds=np.inf, reason=str(reason))
    answers = sample_findings.coverage.answers
    answers = answers.assign(seconds=np.inf, reason=str(reason), base="", second_seconds=np.inf)
    coverage = dataclasses.replace(sample_findings.coverage, answers=answers)
    found = dataclasses.replace(sample_findings, zones=zones, coverage=coverage)
    assert all(row[7].text for row in zones_table(found).rows)
    assert all(row[8].small for row in tables(found)["sites"].rows)


def test_page_one_says_so_where_no_zone_was_found(sample_findings):
    html = html_of(dataclasses.replace(sample_findings, zones=sample_findings.zones.head(0)))
    assert html.count("With aircraft flying, no zone of raised threat was found") == 2
    assert "0 of 0 zones" not in html
    assert "A zone is a group of" not in html


def test_listed_sites_are_all_that_are_late_unassessed_or_only_flown_to(sample_findings):
    case = headline_case(sample_findings.coverage, sample_findings.conditions)
    camps = ranked_sites(sample_findings, case)
    # People x threat: c6 2,800 x 5 before c5 2,400 x 4; c2 before c4, whose people are unknown.
    assert camps["id"].tolist() == ["c6", "c5", "c2", "c4"]
    places = case_summary(
        sample_findings.coverage, layer="place", season="wet", light="day", air=True
    )
    assert ranked_sites(sample_findings, places)["id"].tolist() == ["p5", "p4", "p2"]


def test_second_base_is_the_next_other_base_by_any_mover(sample_findings):
    case = headline_case(sample_findings.coverage, sample_findings.conditions)
    answers = answers_in(sample_findings, case)
    # c2: helicopter from A 40 min, from B 2 x 40 + 30 min; road from A 300 min, from B 630 min.
    assert answers.first.loc["c2", ["base", "seconds"]].tolist() == ["A", 2400.0]
    assert answers.second.loc["c2", ["base", "seconds"]].tolist() == ["B", 6600.0]
    assert "c6" not in answers.second.index


def test_site_row_names_class_people_times_and_reason(sample_report):
    rows = {row[1].text: row for row in tables_of(sample_report)["sites"].rows}
    # The last table is that of the places: November is late by road, Mike is unknown, Kilo is flown to.
    november, mike, kilo = rows["November"], rows["Mike"], rows["Kilo"]
    assert [c.text for c in (november[0], mike[0], kilo[0])] == ["N", "?", "C"]
    assert (november[4].text, november[4].small, november[4].tone) == (
        f"7.5{SPACE}h", "Charlie", "late",
    )  # fmt: skip
    assert (mike[2].small, mike[4].text) == ("estimate", "unknown")
    assert (kilo[6].text, kilo[6].tone) == (f"50{SPACE}min", "")
    assert november[8].small.startswith("Road patrol too slow in the wet season")


def test_residents_and_displaced_people_by_threat_level_add_up(sample_report):
    rows = tables_of(sample_report)["levels"].rows
    displaced = {row[0].text: row[4].text for row in rows}
    assert displaced == {
        "T5": "2,800", "T4": "2,400", "T3": "4,000", "T2": "10,000", "T1": "800", "T?": "unknown",
    }  # fmt: skip


def test_levels_say_which_share_of_the_area_they_are_and_unknown_has_one_code(
    sample_report, sample_html
):
    rows = tables_of(sample_report)["levels"].rows
    assert [row[1].text for row in rows] == [
        "very high: the 5% of the area with most expected incidents",
        "high: the next 5%", "medium: the next 10%", "low: the next 20%",
        "very low: the rest with reports", "no reports, unknown",
    ]  # fmt: skip
    assert '<span class="chip T0">T?</span>' in sample_html
    assert ">T0<" not in sample_html


def test_backtest_stands_with_all_models_their_intervals_and_the_lower_bound(sample_findings):
    scores = sample_findings.backtest.scores.assign(
        hit_01=0.1, hit_05=0.33, hit_05_low=0.12, hit_05_high=0.65, hit_10=0.4, new_hit_05=0.06,
        smeared_05=0.2, more_hit_05=-0.02, more_hit_05_low=-0.1, more_hit_05_high=0.06, pai_05=6.6,
        bits=1.26, brier_skill=0.0125,
    )  # fmt: skip
    found = dataclasses.replace(
        sample_findings, backtest=dataclasses.replace(sample_findings.backtest, scores=scores)
    )
    rows = tables(found)["backtest"].rows
    assert [row[0].text for row in rows][-2:] == ["One line", "Mixture"]
    assert [c.text for c in rows[-1]][1:] == [
        "10%", "33%", "40%", "6%", "20%", "\u22122", "6.6", "1.3", "0.013",
    ]  # fmt: skip
    assert (rows[-1][2].small, rows[-1][6].small) == ("12% to 65%", "\u221210 to +6")
    assert rows[-2][6].text == ""
    html = re.sub(r"</?b[^>]*>", "", html_of(found))
    assert "Lower bound 20%" in html
    assert "in points: \u22122 [\u221210 to +6]: in hits no clear difference" in html
    assert html.count('class="calibration"') == 1


def test_backtest_with_too_few_events_is_unknown_and_says_why(sample_findings):
    unknown = dataclasses.replace(
        sample_findings.backtest,
        scores=sample_findings.backtest.scores.assign(hit_05=np.nan, hit_05_low=np.nan),
        reason="too_few",
    )
    threat = dataclasses.replace(sample_findings.threat, newest=None, incidents_vague=2)
    found = dataclasses.replace(sample_findings, backtest=unknown, threat=threat)
    assert "backtest" not in tables(found)
    assert tables(found)["backtest-kinds"].rows[0][2].text == "unknown"
    html = re.sub(r"</?b[^>]*>", "", html_of(found))
    assert "is not known: fewer than 10 incidents came in the months tested" in html


def test_straight_line_facts_stand_in_the_report(sample_html):
    html = re.sub(r"</?b[^>]*>", "", sample_html).replace(SPACE, " ")
    assert "2 of 10 precisely located incidents lie farther than 50 km" in html
    assert "1 of 6 displacement sites lie farther than 50 km" in html
    assert "20 JUN 24, 10 days before" in html


def test_rows_read_are_rows_kept_and_rejected_in_every_layer(sample_report):
    found = tables_of(sample_report)
    for row in (*found["sources"].rows, *found["rejects"].rows):
        read, kept, out = (
            [int(c.text) for c in row[1:4]] if len(row) == 8 else [int(c.text) for c in row[4:7]]
        )
        assert read == kept + out
    incidents = found["rejects"].rows[0]
    assert [c.text for c in incidents[:4]] == ["Incidents", "15", "12", "3"]


def test_sources_older_than_a_year_are_marked(sample_report):
    ages = {row[0].text: row[3] for row in tables_of(sample_report)["sources"].rows}
    assert (ages["Sites"].text, ages["Sites"].tone) == (f"28{SPACE}mo", "old")
    assert (ages["Incidents"].text, ages["Incidents"].tone) == (f"0{SPACE}mo", "")


def test_source_of_unknown_age_is_marked_as_old(sample_findings):
    undated = tuple(dataclasses.replace(s, date=None) for s in sample_findings.sources)
    rows = tables(dataclasses.replace(sample_findings, sources=undated))["sources"].rows
    assert {(row[2].text, row[3].tone) for row in rows} == {("unknown", "old")}


def test_rejects_are_counted_by_kind_and_shown_by_reason(sample_findings):
    rejects = pd.DataFrame(
        [
            ("incidents", "i.csv", n, "date", f"x{n}", reason, kind)
            for n, reason, kind in (
                (1, "is no date", "invalid"),
                (2, "is no date", "invalid"),
                (7, "same id as row 1", "duplicate"),
            )
        ],
        columns=list(REJECT_COLUMNS),
    )
    layers = dict(sample_findings.layers)
    layers["incidents"] = dataclasses.replace(layers["incidents"], rejects=rejects)
    found = tables(dataclasses.replace(sample_findings, layers=layers))
    assert [c.text for c in found["rejects"].rows[0]][3:] == ["3", "2", "1", "0", "0"]
    reasons = found["reject-reasons"].rows
    assert [(r[1].text, r[2].text) for r in reasons] == [
        ("2", "is no date"),
        ("1", "same id as row 1"),
    ]
    assert reasons[0][3].small == "row 1: date x1; row 2: date x2"


def test_missing_assumptions_come_first_and_are_called_unknown(sample_findings):
    row = {"what": "mi8: night (times as long)", "value": np.nan, "low": np.nan, "high": np.nan}
    row |= {"source": "no source gives it", "grade": ""}
    table = pd.concat([sample_findings.assumptions, pd.DataFrame([row])], ignore_index=True)
    found = dataclasses.replace(sample_findings, assumptions=table)
    first = tables(found)["assumptions"].rows[0]
    assert [c.text for c in first][:3] == ["mi8: night (times as long)", "unknown", ""]
    assert made(found).first.assumptions.rows[0][1].tone == "bad"


def test_assumptions_show_range_source_and_grade(sample_report):
    wet = tables_of(sample_report)["assumptions"].rows[0]
    assert [c.text for c in wet] == [
        "wheeled patrol: wet season factor", "3", "2 to 4", "Sample study", "B",
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "written"), [(0.0, "no"), (1.0, "yes"), (np.nan, "unknown")])
def test_whether_an_aircraft_flies_at_night_is_a_yes_or_a_no(sample_findings, value, written):
    row = {"what": "mi8: night", "value": value, "low": value, "high": value}
    other = {"what": "mi8: wind", "value": 0.0, "low": 0.0, "high": 1.0}
    table = pd.DataFrame([{**r, "source": "s", "grade": "M"} for r in (row, other)])
    found = dataclasses.replace(sample_findings, assumptions=table)
    short = {r[0].text: r[1].text for r in main_assumptions(found, width_mm=78.0).rows}
    full = {r[0].text: r[1].text for r in assumptions_table(found, width_mm=186.0).rows}
    assert short == full == {"mi8: night": written, "mi8: wind": "0"}


def test_expected_incidents_are_no_more_precise_than_they_are_known():
    assert [expected(x) for x in (0.0, 0.0004, 0.814, 12.4, 1234.0, float("nan"))] == [
        "0", f"<{SPACE}0.01", "0.81", "12", "1,234", "unknown",
    ]  # fmt: skip


class Reader(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def hostile(findings):
    """The run with hostile text wherever a text can come from a file."""
    layers = {}
    for name, layer in findings.layers.items():
        table = layer.table.assign(**{c: HOSTILE for c in ("name", "admin1") if c in layer.table})
        rejects = pd.DataFrame([[HOSTILE] * 7], columns=list(REJECT_COLUMNS))
        layers[name] = dataclasses.replace(layer, table=table, rejects=rejects)
    plan = dataclasses.replace(
        findings.plan,
        plan=dataclasses.replace(findings.plan.plan, name=HOSTILE),
        standard=dataclasses.replace(findings.plan.standard, source=HOSTILE),
    )
    return with_places(
        dataclasses.replace(
            findings,
            theatre=dataclasses.replace(findings.theatre, name=HOSTILE),
            plan=plan,
            layers=layers,
            zones=findings.zones.assign(name=HOSTILE, base_name=HOSTILE),
            assumptions=findings.assumptions.assign(what=HOSTILE, value=HOSTILE, source=HOSTILE),
            sources=tuple(
                dataclasses.replace(s, label=HOSTILE, file=HOSTILE, licence=HOSTILE)
                for s in findings.sources
            ),
            threat=dataclasses.replace(
                findings.threat,
                method=HOSTILE,
            ),
            backtest=dataclasses.replace(
                findings.backtest,
                scores=findings.backtest.scores.assign(model=HOSTILE, key=HOSTILE),
            ),
        ),
        name=HOSTILE,
        mgrs=HOSTILE,
        admin1=HOSTILE,
    )


ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "section",
        "div",
        "header",
        "footer",
    ),
    *("h1", "h2", "p", "span", "b", "i", "br", "small", "ul", "li"),
    *("table", "colgroup", "col", "thead", "tbody", "tr", "th", "td"),
    *("svg", "defs", "pattern", "path", "rect", "circle", "g", "use", "line", "text"),
}


def test_hostile_text_makes_no_element_and_no_script(hostile_html):
    page = read(hostile_html)
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    attributes = {name for _, found in page.elements for name in found}
    assert not {name for name in attributes if name.startswith("on")}
    assert "".join(page.text).count("<img src=x onerror=") > 20
    assert "{{7*7}}" in "".join(page.text)


def test_hostile_text_is_the_same_page_but_for_its_words(sample_html, hostile_html):
    tags = [tag for tag, _ in read(hostile_html).elements]
    assert tags.count("svg") == [t for t, _ in read(sample_html).elements].count("svg")


def test_page_has_no_character_that_html_forbids_or_that_turns_text(hostile_html):
    html = hostile_html
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)


def test_page_names_nothing_outside_itself(sample_html):
    html = sample_html
    page = read(html)
    names = [(n, v) for _, found in page.elements for n, v in found.items()]
    assert all(v.startswith("#") for n, v in names if n in {"href", "src", "xlink:href"})
    assert not re.search(r"https?://|@import|javascript:|<script|<link|<iframe", html)
    assert all(u.startswith("#") for u in re.findall(r"url\(([^)]*)\)", html))
    policy = next(v["content"] for _, v in page.elements if v.get("http-equiv"))
    assert policy.startswith("default-src 'none'")


def test_every_reference_in_the_page_has_its_target_once(sample_html):
    page = read(sample_html)
    ids = [found["id"] for _, found in page.elements if found.get("id")]
    assert len(ids) == len(set(ids))
    used = {found["href"][1:] for tag, found in page.elements if tag == "use"}
    assert used
    assert used <= set(ids)


def test_marking_page_number_and_disclaimer_stand_on_every_page(sample_report, sample_html):
    report, html = sample_report, sample_html
    pages = html.split('<section class="page"')[1:]
    assert len(pages) == report.page_count
    for number, page in enumerate(pages, 1):
        assert page.count("UNCLASSIFIED") == 2
        assert f"Page {number} of {report.page_count}" in page
        assert "do not imply official endorsement" in page
        assert "Product 010830Z JUL 24".replace(" ", SPACE) in page.replace(" ", SPACE)


def test_fictional_theatre_says_so_on_every_page_and_a_real_one_never(
    sample_findings, sample_report, sample_html
):
    real = dataclasses.replace(
        sample_findings, theatre=dataclasses.replace(sample_findings.theatre, fictional=False)
    )
    assert sample_html.count(">FICTIONAL<") == sample_report.page_count
    assert "FICTIONAL" not in html_of(real)


def test_marking_is_that_of_the_theatre(sample_findings):
    theatre = dataclasses.replace(sample_findings.theatre, marking="STRICTLY CONFIDENTIAL")
    html = html_of(dataclasses.replace(sample_findings, theatre=theatre))
    assert "UNCLASSIFIED" not in html
    assert "STRICTLY CONFIDENTIAL" in html


def test_same_run_gives_the_same_bytes(sample_findings, tmp_path):
    for name in ("a.html", "b.html"):
        write_report(sample_findings, tmp_path / name, made=MADE, version="0.1.0")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_report_that_cannot_be_written_says_where_and_what_to_do(sample_findings, tmp_path):
    with pytest.raises(OutputError, match=r"the report must be writable.*check the folder"):
        write_report(sample_findings, tmp_path / "no folder" / "r.html", made=MADE, version="0.1.0")


def test_report_without_any_site_still_says_what_was_read(sample_findings):
    coverage = sample_findings.coverage
    empty = dataclasses.replace(
        coverage,
        places=coverage.places.head(0),
        classes=coverage.classes.head(0),
        answers=coverage.answers.head(0),
    )
    html = html_of(
        dataclasses.replace(
            sample_findings, coverage=empty, zones=gpd.GeoDataFrame(sample_findings.zones.head(0))
        )
    )
    assert "Sample incidents" in html


def test_unknown_people_are_never_printed_as_zero(sample_findings):
    blind = dataclasses.replace(with_places(sample_findings, people=np.nan), people=None)
    found = tables(blind)
    assert {row[3].text for row in found["levels"].rows} == {"unknown"}
    assert {row[2].text for row in found["sites"].rows} == {"unknown"}


def test_every_catalogue_key_that_the_report_names_exists_and_is_used():
    folder = Path(str(resources.files("geo_poc.report")))
    named = set()
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
    keys = {key for key in catalogue().entries if key.startswith("report_")}
    assert {n for n in named if re.fullmatch(r"report_[a-z0-9_]*[a-z0-9]", n)} - {
        "report_context"
    } <= keys
    stems = {n for n in named if re.fullmatch(r"report_[a-z0-9_]+_", n)}
    unused = {k for k in keys - named if not any(k.startswith(stem) for stem in stems)}
    assert unused == set()


def test_headings_and_paragraphs_hold_text(sample_report):
    blocks = [b for page in sample_report.pages for b in page]
    assert all(b.text for b in blocks if isinstance(b, Heading))
    assert all(plain(b.spans) for b in blocks if isinstance(b, Paragraph))


def test_long_lists_end_with_the_number_that_is_left_out(sample_findings, monkeypatch):
    monkeypatch.setattr("geo_poc.report.sites.MOST_LISTED", 1)
    html = html_of(sample_findings)
    assert "3 further sites stand only in places.csv." in html
    assert "2 further sites stand only in places.csv." in html


def test_site_that_no_mover_was_asked_about_has_no_asset(sample_findings):
    answers = sample_findings.coverage.answers
    coverage = dataclasses.replace(sample_findings.coverage, answers=answers[answers["id"] != "p5"])
    rows = tables(dataclasses.replace(sample_findings, coverage=coverage))["sites"].rows
    november = next(row for row in rows if row[1].text == "November")
    assert [c.text for c in november[4:7]] == ["no asset"] * 3
    assert november[8].small == "No base has an asset for this case."


def test_legend_names_the_outside_of_the_mandate_only_where_there_is_one(sample_findings):
    classes = sample_findings.coverage.classes
    outside = classes["class"].where(classes["id"] != "c1", "E")
    coverage = dataclasses.replace(
        sample_findings.coverage, classes=classes.assign(**{"class": outside})
    )
    found = made(dataclasses.replace(sample_findings, coverage=coverage)).first
    assert "E" in {sign.letter for sign in found.legend}
    # Without c1 (10,000) there are 10,000 known people inside the mandate, 800 of them P.
    assert [(p.letter, p.width) for p in found.bar] == [("P", 8.0), ("C", 40.0), ("N", 52.0)]


def test_signs_name_the_kinds_of_restricted_area_that_are_drawn(sample_findings):
    layer = sample_findings.layers["areas"]
    mined = layer.table.assign(kind=layer.table["kind"].replace("closure", "mined"))
    none = layer.table[layer.table["kind"] == "water"]
    said = []
    for table in (layer.table, mined, none):
        areas = dataclasses.replace(layer, table=table)
        layers = {**sample_findings.layers, "areas": areas}
        said.append(html_of(dataclasses.replace(sample_findings, layers=layers)))
    assert "no-fly area, caveat, closure" in said[0]
    assert "no-fly area, caveat, mined" in said[1]
    assert "no-fly area, caveat" not in said[2]


def test_a_source_of_a_later_day_has_no_age_in_the_sources_table(sample_findings):
    later = tuple(dataclasses.replace(s, date=dt.date(2024, 7, 1)) for s in sample_findings.sources)
    rows = tables(dataclasses.replace(sample_findings, sources=later))["sources"].rows
    assert {row[3].text for row in rows} == {"after as_of"}
    assert {row[3].tone for row in rows} == {"old"}
