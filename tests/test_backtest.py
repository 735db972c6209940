"""The test on the past: scores by hand, against brute force, and without leaks."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.backtest import (
    HORIZONS_DAYS,
    TARGETS,
    Backtest,
    backtest,
    monthly_origins,
    trial_of,
)
from geo_poc.layers.threat.mixture import fitted_mixture
from geo_poc.layers.threat.models import KEYS, MIXTURE, MODELS, ONE_LINE, Model
from geo_poc.layers.threat.near_places import near_places
from geo_poc.layers.threat.past import Past, past_of
from geo_poc.layers.threat.ranking import by_tenth, ranking_of
from geo_poc.layers.threat.score_tables import block_months, class_table, score_table
from geo_poc.layers.threat.scores import (
    block_draws,
    brier,
    mean_with_interval,
    poisson_interval,
    ratio_with_interval,
)
from geo_poc.layers.threat.totals import expected_total
from geo_poc.layers.threat.walk import Trial, Walk, walk
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
NAN = float("nan")


def incidents(
    rows: list[tuple[float, float, str]], *, sd_m: float = 0.0, where: int = 1
) -> gpd.GeoDataFrame:
    """One-sided incidents of one day each: x and y in km, date."""
    x, y, day = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    table = pd.DataFrame(
        {
            "date_start": pd.to_datetime(day),
            "date_end": pd.to_datetime(day),
            "where_prec": where,
            "date_prec": 1,
            "position_sd_m": sd_m,
            "admin1": "",
            "admin2": "",
            "kind": "one_sided",
            "deaths_civilians": 1.0,
        },
        index=range(len(rows)),
    )
    points = gpd.points_from_xy(np.array(x) * 1000, np.array(y) * 1000)
    return gpd.GeoDataFrame(table, geometry=points, crs=CRS)


def many(seed: int, number: int = 160, first: str = "2018-06-01") -> gpd.GeoDataFrame:
    """Incidents every six days, most at four places, of several kinds and precisions."""
    rng = np.random.default_rng(seed)
    places = np.array([[15.0, 15.0], [45.0, 72.0], [45.0, 72.0], [83.0, 31.0]])
    xy = places[rng.integers(0, 4, number)]
    elsewhere = rng.random(number) < 0.25
    xy[elsewhere] = rng.uniform(1, 99, (int(elsewhere.sum()), 2))
    days = pd.date_range(first, periods=number, freq="6D")
    table = incidents(
        [(x, y, str(day.date())) for (x, y), day in zip(xy, days, strict=True)], sd_m=12_000.0
    )
    return table.assign(
        date_end=days + pd.to_timedelta(rng.integers(0, 4, number), unit="D"),
        where_prec=rng.choice([1, 2, 3, 5, 6], number, p=[0.4, 0.3, 0.2, 0.05, 0.05]),
        kind=np.where(rng.random(number) < 0.5, "one_sided", "non_state"),
        deaths_civilians=np.where(rng.random(number) < 0.2, 2.0, NAN),
    )


@pytest.fixture(scope="module")
def square(theatre_of: Callable[..., Theatre]) -> Theatre:
    """A hundred cells of 10 km; cell 17 is in row 1 from the north, column 7 from the west."""
    return theatre_of(10, 10)


@pytest.fixture(scope="module")
def found(square: Theatre) -> Backtest:
    return backtest(many(1), background=Background(theatre=square), months=12, seed=1)


def always(first: dict[int, float]) -> Model:
    """A model that gives some cells a density and all others the rest evenly."""

    def fit(past: Past) -> np.ndarray:
        n = past.setting.cells.size
        density = np.full(n, (1 - sum(first.values())) / (n - len(first)))
        density[list(first)] = list(first.values())
        return density

    return Model(fit=fit)


def walk_over(
    table: gpd.GeoDataFrame,
    background: Background,
    models: dict[str, Model],
    *,
    origins: tuple[str, ...] = ("2020-06-01",),
    horizon_days: int = 30,
) -> Walk:
    trial = trial_of(table, background=background)
    days = [dt.date.fromisoformat(day) for day in origins]
    return walk(trial, origins={horizon_days: days}, models=models)[horizon_days]


def scored(done: Walk, target: str = "all", least: int = 1) -> pd.DataFrame:
    return score_table(done, target, rng=np.random.default_rng(1), least=least)  # type: ignore[arg-type]


# --- ranking


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.floats(0.05, 1.0))
@settings(deadline=None, max_examples=40)
def test_credit_is_the_chance_to_be_in_the_top_share_when_ties_are_broken_at_random(
    scores: list[int], share: float
) -> None:
    """By all orders of the cells: the cell at the limit gets the part of it that fits in."""
    score = np.array(scores, dtype=float)
    n, total = score.size, np.zeros(score.size)
    orders = list(itertools.permutations(range(n)))
    for order in orders:
        ranked = sorted(range(n), key=lambda cell: (-score[cell], order[cell]))
        for rank, cell in enumerate(ranked):
            total[cell] += min(max(share * n - rank, 0.0), 1.0)
    credit = ranking_of(score).credit(share=share)
    np.testing.assert_allclose(credit, total / len(orders), atol=1e-9)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=40), st.integers(0, 39))
@settings(deadline=None, max_examples=40)
def test_density_above_a_cell_and_its_ties_is_that_of_a_plain_sum(
    parts: list[int], number: int
) -> None:
    density = np.array(parts, dtype=float) / sum(parts)
    cell = number % density.size
    first, last = ranking_of(density).above(np.array([cell]))
    assert first[0] == pytest.approx(density[density > density[cell]].sum(), abs=1e-12)
    assert last[0] == pytest.approx(density[density >= density[cell]].sum(), abs=1e-12)
    tenths = by_tenth(first, last)[0]
    assert tenths.sum() == pytest.approx(1)
    assert (tenths >= 0).all()


def test_a_tenth_of_the_density_takes_the_cells_that_hold_it() -> None:
    """Densities 0.5, 0.3, 0.2: tenths take 1/5 of a cell five times, then 1/3, then 1/2."""
    areas = ranking_of(np.array([0.2, 0.5, 0.3])).area_by_tenth
    np.testing.assert_allclose(areas, np.array([1 / 5] * 5 + [1 / 3] * 3 + [1 / 2] * 2) / 3)


def test_an_event_in_the_densest_cell_of_a_quarter_lies_in_the_first_tenths() -> None:
    """Cell of 0.25 at the top: 0.4 of it in the first tenth, 0.4 in the second, 0.2 in the third."""
    tenths = by_tenth(*ranking_of(np.array([0.25, 0.15, *[0.1] * 6])).above(np.array([0])))[0]
    np.testing.assert_allclose(tenths[:4], [0.4, 0.4, 0.2, 0.0], atol=1e-12)


# --- scores against closed forms and brute force


def test_brier_score_is_the_mean_squared_error_of_the_probability_of_any_event() -> None:
    """Four events over densities 0.5, 0.25, 0.25, 0: P = 1 - e^-2, 1 - e^-1, 1 - e^-1, 0."""
    found = brier(np.array([0.5, 0.25, 0.25, 0.0]), 4.0, np.array([0, 0, 3]))
    errors = [np.exp(-2), 1 - np.exp(-1), 1 - np.exp(-1), 1.0]
    assert found == pytest.approx(np.mean(np.square(errors)))
    assert np.isnan(brier(np.array([1.0]), NAN, np.array([], dtype=int)))


@pytest.mark.parametrize("count", [0, 1, 7, 280])
def test_interval_of_a_count_holds_the_means_under_which_it_is_not_rare(count: int) -> None:
    low, high = poisson_interval(count)
    assert poisson.cdf(count, high) == pytest.approx(0.025)
    assert low == 0 if count == 0 else poisson.sf(count - 1, low) == pytest.approx(0.025)


@pytest.mark.parametrize("block", [1, 3])
def test_interval_is_that_of_a_bootstrap_written_out(block: int) -> None:
    rng = np.random.default_rng(8)
    origins = 12
    origin = np.sort(rng.integers(0, origins, 70))
    value = rng.random(70)
    draws = block_draws(origins, block=block, rng=np.random.default_rng(3))
    means = []
    for draw in draws:
        taken: list[float] = []
        for one in draw:
            taken.extend(value[origin == one])
        if taken:
            means.append(sum(taken) / len(taken))
    mean, low, high = mean_with_interval(value, origin, draws)
    assert mean == pytest.approx(value.mean())
    assert (low, high) == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])))


def test_interval_of_a_ratio_is_that_of_the_sums_of_drawn_origins() -> None:
    part, whole = np.array([1.0, 4.0, 0.0]), np.array([2.0, 5.0, 0.0])
    draws = np.array([[0, 0, 1], [1, 1, 1], [2, 2, 2], [0, 2, 2]])
    ratio, low, high = ratio_with_interval(part, whole, draws)
    assert ratio == pytest.approx(5 / 7)
    by_hand = [6 / 9, 12 / 15, 1 / 2]
    assert (low, high) == pytest.approx(tuple(np.quantile(by_hand, [0.025, 0.975])))
    assert np.isnan(ratio_with_interval(part, np.zeros(3), draws)).all()


# --- a small theatre by hand

BEFORE = [(75.0, 85.0, "2020-05-03"), (75.0, 85.0, "2020-05-20")]
JUNE = [(75.0, 85.0, "2020-06-05"), (75.0, 85.0, "2020-06-09"), (5.0, 95.0, "2020-06-11")]


def test_brier_skill_against_a_uniform_field_by_hand(square: Theatre) -> None:
    """Two events in May; the record of 29 days counts as 30, so 2 are expected, all known in place.

    Half of the density in cell 17: P is 1 - e^-1 there and 1 - e^-(1 / 99) in the 99 others. In June
    cells 17 and 0 are hit. Uniform: P is 1 - e^-0.02 in all.
    """
    done = walk_over(incidents(BEFORE + JUNE), Background(theatre=square), {"m": always({17: 0.5})})
    total = done.totals_of("all").iloc[0]
    assert (total["came"], total["placeable"]) == (3, 1)
    n = total["expected"]
    high, low, even = (np.exp(-n * p) for p in (0.5, 0.5 / 99, 0.01))
    error = (high**2 + low**2 + 98 * (1 - low) ** 2) / 100
    uniform = (2 * even**2 + 98 * (1 - even) ** 2) / 100
    row = scored(done).loc["m"]
    assert row["brier"] == pytest.approx(error)
    assert row["brier_skill"] == pytest.approx(1 - error / uniform)


def test_hits_index_and_new_cells_by_hand(square: Theatre) -> None:
    """Five cells in order of density; the top 5 % are these five, the top 1 % the first of them."""
    ranked = {17: 0.3, 0: 0.2, 50: 0.1, 51: 0.08, 52: 0.06}
    done = walk_over(incidents(BEFORE + JUNE), Background(theatre=square), {"m": always(ranked)})
    row = scored(done).loc["m"]
    assert row[["hit_01", "hit_05", "hit_10"]].tolist() == pytest.approx([2 / 3, 1, 1])
    assert row[["pai_01", "pai_05", "pai_10"]].tolist() == pytest.approx([200 / 3, 20, 10])
    assert (row["events"], row["new_events"], row["new_hit_05"]) == (3, 1, 1)
    assert row["bits"] == pytest.approx((2 * np.log2(30) + np.log2(20)) / 3)


def test_fewer_events_than_asked_for_give_no_rate_and_their_number(square: Theatre) -> None:
    done = walk_over(incidents(BEFORE + JUNE), Background(theatre=square), {"m": always({17: 0.5})})
    row = scored(done, least=4).loc["m"]
    assert row["events"] == 3
    unknown = ["hit_01", "hit_05", "hit_05_low", "pai_05", "bits", "brier", "brier_skill"]
    assert row[[*unknown, "smeared_05", "precise_hit_05"]].isna().all()


def places_at(*points: tuple[float, float]) -> gpd.GeoDataFrame:
    x, y = np.array(points).T * 1000
    table = {"id": [f"p{n}" for n in range(len(points))], "kind": "village"}
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(x, y), crs=CRS)


def test_hits_of_places_by_hand(square: Theatre) -> None:
    """Twenty places: five in cell 17, one in cell 0, fourteen in cell 99; the top 5 % are one of them.

    Cell 0 ranks first: its place is the top 5 %. Of the top 10 %, two places, one is left for the
    five that tie in cell 17. The event in cell 45 has no place within 10 km and is no hit.
    """
    places = places_at(*[(75.0, 85.0)] * 5, (5.0, 95.0), *[(95.0, 5.0)] * 14)
    table = incidents([*BEFORE, *JUNE, (55.0, 55.0, "2020-06-20")])
    background = Background(theatre=square, settlements=places)
    done = walk_over(table, background, {"m": always({0: 0.4, 17: 0.3})})
    row = scored(done).loc["m"]
    assert row["near_events"] == 3
    assert row[["place_01", "place_05", "place_10"]].tolist() == pytest.approx(
        [0.2 / 4, 1 / 4, (1 + 2 / 5) / 4]
    )


def test_a_place_is_near_within_ten_kilometres_and_none_outside_the_area_counts(
    square: Theatre,
) -> None:
    table = incidents([(20.0, 50.0, "2020-01-01"), (99.5, 50.0, "2020-01-01")], sd_m=0.0)
    trial = trial_of(table, background=Background(theatre=square))
    at = places_at((10.0, 50.0), (105.0, 50.0))
    near = near_places(trial.record, trial.setting, at)
    assert near is not None
    assert near.nearest.tolist() == [0, -1]
    farther = near_places(trial.record, trial.setting, places_at((9.99, 50.0)))
    assert farther is not None
    assert farther.nearest.tolist() == [-1, -1]
    assert near_places(trial.record, trial.setting, at[1:]) is None
    assert near_places(trial.record, trial.setting, at[:0]) is None


def test_without_places_their_hits_are_unknown(square: Theatre) -> None:
    done = walk_over(incidents(BEFORE + JUNE), Background(theatre=square), {"m": always({17: 0.5})})
    assert scored(done).loc["m", ["near_events", "place_01", "place_05"]].isna().all()


# --- the lower bound


def test_an_exact_event_spread_over_its_uncertainty_stays_a_hit(square: Theatre) -> None:
    done = walk_over(
        incidents(BEFORE + JUNE), Background(theatre=square), {"m": always({17: 0.5, 0: 0.2})}
    )
    assert scored(done).loc["m", "smeared_05"] == pytest.approx((2 + 1) / 3)


def test_an_uncertain_event_is_hit_by_the_part_of_its_gaussian_in_the_top_cells(
    square: Theatre,
) -> None:
    """Five cells are the top 5 %; the Gaussian of 12 km is integrated over each, within the area."""
    top = {17: 0.2, 16: 0.18, 18: 0.16, 7: 0.14, 27: 0.12}
    done = walk_over(
        incidents(BEFORE + JUNE[:1], sd_m=12_000.0, where=2),
        Background(theatre=square, people=np.arange(100.0).reshape(10, 10)),
        {"m": always(top)},
    )

    def share(low: float, high: float, centre: float) -> float:
        return float(norm.cdf(high, centre, 12) - norm.cdf(low, centre, 12))

    def cell(number: int) -> float:
        row, col = divmod(number, 10)
        across = share(10 * col, 10 * col + 10, 75.0)
        return across * share(90 - 10 * row, 100 - 10 * row, 85.0)

    inside = share(0, 100, 75.0) * share(0, 100, 85.0)
    expected = sum(map(cell, top)) / inside
    row = scored(done).loc["m"]
    assert row["hit_05"] == 1
    assert row["smeared_05"] == pytest.approx(expected)


def test_an_event_known_to_a_district_is_hit_by_the_part_of_the_district_in_the_top(
    square: Theatre,
) -> None:
    """The district is two rows, 20 cells; one of them is in the top five."""
    admin = gpd.GeoDataFrame(
        {"name": ["North"], "kind": "admin"}, geometry=[shapely.box(0, 80e3, 100e3, 100e3)], crs=CRS
    )
    table = incidents(BEFORE + JUNE[:1], sd_m=25_000.0, where=3).assign(admin2="North")
    background = Background(theatre=square, admin=admin)
    top = {17: 0.2, 50: 0.18, 51: 0.16, 52: 0.14, 53: 0.12}
    done = walk_over(table, background, {"m": always(top)})
    assert scored(done).loc["m", "smeared_05"] == pytest.approx(1 / 20)


def test_an_event_of_unknown_spread_counts_as_chance(square: Theatre) -> None:
    table = incidents(BEFORE + JUNE[:1], sd_m=NAN)
    done = walk_over(table, Background(theatre=square), {"m": always({17: 0.5})})
    assert scored(done).loc["m", ["hit_05", "smeared_05"]].tolist() == [1, 0.05]


def test_without_a_spread_there_is_no_lower_bound(square: Theatre) -> None:
    trial = trial_of(incidents(BEFORE + JUNE), background=Background(theatre=square))
    bare = Trial(record=trial.record, setting=trial.setting, wanted=trial.wanted)
    done = walk(bare, origins={30: [dt.date(2020, 6, 1)]}, models={"m": MODELS["uniform"]})[30]
    assert np.isnan(scored(done).loc["m", "smeared_05"])


# --- calibration by class


def test_expected_and_observed_by_tenth_by_hand(square: Theatre) -> None:
    """Cell 17 holds 0.2 of the density, the 99 others 0.8 evenly: 0.00808 each.

    Two events in cell 17 lie half in the first tenth and half in the second; the one elsewhere lies
    evenly in the eight others.
    """
    done = walk_over(incidents(BEFORE + JUNE), Background(theatre=square), {"m": always({17: 0.2})})
    table = class_table(done, "all", "m")
    np.testing.assert_allclose(table["came"], [1, 1, *[1 / 8] * 8], atol=1e-9)
    expected = float(done.totals_of("all")["expected"].iloc[0])
    np.testing.assert_allclose(table["expected"], expected / 10)
    np.testing.assert_allclose(table["area"], [0.005, 0.005, *[0.99 / 8] * 8])
    assert (table.loc[0, "low"], table.loc[0, "high"]) == pytest.approx(poisson_interval(1))
    assert class_table(done, "all", "none").loc[:, "came"].sum() == 0


def test_where_windows_overlap_classes_count_as_many_fewer_events(square: Theatre) -> None:
    done = walk_over(
        incidents(BEFORE + JUNE),
        Background(theatre=square),
        {"m": always({17: 0.2})},
        horizon_days=90,
    )
    assert block_months(done) == 3
    row = class_table(done, "all", "m").loc[0]
    assert (row["low"], row["high"]) == pytest.approx(
        tuple(3 * end for end in poisson_interval(row["came"] / 3))
    )


def test_events_too_vague_for_a_cell_are_not_expected_in_one(square: Theatre) -> None:
    """One of two past events is known to the country only: half of the expected number has no cell."""
    table = incidents(BEFORE + JUNE)
    table.loc[0, "where_prec"] = 6
    done = walk_over(table, Background(theatre=square), {"m": always({17: 0.2})})
    total = done.totals_of("all").iloc[0]
    assert total["placeable"] == 0.5
    assert class_table(done, "all", "m")["expected"].sum() == pytest.approx(total["expected"] / 2)


def test_origins_without_an_expected_number_are_in_no_class(square: Theatre) -> None:
    """Of one-sided violence nothing is known before June, so nothing is expected of it."""
    table = incidents(BEFORE + JUNE).assign(
        kind=["non_state"] * 2 + ["one_sided"] * 3, deaths_civilians=NAN
    )
    done = walk_over(table, Background(theatre=square), {"m": always({17: 0.2})})
    found = class_table(done, "one_sided", "m")
    assert (found["came"].sum(), found["expected"].sum()) == (0, 0)
    row = scored(done, "one_sided").loc["m"]
    assert (row["events"], np.isnan(row["brier_skill"])) == (3, True)


# --- the test of a theatre


def test_every_model_horizon_and_kind_has_a_row_and_asks_for_the_same_events(
    found: Backtest,
) -> None:
    scores = found.scores
    assert scores["key"].tolist() == list(KEYS.values()) * 6
    cases = scores[["horizon_days", "target"]].drop_duplicates().itertuples(index=False)
    assert [tuple(case) for case in cases] == list(itertools.product(HORIZONS_DAYS, TARGETS))
    asked = scores.groupby(["horizon_days", "target"])["events"]
    assert (asked.min() == asked.max()).all()
    for horizon in HORIZONS_DAYS:
        n = [scores[(scores["horizon_days"] == horizon) & (scores["target"] == t)]["events"].iloc[0]
             for t in TARGETS]  # fmt: skip
        assert n[0] >= n[1] >= n[2] > 0
    assert found.reason == ""
    assert {name: len(days) for name, days in found.origins.items()} == {30: 12, 90: 12}


def test_chance_is_chance_and_differences_are_against_the_one_line(found: Backtest) -> None:
    table = found.scores_of(horizon_days=30, target="all").set_index("model")
    chance = table.loc["uniform"]
    assert chance[["bits", "hit_01", "hit_05", "hit_10", "smeared_05"]].tolist() == pytest.approx(
        [0, 0.01, 0.05, 0.10, 0.05]
    )
    assert chance["brier_skill"] == 0
    line = table.loc[ONE_LINE]
    assert table["more_hit_05"].to_numpy() == pytest.approx(
        (table["hit_05"] - line["hit_05"]).to_numpy()
    )
    assert line[["more_hit_05_low", "more_bits_high"]].tolist() == [0, 0]


def test_work_shared_between_horizons_and_kinds_changes_nothing(square: Theatre) -> None:
    """Each horizon and kind walked alone, with its own record of wanted events, has the same scores."""
    trial = trial_of(many(1), background=Background(theatre=square))
    days = [dt.date(2020, month, 1) for month in range(3, 9)]
    both = walk(trial, origins={30: days, 90: days[:4]})
    for horizon, its in ((30, days), (90, days[:4])):
        for target in TARGETS:
            alone = dataclasses.replace(trial, wanted={target: trial.wanted[target]})
            one = walk(alone, origins={horizon: its})[horizon]
            pd.testing.assert_frame_equal(
                score_table(one, target, rng=np.random.default_rng(1)),
                score_table(both[horizon], target, rng=np.random.default_rng(1)),
            )
            pd.testing.assert_frame_equal(one.totals_of(target), both[horizon].totals_of(target))


def test_the_same_seed_gives_the_same_test_and_another_one_other_intervals(
    square: Theatre, found: Backtest
) -> None:
    again, other = (
        backtest(many(1), background=Background(theatre=square), months=12, seed=seed)
        for seed in (1, 2)
    )
    for name in ("scores", "totals", "months", "classes"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name))
    assert not found.scores["hit_05_low"].equals(other.scores["hit_05_low"])
    assert found.scores["hit_05"].equals(other.scores["hit_05"])


def test_months_add_up_to_the_totals(found: Backtest) -> None:
    for horizon, target in itertools.product(HORIZONS_DAYS, TARGETS):
        months = found.months_of(horizon_days=horizon, target=target)
        assert tuple(months["origin"]) == found.origins[horizon]
        known = months[months["low"].notna()]
        totals = found.totals_of(horizon_days=horizon, target=target)
        assert totals["came"] == pytest.approx(known["came"].mean())
        inside = (known["low"] <= known["came"]) & (known["came"] <= known["high"])
        assert totals["within"] == pytest.approx(inside.mean())


def test_origins_stop_a_horizon_before_the_day_of_the_assessment(found: Backtest) -> None:
    """On 1 January 2021: 30 days from 1 December are 31 December, 90 from 3 October 1 January."""
    assert found.origins[30][-1] == dt.date(2020, 12, 1)
    assert found.origins[90][-1] == dt.date(2020, 10, 1)
    assert monthly_origins(dt.date(2020, 9, 1), dt.date(2020, 11, 30), months=1) == [
        dt.date(2020, 11, 1)
    ]
    assert monthly_origins(dt.date(2020, 9, 1), dt.date(2020, 12, 2), months=9) == [
        dt.date(2020, month, 1) for month in (10, 11, 12)
    ]
    assert monthly_origins(dt.date(2020, 9, 1), dt.date(2020, 9, 1), months=9) == []
    assert monthly_origins(dt.date(2020, 1, 1), dt.date(2020, 9, 1), months=0) == []


REGULAR = [(15.0, 15.0, f"2020-{month:02}-15") for month in range(1, 13)]
NO_ROWS: list[tuple[float, float, str]] = []


@pytest.mark.parametrize(
    ("rows", "where", "months", "reason"),
    [
        (NO_ROWS, 1, 12, "no_incident"),
        ([(500.0, 500.0, "2020-02-01")], 1, 12, "no_incident"),
        (REGULAR, 6, 12, "no_place"),
        ([(15.0, 15.0, "2020-12-20")], 1, 12, "no_origin"),
        (REGULAR, 1, 0, "no_origin"),
        (REGULAR[:1], 1, 12, "too_few"),
        (REGULAR[:10], 1, 12, "too_few"),
        (REGULAR, 1, 12, ""),
    ],
)
def test_a_record_that_cannot_be_tested_is_unknown_with_its_reason(
    rows: list[tuple[float, float, str]], where: int, months: int, reason: str, square: Theatre
) -> None:
    table = incidents(rows, where=where)
    one = backtest(table, background=Background(theatre=square), months=months, seed=1)
    assert one.reason == reason
    shown = one.scores_of(horizon_days=30, target="all")
    assert len(shown) == len(MODELS)
    assert shown["hit_05"].isna().all() == bool(reason)


def test_return_to_one_place_is_always_foreseen(square: Theatre) -> None:
    """One incident in mid-month at one place: each of eleven origins asks for one."""
    one = backtest(incidents(REGULAR), background=Background(theatre=square), months=12, seed=1)
    shown = one.scores_of(horizon_days=30, target="all").set_index("key")
    assert set(shown["events"]) == {11}
    assert shown.loc["counts_12m", ["hit_05", "hit_05_low", "hit_05_high"]].tolist() == [1, 1, 1]
    assert shown.loc["mixture", "hit_05"] == 1
    assert np.isnan(shown.loc["mixture", "new_hit_05"])


def test_a_kernel_far_from_all_events_has_no_density_of_zero(square: Theatre) -> None:
    """Scott's width of a record at one point is 500 m: 80 km away its Gaussian underflows."""
    table = incidents([*REGULAR, *[(95.0, 95.0, "2020-12-05")] * 12])
    one = backtest(table, background=Background(theatre=square), months=12, seed=1)
    assert np.isfinite(one.scores_of(horizon_days=30, target="all")["bits"]).all()


