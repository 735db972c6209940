"""Totals of one case, against sums done by hand on seven sites."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.coverage.findings import Coverage
from geo_poc.coverage.summary import (
    CLASSES,
    case_possible,
    case_summary,
    headline_case,
    headline_layer,
    share_in_time,
    tally,
    worst_case,
)
from geo_poc.plan import Conditions

HOUR = 3600.0
WET_DAY = {"season": "wet", "light": "day"}
# id, people, class with air, class without air, seconds by road, seconds by air
CAMPS = [
    ("ground", 400.0, "P", "P", 1 * HOUR, 0.5 * HOUR),
    ("flown", 300.0, "C", "N", np.inf, 1 * HOUR),
    ("late", 200.0, "N", "N", 5 * HOUR, np.inf),
    ("cut off", 100.0, "N", "N", np.inf, np.inf),
    ("nobody counted", np.nan, "N", "N", np.inf, np.inf),
    ("no times", 1000.0, "?", "?", np.nan, np.inf),
    ("abroad", 7000.0, "E", "E", np.inf, np.inf),
]


def coverage_of(camps, *, night_seconds=np.nan, layer="camp"):
    """Camps by day as given; at night nothing flies and every time is ``night_seconds``."""
    ids = [camp[0] for camp in camps]
    night = {"season": "wet", "light": "night"}
    night_class = "?" if np.isnan(night_seconds) else "N"
    answers = [
        row
        for name, _, _, _, road_s, air_s in camps
        for row in (
            {"id": name, "kind": "road", "seconds": road_s, **WET_DAY},
            {"id": name, "kind": "air", "seconds": air_s, **WET_DAY},
            {"id": name, "kind": "road", "seconds": night_seconds, **night},
        )
    ]
    classes = [
        row
        for name, _, with_air, without_air, _, _ in camps
        for row in (
            {"id": name, "class": with_air, "air": True, **WET_DAY},
            {"id": name, "class": without_air, "air": False, **WET_DAY},
            {"id": name, "class": night_class, "air": False, **night},
            {"id": name, "class": night_class, "air": True, **night},
        )
    ]
    matrix = [
        {"layer": layer, "air": air, "possible": not (air and case is night), **case}
        for case, air in itertools.product((WET_DAY, night), (True, False))
    ]
    return Coverage(
        places=pd.DataFrame({"id": ids, "layer": layer, "people": [camp[1] for camp in camps]}),
        answers=pd.DataFrame(answers),
        classes=pd.DataFrame(classes),
        matrix=pd.DataFrame(matrix),
        cell_class=np.full((1, 1), ""),
    )


def without(name):
    return [camp for camp in CAMPS if camp[0] != name]


def by_day(coverage, *, air=True):
    return case_summary(coverage, layer="camp", season="wet", light="day", air=air)


def test_classes_add_up_to_the_sums_done_by_hand():
    summary = by_day(coverage_of(CAMPS))
    people = {c: t.people for c, t in summary.by_class.items()}
    assert people == {"P": 400.0, "C": 300.0, "N": 300.0, "?": 1000.0, "E": 7000.0}
    assert summary.total.sites == sum(t.sites for t in summary.by_class.values()) == 7
    assert summary.total.people == 9000.0
    assert summary.total.sites_unknown_people == summary.by_class["N"].sites_unknown_people == 1


def test_a_site_that_nothing_reaches_is_unreached_but_one_that_is_late_or_unknown_is_not():
    unreached = by_day(coverage_of(CAMPS)).unreached
    assert (unreached.sites, unreached.sites_unknown_people, unreached.people) == (2, 1, 100.0)


def test_a_site_only_an_aircraft_reaches_is_unreached_without_aircraft():
    unreached = by_day(coverage_of(CAMPS), air=False).unreached
    assert (unreached.sites, unreached.people) == (3, 400.0)


def test_shares_leave_out_people_outside_the_mandate_and_keep_the_unassessed_in_view():
    summary = by_day(coverage_of(CAMPS))
    assert summary.people_share("P") == 400 / 2000
    assert summary.people_share("P", "C") == share_in_time(summary) == 700 / 2000
    assert summary.people_share("?") == 1000 / 2000
    assert summary.site_share("N") == 3 / 6


def test_share_is_unknown_when_nobody_was_counted():
    uncounted = [(name, np.nan, *rest) for name, _, *rest in CAMPS]
    summary = by_day(coverage_of(uncounted))
    assert not summary.people_known
    assert np.isnan(summary.people_share("P"))
    assert np.isnan(summary.by_class["P"].people)
    assert share_in_time(summary) == 2 / 6


def test_share_is_unknown_when_no_time_is_known_and_not_zero():
    unassessed = [("a", 10.0, "?", "?", np.nan, np.nan)]
    summary = by_day(coverage_of(unassessed))
    assert np.isnan(summary.people_share("P"))
    assert np.isnan(summary.site_share("P"))
    assert summary.people_share("?") == 1.0


def test_case_that_cannot_exist_has_no_sites_by_class():
    summary = case_summary(coverage_of(CAMPS), layer="camp", season="wet", light="night", air=True)
    assert not summary.possible
    assert sum(t.sites for t in summary.by_class.values()) == summary.unreached.sites == 0
    assert summary.total.sites == 7


def test_case_that_is_not_in_the_matrix_is_impossible():
    assert not case_possible(coverage_of(CAMPS), layer="camp", season="dry", light="day", air=False)


def test_headline_is_with_aircraft_only_where_they_may_fly():
    coverage = coverage_of(CAMPS)
    day = headline_case(coverage, Conditions(season="wet", light="day"))
    night = headline_case(coverage, Conditions(season="wet", light="night"))
    assert (day.air, night.air) == (True, False)


def test_headline_speaks_of_places_only_where_there_is_no_camp():
    assert headline_layer(coverage_of(CAMPS)) == "camp"
    assert headline_layer(coverage_of(CAMPS, layer="place")) == "place"


def test_worst_case_passes_over_cases_that_are_unknown_or_impossible():
    # Without "no times" the day is fully assessed: 400 of 1,000; the night is unknown to everyone.
    worst = worst_case(coverage_of(without("no times")), layer="camp")
    assert (worst.case.light, worst.case.air, share_in_time(worst.case)) == ("day", False, 0.4)
    assert (worst.possible, worst.unassessed) == (3, 1)


def test_worst_case_is_the_one_in_which_nobody_is_reached():
    worst = worst_case(coverage_of(without("abroad"), night_seconds=np.inf), layer="camp")
    assert (worst.case.light, worst.case.air, share_in_time(worst.case)) == ("night", False, 0.0)


def test_case_in_which_one_counted_site_is_unassessed_is_never_called_the_worst():
    # By day "no times" with its 1,000 people is unknown: 400 / 2,000 would be a lower bound only.
    worst = worst_case(coverage_of(CAMPS), layer="camp")
    assert (worst.case, worst.possible, worst.unassessed) == (None, 3, 3)


def test_unassessed_site_without_a_number_of_people_counts_only_where_sites_are_counted():
    unseen = [("seen", 10.0, "P", "P", HOUR, HOUR), ("unseen", np.nan, "?", "?", np.nan, np.nan)]
    counted = worst_case(coverage_of(unseen, night_seconds=np.inf), layer="camp")
    assert counted.unassessed == 0
    uncounted = [(name, np.nan, *rest) for name, _, *rest in unseen]
    by_sites = worst_case(coverage_of(uncounted, night_seconds=np.inf), layer="camp")
    assert by_sites.unassessed == 2


def test_no_worst_case_where_nothing_could_be_assessed():
    found = worst_case(coverage_of([("a", 1.0, "?", "?", np.nan, np.nan)]), layer="camp")
    assert (found.case, found.unassessed) == (None, 3)


@given(
    st.lists(st.one_of(st.just(np.nan), st.floats(0, 1e6)), max_size=12),
    st.integers(0, 12),
)
def test_tallies_of_two_parts_add_up_to_the_whole(people, cut):
    whole = tally(pd.Series(people, dtype=float))
    parts = [tally(pd.Series(part, dtype=float)) for part in (people[:cut], people[cut:])]
    assert whole.sites == sum(p.sites for p in parts)
    assert whole.sites_unknown_people == sum(p.sites_unknown_people for p in parts)
    known = [p.people for p in parts if not np.isnan(p.people)]
    assert np.isnan(whole.people) or whole.people == pytest.approx(sum(known))


@settings(max_examples=15)
@given(st.permutations(CAMPS))
def test_order_of_the_sites_changes_nothing(camps):
    summary, other = by_day(coverage_of(CAMPS)), by_day(coverage_of(camps))
    assert [summary.by_class[c] for c in CLASSES] == [other.by_class[c] for c in CLASSES]
