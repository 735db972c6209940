"""Posture and confidence: every rule by hand."""

from __future__ import annotations

import itertools

import geopandas as gpd
import pandas as pd
import pytest

from geo_poc.coverage.posture import LACKING, POSTURES, advised, grounds, posture

NAN = float("nan")
SURE = {
    "firm_ratio": 0.5,
    "precise_events": 3,
    "days_since": 365.0,
    "newest_age_days": 30.0,
    "agree": 2,
    "models": 4,
}
AGAINST = {
    "not_firm": {"firm_ratio": 0.49},
    "few_precise": {"precise_events": 2},
    "quiet": {"days_since": 366.0},
    "stale": {"newest_age_days": 31.0},
    "alone": {"agree": 1},
}


def test_each_class_has_its_posture() -> None:
    of_class = {"N": "deploy", "C": "lift", "?": "find_out", "P": "patrol", "E": "inform"}
    assert {letter: posture(letter, 0.5) for letter in of_class} == of_class
    assert set(POSTURES) == {*of_class.values(), "watch", "not_assessed"}


@pytest.mark.parametrize("letter", ["N", "C", "?", "P", "E"])
def test_what_is_not_firm_is_to_be_watched_whoever_reaches_it(letter: str) -> None:
    assert posture(letter, 0.49) == "watch"


def test_without_a_plan_no_posture_is_assessed() -> None:
    assert posture("", 1.0) == posture("", 0.0) == "not_assessed"


def test_at_every_limit_nothing_speaks_against_an_area() -> None:
    found = grounds(**SURE)
    assert (found.confidence, found.lacking) == ("high", ())


@pytest.mark.parametrize("number", range(6))
def test_confidence_falls_with_each_thing_that_is_lacking(number: int) -> None:
    wanted = ["high", "moderate", "low", "low", "low", "low"][number]
    for lacking in itertools.combinations(LACKING, number):
        changed = {key: value for one in lacking for key, value in AGAINST[one].items()}
        found = grounds(**{**SURE, **changed})
        assert (found.confidence, found.lacking) == (wanted, lacking)


def test_what_is_unknown_counts_against() -> None:
    assert grounds(**{**SURE, "newest_age_days": NAN}).lacking == ("stale",)
    assert grounds(**{**SURE, "days_since": NAN}).lacking == ("quiet",)


def test_areas_are_advised_row_by_row() -> None:
    areas = gpd.GeoDataFrame(
        pd.DataFrame(
            {
                "models_agree": ["a; b; c", ""],
                "firm_ratio": [1.0, 0.0],
                "precise_events": [5, 0],
                "days_since": [9.0, NAN],
                "class": ["N", "P"],
            }
        ),
        geometry=gpd.points_from_xy([0, 0], [0, 0]),
        crs="EPSG:32636",
    )
    found = advised(areas, newest_age_days=3.0, models=5)
    assert found["models_n"].tolist() == [3, 0]
    assert found["posture"].tolist() == ["deploy", "watch"]
    assert found["confidence"].tolist() == ["high", "low"]
    assert found["lacking"].tolist() == ["", "not_firm; few_precise; quiet; alone"]
    none = advised(areas[:0], newest_age_days=3.0, models=5)
    assert none.empty
    assert "posture" in none
