"""Clusters: against plain DBSCAN, moved, turned and shuffled, and what they say of deaths."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.layers.patterns.clusters import (
    COLUMNS,
    Density,
    cluster_numbers,
    cluster_table,
    most_named,
)

CRS = "EPSG:32636"


def plain_dbscan(points: np.ndarray, reach: float, least: int) -> list[set[int]]:
    """Cores of each cluster, by looking at every pair."""
    apart = np.hypot(*(points[:, None] - points).transpose(2, 0, 1))
    near = apart <= reach
    core = set(np.flatnonzero(near.sum(axis=1) >= least).tolist())
    found, left = [], set(core)
    while left:
        grown, edge = set(), {min(left)}
        while edge:
            grown |= edge
            edge = {j for i in edge for j in np.flatnonzero(near[i]) if j in core} - grown
        found.append(grown)
        left -= grown
    return found


def crowd(seed: int, n: int = 120) -> np.ndarray:
    """Points around six places, and some anywhere."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 100e3, (6, 2))
    around = places[rng.integers(0, 6, n)] + rng.normal(0, 3e3, (n, 2))
    return np.concatenate([around, rng.uniform(0, 100e3, (n // 4, 2))])


def numbers(points: np.ndarray, density: Density, day: np.ndarray | None = None) -> np.ndarray:
    day = np.zeros(len(points)) if day is None else day
    return cluster_numbers(points[:, 0], points[:, 1], day, density)


def incidents(points: list[tuple[float, float]], **columns: object) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "kind": "non_state",
            "date_start": pd.Timestamp("2020-05-01"),
            "place": "Bor",
            "deaths_low": 1.0,
            "deaths_best": 2.0,
            "deaths_high": 3.0,
        },
        index=range(len(points)),
    ).assign(**columns)
    return gpd.GeoDataFrame(table, geometry=shapely.points(np.reshape(points, (-1, 2))), crs=CRS)


@pytest.mark.parametrize("seed", range(5))
def test_cores_are_those_of_plain_dbscan(seed: int) -> None:
    points, density = crowd(seed), Density(reach_m=4e3, least=5)
    found = numbers(points, density)
    expected = plain_dbscan(points, 4e3, 5)
    assert found.max() + 1 == len(expected)
    for cores in expected:
        assert len({found[i] for i in cores}) == 1
    assert len({found[min(cores)] for cores in expected}) == len(expected)


def test_an_incident_at_the_edge_belongs_to_the_nearest_core_and_others_to_none() -> None:
    points = crowd(9)
    found = numbers(points, Density(reach_m=4e3, least=5))
    cores = np.array(sorted(set().union(*plain_dbscan(points, 4e3, 5))))
    for i in set(range(len(points))) - set(cores.tolist()):
        apart = np.hypot(*(points[cores] - points[i]).T)
        nearest = int(apart.argmin())
        assert found[i] == (found[cores[nearest]] if apart[nearest] <= 4e3 else -1)


@pytest.mark.parametrize("seed", range(3))
def test_scikit_learn_finds_the_same_cores(seed: int) -> None:
    sklearn = pytest.importorskip("sklearn.cluster", reason="the group 'oracles' is not installed")
    points = crowd(seed)
    oracle = sklearn.DBSCAN(eps=4e3, min_samples=5).fit(points)
    found = numbers(points, Density(reach_m=4e3, least=5))
    core = oracle.core_sample_indices_
    pairs = set(zip(oracle.labels_[core].tolist(), found[core].tolist(), strict=True))
    assert len(pairs) == oracle.labels_.max() + 1 == found.max() + 1
    assert ((oracle.labels_ == -1) == (found == -1)).all()


@given(st.integers(0, 50), st.floats(0, 6.28), st.floats(-1e6, 1e6))
def test_moving_and_turning_all_points_changes_no_cluster(seed, angle, shift) -> None:
    points, density = crowd(seed, 60), Density(reach_m=4e3, least=4)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    before, after = numbers(points, density), numbers(points @ turn.T + shift, density)
    assert ((before[:, None] == before) == (after[:, None] == after)).all()
    assert ((before == -1) == (after == -1)).all()


@given(st.integers(0, 50), st.integers(0, 9))
def test_the_order_of_rows_changes_nothing(seed, other) -> None:
    points, density = crowd(seed, 60).round(-3), Density(reach_m=4e3, least=4, reach_days=9.0)
    day = np.random.default_rng(seed).integers(0, 60, len(points)).astype(float)
    order = np.random.default_rng(other).permutation(len(points))
    assert numbers(points, density, day)[order].tolist() == (
        numbers(points[order], density, day[order]).tolist()
    )


def test_incidents_at_one_place_are_neighbours() -> None:
    points = np.array([[0.0, 0.0]] * 4 + [[50e3, 0.0]] * 5)
    assert numbers(points, Density(reach_m=1.0, least=5)).tolist() == [-1] * 4 + [0] * 5


def test_with_days_a_place_that_burnt_twice_is_two_clusters() -> None:
    points, day = np.zeros((10, 2)), np.array([0.0] * 5 + [400.0] * 5)
    assert numbers(points, Density(reach_m=1.0, least=5), day).tolist() == [0] * 10
    apart = Density(reach_m=1.0, least=5, reach_days=30.0)
    assert sorted(numbers(points, apart, day).tolist()) == [0] * 5 + [1] * 5


def test_no_incident_is_in_no_cluster() -> None:
    found = numbers(np.zeros((0, 2)), Density(reach_m=1.0, least=2))
    table = cluster_table(incidents([]), found, reach_m=1.0)
    assert found.tolist() == []
    assert table.empty
    assert tuple(table.columns[: len(COLUMNS)]) == COLUMNS


def test_a_cluster_has_its_dates_places_and_deaths_with_the_unknown_apart() -> None:
    table = incidents(
        [(0, 0), (0, 0), (3e3, 0), (90e3, 0)],
        kind=["one_sided", "non_state", "one_sided", "other"],
        date_start=pd.to_datetime(["2020-03-01", "2019-01-31", "2020-02-01", "2010-01-01"]),
        place=["Bor", "Anyidi", "Bor", "Far"],
        deaths_best=[4.0, np.nan, 0.0, 99.0],
        deaths_low=[np.nan, np.nan, np.nan, 99.0],
    )
    found = cluster_table(table, np.array([0, 0, 0, -1]), reach_m=10e3).iloc[0]
    assert found[["cluster", "incidents", "one_sided", "places"]].tolist() == [1, 3, 2, 2]
    assert (found["first"].isoformat()[:10], found["last"].isoformat()[:10]) == (
        "2019-01-31",
        "2020-03-01",
    )
    assert found["place"] == "Bor"
    assert (found["deaths_best"], found["deaths_best_unknown"]) == (4.0, 1)
    assert np.isnan(found["deaths_low"])
    assert found["deaths_low_unknown"] == 3
    assert (found["deaths_high"], found["deaths_high_unknown"]) == (9.0, 0)


def test_the_hull_of_one_place_is_a_circle_and_of_two_a_band() -> None:
    numbered = np.array([0, 0, 1, 1])
    table = incidents([(0, 0), (0, 0), (50e3, 0), (54e3, 0)])
    one, two = cluster_table(table, numbered, reach_m=10e3).geometry
    assert one.area == pytest.approx(np.pi * 5e3**2, rel=0.01)
    assert two.area == pytest.approx(np.pi * 5e3**2 + 4e3 * 10e3, rel=0.01)


def test_a_hull_holds_its_incidents() -> None:
    points = crowd(4)
    found = numbers(points, Density(reach_m=4e3, least=5))
    table = cluster_table(incidents([tuple(p) for p in points]), found, reach_m=4e3)
    for number, hull in enumerate(table.geometry):
        own = shapely.points(points[found == number])
        assert shapely.distance(own, hull).max() == 0


def test_places_without_a_name_have_none() -> None:
    assert most_named(pd.Series(["", ""])) == ""
