"""Risk areas, minority views and what left the list: by hand on 200 cells of 10 km."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_poc.coverage.minority import gone, overlooked
from geo_poc.coverage.risk_areas import change_of, risk_areas
from geo_poc.coverage.risk_scene import REACH_M, Assessed, area_of_cell, in_top, scene_of
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.draws import Draws
from geo_poc.layers.threat.surface import Threat, fit
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
AS_OF = dt.date(2021, 1, 1)
NAN = float("nan")
Cell = tuple[int, int]
# Row and column of the ten highest cells, the top 5 %, with incidents expected in 30 days in each.
NORTH: dict[Cell, float] = {(1, 1): 5.0, (1, 2): 3.0, (2, 1): 2.0}
STRIP: dict[Cell, float] = {(6, 8): 0.9, (6, 9): 0.8, (6, 10): 0.7, (6, 11): 0.6, (6, 12): 0.5}
EAST: dict[Cell, float] = {(2, 18): 4.0, (3, 18): 1.0}


def threat_with(theatre: Theatre, cells: Mapping[Cell, float], *, day: dt.date = AS_OF) -> Threat:
    """Expected incidents in some cells; elsewhere less, and in each cell another number."""
    expected = np.linspace(0.01, 0.001, 200).reshape(10, 20)
    for (row, col), incidents in cells.items():
        expected[row, col] = incidents
    return Threat(
        grid=theatre.grid,
        expected=(expected / 100.0).astype(np.float32),
        as_of=day,
        horizon_days=30,
        method="by hand",
        incidents_used=9,
        newest=day,
    )


def draws_of(threat: Threat, *, factors: NDArray[np.float64], firm: set[Cell]) -> Draws:
    """Draws that expect so many times the number; some cells firm, the others never in the top."""
    top = np.zeros((10, 20))
    for cell in firm:
        top[cell] = 0.95
    per_cell = threat.expected.ravel() * 100.0
    expected = np.outer(factors, per_cell).astype(np.float32)
    return Draws(expected=expected, top_ratio=top.ravel(), low=0.0, high=9.0)


def sites(*rows: tuple[str, str, float, float, float]) -> gpd.GeoDataFrame:
    """Layer, name, people, row and column of the cell in whose middle it lies."""
    return gpd.GeoDataFrame(
        {
            "id": [row[1] for row in rows],
            "layer": [row[0] for row in rows],
            "name": [row[1] for row in rows],
            "people": [row[2] for row in rows],
        },
        geometry=[shapely.Point(col * 1e4 + 5e3, 1e5 - row * 1e4 - 5e3) for *_, row, col in rows],
        crs=CRS,
    )


PLACES = sites(
    ("camp", "Delta camp", 700.0, 1, 1),
    ("camp", "Echo camp", NAN, 1, 2),
    ("place", "Foxtrot", 900.0, 2, 1),
    ("place", "Golf", 50.0, 9, 0),
    ("camp", "Hotel camp", 100.0, 9, 19),
)


@pytest.fixture(scope="module")
def flat(theatre_of: Callable[..., Theatre]) -> Theatre:
    return theatre_of(10, 20)


@pytest.fixture(scope="module")
def assessed(flat: Theatre) -> Assessed:
    """All ten cells in three patches; ten residents in each cell of the west, none known in the east."""
    threat = threat_with(flat, NORTH | STRIP | EAST)
    people = np.full((10, 20), 10.0)
    people[:, 12:] = NAN
    people[3, 18] = 40.0
    one_model = np.zeros(200)
    one_model[[1 * 20 + 1, 1 * 20 + 2, 6 * 20 + 8, 5 * 20 + 3]] = 0.25
    letters = np.full((10, 20), "P")
    letters[1, 1], letters[1, 2], letters[2, 18] = "N", "C", "?"
    return Assessed(
        theatre=flat,
        threat=threat,
        before=threat_with(flat, {(1, 1): 4.0, (6, 9): 5.0, (8, 3): 6.0, (8, 5): 1.0}),
        draws=draws_of(
            threat, factors=np.linspace(0.5, 1.5, 11), firm={(1, 1), (1, 2), (3, 18), (6, 10)}
        ),
        places=PLACES,
        people=people,
        others={"one": one_model, "all": np.full(200, 0.005)},
        cell_class=letters,
    )


@pytest.fixture(scope="module")
def areas(assessed: Assessed) -> pd.DataFrame:
    return risk_areas(assessed).set_index("name")


def test_a_long_patch_is_cut_within_25_km_of_its_highest_cells(areas: pd.DataFrame) -> None:
    """Of the strip the cells of columns 8 to 10 are within 20 km of column 8; 11 and 12 are the rest."""
    assert len(areas) == 4
    km2 = areas["area_km2"].sort_values().tolist()
    assert km2 == [200.0, 200.0, 300.0, 300.0]
    assert areas["expected"].sort_values().round(4).tolist() == [1.1, 2.4, 5.0, 10.0]


def test_first_is_where_most_people_are_exposed(areas: pd.DataFrame) -> None:
    """North: 10 incidents x 10 residents, 5 x 700 and unknown people at Echo camp: 3,600 known.

    In the rank Echo counts with the mean of the known camps, 400: 3 x 400 more.
    """
    first = areas.iloc[0]
    assert (areas.index[0], first["rank"]) == ("Foxtrot", 1)
    assert first["exposed"] == pytest.approx(3_600.0)
    assert first["rank_weight"] == pytest.approx(4_800.0)
    assert (first["residents"], first["displaced"]) == (30.0, 700.0)
    assert (first["sites"], first["sites_unknown_people"], first["camps_unknown_people"]) == (
        3,
        1,
        1,
    )
    assert first["residents_unknown_ratio"] == 0.0


def test_an_unknown_number_of_residents_is_not_ranked_as_nobody(areas: pd.DataFrame) -> None:
    """East: 40 known in one cell, the other unknown; it counts with the mean of the 121 known cells."""
    east = areas[areas["expected"].round(4) == 5.0].iloc[0]
    mean = (120 * 10 + 40) / 121
    assert east["exposed"] == pytest.approx(40.0)
    assert east["rank_weight"] == pytest.approx(4.0 * mean + 40.0)
    assert (east["residents"], east["residents_unknown_ratio"]) == (40.0, 0.5)
    assert east["rank"] == 2
    assert east["displaced"] == 0.0


def test_a_name_is_that_of_the_largest_place_or_a_bearing(areas: pd.DataFrame) -> None:
    """Foxtrot's 900 are more than Delta's 700, and an unknown number is no number."""
    assert areas.index[0] == "Foxtrot"
    assert areas.index[1] == "71 km N of Hotel camp"
    assert areas.loc["Foxtrot", "peak_cell"] == 1 * 20 + 1
    assert areas.loc["71 km N of Hotel camp", "peak_cell"] == 2 * 20 + 18


def test_range_and_chance_are_those_of_the_draws_and_of_the_number(areas: pd.DataFrame) -> None:
    """Factors 0.5, 0.6, .., 1.5: the middle 80 % is 0.6 to 1.4 of 10."""
    first = areas.iloc[0]
    ends = (first["expected_low"], first["expected_high"])
    assert ends == pytest.approx((6.0, 14.0), rel=1e-5)
    assert first["any_ratio"] == pytest.approx(1 - np.exp(-10.0))


def test_firm_is_the_part_of_what_is_expected_in_firm_cells(areas: pd.DataFrame) -> None:
    """North 8 of 10; east 1 of 5; strip 0.7 of 2.4 and 0 of 1.1."""
    by_rank = areas.sort_values("expected")["firm_ratio"]
    assert by_rank.tolist() == pytest.approx([0.0, 0.7 / 2.4, 0.2, 0.8], rel=1e-5)


def test_a_model_agrees_that_has_the_highest_cell_in_its_top(areas: pd.DataFrame) -> None:
    """(1, 1) of the north and (6, 8) of the strip are; one that is the same everywhere has no top."""
    assert areas.sort_values("expected")["models_agree"].tolist() == ["", "one", "", "one"]


def test_the_class_is_that_of_the_largest_part_and_all_parts_are_kept(areas: pd.DataFrame) -> None:
    """North: 5 of 10 by nobody, 3 by air, 2 on the ground. East: 4 of 5 unknown."""
    first, second = areas.iloc[0], areas.iloc[1]
    assert (first["class"], first["class_ratio"]) == ("N", pytest.approx(0.5))
    parts = ["ratio_n", "ratio_c", "ratio_unknown", "ratio_p", "ratio_e"]
    assert first[parts].tolist() == pytest.approx([0.5, 0.3, 0.0, 0.2, 0.0], abs=1e-6)
    assert (second["class"], second["class_ratio"]) == ("?", pytest.approx(0.8))


def test_of_equal_parts_the_worse_class_counts(assessed: Assessed) -> None:
    letters = np.full((10, 20), "P")
    letters[2, 1], letters[1, 2] = "C", "C"  # 5 of 10 by air, 5 of 10 on the ground
    found = risk_areas(dataclasses.replace(assessed, cell_class=letters))
    assert found["class"].iloc[0] == "C"
    none = risk_areas(dataclasses.replace(assessed, cell_class=None))
    assert (none["class"] == "").all()
    assert none[["class_ratio", "ratio_n", "ratio_e"]].isna().all(axis=None)


def test_change_is_against_what_was_expected_in_the_same_cells(areas: pd.DataFrame) -> None:
    """Before, (1, 1) alone was of the highest level in the north, and (6, 9) in the strip."""
    first = areas.iloc[0]
    rest = np.linspace(0.01, 0.001, 200)[[1 * 20 + 2, 2 * 20 + 1]].sum()
    assert first["expected_before"] == pytest.approx(4.0 + rest, rel=1e-5)
    assert first["change"] == "risen"
    # Among the other nine of the highest level before are those of the first row, none of the east.
    assert areas.iloc[1]["change"] == "new"
    strip = areas[areas["expected"].round(4) == 2.4].iloc[0]
    assert strip["change"] == "fallen"
    assert change_of(0.1, 0.0, new=False) == "risen"


def test_without_any_residents_known_the_rank_is_by_what_is_expected(assessed: Assessed) -> None:
    for people in (None, np.full((10, 20), NAN)):
        found = risk_areas(dataclasses.replace(assessed, people=people))
        assert found["expected"].round(4).tolist() == [10.0, 5.0, 2.4, 1.1]
        assert found["rank_weight"].tolist() == pytest.approx(found["expected"].tolist())
        assert found["exposed"].iloc[0] == pytest.approx(3_500.0)
        assert found["exposed"].iloc[1:].isna().all()
        assert found["residents"].isna().all()


def test_where_no_camps_are_given_displaced_people_are_unknown_and_not_nobody(
    assessed: Assessed,
) -> None:
    places = PLACES[PLACES["layer"] == "place"].reset_index(drop=True)
    found = risk_areas(dataclasses.replace(assessed, places=places))
    assert found["displaced"].isna().all()
    assert found["rank_weight"].iloc[0] == pytest.approx(100.0)
    unknown = PLACES.assign(people=NAN)
    found = risk_areas(dataclasses.replace(assessed, places=unknown)).set_index("expected")
    assert np.isnan(found.iloc[0]["displaced"])
    assert found["displaced"].iloc[1] == 0.0


def test_without_any_place_an_area_is_named_by_its_grid_reference(assessed: Assessed) -> None:
    found = risk_areas(dataclasses.replace(assessed, places=PLACES[:0]))
    assert (found["name"] == found["mgrs"]).all()
    assert found["mgrs"].is_unique


def test_other_models_views_are_joined_and_those_of_the_list_left_out(assessed: Assessed) -> None:
    """Two cells are the top 1 %: of four that tie none is wholly in it; of one alone it is.

    Cell (5, 3) has 110 of the 200 before it: level 1.
    """
    assert overlooked(assessed).empty
    views = overlooked(assessed, share=0.02)
    assert views["mgrs"].size == 1
    only = views.iloc[0]
    assert (only["models"], only["models_n"], only["level"]) == ("one", 1, 1)
    assert only["area_km2"] == 100.0
    one = np.zeros(200)
    one[5 * 20 + 3] = 1.0
    both = dataclasses.replace(assessed, others={"one": one, "two": one})
    views = overlooked(both)
    assert (views["models"].tolist(), views["rank"].tolist()) == (["one; two"], [1])
    assert overlooked(dataclasses.replace(assessed, others={})).empty


def test_what_left_the_list_was_of_the_highest_level_and_no_cell_of_it_is(
    assessed: Assessed,
) -> None:
    """Before: (8, 3) with 6 and (8, 5) with 1 are one patch; now they expect next to nothing."""
    left = gone(assessed)
    first = left.iloc[0]
    assert first["expected_before"] == pytest.approx(7.0, rel=1e-5)
    rest = np.linspace(0.01, 0.001, 200)[[163, 165]].sum()
    assert first["expected"] == pytest.approx(rest, rel=1e-4)
    assert first["level"] < 5
    assert first["name"] == "32 km E of Golf"
    kept = scene_of(assessed)
    for outline in left.geometry:
        x, y = assessed.theatre.grid.centres()
        inside = shapely.contains_xy(outline, x, y)
        assert (kept.before_level[inside] == 5).all()
        assert (kept.level[inside] < 5).all()


def test_nothing_is_gone_where_nothing_was_known_before(assessed: Assessed) -> None:
    unknown = np.full((10, 20), NAN, dtype=np.float32)
    before = dataclasses.replace(assessed.before, expected=unknown)
    changed = dataclasses.replace(assessed, before=before)
    assert gone(changed).empty
    found = risk_areas(changed)
    assert (found["change"] == "new").all()
    assert found["expected_before"].isna().all()


def test_where_the_threat_is_unknown_there_is_no_area(assessed: Assessed) -> None:
    unknown = np.full((10, 20), NAN, dtype=np.float32)
    changed = dataclasses.replace(
        assessed, threat=dataclasses.replace(assessed.threat, expected=unknown)
    )
    found = risk_areas(changed)
    assert found.empty
    assert {"rank", "name", "expected", "change", "class"} <= set(found.columns)


def test_a_fitted_threat_brings_its_reasons_and_the_incidents_coded_to_a_point(
    flat: Theatre,
) -> None:
    """Three incidents in one cell: codes 1, 2 and 3; two are coded to a point."""
    day = pd.to_datetime(["2020-10-01", "2020-11-01", "2020-12-01"])
    table = gpd.GeoDataFrame(
        {
            "date_start": day,
            "date_end": day,
            "where_prec": [1, 2, 3],
            "date_prec": 1,
            "position_sd_m": 0.0,
            "admin1": "",
            "admin2": "",
        },
        geometry=[shapely.Point(15e3, 85e3)] * 3,
        crs=CRS,
    )
    threat = fit(table, AS_OF, background=Background(theatre=flat))
    assessed = Assessed(
        theatre=flat,
        threat=threat,
        before=threat,
        draws=draws_of(threat, factors=np.ones(3), firm={(1, 1)}),
        places=PLACES,
        people=None,
        others={},
    )
    first = risk_areas(assessed).iloc[0]
    assert (first["precise_events"], first["events_all"], first["days_since"]) == (2, 3, 31)
    assert first["last_event"] == pd.Timestamp("2020-12-01")
    assert first[["share_return", "share_nearby", "share_settled", "share_anywhere"]].sum() == (
        pytest.approx(1.0)
    )
    assert first["change"] == "same"


@given(st.integers(0, 10_000), st.floats(0.05, 0.9), st.floats(5_000.0, 60_000.0))
@settings(deadline=None, max_examples=40)
def test_areas_part_the_cells_and_none_reaches_too_far(
    theatre_of: Callable[..., Theatre], seed: int, share: float, reach_m: float
) -> None:
    rng = np.random.default_rng(seed)
    grid = theatre_of(12, 15).grid
    mask, expected = rng.random(grid.shape) < share, rng.random(grid.shape)
    area = area_of_cell(mask, expected, grid, reach_m=reach_m)
    np.testing.assert_array_equal(area > 0, mask)
    assert set(np.unique(area[mask])) == set(range(1, int(area.max()) + 1))
    x, y = grid.centres()
    for number in range(1, int(area.max()) + 1):
        own = area == number
        peak = np.where(own, expected, -1.0).argmax()
        away_m = np.hypot(x - x.ravel()[peak], y - y.ravel()[peak])
        assert away_m[own].max() <= reach_m


def test_the_stated_reach_is_that_of_the_list() -> None:
    assert REACH_M == 25_000.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(0.01, 1.0))
@settings(deadline=None)
def test_the_top_never_holds_more_than_its_share(values: list[float], share: float) -> None:
    density = np.array(values)
    top = in_top(density, share=share)
    assert top.sum() <= share * density.size
    assert not top.any() or density[top].min() > density[~top].max(initial=-1.0)
