"""The walk-forward test of threat models: by hand, without leaks, and on real data."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bench_threat import origins as months
from bench_threat import south_sudan

from geo_poc.layers.threat.events import day_number
from geo_poc.layers.threat.models import MIXTURE, MODELS, ONE_LINE, Model
from geo_poc.layers.threat.past import Past, past_of
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.score_tables import score_table, total_scores
from geo_poc.layers.threat.scores import (
    bits,
    block_draws,
    mean_with_interval,
    prediction_accuracy_index,
)
from geo_poc.layers.threat.setting import Setting, setting_of
from geo_poc.layers.threat.totals import expected_total
from geo_poc.layers.threat.walk import Progress, Trial, Walk, walk
from geo_poc.theatre import Theatre

DATA = Path(os.environ.get("GEO_POC_DATA") or Path(__file__).parents[2] / "shared" / "data")
ORIGINS = [day.date() for day in pd.date_range("2020-01-01", periods=6, freq="MS")]


@pytest.fixture(scope="module")
def square(theatre_of: Callable[..., Theatre]) -> Setting:
    """A hundred cells of 10 km."""
    return setting_of(theatre_of(10, 10))


def events(rows: list[tuple[int, str, str]], *, wanted: bool = True, where: int = 1) -> Record:
    """Exact events: cell of the hundred, first and last day."""
    cell, start, end = (list(column) for column in zip(*rows, strict=True))
    flat = np.array(cell)
    days = [
        np.array([day_number(dt.date.fromisoformat(day)) for day in column], dtype=float)
        for column in (start, end)
    ]
    return Record(
        cell=flat,
        x_m=(flat % 10 + 0.5) * 1e4,
        y_m=(9.5 - flat // 10) * 1e4,
        start_day=days[0],
        end_day=days[1],
        where_prec=np.full(flat.size, float(where)),
        date_prec=np.ones(flat.size),
        wanted=np.full(flat.size, wanted),
    )


def walked(
    record: Record,
    setting: Setting,
    *,
    origins: Sequence[dt.date] = ORIGINS,
    horizon_days: int = 30,
    models: Mapping[str, Model] = MODELS,
    progress: Progress | None = None,
) -> Walk:
    """Walk over one horizon, asked for the wanted events of a record."""
    trial = Trial(record=record, setting=setting, wanted={"all": record.wanted})
    done = walk(trial, origins={horizon_days: origins}, models=models, progress=progress)
    return done[horizon_days]


def walk_table(done: Walk, *, rng: np.random.Generator) -> pd.DataFrame:
    return score_table(done, "all", rng=rng, least=1)


def both(one: Record, other: Record) -> Record:
    return Record(
        **{
            f.name: np.concatenate([getattr(one, f.name), getattr(other, f.name)])
            for f in dataclasses.fields(Record)
        }
    )


def scattered(seed: int, first: str = "2018-01-01", number: int = 150) -> Record:
    rng = np.random.default_rng(seed)
    days = pd.date_range(first, periods=number, freq="7D")
    cells = rng.choice([3, 17, 17, 17, 42, 42, 55, 88], number)
    ends = days + pd.to_timedelta(rng.integers(0, 5, number), unit="D")
    dates = zip(days, ends, strict=True)
    return events(
        [(int(c), str(a.date()), str(b.date())) for c, (a, b) in zip(cells, dates, strict=True)]
    )


def always(cell: int, *, density: float) -> Model:
    """A model that puts a density into one cell and the rest evenly into the others."""

    def fit(past: Past) -> np.ndarray:
        n = past.setting.cells.size
        found = np.full(n, (1 - density) / (n - 1))
        found[cell] = density
        return found

    return Model(fit=fit)


# --- scores


def test_bits_are_the_times_that_an_area_is_halved() -> None:
    """4 cells: a density of 1/2 is twice chance, 1/16 a quarter of it, 0 never."""
    density = np.array([0.5, 0.4375, 0.0625, 0.0])
    assert bits(density, np.array([0, 2, 3])).tolist() == [1.0, -2.0, -np.inf]


def test_index_is_the_hit_rate_in_areas() -> None:
    assert prediction_accuracy_index(0.4, 0.1) == pytest.approx(4)


def test_a_block_holds_neighbouring_origins_and_goes_round() -> None:
    draws = block_draws(7, block=3, rng=np.random.default_rng(1), draws=500)
    assert draws.shape == (500, 7)
    for first in (0, 3):
        assert (np.diff(draws[:, first : first + 3]) % 7 == 1).all()
    assert sorted(set(draws.ravel().tolist())) == list(range(7))


def test_no_origin_gives_draws_of_nothing() -> None:
    assert block_draws(0, block=3, rng=np.random.default_rng(1), draws=5).shape == (5, 0)


def test_interval_is_that_of_the_means_of_the_drawn_origins() -> None:
    """Origins of 1 hit in 1, 0 in 3, and nothing asked: by draw the means are 1/4, 1, 0, unknown."""
    value, origin = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0, 1, 1, 1])
    draws = np.array([[0, 1, 2], [0, 0, 2], [1, 1, 1], [2, 2, 2]])
    mean, low, high = mean_with_interval(value, origin, draws)
    assert mean == 0.25
    assert low == pytest.approx(np.quantile([0.25, 1, 0], 0.025))
    assert high == pytest.approx(np.quantile([0.25, 1, 0], 0.975))


def test_a_mean_over_nothing_is_unknown() -> None:
    nothing = mean_with_interval(np.zeros(0), np.zeros(0, dtype=int), np.zeros((5, 2), dtype=int))
    assert np.isnan(nothing).all()


# --- the walk, by hand


def test_hits_bits_and_new_cells_by_hand(square: Setting) -> None:
    """Cell 17 has 0.604 of the density, each other 0.004. With 99 cells tied below the first:

    of the top 5 %, which are 5 cells, 4 are left for 99; of the top 1 % none; of 10 % nine.
    """
    record = events(
        [
            (17, "2019-12-05", "2019-12-05"),
            (17, "2020-01-10", "2020-01-10"),
            (42, "2020-01-11", "2020-01-11"),
            (42, "2020-02-11", "2020-02-11"),
        ]
    )
    done = walked(record, square, origins=ORIGINS[:2], models={"m": always(17, density=0.604)})
    asked = done.asked
    assert asked["origin"].tolist() == [0, 0, 1]
    assert asked["hit_01"].tolist() == [1, 0, 0]
    assert asked["hit_05"].tolist() == pytest.approx([1, 4 / 99, 4 / 99])
    assert asked["hit_10"].tolist() == pytest.approx([1, 9 / 99, 9 / 99])
    assert asked["bits"].tolist() == pytest.approx([np.log2(60.4), np.log2(0.4), np.log2(0.4)])
    assert asked["new"].tolist() == [False, True, False]
    table = walk_table(done, rng=np.random.default_rng(1)).loc["m"]
    assert (table["origins"], table["events"]) == (2, 3)
    assert table["hit_05"] == pytest.approx((1 + 8 / 99) / 3)
    assert table["pai_05"] == pytest.approx((1 + 8 / 99) / 3 / 0.05)
    assert (table["new_events"], table["new_hit_05"]) == (1, pytest.approx(4 / 99))
    assert np.isnan(table["more_bits"])
    assert done.totals["came"].tolist() == [2, 1]


def test_a_horizon_takes_its_first_day_and_not_the_day_after_its_last(square: Setting) -> None:
    """30 days from 1 January end with 30 January."""
    days = ["2019-12-31", "2020-01-01", "2020-01-30", "2020-01-31"]
    record = events([(17, day, day) for day in days])
    done = walked(record, square, origins=ORIGINS[:1], models={"m": always(17, density=0.5)})
    assert len(done.asked) == 2


def test_what_is_asked_for_is_of_the_kind_wanted_and_known_well_enough(square: Setting) -> None:
    day = ("2020-01-10", "2020-01-10")
    record = both(
        both(events([(3, *day)], wanted=False), events([(4, *day)], where=4)),
        both(events([(5, *day)], where=3), events([(6, *day), (6, "2019-12-01", "2019-12-01")])),
    )
    yearly = dataclasses.replace(events([(7, *day)]), date_prec=np.array([5.0]))
    record = both(record, yearly)
    done = walked(record, square, origins=ORIGINS[:1], models={"m": always(17, density=0.5)})
    assert done.asked["precise"].tolist() == [False, True]
    # The vague one is of the kind wanted: it came, though no cell can be held against it. Of the one
    # known to the year nobody can say that it came in these days.
    assert done.totals["came"].tolist() == [3]


def test_all_models_are_asked_for_the_same_and_the_plain_ones_are_as_good_as_chance(
    square: Setting,
) -> None:
    done = walked(scattered(1), square, origins=ORIGINS)
    table = walk_table(done, rng=np.random.default_rng(1))
    assert table.index.tolist() == list(MODELS)
    assert len(set(table["events"])) == 1
    assert table.loc["uniform", ["bits", "hit_01", "hit_05", "hit_10"]].tolist() == pytest.approx(
        [0, 0.01, 0.05, 0.10]
    )
    assert (table["hit_05_low"] <= table["hit_05"] + 1e-9).all()
    assert (table["hit_05"] <= table["hit_05_high"] + 1e-9).all()


def test_differences_to_the_one_line_are_those_of_the_means(square: Setting) -> None:
    done = walked(scattered(1), square, origins=ORIGINS)
    table = walk_table(done, rng=np.random.default_rng(1))
    for score in ("bits", "hit_05"):
        assert table[f"more_{score}"].to_numpy() == pytest.approx(
            (table[score] - table.loc[ONE_LINE, score]).to_numpy()
        )
        assert table.loc[ONE_LINE, [f"more_{score}_low", f"more_{score}_high"]].tolist() == [0, 0]


def test_the_same_seed_gives_the_same_table(square: Setting) -> None:
    done = walked(scattered(1), square, origins=ORIGINS, models={"m": MODELS[ONE_LINE]})
    one, again, other = (walk_table(done, rng=np.random.default_rng(s)) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)


def test_windows_that_overlap_are_drawn_in_blocks_of_as_many_origins(square: Setting) -> None:
    """90 days hold three origins: drawn in threes, six origins come as two runs of neighbours."""
    done = walked(
        scattered(1), square, origins=ORIGINS, horizon_days=90, models={"m": MODELS[ONE_LINE]}
    )
    table = walk_table(done, rng=np.random.default_rng(4)).loc["m"]
    draws = block_draws(6, block=3, rng=np.random.default_rng(4))
    asked = done.asked
    by_hand = mean_with_interval(asked["hit_05"].to_numpy(), asked["origin"].to_numpy(), draws)
    bits_by_hand = mean_with_interval(asked["bits"].to_numpy(), asked["origin"].to_numpy(), draws)
    assert (table["hit_05"], table["hit_05_low"], table["hit_05_high"]) == by_hand
    assert (table["bits"], table["bits_low"], table["bits_high"]) == bits_by_hand


def test_nothing_asked_for_gives_an_empty_table_and_no_origin_no_total(square: Setting) -> None:
    old = events([(3, "2019-01-01", "2019-01-01")])
    done = walked(old, square, origins=ORIGINS[:2], models={"m": MODELS[ONE_LINE]})
    assert done.asked.empty
    table = walk_table(done, rng=np.random.default_rng(1)).loc["m"]
    assert table["events"] == 0
    assert np.isnan([table["hit_05"], table["bits"], table["brier_skill"]]).all()
    assert done.totals["came"].tolist() == [0, 0]
    assert walked(old, square, origins=[]).totals.empty


def test_it_tells_how_far_it_is(square: Setting) -> None:
    told: list[float] = []
    walked(
        scattered(1),
        square,
        origins=ORIGINS[:4],
        models={},
        progress=lambda step, share: told.append(share),
    )
    assert told == [0, 0.25, 0.5, 0.75, 1]


def test_coverage_of_totals_counts_origins_with_an_interval_only(square: Setting) -> None:
    totals = pd.DataFrame(
        {
            "expected": [5.0, 4.0, 6.0, 7.0, 9.0],
            "low": [2.0, 1.0, 3.0, 3.0, np.nan],
            "high": [8.0, 7.0, 9.0, 12.0, np.nan],
            "came": [8.0, 0.0, 10.0, 5.0, 100.0],
        }
    )
    done = dataclasses.replace(
        walked(scattered(1), square, origins=[]), totals=totals.assign(target="all")
    )
    assert total_scores(done, "all") == {
        "origins": 4,
        "expected": 5.5,
        "came": 5.75,
        "within": 0.5,
        "below": 0.25,
        "above": 0.25,
    }


# --- leakage


LATE = [
    ("began before and ended on the day", "2020-02-20", "2020-03-01"),
    ("began on the day", "2020-03-01", "2020-03-01"),
    ("began before and ended long after", "2020-01-05", "2020-06-01"),
    ("came later", "2020-05-05", "2020-05-05"),
]


@pytest.mark.parametrize(("start", "end"), [row[1:] for row in LATE], ids=[row[0] for row in LATE])
def test_planted_events_that_were_not_over_change_nothing(
    start: str, end: str, square: Setting
) -> None:
    """Two hundred events in a quiet cell would be seen at once by any model that looks ahead."""
    day = float(day_number(dt.date(2020, 3, 1)))
    honest = scattered(3)
    planted = both(honest, events([(99, start, end)] * 200))
    one, other = (
        past_of(record, square, as_of_day=day, horizon_days=30.0) for record in (honest, planted)
    )
    for model in MODELS.values():
        np.testing.assert_array_equal(model.density(one), model.density(other))
    assert expected_total(one) == expected_total(other)


def test_the_same_events_over_the_day_before_change_every_model_that_learns(
    square: Setting,
) -> None:
    """So the test above would notice."""
    day = float(day_number(dt.date(2020, 3, 1)))
    honest = scattered(3)
    known = both(honest, events([(99, "2020-02-20", "2020-02-29")] * 200))
    one, other = (
        past_of(record, square, as_of_day=day, horizon_days=30.0) for record in (honest, known)
    )
    for name, model in MODELS.items():
        changed = not np.allclose(model.density(one), model.density(other))
        assert changed == (name not in {"uniform", "population"})
    assert expected_total(one) != expected_total(other)


def test_a_walk_scores_earlier_origins_the_same_whatever_comes_later(square: Setting) -> None:
    honest = scattered(3)
    planted = both(honest, events([(99, "2020-04-10", "2020-04-10")] * 50))
    one, other = (walked(record, square, origins=ORIGINS) for record in (honest, planted))
    pd.testing.assert_frame_equal(
        one.asked[one.asked["origin"] < 3], other.asked[other.asked["origin"] < 3]
    )
    pd.testing.assert_frame_equal(one.totals[:3], other.totals[:3])
    assert not one.totals[4:].equals(other.totals[4:])


# --- real data


@pytest.mark.south_sudan
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no data folder {DATA}: set GEO_POC_DATA to it")
def test_south_sudan_2018_to_2021_agrees_with_the_table_measured_apart() -> None:
    """A table made with other code, borders (6,277 cells) and settlement lists.

    0.15 bits and 0.03 of a hit rate are allowed for that, about what moving the grid by parts of a
    cell does; 0.07 for people, whose raster is coarse, and for Scott's bandwidth, here by axis. Counts
    had the centroids of codes 4 and 5 in them there: without them they are allowed 0.15 bits more.
    """
    done = walk(south_sudan(10.0), origins={30: months(30)})[30]
    table = walk_table(done, rng=np.random.default_rng(1))
    assert set(table["events"]) == {279}
    assert set(table["origins"]) == {48}
    measured = {
        "uniform": (0.00, 0.01, 0.05, 0.10),
        "population": (0.53, 0.00, 0.12, 0.33),
        "all-history kernel, Scott": (0.47, 0.04, 0.23, 0.38),
        "12-month kernel, 25 km": (1.28, 0.18, 0.47, 0.61),
        "12-month counts": (1.78, 0.43, 0.48, 0.51),
        "all-history counts": (2.62, 0.45, 0.69, 0.71),
        ONE_LINE: (2.99, 0.45, 0.76, 0.82),
    }
    for name, (its_bits, *hits) in measured.items():
        better = 0.15 if "counts" in name or name == ONE_LINE else 0.0
        assert -0.15 <= table.loc[name, "bits"] - its_bits <= 0.15 + better
        allowed = 0.07 if name in {"population", "all-history kernel, Scott"} else 0.03
        assert table.loc[name, ["hit_01", "hit_05", "hit_10"]].tolist() == pytest.approx(
            hits, abs=allowed
        )
    # The mixture measured apart had ten other densities: no worse than that, and no better ranking.
    mixture = table.loc[MIXTURE]
    assert mixture["bits"] >= 3.45
    assert mixture["hit_01"] >= 0.47
    assert mixture[["hit_05", "hit_10"]].tolist() == pytest.approx([0.77, 0.85], abs=0.03)
    assert mixture["new_hit_05"] == pytest.approx(0.31, abs=0.08)
    assert table.loc[MIXTURE, "more_bits_low"] > 0
    # Measured apart with settlements' polygons of districts, which are not in this theatre.
    assert table.loc[MIXTURE, "smeared_05"] == pytest.approx(0.39, abs=0.04)
    # More than that on all events is a leak until shown otherwise.
    assert table["hit_05"].max() <= 0.80
