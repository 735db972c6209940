"""Tables of a walk: scores of models with intervals, totals, and expected against observed by class."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.layers.threat.models import ONE_LINE
from geo_poc.layers.threat.ranking import TENTHS, by_tenth
from geo_poc.layers.threat.record import Target
from geo_poc.layers.threat.scores import (
    block_draws,
    mean_with_interval,
    poisson_interval,
    prediction_accuracy_index,
    ratio_with_interval,
)
from geo_poc.layers.threat.walk import SHARES, Walk

LEAST_EVENTS = 10
_MONTH_DAYS = 30.4375
_PAIRED = ("bits", "hit_05")
_PLACES = tuple(f"place_{name}" for name in SHARES)
_NAN = float("nan")
_NO_BRIER = dict.fromkeys(("brier", "brier_skill", "brier_skill_low", "brier_skill_high"), _NAN)


def block_months(done: Walk) -> int:
    """Number of neighbouring origins whose windows overlap: as many as the horizon has months."""
    return max(1, int(np.ceil(done.horizon_days / _MONTH_DAYS)))


def score_table(
    done: Walk, target: Target, *, rng: np.random.Generator, least: int = LEAST_EVENTS
) -> pd.DataFrame:
    """One row a model: its scores on one kind of event, and their 95 % intervals by block bootstrap.

    Parameters
    ----------
    done : Walk
    target : str
    rng : Generator
        For the bootstrap; blocks are as many origins as a horizon has months.
    least : int
        A rate or mean over fewer events is ``nan``: unknown.

    Returns
    -------
    DataFrame
        Index ``model``. Columns ``origins, events``; ``bits, hit_05, new_hit_05, place_05, smeared_05,
        brier_skill``, each with ``_low`` and ``_high``; ``hit_01, hit_10, pai_01, pai_05, pai_10,
        new_events, precise_events, precise_hit_05, near_events, place_01, place_10, brier``; and the
        difference to the one line, event by event, ``more_bits, more_hit_05`` with ``_low`` and
        ``_high`` (``nan`` where the one line was not walked).
    """
    draws = block_draws(len(done.origins), block=block_months(done), rng=rng)
    asked = done.asked_of(target)
    by_model = dict(iter(asked.groupby("model", sort=False)))
    none = asked.head(0)
    line = by_model.get(ONE_LINE, none)
    rows = []
    for name in done.models:
        one = by_model.get(name, none)
        rows.append(
            {
                "model": name,
                "origins": len(done.origins),
                "events": len(one),
                **_scores(one, draws, least),
                **(_brier(done, name, target, draws) if len(one) >= least else _NO_BRIER),
                **_more(one, line, draws, least),
            }
        )
    return pd.DataFrame(rows).set_index("model")


def total_scores(done: Walk, target: Target) -> dict[str, float]:
    """How the expected totals did, over the origins that have an interval.

    Returns
    -------
    dict
        ``origins``; ``expected`` and ``came``: mean numbers; ``within``: share of the origins at which the number
        that came lay in the 80 % interval; ``below`` and ``above``: shares that lay outside it.
    """
    totals = done.totals_of(target)
    totals = totals[totals["low"].notna()]
    came = totals["came"]
    return {
        "origins": len(totals),
        "expected": float(totals["expected"].mean()),
        "came": float(came.mean()),
        "within": float(came.between(totals["low"], totals["high"]).mean()),
        "below": float((came < totals["low"]).mean()),
        "above": float((came > totals["high"]).mean()),
    }


def class_table(done: Walk, target: Target, model: str) -> pd.DataFrame:
    """Events expected and come in each tenth of a model's density, the densest first.

    The first tenth is the cells of highest density that together hold a tenth of it, and so on: in
    each a tenth of the events that are known well enough for a cell is expected. Cells that tie
    share their events evenly. Origins without an expected number are left out.

    Returns
    -------
    DataFrame
        ``tenth`` (1 to 10), ``area`` (mean share of the area), ``expected``, ``came``, and ``low, high``, the
        95 % interval of the mean that ``came`` is in keeping with as a Poisson number. Where windows
        overlap, as many fewer events are taken to have been counted.
    """
    totals = done.totals_of(target)
    number = totals["expected"] * totals["placeable"]
    one = done.asked_of(target)
    one = one[(one["model"] == model) & one["origin"].isin(totals.loc[number.notna(), "origin"])]
    first, last = (one[name].to_numpy(dtype=np.float64) for name in ("first", "last"))
    came = by_tenth(first, last).sum(axis=0)
    overlap = block_months(done)
    ends = [poisson_interval(float(count) / overlap) for count in came]
    return pd.DataFrame(
        {
            "tenth": np.arange(1, TENTHS + 1),
            "area": done.areas.get(model, np.full(TENTHS, np.nan)),
            "expected": float(number.sum()) / TENTHS,
            "came": came,
            "low": [low * overlap for low, _ in ends],
            "high": [high * overlap for _, high in ends],
        }
    )


def _interval(
    name: str, one: pd.DataFrame, column: str, draws: NDArray[np.int64], least: int
) -> dict[str, float]:
    """A mean over events with its interval; ``nan`` over too few of them."""
    found = (_NAN, _NAN, _NAN)
    if len(one) >= max(least, 1):
        value = one[column].to_numpy(dtype=np.float64)
        found = mean_with_interval(value, one["origin"].to_numpy(dtype=np.int64), draws)
    return _ends(name, found)


def _ends(name: str, found: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))


def _mean(one: pd.DataFrame, column: str, least: int) -> float:
    return float(one[column].mean()) if len(one) >= max(least, 1) else _NAN


def _scores(one: pd.DataFrame, draws: NDArray[np.int64], least: int) -> dict[str, float]:
    new, precise = one[one["new"].astype(bool)], one[one["precise"].astype(bool)]
    hits = {name: _mean(one, f"hit_{name}", least) for name in SHARES}
    known = one["near"].notna().all()
    return {
        **_interval("bits", one, "bits", draws, least),
        "hit_01": hits["01"],
        **_interval("hit_05", one, "hit_05", draws, least),
        "hit_10": hits["10"],
        **{
            f"pai_{name}": prediction_accuracy_index(hits[name], share)
            for name, share in SHARES.items()
        },
        "new_events": len(new),
        **_interval("new_hit_05", new, "hit_05", draws, least),
        "precise_events": len(precise),
        "precise_hit_05": _mean(precise, "hit_05", least),
        **_interval("smeared_05", one, "smeared_05", draws, least),
        "near_events": float(one["near"].sum()) if known else _NAN,
        "place_01": _mean(one, "place_01", least),
        **_interval("place_05", one, "place_05", draws, least),
        "place_10": _mean(one, "place_10", least),
    }


def _brier(done: Walk, model: str, target: Target, draws: NDArray[np.int64]) -> dict[str, float]:
    """Brier score, and its skill against a uniform field of the same expected number."""
    cells = done.cells
    own = cells[(cells["model"] == model) & (cells["target"] == target)]
    error, uniform = (own[c].to_numpy(dtype=np.float64) for c in ("brier", "brier_uniform"))
    known = np.isfinite(error)
    error, uniform = np.where(known, error, 0.0), np.where(known, uniform, 0.0)
    score = float(error.sum() / known.sum()) if known.any() else _NAN
    skill = ratio_with_interval(uniform - error, uniform, draws)
    return {"brier": score, **_ends("brier_skill", skill)}


def _more(
    one: pd.DataFrame, line: pd.DataFrame, draws: NDArray[np.int64], least: int
) -> dict[str, float]:
    """Mean difference to the one line on the same events, with its interval."""
    found: dict[str, float] = {}
    for score in _PAIRED:
        paired = one.head(len(line))
        more = paired[score].to_numpy(dtype=np.float64) - line[score].to_numpy(dtype=np.float64)
        found |= _interval(f"more_{score}", paired.assign(more=more), "more", draws, least)
    return found
