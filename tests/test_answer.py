"""The answer in words and shares: worked out by hand, and the same wherever it is shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from geo_poc import figures
from geo_poc.answer import (
    BAR_LETTERS,
    all_cases,
    answer,
    bad_news,
    bar,
    no_zone,
    own_case,
    share_width,
    uncounted,
    whole_percents,
    worst,
    written_share,
    written_shares,
)
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import CaseSummary, Tally, share_in_time
from geo_poc.maps.cases import headline
from geo_poc.provenance import Step
from geo_poc.report.headline import below_bar, class_bar, lead, matrix
from geo_poc.report.page import rendered, report_context
from geo_poc.run import Run
from geo_poc.screen.run import run_tables
from geo_poc.wording import plain

MADE = dt.datetime(2024, 7, 1, 12, 0, tzinfo=dt.UTC)
ZONES = (
    "2 zones of raised threat with 10,000 residents and displaced people "
    "are reached by nobody in 3 h."
)
WET_DAY_AIR, WET_NIGHT_AIR, WET_NIGHT_GROUND = 2, 3, 7


def words(sentence) -> str:
    return plain(sentence).replace("\u00a0", " ")


def case_of(people: dict[str, float], *, sites: int = 1) -> CaseSummary:
    """A possible case with so many people in each class."""
    tallies = {c: Tally(sites=0, sites_unknown_people=0, people=0.0) for c in "PCN?E"}
    for letter, count in people.items():
        tallies[letter] = Tally(sites=sites, sites_unknown_people=0, people=float(count))
    total = Tally(sites=5, sites_unknown_people=0, people=float(sum(people.values())))
    return CaseSummary(
        layer="camp",
        season="wet",
        light="day",
        air=True,
        possible=True,
        total=total,
        by_class=tallies,
        unreached=Tally(sites=0, sites_unknown_people=0, people=0.0),
    )


def judged(findings: Findings, letter: str) -> Findings:
    """The run with every site in one class."""
    classes = findings.coverage.classes.assign(**{"class": letter})
    coverage = dataclasses.replace(findings.coverage, classes=classes)
    return dataclasses.replace(findings, coverage=coverage)


def without_zones(findings: Findings) -> Findings:
    return dataclasses.replace(findings, zones=findings.zones.head(0))


def printed(run: Run) -> str:
    """What the terminal shows of a run, without line breaks."""
    console = Console(width=400, record=True, file=io.StringIO())
    console.print(*run_tables(run), sep="\n")
    return console.export_text().replace("\u00a0", " ")


def uncounted_people(findings: Findings) -> Findings:
    places = findings.coverage.places.assign(people=np.nan)
    coverage = dataclasses.replace(findings.coverage, places=places)
    return dataclasses.replace(findings, coverage=coverage)


# --- whole percentages ----------------------------------------------------------------------------


@given(st.tuples(*[st.integers(0, 10**7)] * 4).filter(any))
def test_shares_side_by_side_add_up_to_100_and_none_is_a_whole_percent_off(amounts):
    total = sum(amounts)
    wholes = whole_percents([part / total for part in itertools.accumulate(amounts)])
    assert sum(wholes) == 100
    for whole, amount in zip(wholes, amounts, strict=True):
        assert abs(whole - 100 * amount / total) < 1 + 1e-9
        assert whole == 0 or amount


@given(st.tuples(*[st.integers(0, 10**6)] * 4).filter(lambda a: any(a[:3])))
def test_shares_side_by_side_are_those_of_the_matrix(amounts):
    with_aircraft = case_of(dict(zip(BAR_LETTERS, amounts, strict=True)))
    flown, late = amounts[1:3]
    without = case_of({"P": amounts[0], "N": flown + late, "?": amounts[3]})
    wholes = whole_percents([with_aircraft.share(*BAR_LETTERS[: n + 1]) for n in range(4)])
    assert wholes[0] == figures.whole_percent(share_in_time(without))
    assert sum(wholes[:2]) == figures.whole_percent(share_in_time(with_aircraft))


@pytest.mark.parametrize(
    ("amounts", "wholes"),
    [
        ((1, 1, 1, 0), (33, 34, 33, 0)),
        ((245, 466, 289, 0), (25, 46, 29, 0)),
        ((665, 0, 335, 0), (67, 0, 33, 0)),
        ((0, 0, 1, 1), (0, 0, 50, 50)),
        ((0, 0, 5, 995), (0, 0, 1, 99)),
        ((29, 7, 57, 7), (29, 7, 57, 7)),
    ],
)
def test_sums_are_rounded_and_parted_again(amounts, wholes):
    total = sum(amounts)
    assert whole_percents([part / total for part in itertools.accumulate(amounts)]) == wholes


def test_three_shares_that_would_be_rounded_up_do_not_add_up_to_101():
    assert sum(figures.whole_percent(share) for share in (0.335, 0.33, 0.335)) == 101
    shares = written_shares(case_of({"P": 335, "C": 330, "N": 335}))
    assert shares == {"P": "34%", "C": "33%", "N": "33%", "?": "0%"}


def test_some_is_never_written_as_none_nor_not_all_as_all():
    shares = written_shares(case_of({"P": 99_700, "N": 300}))
    assert shares == {"P": ">\u00a099%", "C": "0%", "N": "<\u00a01%", "?": "0%"}


def test_a_case_of_which_nothing_was_assessed_has_no_share_but_that_of_the_unassessed():
    shares = written_shares(case_of({"?": 500}))
    assert shares == {"P": "unknown", "C": "unknown", "N": "unknown", "?": "100%"}
    assert [(part.letter, part.label) for part in bar(case_of({"?": 500}))] == [("?", "? 100%")]


def test_a_case_without_any_site_has_no_bar():
    assert bar(case_of({})) == ()
    assert set(written_shares(case_of({})).values()) == {"unknown"}


@given(st.tuples(*[st.integers(0, 10**6)] * 4).filter(any))
def test_widths_of_the_bar_are_exact_and_fill_it(amounts):
    parts = bar(case_of(dict(zip(BAR_LETTERS, amounts, strict=True))))
    assert sum(part.width for part in parts) == pytest.approx(100.0, abs=0.02)
    assert [part.letter for part in parts] == [
        letter for letter, amount in zip(BAR_LETTERS, amounts, strict=True) if amount
    ]


# --- sentences ------------------------------------------------------------------------------------


def test_sentence_says_what_the_bar_shows(sample_findings):
    thirds = uncounted_people(sample_findings)  # of six sites two each are P, C and N
    case = own_case(thirds)
    assert [part.label for part in bar(case)] == ["P 33%", "C 34%", "N 33%"]
    assert "33% of known sites are protected within 3 h; 34% more" in words(answer(thirds, case))


def test_zones_are_spoken_of_in_the_plans_own_case_whether_or_not_a_site_is_late(sample_findings):
    reached = judged(sample_findings, "P")
    assert [words(s) for s in bad_news(reached, own_case(reached))] == [ZONES]
    assert [words(s) for s in bad_news(sample_findings, own_case(sample_findings))] == [
        "5,200 displaced people at sites are not protected; 2,800 cannot be reached in 24 h by any asset.",
        ZONES,
    ]


@pytest.mark.parametrize("case", [0, 4, 5, 6, WET_NIGHT_GROUND])
def test_zones_are_not_spoken_of_in_a_case_for_which_they_were_not_found(sample_findings, case):
    said = bad_news(sample_findings, all_cases(sample_findings)[case])
    assert not any("zone" in words(sentence) for sentence in said)


def test_zone_whose_people_are_unknown_is_not_said_to_be_empty(sample_findings):
    zones = sample_findings.zones.assign(people=np.nan)
    blind = dataclasses.replace(sample_findings, zones=zones)
    said = words(bad_news(blind, own_case(blind))[-1])
    assert said == (
        "2 zones of raised threat are reached by nobody in 3 h; "
        "how many people live there is unknown."
    )


def test_no_zone_is_claimed_with_aircraft_only_where_they_fly(sample_findings):
    night = dataclasses.replace(sample_findings.plan.plan, light="night")
    grounded = dataclasses.replace(
        sample_findings, plan=dataclasses.replace(sample_findings.plan, plan=night)
    )
    assert words(no_zone(sample_findings)).startswith("With aircraft flying, no zone of raised")
    assert words(no_zone(grounded)).startswith("No zone of raised threat was found that nobody")


def test_zones_stand_on_the_terminal_or_one_sentence_says_that_there_are_none(sample_findings):
    steps = (Step(name="all", seconds=1.0, peak_mb=1.0),)
    run = Run(findings=sample_findings, out=Path("out"), warnings=(), files=(), steps=steps)
    assert ZONES in printed(run)
    assert "Not protected: most people first" in printed(run)
    empty = printed(dataclasses.replace(run, findings=without_zones(sample_findings)))
    assert words(no_zone(sample_findings)) in empty
    assert "Not protected: most people first" not in empty


def test_where_nobody_is_late_the_sentence_does_not_say_that_anyone_is_safe(sample_findings):
    reached = without_zones(judged(sample_findings, "P"))
    (only,) = bad_news(reached, own_case(reached))
    assert "does not mean that nobody is in danger" in words(only)


def test_worst_case_says_how_many_cases_were_not_fully_assessed(sample_findings):
    # Six cases can exist. By wet night the time to c5, which holds 2,400, is unknown: of the others the
    # wet day without aircraft has the lowest share, 10,800 of 20,000.
    classes = sample_findings.coverage.classes
    wet_night = (classes["season"] == "wet") & (classes["light"] == "night")
    hidden = classes["class"].mask(wet_night & (classes["id"] == "c5"), "?")
    coverage = dataclasses.replace(
        sample_findings.coverage, classes=classes.assign(**{"class": hidden})
    )
    assert words(worst(dataclasses.replace(sample_findings, coverage=coverage))) == (
        "Worst case (wet season, day, no aircraft): 54%. 1 of 6 cases could not be fully assessed."
    )


def test_worst_case_is_unknown_where_a_site_is_unassessed_in_every_case(sample_findings):
    classes = sample_findings.coverage.classes
    hidden = classes["class"].mask(classes["id"] == "c5", "?")
    coverage = dataclasses.replace(
        sample_findings.coverage, classes=classes.assign(**{"class": hidden})
    )
    assert words(worst(dataclasses.replace(sample_findings, coverage=coverage))) == (
        "The worst case is unknown: no case could be fully assessed."
    )


def test_share_of_a_case_that_cannot_exist_is_a_dash_and_an_unknown_one_a_question_mark(
    sample_findings,
):
    cannot = all_cases(sample_findings)[WET_NIGHT_AIR]
    assert (written_share(cannot), share_width(cannot), bar(cannot)) == ("\u2013", 0.0, ())
    unknown = own_case(judged(sample_findings, "?"))
    assert (written_share(unknown), share_width(unknown)) == ("?", 0.0)


# --- the same on map and report -------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda findings: findings,
        without_zones,
        uncounted_people,
        lambda findings: judged(findings, "P"),
        lambda findings: without_zones(judged(findings, "P")),
        lambda findings: judged(findings, "?"),
    ],
)
def test_map_and_report_say_the_same(sample_findings, change):
    findings = change(sample_findings)
    page, report = headline(findings), lead(findings)
    first = page["cases"][page["first"]]
    assert "".join(t for t, _ in first["lead"][0]) == plain(report.answer)
    assert "".join(t for t, _ in first["bad"]) == " ".join(map(plain, report.bad))
    worst_of_page = "".join(t for t, _ in page["worst"])
    assert [worst_of_page, page["unknown"]] == [plain(s) for s in below_bar(findings)]
    assert [worst_of_page, page["unknown"]] == [
        plain(worst(findings)),
        plain(uncounted(own_case(findings))),
    ]
    shown = [(part.letter, part.width) for part in class_bar(findings)]
    assert [(part["letter"], part["width"]) for part in first["bar"]] == shown
    cells = [cell for row in matrix(findings) for cell in row]
    assert [(c["share"], c["width"], c["possible"]) for c in page["cases"]] == [
        (c.share, c.width, c.possible) for c in cells
    ]
    assert [c.chosen for c in cells].index(True) == page["first"]


def test_class_that_is_too_narrow_for_a_label_is_still_read_aloud(sample_findings):
    night = dataclasses.replace(sample_findings.plan.plan, light="night")
    findings = dataclasses.replace(
        sample_findings, plan=dataclasses.replace(sample_findings.plan, plan=night)
    )
    assert [part.label for part in class_bar(findings)] == ["", "N 96%"]
    html = rendered(report_context(findings, made=MADE, version="0.1.0"))
    assert 'aria-label="Shares by class: P 4%, N 96%"' in html


def test_without_a_known_threat_it_is_not_said_that_no_zone_was_found(
    sample_findings: Findings,
) -> None:
    nothing = np.full(sample_findings.theatre.grid.shape, np.nan, dtype=np.float32)
    threat = dataclasses.replace(sample_findings.threat, expected=nothing)
    said = plain(no_zone(dataclasses.replace(sample_findings, threat=threat)))
    assert said.startswith("The threat is unknown, not zero")
    assert "no zone of raised threat was found" not in said
