"""Where things stand in the drawing: metres of the theatre to drawing units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geo_poc.grid import WGS84
from geo_poc.palette import Palette
from geo_poc.report.labels import Box
from geo_poc.report.svg import Attributes, element, path_data
from geo_poc.report.typeset import printable
from geo_poc.theatre import Theatre
from geo_poc.wording import text

WIDTH = 386.0
_HEIGHTS = (220.0, 284.0)
_MARGIN = 4.0
_SEEN = 0.35


@dataclass(frozen=True, kw_only=True)
class Frame:
    """From metres of the theatre to drawing units, north up.

    Parameters
    ----------
    left_m, top_m : float
        Upper left corner of the drawing.
    m_per_unit : float
    width, height : float
        Of the drawing.
    """

    left_m: float
    top_m: float
    m_per_unit: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        """The whole drawing."""
        return Box(0.0, 0.0, self.width, self.height)

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the drawing in metres."""
        right_m = self.left_m + self.width * self.m_per_unit
        return self.left_m, self.top_m - self.height * self.m_per_unit, right_m, self.top_m

    def point(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Position in the drawing of a point in metres.

        Examples
        --------
        >>> Frame(left_m=0.0, top_m=900.0, m_per_unit=10.0, width=90.0, height=90.0).point(100.0, 0.0)
        (10.0, 90.0)
        """
        return (x_m - self.left_m) / self.m_per_unit, (self.top_m - y_m) / self.m_per_unit

    def _points(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        corner = np.array([self.left_m, self.top_m])
        units: NDArray[np.float64] = (metres - corner) * [1.0, -1.0] / self.m_per_unit
        return units

    def drawn(self, geometries: Sequence[BaseGeometry] | gpd.GeoSeries) -> NDArray[np.object_]:
        """Geometries cut to the drawing, simplified to what can be seen, in drawing units."""
        cut = shapely.clip_by_rect(np.asarray(geometries, dtype=object), *self.bounds_m)
        simple = shapely.simplify(cut, _SEEN * self.m_per_unit)
        moved = shapely.transform(simple, self._points)
        return np.atleast_1d(moved)


def frame_of(area: BaseGeometry) -> Frame:
    """Frame that shows a whole area with a margin, as wide as the map on the page.

    Examples
    --------
    >>> frame = frame_of(shapely.box(0, 0, 378_000, 270_000))
    >>> frame.m_per_unit, frame.height
    (1000.0, 278.0)
    """
    west, south, east, north = area.bounds
    inner = WIDTH - 2 * _MARGIN
    m_per_unit = (east - west) / inner
    height = (north - south) / m_per_unit + 2 * _MARGIN
    if height > _HEIGHTS[1]:
        m_per_unit *= (height - 2 * _MARGIN) / (_HEIGHTS[1] - 2 * _MARGIN)
    height = float(np.clip(height, *_HEIGHTS))
    return Frame(
        left_m=(west + east) / 2 - WIDTH / 2 * m_per_unit,
        top_m=(north + south) / 2 + height / 2 * m_per_unit,
        m_per_unit=m_per_unit,
        width=WIDTH,
        height=height,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Canvas:
    """The drawing while it is made: its root element, frame and colours."""

    root: ET.Element
    frame: Frame
    palette: Palette


def empty_map(theatre: Theatre, label: str, palette: Palette) -> Canvas:
    """Drawing of a whole theatre with nothing in it yet but its name.

    Parameters
    ----------
    theatre : Theatre
    label : str
        Key of the sentence that names the drawing.
    palette : Palette
    """
    frame = frame_of(theatre.area)
    root = ET.Element(
        "svg",
        {
            "class": "map",
            "viewBox": f"0 0 {frame.width:g} {frame.height:g}",
            "role": "img",
            "aria-label": printable(text(label, theatre=theatre.name)),
        },
    )
    return Canvas(root=root, frame=frame, palette=palette)


def draw_path(
    canvas: Canvas, geometries: Sequence[BaseGeometry] | gpd.GeoSeries, style: Attributes
) -> None:
    """Draw all geometries as one path; nothing where nothing can be seen."""
    data = "".join(map(path_data, canvas.frame.drawn(geometries))) if len(geometries) else ""
    if data:
        element(canvas.root, "path", {"fill": "none", **style, "d": data})


def metres(
    theatre: Theatre, places: pd.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eastings and northings in metres of places given by ``lon, lat``."""
    to_metres = Transformer.from_crs(WGS84, theatre.grid.crs, always_xy=True)
    x, y = to_metres.transform(places["lon"].to_numpy(), places["lat"].to_numpy())
    return np.asarray(x), np.asarray(y)
