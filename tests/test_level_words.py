"""Values, data and decisions in words: one sentence for each thing there can be to say."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from geo_poc.indicators_file import IndicatorSpec
from geo_poc.layers.indicators.facts import IndicatorFacts
from geo_poc.report.level_words import data_text, held_text, ids_text, newest_text, value_text

DAY = dt.date(2026, 1, 8)


def facts(measure: str = "events", **more: object) -> IndicatorFacts:
    spec = IndicatorSpec(
        name="I",
        measure=measure,
        up=[1.0],
        down=[1.0],
        fall_after_days=7,
        window_days=30,
        against_days=90,
        series="price" if measure == "value" else "",
    )
    own: dict[str, object] = {
        "spec": spec, "value": 2.0, "note": "", "unknown": False, "level": 1, "since": DAY,
        "crossed": 1, "below_since": None, "falls_on": None, "events": 2, "idents": ("b", "a"),
        "newest": DAY, "sources": ("reports",), "valid_days": 20, "deaths": (5.0, 3.0, 1200.0),
        "missing": 0, "vague": 0,
    }  # fmt: skip
    return IndicatorFacts(**(own | more))


def said(words: str) -> str:
    return words.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (facts(), "2 events in 30 days"),
        (facts(events=1), "1 event in 30 days"),
        (facts(note="record"), "unknown: no source has a record of the whole time"),
        (
            facts("deaths_best", value=5.0, missing=1),
            "5 deaths in 30 days (low 3, best 5, high 1,200); deaths of 1 more event unknown",
        ),
        (
            facts("deaths_low", value=3.0, deaths=(math.nan, 3.0, math.nan)),
            "3 deaths in 30 days (low 3, best unknown, high unknown)",
        ),
        (
            facts("deaths_best", value=1.0, deaths=(1.0, 1.0, 1.0)),
            "1 death in 30 days (low 1, best 1, high 1)",
        ),
        (facts("days_since", value=1.0), "1 day since the last event"),
        (facts("days_since", value=math.inf, note="none"), "no event recorded"),
        (
            facts("change", value=2.46),
            "2 events in 30 days, 2.5 times as many a day as in the 90 days before",
        ),
        (facts("change", value=math.inf), "2 events in 30 days, none in the 90 days before"),
        (facts("change", value=math.nan, note="few"), "2 events in 30 days, too few for a change"),
        (facts("value", value=-0.5), "-0.5 on 08 JAN 26"),
        (facts("value", value=-0.0001), "0 on 08 JAN 26"),
        (
            facts("value", value=math.nan, note="stale"),
            "unknown: the last value, of 08 JAN 26, is more than 20 days old",
        ),
        (facts("value", value=math.nan, note="no_value", newest=None), "unknown: no value"),
    ],
)
def test_values_in_words(one, expected):
    assert said(value_text(one)) == expected


def test_data_in_words():
    assert said(data_text(facts())) == "reports: 2 events, newest 08 JAN 26"
    assert said(newest_text(facts())) == "newest 08 JAN 26"
    assert said(newest_text(facts("deaths_best", events=1))) == "1 event, newest 08 JAN 26"
    assert (
        said(data_text(facts("value"))) == said(newest_text(facts("value"))) == "reports, 08 JAN 26"
    )
    assert data_text(facts(newest=None)) == newest_text(facts(newest=None)) == "no event"


def test_ids_are_cut_and_what_is_not_named_is_counted():
    many = facts(idents=tuple("abcdefghijklmn"), events=15, vague=3)
    assert ids_text(many) == (
        "a, b, c, d, e, f, g, h, i, j, k, l; and 2 more; 1 sensitive, not named; "
        "3 more may belong here, known too vaguely to count"
    )
    assert ids_text(facts(idents=(), events=0)) == ""


def test_since_when_and_until_when_a_level_is_held():
    assert said(held_text(facts())) == "since 08 JAN 26"
    kept = facts(below_since=DAY, falls_on=dt.date(2026, 1, 15))
    assert said(held_text(kept)) == (
        "kept: below since 08 JAN 26, left on 15 JAN 26 at the earliest"
    )
