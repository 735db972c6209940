"""Draws of the threat surface: what they say of single incidents, by hand and by brute force."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.draws import FIRM, LOW, MARGINAL, UNKNOWN, Draws, threat_draws
from geo_poc.layers.threat.past import HALF_LIFE_DAYS, Past
from geo_poc.layers.threat.surface import Threat, fit
from geo_poc.layers.threat.totals import redrawn_total
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
AS_OF = dt.date(2021, 1, 1)
Row = tuple[float, float, str, int]


def incidents(rows: list[Row]) -> gpd.GeoDataFrame:
    """Incidents of one day each: x and y in km, date, ``where_prec``."""
    day = pd.to_datetime([row[2] for row in rows])
    return gpd.GeoDataFrame(
        {
            "date_start": day,
            "date_end": day,
            "where_prec": [row[3] for row in rows],
            "date_prec": 1,
            "position_sd_m": 0.0,
            "admin1": "",
            "admin2": "",
        },
        geometry=[shapely.Point(x * 1000, y * 1000) for x, y, *_ in rows],
        crs=CRS,
    )


def threat_of(theatre: Theatre, rows: list[Row]) -> Threat:
    return fit(incidents(rows), AS_OF, background=Background(theatre=theatre))


def drawn(threat: Threat, *, seed: int = 1, draws: int = 20) -> Draws:
    assert threat.past is not None
    assert threat.total is not None
    rng = np.random.default_rng(seed)
    return threat_draws(threat.past, threat.total, rng=rng, draws=draws)


@pytest.fixture(scope="module")
def square(theatre_of: Callable[..., Theatre]) -> Theatre:
    """20 x 20 cells of 10 km: the top 5 % are 20 cells."""
    return theatre_of(20, 20)


MONTHS = [str(day.date()) for day in pd.date_range("2017-01-15", "2020-12-15", freq="MS")]
ONE_PLACE: list[Row] = [(105.0, 105.0, day, 1) for day in MONTHS]
SCATTERED: list[Row] = [
    (float(x), float(y), str(day.date()), 1)
    for (x, y), day in zip(
        np.random.default_rng(5).uniform(0, 200, (80, 2)),
        pd.date_range("2018-01-03", periods=80, freq="13D"),
        strict=True,
    )
]


class Ones:
    """In place of a generator: every weight is 1."""

    def exponential(self, *, size: int) -> np.ndarray:
        return np.ones(size)


def test_the_same_seed_gives_the_same_draws_and_another_gives_others(square: Theatre) -> None:
    threat = threat_of(square, SCATTERED)
    one, same, other = drawn(threat, seed=1), drawn(threat, seed=1), drawn(threat, seed=2)
    np.testing.assert_array_equal(one.expected, same.expected)
    np.testing.assert_array_equal(one.top_ratio, same.top_ratio)
    assert (one.low, one.high) == (same.low, same.high)
    assert not np.array_equal(one.expected, other.expected)


def test_a_cell_is_firm_where_brute_force_finds_it_in_the_top_in_nine_draws_of_ten(
    square: Theatre,
) -> None:
    """Each draw's 400 cells are sorted; the 20 highest are in, those that tie for the last places in part."""
    draws = drawn(threat_of(square, SCATTERED))
    times_in = np.zeros(400)
    for expected in draws.expected.astype(np.float64):
        for cell in range(400):
            above = int((expected > expected[cell]).sum())
            ties = int((expected == expected[cell]).sum())
            times_in[cell] += min(max(20 - above, 0) / ties, 1.0)
    # The draws are kept as single precision, so that a rank can differ by one where two cells are close.
    assert np.abs(times_in / 20 - draws.top_ratio).max() <= 0.05 + 1e-9
    firm = draws.firmness == FIRM
    assert firm.any()
    assert (times_in[firm] / 20 >= 0.85).all()
    np.testing.assert_array_equal(firm, draws.top_ratio >= 0.9 - 1e-9)
    np.testing.assert_array_equal(
        draws.firmness == MARGINAL, (draws.top_ratio >= 0.1 - 1e-9) & ~firm
    )
    np.testing.assert_array_equal(draws.firmness == LOW, draws.top_ratio < 0.1 - 1e-9)


def test_one_dominating_place_is_firm(square: Theatre) -> None:
    """Incidents of four years at one place: its cell, row 9 from the north and column 10, is first in every draw."""
    draws = drawn(threat_of(square, ONE_PLACE))
    cell = 9 * 20 + 10
    assert (draws.expected.argmax(axis=1) == cell).all()
    assert draws.top_ratio[cell] == 1.0
    assert draws.firmness[cell] == FIRM


def test_a_single_incident_of_long_ago_is_less_sure_than_a_place_of_many(square: Theatre) -> None:
    """The single one has a small weight in many draws; its share of the draws is never above that of the many."""
    draws = drawn(threat_of(square, [*ONE_PLACE, (15.0, 15.0, "2017-06-01", 1)]))
    single, many = 18 * 20 + 1, 9 * 20 + 10
    spread = draws.expected.std(axis=0) / draws.expected.mean(axis=0)
    assert spread[single] > spread[many]
    assert draws.top_ratio[single] <= draws.top_ratio[many]


@given(st.integers(0, 10_000), st.integers(1, 30))
@settings(deadline=None, max_examples=15)
def test_what_is_in_the_top_is_always_five_percent_of_the_cells(
    theatre_of: Callable[..., Theatre], seed: int, n: int
) -> None:
    at = np.random.default_rng(seed).uniform(0, 100, (n, 2))
    rows: list[Row] = [(float(x), float(y), "2020-05-05", 1) for x, y in at]
    draws = drawn(threat_of(theatre_of(10, 10), rows), seed=seed, draws=3)
    assert draws.top_ratio.sum() == pytest.approx(5.0)
    assert draws.top_ratio.min() >= 0
    assert draws.top_ratio.max() <= 1
    assert (draws.expected > 0).all()


