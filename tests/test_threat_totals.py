"""The expected number of events and its interval, against scipy and plain loops."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import nbinom

from geo_poc.layers.threat.events import day_number
from geo_poc.layers.threat.past import Past, past_of
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.setting import Setting, setting_of
from geo_poc.layers.threat.totals import expected_total, log_likelihood, negative_binomial_interval
from geo_poc.theatre import Theatre

AS_OF = float(day_number(dt.date(2021, 1, 1)))
DECAYS = (60.0, 120.0, 240.0, 480.0)


@pytest.fixture(scope="module")
def cell(theatre_of: Callable[..., Theatre]) -> Setting:
    return setting_of(theatre_of(1, 1))


def past(
    ages: Sequence[float] | NDArray[np.float64],
    setting: Setting,
    *,
    horizon_days: float = 30.0,
    wanted: NDArray[np.bool_] | None = None,
    date_prec: float = 1.0,
    on_map: bool = True,
) -> Past:
    """Events of one day in the one cell, so many days before 1 January 2021."""
    day = AS_OF - np.array(ages, dtype=float)
    n = day.size
    record = Record(
        cell=np.full(n, 0 if on_map else -1),
        x_m=np.full(n, 5e3),
        y_m=np.full(n, 5e3),
        start_day=day,
        end_day=day,
        where_prec=np.full(n, 1.0 if on_map else 6.0),
        date_prec=np.full(n, date_prec),
        wanted=np.ones(n, dtype=bool) if wanted is None else wanted,
    )
    return past_of(record, setting, as_of_day=AS_OF, horizon_days=horizon_days)


BURSTS = np.unique(np.random.default_rng(2).gamma(2.0, 150.0, 220).round()) + 1


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=10),
    st.floats(0.1, 50),
    st.floats(0.1, 1000),
)
@settings(deadline=None, max_examples=40)
def test_the_likelihood_is_that_of_scipys_negative_binomial(
    numbers: list[int], mean: float, size: float
) -> None:
    number = np.array(numbers, dtype=float)
    found = log_likelihood(number, np.full(number.size, mean), size)
    assert found == pytest.approx(nbinom.logpmf(number, size, size / (size + mean)), rel=1e-6)


@pytest.mark.parametrize(("mean", "size"), [(7.0, 2.0), (0.3, 5.0), (25.0, 1e4)])
def test_the_interval_holds_four_fifths_and_no_more_than_a_tenth_lies_on_each_side(
    mean: float, size: float
) -> None:
    low, high = negative_binomial_interval(mean, size)
    chance = nbinom(size, size / (size + mean))
    assert chance.cdf(low - 1) <= 0.1
    assert chance.sf(high) <= 0.1
    assert chance.cdf(high) - chance.cdf(low - 1) >= 0.8


def test_a_steady_rate_is_found_and_not_overdispersed(cell: Setting) -> None:
    """One a day for six years: 30 in 30 days; no decay sees more than half a day off."""
    total = expected_total(past(np.arange(1.0, 2200.0), cell))
    assert total.expected == pytest.approx(30, rel=0.01)
    assert total.size > 1000
    assert total.low < 30 < total.high


@pytest.mark.parametrize("horizon_days", [30.0, 90.0])
def test_decay_and_size_are_those_of_the_highest_likelihood_by_plain_loops(
    horizon_days: float, cell: Setting
) -> None:
    known = past(BURSTS, cell, horizon_days=horizon_days)
    days = known.record.end_day
    start = days.min()

    def number(at: float, decay: float) -> float:
        before = at - days[days < at]
        length = max(at - start, horizon_days)
        lately = np.exp(-before / decay).sum() / (decay * (1 - np.exp(-length / decay)))
        return horizon_days * (0.9 * lately + 0.1 * before.size / length)

    windows = [w for w in known.windows() if (days < w).any()]
    came = [((days >= w) & (days < w + horizon_days)).sum() for w in windows]
    weight = [0.5 ** ((AS_OF - w) / 730.5) for w in windows]
    sizes = np.exp(np.linspace(np.log(0.05), np.log(1e4), 300))
    best = {}
    for decay in DECAYS:
        mean = np.array([number(w, decay) for w in windows])
        fit = [weight @ nbinom.logpmf(came, s, s / (s + mean)) for s in sizes]
        best[decay] = max(fit)
    total = expected_total(known)
    assert total.decay_days == max(DECAYS, key=lambda decay: best[decay])
    assert total.expected == pytest.approx(number(AS_OF, total.decay_days))
    mean = np.array([number(w, total.decay_days) for w in windows])
    found = weight @ nbinom.logpmf(came, total.size, total.size / (total.size + mean))
    assert found >= best[total.decay_days] - 1e-6
    assert (total.low, total.high) == negative_binomial_interval(total.expected, total.size)


def test_with_fewer_than_twelve_windows_the_interval_is_unknown_and_the_decay_long(
    cell: Setting,
) -> None:
    """An event of 31 December 2019 is seen from the windows of January to December: twelve."""
    twelve = expected_total(past(np.arange(1.0, 368.0, 6.0), cell))
    assert np.isfinite([twelve.low, twelve.high, twelve.size]).all()
    eleven = expected_total(past(np.arange(1.0, 366.0, 6.0), cell))
    assert np.isnan([eleven.low, eleven.high, eleven.size]).all()
    assert eleven.decay_days == 480
    assert eleven.expected == pytest.approx(5, rel=0.05)


def test_without_any_event_the_number_is_unknown(cell: Setting) -> None:
    total = expected_total(past([], cell))
    assert np.isnan([total.expected, total.low, total.high, total.decay_days, total.size]).all()


def test_only_events_of_the_kind_asked_for_count(cell: Setting) -> None:
    wanted = np.arange(BURSTS.size) % 3 == 0
    # The last is the oldest: windows before the first of the kind asked for teach nothing.
    wanted[-30:] = False
    some = expected_total(past(BURSTS, cell, wanted=wanted))
    alone = expected_total(past(BURSTS[wanted], cell))
    assert some == alone
    assert np.isnan(expected_total(past(BURSTS, cell, wanted=~wanted & wanted)).expected)


def test_events_too_vague_for_the_map_count_and_those_known_to_the_year_do_not(
    cell: Setting,
) -> None:
    whole = expected_total(past(BURSTS, cell))
    assert expected_total(past(BURSTS, cell, on_map=False)) == whole
    assert np.isnan(expected_total(past(BURSTS, cell, date_prec=5.0)).expected)


def test_after_a_lasting_change_the_number_follows_it(cell: Setting) -> None:
    """One a day for three years, then one in ten days for two: 3 in 30 days, not 20."""
    ages = np.concatenate([np.arange(5.0, 730.0, 10.0), np.arange(730.0, 1825.0)])
    total = expected_total(past(ages, cell))
    assert 3 <= total.expected < 6
