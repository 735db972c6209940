"""Reports of one event: which are linked, why, and what never may be."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from bench_reports import compare_links, inputs_of, split
from bench_threat import DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.layers.links import (
    LINK_COLUMNS,
    Links,
    as_events,
    links_of,
    seen_by_counts,
    with_links,
    with_weights,
)
from geo_poc.layers.pairs import candidate_pairs, likeness_of_names
from geo_poc.theatre_file import DuplicateSpec

NAN = float("nan")
SPEC = DuplicateSpec()
real = pytest.mark.skipif(not DATA.is_dir(), reason=f"no data folder {DATA}: set GEO_POC_DATA")


def report(
    name: str,
    source: str,
    *,
    x_km: float = 0.0,
    day: int = 0,
    until: int | None = None,
    actors: tuple[str, str] = ("Red Army", "Villagers"),
    deaths: float = 3.0,
    span: tuple[float, float] = (NAN, NAN),
    where: int = 1,
    date: int = 1,
    sd_km: float = 0.0,
    kind: str = "one_sided",
) -> dict[str, object]:
    first = pd.Timestamp("2020-05-01") + pd.Timedelta(days=day)
    last = first if until is None else pd.Timestamp("2020-05-01") + pd.Timedelta(days=until)
    return {
        "id": name,
        "source": source,
        "date_start": first,
        "date_end": last,
        "where_prec": where,
        "date_prec": date,
        "position_sd_m": sd_km * 1000,
        "kind": kind,
        "actor_a": actors[0],
        "actor_b": actors[1],
        "deaths_best": deaths,
        "deaths_low": span[0],
        "deaths_high": span[1],
        "geometry": shapely.Point(x_km * 1000, 0),
    }


def table(*rows: dict[str, object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs="EPSG:32636")


def pair(one: dict[str, object], other: dict[str, object], **changes: object) -> pd.DataFrame:
    """Candidate pair of two reports, one row or none."""
    return candidate_pairs(table(one, other), DuplicateSpec(**changes))  # type: ignore[arg-type]


def events(found: Links, incidents: gpd.GeoDataFrame) -> set[frozenset[str]]:
    """Ids that are together."""
    return {frozenset(ids) for _, ids in pd.Series(incidents["id"]).groupby(pd.Series(found.event))}


def test_the_parts_of_a_pair_are_those_worked_out_by_hand() -> None:
    """5 of 10 km: 1 - 1/4; 1 day of 1, so 1 of less than 2: 1 - 1/4; 3 and 5 deaths: 4/6."""
    one = report("a", "A", deaths=3)
    other = report("b", "B", x_km=5, day=1, deaths=5, actors=("villagers", "the red army"))
    found = pair(one, other).iloc[0]
    assert found[["distance_m", "allowed_m", "days_apart"]].tolist() == [5000.0, 10000.0, 1]
    parts = [0.75, 0.75, 1.0, 2 / 3]
    assert found[["place", "time", "names", "deaths"]].tolist() == pytest.approx(parts)
    assert found["score"] == pytest.approx(np.prod(parts) ** 0.25)


def test_vague_places_allow_more_distance_and_say_less() -> None:
    """10 + 25 + 15 km are allowed; at 30 km 1 - 0.36 of the 10/50 that such a pair can say."""
    found = pair(
        report("a", "A", sd_km=25), report("b", "B", x_km=30, sd_km=15), score=0.1, names=0.0
    )
    assert found["allowed_m"].tolist() == [50_000.0]
    assert found["place"].tolist() == pytest.approx([0.64 * 0.2])
    assert pair(report("a", "A"), report("b", "B", x_km=30), score=0.0).empty


def test_a_day_that_stands_for_a_week_may_be_any_day_of_it() -> None:
    """Spans 6 days to both sides, so 12 long: 2 of 14 for the length; 7 days off is 1 apart."""
    week = report("a", "A", date=3)
    found = pair(week, report("b", "B", day=7), score=0.0)
    assert found["days_apart"].tolist() == [1]
    assert found["time"].tolist() == pytest.approx([0.75 * 2 / 14])
    assert pair(week, report("b", "B", day=8), score=0.0).empty
    assert len(pair(report("a", "A", date=4), report("b", "B", day=31), score=0.0)) == 1


def test_a_span_that_the_file_gives_is_not_widened() -> None:
    span = report("a", "A", day=0, until=6, date=3)
    assert len(pair(span, report("b", "B", day=7), score=0.0)) == 1
    assert pair(span, report("b", "B", day=8), score=0.0).empty
    assert pair(span, report("b", "B", day=3), score=0.0)["time"].tolist() == [2 / 8]


@pytest.mark.parametrize(
    ("other", "changes"),
    [
        (report("b", "B", x_km=10.001), {}),
        (report("b", "B", day=2), {}),
        (report("b", "B", actors=("Blue Front", "Traders")), {}),
        (report("b", "B", deaths=8), {}),
        (report("b", "B", x_km=9.9), {}),
        (report("b", "B", deaths=NAN, actors=("", "")), {}),
        (report("b", "B", where=6), {}),
        (report("b", "B", date=5), {}),
        (report("b", "B", sd_km=NAN), {}),
        (report("b", "A"), {}),
        (report("b", "B"), {"score": 1.0, "distance": 0.0, "days": 0, "deaths": 1.0}),
    ],
    ids=["far", "late", "names", "deaths", "score", "nothing known", "country", "year", "no spread",
         "one source", "not far"],
)  # fmt: skip
def test_reports_beyond_a_limit_are_in_no_pair(
    other: dict[str, object], changes: dict[str, object]
) -> None:
    found = pair(report("a", "A"), other, **changes)
    assert len(found) == (1 if changes else 0)


def test_ranges_of_deaths_that_meet_are_alike_and_others_by_their_near_ends() -> None:
    one = report("a", "A", deaths=4, span=(2, 9))
    assert pair(one, report("b", "B", deaths=12, span=(8, 20)))["deaths"].tolist() == [1.0]
    assert pair(one, report("b", "B", deaths=14))["deaths"].tolist() == [10 / 15]
    assert np.isnan(pair(one, report("b", "B", deaths=NAN))["deaths"].iloc[0])


def test_names_are_compared_whichever_way_round_and_by_what_is_known() -> None:
    army, people = "Red Army (2011-)", "Civilians"
    assert likeness_of_names((army, people), ("civilians", "RED ARMY")) == 1.0
    assert likeness_of_names((army, ""), ("red army", people)) == 1.0
    assert likeness_of_names(("", people), ("Red Army", "")) < 0.5
    assert np.isnan(likeness_of_names(("", ""), (army, people)))


def test_names_that_stand_on_different_sides_alone_do_not_speak_for_a_pair() -> None:
    """Neither way round is there a pair of names; the crossed one has two that differ."""
    assert likeness_of_names(("Q", ""), ("", "Z")) == 0.0
    assert likeness_of_names(("Q", ""), ("", "Q")) == 1.0


def test_two_reports_become_one_event_and_the_better_place_stands_for_it() -> None:
    incidents = table(
        report("vague", "A", where=2, sd_km=1),
        report("exact", "B", x_km=1),
        report("else", "A", day=9),
    )
    found = links_of(incidents, SPEC)
    assert found.event.tolist() == ["exact", "exact", "else"]
    assert found.seen_by.tolist() == [2, 2, 1]
    told = found.pairs.iloc[0]
    assert told[["event", "seen_by", "source_a", "id_a", "source_b", "id_b"]].tolist() == [
        "exact", 2, "B", "exact", "A", "vague",
    ]  # fmt: skip
    assert list(found.pairs.columns) == list(LINK_COLUMNS)


def test_equal_places_are_stood_for_by_the_better_date_then_by_who_tells_deaths_and_kind() -> None:
    dates = table(report("a", "A", date=2), report("b", "B"))
    assert set(links_of(dates, SPEC).event) == {"b"}
    deaths = table(report("a", "A", deaths=NAN), report("b", "B"))
    assert set(links_of(deaths, SPEC).event) == {"b"}
    kinds = table(report("a", "A", kind="other"), report("b", "B"))
    assert set(links_of(kinds, SPEC).event) == {"b"}


def test_a_source_has_at_most_one_report_of_an_event_and_the_likest_is_taken() -> None:
    incidents = table(report("a", "A"), report("b1", "B", x_km=4), report("b2", "B", x_km=1))
    assert events(links_of(incidents, SPEC), incidents) == {
        frozenset({"a", "b2"}), frozenset({"b1"}),
    }  # fmt: skip


def test_a_chain_of_reports_a_day_apart_does_not_glue_a_month_together() -> None:
    """Thirty sources, each a day later than the one before: only neighbours are alike."""
    incidents = table(*(report(f"r{day:02}", f"S{day:02}", day=day) for day in range(30)))
    found = links_of(incidents, SPEC)
    assert found.seen_by.max() == 2
    first, last = (
        incidents.groupby(pd.Series(found.event))[column].agg(how)
        for column, how in (("date_start", "min"), ("date_end", "max"))
    )
    assert ((last - first).dt.days <= SPEC.days).all()


def test_a_chain_of_places_is_bounded_by_every_pair_of_it() -> None:
    incidents = table(*(report(f"r{n}", f"S{n}", x_km=4.0 * n) for n in range(9)))
    found = links_of(incidents, SPEC)
    for ids in events(found, incidents):
        rows = incidents[incidents["id"].isin(ids)]
        assert np.ptp(rows.geometry.x) <= 10_000
    assert found.seen_by.max() >= 2


def test_three_sources_that_are_all_alike_are_one_event() -> None:
    incidents = table(report("a", "A"), report("b", "B", x_km=1), report("c", "C", x_km=2))
    found = links_of(incidents, SPEC)
    assert found.seen_by.tolist() == [3, 3, 3]
    assert len(found.pairs) == 3
    assert seen_by_counts(with_links(incidents, found)) == {3: 1}


def test_links_can_be_switched_off() -> None:
    incidents = table(report("a", "A"), report("b", "B"))
    found = links_of(incidents, DuplicateSpec(link=False))
    assert found.event.tolist() == ["a", "b"]
    assert found.pairs.empty


def test_an_empty_layer_has_no_links() -> None:
    found = links_of(table(report("a", "A")).iloc[:0], SPEC)
    assert found.event.size == found.seen_by.size == len(found.pairs) == 0


def test_the_weight_of_an_event_is_the_largest_of_its_reports() -> None:
    incidents = table(report("a", "A"), report("b", "B"), report("c", "A", day=9))
    linked = with_links(incidents, links_of(incidents, SPEC))
    weighed = with_weights(linked, np.array([0.2, 0.9, 0.4]))
    assert weighed["weight"].tolist() == [0.9, 0.9, 0.4]
    assert weighed.columns[-4:].tolist() == ["event", "seen_by", "weight", "geometry"]
    assert as_events(weighed) is weighed


def test_pairs_taken_some_at_a_time_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    incidents = scattered(rng, 60)
    whole = candidate_pairs(incidents, SPEC)
    monkeypatch.setattr("geo_poc.layers.pairs._MOST_PAIRS", 7)
    parts = candidate_pairs(incidents, SPEC)
    assert len(whole) > 5
    pd.testing.assert_frame_equal(whole, parts)


def scattered(rng: np.random.Generator, number: int) -> gpd.GeoDataFrame:
    """Reports of three sources over some kilometres and days, many of them alike."""
    return table(
        *(
            report(
                f"r{n}",
                "ABC"[rng.integers(3)],
                x_km=float(rng.uniform(0, 40)),
                day=int(rng.integers(0, 12)),
                deaths=float(rng.choice([1, 2, 5, NAN])),
                sd_km=float(rng.choice([0, 2])),
            )
            for n in range(number)
        )
    )


def brute_force(incidents: gpd.GeoDataFrame) -> set[frozenset[str]]:
    """Pairs found by trying each report with each other alone."""
    rows = incidents.to_dict("records")
    return {
        frozenset((str(a["id"]), str(b["id"])))
        for a, b in itertools.combinations(rows, 2)
        if len(pair(a, b))
    }


seeds = st.integers(0, 10_000)
few = settings(max_examples=15, deadline=None)


@few
@given(seeds)
def test_pairs_are_those_of_trying_each_with_each(seed: int) -> None:
    incidents = scattered(np.random.default_rng(seed), 12)
    found = candidate_pairs(incidents, SPEC)
    ids = incidents["id"].to_numpy()
    assert {frozenset((ids[a], ids[b])) for a, b in zip(found["a"], found["b"], strict=True)} == (
        brute_force(incidents)
    )


@few
@given(seeds)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    incidents = scattered(rng, 30)
    order = rng.permutation(len(incidents))
    shuffled = incidents.iloc[order].reset_index(drop=True)
    one, other = links_of(incidents, SPEC), links_of(shuffled, SPEC)
    assert one.event[order].tolist() == other.event.tolist()
    assert one.seen_by[order].tolist() == other.seen_by.tolist()
    pd.testing.assert_frame_equal(one.pairs, other.pairs)


@few
@given(seeds)
def test_linking_twice_gives_the_same(seed: int) -> None:
    incidents = scattered(np.random.default_rng(seed), 30)
    first = links_of(incidents, SPEC)
    again = links_of(with_links(incidents, first), SPEC)
    assert again.event.tolist() == first.event.tolist()
    pd.testing.assert_frame_equal(again.pairs, first.pairs)


@few
@given(seeds)
def test_every_event_is_of_different_sources_and_every_pair_of_it_is_alike(seed: int) -> None:
    incidents = scattered(np.random.default_rng(seed), 40)
    found = links_of(incidents, SPEC)
    for _, rows in incidents.groupby(pd.Series(found.event)):
        assert rows["source"].is_unique
    several = found.seen_by[pd.Series(found.event).duplicated().to_numpy()]
    assert len(found.pairs) == sum(
        n * (n - 1) // 2 for n in pd.Series(found.event).value_counts() if n > 1
    )
    assert (several >= 2).all()


@few
@given(seeds, st.sampled_from("ABC"))
def test_no_event_is_seen_by_more_sources_than_are_left(seed: int, gone: str) -> None:
    incidents = scattered(np.random.default_rng(seed), 30)
    left = incidents[incidents["source"] != gone].reset_index(drop=True)
    assert links_of(left, SPEC).seen_by.max(initial=0) <= incidents["source"].nunique() - 1


def test_a_report_may_find_another_partner_once_the_likelier_one_is_gone() -> None:
    """b is like a, c is like a, b and c are too far apart: without b the event of a and c is seen by two."""
    b, a, c = report("b", "B", x_km=-3), report("a", "A"), report("c", "C", x_km=8)
    assert links_of(table(b, a, c), SPEC).seen_by.tolist() == [2, 2, 1]
    assert links_of(table(a, c), SPEC).seen_by.tolist() == [2, 2]


@few
@given(seeds)
def test_of_two_sources_taking_one_away_leaves_every_event_seen_once(seed: int) -> None:
    incidents = scattered(np.random.default_rng(seed), 30)
    two = incidents[incidents["source"] != "C"].reset_index(drop=True)
    before = pd.Series(links_of(two, SPEC).seen_by, index=two["id"])
    left = two[two["source"] != "B"].reset_index(drop=True)
    after = pd.Series(links_of(left, SPEC).seen_by, index=left["id"])
    assert (after <= before[after.index]).all()
    assert set(after) <= {1}


@pytest.mark.south_sudan
@real
def test_one_publisher_alone_has_no_links_and_few_among_its_events_dealt_to_two() -> None:
    """UCDP's events are distinct, so each link made of them is wrong."""
    incidents = inputs_of(10.0).layers["incidents"].table
    assert links_of(incidents, SPEC).seen_by.max() == 1
    number, wrong = split(incidents, SPEC, np.random.default_rng(1))
    assert wrong / number <= 0.05


@pytest.mark.south_sudan
@real
def test_a_second_publisher_made_of_the_first_is_found_by_construction() -> None:
    """Days, places, names and deaths shifted; the measured shares stand in docs/methods/reports.md."""
    incidents = inputs_of(10.0).layers["incidents"].table
    some = incidents.iloc[::2].reset_index(drop=True)
    found = compare_links(some, SPEC)
    assert found["precision"] >= 0.9
    assert found["recall of precise events"] >= 0.6
