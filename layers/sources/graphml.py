"""Road graphs of osmnx: GraphML files saved by it, and graphs in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import networkx as nx
import pandas as pd
import shapely

from geo_poc.layers.sources.ferries import with_crossings
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.road_tags import tag_text, with_road_columns
from geo_poc.layers.sources.vector import damaged, require_file
from geo_poc.theatre_file import Source

if TYPE_CHECKING:
    import geopandas as gpd


def read(path: Path | None, source: Source, *, layer: str) -> Raw:  # noqa: ARG001  (one signature)
    """Streets of a GraphML file that osmnx saved, as :func:`roads_of_graph`.

    Parameters
    ----------
    path : Path
        The file.
    source : Source
        Only ``columns`` is used.
    layer : str
        ``roads``.

    Raises
    ------
    SourceError
        If the file is missing, damaged, or not saved by osmnx.
    """
    import osmnx  # noqa: PLC0415  (a second to import, needed only here)

    file = require_file(path)
    try:
        return roads_of_graph(osmnx.load_graphml(file), source)
    except (ParseError, nx.NetworkXError, OSError, KeyError, ValueError, SyntaxError) as e:
        raise damaged(file, f"not a GraphML file saved by osmnx: {e!r}") from e


def roads_of_graph(graph: nx.MultiDiGraph[int], source: Source) -> Raw:
    """Streets of a graph in osmnx's shape, one row each, in the graph's own CRS.

    osmnx holds a two-way street as two edges; they become one row. ``length_m`` is the length that
    the graph states.

    Parameters
    ----------
    graph : MultiDiGraph
    source : Source
        Only ``columns`` is used.

    Examples
    --------
    >>> graph = nx.MultiDiGraph(crs="EPSG:4326")
    >>> graph.add_nodes_from([(1, {"x": 30.0, "y": 4.0}), (2, {"x": 30.1, "y": 4.0})])
    >>> for u, v in ((1, 2), (2, 1)):
    ...     _ = graph.add_edge(u, v, osmid=7, highway="track", oneway=False, length=11_100.0)
    >>> roads = roads_of_graph(graph, Source()).table
    >>> roads[["road_class", "length_m", "oneway"]].values.tolist()
    [['track', 11100.0, False]]
    """
    import osmnx  # noqa: PLC0415

    edges = osmnx.convert.graph_to_gdfs(graph, nodes=False, fill_edge_geometry=True)
    streets = pd.DataFrame(_streets(edges.reset_index()))
    streets.index = pd.RangeIndex(1, len(streets) + 1, name="row")
    table, file_columns = with_road_columns(streets, columns=source.columns)
    way, length_m = _texts(streets, "osmid"), table["length_m"]
    whole_m = length_m.groupby(way).transform("sum").where(way != "", length_m)
    table = with_crossings(table, whole_m)
    return Raw(table=table, crs=edges.crs.to_string(), file_columns=file_columns)


def _streets(edges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Edges without the second of the two that stand for one two-way street."""
    there = pd.DataFrame(
        {
            "line": shapely.to_wkb(shapely.normalize(edges.geometry.to_numpy())),
            "osmid": _texts(edges, "osmid"),
            "against": _texts(edges, "reversed") == "True",
        }
    )
    second = there.sort_values("against", kind="stable").duplicated(["line", "osmid"])
    oneway = _texts(edges, "oneway") == "True"
    return edges[~second.sort_index().to_numpy() | oneway.to_numpy()]


def _texts(edges: gpd.GeoDataFrame, column: str) -> pd.Series:
    if column not in edges:
        return pd.Series("", index=edges.index, dtype=object)
    texts = [tag_text(value) for value in edges[column]]
    return pd.Series(texts, index=edges.index, dtype=object)
