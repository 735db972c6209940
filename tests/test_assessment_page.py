"""The page of the weekly assessment: words, escaping, map, and what it says of the unknown."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo_poc.coverage.assessment import (
    Assessment,
    Dissent,
    Outlook,
    Under,
    came,
    in_area_grid,
    outlook_of,
    with_times,
)
from geo_poc.coverage.demand import demand
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.minority import gone, overlooked
from geo_poc.coverage.posture import LACKING, POSTURES, advised
from geo_poc.coverage.risk_areas import risk_areas
from geo_poc.coverage.risk_scene import Assessed
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.draws import threat_draws
from geo_poc.layers.threat.levels import threat_levels
from geo_poc.layers.threat.models import MODELS
from geo_poc.layers.threat.surface import fit
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.report.assessment_files import assessment_content
from geo_poc.report.assessment_map import assessment_map, key_symbol
from geo_poc.report.assessment_page import assessment_html, assessment_page, looks_back
from geo_poc.report.assessment_words import (
    change_words,
    confidence_words,
    exposed_words,
    lacking_words,
    last_words,
    lead,
    people_words,
    posture_words,
)
from geo_poc.routing.travel_time import TravelTime
from geo_poc.wording import plain

MADE = dt.datetime(2024, 7, 1, 12, 0, tzinfo=dt.UTC)
NAN, INF = float("nan"), float("inf")
NBSP = chr(160)
RIVALS = ("one line", "all-history counts")


@pytest.fixture(scope="module")
def sample(sample_findings: Findings) -> Assessment:
    """The made-up run's threat as an assessment: its hostile site is the largest place of an area."""
    findings = sample_findings
    theatre, tables = findings.theatre, {n: one.table for n, one in findings.layers.items()}
    incidents = tables["incidents"].copy()
    hostile = tables["camps"].set_index("id").geometry["c3"]
    incidents.loc[[0, 1, 2, 3], "geometry"] = hostile
    background = Background(theatre=theatre, people=findings.people)
    threats = [
        fit(incidents, theatre.as_of - dt.timedelta(days=days), background=background)
        for days in (0, 7, 364)
    ]
    threat, before, year_before = threats
    assert threat.past is not None
    assert threat.total is not None
    draws = threat_draws(threat.past, threat.total, rng=np.random.default_rng(1), draws=5)
    assessed = Assessed(
        theatre=theatre,
        threat=threat,
        before=before,
        draws=draws,
        places=demand(tables["camps"], tables["places"]),
        people=findings.people,
        others={name: MODELS[name].density(threat.past) for name in RIVALS},
        cell_class=findings.coverage.cell_class,
    )
    conditions = findings.plan.conditions
    areas = advised(risk_areas(assessed), newest_age_days=10.0, models=len(RIVALS))
    return Assessment(
        theatre=theatre,
        data_of=theatre.as_of,
        threat=threat,
        level=threat_levels(threat, theatre=theatre),
        firmness=in_area_grid(theatre, draws.firmness),
        outlook=outlook_of(threat=threat, before=before, year_before=year_before, draws=draws),
        before_of=before.as_of,
        recorded=False,
        areas=with_times(areas, findings.travel, conditions),
        overlooked=overlooked(assessed, share=0.2),
        gone=gone(assessed),
        models=RIVALS,
        draws=5,
        seed=1,
        under=Under(
            plan=findings.plan.plan.name,
            conditions=conditions,
            standard_s=findings.plan.standard.response,
        ),
        layers=findings.layers,
        people_known=True,
    )


def html_of(assessment: Assessment, *, top: int = 15) -> str:
    return assessment_html(assessment_page(assessment, made=MADE, version="0", top=top))


def said(assessment: Assessment, *, top: int = 15) -> str:
    return " ".join(map(plain, lead(assessment, top=top))).replace(NBSP, " ")