def test_on_steady_data_the_ranges_hold_the_number(square: Theatre) -> None:
    threat = threat_of(square, ONE_PLACE)
    assert threat.total is not None
    draws = drawn(threat, draws=60)
    low, high = draws.expected_range(np.ones(400, dtype=bool))
    assert low <= threat.total.expected <= high
    assert draws.low <= threat.total.expected <= draws.high


def test_the_range_of_some_cells_is_the_middle_of_their_sums() -> None:
    """Sums of the first two cells are 0, 1, .., 10: the middle 80 % is 1 to 9."""
    expected = np.array([[n / 2, n / 2, 99.0] for n in range(11)], dtype=np.float32)
    draws = Draws(expected=expected, top_ratio=np.zeros(3), low=0.0, high=0.0)
    assert draws.expected_range(np.array([True, True, False])) == pytest.approx((1.0, 9.0))


def test_with_all_weights_one_every_draw_is_the_fitted_surface(square: Theatre) -> None:
    threat = threat_of(square, SCATTERED)
    assert threat.past is not None
    assert threat.total is not None
    assert threat.mixture is not None
    ones = Ones()
    assert redrawn_total(threat.past, threat.total, rng=ones) == pytest.approx(  # type: ignore[arg-type]
        threat.total.expected
    )
    few = dataclasses.replace(threat.total, size=float("nan"))
    draws = threat_draws(threat.past, few, rng=ones, draws=2)  # type: ignore[arg-type]
    expected = threat.total.expected * threat.mixture.density
    np.testing.assert_allclose(draws.expected, [expected, expected], rtol=1e-5)
    assert np.isnan([draws.low, draws.high]).all()


def test_drawn_numbers_are_on_average_the_number(square: Theatre) -> None:
    """Weights have the mean 1 and the number is linear in them: 4,000 draws are within 4 standard errors."""
    threat = threat_of(square, SCATTERED)
    assert threat.past is not None
    assert threat.total is not None
    rng = np.random.default_rng(7)
    numbers = np.array([redrawn_total(threat.past, threat.total, rng=rng) for _ in range(4000)])
    error = numbers.std() / np.sqrt(numbers.size)
    assert abs(numbers.mean() - threat.total.expected) < 4 * error
    assert (numbers > 0).all()


def test_incidents_of_one_month_share_one_weight(square: Theatre) -> None:
    """All in one month: the number is the expected one times that month's weight."""
    threat = threat_of(square, [(105.0, 105.0, f"2020-12-{day:02}", 1) for day in range(5, 25)])
    assert threat.past is not None
    assert threat.total is not None
    drawn_number = redrawn_total(threat.past, threat.total, rng=np.random.default_rng(3))
    weight = np.random.default_rng(3).exponential(size=1)[0]
    assert drawn_number == pytest.approx(threat.total.expected * weight)


def test_past_windows_count_by_their_age_times_their_draw(square: Theatre) -> None:
    """A window of 24 months of age counts half; with a draw of 3 it counts one and a half."""
    past = threat_of(square, SCATTERED).past
    assert past is not None
    day = past.windows()
    by_age = 0.5 ** ((past.as_of_day - day) / HALF_LIFE_DAYS)
    np.testing.assert_allclose(past.window_weight(day), by_age)
    weighed = dataclasses.replace(past, window_draw=np.arange(day.size, dtype=float))
    chosen = day[[4, 1, 4]]
    np.testing.assert_allclose(
        weighed.window_weight(chosen), np.array([4.0, 1.0, 4.0]) * by_age[[4, 1, 4]]
    )


def test_where_no_incident_can_be_placed_all_is_unknown(square: Theatre) -> None:
    vague: list[Row] = [(x, y, day, 6) for x, y, day, _ in ONE_PLACE]
    draws = drawn(threat_of(square, vague), draws=2)
    assert np.isnan(draws.expected).all()
    assert np.isnan(draws.top_ratio).all()
    assert (draws.firmness == UNKNOWN).all()
    assert np.isnan([draws.low, draws.high]).all()
    assert np.isnan(draws.expected_range(np.ones(400, dtype=bool))).all()


def test_the_number_is_unknown_where_no_incident_is_dated_to_the_month(square: Theatre) -> None:
    table = incidents(ONE_PLACE).assign(date_prec=5)
    threat = fit(table, AS_OF, background=Background(theatre=square))
    assert threat.past is not None
    assert threat.total is not None
    rng = np.random.default_rng(1)
    assert np.isnan(redrawn_total(threat.past, threat.total, rng=rng))
    draws = threat_draws(threat.past, threat.total, rng=rng, draws=2)
    assert np.isnan([draws.low, draws.high]).all()
    assert draws.top_ratio.sum() == pytest.approx(20.0)


def test_no_draw_is_refused_and_progress_is_told(square: Theatre) -> None:
    threat = threat_of(square, SCATTERED)
    assert isinstance(threat.past, Past)
    assert threat.total is not None
    told: list[tuple[str, float]] = []
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match=r"at least 1\. Found: 0"):
        threat_draws(threat.past, threat.total, rng=rng, draws=0)
    threat_draws(
        threat.past, threat.total, rng=rng, draws=2, progress=lambda *step: told.append(step)
    )
    assert told == [("draws", 0.0), ("draws", 0.5), ("draws", 1.0)]
