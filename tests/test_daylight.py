"""First and last light against astral and by hand; who waits for it, and who walks through the night."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from astral import Observer
from astral.sun import dawn, dusk
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.routing.daylight import Daylight, daylight

HOUR = 3600.0
DAY = 86_400.0
JUNE, DECEMBER = dt.date(2026, 6, 21), dt.date(2026, 12, 21)
# Light from 6 to 18 on three days.
TWELVE = Daylight(
    first_s=np.array([6.0, 30.0, 54.0]) * HOUR, last_s=np.array([18.0, 42.0, 66.0]) * HOUR
)


def of_astral(lon: float, lat: float, day: dt.date) -> list[float]:
    """Civil dawn and dusk of a local day at exactly this place, in seconds after midnight UTC."""
    zone = dt.timezone(dt.timedelta(seconds=round(lon * 240)))
    observer = Observer(latitude=lat, longitude=lon)
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    return [
        (at(observer, date=day, tzinfo=zone, depression=6) - midnight).total_seconds()
        for at in (dawn, dusk)
    ]


@pytest.mark.parametrize("day", [JUNE, DECEMBER, dt.date(2026, 3, 20), dt.date(2026, 9, 1)])
def test_light_is_that_of_astral_within_the_stated_error(day: dt.date) -> None:
    rng = np.random.default_rng(3)
    for steepest, error_s in ((35.0, 10.0), (60.0, 180.0)):
        lat, lon = rng.uniform(-steepest, steepest, 60), rng.uniform(-179, 179, 60)
        found = daylight(lon, lat, start=day, days=1)
        expected = np.array([of_astral(x, y, day) for x, y in zip(lon, lat, strict=True)])
        # Where the night is short, astral gives the light that ended or began on the other side of midnight.
        for light, own in ((found.first_s, expected[:, 0]), (found.last_s, expected[:, 1])):
            assert np.abs((light[:, 1] - own + DAY / 2) % DAY - DAY / 2).max() < error_s


def test_at_the_equator_on_the_equinox_it_is_light_a_little_longer_than_twelve_hours() -> None:
    # Civil twilight adds 6 degrees at either end, which at the equator take 24 minutes each.
    found = daylight(np.array([30.0]), np.array([0.0]), start=dt.date(2026, 3, 20), days=1)
    length_h = (found.last_s - found.first_s)[0, 1] / HOUR
    assert length_h == pytest.approx(12.8, abs=0.05)
    # The sun is highest at 12:00 less 2 h for 30 degrees east, with the 7 min of the equation of time.
    noon_h = (found.last_s + found.first_s)[0, 1] / 2 / HOUR
    assert noon_h == pytest.approx(10 + 7 / 60, abs=0.02)


def test_each_day_is_the_day_of_the_place_also_far_from_greenwich() -> None:
    lon = np.array([-179.0, -90.0, 0.0, 90.0, 179.0])
    found = daylight(lon, np.zeros(5), start=DECEMBER, days=2)
    middle = (found.first_s + found.last_s) / 2
    expected = np.array([-1, 0, 1])[None] * DAY + DAY / 2 - lon[:, None] * 240
    assert np.abs(middle - expected).max() < 20 * 60
    assert (found.last_s > found.first_s).all()


def test_where_the_sun_never_rises_nothing_flies_by_day() -> None:
    found = daylight(np.array([20.0]), np.array([80.0]), start=DECEMBER, days=3)
    assert np.isinf(found.first_s).all()
    assert found.wait_s(np.array([HOUR]), np.array([60.0])).tolist() == [math.inf]


def test_where_the_sun_never_sets_there_is_no_wait_however_long_the_flight() -> None:
    found = daylight(np.array([20.0]), np.array([80.0]), start=JUNE, days=3)
    for hour in range(48):
        assert found.wait_s(np.array([hour * HOUR]), np.array([20 * HOUR])).tolist() == [0.0]


def test_every_latitude_has_an_answer_on_every_day() -> None:
    lat = np.linspace(-90, 90, 61)
    for month in range(1, 13):
        found = daylight(np.zeros(61), lat, start=dt.date(2026, month, 5), days=2)
        assert not np.isnan(found.first_s).any()
        assert (found.last_s >= found.first_s).all()


def test_an_unknown_position_has_unknown_light() -> None:
    found = daylight(np.array([math.nan]), np.array([5.0]), start=JUNE, days=1)
    assert np.isnan(found.first_s).all()


@pytest.mark.parametrize(
    ("leave_h", "needed_h", "wait_h"),
    [
        (7, 2, 0),
        (6, 12, 0),
        (16, 2, 0),
        (16, 2.5, 14),
        (20, 1, 10),
        (3, 1, 3),
        (7, 12, 23),
        (7, 12.5, math.inf),
        (70, 1, math.inf),
    ],
)
def test_who_cannot_be_back_by_last_light_waits_for_first_light(
    leave_h: float, needed_h: float, wait_h: float
) -> None:
    waited = TWELVE.wait_s(np.array(leave_h * HOUR), np.array(needed_h * HOUR))
    assert float(waited / HOUR) == wait_h


def test_an_unknown_flight_waits_an_unknown_time() -> None:
    assert np.isnan(TWELVE.wait_s(np.array([HOUR]), np.array([math.nan]))).all()


def test_shared_daylight_begins_with_the_later_and_ends_with_the_earlier() -> None:
    one = Daylight(first_s=np.array([[6.0]]), last_s=np.array([[18.0]]))
    two = Daylight(first_s=np.array([[5.0], [7.0]]), last_s=np.array([[17.0], [19.0]]))
    both = one.shared(two)
    assert both.first_s.tolist() == [[[6.0], [7.0]]]
    assert both.last_s.tolist() == [[[17.0], [18.0]]]


@pytest.mark.parametrize(
    ("leave_h", "way_h", "factor", "arrived_h"),
    [
        (7, 2, 2, 9),  # by day
        (19, 2, 2, 23),  # by night
        (17, 2, 2, 20),  # an hour by day, then twice an hour
        (4, 2, 2, 7),  # two hours by night make one, then one by day
        (17, 10, 2, 33),  # one by day, twelve by night make six, then three by day
        (6, 12, 2, 18),
        (7, 0, 2, 7),
        (7, math.inf, 2, math.inf),
        (0, 100, 1, 100),
    ],
)
def test_a_way_is_slower_for_as_long_as_it_is_dark(
    leave_h: float, way_h: float, factor: float, arrived_h: float
) -> None:
    arrived = TWELVE.arrival_s(np.array(leave_h * HOUR), np.array(way_h * HOUR), factor)
    assert float(arrived / HOUR) == pytest.approx(arrived_h)


@pytest.mark.parametrize(
    ("leave_h", "way_h", "known"), [(7, 2, True), (17, 2, False), (3, 1, False), (6, 12, True)]
)
def test_without_a_factor_only_those_who_arrive_before_dark_have_a_time(
    leave_h: float, way_h: float, *, known: bool
) -> None:
    arrived = TWELVE.arrival_s(np.array(leave_h * HOUR), np.array(way_h * HOUR), math.nan)
    assert np.isnan(arrived) != known


@given(st.floats(0, 40), st.floats(0, 30), st.floats(1, 4))
def test_the_night_never_makes_anyone_faster(leave_h: float, way_h: float, factor: float) -> None:
    leave, way = np.array(leave_h * HOUR), np.array(way_h * HOUR)
    arrived = float(TWELVE.arrival_s(leave, way, factor))
    assert leave + way <= arrived + 1e-6
    assert arrived <= float(leave + way * factor) + 1e-6
    assert arrived <= float(TWELVE.arrival_s(leave, way, factor + 0.5)) + 1e-6
