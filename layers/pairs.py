"""Pairs of reports that may be of one event: how near in place and time, how alike in actors and deaths."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.fuzz import token_set_ratio

from geo_poc.layers.cells import point_coordinates
from geo_poc.theatre_file import DuplicateSpec

PARTS = ("place", "time", "names", "deaths")
_WIDER_DAYS = {3: 6, 4: 30}
_VAGUEST_PLACE, _VAGUEST_DATE = 5, 4
_MOST_PAIRS = 2_000_000
_LEAST = 1e-12  # so that a likeness of 0 has a logarithm


def candidate_pairs(incidents: gpd.GeoDataFrame, spec: DuplicateSpec) -> pd.DataFrame:
    """Pairs of reports from different sources that pass every limit, with what speaks for them.

    - place: at most ``distance`` apart, plus ``position_sd_m`` of both, together ``allowed``. The
      likeness is ``(1 - (d / allowed)^2) * distance / allowed``: 1 where two exact places are the same,
      and less the vaguer they are, because many events share the centre of a district;
    - time: at most ``days`` between the two spans of days. One day that stands for a week or a month
      (``date_prec`` 3, 4) may be any day of it before or after. The likeness goes down with the days
      apart and with the length of the spans in the same way;
    - names: the mean likeness of the two sides' actors, whichever way round fits better, at least
      ``names``. Unknown where either report names no actor;
    - deaths: the smaller over the larger number with 1 added to both, at least ``deaths``; 1 where the
      ranges from low to high meet. Unknown where either number is.

    The geometric mean of the parts that are known, at least ``score``, decides; one of names and deaths
    must be known. Reports known to the year, to the country or without a point are in no pair.

    Parameters
    ----------
    incidents : GeoDataFrame
        In metres, index 0..n-1.
    spec : DuplicateSpec

    Returns
    -------
    DataFrame
        ``a, b`` (rows), ``distance_m, allowed_m, days_apart, place, time, names, deaths, score``.
    """
    known = np.flatnonzero(_usable(incidents))
    parts = [
        _judged(incidents, known[one], known[other], spec)
        for one, other in _near_in_time(incidents.iloc[known], spec)
    ]
    columns = ["a", "b", "distance_m", "allowed_m", "days_apart", *PARTS, "score"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def likeness_of_names(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Likeness of two pairs of actors, 0..1; ``nan`` where either names none.

    Words in any order, without case; a name that holds all words of the other is the same.

    Examples
    --------
    >>> likeness_of_names(("Army", "Civilians"), ("civilians (villagers)", "army"))
    1.0
    >>> likeness_of_names(("Army", ""), ("", ""))
    nan
    """
    if not any(one) or not any(other):
        return float("nan")
    straight = _alike(one[0], other[0]), _alike(one[1], other[1])
    crossed = _alike(one[0], other[1]), _alike(one[1], other[0])
    return max(_mean(straight), _mean(crossed))


@lru_cache(maxsize=65_536)
def _alike(one: str, other: str) -> float:
    """Likeness of two names; ``nan`` where one is not given."""
    if not one or not other:
        return float("nan")
    return float(token_set_ratio(*sorted((_words(one), _words(other))))) / 100


def _words(name: str) -> str:
    return "".join(c if c.isalnum() else " " for c in name.casefold())


def _mean(values: tuple[float, float]) -> float:
    """Mean of what is known, 0 where nothing is: names that cannot be compared do not speak for a pair."""
    known = [value for value in values if not np.isnan(value)]
    return sum(known) / len(known) if known else 0.0


