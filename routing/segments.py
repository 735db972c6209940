"""Roads cut into segments: pieces between junctions, ends and the two sides of a bridge or ferry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo_poc.routing.network import RoadNetwork


@dataclass(frozen=True, kw_only=True, eq=False)
class Segments:
    """Pieces of road that are lost as one.

    Parameters
    ----------
    of_edge : int64 array (edges,)
        Segment of each edge of the network. Edges between the same two vertices share one.
    bridge : bool array (segments,)
    length_m : float64 array (segments,)
        Along the road as published; roads that lie upon each other count once.
    """

    of_edge: NDArray[np.int64]
    bridge: NDArray[np.bool_]
    length_m: NDArray[np.float64]


def road_segments(network: RoadNetwork) -> Segments:
    """The roads of a network as segments.

    A segment runs from junction to junction, or to where the road ends; it also ends where a bridge or ferry
    begins, so that these are segments of their own. Where one road of the table goes over into the next one without
    a third, the segment goes on.

    Parameters
    ----------
    network : RoadNetwork

    Returns
    -------
    Segments
        In the order of their first vertices.

    Examples
    --------
    >>> network = RoadNetwork(
    ...     x_m=np.arange(4.0), y_m=np.zeros(4),
    ...     start=np.array([0, 1, 2]), end=np.array([1, 2, 3]), length_m=np.ones(3),
    ...     road=np.zeros(3, int), oneway=np.zeros(3, bool), bridge=np.array([False, False, True]),
    ...     ferry=np.zeros(3, bool),
    ... )
    >>> road_segments(network).of_edge.tolist(), road_segments(network).length_m.tolist()
    ([0, 0, 1], [2.0, 1.0])
    """
    pairs = np.sort(np.column_stack([network.start, network.end]), axis=1)
    pair, first, of_edge = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    of_edge = of_edge.reshape(-1)
    crossing = np.zeros(len(pair), dtype=np.int8)
    crossing[of_edge[network.bridge]], crossing[of_edge[network.ferry]] = 1, 2
    count, segment = _joined(pair, crossing, vertices=network.x_m.size)
    over_bridge = np.zeros(count, dtype=np.bool_)
    over_bridge[segment[crossing == 1]] = True
    return Segments(
        of_edge=segment[of_edge].astype(np.int64),
        bridge=over_bridge,
        length_m=np.bincount(segment, weights=network.length_m[first], minlength=count).astype(
            np.float64
        ),
    )


def _joined(
    pair: NDArray[np.int64], crossing: NDArray[np.int8], *, vertices: int
) -> tuple[int, NDArray[np.int64]]:
    """Number of segments, and the segment of each pair of vertices."""
    end = pair.ravel()
    by_end = np.argsort(end, kind="stable")
    through = np.bincount(end, minlength=vertices)[end[by_end]] == 2
    one, other = (by_end[through] // 2).reshape(-1, 2).T
    alike = crossing[one] == crossing[other]
    one, other = one[alike], other[alike]
    joins = coo_array((np.ones(one.size), (one, other)), shape=(len(pair), len(pair)))
    count, segment = connected_components(joins, directed=False)
    return int(count), np.asarray(segment, dtype=np.int64)


def segment_line(network: RoadNetwork, segments: Segments, segment: int) -> shapely.LineString:
    """A segment as a line in metres, from one end to the other; a ring begins and ends at one place.

    Examples
    --------
    >>> network = RoadNetwork(
    ...     x_m=np.arange(3.0), y_m=np.zeros(3), start=np.array([1, 0]), end=np.array([2, 1]),
    ...     length_m=np.ones(2), road=np.zeros(2, int), oneway=np.zeros(2, bool), bridge=np.zeros(2, bool),
    ...     ferry=np.zeros(2, bool),
    ... )
    >>> segment_line(network, road_segments(network), 0).wkt
    'LINESTRING (0 0, 1 0, 2 0)'
    """
    edges = np.flatnonzero(segments.of_edge == segment)
    pair = np.unique(np.sort(np.column_stack([network.start, network.end])[edges], axis=1), axis=0)
    at = np.column_stack([network.x_m, network.y_m])
    along = shapely.get_coordinates(shapely.line_merge(shapely.multilinestrings(at[pair])))
    return shapely.LineString(along[::-1] if tuple(along[-1]) < tuple(along[0]) else along)
