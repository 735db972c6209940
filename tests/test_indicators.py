"""Indicators and levels: hysteresis, windows, what is unknown, rules and triggers, worked out by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.errors import ConfigError, SourceError
from geo_poc.indicators_file import (
    AreaRule,
    AssessSpec,
    IndicatorsFile,
    IndicatorSpec,
    LevelsSpec,
    RecordSpec,
    SeriesSpec,
    TriggerSpec,
)
from geo_poc.layers.indicators.areas import Judged, Sites, judged_areas
from geo_poc.layers.indicators.evaluate import (
    Known,
    area_faults,
    assessment_days,
    evaluated,
)
from geo_poc.layers.indicators.facts import indicator_facts
from geo_poc.layers.indicators.latch import Thresholds, held_levels, shared, worst
from geo_poc.layers.indicators.reports import Span, covered, reports_of, spans_of
from geo_poc.layers.indicators.series import read_series
from geo_poc.layers.indicators.triggers import fired_triggers, undecided_triggers
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.layers.schemas import validated

CRS = "EPSG:32636"
DAY_1 = dt.date(2021, 1, 1)
CAMP = Judged(name="Camp", kind="circle", shape=shapely.Point(0, 0), radius_m=10_000.0)
BOX = Judged(name="Box", kind="admin", shape=shapely.box(0, 0, 10_000, 10_000))
WHOLE = Judged(name="All", kind="whole", shape=shapely.box(-1e6, -1e6, 1e6, 1e6))


def day(number: int) -> dt.date:
    """Day so many days after 1 January 2021."""
    return DAY_1 + dt.timedelta(days=number)


def stamp(number: float) -> float:
    return float((DAY_1 - dt.date(1970, 1, 1)).days + number)


def incidents(*rows: dict[str, object]) -> gpd.GeoDataFrame:
    """Checked incidents: each at 0, 0 on day 0 unless it says otherwise."""
    made = [
        {
            "id": f"E{number}",
            "source": "record",
            "kind": "one_sided",
            "where_prec": 1,
            "date_prec": 1,
            "deaths_best": 1.0,
            "deaths_low": 1.0,
            "deaths_high": 1.0,
            "deaths_civilians": 0.0,
            "sensitive": False,
            "position_sd_m": 0.0,
            "end": row.get("end", row.get("start", 0)),
            "start": row.get("start", row.get("end", 0)),
            "at": (0, 0),
            **{name: value for name, value in row.items() if name not in {"start", "end"}},
        }
        for number, row in enumerate(rows, 1)
    ]
    table = pd.DataFrame(made)
    if not rows:
        return validated("incidents", gpd.GeoDataFrame({"geometry": []}, crs=CRS))
    blank = (
        "actor_a",
        "actor_b",
        "admin1",
        "admin2",
        "place",
        "note",
        "reliability",
        "credibility",
    )
    for text in blank:
        table[text] = ""
    table["date_start"] = [pd.Timestamp(day(int(n))) for n in table["start"]]
    table["date_end"] = [pd.Timestamp(day(int(n))) for n in table["end"]]
    points = [shapely.Point(at) for at in table["at"]]
    return validated("incidents", gpd.GeoDataFrame(table, geometry=points, crs=CRS))


def known(*rows: dict[str, object], first: int = -1000, last: int = 1000, series=None) -> Known:
    span = Span(source="record", first_day=stamp(first), last_day=stamp(last))
    return Known(reports=reports_of(incidents(*rows)), spans=(span,), series=series or {})


def indicator(measure: str = "events", **more: object) -> IndicatorSpec:
    own: dict[str, object] = {
        "name": "Indicator",
        "measure": measure,
        "up": [1.0, 3.0, 6.0],
        "down": [1.0, 2.0, 4.0],
        "fall_after_days": 0,
        "window_days": 10,
    }
    return IndicatorSpec(**(own | more))


def file_of(*indicators: IndicatorSpec, triggers=(), rule="worst", needed=None) -> IndicatorsFile:
    return IndicatorsFile(
        assess=AssessSpec(step="day", first=DAY_1, source="test"),
        levels=LevelsSpec(names=["one", "two", "three"], rule=rule, indicators=needed),
        areas=[AreaRule(whole=True)],
        indicators=list(indicators),
        triggers=list(triggers),
    )


def values(spec: IndicatorSpec, data: Known, days: list[int], area: Judged = CAMP):
    found = evaluated(file_of(spec), [area], data, [day(n) for n in days])
    return found.areas[0].indicators[0].measured


def levels(file: IndicatorsFile, data: Known, days: list[int], area: Judged = CAMP):
    return evaluated(file, [area], data, [day(n) for n in days])


# --- hysteresis ---------------------------------------------------------------------------------------------


def held(values_, *, fall_after: float, step: float = 7.0) -> list[int]:
    thresholds = Thresholds(up=(3, 6, 9), down=(2, 4, 7), fall_after_days=fall_after)
    days = step * np.arange(len(values_))
    return held_levels(days, np.array(values_, dtype=float), thresholds).level.tolist()


def test_a_level_is_reached_at_once_and_left_after_the_days_below():
    # Below 7 from week 2 on: two weeks below have passed in week 4. Below 4 from week 4, below 2 never.
    assert held([0, 9, 6, 6, 3, 3, 3, 3], fall_after=14) == [0, 3, 3, 3, 2, 2, 1, 1]


def test_several_levels_are_reached_in_one_step():
    assert held([0, 100], fall_after=14) == [0, 3]


def test_a_value_between_down_and_up_keeps_the_level_and_does_not_reach_it():
    assert held([2.5, 3, 2.5, 2.5, 2.5], fall_after=0) == [0, 1, 1, 1, 1]


def test_a_value_at_the_lower_threshold_is_not_below_it():
    assert held([3, 2, 2, 1.99], fall_after=0) == [1, 1, 1, 0]


def test_one_assessment_above_breaks_the_run_below():
    assert held([3, 0, 2, 0, 0, 0], fall_after=14) == [1, 1, 1, 1, 1, 0]


def test_values_that_swing_around_the_threshold_do_not_make_the_level_swing():
    assert held([3, 1, 3, 1, 3, 1, 3], fall_after=8) == [1] * 7


def test_fall_after_days_is_met_on_the_day_itself():
    assert held([3, 0, 0], fall_after=7) == [1, 1, 0]
    assert held([3, 0, 0], fall_after=7.001) == [1, 1, 1]


def test_unknown_reaches_nothing_and_keeps_what_is_held():
    assert held([math.nan, 3, 0, math.nan, 0, 0, 0], fall_after=14) == [0, 1, 1, 1, 1, 1, 0]


def test_days_below_are_reported_for_each_level():
    thresholds = Thresholds(up=(3, 6), down=(2, 4), fall_after_days=14)
    found = held_levels(7.0 * np.arange(3), np.array([6, 3, 1.0]), thresholds)
    assert np.array_equal(
        found.below_since, [[math.nan] * 2, [math.nan, 7], [14, 7]], equal_nan=True
    )


def slow_levels(values_, up, down, fall_after, step):
    """Each level on its own, from the words of the rule."""
    out = []
    for n in range(len(values_)):
        level = 0
        for k in range(len(up)):
            on = False
            for m in range(n + 1):
                start = m
                while start > 0 and values_[start - 1] < down[k]:
                    start -= 1
                if values_[m] < down[k] and (m - start) * step >= fall_after:
                    on = False
                if values_[m] >= up[k]:
                    on = True
            level = max(level, (k + 1) * on)
        out.append(level)
    return out


series_of_values = st.lists(
    st.one_of(st.integers(0, 12).map(float), st.just(math.nan)), min_size=1, max_size=25
)


@given(series_of_values, st.integers(0, 30))
def test_levels_are_those_of_the_rule_in_words(values_, fall_after):
    expected = slow_levels(values_, (3, 6, 9), (2, 4, 7), fall_after, 7)
    assert held(values_, fall_after=fall_after) == expected


@given(series_of_values, st.integers(0, 30), st.data())
def test_higher_values_never_give_a_lower_level(values_, fall_after, data):
    more = [v + data.draw(st.integers(0, 3)) for v in values_]
    pairs = zip(
        held(values_, fall_after=fall_after), held(more, fall_after=fall_after), strict=True
    )
    assert all(low <= high for low, high in pairs)


def test_the_rules_of_areas():
    three = np.array([[3, 0, 1], [0, 2, 1], [1, 2, 0]])
    assert worst(three).tolist() == [3, 2, 1]
    assert shared(three, indicators=1).tolist() == [3, 2, 1]
    assert shared(three, indicators=2).tolist() == [1, 2, 1]
    assert shared(three, indicators=3).tolist() == [0, 0, 0]


# --- values -------------------------------------------------------------------------------------------------


def test_a_window_holds_the_days_before_the_assessment_and_not_the_day_itself():
    data = known({"end": 0}, {"end": 9}, {"end": 10})
    assert values(indicator(), data, [0, 1, 10, 11, 20, 21]).value.tolist() == [0, 1, 2, 2, 1, 0]


def test_an_event_counts_when_it_is_over_and_by_its_last_day():
    data = known({"start": 0, "end": 5})
    assert values(indicator(), data, [5, 6, 15, 16]).value.tolist() == [0, 1, 1, 0]


def test_of_linked_reports_one_stands_for_the_event():
    table = incidents({"end": 0}, {"end": 1}, {"end": 2}).assign(event=["E2", "E2", "E3"])
    assert reports_of(table).ident.tolist() == ["E2", "E3"]


def test_deaths_are_summed_and_unknown_ones_are_named():
    rows = [
        {"end": 0, "deaths_best": 4.0, "deaths_low": 2.0, "deaths_high": 9.0},
        {"end": 1, "deaths_best": math.nan, "deaths_low": 1.0, "deaths_high": math.nan},
    ]
    found = values(indicator("deaths_best"), known(*rows), [2])
    assert (found.value[0], found.missing[0], found.open[0]) == (4.0, 1, True)
    assert values(indicator("deaths_low"), known(*rows), [2]).value[0] == 3.0
    facts = indicator_facts(
        levels(file_of(indicator("deaths_best")), known(*rows), [2]).areas[0].indicators[0],
        [day(2)],
    )
    assert np.array_equal(facts.deaths, (math.nan, 3.0, math.nan), equal_nan=True)


def test_only_events_of_the_target_and_the_kinds_count():
    rows = [
        {"kind": "one_sided"},
        {"kind": "non_state", "deaths_civilians": 2.0},
        {"kind": "non_state"},
        {"kind": "state_based"},
    ]
    assert values(indicator(), known(*rows), [1]).value[0] == 4
    assert values(indicator(target="civilian"), known(*rows), [1]).value[0] == 2
    assert values(indicator(target="one_sided"), known(*rows), [1]).value[0] == 1
    assert values(indicator(kinds=["non_state"]), known(*rows), [1]).value[0] == 2


def test_an_event_on_the_edge_of_a_circle_or_a_polygon_is_in_it():
    rows = [{"at": (10_000, 0)}, {"at": (10_000.5, 0)}, {"at": (0, -1)}]
    assert values(indicator(), known(*rows), [1]).value[0] == 2
    assert values(indicator(), known(*rows), [1], BOX).value[0] == 1


def test_within_adds_what_is_around_the_area():
    rows = [{"at": (10_003, 0)}, {"at": (10_006, 0)}]
    assert values(indicator(within=5.0), known(*rows), [1]).value[0] == 1
    assert values(indicator(within=5.0), known(*rows), [1], BOX).value[0] == 1


def test_events_of_vague_place_are_named_and_not_counted():
    rows = [
        {"where_prec": 4, "position_sd_m": 60_000.0, "at": (129_000, 0)},
        {"where_prec": 4, "position_sd_m": 60_000.0, "at": (131_000, 0)},
        {"where_prec": 6, "position_sd_m": math.nan, "at": (500_000, 0)},
        {"where_prec": 1, "date_prec": 5},
        {"where_prec": 1, "date_prec": 5, "at": (500_000, 0)},
    ]
    found = values(indicator(), known(*rows), [1])
    assert (found.value[0], found.vague[0]) == (0, 3)
    assert values(indicator(where_prec=4, within=2e5), known(*rows), [1]).value[0] == 2


def test_the_whole_theatre_counts_events_of_any_place():
    rows = [{"where_prec": 7, "at": (5e6, 0), "position_sd_m": math.nan}, {"date_prec": 5}]
    found = values(indicator(), known(*rows), [1], WHOLE)
    assert (found.value[0], found.vague[0]) == (1, 1)


CHANGE = {"measure": "change", "window_days": 10, "against_days": 20, "least_events": 2}


def test_a_change_compares_events_a_day():
    # 3 in 10 days against 2 in 20: 0.3 / 0.1.
    data = known(*({"end": n} for n in (0, 19, 20, 25, 29)))
    assert values(indicator(**CHANGE), data, [30]).value[0] == pytest.approx(3.0)


def test_a_change_from_nothing_is_unbounded_and_too_few_events_are_no_change():
    data = known({"end": 25}, {"end": 26})
    found = values(indicator(**CHANGE), data, [26, 30])
    assert found.note.tolist() == ["few", ""]
    assert found.severity.tolist() == [-math.inf, math.inf]


SINCE = {"measure": "days_since", "up": [9, 5, 2], "down": [12, 7, 2], "window_days": None}


def test_days_since_the_last_event_fall_when_one_comes():
    found = levels(file_of(indicator(**SINCE)), known({"end": 10}), [10, 11, 12, 13, 19, 23, 24])
    own = found.areas[0].indicators[0]
    assert own.measured.value.tolist()[1:] == [1, 2, 3, 9, 13, 14]
    # No event on record for more than 12 days before day 10: known to be quiet.
    assert own.measured.note[0] == "none"
    assert own.held.level.tolist() == [0, 3, 3, 2, 1, 0, 0]


def test_quiet_before_the_record_is_unknown():
    spec = indicator(**SINCE)
    found = values(spec, known(first=0), [11, 12])
    assert found.unknown.tolist() == [True, False]
    assert found.note.tolist() == ["record", "none"]


def test_an_old_event_counts_although_the_record_has_a_gap_before_the_longest_threshold():
    span = Span(source="late", first_day=stamp(30), last_day=stamp(99))
    data = dataclasses.replace(known({"end": 0}), spans=(span,))
    found = values(indicator(**SINCE), data, [35, 42, 50])
    assert found.unknown.tolist() == [True, False, False]


# --- what is unknown ----------------------------------------------------------------------------------------


def test_a_window_that_the_record_does_not_cover_is_unknown_and_never_low():
    found = values(indicator(), known({"end": 5}, first=0, last=20), [9, 10, 21, 22])
    assert found.unknown.tolist() == [True, False, False, True]
    assert np.isnan(found.value[[0, 3]]).all()


def test_a_change_needs_the_record_of_both_times():
    found = values(indicator(**CHANGE), known({"end": 29}, {"end": 28}, first=0), [29, 30])
    assert found.unknown.tolist() == [True, False]


def test_one_source_has_to_cover_the_whole_time():
    spans = [Span(source="a", first_day=0, last_day=9), Span(source="b", first_day=10, last_day=30)]
    assert covered(spans, np.array([0.0, 5, 10]), np.array([9.0, 15, 30])).tolist() == [
        True,
        False,
        True,
    ]
    assert covered([], np.array([0.0]), np.array([1.0])).tolist() == [False]


def test_the_level_of_an_area_is_at_least_what_is_known():
    known_one, unknown_one = indicator(name="a"), indicator(name="b", window_days=500)
    data = known({"end": 0}, {"end": 1}, {"end": 2}, first=-100)
    area = levels(file_of(known_one, unknown_one), data, [3]).areas[0]
    assert (area.level[0], area.could_be[0], area.unknown(0)) == (2, 3, 1)
    both = levels(file_of(known_one, unknown_one, rule="count", needed=2), data, [3]).areas[0]
    assert (both.level[0], both.could_be[0]) == (0, 2)


def test_an_unknown_indicator_keeps_the_level_that_it_held():
    data = known(*({"end": n} for n in range(6)), last=8)
    area = levels(file_of(indicator()), data, [6, 10, 30]).areas[0]
    assert area.level.tolist() == [3, 3, 3]
    assert [area.unknown(n) for n in range(3)] == [0, 1, 1]


def test_spans_go_from_the_first_incident_to_the_newest_record_of_the_source():
    def source(label, date):
        return SourceRecord(
            layer="incidents", file=label, label=label, licence="", sha256="", date=dt.date(2029, 1, 1), newest=date,
            read=0, kept=0, rejected=0,
        )  # fmt: skip

    table = incidents({"start": 3, "end": 4, "source": "a"}, {"end": 7, "source": "a"})
    sources = (source("a", day(9)), source("empty", day(9)), source("dateless", None))
    layer = Layer(name="incidents", table=table, sources=sources)
    assert spans_of(layer, RecordSpec()) == (
        Span(source="a", first_day=stamp(3), last_day=stamp(9)),
    )
    (quiet,) = spans_of(layer, RecordSpec(quiet_days=3))
    assert quiet.last_day == stamp(12)
    spans = spans_of(layer, RecordSpec(first=day(0), last=day(5)))
    assert [span.source for span in spans] == ["a", "empty", "dateless"]
    assert {(span.first_day, span.last_day) for span in spans} == {(stamp(0), stamp(5))}


# --- no leakage ---------------------------------------------------------------------------------------------


event = st.fixed_dictionaries(
    {
        "end": st.integers(0, 120),
        "at": st.tuples(st.integers(-12_000, 12_000), st.integers(-12_000, 12_000)),
        "deaths_best": st.integers(0, 9).map(float),
    }
)
SPECS = (
    indicator(name="events", fall_after_days=14),
    indicator("deaths_best", name="deaths", fall_after_days=7),
    indicator(**(SINCE | {"name": "since", "fall_after_days": 3})),
)
RISE = indicator(**(CHANGE | {"name": "rise"}))
WEEKS = list(range(0, 120, 7))
TRIGGERS = (
    TriggerSpec(name="level", decision="d", decide_within_days=1, level="W2"),
    TriggerSpec(name="rise", decision="d", decide_within_days=1, rise=2, within_days=14),
    TriggerSpec(name="value", decision="d", decide_within_days=1, indicator="deaths", reaches=5.0),
)


@settings(deadline=None, max_examples=30)
@given(st.lists(event, max_size=25), st.integers(1, len(WEEKS)))
def test_levels_up_to_a_day_are_the_beginning_of_those_up_to_a_later_day(rows, count):
    file = file_of(*SPECS, RISE, triggers=TRIGGERS)
    cut = [row for row in rows if row["end"] < WEEKS[count - 1]]
    short = levels(file, known(*cut), WEEKS[:count])
    long = levels(file, known(*rows), WEEKS)
    assert short.areas[0].level.tolist() == long.areas[0].level[:count].tolist()
    assert short.areas[0].could_be.tolist() == long.areas[0].could_be[:count].tolist()
    fired = {each.code for each in fired_triggers(TRIGGERS, long) if each.at < count}
    assert {each.code for each in fired_triggers(TRIGGERS, short)} == fired


@settings(deadline=None, max_examples=30)
@given(st.lists(event, max_size=20), event)
def test_one_more_event_never_lowers_a_level_counted_by_events(rows, more):
    file = file_of(*SPECS)
    before = levels(file, known(*rows), WEEKS).areas[0].level
    after = levels(file, known(*rows, more), WEEKS).areas[0].level
    assert (after >= before).all()


def test_an_event_planted_after_the_last_day_changes_nothing():
    rows = [{"end": n} for n in (0, 20, 40)]
    file = file_of(*SPECS, RISE)
    planted = levels(
        file, known(*rows, {"end": 84}, {"start": 80, "end": 90}), list(range(0, 85, 7))
    )
    plain = levels(file, known(*rows), list(range(0, 85, 7)))
    for with_it, without in zip(
        planted.areas[0].indicators, plain.areas[0].indicators, strict=True
    ):
        assert np.array_equal(with_it.measured.value, without.measured.value, equal_nan=True)
        assert with_it.held.level.tolist() == without.held.level.tolist()


# --- triggers -----------------------------------------------------------------------------------------------


def fired(trigger: TriggerSpec, data: Known, days: list[int], *specs: IndicatorSpec):
    found = levels(file_of(*(specs or (indicator(),)), triggers=[trigger]), data, days)
    return [(each.day, each.until, each.holds) for each in fired_triggers([trigger], found)]


def test_a_level_trigger_fires_on_the_first_day_and_again_after_a_break():
    trigger = TriggerSpec(name="t", decision="d", decide_within_days=1, level="W1")
    data = known({"end": 3}, {"end": 30})
    assert fired(trigger, data, list(range(42))) == [
        (day(31), day(40), False),
        (day(4), day(13), False),
    ]
    assert fired(trigger, data, list(range(36)))[0] == (day(31), day(35), True)


def test_a_rise_is_counted_from_the_lowest_level_of_the_days_before():
    trigger = TriggerSpec(name="t", decision="d", decide_within_days=1, rise=2, within_days=7)
    # One event gives W1 on day 4, three give W2 on day 10.
    slow = known({"end": 3}, {"end": 9}, {"end": 9})
    assert fired(trigger, slow, list(range(20))) == [(day(10), day(10), False)]
    assert fired(trigger, slow, [0, 4, 12]) == []
    # From W1 to W3 is a rise by two as well.
    again = known({"end": 0}, *({"end": 9} for _ in range(6)))
    assert fired(trigger, again, [1, 8, 10]) == [(day(10), day(10), True)]


def test_the_first_assessment_is_no_rise():
    trigger = TriggerSpec(name="t", decision="d", decide_within_days=1, rise=1, within_days=7)
    assert fired(trigger, known({"end": 0}), [1, 2]) == []


def test_an_indicator_trigger_goes_by_the_value_itself():
    trigger = TriggerSpec(
        name="t", decision="d", decide_within_days=1, indicator="Indicator", reaches=2.0
    )
    data = known({"end": 0}, {"end": 5})
    assert fired(trigger, data, list(range(20))) == [(day(6), day(10), False)]
    since = TriggerSpec(
        name="t", decision="d", decide_within_days=1, indicator="Indicator", reaches=3.0
    )
    assert fired(since, known({"end": 5}), list(range(12)), indicator(**SINCE)) == [
        (day(6), day(8), False)
    ]


def test_an_unknown_indicator_neither_fires_a_trigger_nor_ends_its_run():
    trigger = TriggerSpec(
        name="t", decision="d", decide_within_days=1, indicator="Indicator", reaches=1.0
    )
    gap = (
        Span(source="a", first_day=stamp(-50), last_day=stamp(5)),
        Span(source="b", first_day=stamp(8), last_day=stamp(40)),
    )
    data = dataclasses.replace(known({"end": 2}, {"end": 15}), spans=gap)
    # Known on days 3 to 6 and from 18 on; the run of day 3 is the one that goes on.
    assert fired(trigger, data, [3, 6, 10, 18]) == [(day(3), day(18), True)]


def test_a_trigger_asks_only_in_its_areas_and_where_its_indicator_is_measured():
    own = TriggerSpec(name="t", decision="d", decide_within_days=1, level="W1", areas=["Camp"])
    value = TriggerSpec(
        name="v", decision="d", decide_within_days=1, indicator="Indicator", reaches=1.0
    )
    file = file_of(indicator(areas=["Camp"]), indicator(name="other"), triggers=[own, value])
    found = evaluated(file, [CAMP, WHOLE], known({"end": 0}), [day(1)])
    assert [(f.area, f.trigger.name) for f in fired_triggers([own, value], found)] == [
        ("Camp", "t"),
        ("Camp", "v"),
    ]
    assert undecided_triggers([own, value], found) == ()


def test_codes_are_the_same_in_every_run_and_differ_by_trigger_area_and_day():
    trigger = TriggerSpec(name="t", decision="d", decide_within_days=1, level="W1")
    found = levels(file_of(indicator()), known({"end": 0}, {"end": 30}), list(range(42)))
    first, second = fired_triggers([trigger], found)
    shorter = levels(file_of(indicator()), known({"end": 0}, {"end": 30}), list(range(5)))
    assert fired_triggers([trigger], shorter)[0].code == second.code != first.code
    other = dataclasses.replace(trigger, name="u")
    assert fired_triggers([other], shorter)[0].code != second.code


def test_triggers_that_may_hold_are_named():
    triggers = [
        *TRIGGERS[:2],
        TriggerSpec(
            name="value", decision="d", decide_within_days=1, indicator="Indicator", reaches=5.0
        ),
    ]
    data = known(*({"end": 0} for _ in range(3)), last=5)
    file = file_of(indicator(), triggers=triggers)
    # On day 20 nothing is known: W2 is still held, and W3 would be a rise by one.
    names = [each.trigger for each in undecided_triggers(triggers, levels(file, data, [1, 20]))]
    assert names == ["value"]
    quiet = levels(file, known(last=5), [1, 8])
    assert [each.trigger for each in undecided_triggers(triggers, quiet)] == [
        "level",
        "rise",
        "value",
    ]


# --- facts --------------------------------------------------------------------------------------------------


def test_facts_name_the_events_newest_first_and_no_sensitive_one():
    rows = [{"end": 1}, {"end": 3, "sensitive": True}, {"end": 2}, {"end": 40}]
    found = levels(file_of(indicator(fall_after_days=30)), known(*rows), [4, 14, 20])
    own = found.areas[0].indicators[0]
    facts = indicator_facts(own, found.days, 0)
    assert (facts.events, facts.idents, facts.unnamed) == (3, ("E3", "E1"), 1)
    assert (facts.newest, facts.sources, facts.crossed, facts.level) == (day(3), ("record",), 2, 2)
    last = indicator_facts(own, found.days)
    assert (last.events, last.crossed, last.level, last.since) == (0, 0, 2, day(4))
    assert (last.below_since, last.falls_on) == (day(14), day(44))
    assert last.newest is None


# --- series -------------------------------------------------------------------------------------------------


PRICE = SeriesSpec(name="price", path="p.csv", valid_days=10, label="monitor")


def series_in(folder, text: str, areas=("Camp", "Box")):
    (folder / "p.csv").write_text(text, encoding="utf-8")
    return read_series(PRICE, folder=folder, areas=areas)


def price(**more: object) -> IndicatorSpec:
    return indicator("value", window_days=None, series="price", **({"worse": "higher"} | more))


def test_a_value_counts_from_the_day_after_its_own_until_it_is_too_old(tmp_path):
    read = series_in(tmp_path, "date,area,value\n2021-01-01,Camp,4\n2021-01-05,Camp,7\n")
    found = values(price(), known(series={"price": read}), [0, 1, 4, 5, 14, 15])
    assert found.note.tolist() == ["no_value", "", "", "", "", "stale"]
    assert found.value.tolist()[1:5] == [4, 4, 7, 7]
    facts = indicator_facts(
        levels(file_of(price()), known(series={"price": read}), [5]).areas[0].indicators[0],
        [day(5)],
    )
    assert (facts.newest, facts.sources, facts.valid_days) == (day(4), ("monitor",), 10)


def test_lower_is_worse_where_it_is_said_so(tmp_path):
    read = series_in(tmp_path, "date,area,value\n2021-01-01,*,4\n2021-01-02,Camp,1\n")
    spec = price(worse="lower", up=[5.0, 3, 1], down=[6.0, 4, 2])
    found = levels(file_of(spec), known(series={"price": read}), [1, 2])
    assert found.areas[0].level.tolist() == [1, 3]
    box = levels(file_of(spec), known(series={"price": read}), [1, 2], BOX)
    assert box.areas[0].level.tolist() == [1, 1]


def test_an_empty_cell_is_no_value(tmp_path):
    read = series_in(tmp_path, "\ufeffdate , area,value\n2021-01-01,Camp,4\n2021-01-03,Camp,\n")
    assert read.by_area["Camp"].value.tolist() == [4.0]
    assert (read.rows, read.by_area["Box"].day.size) == (1, 0)


def test_every_fault_of_a_series_is_named_with_its_line(tmp_path):
    lines = ["01/02/2021,Camp,3", "2021-01-02,Cmap,x", "2021-02-30,Camp,inf", "2021-01-01,*,1"]
    lines += ["2021-01-01,Box,2", "20210101,Nowhere at all,1"]
    with pytest.raises(SourceError) as caught:
        series_in(tmp_path, "date,area,value\n" + "\n".join(lines))
    faults = [str(fault) for fault in caught.value.faults]
    assert [f.split("p.csv: ")[1].split(": must")[0] for f in faults] == [
        "line 2: date",
        "line 3: value",
        "line 3: area",
        "line 4: date",
        "line 4: value",
        "line 6: date",
        "line 7: date",
        "line 7: area",
    ]
    assert "did you mean 'Camp'?" in faults[2]
    assert "must be there once for Box" in faults[5]
    assert "or *" in faults[7]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "missing column.s. date, area, value. Found: nothing"),
        (b"date,place,value\n", "missing column.s. area"),
        (b"\xff\xfe", "must be a readable CSV in UTF-8"),
    ],
)
def test_a_file_that_is_no_series_is_an_error(tmp_path, content, message):
    (tmp_path / "p.csv").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_series(PRICE, folder=tmp_path, areas=["Camp"])


def test_a_series_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(SourceError, match=r"must be a readable CSV.*No such file"):
        read_series(PRICE, folder=tmp_path, areas=["Camp"])


# --- areas and days -----------------------------------------------------------------------------------------


def table(*rows: tuple[str, str, object]) -> gpd.GeoDataFrame:
    ids, names, shapes = ([row[n] for row in rows] for n in range(3))
    return gpd.GeoDataFrame({"id": ids, "name": names}, geometry=shapes, crs=CRS)


SITES = Sites(
    admin=table(("A1", "North", BOX.shape), ("A2", "South", BOX.shape), ("A3", "South", BOX.shape)),
    camps=table(("C1", "Delta", shapely.Point(1, 2)), ("C2", "", shapely.Point(3, 4))),
    places=table(("P1", "Delta", shapely.Point(5, 6)), ("North", "x", shapely.Point(7, 8))),
)


def areas_of(theatre, *rules: AreaRule):
    return judged_areas(rules, SITES, theatre=theatre, where="i.toml")


def test_areas_are_found_by_id_or_name_and_named_as_the_user_says(theatre_of):
    found = areas_of(
        theatre_of(1, 1),
        AreaRule(admin="North"),
        AreaRule(admin="A2", name="Far south"),
        AreaRule(around="C2", radius=5.0),
        AreaRule(around="P1", radius=7.0),
        AreaRule(whole=True),
    )
    assert [(a.name, a.kind, a.radius_m) for a in found] == [
        ("North", "admin", 0.0),
        ("Far south", "admin", 0.0),
        ("C2", "circle", 5.0),
        ("Delta", "circle", 7.0),
        ("square", "whole", 0.0),
    ]


def test_every_camp_gets_a_circle(theatre_of):
    found = areas_of(theatre_of(1, 1), AreaRule(every="camp", radius=5.0))
    assert [(a.name, a.radius_m, a.shape.x) for a in found] == [("Delta", 5.0, 1), ("C2", 5.0, 3)]


def test_areas_that_cannot_be_found_are_all_named(theatre_of):
    with pytest.raises(ConfigError) as caught:
        areas_of(
            theatre_of(1, 1),
            AreaRule(admin="Nort"),
            AreaRule(admin="South"),
            AreaRule(around="Delta", radius=1.0),
            AreaRule(around="zzzz", radius=1.0),
            AreaRule(admin="North"),
            AreaRule(admin="A2", name="North"),
        )
    messages = [str(fault) for fault in caught.value.faults]
    assert "did you mean 'North'?" in messages[0]
    assert "'South', which is 2 of them. Repair: give its id: A2, A3" in messages[1]
    assert "give its id: C1, P1" in messages[2]
    assert "there are 4 of them" in messages[3]
    assert "'North' 2 times" in messages[4]


@pytest.mark.parametrize("every", ["admin", "camp"])
def test_every_of_nothing_is_an_error(theatre_of, every):
    none = table().iloc[:0]
    rule = AreaRule(every=every, radius=1.0)
    with pytest.raises(ConfigError, match="must find at least one"):
        judged_areas(
            [rule],
            Sites(admin=none, camps=none, places=none),
            theatre=theatre_of(1, 1),
            where="i.toml",
        )


def test_names_of_areas_and_the_number_of_indicators_are_checked():
    trigger = TriggerSpec(name="t", decision="d", decide_within_days=1, level="W1", areas=["X"])
    file = file_of(
        indicator(areas=["Camp", "Y"]),
        indicator(name="b"),
        triggers=[trigger],
        rule="count",
        needed=2,
    )
    messages = [str(fault) for fault in area_faults(file, [CAMP, BOX], where="i.toml")]
    assert [message.split(": must")[0].split(": needs")[0] for message in messages] == [
        "i.toml: [indicators] 1 areas",
        "i.toml: [triggers] 1 areas",
        "i.toml: [[areas]] Box",
    ]


@pytest.mark.parametrize(
    ("step", "as_of", "expected"),
    [
        ("day", 2, [0, 1, 2]),
        ("week", 13, [0, 7]),
        ("week", 14, [0, 7, 14]),
        ("month", 58, [0, 31]),
        ("month", 59, [0, 31, 59]),
    ],
)
def test_days_of_assessment_do_not_depend_on_the_last(step, as_of, expected):
    assess = AssessSpec(step=step, first=DAY_1, source="s")
    days = assessment_days(assess, day(as_of), where="i.toml")
    assert days == tuple(day(n) for n in expected)


@pytest.mark.parametrize(("step", "first"), [("day", 6), ("month", 2)])
def test_no_day_of_assessment_is_an_error(step, first):
    assess = AssessSpec(step=step, first=day(first), source="s")
    with pytest.raises(ConfigError, match=r"\[assess\] from: must give a day"):
        assessment_days(assess, day(5), where="i.toml")