def area(**values: Any) -> Any:
    """One area with figures by hand."""
    known = {
        "residents": 1_234.0, "displaced": 500.0, "residents_unknown_ratio": 0.0, "sites_unknown_people": 0,
        "camps_unknown_people": 0, "exposed": 150.0, "change": "same", "expected_before": 0.2, "posture": "deploy",
        "firm_ratio": 0.4, "class_ratio": 0.6, "ratio_n": 0.6, "ratio_c": 0.0, "ground_s": 10_810.0,
        "ground_mover": "wheeled_patrol",
        "ground_base": "B", "confidence": "low", "lacking": "", "models_n": 1, "last_event": pd.Timestamp("2024-06-20"),
    }  # fmt: skip
    return SimpleNamespace(**(known | values))


def test_text_from_data_is_never_code(sample: Assessment) -> None:
    assert sample.areas["name"].str.contains("<img", regex=False).any()
    hostile = dataclasses.replace(
        sample,
        dissent=(Dissent(name="<script>1</script>", text="</section><b>x"),),
        theatre=dataclasses.replace(sample.theatre, name="<i>&\u202e"),
    )
    page = html_of(hostile)
    assert "<img" not in page
    assert "<script" not in page
    assert "</section><b>x" not in page
    assert "\u202e" not in page
    assert "&lt;img" in page


def test_the_page_asks_for_nothing_and_bears_marking_and_disclaimer(sample: Assessment) -> None:
    page = html_of(sample)
    assert not re.search(r"<[^>]*\s(?:src|href)=", page)
    assert "url(" not in page.replace("url(#", "")
    assert "default-src 'none'" in page
    assert page.count(f">{sample.theatre.marking}<") == 2
    assert "do not imply official endorsement" in page


def test_only_the_first_areas_are_listed_and_numbered(sample: Assessment) -> None:
    assert len(sample.areas) > 2
    page = html_of(sample, top=2)
    body = page.split('<table class="risk-areas">')[1].split("</table>")[0]
    assert re.findall(r'<th scope="row">(\d+)<', body) == ["1", "2"]
    drawing = ET.fromstring(assessment_map(sample, top=2))
    numbers = [text.text for text in drawing.iter("text") if text.get("font-weight") == "700"]
    assert numbers == ["1", "2"]


def test_bases_are_drawn_with_a_plan_only(sample: Assessment) -> None:
    assert assessment_map(sample, top=1).count("scale(0.6)") == 3
    bare = dataclasses.replace(sample, under=None)
    assert "scale(0.6)" not in assessment_map(bare, top=1)
    assert "base of the plan" in html_of(sample)
    assert "base of the plan" not in html_of(bare)


@pytest.mark.parametrize("name", ["firm", "marginal", "gone", "number", "base"])
def test_every_sign_of_the_legend_is_a_drawing(name: str) -> None:
    assert len(list(ET.fromstring(key_symbol(name)))) > 0


def test_the_answer_names_number_range_place_and_change(sample: Assessment) -> None:
    outlook = Outlook(
        expected=4.12, low=1.0, high=9.0, before=3.96, year_before=2.0, year_before_low=0.0,
        year_before_high=5.0, came_year_before=3.0, came_lately=1.0,
    )  # fmt: skip
    words = said(dataclasses.replace(sample, outlook=outlook))
    assert "In the 30 days from 30 JUN 24 4.1 recorded incidents are expected (1 to 9)" in words
    assert "The assessment of 23 JUN 24 expected 4.0" in words
    assert "a year before 2.0 were expected and 3 were recorded" in words
    assert sample.areas["name"].iloc[0][:20] in words
    unranged = dataclasses.replace(outlook, low=NAN, high=NAN)
    words = said(dataclasses.replace(sample, outlook=unranged))
    assert "too few past months are known" in words


def test_the_answer_says_of_how_much_of_the_area_residents_are_unknown(sample: Assessment) -> None:
    areas = sample.areas.assign(residents=900.0, displaced=NAN, residents_unknown_ratio=0.3)
    words = said(dataclasses.replace(sample, areas=areas))
    assert (
        "900 residents known and unknown displaced people there, residents of 30% of its area unknown"
        in words
    )


