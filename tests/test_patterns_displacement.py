"""Bases that opened or closed: when, what came before and after, and against what chance brings."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from geo_poc.layers.patterns.bases import base_changes
from geo_poc.layers.patterns.displacement import (
    Around,
    Pooled,
    Window,
    around,
    change_table,
    displacement_quotient,
    odds,
    pooled,
)

NAN = float("nan")
R = 20e3
WINDOW = Window(radius_m=R, days=100.0, first_day=0.0, end_day=1_000.0)


def history(*rows: tuple[str, str, float, float, float], mission: str = "M") -> pd.DataFrame:
    """Name, kind, first and last day, and km to the east."""
    names = ["name", "kind", "from_day", "to_day", "x_km"]
    table = pd.DataFrame(list(rows), columns=names)
    return table.assign(mission=mission, x_m=table["x_km"] * 1e3, y_m=0.0)


def maps(*shown: dict[str, float]) -> pd.DataFrame:
    """Maps of 30 days, 100 days apart, each with its bases and their km to the east."""
    rows = [
        (name, "snapshot", 100.0 * n, 100.0 * n + 29.0, km)
        for n, bases in enumerate(shown)
        for name, km in bases.items()
    ]
    return history(*rows)


def said(table: pd.DataFrame) -> list[tuple[str, str, float, float]]:
    return list(
        table[["base", "change", "earliest_day", "latest_day"]].itertuples(index=False, name=None)
    )


def test_a_base_known_by_the_day_opened_on_it_and_closed_the_day_after_its_last() -> None:
    found = base_changes(history(("Alfa", "stay", 300.0, 499.0, 0.0)), radius_m=R)
    assert said(found) == [("Alfa", "opened", 300.0, 300.0), ("Alfa", "closed", 500.0, 500.0)]


def test_unknown_days_are_no_change() -> None:
    assert base_changes(history(("Alfa", "stay", NAN, NAN, 0.0)), radius_m=R).empty


def test_a_base_that_takes_over_from_another_nearby_is_no_change() -> None:
    stays = history(("Alfa", "stay", 0.0, 499.0, 0.0), ("Bravo", "stay", 500.0, NAN, 15.0))
    assert said(base_changes(stays, radius_m=R)) == [("Alfa", "opened", 0.0, 0.0)]
    assert len(base_changes(stays, radius_m=10e3)) == 3


def test_two_bases_that_open_together_nearby_are_one_change() -> None:
    stays = history(("Alfa", "stay", 300.0, NAN, 0.0), ("Bravo", "stay", 300.0, NAN, 9.0))
    assert said(base_changes(stays, radius_m=R)) == [("Alfa", "opened", 300.0, 300.0)]


def test_of_maps_a_change_lies_between_the_last_of_the_old_and_the_first_of_the_new() -> None:
    found = base_changes(maps({"A": 0}, {"A": 0, "B": 90}, {"B": 90}), radius_m=R)
    # B is not on the map that began on day 0 and is on the one that ended on day 129.
    assert said(found) == [("B", "opened", 0.0, 130.0), ("A", "closed", 100.0, 230.0)]


def test_what_stands_on_the_first_map_did_not_open_and_a_new_spelling_is_no_change() -> None:
    assert base_changes(maps({"Bor": 0}, {"Bor town": 1}), radius_m=R).empty
    assert base_changes(history(), radius_m=R).empty


def test_maps_of_another_mission_do_not_close_a_base() -> None:
    other = maps({"X": 500}).assign(mission="N", from_day=150.0, to_day=160.0)
    table = pd.concat([maps({"A": 0}, {"A": 0}), other], ignore_index=True)
    assert base_changes(table, radius_m=R).empty


def change_at(day: float, km: float = 0.0, gap: float = 0.0) -> dict[str, object]:
    return {
        "base": "Alfa",
        "change": "opened",
        "earliest_day": day,
        "latest_day": day + gap,
        "x_m": km * 1e3,
        "y_m": 0.0,
    }


def table_of(
    changes: list[dict[str, object]], events: list[tuple[float, float]]
) -> tuple[pd.DataFrame, list[Around]]:
    """Changes with incidents, each by km to the east and day."""
    table = pd.DataFrame(changes)
    x, day = (np.array([e[n] for e in events], dtype=float) for n in (0, 1))
    near = around(table, x * 1e3, np.zeros(x.size), day, WINDOW)
    return change_table(table, near, WINDOW), near


def test_incidents_are_counted_by_zone_before_and_after_and_not_in_the_open_time() -> None:
    events = [(0, 399), (20, 300), (20, 299), (21, 400), (40, 449), (41, 450), (41, 549), (0, 550)]
    found, _ = table_of([change_at(400.0, gap=50.0)], events)
    row = found.iloc[0]
    # Before is [300, 400), after [450, 550); 20 km is near, 40 km is in the ring.
    assert row[["near_before", "near_after"]].tolist() == [2, 0]
    assert row[["ring_before", "ring_after"]].tolist() == [0, 0]
    assert row[["rest_before", "rest_after"]].tolist() == [0, 2]


@pytest.mark.parametrize(("day", "counted"), [(100, "yes"), (99, "outside_record"), (900, "yes")])
def test_a_change_counts_where_the_record_holds_all_its_days(day: float, counted: str) -> None:
    found, _ = table_of([change_at(day)], [])
    assert found["counted"].tolist() == [counted]


def test_a_change_with_another_near_in_place_and_time_is_not_counted() -> None:
    found, _ = table_of([change_at(300.0), change_at(399.0, km=60.0)], [])
    assert found["counted"].tolist() == ["another_change"] * 2
    later, _ = table_of([change_at(300.0), change_at(400.0, km=60.0)], [])
    away, _ = table_of([change_at(300.0), change_at(399.0, km=61.0)], [])
    assert later["counted"].tolist() == away["counted"].tolist() == ["yes"] * 2


def test_the_interval_leaves_out_one_just_where_the_exact_test_is_sure() -> None:
    for near in ([10, 10], [30, 5], [5, 30], [12, 3], [0, 15]):
        _, low, high = odds(np.array(near), np.array([60, 80]))
        sides = (
            fisher_exact([[near[1], near[0]], [80, 60]], alternative=side)[1]
            for side in ("less", "greater")
        )
        assert (min(sides) < 0.025) == (not low <= 1 <= high)


def test_below_ten_incidents_there_is_no_ratio() -> None:
    assert np.isnan(odds(np.array([4, 5]), np.array([50, 50]))).all()
    assert np.isnan(odds(np.array([40, 50]), np.array([4, 5]))).all()
    assert np.isnan(displacement_quotient(np.array([[4, 5], [9, 9], [50, 50]])))


@pytest.mark.parametrize(
    ("near", "ring", "expected"),
    [
        ([20, 10], [10, 20], -1.0),  # as many more in the ring as fewer near
        ([20, 10], [20, 10], 1.0),  # the ring fell with it
        ([20, 10], [10, 10], 0.0),
        ([10, 20], [20, 10], NAN),  # nothing fell
    ],
)
def test_displacement_quotient_by_hand(near: list[int], ring: list[int], expected: float) -> None:
    found = displacement_quotient(np.array([near, ring, [100, 100]]))
    assert found == pytest.approx(expected, nan_ok=True)


def test_without_incidents_in_the_rest_there_is_no_quotient() -> None:
    assert np.isnan(displacement_quotient(np.array([[20, 10], [10, 10], [100, 0]])))


def scene(after_ratio: float, seed: int = 1) -> tuple[Pooled, ...]:
    """Eight places where a base opened; incidents near fall by a ratio, elsewhere nothing changes."""
    rng = np.random.default_rng(seed)
    events: list[tuple[float, float]] = []
    changes = [change_at(300.0 + 50 * n, km=500.0 * n) for n in range(8)]
    for n, change in enumerate(changes):
        days = rng.uniform(0, 1_000, 120)
        keep = (days < change["earliest_day"]) | (rng.random(120) < after_ratio)
        events += [(500.0 * n, day) for day in days[keep]]
    events += [(-900.0, day) for day in rng.uniform(0, 1_000, 900)]
    table, near = table_of(changes, events)
    assert set(table["counted"]) == {"yes"}
    return pooled(table, near, WINDOW, rng=np.random.default_rng(2), draws=199)


def test_a_fall_near_bases_is_found_against_the_rest_and_other_dates() -> None:
    near = scene(0.3)[0]
    assert (near.change, near.zone, near.changes) == ("opened", "near", 8)
    assert near.enough
    assert near.ratio < near.high < 1
    assert near.p <= 0.02


def test_where_nothing_changed_nothing_is_said_in_most_cases() -> None:
    p = [scene(1.0, seed)[0].p for seed in range(20)]
    # 1 of 20 is expected at 0.05; 5 or more would come of that in fewer than 1 of 300 cases.
    assert sum(value <= 0.05 for value in p) < 5


def test_expected_is_what_came_had_the_place_changed_as_the_rest_did() -> None:
    changes = [change_at(300.0)]
    events = [(0.0, 250.0)] * 6 + [(0.0, 350.0)] * 6 + [(900.0, 250.0)] * 10 + [(900.0, 350.0)] * 30
    table, near = table_of(changes, events)
    found = pooled(table, near, WINDOW, rng=np.random.default_rng(1), draws=99)[0]
    # 12 near, three quarters of the rest came after.
    assert (found.before, found.after, found.expected) == (6, 6, 9.0)
    assert found.ratio == pytest.approx(2 / 3)
    assert not found.enough
    assert np.isnan([found.low, found.high]).all()


def test_without_any_change_all_is_unknown() -> None:
    empty = pd.DataFrame([change_at(300.0)]).iloc[:0]
    table = change_table(empty, [], WINDOW)
    found = pooled(table, [], WINDOW, rng=np.random.default_rng(1), draws=99)
    assert [(each.change, each.zone) for each in found] == [
        ("opened", "near"),
        ("opened", "ring"),
        ("closed", "near"),
        ("closed", "ring"),
    ]
    assert all(np.isnan(each.ratio) and not each.enough for each in found)


def test_where_the_rest_has_no_incident_half_are_expected_after() -> None:
    table, near = table_of([change_at(300.0)], [(0.0, 250.0)] * 4)
    found = pooled(table, near, WINDOW, rng=np.random.default_rng(1), draws=99)[0]
    assert (found.before, found.after, found.expected) == (4, 0, 2.0)


def test_the_same_seed_gives_the_same_figures() -> None:
    one, two = scene(0.5)[0], scene(0.5)[0]
    assert dataclasses.astuple(one) == dataclasses.astuple(two)
