"""Restrictions that name roads, and mined stretches of road that can be cleared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_poc.routing.ground import Cut, Ground
from geo_poc.routing.network import JOIN_M

_PART = re.compile(r"(?<=.)/\d+$")
_OSM_WAY = re.compile(r"way/\d+")


def roads_named(text: str, roads: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Rows of the roads that each of some ids or names, ``;`` between, stands for; none where unknown.

    Case does not count. A road that was cut into parts (``r/1``, ``r/2``) has the id of the whole too.

    Parameters
    ----------
    text : str
    roads : DataFrame
        Columns ``id, name``, as far as there are such.

    Examples
    --------
    >>> roads = pd.DataFrame({"id": ["r/1", "r/2", "s"], "name": ["", "", "North Road"]})
    >>> {name: rows.tolist() for name, rows in roads_named("r; north road; x", roads).items()}
    {'r': [0, 1], 'north road': [2], 'x': []}
    """
    names = [name.strip() for name in text.split(";")]
    known = [_folded(roads[column]) for column in ("id", "name") if column in roads]
    if "id" in roads:
        known.append(_folded(roads["id"].map(_whole)))
    return {
        name: np.flatnonzero(np.any([words == name.casefold() for words in known], axis=0))
        for name in names
        if name
    }


def shapes_of(areas: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Shape of each area to be drawn; the lines of the roads that it names where it has none.

    Parameters
    ----------
    areas : GeoDataFrame
    roads : GeoDataFrame
    """
    shapes = areas.geometry.to_numpy().copy()
    named = areas["roads"].to_numpy(dtype=str) if "roads" in areas else np.full(len(areas), "")
    for row in np.flatnonzero(shapely.is_missing(shapes) & (named != "")):
        found = np.concatenate([*roads_named(named[row], roads).values()])
        shapes[row] = shapely.union_all(roads.geometry.to_numpy()[found])
    return gpd.GeoSeries(shapes, index=areas.index, crs=areas.crs)


def _folded(words: pd.Series) -> NDArray[np.object_]:
    return words.astype(str).str.strip().str.casefold().to_numpy(dtype=object)


def _whole(name: object) -> str:
    """Id of the road that a part was cut from."""
    return str(name) if _OSM_WAY.fullmatch(str(name)) else _PART.sub("", str(name))


def with_stretches(
    ground: Ground,
    areas: gpd.GeoDataFrame,
    roads: pd.DataFrame,
    clearing_s: Mapping[int, float],
) -> Ground:
    """The ground whose cuts hold the roads that they name, and what it takes to clear them.

    A restriction that names roads shuts their edges and nothing beside them. In a stretch that can be
    cleared a vertex is inside if it lies in the shape, or if all edges that meet there, two or more,
    are of the roads that are named. No leg leads there but that of a base or place at the same spot.

    Parameters
    ----------
    ground : Ground
    areas : GeoDataFrame
        Column ``roads`` where it is known.
    roads : DataFrame
        That the ground was made from.
    clearing_s : mapping of int to float
        By the row of a mined area that can be cleared.
    """
    named = areas["roads"].to_numpy(dtype=str) if "roads" in areas else np.full(len(areas), "")
    cuts: dict[int, Cut] = {}
    for row, cut in ground.cuts.items():
        rows = np.concatenate([np.empty(0, np.int64), *roads_named(named[row], roads).values()])
        edges = np.flatnonzero(np.isin(ground.network.road, rows))
        cuts[row] = replace(cut, edges=np.union1d(cut.edges, edges))
        if row in clearing_s:
            inside = _within(ground, areas.geometry.iloc[row]) | _between(ground, edges)
            cuts[row] = _cleared(ground, cuts[row], np.flatnonzero(inside), clearing_s[row])
    return replace(ground, cuts=cuts)


def _within(ground: Ground, shape: shapely.Geometry | None) -> NDArray[np.bool_]:
    at = ground.nodes.at_vertex
    if shape is None:
        return np.zeros(len(at), dtype=np.bool_)
    shapely.prepare(shape)
    return np.asarray(shapely.intersects_xy(shape, at[:, 0], at[:, 1]))


def _between(ground: Ground, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Vertices at which edges of a set meet, two or more, and no others."""
    network, vertices = ground.network, len(ground.nodes.at_vertex)

    def meeting(of: NDArray[np.int64] | slice) -> NDArray[np.int64]:
        return np.bincount(np.concatenate([network.start[of], network.end[of]]), minlength=vertices)

    ours = meeting(edges)
    return np.asarray((ours >= 2) & (ours == meeting(slice(None))))


def _cleared(ground: Ground, cut: Cut, inside: NDArray[np.int64], clearing_s: float) -> Cut:
    legs, nodes = ground.legs, ground.nodes
    first, number = nodes.first_vertex, inside + nodes.first_vertex
    to_side = np.isin(legs.start, number) | np.isin(legs.end, number)
    by_cell = np.minimum(legs.start, legs.end) < first
    barred = np.flatnonzero(to_side & (by_cell | (legs.length_m > JOIN_M)))
    return replace(cut, legs=np.union1d(cut.legs, barred), inside=inside, clearing_s=clearing_s)
