"""Reports of one event linked: which event each is of, and how many sources saw it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.layers.pairs import PARTS, candidate_pairs
from geo_poc.theatre_file import DuplicateSpec

LINK_COLUMNS = (
    "event", "seen_by", "source_a", "id_a", "source_b", "id_b", "distance_m", "allowed_m",
    "days_apart", *PARTS, "score",
)  # fmt: skip
_BEST_FIRST = ["where_prec", "date_prec", "_deathless", "_kindless", "source", "id"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """What reports are of one event.

    Parameters
    ----------
    event : object array of str (n,)
        Id of the report that stands for the event of each report: the one whose place is known best.
    seen_by : int array (n,)
        Sources that report the event.
    pairs : DataFrame
        Columns :data:`LINK_COLUMNS`: one row a pair of reports of one event, with what speaks for it.
    """

    event: NDArray[np.object_]
    seen_by: NDArray[np.int64]
    pairs: pd.DataFrame


def links_of(incidents: gpd.GeoDataFrame, spec: DuplicateSpec) -> Links:
    """Reports of one event, at most one a source, each like every other.

    Pairs are taken from the best score down. Two groups become one event only if no source is in both
    and every report of one passes the limits with every report of the other, so that no chain of
    reports that are each like the next grows over days and places. Nothing depends on the order of rows.

    Parameters
    ----------
    incidents : GeoDataFrame
        A checked layer in metres, index 0..n-1. ``source`` tells the publisher.
    spec : DuplicateSpec
    """
    pairs = candidate_pairs(incidents, spec) if spec.link else pd.DataFrame(columns=["a", "b"])
    groups = _groups(incidents, pairs)
    event = incidents["id"].to_numpy(dtype=object).copy()
    seen_by = np.ones(len(incidents), dtype=np.int64)
    standing = _standing_order(incidents)
    for group in groups:
        event[group] = event[min(group, key=lambda row: standing[row])]
        seen_by[group] = len(group)
    return Links(event=event, seen_by=seen_by, pairs=_explained(incidents, pairs, event, seen_by))


def with_links(incidents: gpd.GeoDataFrame, links: Links) -> gpd.GeoDataFrame:
    """Incidents with the columns ``event`` and ``seen_by``; no row is added, changed or left out."""
    return _with_made(incidents, event=links.event.astype(str), seen_by=links.seen_by)


def with_weights(incidents: gpd.GeoDataFrame, weight: NDArray[np.float64]) -> gpd.GeoDataFrame:
    """Linked incidents with the column ``weight``: of each event the largest of its reports' weights."""
    of_event = pd.Series(weight, index=incidents.index).groupby(incidents["event"]).transform("max")
    return _with_made(incidents, weight=of_event.to_numpy())


def as_events(incidents: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Incidents with ``event, seen_by`` and ``weight``; where they are not linked each is its own event.

    Examples
    --------
    >>> as_events(gpd.GeoDataFrame({"id": ["a"]}, geometry=[None]))[["event", "seen_by"]].values.tolist()
    [['a', 1]]
    """
    alone = {"event": incidents["id"], "seen_by": 1, "weight": 1.0}
    lacking = {name: values for name, values in alone.items() if name not in incidents}
    return _with_made(incidents, **lacking) if lacking else incidents


def standing(incidents: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One report an event: the one that stands for it; of incidents that are not linked, all.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"id": ["a", "b"], "event": ["b", "b"], "seen_by": 2, "weight": 1.0})
    >>> standing(table)["id"].tolist()
    ['b']
    """
    return incidents[incidents["event"] == incidents["id"]] if "event" in incidents else incidents


def seen_by_counts(incidents: gpd.GeoDataFrame) -> dict[int, int]:
    """Number of events by the number of sources that saw them, for two and more.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"event": ["a", "a", "b"], "seen_by": [2, 2, 1], "weight": 1.0})
    >>> seen_by_counts(table.assign(id=["a", "x", "b"]))
    {2: 1}
    """
    first = standing(as_events(incidents))["seen_by"]
    counts = first[first > 1].value_counts().sort_index()
    return {int(sources): int(events) for sources, events in counts.items()}


def _with_made(incidents: gpd.GeoDataFrame, **columns: object) -> gpd.GeoDataFrame:
    """Table with more columns, the geometry last as in every layer."""
    table = incidents.assign(**columns)
    return table[[*table.columns.drop("geometry"), "geometry"]]


def _standing_order(incidents: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Rank of each report to stand for an event: the best known place, date, deaths, kind first."""
    ranked = incidents.assign(
        _deathless=incidents["deaths_best"].isna(), _kindless=incidents["kind"] == "other"
    )
    order = np.lexsort([ranked[column].to_numpy() for column in reversed(_BEST_FIRST)])
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    return rank


def _groups(incidents: gpd.GeoDataFrame, pairs: pd.DataFrame) -> list[list[int]]:
    """Rows of each event with several reports, by complete linkage from the best pair down."""
    if pairs.empty:
        return []
    like = {frozenset(pair) for pair in zip(pairs["a"], pairs["b"], strict=True)}
    source = incidents["source"].to_numpy(dtype=object)
    group = {row: [row] for row in {*pairs["a"], *pairs["b"]}}
    for a, b in _best_first(incidents, pairs):
        one, other = group[a], group[b]
        if one is other or {source[row] for row in one} & {source[row] for row in other}:
            continue
        if all(frozenset((left, right)) in like for left in one for right in other):
            both = sorted(one + other)
            group.update(dict.fromkeys(both, both))
    found = {rows[0]: rows for rows in group.values() if len(rows) > 1}
    return [found[first] for first in sorted(found)]


def _best_first(incidents: gpd.GeoDataFrame, pairs: pd.DataFrame) -> list[tuple[int, int]]:
    """Rows of each pair, the best score first; equal ones by distance, days and ids."""
    ids = incidents["id"].to_numpy(dtype=object)
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    names = np.sort(np.column_stack([ids[a], ids[b]]).astype(str), axis=1)
    keys = (names[:, 1], names[:, 0], pairs["days_apart"], pairs["distance_m"], -pairs["score"])
    order = np.lexsort(keys)
    return [(int(a[i]), int(b[i])) for i in order]


def _explained(
    incidents: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    event: NDArray[np.object_],
    seen_by: NDArray[np.int64],
) -> pd.DataFrame:
    """Pairs that became one event, the one that stands for it first where it is in the pair."""
    if pairs.empty:
        return pd.DataFrame(columns=list(LINK_COLUMNS))
    linked = pairs[event[pairs["a"].to_numpy()] == event[pairs["b"].to_numpy()]]
    standing = _standing_order(incidents)
    a, b = linked["a"].to_numpy(), linked["b"].to_numpy()
    turned = standing[b] < standing[a]
    first, second = np.where(turned, b, a), np.where(turned, a, b)
    ids, source = incidents["id"].to_numpy(), incidents["source"].to_numpy()
    told = linked.assign(
        event=event[a],
        seen_by=seen_by[a],
        source_a=source[first],
        id_a=ids[first],
        source_b=source[second],
        id_b=ids[second],
    )
    told = told.sort_values(["event", "id_a", "id_b"], ignore_index=True)
    return pd.DataFrame(told[list(LINK_COLUMNS)])
