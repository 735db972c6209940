"""The walk-forward test: at each origin every model sees the past only and is held against what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.layers.threat.backtest import top_credit
from geo_poc.layers.threat.events import day_number
from geo_poc.layers.threat.models import MODELS, ONE_LINE, Model
from geo_poc.layers.threat.past import Past, past_of
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.scores import (
    bits,
    block_draws,
    mean_with_interval,
    prediction_accuracy_index,
)
from geo_poc.layers.threat.setting import Setting
from geo_poc.layers.threat.totals import expected_total

Progress = Callable[[str, float], None]

SHARES: Mapping[str, float] = {"hit_01": 0.01, "hit_05": 0.05, "hit_10": 0.10}
_PRECISE_PLACE = 2
_MONTH_DAYS = 30.4375


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """What each model gave to each event that came, and the numbers expected and come.

    Parameters
    ----------
    origins : tuple of date
    horizon_days : float
    asked : DataFrame
        One row a model and event asked for: ``model, origin, hit_01, hit_05, hit_10, bits, new,
        precise``. ``origin`` is the position in ``origins``, ``hit`` the credit for a place in the
        top 1, 5 and 10 % of the area, ``new`` whether its cell had no earlier event, ``precise``
        whether ``where_prec`` is 1 or 2.
    totals : DataFrame
        One row an origin: ``expected, low, high, came``.
    """

    origins: tuple[dt.date, ...]
    horizon_days: float
    asked: pd.DataFrame
    totals: pd.DataFrame


def walk(
    record: Record,
    setting: Setting,
    *,
    origins: Sequence[dt.date],
    horizon_days: float = 30.0,
    models: Mapping[str, Model] = MODELS,
    progress: Progress | None = None,
) -> Walk:
    """Walk-forward test of models.

    At each origin a model sees the events that were over before it. Asked for are the events of the
    kind wanted that start in ``[origin, origin + horizon)``, with ``where_prec`` at most 3 and
    ``date_prec`` at most 4, each in the cell where it was coded. One is hit at a share of the area
    if its cell is in the top share by density; where cells tie across that limit, by the share of
    them that fits in. The number that came counts events too vague for the map, too.

    Parameters
    ----------
    record : Record
        It may go on after the last origin; it should go on a horizon after it.
    setting : Setting
        Of one date, and seen at all origins.
    origins : sequence of date
        Rising.
    horizon_days : float
    models : mapping of str to Model
    progress : callable (step, share done), optional
    """
    asked: list[pd.DataFrame] = []
    totals: list[tuple[float, ...]] = []
    for number, origin in enumerate(origins):
        if progress is not None:
            progress("backtest", number / len(origins))
        past = past_of(
            record, setting, as_of_day=float(day_number(origin)), horizon_days=horizon_days
        )
        coming = record.only(
            record.wanted & record.starting(past.as_of_day, days=horizon_days) & record.dated
        )
        total = expected_total(past)
        totals.append((total.expected, total.low, total.high, float(coming.wanted.sum())))
        places = coming.only(coming.precise)
        # Tables without a row would change the types of the columns that they are stacked with.
        for name, model in models.items() if places.cell.size else ():
            asked.append(
                _scored(model.density(past), places, past).assign(model=name, origin=number)
            )
    if progress is not None:
        progress("backtest", 1.0)
    return Walk(
        origins=tuple(origins),
        horizon_days=horizon_days,
        asked=_stacked(asked),
        totals=pd.DataFrame(totals, columns=["expected", "low", "high", "came"]),
    )


def walk_table(done: Walk, *, rng: np.random.Generator) -> pd.DataFrame:
    """One row a model: its scores, and their 95 % intervals by block bootstrap.

    Parameters
    ----------
    done : Walk
    rng : Generator
        For the bootstrap; blocks are as many origins as a horizon has months.

    Returns
    -------
    DataFrame
        Index ``model``. Columns ``origins, events, bits, bits_low, bits_high, hit_01, hit_05,
        hit_05_low, hit_05_high, hit_10, pai_05, new_events, new_hit_05, precise_events,
        precise_hit_05``, and the difference to the one line, event by event, ``more_bits,
        more_bits_low, more_bits_high, more_hit_05, more_hit_05_low, more_hit_05_high`` (``nan``
        where the one line was not walked). A mean over no event is ``nan``.
    """
    block = max(1, int(np.ceil(done.horizon_days / _MONTH_DAYS)))
    draws = block_draws(len(done.origins), block=block, rng=rng)
    by_model = dict(iter(done.asked.groupby("model", sort=False)))
    line = by_model.get(ONE_LINE)
    rows = [
        {
            "model": name,
            "origins": len(done.origins),
            **_scores(one, draws),
            **_more(one, line, draws),
        }
        for name, one in by_model.items()
    ]
    return pd.DataFrame(rows).set_index("model") if rows else pd.DataFrame()


def total_scores(done: Walk) -> dict[str, float]:
    """How the expected totals did, over the origins that have an interval.

    Returns
    -------
    dict
        ``origins``; ``expected`` and ``came``: mean numbers; ``within``: share of the origins at which the number
        that came lay in the 80 % interval; ``below`` and ``above``: shares that lay outside it.
    """
    totals = done.totals[done.totals["low"].notna()]
    came = totals["came"]
    return {
        "origins": len(totals),
        "expected": float(totals["expected"].mean()),
        "came": float(came.mean()),
        "within": float(came.between(totals["low"], totals["high"]).mean()),
        "below": float((came < totals["low"]).mean()),
        "above": float((came > totals["high"]).mean()),
    }


def _scored(density: NDArray[np.float64], places: Record, past: Past) -> pd.DataFrame:
    cell, seen = places.cell, past.record.placed.cell
    credit = {
        name: top_credit(density, density[cell], share=share) for name, share in SHARES.items()
    }
    return pd.DataFrame(
        {
            **credit,
            "bits": bits(density, cell),
            "new": ~np.isin(cell, seen),
            "precise": places.where_prec <= _PRECISE_PLACE,
        }
    )


def _stacked(asked: list[pd.DataFrame]) -> pd.DataFrame:
    columns = ["model", "origin", *SHARES, "bits", "new", "precise"]
    if not asked:
        return pd.DataFrame(columns=columns)
    return pd.concat(asked, ignore_index=True)[columns]


def _scores(one: pd.DataFrame, draws: NDArray[np.int64]) -> dict[str, float]:
    origin = one["origin"].to_numpy(dtype=np.int64)
    mean_bits, bits_low, bits_high = mean_with_interval(one["bits"].to_numpy(), origin, draws)
    hit, hit_low, hit_high = mean_with_interval(one["hit_05"].to_numpy(), origin, draws)
    new, precise = one[one["new"]], one[one["precise"]]
    return {
        "events": len(one),
        "bits": mean_bits,
        "bits_low": bits_low,
        "bits_high": bits_high,
        "hit_01": float(one["hit_01"].mean()),
        "hit_05": hit,
        "hit_05_low": hit_low,
        "hit_05_high": hit_high,
        "hit_10": float(one["hit_10"].mean()),
        "pai_05": prediction_accuracy_index(hit, SHARES["hit_05"]),
        "new_events": len(new),
        "new_hit_05": float(new["hit_05"].mean()),
        "precise_events": len(precise),
        "precise_hit_05": float(precise["hit_05"].mean()),
    }


def _more(
    one: pd.DataFrame, line: pd.DataFrame | None, draws: NDArray[np.int64]
) -> dict[str, float]:
    """Mean difference to the one line on the same events, with its interval."""
    found: dict[str, float] = {}
    for score in ("bits", "hit_05"):
        names = (f"more_{score}", f"more_{score}_low", f"more_{score}_high")
        if line is None:
            found |= dict.fromkeys(names, float("nan"))
            continue
        more = one[score].to_numpy() - line[score].to_numpy()
        origin = one["origin"].to_numpy(dtype=np.int64)
        found |= dict(zip(names, mean_with_interval(more, origin, draws), strict=True))
    return found