def listed(sample: Assessment, **columns: list[Any]) -> Assessment:
    """As many areas as values, alike but for these."""
    n = len(next(iter(columns.values())))
    areas = pd.concat([sample.areas.head(1)] * n, ignore_index=True)
    named = areas.assign(rank=range(1, n + 1), name=[f"A{i}" for i in range(1, n + 1)], **columns)
    return dataclasses.replace(sample, areas=gpd.GeoDataFrame(named, crs=sample.areas.crs))


def test_the_first_area_is_called_what_it_is_and_that_with_most_incidents_named_too(
    sample: Assessment,
) -> None:
    words = said(listed(sample, exposed=[90.0, 50.0], expected=[0.5, 1.5]))
    assert "Most people are exposed at A1" in words
    assert "Most incidents are expected at A2" in words
    assert "No 2" in words
    both = said(listed(sample, exposed=[90.0, 50.0], expected=[1.5, 0.5]))
    assert "Most people are exposed at A1" in both
    assert "Most incidents" not in both
    unknown = said(listed(sample, exposed=[NAN, NAN], expected=[1.5, 0.5]))
    assert "Most incidents are expected at A1" in unknown
    assert "Most people" not in unknown
    by_mean = said(listed(sample, exposed=[NAN, 50.0], expected=[0.5, 1.5]))
    assert (
        "First in the list, in which an unknown number of people counts as the mean, is A1"
        in by_mean
    )
    assert "highest risk" not in words + both + unknown + by_mean


def test_who_is_late_is_counted_over_all_areas_and_then_over_those_shown(
    sample: Assessment,
) -> None:
    """Six areas, N three times, of which one is not firm; the first two shown are P and C."""
    found = listed(
        sample,
        **{
            "class": list("PCNNN?"),
            "posture": ["patrol", "lift", "deploy", "deploy", "watch", "find_out"],
        },
    )
    words = said(found, top=2)
    assert (
        "all 6 areas, each by its largest part: 3 reached by nobody within 3 h, 1 only by air"
        in words
    )
    assert "1 on the ground, 1 unknown or outside the mandate; 1 of them not firm" in words
    assert "shows the first 2: 0 by nobody, 1 only by air, 1 on the ground, 0 unknown" in words
    assert "whoever can reach them" in words
    assert "shows the first: 0 by nobody" in said(found, top=1)
    assert "shows the first" not in said(found, top=6)
    assert "no plan was given" in said(dataclasses.replace(sample, under=None))


def test_a_number_of_late_areas_is_bold_unless_it_is_zero(sample: Assessment) -> None:
    def strong(letters: str) -> str:
        found = listed(sample, **{"class": list(letters)})
        return " ".join(s.text for one in lead(found, top=9) for s in one if s.strong)

    assert "1 reached by nobody" in strong("PN").replace(NBSP, " ")
    assert "reached by nobody" not in strong("PP")


def test_one_area_is_spoken_of_as_one(sample: Assessment) -> None:
    one = dataclasses.replace(sample, areas=sample.areas.head(1))
    page = html_of(one).replace(NBSP, " ")
    assert "the 1 area by its largest part" in page
    assert "The 1 risk area" in page
    assert "rank; the first is numbered" in page
    assert "1 areas" not in page
    assert f"The first of {len(sample.areas)} risk areas" in html_of(sample, top=1)


def test_without_any_area_the_page_says_that_nothing_is_known(sample: Assessment) -> None:
    empty = dataclasses.replace(
        sample, areas=sample.areas[:0], overlooked=sample.overlooked[:0], gone=sample.gone[:0]
    )
    page = html_of(empty)
    assert "That is no sign of safety" in page
    assert "No risk area can be named" in page
    assert "No other model has an area" in page
    assert "No area left the list" in page
    assert len(lead(empty, top=5)) == 1


def test_what_left_the_list_is_shown_with_what_was_expected_then(sample: Assessment) -> None:
    left = sample.areas.head(1).assign(level=4)
    page = html_of(dataclasses.replace(sample, gone=left))
    assert "To have left the list is not to be safe" in page
    assert '<table class="gone">' in page
    assert "T4" in page.split('<table class="gone">')[1]


