"""Near repeats: pairs against looking at every pair, shuffles against all orders, and false repeats."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.errors import LayerError
from geo_poc.layers.patterns import near_repeat
from geo_poc.layers.patterns.near_repeat import Bands, NearRepeats, near_repeats

BANDS = Bands(distances_m=(5e3, 20e3), days=(7.0, 30.0))


def plain_table(points: np.ndarray, day: np.ndarray, bands: Bands) -> np.ndarray:
    """Pairs by band, by looking at every pair."""
    table = np.zeros(bands.shape, dtype=int)
    for i, j in itertools.combinations(range(len(day)), 2):
        apart = float(np.hypot(*(points[i] - points[j])))
        days = abs(day[i] - day[j])
        rows = [r for r, end in enumerate((1.0, *bands.distances_m)) if apart <= end]
        columns = [c for c, end in enumerate(bands.days) if days <= end]
        if rows and columns:
            table[rows[0], columns[0]] += 1
    return table


def scattered(seed: int, n: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Points on a lattice of 4 km, so that some coincide and some lie at the end of a band, and days."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 15, (n, 2)) * 4e3, rng.integers(0, 200, n).astype(float)


def found_of(points: np.ndarray, day: np.ndarray, **options: object) -> NearRepeats:
    options = {"rng": np.random.default_rng(1), "draws": 199} | options
    return near_repeats(points[:, 0], points[:, 1], day, BANDS, **options)


@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_those_of_looking_at_every_pair(seed: int) -> None:
    points, day = scattered(seed)
    assert found_of(points, day).pairs.tolist() == plain_table(points, day, BANDS).tolist()


def test_expected_and_p_are_those_of_all_orders_of_the_days() -> None:
    points = np.array([[0.0, 0.0], [1e3, 0.0], [100e3, 0.0], [101e3, 0.0]])
    day = np.array([0.0, 1.0, 100.0, 101.0])
    found = found_of(points, day, draws=4_000)
    tables = [plain_table(points, np.array(o), BANDS) for o in itertools.permutations(day)]
    # Of the 24 orders 8 keep both pairs together, the others none.
    assert np.mean(tables, axis=0)[1, 0] == pytest.approx(2 / 3)
    assert found.expected[1, 0] == pytest.approx(2 / 3, abs=0.05)
    assert found.p[1, 0] == pytest.approx(1 / 3, abs=0.03)
    assert found.ratio[1, 0] == pytest.approx(3.0, rel=0.08)


def test_p_counts_the_find_among_the_draws() -> None:
    drawn = np.array([3, 5, 5, 9])[:, None, None]
    found = NearRepeats(
        bands=Bands(distances_m=(9.0,), days=(1.0,)),
        events=4,
        pairs=np.array([[5], [9]]),
        drawn=np.concatenate([drawn, drawn], axis=1),
    )
    assert found.p.tolist() == [[4 / 5], [2 / 5]]
    assert found.expected.tolist() == [[5.5], [5.5]]
    assert found.q.tolist() == [[4 / 5], [4 / 5]]


def test_up_to_counts_all_nearer_and_earlier_bands() -> None:
    points, day = scattered(7)
    found = found_of(points, day).up_to
    plain = plain_table(points, day, BANDS)
    assert found.pairs[-1, -1] == plain.sum()
    assert found.pairs[1, 0] == plain[:2, 0].sum()
    assert found.expected[1, 1] == pytest.approx(found_of(points, day).expected[:2].sum())


@given(st.integers(0, 30), st.integers(0, 9))
def test_the_order_of_rows_changes_nothing(seed, other) -> None:
    points, day = scattered(seed, 40)
    order = np.random.default_rng(other).permutation(40)
    block = (day // 50).astype(np.int64)
    one = found_of(points, day, block=block, draws=9)
    two = found_of(points[order], day[order], block=block[order], draws=9)
    assert one.pairs.tolist() == two.pairs.tolist()
    assert one.drawn.tolist() == two.drawn.tolist()


def test_the_same_seed_gives_the_same_draws() -> None:
    points, day = scattered(2)
    assert (found_of(points, day).drawn == found_of(points, day).drawn).all()


def test_shuffling_within_blocks_keeps_the_days_of_each_block() -> None:
    points = np.array([[0.0, 0.0], [0.0, 0.0], [9e5, 0.0], [9e5, 0.0]])
    day, block = np.array([0.0, 1.0, 500.0, 501.0]), np.array([0, 0, 1, 1])
    found = found_of(points, day, block=block)
    assert (found.drawn[:, 0, 0] == 2).all()
    assert found.p[0, 0] == 1.0


def test_violence_that_moves_from_year_to_year_is_no_repeat_within_a_year() -> None:
    rng = np.random.default_rng(4)
    year = np.repeat([0, 1, 2], 60)
    points = np.column_stack([year * 200e3, np.zeros(180)]) + rng.normal(0, 4e3, (180, 2))
    day = year * 365 + rng.integers(0, 365, 180).astype(float)
    over_all, in_year = found_of(points, day), found_of(points, day, block=year)
    assert over_all.up_to.ratio[-1, -1] > 2
    assert over_all.up_to.p[-1, -1] == pytest.approx(1 / 200)
    assert in_year.up_to.ratio[-1, -1] == pytest.approx(1.0, abs=0.1)


def test_incidents_without_a_link_give_p_values_below_one_in_ten_in_one_of_ten_cases() -> None:
    low = 0
    for seed in range(100):
        points, day = scattered(seed, 60)
        low += found_of(points, day, draws=99).up_to.p[-1, -1] <= 0.1
    # 10 are expected; 20 or more would come of that in about 1 of 500 cases.
    assert low < 20


def burst_in_a_district(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where incidents were, where they are coded, and days: a district in two weeks, the rest in a year."""
    rng = np.random.default_rng(seed)
    places = np.concatenate([rng.uniform(0, 100e3, (40, 2)), rng.uniform(200e3, 900e3, (60, 2))])
    coded = places.copy()
    coded[:40] = 50e3
    return places, coded, np.concatenate([rng.integers(0, 14, 40), rng.integers(0, 365, 60)])


def test_incidents_coded_to_one_centroid_make_a_false_near_repeat_and_are_to_be_left_out() -> None:
    places, coded, day = burst_in_a_district(1)
    true, false = found_of(places, day).up_to, found_of(coded, day).up_to
    without = found_of(coded[40:], day[40:]).up_to
    # At the same place within 30 days: none in truth, all 780 pairs of the centroid.
    assert true.pairs[0, 1] == 0
    assert false.pairs[0, 1] == 780
    assert false.p[0, 1] == pytest.approx(1 / 200)
    assert without.pairs[0, 1] == 0


def test_no_incident_has_no_pair_and_an_unknown_ratio() -> None:
    found = found_of(np.zeros((0, 2)), np.zeros(0), draws=9)
    assert found.pairs.sum() == 0
    assert np.isnan(found.ratio).all()
    assert (found.p == 1.0).all()


def test_too_many_pairs_are_refused_with_a_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_repeat, "MOST_PAIRS", 10)
    with pytest.raises(LayerError, match=r"15 pairs of incidents within 20 km.*shorter distances"):
        found_of(np.zeros((6, 2)), np.zeros(6))


@pytest.mark.parametrize("ends", [(), (5.0, 5.0), (9.0, 3.0), (0.0, 4.0)])
def test_bands_that_do_not_rise_are_refused(ends: tuple[float, ...]) -> None:
    with pytest.raises(LayerError, match="near repeats: days: needs ends of bands above 0"):
        Bands(distances_m=(5e3,), days=ends)
