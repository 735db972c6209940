"""The camps and places that are asked about, in one table."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

_COLUMNS = ["id", "layer", "kind", "name", "people", "people_estimate", "admin1", "geometry"]
_IF_PRESENT = ["vulnerability"]


def demand(camps: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Camps, then places, in one table with an id that is unique over both.

    Parameters
    ----------
    camps, places : GeoDataFrame
        Layers ``camps`` and ``places`` in the same CRS.

    Returns
    -------
    GeoDataFrame
        ``id, layer (camp|place), kind, name, people (nan unknown), people_estimate, admin1, geometry``, and
        ``vulnerability`` where a layer has it.
        Where an id stands in both layers it gets the layer's name in front, as ``camp:7``.

    Examples
    --------
    >>> row = dict(id="7", kind="idp", name="A", people=5.0, people_estimate=False, admin1="")
    >>> one = gpd.GeoDataFrame([row], geometry=gpd.points_from_xy([0], [0]), crs="EPSG:32636")
    >>> demand(one, one)["id"].tolist()
    ['camp:7', 'place:7']
    """
    both = set(camps["id"]) & set(places["id"])
    tables = []
    for layer, table in (("camp", camps), ("place", places)):
        ids = [f"{layer}:{i}" if i in both else i for i in table["id"]]
        columns = [*_COLUMNS, *(c for c in _IF_PRESENT if c in table)]
        tables.append(table.assign(id=ids, layer=layer)[columns])
    kept = [table for table in tables if len(table)] or tables[:1]
    joined = pd.concat(kept, ignore_index=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=camps.crs)