def test_a_long_list_of_minority_views_says_how_many_more_there_are(sample: Assessment) -> None:
    one = sample.areas.head(1).assign(level=0, models="one line; all-history counts")
    many = gpd.GeoDataFrame(pd.concat([one] * 12, ignore_index=True), crs=one.crs)
    page = html_of(dataclasses.replace(sample, overlooked=many))
    assert "2 more stand in assessment.gpkg." in page
    assert "One line; Counts, all history" in page
    assert "no reports, unknown" in page
    minority = page.split('<table class="minority">')[1].split("</table>")[0]
    assert minority.count("T?") == 10
    assert "T0" not in minority


def test_a_look_back_and_a_recorded_picture_are_named(sample: Assessment) -> None:
    assert looks_back(sample) == ()
    back = dataclasses.replace(sample, data_of=dt.date(2024, 12, 31), recorded=True)
    assert plain(looks_back(back)).replace(NBSP, " ").endswith("those of the files, of 31 DEC 24.")
    assert "as it was recorded then" in html_of(back)
    assert "computed anew from the same files" in html_of(sample)
    unknown = dataclasses.replace(
        sample, people_known=False, threat=dataclasses.replace(sample.threat, newest=None)
    )
    assert "because residents are unknown" in html_of(unknown)
    assert math.isnan(unknown.newest_age_days)
    assert sample.newest_age_days == 10.0


def test_nothing_claims_that_people_are_safe_or_that_attacks_will_come(sample: Assessment) -> None:
    page = re.sub(r"<[^>]+>", " ", html_of(sample)).lower()
    for claim in ("is safe", "are safe", "will be attacked", "will attack", "risk-free", "optimal"):
        assert claim not in page
    assert "is not safe" in page


def test_people_are_known_partly_known_or_unknown() -> None:
    assert people_words(area()) == "1,200 residents, 500 displaced"
    partly = people_words(area(residents_unknown_ratio=0.25, sites_unknown_people=2))
    assert partly.endswith("; residents of 25% of it unknown; 2 sites uncounted")
    none = people_words(area(residents=NAN, residents_unknown_ratio=1.0, displaced=NAN))
    assert none == "unknown residents, unknown displaced"


def test_exposed_is_at_least_so_many_where_some_are_unknown() -> None:
    assert exposed_words(area()) == "150 exposed"
    assert exposed_words(area(camps_unknown_people=1)) == "at least 150 exposed"
    assert exposed_words(area(residents_unknown_ratio=0.1)) == "at least 150 exposed"
    assert exposed_words(area(residents_unknown_ratio=1.0, exposed=NAN)) == "unknown exposed"


def test_change_and_last_incident_are_written_out() -> None:
    assert change_words(area(change="risen")) == ("▲ risen", "0.2 before")
    assert change_words(area(change="new", expected_before=NAN)) == ("new", "unknown before")
    assert last_words(area()).replace(NBSP, " ") == "20 JUN 24"
    assert last_words(area(last_event=pd.NaT)) == "none recorded in it"


@pytest.mark.parametrize(
    ("values", "title", "why"),
    [
        ({}, "Deploy beforehand", "60% of it reached by nobody within 3 h"),
        ({"posture": "lift"}, "Aircraft at notice", "only by air within 3 h; 60% by nobody"),
        ({"posture": "patrol", "ratio_n": 0.0}, "Patrol", "60% of it on the ground within 3 h; soonest"),
        ({"posture": "patrol", "ratio_n": 0.1, "ratio_c": 0.3}, "Patrol", "; 10% by nobody; 30% only by air; soonest"),
        ({"posture": "find_out"}, "Find out who reaches it", "for 60% of it times are unknown"),
        ({"posture": "inform"}, "Inform those in charge", "60% of it outside the mandate"),
        ({"posture": "watch"}, "Watch, ask for reports", "only 40% of it is firm"),
        ({}, "", "soonest: Road patrol from Bravo, 3 h 1 min"),
        ({"ground_s": INF}, "", "no way there on the ground"),
        ({"ground_s": NAN}, "", "time on the ground unknown"),
    ],
)  # fmt: skip
def test_a_posture_says_why(
    sample: Assessment, values: dict[str, Any], title: str, why: str
) -> None:
    found = posture_words(area(**values), sample)
    assert title in found[0]
    assert why in found[1].replace(NBSP, " ")


