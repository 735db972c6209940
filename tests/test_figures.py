"""Numbers are printed no more precisely than they are known."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc import figures

INF, NAN = float("inf"), float("nan")


def plain(written: str) -> str:
    return written.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0"),
        (1, "< 10"),
        (4, "< 10"),
        (5, "10"),
        (14, "10"),
        (15, "20"),
        (94, "90"),
        (96, "100"),
        (100, "100"),
        (104, "100"),
        (105, "110"),
        (996, "1,000"),
        (71_432, "71,000"),
        (1_250_000, "1,300,000"),
        (NAN, "unknown"),
    ],
)
def test_people_have_two_significant_figures_and_tens_below_a_hundred(count, written):
    assert plain(figures.people(count)) == written


@pytest.mark.parametrize(
    ("minutes", "written"),
    [
        (0, "0 min"),
        (45, "45 min"),
        (89, "89 min"),
        (90, "1.5 h"),
        (180, "3 h"),
        (222, "3.7 h"),
        (597, "10 h"),
        (600, "10 h"),
        (690, "12 h"),
        (1440, "24 h"),
        (1441, "> 24 h"),
        (INF, "not reached"),
        (NAN, "unknown"),
    ],
)
def test_times_are_minutes_then_tenths_of_hours_then_hours_then_more_than_a_day(minutes, written):
    assert plain(figures.duration(minutes * 60)) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0%"),
        (0.001, "< 1%"),
        (0.005, "1%"),
        (0.354, "35%"),
        (0.355, "36%"),
        (0.996, "> 99%"),
        (1.0, "100%"),
        (NAN, "unknown"),
    ],
)
def test_some_is_never_printed_as_none_nor_most_as_all(share, written):
    assert plain(figures.percent(share)) == written


@pytest.mark.parametrize(
    ("metres", "written"),
    [
        (0, "0 m"),
        (20, "< 100 m"),
        (120, "100 m"),
        (949, "900 m"),
        (960, "1 km"),
        (4_230, "4.2 km"),
        (29_400, "29 km"),
        (INF, "not reached"),
        (NAN, "unknown"),
    ],
)
def test_distances_are_no_finer_than_a_hundred_metres(metres, written):
    assert plain(figures.distance(metres)) == written


def test_areas_have_two_significant_figures():
    assert [plain(figures.area(a)) for a in (NAN, 4.4, 1_234)] == ["unknown", "4 km²", "1,200 km²"]


def test_date_time_group_is_in_zulu_time():
    east = dt.timezone(dt.timedelta(hours=3))
    moment = dt.datetime(2022, 1, 1, 1, 30, tzinfo=east)
    assert plain(figures.dtg(moment)) == "312230Z DEC 21"


def test_date_time_group_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        figures.dtg(dt.datetime(2022, 1, 1))  # noqa: DTZ001  (that is the fault tested)


def test_dates_are_written_as_the_un_writes_them():
    assert plain(figures.day(dt.date(2020, 1, 6))) == "06 JAN 20"
    assert plain(figures.month(dt.date(2020, 12, 6))) == "Dec 2020"


@pytest.mark.parametrize(
    "written", [figures.duration(5_000), figures.distance(5_000), figures.area(50)]
)
def test_number_and_unit_never_break(written):
    assert " " not in written


@given(st.floats(min_value=100, max_value=1e9))
def test_printed_people_are_within_five_percent(count):
    assert abs(int(figures.people(count).replace(",", "")) - count) <= 0.05 * count + 1e-6


@given(st.floats(min_value=0, max_value=1e7, allow_subnormal=False))
def test_printed_people_are_digits_or_said_to_be_few(count):
    written = plain(figures.people(count))
    assert written.replace(",", "").isdigit() or (written == "< 10" and 0 < count < 5)


@pytest.mark.parametrize(
    ("seconds", "standard_s", "written"),
    [
        (10_800, 10_800, "3 h"),  # in time
        (10_944, 10_800, "3 h 2 min"),  # 182.4 min
        (10_801, 10_800, "3 h 1 min"),  # not "3 h 0 min"
        (11_160, 10_800, "3.1 h"),  # reads later anyhow
        (2_710, 2_700, "46 min"),
        (2_735, 2_730, "47 min"),  # the standard of 45.5 min reads "46 min"
        (5_365, 5_340, "1 h 30 min"),  # 89.4 min against 89 min
        (37_440, 36_000, "10 h 24 min"),
        (108_060, 100_800, "30 h 1 min"),  # both beyond a day
        (INF, 10_800, "not reached"),
        (INF, INF, "not reached"),
        (NAN, 10_800, "unknown"),
    ],
)
def test_a_late_time_never_reads_as_the_standard(seconds, standard_s, written):
    assert plain(figures.time_against(seconds, standard_s)) == written


@given(st.floats(min_value=60, max_value=200_000), st.floats(min_value=1e-3, max_value=40_000))
def test_any_time_beyond_a_standard_is_written_otherwise(standard_s, more_s):
    late = figures.time_against(standard_s + more_s, standard_s)
    assert late != figures.duration(standard_s)
    assert figures.time_against(standard_s, standard_s) == figures.duration(standard_s)
