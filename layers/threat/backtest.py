"""The test on the past of every run: all models, 30 and 90 days, each kind of event, as tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.events import Events, day_number, events_of
from geo_poc.layers.threat.models import KEYS, MODELS, Model
from geo_poc.layers.threat.near_places import near_places
from geo_poc.layers.threat.record import Record, Target, in_area, record_of, wanted_of
from geo_poc.layers.threat.score_tables import (
    LEAST_EVENTS,
    class_table,
    score_table,
    total_scores,
)
from geo_poc.layers.threat.setting import setting_around
from geo_poc.layers.threat.spread import spread_events
from geo_poc.layers.threat.walk import Progress, Trial, Walk, walk

HORIZONS_DAYS = (30, 90)
TARGETS: tuple[Target, ...] = ("all", "civilian", "one_sided")

Reason = Literal["", "no_incident", "no_place", "no_origin", "too_few"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Backtest:
    """How every model would have done in the past.

    Parameters
    ----------
    origins : mapping of int to tuple of date
        Of each horizon in days.
    scores : DataFrame
        One row a model, horizon and kind of event: ``model`` (its name), ``key`` (its short name),
        ``horizon_days, target`` and the columns of `geo_poc.layers.threat.score_tables.score_table`.
    totals : DataFrame
        One row a horizon and kind: ``horizon_days, target`` and what
        `geo_poc.layers.threat.score_tables.total_scores` gives.
    months : DataFrame
        One row a horizon, kind and origin: ``horizon_days, target, origin`` (date), ``expected, low, high,
        came``.
    classes : DataFrame
        One row a model, horizon, kind and tenth: ``key, horizon_days, target`` and the columns of
        `geo_poc.layers.threat.score_tables.class_table`.
    reason : str
        Why nothing is known of all events within 30 days: ``no_incident`` in the area, ``no_place``
        known well enough, ``no_origin`` in so short a record, ``too_few`` events asked for; else "".
    """

    origins: Mapping[int, tuple[dt.date, ...]]
    scores: pd.DataFrame
    totals: pd.DataFrame
    months: pd.DataFrame
    classes: pd.DataFrame
    reason: Reason

    def scores_of(self, *, horizon_days: int, target: Target) -> pd.DataFrame:
        """Rows of ``scores`` of one horizon and kind, one a model, in the models' order."""
        return _of(self.scores, horizon_days, target)

    def months_of(self, *, horizon_days: int, target: Target) -> pd.DataFrame:
        """Rows of ``months`` of one horizon and kind, one an origin."""
        return _of(self.months, horizon_days, target)

    def classes_of(self, key: str, *, horizon_days: int, target: Target) -> pd.DataFrame:
        """Rows of ``classes`` of one model, horizon and kind, one a tenth."""
        classes = _of(self.classes, horizon_days, target)
        return classes[classes["key"] == key]

    def totals_of(self, *, horizon_days: int, target: Target) -> Mapping[str, float]:
        """Row of ``totals`` of one horizon and kind."""
        row = _of(self.totals, horizon_days, target).iloc[0]
        return {str(name): float(row[name]) for name in row.index.drop(["horizon_days", "target"])}


def backtest(
    incidents: gpd.GeoDataFrame,
    *,
    background: Background,
    months: int,
    seed: int,
    models: Mapping[str, Model] = MODELS,
    progress: Progress | None = None,
) -> Backtest:
    """Walk-forward test of all models on the months before the theatre's day.

    Parameters
    ----------
    incidents : GeoDataFrame
        A checked incidents layer in the theatre's CRS.
    background : Background
        Of one date and seen by all origins. Its settlements are the places that are tested, too.
    months : int
        The most origins of each horizon; fewer where the record is shorter.
    seed : int
        Of the intervals.
    models : mapping of str to Model
    progress : callable (step, share done), optional

    Raises
    ------
    LayerError, CrsError, GridError
        If the incidents do not fit the theatre, or it has no cell.
    """
    trial = trial_of(incidents, background=background)
    as_of = background.theatre.as_of
    origins = {h: _origins(trial.record, as_of, h, months) for h in HORIZONS_DAYS}
    walks = walk(trial, origins=origins, models=models, progress=progress)
    return Backtest(
        origins={horizon: done.origins for horizon, done in walks.items()},
        scores=_stacked(walks, lambda done, target: _scores(done, target, seed)),
        totals=_stacked(walks, lambda done, target: pd.DataFrame([total_scores(done, target)])),
        months=_stacked(walks, _months),
        classes=_stacked(walks, _classes),
        reason=_reason(trial, walks[HORIZONS_DAYS[0]]),
    )