def test_without_a_plan_the_posture_says_so(sample: Assessment) -> None:
    bare = dataclasses.replace(sample, under=None)
    assert posture_words(area(posture="not_assessed"), bare) == (
        "not assessed",
        "no plan was given",
    )


def test_confidence_says_who_agrees_and_what_is_lacking(sample: Assessment) -> None:
    words = confidence_words(area(lacking="not_firm; alone"), sample)
    assert words == ("low", "1 of 2 other models agree; hangs on few incidents")
    assert all(lacking_words(one) for one in LACKING)
    assert "3 incidents" in lacking_words("few_precise")
    assert "30 days" in lacking_words("stale")
    assert "365 days" in lacking_words("quiet")


def test_the_json_defines_every_posture_and_everything_that_may_be_lacking(
    sample: Assessment,
) -> None:
    definitions = assessment_content(sample, made="m", version="0")["definitions"]
    assert set(definitions["posture"]) == set(POSTURES)
    assert set(definitions["lacking"]) == set(LACKING)


def test_numbers_that_came_are_those_that_started_in_the_window(sample: Assessment) -> None:
    """Of the twelve incidents 2024-02-01, 03-17, 05-28 and 06-20 are of the last 150 days."""
    past = sample.threat.past
    assert came(past, dt.date(2024, 2, 1), 150) == 4.0
    assert came(past, dt.date(2024, 2, 2), 150) == 3.0
    assert np.isnan(came(past, dt.date(2022, 2, 2), 30))
    assert np.isnan(came(None, dt.date(2024, 2, 2), 30))


def test_an_outlook_of_recorded_pictures_knows_what_they_tell(sample: Assessment) -> None:
    bare = dataclasses.replace(sample.threat, total=None, past=None)
    draws = SimpleNamespace(low=NAN, high=NAN)
    found = outlook_of(threat=bare, before=bare, year_before=bare, draws=draws)  # type: ignore[arg-type]
    assert all(math.isnan(value) for value in dataclasses.astuple(found))


def times_of(findings: Findings, **seconds: float) -> list[TravelTime]:
    """Times of the present case with one value in every cell, by mover."""
    case = findings.plan.conditions
    return [
        dataclasses.replace(
            one,
            cell_seconds=np.full_like(one.cell_seconds, seconds[one.mover]),
            cell_owner=np.full_like(one.cell_owner, 1 if np.isfinite(seconds[one.mover]) else -1),
        )
        for one in findings.travel
        if one.conditions == case and one.mover in seconds
    ]


def test_the_soonest_time_is_the_shortest_known_and_unknown_is_not_none(
    sample: Assessment, sample_findings: Findings
) -> None:
    case = sample_findings.plan.conditions
    areas = sample.areas.head(1).drop(columns=["ground_s", "air_s"])

    def found(**seconds: float) -> Any:
        return next(with_times(areas, times_of(sample_findings, **seconds), case).itertuples())

    both = found(wheeled_patrol=900.0, foot_patrol=600.0, mi8=300.0)
    assert (both.ground_s, both.ground_mover, both.ground_base) == (600.0, "foot_patrol", "B")
    assert (both.air_s, both.air_mover) == (300.0, "mi8")
    one = found(wheeled_patrol=NAN, foot_patrol=600.0)
    assert (one.ground_s, one.air_s, one.air_base) == (600.0, INF, "")
    assert math.isnan(found(wheeled_patrol=NAN, foot_patrol=INF).ground_s)
    assert found(wheeled_patrol=INF, foot_patrol=INF).ground_s == INF


def test_times_of_other_conditions_and_of_no_plan_are_not_taken(
    sample: Assessment, sample_findings: Findings
) -> None:
    other = next(c for c in ALL_CONDITIONS if c != sample_findings.plan.conditions)
    times = times_of(sample_findings, wheeled_patrol=900.0)
    assert (with_times(sample.areas, times, other)["ground_s"] == INF).all()
    assert with_times(sample.areas, (), None)["ground_s"].isna().all()
