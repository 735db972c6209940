"""Which admin polygon an incident is meant by, found by the name that the report gives."""

from __future__ import annotations

import re
import unicodedata

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

_KINDS = frozenset({"county", "state", "district", "province", "region", "prefecture", "territory"})
_ARTICLES = frozenset({"al", "el"})
_COMPASS = {"northern": "north", "southern": "south", "eastern": "east", "western": "west"}


def district_key(name: str) -> str:
    """Name of a district as it is compared: without accents, case, hyphens, kind and article.

    Compass words lose their ending and doubled letters count once, because publishers write the
    same district as ``Western Bahr el Ghazal`` and ``West Bahr-al-Ghazal``, or ``Warrap`` and
    ``Warap``.

    Examples
    --------
    >>> district_key("West Bahr-al-Ghazal state") == district_key("Western Bahr el Ghazal")
    True
    >>> district_key("Préfecture Ouham-Pendé")
    'ouham pende'
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
    kept = [w for w in words if w not in _KINDS and w not in _ARTICLES] or words
    return re.sub(r"(.)\1", r"\1", " ".join(_COMPASS.get(w, w) for w in kept))


def admin_polygons(admin: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Rows of an areas layer that are named polygons of ``kind`` ``admin``.

    A table without the column ``kind`` is taken to hold nothing else.

    Examples
    --------
    >>> len(admin_polygons(None))
    0
    """
    if admin is None or admin.empty:
        return gpd.GeoDataFrame({"name": []}, geometry=[])
    chosen = shapely.get_dimensions(admin.geometry.to_numpy()) == 2
    chosen &= (admin["name"].fillna("") != "").to_numpy()
    if "kind" in admin:
        chosen &= (admin["kind"] == "admin").to_numpy()
    return admin[chosen]


def district_of(
    names: NDArray[np.object_],
    points: NDArray[np.object_],
    polygons: gpd.GeoDataFrame,
) -> NDArray[np.int64]:
    """Position in ``polygons`` of the one that each name means; -1 where none has the name.

    Of several with one name it is the one nearest to the reported point, and of equally near ones
    the first in the table.

    Parameters
    ----------
    names : array of str (n,)
        ``""`` matches nothing.
    points : array of shapely points (n,)
    polygons : GeoDataFrame
        Column ``name``, in the points' CRS.

    Examples
    --------
    >>> states = gpd.GeoDataFrame({"name": ["Unity"]}, geometry=[shapely.box(0, 0, 1, 1)])
    >>> district_of(np.array(["Unity State", "Lakes"], dtype=object),
    ...             shapely.points([[9.0, 9.0], [0.5, 0.5]]), states).tolist()
    [0, -1]
    """
    by_key: dict[str, list[int]] = {}
    for position, name in enumerate(polygons["name"]):
        by_key.setdefault(district_key(name), []).append(position)
    shapes = polygons.geometry.to_numpy()
    found = np.full(len(names), -1, dtype=np.int64)
    for i, (name, point) in enumerate(zip(names, points, strict=True)):
        candidates = by_key.get(district_key(name), []) if name else []
        if candidates:
            distance = shapely.distance(shapes[candidates], point)
            found[i] = candidates[int(np.argmin(np.nan_to_num(distance)))]
    return found
