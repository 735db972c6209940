"""How well the threat surface would have foreseen the past, beside two plain rivals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.events import DAY_S, Events, day_number, events_of
from geo_poc.layers.threat.rate import time_decay
from geo_poc.layers.threat.spread import spread_events
from geo_poc.theatre import Theatre
from geo_poc.theatre_file import ThreatSpec

Progress = Callable[[str, float], None]

BACKTEST_COLUMNS = ("model", "origins", "events", "hit_05", "low", "high")
KERNEL = "people-weighted kernel"
SETTLEMENT_KERNEL = "settlement-weighted kernel"
PLAIN_KERNEL = "unweighted kernel"
COUNTS = "last 12 months, counts per cell"
UNIFORM = "uniform field"
TOP_SHARE = 0.05
LEAST_EVENTS = 10
_DRAWS = 2000
_YEAR_DAYS = 365.0


def walk_forward(
    incidents: gpd.GeoDataFrame,
    *,
    background: Background,
    spec: ThreatSpec,
    months: int,
    rng: np.random.Generator | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Share of later incidents in the 5 % of the area that each model put first, walk-forward.

    At the first day of each month (an origin) every model sees only the incidents that were over
    before it. It is then asked for those that start in ``[origin, origin + horizon)`` with
    ``where_prec`` at most 3 and ``date_prec`` at most 4, each in the cell where it was coded. One
    is hit if its cell is in the top 5 % of the area by the model's score; where cells tie across
    that limit, by the share of them that fits in. So a field that is the same everywhere hits 0.05.

    Parameters
    ----------
    incidents : GeoDataFrame
        A checked incidents layer in the theatre's CRS.
    background : Background
        Of one date and seen by all origins. No origin lies later than the theatre's ``as_of`` less the
        horizon.
    spec : ThreatSpec
    months : int
        The most origins; fewer where the record is shorter.
    rng : Generator, optional
        For the interval. Without it, a generator with seed 1.
    progress : callable (step, share done), optional

    Returns
    -------
    DataFrame
        Columns ``model, origins, events, hit_05, low, high``; one row a model. ``events`` is the
        number of incidents asked for. ``low`` and ``high`` hold the middle 80 % of the hit rates of
        2000 block bootstrap draws, the blocks being origins. With fewer than 10 events all three
        rates are ``nan``: unknown, not 0.

    Raises
    ------
    LayerError, CrsError
        If the incidents do not fit the theatre.

    Examples
    --------
    >>> import shapely
    >>> from geo_poc.grid import Grid
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e5, 1e4),
    ...     grid=Grid(rows=1, cols=30, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> days = pd.date_range("2020-01-15", "2020-12-15", freq="14D")
    >>> incidents = gpd.GeoDataFrame(
    ...     {"date_start": days, "date_end": days, "where_prec": 1, "date_prec": 1,
    ...      "position_sd_m": 0.0, "admin1": "", "admin2": ""},
    ...     geometry=[shapely.Point(5e3, 5e3)] * len(days), crs="EPSG:32636",
    ... )
    >>> walk_forward(
    ...     incidents, background=Background(theatre=theatre), spec=ThreatSpec(), months=12
    ... )[["model", "origins", "hit_05"]]
                                 model  origins  hit_05
    0                unweighted kernel       11    1.00
    1  last 12 months, counts per cell       11    1.00
    2                    uniform field       11    0.05
    """
    theatre = background.theatre
    events = events_of(incidents, theatre=theatre)
    events = events.only(events.stands)
    asked = _questions(events, theatre, horizon_days=spec.horizon / DAY_S, months=months)
    spread = spread_events(events, background=background, bandwidth_m=spec.bandwidth)
    inside = theatre.inside.ravel()
    kernel = kernel_name(background)
    hits: dict[str, list[NDArray[np.float64]]] = {kernel: [], COUNTS: [], UNIFORM: []}
    for done, (origin, cells) in enumerate(zip(asked.origin_day, asked.cells, strict=True)):
        if progress is not None:
            progress("backtest", done / len(asked.cells))
        decay = events.weight * time_decay(
            events.start_day, events.end_day, at_day=origin, decay_days=spec.decay / DAY_S
        )
        scores = {
            kernel: spread.surface(decay).ravel(),
            COUNTS: _counts(asked.event_cell, events, origin, inside.size),
            UNIFORM: np.zeros(inside.size),
        }
        for model, score in scores.items():
            hits[model].append(top_credit(score[inside], score[cells], share=TOP_SHARE))
    if progress is not None:
        progress("backtest", 1.0)
    return _table(hits, rng or np.random.default_rng(1))


