"""Clusters of incidents by density (DBSCAN), the same for any order of rows, with their hulls."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

_CONCAVITY = 0.4
_ROUNDING = 1e-9
_DEATHS = ("deaths_low", "deaths_best", "deaths_high")
COLUMNS = ("cluster", "incidents", "one_sided", "places", "first", "last", "place")


@dataclass(frozen=True, kw_only=True)
class Density:
    """What makes a cluster.

    Parameters
    ----------
    reach_m : float
        Two incidents no further apart than this are neighbours.
    least : int
        An incident with so many within reach, itself included, is in a cluster.
    reach_days : float or None
        Neighbours are also no more days apart than this; None leaves time out.
    """

    reach_m: float
    least: int
    reach_days: float | None = None


def cluster_numbers(
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    day: NDArray[np.float64],
    density: Density,
) -> NDArray[np.int64]:
    """Cluster of each incident, 0 the one with most; -1 in none; shape (n,).

    DBSCAN (Ester, Kriegel, Sander and Xu 1996): incidents with enough neighbours are cores, cores in
    reach of each other are one cluster, and others in reach of a core belong to the nearest one. That
    last rule makes the answer independent of the order of rows, which the original is not.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 9.0, 3.0])
    >>> cluster_numbers(x, np.zeros(5), np.zeros(5), Density(reach_m=1.0, least=3)).tolist()
    [0, 0, 0, -1, 0]
    """
    when = np.zeros_like(day) if density.reach_days is None else day
    spots, spot, weight = np.unique(
        np.column_stack([x_m, y_m, when]), axis=0, return_inverse=True, return_counts=True
    )
    pairs = _pairs(spots, density)
    within = weight + _sums(pairs, weight) + _sums(pairs[:, ::-1], weight)
    core = within >= density.least
    of_core = _joined(pairs[core[pairs].all(axis=1)], core)
    of_spot = _with_edges(of_core, spots, pairs, core)
    return _by_size(of_spot, weight)[spot.ravel()]


def _pairs(spots: NDArray[np.float64], density: Density) -> NDArray[np.int64]:
    pairs = cKDTree(spots[:, :2]).query_pairs(
        density.reach_m * (1 + _ROUNDING), output_type="ndarray"
    )
    if density.reach_days is None:
        return np.asarray(pairs)
    apart = np.abs(spots[pairs[:, 0], 2] - spots[pairs[:, 1], 2])
    return np.asarray(pairs[apart <= density.reach_days])


def _sums(pairs: NDArray[np.int64], weight: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.bincount(pairs[:, 0], weights=weight[pairs[:, 1]], minlength=weight.size)
    return sums.astype(np.int64)


def _joined(pairs: NDArray[np.int64], core: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Cores that hang together by pairs have one number; others -1."""
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(core.size,) * 2)
    _, part = connected_components(links, directed=False)
    return np.where(core, part, -1).astype(np.int64)


def _with_edges(
    of_core: NDArray[np.int64],
    spots: NDArray[np.float64],
    pairs: NDArray[np.int64],
    core: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Spots within reach of a core take the cluster of the nearest, of equally near ones the first."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[~core[both[:, 0]] & core[both[:, 1]]]
    apart = np.hypot(*(spots[both[:, 0], :2] - spots[both[:, 1], :2]).T)
    order = np.lexsort((both[:, 1], apart, both[:, 0]))
    edge, first = np.unique(both[order, 0], return_index=True)
    found = of_core.copy()
    found[edge] = of_core[both[order[first], 1]]
    return found


def _by_size(of_spot: NDArray[np.int64], weight: NDArray[np.int64]) -> NDArray[np.int64]:
    """Clusters numbered anew: most incidents first, then in the order of their first spot."""
    names, first, member = np.unique(of_spot, return_index=True, return_inverse=True)
    sizes = np.bincount(member.ravel(), weights=weight)
    order = np.lexsort((first, -sizes))
    order = order[names[order] >= 0]
    number = np.full(names.size, -1, dtype=np.int64)
    number[order] = np.arange(order.size)
    return number[member.ravel()]


def cluster_table(
    incidents: gpd.GeoDataFrame, numbers: NDArray[np.int64], *, reach_m: float
) -> gpd.GeoDataFrame:
    """One row a cluster, most incidents first, with its hull.

    The hull is a concave one around the places, widened by half the reach: a circle for one place.

    Parameters
    ----------
    incidents : GeoDataFrame
        Of an incidents layer.
    numbers : int array (n,)
        As of :func:`cluster_numbers`.
    reach_m : float

    Returns
    -------
    GeoDataFrame
        ``cluster`` (from 1), ``incidents``, ``one_sided`` (of them attacks on civilians), ``places``
        (different coordinates), ``first``, ``last`` (days), ``place`` (the name most reported), then for
        low, best and high ``deaths_...``, the sum of the known, and ``deaths_..._unknown``, the number of
        incidents without one.
    """
    rows, hulls = [], []
    for number in range(int(numbers.max(initial=-1)) + 1):
        own = incidents[numbers == number]
        places = np.unique(shapely.get_coordinates(own.geometry), axis=0)
        hull = shapely.concave_hull(shapely.MultiPoint(places), ratio=_CONCAVITY)
        hulls.append(shapely.buffer(hull, reach_m / 2))
        rows.append(_row(number + 1, own, places=len(places)))
    names = [*COLUMNS, *(name + end for name in _DEATHS for end in ("", "_unknown"))]
    table = pd.DataFrame(rows, columns=names)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(hulls, crs=incidents.crs))


def _row(number: int, own: gpd.GeoDataFrame, *, places: int) -> dict[str, object]:
    row: dict[str, object] = {
        "cluster": number,
        "incidents": len(own),
        "one_sided": int((own["kind"] == "one_sided").sum()),
        "places": places,
        "first": own["date_start"].min(),
        "last": own["date_start"].max(),
        "place": most_named(own["place"]),
    }
    for name in _DEATHS:
        known = own[name].dropna()
        # No known figure at all is unknown, not 0.
        row[name] = float(known.sum()) if len(known) else np.nan
        row[f"{name}_unknown"] = len(own) - len(known)
    return row


def most_named(places: pd.Series[str]) -> str:
    """The name that is reported most, of equally frequent ones the first by letter; empty without any.

    Examples
    --------
    >>> most_named(pd.Series(["Bor", "", "Akobo", ""]))
    'Akobo'
    """
    named = places[places.fillna("") != ""]
    return str(named.mode().iloc[0]) if len(named) else ""
