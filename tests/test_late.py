"""Why an answer is late: the plan of the made-up run has a standard of 3 h in the wet season."""

import dataclasses

import numpy as np
import pytest

from geo_poc.coverage.deciding import DecidingWay
from geo_poc.late import late_in_short, late_sentence, waiting_makes_late, way_of
from geo_poc.maps.times import times
from geo_poc.maps.ways import ways
from geo_poc.maps.zones import reason_sentence, zones
from geo_poc.report.sites import late_sites, zones_table
from geo_poc.routing.routes import On, Route

CRS = "+proj=laea +lat_0=10.000000 +lon_0=-27.000000 +datum=WGS84 +units=m +no_defs +type=crs"
HOUR_S = 3600.0
SPACE = "\u00a0"


def answer(mover="wheeled_patrol", *, hours=5.0, km=52.0, waits_h=0.0, walked_km=0.0):
    return {
        "mover": mover,
        "seconds": hours * HOUR_S,
        "distance_m": km * 1000,
        "approval_s": waits_h * HOUR_S,
        "walked_m": walked_km * 1000,
    }


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (answer(), "Road patrol too slow in the wet season: 52 km of way."),
        # 6.9 h less 6 h of waiting is 0.9 h, which would be in time.
        (
            answer(hours=6.9, km=1.4, waits_h=6),
            "Road patrol waits 6 h for approval: 1.4 km of way.",
        ),
        # 10 h less 6 h is 4 h: too late even with the approval in hand.
        (
            answer(hours=10, waits_h=6),
            "Road patrol too slow in the wet season: 52 km of way, waits 6 h for approval.",
        ),
        (
            answer("mi8", hours=4, walked_km=3.5),
            "Helicopter Mi-8 too late: 52 km of way, 3.5 km of it on foot from the landing site.",
        ),
        # The season slows nobody down in the air.
        (answer("mi8", hours=4), "Helicopter Mi-8 too slow: 52 km of way."),
    ],
)
def test_a_late_site_says_what_makes_it_late(sample_findings, found, words):
    assert late_sentence(found, sample_findings).replace(SPACE, " ") == words


def test_waiting_makes_late_only_what_would_else_be_in_time(sample_findings):
    # The standard is 3 h; a time equal to it meets it.
    assert waiting_makes_late(answer(hours=5, waits_h=2), sample_findings)
    assert not waiting_makes_late(answer(hours=5.01, waits_h=2), sample_findings)
    assert not waiting_makes_late(answer(hours=2), sample_findings)
    assert not waiting_makes_late(answer(hours=5, waits_h=np.nan), sample_findings)


def test_what_is_walked_is_part_of_the_way():
    assert way_of(answer(km=52, walked_km=0)).replace(SPACE, " ") == "52 km of way"
    said = way_of(answer(km=52, walked_km=0.8)).replace(SPACE, " ")
    assert said == "52 km of way, 800 m of it on foot from the landing site"


def zone(sample_findings, **changes):
    row = next(sample_findings.zones.itertuples(index=False))
    return row._replace(**changes)


@pytest.mark.parametrize(
    ("changes", "short", "long"),
    [
        ({}, "Road patrol too slow", "Too slow in the wet season: Road patrol from Charlie"),
        (
            {"seconds": 6.9 * HOUR_S, "approval_s": 6 * HOUR_S},
            "Road patrol waits 6 h for approval",
            "takes 6.9 h: waits 6 h for approval.",
        ),
        (
            {"mover": "mi8", "seconds": 4 * HOUR_S, "walked_m": 3500.0},
            "Helicopter Mi-8 too late: 3.5 km of it on foot from the landing site",
            "takes 4 h: 3.5 km of it on foot from the landing site.",
        ),
        (
            {"mover": "mi8", "walked_m": np.nan},
            "Helicopter Mi-8 too late: the last of it may be on foot from the landing site",
            "takes 10 h: the last of it may be on foot from the landing site.",
        ),
        (
            {"approval_s": np.nan},
            "Road patrol too late: may have to wait for approval",
            "takes 10 h: may have to wait for approval.",
        ),
        ({"mover": "mi8"}, "Helicopter Mi-8 too slow", "Too far: Helicopter Mi-8 from Charlie"),
    ],
)
def test_report_and_map_say_the_same_of_a_late_zone(sample_findings, changes, short, long):
    row = zone(sample_findings, **changes)
    assert late_in_short(row, sample_findings).replace(SPACE, " ") == short
    assert long in reason_sentence(sample_findings, row).replace(SPACE, " ")


def test_the_tables_of_the_report_say_who_waits(sample_findings):
    coverage = sample_findings.coverage
    # November, p5, is late by road in 7.5 h; 6 h of it shall be waiting.
    waits = (coverage.answers["id"] == "p5") & (coverage.answers["mover"] == "wheeled_patrol")
    answers = coverage.answers.assign(
        approval_s=coverage.answers["approval_s"].mask(waits, 6 * HOUR_S)
    )
    zones = sample_findings.zones.assign(approval_s=[8 * HOUR_S, np.nan])
    found = dataclasses.replace(
        sample_findings, coverage=dataclasses.replace(coverage, answers=answers), zones=zones
    )
    rows = [row for block in late_sites(found) if hasattr(block, "rows") for row in block.rows]
    why = {row[1].text: row[8].small.replace(SPACE, " ") for row in rows}
    assert why["November"].startswith("Road patrol waits 6 h for approval: ")
    assert zones_table(found).rows[0][7].text.replace(SPACE, " ") == (
        "Road patrol waits 8 h for approval"
    )


def way_to(place, seconds):
    """A way of 10 km on a road."""
    return DecidingWay(
        place_id=place,
        base_id="C",
        mover="wheeled_patrol",
        seconds=seconds,
        way=Route(
            points_m=np.array([[0.0, 0.0], [10_000.0, 0.0]]),
            seconds=np.array([0.0, 3600.0]),
            on=(On.ROAD,),
            road_class=("primary",),
            length_m=np.array([10_000.0]),
            wait_s=np.zeros(1),
            crs=CRS,
        ),
    )


def test_a_time_just_beyond_the_standard_is_written_to_the_minute(sample_findings):
    # 3.04 h against a standard of 3 h: 182.4 min.
    late_s = 10_944.0
    coverage = sample_findings.coverage
    of_road = (coverage.answers["id"] == "p5") & (coverage.answers["mover"] == "wheeled_patrol")
    answers = coverage.answers.assign(seconds=coverage.answers["seconds"].mask(of_road, late_s))
    found = dataclasses.replace(
        sample_findings,
        coverage=dataclasses.replace(coverage, answers=answers),
        zones=sample_findings.zones.assign(seconds=[late_s, np.inf]),
        ways=(way_to("c5", late_s),),
    )
    rows = [row for block in late_sites(found) if hasattr(block, "rows") for row in block.rows]
    (november,) = (row for row in rows if row[1].text == "November")
    assert (november[4].text, november[4].tone) == (f"3{SPACE}h{SPACE}2{SPACE}min", "late")
    assert zones_table(found).rows[0][5].text == november[4].text
    (way,) = ways(found)["ways"]
    assert way["label"].endswith(f"▲ 3{SPACE}h{SPACE}2{SPACE}min")
    assert zones(found)[0]["time"] == november[4].text
    assert november[4].text in zones(found)[0]["nearest"]
    assert november[4].text in zones(found)[0]["reason"]
    assert november[4].text in times(found)["texts"]