def kernel_name(background: Background) -> str:
    """Name of the kernel by what it is weighted with: people, settlements, or nothing.

    Examples
    --------
    >>> import datetime as dt
    >>> import shapely
    >>> from geo_poc.grid import Grid
    >>> theatre = Theatre(
    ...     name="cell", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 1e4, 1e4),
    ...     grid=Grid(rows=1, cols=1, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> kernel_name(Background(theatre=theatre))
    'unweighted kernel'
    >>> kernel_name(Background(theatre=theatre, people=np.ones((1, 1))))
    'people-weighted kernel'
    """
    if background.people is not None:
        return KERNEL
    settlements = background.settlements
    return PLAIN_KERNEL if settlements is None or settlements.empty else SETTLEMENT_KERNEL


def top_credit(
    score: NDArray[np.float64], at: NDArray[np.float64], *, share: float
) -> NDArray[np.float64]:
    """Chance of each asked score to be in the top share of all, when ties are broken at random.

    Parameters
    ----------
    score : array (cells,)
        Of all cells of the area, of equal size.
    at : array (n,)
        Scores asked for, each one of ``score``.
    share : float
        Of the area, in 0..1.

    Examples
    --------
    >>> top_credit(np.array([9.0, 5.0, 5.0, 1.0]), np.array([9.0, 5.0, 1.0]), share=0.5).tolist()
    [1.0, 0.5, 0.0]
    """
    rising = np.sort(score)
    above = rising.size - np.searchsorted(rising, at, side="right")
    tied = rising.size - np.searchsorted(rising, at, side="left") - above
    return np.asarray(np.clip((share * rising.size - above) / np.maximum(tied, 1), 0.0, 1.0))


def monthly_origins(first: dt.date, last: dt.date, *, months: int) -> list[dt.date]:
    """First days of the last months that are after ``first`` and not after ``last``, oldest first.

    Examples
    --------
    >>> [str(day) for day in monthly_origins(dt.date(2021, 1, 1), dt.date(2021, 3, 9), months=5)]
    ['2021-02-01', '2021-03-01']
    """
    starts = pd.date_range(first + dt.timedelta(days=1), last, freq="MS")
    return [day.date() for day in starts[max(0, len(starts) - months) :]]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Questions:
    """Origins in days since 1970, the cells each is asked for, and the cell of every event."""

    origin_day: list[int]
    cells: list[NDArray[np.int64]]
    event_cell: NDArray[np.int64]


def _questions(events: Events, theatre: Theatre, *, horizon_days: float, months: int) -> _Questions:
    cell = nearest_inside(theatre.inside, theatre.grid, events.x_m, events.y_m)
    last = day_number(theatre.as_of) - horizon_days
    ended = events.end_day[events.end_day < last]
    if not ended.size:
        return _Questions(origin_day=[], cells=[], event_cell=cell)
    first = dt.date(1970, 1, 1) + dt.timedelta(days=float(ended.min()))
    until = theatre.as_of - dt.timedelta(days=horizon_days)
    days = [day_number(origin) for origin in monthly_origins(first, until, months=months)]
    exact = (events.where_prec <= 3) & (events.date_prec <= 4) & (cell >= 0)
    start = np.where(exact, events.start_day, np.nan)
    return _Questions(
        origin_day=days,
        cells=[cell[(start >= day) & (start < day + horizon_days)] for day in days],
        event_cell=cell,
    )


def _counts(
    cell: NDArray[np.int64], events: Events, origin_day: float, size: int
) -> NDArray[np.float64]:
    """Incidents per cell that ended in the 365 days before an origin, where they were coded."""
    recent = events.known_by(origin_day) & (events.end_day >= origin_day - _YEAR_DAYS)
    chosen = recent & (cell >= 0)
    return np.bincount(cell[chosen], weights=events.weight[chosen], minlength=size).astype(float)


def _table(hits: dict[str, list[NDArray[np.float64]]], rng: np.random.Generator) -> pd.DataFrame:
    asked = np.array([len(credit) for credit in hits[COUNTS]])
    draws = rng.integers(0, max(len(asked), 1), size=(_DRAWS, len(asked)))
    rows = [
        (model, len(asked), int(asked.sum()), *_rates(by_origin, asked, draws))
        for model, by_origin in hits.items()
    ]
    return pd.DataFrame(rows, columns=list(BACKTEST_COLUMNS))


def _rates(
    by_origin: list[NDArray[np.float64]], asked: NDArray[np.int64], draws: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Hit rate and the middle 80 % of its bootstrap draws; ``nan`` with too few events."""
    if asked.sum() < LEAST_EVENTS:
        return float("nan"), float("nan"), float("nan")
    hit = np.array([credit.sum() for credit in by_origin])
    drawn = asked[draws].sum(axis=1)
    rates = hit[draws].sum(axis=1)[drawn > 0] / drawn[drawn > 0]
    low, high = np.quantile(rates, [0.1, 0.9])
    return float(hit.sum() / asked.sum()), float(low), float(high)
