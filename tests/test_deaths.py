"""Deaths by event: low, best and high are carried through, and unknown is not 0."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo_poc.event_words import event_sentences
from geo_poc.layers.deaths import DEATHS, EVENT_COLUMNS, deaths_table, event_table
from geo_poc.layers.layer import Layer
from geo_poc.report_quality import events_record
from geo_poc.wording import plain

NAN = float("nan")
Row = tuple[str, str, str, str, float, float, float]


def incidents(*rows: Row) -> gpd.GeoDataFrame:
    """Reports: id, event, source, kind, deaths low, best and high."""
    names = ["id", "event", "source", "kind", *DEATHS]
    table = pd.DataFrame(list(rows), columns=names)
    sources = table.groupby("event")["source"].transform("nunique")
    table = table.assign(seen_by=sources.astype("int64"), weight=1.0, deaths_civilians=NAN)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([None] * len(table)))


LINKED = incidents(
    ("a", "a", "UCDP", "one_sided", 2, 3, 4),
    ("b", "a", "Mission", "one_sided", NAN, 7, NAN),
    ("c", "c", "UCDP", "state_based", 0, 0, 0),
    ("d", "d", "UCDP", "state_based", NAN, NAN, NAN),
    ("e", "e", "Mission", "state_based", NAN, 5, NAN),
)


def test_the_deaths_of_a_linked_event_are_the_range_over_its_reports() -> None:
    events = event_table(LINKED).set_index("event")
    assert events.loc["a", list(DEATHS)].tolist() == [2, 3, 7]
    assert events.loc["a", ["reports", "seen_by", "sources"]].tolist() == [2, 2, "Mission; UCDP"]


def test_a_report_alone_keeps_what_it_says_and_unknown_stays_unknown() -> None:
    events = event_table(LINKED).set_index("event")
    assert events.loc["c", list(DEATHS)].tolist() == [0, 0, 0]
    assert events.loc["d", list(DEATHS)].isna().all()
    assert events.loc["e", list(DEATHS)].isna().tolist() == [True, False, True]


def test_the_best_of_the_report_that_stands_for_the_event_comes_first() -> None:
    table = incidents(("b", "a", "A", "other", NAN, 9, NAN), ("a", "a", "B", "other", NAN, 4, NAN))
    assert event_table(table)["deaths_best"].tolist() == [4]
    silent = incidents(
        ("a", "a", "B", "other", NAN, NAN, NAN),
        ("z", "a", "D", "other", NAN, 8, NAN),
        ("y", "a", "C", "other", NAN, 6, NAN),
    )
    assert event_table(silent)["deaths_best"].tolist() == [6]


def test_a_kind_that_is_known_comes_before_other() -> None:
    table = incidents(("a", "a", "A", "other", 1, 1, 1), ("b", "a", "B", "one_sided", 1, 1, 1))
    assert event_table(table)["kind"].tolist() == ["one_sided"]
    assert event_table(incidents(("a", "a", "A", "other", 1, 1, 1)))["kind"].tolist() == ["other"]


def test_events_come_in_the_order_of_the_reports_that_stand_for_them() -> None:
    events = event_table(LINKED)
    assert events["event"].tolist() == ["a", "c", "d", "e"]
    assert list(events.columns) == list(EVENT_COLUMNS)


def test_sums_are_over_known_numbers_and_the_others_are_counted() -> None:
    """Low 2 + 0, best 3 + 0 + 5, high 7 + 0; d says nothing, e has a best only."""
    table = deaths_table(event_table(LINKED)).set_index("kind")
    assert table.loc["all"].tolist() == [4, 2, 2, 8, 1, 7, 2]
    assert table.loc["one_sided"].tolist() == [1, 2, 0, 3, 0, 7, 0]


def test_a_sum_over_nothing_known_is_unknown_not_0() -> None:
    table = incidents(("d", "d", "UCDP", "other", NAN, NAN, NAN))
    assert deaths_table(event_table(table))[list(DEATHS)].isna().all(axis=None)
    words = [plain(sentence) for sentence in event_sentences(table)]
    assert words == [
        "Reports of incidents: 1; events: 1.",
        "Deaths in these events: low unknown, best unknown, high unknown.",
    ]


def test_sentences_count_events_sources_and_unknown_deaths() -> None:
    words = [plain(sentence) for sentence in event_sentences(LINKED)]
    assert words == [
        "Reports of incidents: 5; events: 4.",
        "1 event seen by 2 sources.",
        "Deaths in these events: low 2 and 2 events of unknown number, best 8 and 1 event of "
        "unknown number, high 7 and 2 events of unknown number.",
    ]


def test_a_layer_that_was_not_linked_has_an_event_for_each_report() -> None:
    table = LINKED.drop(columns=["event", "seen_by", "weight"])
    assert event_table(table)["event"].tolist() == ["a", "b", "c", "d", "e"]


def test_the_record_of_a_run_holds_the_same_numbers() -> None:
    record = events_record(Layer(name="incidents", table=LINKED))
    assert {key: record[key] for key in ("reports", "events", "events_by_sources")} == {
        "reports": 5, "events": 4, "events_by_sources": {2: 1},
    }  # fmt: skip
    assert record["deaths"][-1]["deaths_best"] == 8


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_changes_no_number(seed: int) -> None:
    shuffled = LINKED.iloc[np.random.default_rng(seed).permutation(len(LINKED))].reset_index(
        drop=True
    )
    one, other = (
        event_table(table).sort_values("event", ignore_index=True) for table in (LINKED, shuffled)
    )
    pd.testing.assert_frame_equal(one, other)
