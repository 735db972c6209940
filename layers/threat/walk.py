"""The walk-forward test: at each origin every model sees the past only and is held against what came."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from geo_poc.layers.threat.events import day_number
from geo_poc.layers.threat.models import MODELS, Model
from geo_poc.layers.threat.near_places import NearPlaces
from geo_poc.layers.threat.past import Past, past_of
from geo_poc.layers.threat.ranking import Ranking, ranking_of
from geo_poc.layers.threat.record import Record, Target
from geo_poc.layers.threat.scores import bits, brier
from geo_poc.layers.threat.setting import Setting
from geo_poc.layers.threat.spread import Spread
from geo_poc.layers.threat.totals import expected_total

Progress = Callable[[str, float], None]

SHARES: Mapping[str, float] = {"01": 0.01, "05": 0.05, "10": 0.10}
SMEARED = "05"
ASKED_COLUMNS = (
    "model", "origin", "event", *(f"hit_{s}" for s in SHARES), "bits", "new", "precise",
    "smeared_05", "near", *(f"place_{s}" for s in SHARES), "first", "last",
)  # fmt: skip
TOTAL_COLUMNS = ("target", "origin", "expected", "low", "high", "came", "placeable")
CELL_COLUMNS = ("model", "target", "origin", "brier", "brier_uniform")
_PRECISE_PLACE = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """What models are held against.

    Parameters
    ----------
    record : Record
        It may go on after the last origin; it should go on a horizon after it.
    setting : Setting
        Of one date, and seen at all origins.
    wanted : mapping of str to bool array (n,)
        Events of each kind whose future is asked for. Models see all events.
    spread : Spread, optional
        Of the same events, over where each may really have been.
    places : NearPlaces, optional
        Of the same events.
    """

    record: Record
    setting: Setting
    wanted: Mapping[Target, NDArray[np.bool_]]
    spread: Spread | None = None
    places: NearPlaces | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """What each model gave to each event that came, and the numbers expected and come.

    Parameters
    ----------
    origins : tuple of date
    horizon_days : int
    models : tuple of str
    asked : DataFrame
        One row a model and event asked for: ``model, origin, event, hit_01, hit_05, hit_10, bits, new,
        precise, smeared_05, near, place_01, place_05, place_10, first, last``. ``origin`` is the
        position in ``origins``, ``event`` that in the record. ``hit`` is the credit for a place in
        the top 1, 5 and 10 % of the area; ``new`` whether its cell had no earlier event; ``precise``
        whether ``where_prec`` is 1 or 2; ``smeared_05`` the mean credit over where it may really
        have been (``nan`` without a spread); ``near`` whether a place is within 10 km, and ``place``
        the credit of the nearest among the top places (``nan`` without places); ``first, last`` the
        density above its cell, and that with its cell and ties.
    totals : DataFrame
        One row a kind and origin: ``target, origin, expected, low, high, came, placeable``, the last
        the share of past events of that kind that were known well enough for a cell.
    cells : DataFrame
        One row a model, kind and origin: ``model, target, origin, brier, brier_uniform``.
    areas : mapping of str to float array (10,)
        Of each model the mean share of the area that each tenth of its density takes.
    wanted : mapping of str to bool array (n,)
    """

    origins: tuple[dt.date, ...]
    horizon_days: int
    models: tuple[str, ...]
    asked: pd.DataFrame
    totals: pd.DataFrame
    cells: pd.DataFrame
    areas: Mapping[str, NDArray[np.float64]]
    wanted: Mapping[Target, NDArray[np.bool_]]

    def asked_of(self, target: Target) -> pd.DataFrame:
        """Rows of ``asked`` of one kind of event."""
        event = self.asked["event"].to_numpy(dtype=np.int64)
        rows: pd.DataFrame = self.asked[self.wanted[target][event]]
        return rows

    def totals_of(self, target: Target) -> pd.DataFrame:
        """Rows of ``totals`` of one kind of event, one an origin."""
        return self.totals[self.totals["target"] == target].reset_index(drop=True)


def walk(
    trial: Trial,
    *,
    origins: Mapping[int, Sequence[dt.date]],
    models: Mapping[str, Model] = MODELS,
    progress: Progress | None = None,
) -> dict[int, Walk]:
    """Walk-forward test of models over one or more horizons.

    At each origin a model sees the events that were over before it. Asked for are the events of the
    kinds wanted that start in ``[origin, origin + horizon)``, with ``where_prec`` at most 3 and
    ``date_prec`` at most 4, each in the cell where it was coded. One is hit at a share of the area
    if its cell is in the top share by density; where cells tie across that limit, by the share of
    them that fits in. The number that came counts events too vague for the map, too.

    Parameters
    ----------
    trial : Trial
    origins : mapping of int to sequence of date
        Of each horizon in days its origins, rising.
    models : mapping of str to Model
    progress : callable (step, share done), optional

    Returns
    -------
    dict of int to Walk
        By horizon.
    """
    notes = {horizon: _Notes() for horizon in origins}
    days = sorted({day for dates in origins.values() for day in dates})
    # One thread: products this small lose more by waiting for a second one, on a busy machine tenfold.
    with threadpool_limits(limits=1, user_api="blas"):
        for number, day in enumerate(days):
            if progress is not None:
                progress("backtest", number / len(days))
            _walk_day(day, trial, origins, models, notes)
    if progress is not None:
        progress("backtest", 1.0)
    return {
        horizon: notes[horizon].walk(dates, horizon, models, trial)
        for horizon, dates in origins.items()
    }


def _walk_day(
    day: dt.date,
    trial: Trial,
    origins: Mapping[int, Sequence[dt.date]],
    models: Mapping[str, Model],
    notes: Mapping[int, _Notes],
) -> None:
    """Note how all models did at one origin, for each horizon that has it."""
    pasts = {
        horizon: past_of(
            trial.record,
            trial.setting,
            as_of_day=float(day_number(day)),
            horizon_days=float(horizon),
        )
        for horizon, dates in origins.items()
        if day in dates
    }
    asked = {h: _asked(trial, past, origins[h].index(day)) for h, past in pasts.items()}
    for horizon, name, ranking in _rankings(models, pasts):
        notes[horizon].take(name, ranking, asked[horizon], trial)
    for horizon, one in asked.items():
        notes[horizon].totals.extend(one.totals)


def _rankings(
    models: Mapping[str, Model], pasts: Mapping[int, Past]
) -> Iterator[tuple[int, str, Ranking]]:
    """Ranking of each model at each horizon; one that is the same for all is fitted once."""
    for name, model in models.items():
        same: Ranking | None = None
        for horizon, past in pasts.items():
            if same is None or model.by_horizon:
                same = ranking_of(model.density(past))
            yield horizon, name, same


@dataclass(frozen=True, kw_only=True, eq=False)
class _Asked:
    """What is asked for at one origin and horizon, whatever the model."""

    origin: int
    event: NDArray[np.int64]
    cell: NDArray[np.int64]
    new: NDArray[np.bool_]
    precise: NDArray[np.bool_]
    totals: list[tuple[object, ...]]
    placeable: Mapping[Target, float]
    hit: Mapping[Target, NDArray[np.int64]]
    brier_uniform: Mapping[Target, float]


def _asked(trial: Trial, past: Past, origin: int) -> _Asked:
    record = trial.record
    coming = record.starting(past.as_of_day, days=past.horizon_days) & record.dated
    wanted = np.logical_or.reduce(list(trial.wanted.values()))
    event = np.flatnonzero(coming & record.precise & wanted)
    cell = record.cell[event]
    known = record.end_day < past.as_of_day
    totals: list[tuple[object, ...]] = []
    placeable: dict[Target, float] = {}
    for target, mask in trial.wanted.items():
        own = dataclasses.replace(past.record, wanted=mask[known])
        total = expected_total(dataclasses.replace(past, record=own))
        counted = own.wanted & own.dated
        share = float(own.precise[counted].mean()) if counted.any() else float("nan")
        came = float((coming & mask).sum())
        totals.append((target, origin, total.expected, total.low, total.high, came, share))
        placeable[target] = total.expected * share
    hit = {target: cell[mask[event]] for target, mask in trial.wanted.items()}
    uniform = trial.setting.uniform
    return _Asked(
        origin=origin,
        event=event,
        cell=cell,
        new=~np.isin(cell, past.record.placed.cell),
        precise=record.where_prec[event] <= _PRECISE_PLACE,
        totals=totals,
        placeable=placeable,
        hit=hit,
        brier_uniform={t: brier(uniform, placeable[t], cells) for t, cells in hit.items()},
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Notes:
    """Rows of one horizon while the walk goes on."""

    asked: list[pd.DataFrame] = field(default_factory=list)
    totals: list[tuple[object, ...]] = field(default_factory=list)
    cells: list[tuple[object, ...]] = field(default_factory=list)
    areas: dict[str, list[NDArray[np.float64]]] = field(default_factory=dict)

    def take(self, model: str, ranking: Ranking, asked: _Asked, trial: Trial) -> None:
        """Note how one model did at one origin."""
        for target, hit in asked.hit.items():
            error = brier(ranking.density, asked.placeable[target], hit)
            uniform = asked.brier_uniform[target]
            self.cells.append((model, target, asked.origin, error, uniform))
        self.areas.setdefault(model, []).append(ranking.area_by_tenth)
        # Tables without a row would change the types of the columns that they are stacked with.
        if asked.event.size:
            scored = _scored(ranking, asked, trial)
            self.asked.append(scored.assign(model=model, origin=asked.origin))

    def walk(
        self,
        origins: Sequence[dt.date],
        horizon_days: int,
        models: Mapping[str, Model],
        trial: Trial,
    ) -> Walk:
        """All that was noted."""
        asked = pd.concat(self.asked, ignore_index=True) if self.asked else pd.DataFrame()
        return Walk(
            origins=tuple(origins),
            horizon_days=horizon_days,
            models=tuple(models),
            asked=asked.reindex(columns=list(ASKED_COLUMNS)),
            totals=pd.DataFrame(self.totals, columns=list(TOTAL_COLUMNS)),
            cells=pd.DataFrame(self.cells, columns=list(CELL_COLUMNS)),
            areas={name: np.mean(areas, axis=0) for name, areas in self.areas.items()},
            wanted=trial.wanted,
        )


def _scored(ranking: Ranking, asked: _Asked, trial: Trial) -> pd.DataFrame:
    credit = {name: ranking.credit(share=share) for name, share in SHARES.items()}
    first, last = ranking.above(asked.cell)
    return pd.DataFrame(
        {
            "event": asked.event,
            **{f"hit_{name}": whole[asked.cell] for name, whole in credit.items()},
            "bits": bits(ranking.density, asked.cell),
            "new": asked.new,
            "precise": asked.precise,
            "smeared_05": _smeared(credit[SMEARED], asked, trial),
            **_of_places(ranking, asked, trial),
            "first": first,
            "last": last,
        }
    )


def _smeared(credit: NDArray[np.float64], asked: _Asked, trial: Trial) -> NDArray[np.float64]:
    """Mean credit over where each event may have been; that of chance where nothing says where."""
    if trial.spread is None:
        return np.full(asked.event.size, np.nan)
    whole = np.nan_to_num(trial.setting.surface(credit))
    found = trial.spread.mean_over(asked.event, whole)
    return np.where(np.isnan(found), SHARES[SMEARED], found)


def _of_places(ranking: Ranking, asked: _Asked, trial: Trial) -> dict[str, NDArray[np.float64]]:
    """Whether a place is near each event, and its credit among the top places; 0 without one."""
    names = [f"place_{name}" for name in SHARES]
    if trial.places is None:
        return dict.fromkeys(["near", *names], np.full(asked.event.size, np.nan))
    nearest = trial.places.nearest[asked.event]
    score = ranking_of(ranking.density[trial.places.cell])
    near = nearest >= 0
    credit = (score.credit(share=share)[nearest] for share in SHARES.values())
    return {
        "near": near.astype(np.float64),
        **{name: np.where(near, one, 0.0) for name, one in zip(names, credit, strict=True)},
    }