def trial_of(incidents: gpd.GeoDataFrame, *, background: Background) -> Trial:
    """Incidents of the area as a test asks for them; settlements of the background are the places."""
    theatre = background.theatre
    setting = setting_around(background)
    events: Events = events_of(incidents, theatre=theatre)
    here = in_area(events, setting)
    events = events.only(here)
    record = record_of(events, setting)
    return Trial(
        record=record,
        setting=setting,
        wanted={target: wanted_of(incidents, target)[here] for target in TARGETS},
        # By area alone: models put density where people live, and their test must not assume that.
        spread=spread_events(
            events, background=Background(theatre=theatre, admin=background.admin), bandwidth_m=0.0
        ),
        places=near_places(record, setting, background.settlements),
    )


def monthly_origins(first: dt.date, last: dt.date, *, months: int) -> list[dt.date]:
    """First days of the last months that are after ``first`` and not after ``last``, oldest first.

    Examples
    --------
    >>> [str(day) for day in monthly_origins(dt.date(2021, 1, 1), dt.date(2021, 3, 9), months=5)]
    ['2021-02-01', '2021-03-01']
    """
    starts = pd.date_range(first + dt.timedelta(days=1), last, freq="MS")
    return [day.date() for day in starts[max(0, len(starts) - months) :]]


def _origins(record: Record, as_of: dt.date, horizon_days: int, months: int) -> list[dt.date]:
    """First days of the months after the first incident whose horizon ends by the theatre's day."""
    until = as_of - dt.timedelta(days=horizon_days)
    ended = record.end_day[record.end_day < day_number(until)]
    if not ended.size:
        return []
    first = dt.date(1970, 1, 1) + dt.timedelta(days=float(ended.min()))
    return monthly_origins(first, until, months=months)


def _of(table: pd.DataFrame, horizon_days: int, target: Target) -> pd.DataFrame:
    chosen = (table["horizon_days"] == horizon_days) & (table["target"] == target)
    return table[chosen].reset_index(drop=True)


def _stacked(
    walks: Mapping[int, Walk], table: Callable[[Walk, Target], pd.DataFrame]
) -> pd.DataFrame:
    parts = []
    for horizon, done in walks.items():
        for target in TARGETS:
            one = table(done, target)
            one.insert(0, "target", target)
            one.insert(0, "horizon_days", horizon)
            parts.append(one)
    return pd.concat(parts, ignore_index=True)


def _scores(done: Walk, target: Target, seed: int) -> pd.DataFrame:
    # One generator for all kinds: their intervals rest on the same draws of origins.
    rng = np.random.default_rng([seed, done.horizon_days])
    table = score_table(done, target, rng=rng).reset_index()
    table.insert(1, "key", table["model"].map(lambda name: KEYS.get(name, name)))
    return table


def _months(done: Walk, target: Target) -> pd.DataFrame:
    totals = done.totals_of(target).drop(columns=["target", "placeable"])
    return totals.assign(origin=list(done.origins))


def _classes(done: Walk, target: Target) -> pd.DataFrame:
    parts = [
        class_table(done, target, name).assign(key=KEYS.get(name, name)) for name in done.models
    ]
    return pd.concat(parts, ignore_index=True)


def _reason(trial: Trial, done: Walk) -> Reason:
    record = trial.record
    if not np.isfinite(record.end_day).any():
        return "no_incident"
    if not record.precise.any():
        return "no_place"
    if not done.origins:
        return "no_origin"
    asked = done.asked_of("all")
    return "too_few" if asked["event"].nunique() < LEAST_EVENTS else ""
