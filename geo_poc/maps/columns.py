"""Numbers and lines in as few bytes as a browser can unpack by itself."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable
from typing import Literal, TypedDict

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

DEGREES = 1e-5
Dtype = Literal["uint8", "uint16", "uint32", "int32"]


class Packed(TypedDict):
    """An array as base64 of zlib of little-endian numbers."""

    dtype: str
    data: str


class Lines(TypedDict):
    """Lines as steps of 0.00001 degrees: ``steps`` holds x, y of each, ``counts`` the vertices."""

    counts: Packed
    steps: Packed


def packed(values: NDArray[np.integer], dtype: Dtype) -> Packed:
    """Array packed for the page, in row order.

    Examples
    --------
    >>> unpacked(packed(np.array([1, 2, 300]), "uint16")).tolist()
    [1, 2, 300]
    """
    little = np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<"))
    data = base64.b64encode(zlib.compress(little.tobytes(), 9)).decode("ascii")
    return {"dtype": dtype, "data": data}


def unpacked(column: Packed) -> NDArray[np.integer]:
    """Array that was packed, as the page reads it.

    Examples
    --------
    >>> unpacked(packed(np.array([-7]), "int32")).tolist()
    [-7]
    """
    dtype = np.dtype(column["dtype"]).newbyteorder("<")
    return np.frombuffer(zlib.decompress(base64.b64decode(column["data"])), dtype)


def packed_lines(geometries: Iterable[BaseGeometry]) -> Lines:
    """Lines, and rings of polygons, packed for the page; coordinates are longitude, latitude.

    Examples
    --------
    >>> lines = packed_lines([shapely.LineString([(1, 2), (1.5, 2)]), shapely.box(0, 0, 1, 1)])
    >>> unpacked(lines["counts"]).tolist(), unpacked(lines["steps"])[:4].tolist()
    ([2, 5], [100000, 200000, 50000, 0])
    """
    parts = [line for geometry in geometries for line in _lines(geometry)]
    whole = [np.rint(shapely.get_coordinates(line) / DEGREES).astype(np.int64) for line in parts]
    steps = [np.diff(xy, axis=0, prepend=np.zeros((1, 2), np.int64)) for xy in whole]
    flat = np.concatenate(steps).ravel() if steps else np.zeros(0, np.int64)
    return {
        "counts": packed(np.array([len(xy) for xy in whole], dtype=np.int64), "uint32"),
        "steps": packed(flat, "int32"),
    }


def _lines(geometry: BaseGeometry) -> list[BaseGeometry]:
    lines: list[BaseGeometry] = []
    for part in shapely.get_parts(geometry):
        if isinstance(part, shapely.Polygon):
            lines += [part.exterior, *part.interiors]
        elif isinstance(part, (shapely.LineString, shapely.MultiLineString)):
            lines += list(shapely.get_parts(part))
    return [line for line in lines if not line.is_empty]