def _usable(incidents: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    x, y = point_coordinates(incidents.geometry.to_numpy())
    usable = np.isfinite(x) & np.isfinite(y) & incidents["position_sd_m"].notna().to_numpy()
    usable &= (incidents["where_prec"] <= _VAGUEST_PLACE).to_numpy()
    usable &= (incidents["date_prec"] <= _VAGUEST_DATE).to_numpy()
    return np.asarray(usable & incidents["date_start"].notna().to_numpy())


def _spans(incidents: gpd.GeoDataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last day on which each may have been, in days since 1970-01-01."""
    start, end = (
        incidents[column].to_numpy(dtype="datetime64[D]").astype(np.int64)
        for column in ("date_start", "date_end")
    )
    wider = incidents["date_prec"].map(_WIDER_DAYS).fillna(0).to_numpy(dtype=np.int64)
    wider = np.where(start == end, wider, 0)
    return start - wider, end + wider


def _near_in_time(
    incidents: gpd.GeoDataFrame, spec: DuplicateSpec
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Positions of pairs from different sources whose spans are near enough, some millions at a time."""
    start, end = _spans(incidents)
    source = pd.factorize(incidents["source"])[0]
    order = np.argsort(start, kind="stable")
    # Of two reports the one that starts first is the first of the pair, so each pair comes once.
    last = np.searchsorted(start[order], end[order] + spec.days, side="right")
    number = last - np.arange(order.size) - 1
    upto = np.cumsum(number)
    first = 0
    while first < order.size:
        done = upto[first - 1] if first else 0
        until = max(int(np.searchsorted(upto, done + _MOST_PAIRS, side="right")), first + 1)
        one = np.repeat(np.arange(first, until), number[first:until])
        offset = np.arange(one.size) - np.repeat(
            upto[first:until] - number[first:until] - done, number[first:until]
        )
        other = one + 1 + offset
        apart = source[order[one]] != source[order[other]]
        yield order[one[apart]], order[other[apart]]
        first = until


def _judged(
    incidents: gpd.GeoDataFrame,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    spec: DuplicateSpec,
) -> pd.DataFrame:
    """The pairs that pass every limit; the cheap ones are tried first."""
    pairs = pd.DataFrame({"a": a, "b": b})
    for judge in (_with_place, _with_time, _with_deaths, _with_names):
        pairs = judge(pairs, incidents, spec)
    parts = pairs[list(PARTS)]
    pairs["score"] = np.exp(np.log(parts.clip(lower=_LEAST)).mean(axis=1))
    some = pairs["names"].notna() | pairs["deaths"].notna()
    return pairs[some & (pairs["score"] >= spec.score)]


def _with_place(
    pairs: pd.DataFrame, incidents: gpd.GeoDataFrame, spec: DuplicateSpec
) -> pd.DataFrame:
    x, y = point_coordinates(incidents.geometry.to_numpy())
    sd_m = incidents["position_sd_m"].to_numpy(dtype=np.float64)
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    distance_m = np.hypot(x[a] - x[b], y[a] - y[b])
    allowed_m = spec.distance + sd_m[a] + sd_m[b]
    base = np.where(allowed_m > 0, allowed_m, 1.0)
    sharp = np.where(allowed_m > 0, spec.distance / base, 1.0)
    pairs = pairs.assign(
        distance_m=distance_m,
        allowed_m=allowed_m,
        place=(1 - (distance_m / base) ** 2) * sharp,
    )
    return pd.DataFrame(pairs[distance_m <= allowed_m])


def _with_time(
    pairs: pd.DataFrame, incidents: gpd.GeoDataFrame, spec: DuplicateSpec
) -> pd.DataFrame:
    start, end = _spans(incidents)
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    apart = np.maximum(0, np.maximum(start[a] - end[b], start[b] - end[a]))
    length = (end[a] - start[a]) + (end[b] - start[b])
    limit = spec.days + 1
    pairs = pairs.assign(
        days_apart=apart, time=(1 - (apart / limit) ** 2) * limit / (limit + length)
    )
    return pd.DataFrame(pairs[apart <= spec.days])


def _with_deaths(
    pairs: pd.DataFrame, incidents: gpd.GeoDataFrame, spec: DuplicateSpec
) -> pd.DataFrame:
    best, low, high = (
        incidents[f"deaths_{name}"].to_numpy(dtype=np.float64) for name in ("best", "low", "high")
    )
    low, high = np.fmin(low, best), np.fmax(high, best)
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    # Above 0 only where the ranges do not meet: then their near ends are compared.
    below, above = np.minimum(high[a], high[b]), np.maximum(low[a], low[b])
    ratio = np.where(above > below, (1 + below) / (1 + above), 1.0)
    unknown = np.isnan(best[a]) | np.isnan(best[b])
    ratio = np.where(unknown, np.nan, ratio)
    return pd.DataFrame(pairs.assign(deaths=ratio)[unknown | (ratio >= spec.deaths)])


def _with_names(
    pairs: pd.DataFrame, incidents: gpd.GeoDataFrame, spec: DuplicateSpec
) -> pd.DataFrame:
    actors = list(zip(incidents["actor_a"], incidents["actor_b"], strict=True))
    names = np.array(
        [
            likeness_of_names(actors[a], actors[b])
            for a, b in zip(pairs["a"], pairs["b"], strict=True)
        ],
        dtype=np.float64,
    )
    return pairs.assign(names=names)[np.isnan(names) | (names >= spec.names)]