# --- leakage

PLANTED = [
    ("began before and ended on the day", "2020-02-20", "2020-03-01", False),
    ("began before and ended long after", "2020-01-05", "2020-06-01", False),
    ("began on the day", "2020-03-01", "2020-03-01", True),
    ("began on the day and ended long after", "2020-03-01", "2020-09-01", True),
    ("came within the horizon", "2020-03-20", "2020-03-21", True),
    ("came on the day after the horizon", "2020-03-31", "2020-03-31", False),
    ("came months later", "2020-08-05", "2020-08-05", False),
]
DAY = dt.date(2020, 3, 1)


def with_planted(start: str, end: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """An honest record, and the same with two hundred events in a quiet corner."""
    honest = many(4)
    planted = incidents([(95.0, 5.0, start)] * 200).assign(date_end=pd.Timestamp(end))
    return honest, pd.concat([honest, planted], ignore_index=True)


@pytest.mark.parametrize(
    ("start", "end", "asked"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED]
)
def test_no_density_weight_total_or_score_of_an_origin_knows_what_was_not_over(
    start: str, end: str, asked: bool, square: Theatre
) -> None:
    background = Background(theatre=square)
    one, other = (trial_of(t, background=background) for t in with_planted(start, end))
    day = float((DAY - dt.date(1970, 1, 1)).days)
    for horizon in (30.0, 90.0):
        before, after = (
            past_of(t.record, t.setting, as_of_day=day, horizon_days=horizon) for t in (one, other)
        )
        for model in MODELS.values():
            np.testing.assert_array_equal(model.density(before), model.density(after))
        weights, others = (fitted_mixture(past).weights for past in (before, after))
        np.testing.assert_array_equal(weights, others)
        assert expected_total(before) == expected_total(after)
    done, again = (walk(t, origins={30: [DAY]})[30] for t in (one, other))
    assert set(done.models) == set(MODELS)
    honest = again.asked[again.asked["event"] < one.record.cell.size].reset_index(drop=True)
    pd.testing.assert_frame_equal(done.asked, honest)
    known = ["expected", "low", "high", "placeable"]
    pd.testing.assert_frame_equal(done.totals[known], again.totals[known])
    for name in MODELS:
        np.testing.assert_array_equal(done.areas[name], again.areas[name])
    assert (len(again.asked) > len(honest)) == asked
    if not asked:
        pd.testing.assert_frame_equal(done.cells, again.cells)
        pd.testing.assert_frame_equal(done.totals, again.totals)
        pd.testing.assert_frame_equal(scored(done), scored(again))


def test_the_same_events_over_the_day_before_change_all_that_learns(square: Theatre) -> None:
    """So the test above would notice a leak."""
    honest, planted = with_planted("2020-02-20", "2020-02-29")
    background = Background(theatre=square)
    done, again = (
        walk(trial_of(t, background=background), origins={30: [DAY]})[30] for t in (honest, planted)
    )
    for name in MODELS:
        one, other = (t.asked[t.asked["model"] == name]["bits"].to_numpy() for t in (done, again))
        assert np.allclose(one, other) == (name in {"uniform", "population"})
    assert not done.totals["expected"].equals(again.totals["expected"])


def test_what_starts_after_the_last_window_changes_no_figure_of_the_test(
    square: Theatre, found: Backtest
) -> None:
    """The last windows end with 30 and 29 December."""
    late = incidents([(95.0, 5.0, "2020-12-31")] * 50)
    planted = pd.concat([many(1), late], ignore_index=True)
    again = backtest(planted, background=Background(theatre=square), months=12, seed=1)
    for name in ("scores", "totals", "months", "classes"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name))


def test_progress_rises_to_the_whole(square: Theatre) -> None:
    told: list[float] = []
    backtest(
        many(1),
        background=Background(theatre=square),
        months=3,
        seed=1,
        models={"m": MODELS[MIXTURE]},
        progress=lambda step, share: told.append(share),
    )
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)


def test_a_model_that_has_no_short_name_keeps_its_own(square: Theatre) -> None:
    one = backtest(
        many(1), background=Background(theatre=square), months=2, seed=1,
        models={"mine": always({17: 0.5})},
    )  # fmt: skip
    assert set(one.scores["key"]) == {"mine"}
    assert one.scores["more_hit_05"].isna().all()
    assert len(one.classes_of("mine", horizon_days=30, target="all")) == 10
