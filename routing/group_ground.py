"""The ground that armed groups move on, and what of the mission's restrictions stops them."""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_poc.routing.closures import restricted_ground
from geo_poc.routing.field import Tables
from geo_poc.routing.ground import Ground
from geo_poc.routing.restrictions import Restrictions, restrictions_on, rules_of
from geo_poc.theatre import Theatre


def stopping(
    areas: gpd.GeoDataFrame,
    restrictions: Restrictions,
    *,
    mined: bool,
    passes: Collection[str] = (),
) -> frozenset[int]:
    """Rows of the areas that stop a group: closures that say nothing of approval or the night, and mined ones.

    What the host state forbids, what needs an approval, what holds by night only and the caveats of
    contingents are rules for the mission. A closure without a rule may be a broken bridge.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns ``id, kind``.
    restrictions : Restrictions
        In force on the day.
    mined : bool
        Whether mined areas stop it.
    passes : collection of str
        Ids of areas that do not.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"id": ["a", "b", "c"], "kind": ["closure", "mined", "host_state"]})
    >>> none = np.empty(0, np.int64)
    >>> held = Restrictions(
    ...     barriers=none, closures=np.arange(3), caveats=none, no_fly=none, landing_zones=none
    ... )
    >>> sorted(stopping(areas, held, mined=True)), sorted(stopping(areas, held, mined=False))
    ([0, 1], [0])
    """
    rule, _ = rules_of(areas)
    kind, ids = areas["kind"].to_numpy(dtype=str), areas["id"].astype(str).tolist()
    return frozenset(
        row
        for row in restrictions.closures.tolist()
        if ids[row] not in passes
        and ((kind[row] == "closure" and rule[row] == "no_go") or (kind[row] == "mined" and mined))
    )


def group_ground(theatre: Theatre, tables: Tables) -> tuple[Ground, NDArray[np.bool_]]:
    """The ground of a theatre on its day with groups in place of bases, and the cells that lie in a barrier.

    It is cut by all closures and mined areas, which nobody clears; caveats cut nothing.

    Parameters
    ----------
    theatre : Theatre
    tables : Tables
        Its bases are the positions of the groups.

    Returns
    -------
    Ground, bool array (cells,)
    """
    held = restrictions_on(tables.areas, theatre.as_of)
    ground = restricted_ground(
        theatre=theatre,
        roads=tables.roads,
        areas=tables.areas,
        restrictions=_uncleared(held),
        bases=tables.bases.geometry,
        places=tables.places.geometry,
    )
    barrier = shapely.union_all(tables.areas.geometry.iloc[held.barriers].to_numpy())
    x_m, y_m = theatre.grid.centres()
    return ground, np.asarray(shapely.intersects_xy(barrier, x_m.ravel(), y_m.ravel()))


def _uncleared(held: Restrictions) -> Restrictions:
    return Restrictions(
        barriers=held.barriers,
        closures=held.closures,
        caveats=np.empty(0, np.int64),
        no_fly=held.no_fly,
        landing_zones=held.landing_zones,
    )
