"""Trends: intervals against scipy's binomial test, and what bursts do to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, poisson_means_test

from geo_poc.layers.patterns.trends import (
    Months,
    dispersion,
    monthly,
    months_before,
    rate_ratio,
    trend_table,
)

YEAR = Months(edges=np.arange(49.0) * 30, recent=12)
"""Twelve recent months after 36 earlier ones, all of 30 days."""


def counts_of(earlier: list[int], recent: list[int]) -> np.ndarray:
    return np.array([*np.resize(earlier, 36), *np.resize(recent, 12)])


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.25, 1 / 3, 1.0, 2.0]))
def test_interval_is_the_exact_one_of_the_binomial_share(recent, earlier, exposure) -> None:
    low, high, _ = rate_ratio(recent, earlier, exposure_ratio=exposure)
    if recent + earlier == 0:
        assert (low, high) == (0.0, np.inf)
        return
    share = binomtest(recent, recent + earlier).proportion_ci(0.95, method="exact")
    assert low == pytest.approx(share.low / (1 - share.low) / exposure)
    ceiling = share.high / (1 - share.high) / exposure if share.high < 1 else np.inf
    assert high == pytest.approx(ceiling)


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.25, 1.0, 3.0]))
def test_p_is_twice_the_smaller_binomial_tail_and_agrees_with_the_interval(
    recent, earlier, exposure
) -> None:
    low, high, p = rate_ratio(recent, earlier, exposure_ratio=exposure)
    share = binom(recent + earlier, exposure / (1 + exposure))
    tail = min(share.cdf(recent), share.sf(recent - 1))
    assert p == pytest.approx(min(1.0, 2 * tail))
    assert (p < 0.05) == (not low <= 1 <= high)


@pytest.mark.parametrize(("recent", "earlier"), [(30, 60), (5, 20), (12, 10), (0, 6), (1, 9)])
def test_p_is_no_smaller_than_that_of_the_test_of_means(recent: int, earlier: int) -> None:
    # That test does not hold the sum fixed, so in periods of one length it is the less careful one.
    other = poisson_means_test(recent, 1.0, earlier, 1.0).pvalue
    assert other <= rate_ratio(recent, earlier, exposure_ratio=1.0)[2] <= max(2.5 * other, 0.05)


def test_the_ratio_turned_round_has_the_interval_turned_round() -> None:
    low, high, p = rate_ratio(4, 9, exposure_ratio=0.5)
    other_low, other_high, other_p = rate_ratio(9, 4, exposure_ratio=2.0)
    assert (low, high) == pytest.approx((1 / other_high, 1 / other_low))
    assert p == pytest.approx(other_p)


def test_an_exact_interval_holds_the_true_ratio_in_at_least_95_of_100_cases() -> None:
    rng = np.random.default_rng(8)
    pairs = zip(rng.poisson(4.0, 2_000), rng.poisson(6.0, 2_000), strict=True)
    limits = [rate_ratio(int(a), int(b), exposure_ratio=1 / 3)[:2] for a, b in pairs]
    assert np.mean([low <= 2.0 <= high for low, high in limits]) >= 0.95


def test_months_are_counted_back_from_the_day_and_end_before_it() -> None:
    found = months_before(pd.Timestamp("2021-12-31"), recent=12, earlier=36, first_day=0.0)
    assert found is not None
    assert found.edges.size == 49
    assert found.recent_days == 365
    assert found.earlier_days == 365 * 3 + 1


def test_earlier_months_before_the_record_are_left_out() -> None:
    first = float((pd.Timestamp("2020-10-15") - pd.Timestamp(0)).days)
    found = months_before(pd.Timestamp("2022-01-01"), recent=12, earlier=36, first_day=first)
    assert found is not None
    # November and December 2020 are whole.
    assert found.edges.size == 15
    assert found.earlier_days == 61
    late = float((pd.Timestamp("2021-03-01") - pd.Timestamp(0)).days)
    assert months_before(pd.Timestamp("2022-01-01"), recent=12, earlier=36, first_day=late) is None


def test_each_incident_is_in_one_month_and_none_after_the_end() -> None:
    months = Months(edges=np.array([10.0, 20.0, 30.0]), recent=1)
    assert monthly(np.array([9.0, 10.0, 19.0, 20.0, 29.0, 30.0, np.nan]), months).tolist() == [2, 2]


def test_dispersion_of_even_months_is_one_and_of_bursts_larger() -> None:
    assert dispersion(counts_of([2], [1]), YEAR) == 1.0
    # Months of 0, 0 and 6 around 2: (4 + 4 + 16) / 2 for each three, 12 of these, and 35 + 11 free.
    assert dispersion(counts_of([0, 0, 6], [2]), YEAR) == pytest.approx(12 * 12 / 46)
    assert dispersion(np.zeros(48, dtype=int), YEAR) == 1.0


def test_the_same_numbers_fall_clearly_where_even_and_not_where_they_came_in_bursts() -> None:
    even, bursts = counts_of([2], [1, 0]), counts_of([0] * 11 + [24], [0] * 11 + [6])
    table = trend_table({"even": even, "bursts": bursts}, YEAR).set_index("area")
    assert table["recent"].tolist() == [6, 6]
    assert table["earlier"].tolist() == [72, 72]
    assert table["exact_low"].iloc[0] == table["exact_low"].iloc[1]
    assert table["trend"].tolist() == ["falling", "no_clear_change"]
    assert table.loc["bursts", "high"] > table.loc["bursts", "exact_high"]


def test_a_row_has_rates_in_30_days_and_the_ratio() -> None:
    row = trend_table({"a": counts_of([1], [3])}, YEAR).iloc[0]
    assert row[["recent_rate", "earlier_rate", "ratio"]].tolist() == [3.0, 1.0, 3.0]
    assert row["trend"] == "rising"
    assert row["low"] == pytest.approx(row["exact_low"])


def test_small_numbers_say_nothing_and_are_not_tested() -> None:
    counts = {"few": counts_of([0], [0]), "more": counts_of([1], [1])}
    counts["few"][-9:] = 1
    table = trend_table(counts, YEAR)
    assert table["trend"].tolist() == ["too_few", "no_clear_change"]
    assert np.isnan(table["q"].iloc[0])
    # One area alone is tested: its q is its p.
    assert table["q"].iloc[1] == pytest.approx(table["p"].iloc[1])
    assert trend_table({"few": counts["few"]}, YEAR)["ratio"].tolist() == [np.inf]
    assert np.isnan(trend_table({"none": counts_of([0], [0])}, YEAR)["ratio"].iloc[0])


def test_of_many_areas_without_a_change_hardly_one_is_said_to_have_changed() -> None:
    rng = np.random.default_rng(6)
    said = [
        (trend_table(dict(enumerate(rng.poisson(1.0, (40, 48)))), YEAR)["q"] <= 0.05).any()
        for _ in range(40)
    ]
    assert sum(said) <= 5
